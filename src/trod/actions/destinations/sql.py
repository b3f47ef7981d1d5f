"""Audiences as rows of a table in SQLite or PostgreSQL, written over by customer."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

from trod.actions.destinations.audience import Audience
from trod.actions.destinations.sheets import plain
from trod.actions.outside import moment
from trod.errors import DataError, DefinitionError
from trod.sources.address import Address, address, password_of

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")
TABLE: Final = "trod_customers"
_ROWS: Final = 500
_OWN: Final = ("customer", "audience", "snapshot", "as_of")


def place(url: str) -> Address:
    """Read where a table is.

    Raises
    ------
    DefinitionError
        If it is no address of SQLite or PostgreSQL. It is not repeated.
    """
    try:
        return address(url)
    except ValueError as exc:
        raise DefinitionError([f"--to sql: {exc}"]) from None


def upsert(
    audience: Audience,
    where: Address,
    root: Path,
    *,
    table: str = TABLE,
    password_env: str | None = None,
) -> None:
    """Write a row for each customer, in place of an earlier one; all of them or none.

    The table is made where there is none, and gets the columns it lacks. Customers of earlier
    exports stay, with their `snapshot`: those of this one have the newest.

    Raises
    ------
    DefinitionError
        If the table cannot have this name, or the driver of PostgreSQL is not installed.
    DataError
        If the database cannot be reached or written to, or the table is of somebody else.
    """
    import sqlalchemy as sa

    if not _NAME.fullmatch(table):
        raise DefinitionError(
            [f"{table!r} is no name for a table. Write small letters, digits and _."]
        )
    password = password_of(where, password_env)
    engine = _engine(where, root, password)
    try:
        with engine.begin() as con:
            _write(con, audience, table)
    except sa.exc.SQLAlchemyError as exc:
        said = " ".join(str(getattr(exc, "orig", None) or exc).split())
        told = where.without_secrets(said, password)
        raise DataError(f"{where.shown}: {told}. Nothing was written.") from None
    finally:
        engine.dispose()


def _engine(where: Address, root: Path, password: str | None) -> Any:
    import sqlalchemy as sa

    if where.kind == "sqlite":
        file = where.file(root)
        if not file.parent.is_dir():
            raise DataError(f"there is no folder {file.parent}. Make it first.")
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(file)))
        _whole(engine)
        return engine
    try:
        import psycopg  # noqa: F401
    except ImportError as exc:
        raise DefinitionError(
            ["--to sql: PostgreSQL needs its driver: pip install 'trod[postgres]'."]
        ) from exc
    url = sa.URL.create(
        "postgresql+psycopg",
        username=where.user or os.environ.get("PGUSER"),
        password=password,
        host=where.host or None,
        port=where.port,
        database=where.name or None,
        query=dict(where.options),
    )
    return sa.create_engine(url)


def _whole(engine: Any) -> None:
    """Let a transaction of SQLite hold new tables and columns too: its driver leaves them out."""
    import sqlalchemy as sa

    @sa.event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    @sa.event.listens_for(engine, "begin")
    def _begun(con: Any) -> None:
        con.exec_driver_sql("BEGIN IMMEDIATE")


def _write(con: Any, audience: Audience, name: str) -> None:
    import sqlalchemy as sa

    sheet = plain(audience)
    own = [sa.Column("customer", sa.Text, primary_key=True)]
    own += [sa.Column(each, sa.Text, nullable=False) for each in _OWN[1:]]
    numeric = [*(False for _ in audience.personal), *audience.numeric]
    more = [
        sa.Column(f"{each}_" if each in _OWN else each, sa.Double if number else sa.Text)
        for each, number in zip(sheet.columns[1:], numeric, strict=True)
    ]
    made = sa.Table(name, sa.MetaData(), *own, *more)
    made.create(con, checkfirst=True)
    there = {each["name"] for each in sa.inspect(con).get_columns(name)}
    if not there.issuperset(_OWN):
        raise DataError(
            f"the table {name} is there and holds something else. Name another one with --table. "
            "Nothing was written."
        )
    quote = con.dialect.identifier_preparer.quote
    for column in made.columns:
        if column.name not in there:
            sort = column.type.compile(con.dialect)
            con.execute(
                sa.text(f"ALTER TABLE {quote(name)} ADD COLUMN {quote(column.name)} {sort}")
            )
    told = {"audience": audience.key, "snapshot": moment(audience.made_us), "as_of": audience.as_of}
    names = [column.name for column in made.columns if column.name not in _OWN[1:]]
    rows = [dict(zip(names, row, strict=True)) | told for row in sheet.rows]
    for at in range(0, len(rows), _ROWS):
        con.execute(_upserting(con, made), rows[at : at + _ROWS])


def _upserting(con: Any, table: Any) -> Any:
    if con.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    new = insert(table)
    values = {c.name: new.excluded[c.name] for c in table.columns if c.name != "customer"}
    return new.on_conflict_do_update(index_elements=["customer"], set_=values)
