"""Rows of a SQLite database, which is opened to be read and never written."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from trod.errors import DataError, unknown
from trod.sources.database import ROWS, Mark, Pulled, Wanted
from trod.sources.dialect import unique_names
from trod.sources.engine import quoted
from trod.sources.rows import RowWriter


def pull_sqlite(file: Path, wanted: Wanted, out: Path) -> Pulled:
    """Write rows to a file; all of them are of one moment of the database."""
    if not file.is_file():
        raise DataError(f"{file}: no such database. Correct `database:` in trod.yml.")
    try:
        with closing(connected(file)) as database:
            database.text_factory = _text
            database.execute("PRAGMA query_only = on")
            database.isolation_level = None
            database.execute("BEGIN")
            return _read(file, database, wanted, out)
    except sqlite3.Error as problem:
        raise DataError(f"{file}: {problem}.") from problem


def connected(file: Path) -> sqlite3.Connection:
    """Open a database so that nothing can be written."""
    return sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _read(file: Path, database: sqlite3.Connection, wanted: Wanted, out: Path) -> Pulled:
    inner = _inner(file, database, wanted)
    columns = [one[0] for one in database.execute(f"SELECT * FROM ({inner}) LIMIT 0").description]
    names = unique_names(columns)
    reached = None
    rows: Sequence[Sequence[object]]
    with RowWriter(out, names) as to:
        if wanted.header_only:
            return Pulled(to, None)
        condition, values = "", list[Mark]()
        if wanted.cursor is not None:
            if wanted.cursor not in columns:
                raise DataError(f"{file}: cursor: {unknown('column', wanted.cursor, columns)}")
            by = quoted(wanted.cursor)
            if wanted.start is not None:
                condition, values = f" WHERE {by} >= ? OR {by} IS NULL", [wanted.start]
            (reached,) = database.execute(
                f"SELECT max({by}) FROM ({inner}){condition}", values
            ).fetchone()
        found = database.execute(f"SELECT * FROM ({inner}){condition}", values)
        while rows := found.fetchmany(ROWS):
            for row in rows:
                to.row(dict(zip(names, row, strict=True)))
    return Pulled(to, reached)


def _inner(file: Path, database: sqlite3.Connection, wanted: Wanted) -> str:
    """Write the rows that are asked for, before any condition on them."""
    if wanted.query is not None:
        return wanted.query.strip().rstrip(";")
    assert wanted.table is not None
    known = [
        str(name)
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
        )
    ]
    table = wanted.table.removeprefix("main.")
    if table.casefold() not in {name.casefold() for name in known}:
        raise DataError(f"{file}: {unknown('table', table, known)}")
    return f"SELECT * FROM {quoted(table)}"


def is_sqlite(start: bytes) -> bool:
    """Say whether a file is a SQLite database, by its first bytes."""
    return start.startswith(b"SQLite f")
