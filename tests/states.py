"""State databases for tests: SQLite, and PostgreSQL; made for each test and gone after."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres import PASSWORD
from trod._store.state.database import State
from trod._store.sweep import STATE as FILE
from trod.project.state import StateSpec, open_state

VARIABLE = "TROD_TEST_STATE_PASSWORD"


@contextmanager
def fresh(request: pytest.FixtureRequest, folder: Path) -> Iterator[State]:
    """Open an empty state database of the kind that the test is run for."""
    if request.param == "sqlite":
        (folder / FILE).write_bytes(_migrated_file())
        state = open_state(StateSpec.model_validate({}), folder)
        yield state
        state.close()
        return
    address = request.getfixturevalue("postgres")
    _, spec = _database(address, f"TEMPLATE {_migrated(address)}")
    state = open_state(spec, folder)
    yield state
    state.close()


@cache
def _migrated_file() -> bytes:
    """Migrate an empty SQLite file, once in a process: the tests begin with copies of it."""
    with tempfile.TemporaryDirectory() as folder:
        State.in_folder(Path(folder)).close()
        return (Path(folder) / FILE).read_bytes()


@cache
def _migrated(address: str) -> str:
    """Name a database in a server that was migrated once, and that others are copies of."""
    name, spec = _database(address)
    with tempfile.TemporaryDirectory() as folder:
        open_state(spec, Path(folder)).close()
    return name


def _database(address: str, how: str = "") -> tuple[str, StateSpec]:
    """Make a database in a PostgreSQL server, with which it goes."""
    name = f"state_{uuid.uuid4().hex}"
    os.environ[VARIABLE] = PASSWORD
    host = address.split("host=")[1]
    server = sa.create_engine(
        sa.URL.create("postgresql+psycopg", "ann", PASSWORD, database="shop", query={"host": host}),
        isolation_level="AUTOCOMMIT",
    )
    with server.connect() as con:
        con.execute(sa.text(f"CREATE DATABASE {name} {how}"))
    server.dispose()
    url = f"postgresql://ann@/{name}?host={host}"
    return name, StateSpec.model_validate({"database": url, "password_env": VARIABLE})
