"""Rows of a table or a query of a database, from where the last reading ended."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trod.errors import DataError
from trod.sources.address import Address, address, password_of
from trod.sources.place import PlaceSpec, before
from trod.sources.rows import RowWriter

Mark = str | int | float
"""A value of a cursor."""
ROWS: Final = 10_000
"""Rows that are fetched at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of a database: columns of no row, all rows, or those from a value on."""

    table: str | None
    query: str | None
    cursor: str | None = None
    start: Mark | None = None  # rows whose cursor is at least this, or nothing at all
    header_only: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """What came of it."""

    rows: RowWriter
    reached: Mark | None  # the greatest value of the cursor so far


def name_of(spec: PlaceSpec) -> str:
    """Name what is read of a database, for people; where it is stays out of it."""
    return spec.table if spec.table is not None else "query"


def pull(
    spec: PlaceSpec, out: Path, *, root: Path, last: Mark | None = None, header_only: bool = False
) -> Pulled:
    """Write the rows of a source that is a database to a file of JSON lines.

    Parameters
    ----------
    spec
        The source.
    out
        File to write.
    root
        Folder that the file of a SQLite database is relative to.
    last
        Value of the cursor up to which rows were read before; they are read again from `overlap`
        before it, those that have this very value included.
    header_only
        Whether only the names of the columns are wanted.

    Raises
    ------
    DataError
        If the database cannot be reached, or does not have what is asked for.
    """
    assert spec.database is not None
    where = address(spec.database)
    start = _start(spec, last)
    wanted = Wanted(spec.table, spec.query, spec.cursor, start, header_only)
    pulled = _pulled(spec, where, wanted, out, root)
    return pulled if pulled.reached is not None else Pulled(pulled.rows, last)


def _start(spec: PlaceSpec, last: Mark | None) -> Mark | None:
    if last is None:
        return None
    try:
        return before(last, spec.overlap)
    except (ValueError, OverflowError):
        kind = "number" if isinstance(spec.overlap, int) else "time as 2024-01-31 12:00:00"
        raise DataError(
            f"`overlap: {spec.overlap}` does not fit the cursor {spec.cursor}: {last!r} is no "
            f"{kind}. Write 1h where it is a time, 1000 where it is a number."
        ) from None


def _pulled(spec: PlaceSpec, where: Address, wanted: Wanted, out: Path, root: Path) -> Pulled:
    if where.kind == "sqlite":
        from trod.sources.sqlite import pull_sqlite

        return pull_sqlite(where.file(root), wanted, out)
    from trod.sources.postgres import pull_postgres

    return pull_postgres(where, password_of(where, spec.password_env), wanted, out)
