"""Where the rows of a source come from: files, a database, or a program."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final, Self

from pydantic import BeforeValidator, Field, model_validator

from trod.sources.address import address
from trod.sources.spec import Duration, FileOptions, Names

_ONE: Final = ("files", "database", "dlt", "rows")


def _length_or_number(value: object) -> object:
    """Read 1h as a duration, and leave a number alone."""
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value


Overlap = Annotated[Duration | int | None, BeforeValidator(_length_or_number)]


class PlaceSpec(FileOptions):
    """Where rows come from, and which of them are new."""

    files: Names = Field((), description="Files or globs, relative to trod.yml.")
    database: str | None = Field(
        None,
        repr=False,
        description="Address of a database instead of files: sqlite:///shop.db (relative to "
        "trod.yml), or postgresql://user@host/name.",
    )
    password_env: str | None = Field(
        None, description="Environment variable that holds the password of the database."
    )
    table: str | None = Field(None, description="Table or view of the database: orders, or s.t.")
    query: str | None = Field(None, description="One SELECT, in place of `table`.")
    cursor: str | None = Field(
        None,
        description="Column that grows with every new row, such as id or updated_at: the next "
        "ingest begins where the last one ended. Needs `message_id`.",
    )
    overlap: Overlap = Field(
        None,
        description="How far before the last value of `cursor` to begin, for rows that come late: "
        "1h where it is a time, 1000 where it is a number.",
    )
    grows: bool = Field(
        False,
        description="Whether CSV or JSON lines are only ever added at the end of the files: the "
        "next ingest reads what was added. Needs `message_id`.",
    )
    dlt: str | None = Field(
        None, description="Resource of dlt in a Python module beside trod.yml: `module:name`."
    )
    rows: bool = Field(
        False, description="Whether a program gives the rows: `Workspace.ingest_rows`."
    )

    @property
    def incremental(self) -> bool:
        """Whether what was read once is not read again."""
        return self.cursor is not None or self.grows

    @model_validator(mode="after")
    def _comes_from_one_place(self) -> Self:
        given = [key for key in _ONE if getattr(self, key)]
        if not given:
            raise ValueError(
                "says no place to read from. Add `files:` with a file or a pattern, or `database:`."
            )
        if len(given) > 1:
            raise ValueError(f"has `{given[0]}` and `{given[1]}`. Keep one of them.")
        if self.database is not None:
            address(self.database)
            if (self.table is None) == (self.query is None):
                raise ValueError("reads a database. Add `table:` or `query:`, one of the two.")
        elif other := next((k for k in _OF_DATABASE if getattr(self, k) is not None), None):
            raise ValueError(f"has `{other}`, which belongs to `database:`. Remove it.")
        if self.grows and not self.files:
            raise ValueError("has `grows`, which belongs to `files:`. Use `cursor:` instead.")
        if self.overlap is not None and self.cursor is None:
            raise ValueError("has `overlap`, which belongs to `cursor:`. Remove it.")
        return self


_OF_DATABASE: Final = ("password_env", "table", "query", "cursor")
NOT_THE_ROWS: Final = frozenset(PlaceSpec.model_fields) - frozenset(FileOptions.model_fields)
"""Keys that say where rows are, and not what they mean."""


def before(value: str | float, overlap: timedelta | int | None) -> str | float:
    """Give where to begin, so that rows that came late are read.

    Raises
    ------
    ValueError
        If a time is wanted and the value is none, or the other way round.

    Examples
    --------
    >>> before("2024-01-05 10:00:00+00", timedelta(hours=1)), before(1200, 1000)
    ('2024-01-05 09:00:00+00:00', 200)
    """
    if overlap is None:
        return value
    if isinstance(overlap, int):
        return int(value) - overlap
    from datetime import datetime

    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no time")
    earlier = datetime.fromisoformat(value) - overlap
    if len(value) <= 10:
        return earlier.date().isoformat()
    return earlier.isoformat(sep="T" if value[10] == "T" else " ")
