"""Rows of a PostgreSQL database, as the server writes their values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trod.errors import DataError, unknown
from trod.sources.address import Address
from trod.sources.database import ROWS, Pulled, Wanted
from trod.sources.dialect import unique_names
from trod.sources.engine import quoted
from trod.sources.rows import RowWriter

if TYPE_CHECKING:
    import psycopg

_AS_WRITTEN: Final = (
    *("numeric", "money", "json", "jsonb", "xml", "date", "time", "timetz"),
    *("timestamp", "timestamptz", "interval", "int4range", "int8range", "numrange"),
    *("tsrange", "tstzrange", "daterange"),
)
"""Types whose values are taken as the server writes them: Python's hold less, or write more."""
_SETTINGS: Final = (
    "SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'iso_8601'; "
    "SET extra_float_digits = 1"
)
_PATIENCE: Final = "10"  # seconds


def pull_postgres(where: Address, password: str | None, wanted: Wanted, out: Path) -> Pulled:
    """Write rows to a file; all of them are of one moment of the database.

    Raises
    ------
    DataError
        If psycopg is not installed, the server does not answer or refuses, or has no such table.
    """
    try:
        import psycopg
    except ImportError:
        raise DataError(
            "reading PostgreSQL needs psycopg. Install it: pip install 'trod[postgres]'"
        ) from None
    try:
        connection = psycopg.connect(**_arguments(where, password))
    except psycopg.Error as problem:
        said = where.without_secrets(_line(problem), password)
        raise DataError(f"database {where.shown}: {said} {_todo(said)}") from None
    with connection:
        try:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            connection.execute(_SETTINGS)
            _take_as_written(connection)
            return _read(where, connection, wanted, out)
        except psycopg.Error as problem:
            said = where.without_secrets(_line(problem), password)
            raise DataError(f"database {where.shown}: {said}") from None


def _arguments(where: Address, password: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {"connect_timeout": _PATIENCE, "application_name": "trod"}
    given |= dict(where.options)
    own = {"host": where.host, "port": where.port, "dbname": where.name, "user": where.user}
    given |= {key: value for key, value in own.items() if value}
    return given if password is None else {**given, "password": password}


def _line(problem: Exception) -> str:
    """Say in one line what a driver says in many."""
    lines = [line.strip() for line in str(problem).strip().splitlines() if line.strip()]
    said = lines[0] if lines else type(problem).__name__
    return said.split("FATAL: ")[-1].strip().rstrip(".") + "."


def _todo(said: str) -> str:
    if "password" in said or "authentication" in said:
        return "Put the right password into the variable that `password_env:` names."
    if "does not exist" in said:
        return "Correct `database:` in trod.yml."
    return "Check that it runs and can be reached from here, and `database:` in trod.yml."


def _take_as_written(connection: psycopg.Connection[Any]) -> None:
    """Take values as text where Python's own would hold less, such as a time of 24:00."""
    from psycopg.adapt import Loader

    class AsWritten(Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode()

    for name in _AS_WRITTEN:
        connection.adapters.register_loader(name, AsWritten)


def _read(where: Address, connection: psycopg.Connection[Any], wanted: Wanted, out: Path) -> Pulled:
    inner = _inner(where, connection, wanted)
    empty = connection.execute(f"SELECT * FROM ({inner}) AS _trod LIMIT 0")
    columns = [one.name for one in empty.description or ()]
    names = unique_names(columns)
    reached = None
    with RowWriter(out, names) as to:
        if wanted.header_only:
            return Pulled(to, None)
        condition = ""
        if wanted.cursor is not None:
            if wanted.cursor not in columns:
                raise DataError(f"database: cursor: {unknown('column', wanted.cursor, columns)}")
            condition = _condition(connection, wanted)
            reached = _greatest(connection, inner, condition, quoted(wanted.cursor))
        with connection.cursor(name="trod") as found:
            found.itersize = ROWS
            found.execute(f"SELECT * FROM ({inner}) AS _trod{condition}")
            for row in found:
                to.row(dict(zip(names, row, strict=True)))
    return Pulled(to, reached)


def _condition(connection: psycopg.Connection[Any], wanted: Wanted) -> str:
    if wanted.start is None or wanted.cursor is None:
        return ""
    from psycopg.sql import Literal

    by = quoted(wanted.cursor)
    return f" WHERE {by} >= {Literal(str(wanted.start)).as_string(connection)} OR {by} IS NULL"


def _greatest(
    connection: psycopg.Connection[Any], inner: str, condition: str, by: str
) -> str | None:
    """Give the greatest value of the cursor as text; a moment that never comes is none."""
    found = connection.execute(
        f"SELECT last::text FROM (SELECT {by} AS last FROM ({inner}) AS _trod{condition}) AS _all "
        "WHERE last IS NOT NULL AND last::text <> 'infinity' ORDER BY last DESC LIMIT 1"
    ).fetchone()
    return str(found[0]) if found is not None else None


def _inner(where: Address, connection: psycopg.Connection[Any], wanted: Wanted) -> str:
    """Write the rows that are asked for, before any condition on them."""
    if wanted.query is not None:
        return wanted.query.strip().rstrip(";")
    assert wanted.table is not None
    listed = connection.execute(
        "SELECT n.nspname, c.relname, pg_table_is_visible(c.oid) FROM pg_class AS c "
        "JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE c.relkind IN ('r','v','m','f','p') "
        "AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1, 2"
    ).fetchall()
    known = {f"{schema}.{name}": (schema, name) for schema, name, _ in listed}
    known |= {name: (schema, name) for schema, name, seen in listed if seen}
    if wanted.table not in known:
        raise DataError(f"database {where.shown}: {unknown('table', wanted.table, list(known))}")
    schema, name = known[wanted.table]
    return f"SELECT * FROM {quoted(schema)}.{quoted(name)}"
