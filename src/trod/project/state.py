"""The `state:` part of trod.yml: where decisions are kept, and how to get there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field, field_validator

from trod.errors import DefinitionError
from trod.sources.address import address, password_of
from trod.sources.spec import Spec

if TYPE_CHECKING:
    from trod._store.state.database import State


class StateSpec(Spec):
    """Where findings, interventions and effects are kept."""

    database: str | None = Field(
        None,
        repr=False,
        description="PostgreSQL for teams: postgresql://user@host/name. Default: a file in .trod.",
    )
    password_env: str | None = Field(
        None, description="Environment variable that holds the password of the database."
    )

    @field_validator("database")
    @classmethod
    def _is_postgres(cls, given: str | None) -> str | None:
        if given is not None and address(given).kind != "postgresql":
            raise ValueError(
                "only PostgreSQL can take the place of the file in .trod. Leave it out."
            )
        return given


def is_there(spec: StateSpec, store: Path) -> bool:
    """Say whether there may be decisions to read, without opening anything."""
    from trod._store.sweep import STATE

    return spec.database is not None or (store / STATE).is_file()


def open_state(spec: StateSpec, store: Path) -> State:
    """Open the database that a project keeps its decisions in.

    Raises
    ------
    DefinitionError
        If PostgreSQL is asked for and its driver is not installed.
    DataError
        If the variable with the password is not set.
    StoreError
        If it cannot be reached.
    """
    import sqlalchemy as sa

    from trod._store.state.database import State

    if spec.database is None:
        return State.in_folder(store)
    where = address(spec.database)
    try:
        import psycopg  # noqa: F401
    except ImportError as exc:
        raise DefinitionError(
            ["trod.yml: state: PostgreSQL needs its driver: pip install 'trod[postgres]'."]
        ) from exc
    url = sa.URL.create(
        "postgresql+psycopg",
        username=where.user or None,
        password=password_of(where, spec.password_env),
        host=where.host or None,
        port=where.port,
        database=where.name or None,
        query=dict(where.options),
    )
    return State.at(url, where.shown)
