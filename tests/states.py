"""State databases for tests: SQLite, and PostgreSQL; made for each test and gone after."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres import PASSWORD
from trod._store.state.database import State
from trod.project.state import StateSpec, open_state

VARIABLE = "TROD_TEST_STATE_PASSWORD"


@contextmanager
def fresh(request: pytest.FixtureRequest, folder: Path) -> Iterator[State]:
    """Open an empty state database of the kind that the test is run for."""
    if request.param == "sqlite":
        state = open_state(StateSpec.model_validate({}), folder)
        yield state
        state.close()
        return
    with database_of(request.getfixturevalue("postgres")) as spec:
        state = open_state(spec, folder)
        yield state
        state.close()


@contextmanager
def database_of(address: str) -> Iterator[StateSpec]:
    """Make a database in a PostgreSQL server, and drop it afterwards."""
    name = f"state_{uuid.uuid4().hex}"
    os.environ[VARIABLE] = PASSWORD
    host = address.split("host=")[1]
    server = sa.create_engine(
        sa.URL.create("postgresql+psycopg", "ann", PASSWORD, database="shop", query={"host": host}),
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as con:
        con.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        url = f"postgresql://ann@/{name}?host={host}"
        yield StateSpec.model_validate({"database": url, "password_env": VARIABLE})
    finally:
        with server.connect() as con:
            con.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()
