"""The state database: opened, brought up to date, read, and written by one at a time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from trod._store.sweep import STATE as FILE
from trod.errors import StoreError

HEAD: Final = "0009"
"""The newest migration; `tests/store/test_state.py` holds it to the files."""
_VERSIONS: Final = "alembic_version"
_WRITES: Final = "trod_writes"
_LOCK: Final = 0x74726F64  # of PostgreSQL's advisory locks, "trod"
_PRAGMAS: Final = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",
    "PRAGMA foreign_keys = ON",
)


@dataclass(frozen=True, slots=True)
class State:
    """The database with what people decided and did.

    Examples
    --------
    >>> import tempfile, sqlalchemy
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State.in_folder(Path(folder))
    ...     with state.read() as con:
    ...         found = con.execute(sqlalchemy.text("SELECT version_num FROM alembic_version"))
    ...         found.scalar() == HEAD
    ...     state.close()
    True
    """

    engine: sa.Engine
    where: str  # in words, without a password

    @classmethod
    def in_folder(cls, folder: Path) -> State:
        """Open the SQLite file of a store, made where there is none.

        Raises
        ------
        StoreError
            If it cannot be opened, or was written by a newer Trod.
        """
        _made_mine(folder / FILE)
        return cls.at(sa.URL.create("sqlite", database=str(folder / FILE)), str(folder / FILE))

    @classmethod
    def at(cls, url: sa.URL, where: str) -> State:
        """Open a database by its address, and bring its tables up to date.

        Raises
        ------
        StoreError
            If it cannot be reached, or was written by a newer Trod.
        """
        options: dict[str, Any] = {} if url.drivername == "sqlite" else {"pool_pre_ping": True}
        engine = sa.create_engine(url, **options)
        if engine.dialect.name == "sqlite":
            _as_sqlite(engine)
        state = cls(engine, where)
        with _told(where):
            if state._version() != HEAD:
                state._migrate()
        return state

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Read within one transaction: all of it is of one moment."""
        with _told(self.where), self.engine.connect() as con, con.begin():
            yield con

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Write: all of it or nothing, and no two writers at the same time.

        What is read in here stays true until it is written.
        """
        with _told(self.where), self.engine.connect() as con:
            con.execution_options(**{_WRITES: True})
            with con.begin():
                if con.dialect.name == "postgresql":
                    con.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
                yield con

    def _version(self) -> str | None:
        with self.engine.connect() as con:
            if not sa.inspect(con).has_table(_VERSIONS):
                return None
            found: str | None = con.execute(
                sa.text(f"SELECT version_num FROM {_VERSIONS}")
            ).scalar()
            return found

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        scripts = Path(__file__).with_name("migrations")
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        with self.write() as con:
            config.attributes["connection"] = con
            try:
                command.upgrade(config, "head")
            except CommandError as exc:
                raise StoreError(
                    f"{self.where} was written by a newer Trod than this one. Use that one, or "
                    "take another database."
                ) from exc


def _made_mine(file: Path) -> None:
    """Make an empty file that nobody else can read; SQLite gives those beside it the same rights.

    One that is there stays as it is, and what cannot be made, SQLite says.
    """
    with suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _as_sqlite(engine: sa.Engine) -> None:
    """Set how every connection keeps what it is given; transactions begin when we say so."""

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def _begun(con: sa.Connection) -> None:
        writes = con.get_execution_options().get(_WRITES)
        con.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told(where: str) -> Iterator[None]:
    """Say in words that a database cannot be reached, read or written."""
    try:
        yield
    except SQLAlchemyError as exc:
        if isinstance(exc, sa.exc.OperationalError | sa.exc.DatabaseError) and not isinstance(
            exc, sa.exc.IntegrityError | sa.exc.ProgrammingError
        ):
            said = " ".join(str(exc.orig or exc).split())
            raise StoreError(f"{where}: {said}.{_advice(said)}") from exc
        raise


def _advice(said: str) -> str:
    """Say what to do where a file cannot be written, which reading it needs as well."""
    if "readonly" not in said and "unable to open" not in said:
        return ""
    return " What people decide is kept there: allow writing in its folder, or work on a copy."
