"""The rows of one file that could not become touchpoints, with their bytes.

A second look at the file, by `trod.sources.originals`; only taken where something was left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.errors import DataError
from trod.events import plan
from trod.events.refined import refined
from trod.events.report import Report
from trod.events.spool import Spool
from trod.sources.engine import Engine, batch_rows
from trod.sources.originals import TORN, Count, Original, header_of, originals
from trod.sources.reshape import ROW
from trod.sources.table import Table
from trod.sources.torn import torn_records

ROOM_BYTES: Final = 16 << 20
SCHEMA: Final = pa.schema(
    [
        pa.field("code", pa.string(), nullable=False),
        pa.field("detail", pa.string()),  # what the row said where it could not be read
        pa.field("line", pa.int64()),  # of the first byte in the file; none in Parquet
        pa.field("row", pa.int64()),  # number among the rows of the file; none if it gave no row
        pa.field("n", pa.int64(), nullable=False),  # touchpoints that the row could not give
        pa.field("original", pa.binary(), nullable=False),
    ]
)
_PIECE_BYTES: Final = 8 << 20
_ROW_BYTES: Final = 512  # that a row takes up here beside its own
_AT_ONCE: Final = _PIECE_BYTES // _ROW_BYTES


@dataclass(frozen=True, slots=True)
class Frame:
    """What must be known to read originals again that were taken out of their file."""

    format: str  # csv, jsonl, json; or row, for rows of Parquet written as JSON
    encoding: str = "utf-8"
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    header: str = ""  # the line that names the columns, as latin-1 reads its bytes
    names: tuple[str, ...] = ()
    types: tuple[str, ...] = ()  # of the columns of Parquet

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Frame:
        """Read what `dataclasses.asdict` wrote, by way of JSON."""
        lists = {"names": tuple(told["names"]), "types": tuple(told["types"])}
        return cls(**{**told, **lists})

    @classmethod
    def of(cls, table: Table, *, as_rows: bool) -> Frame:
        """Give the frame of the records of a file."""
        if as_rows and table.base:
            names = tuple(column.name for column in table.base)
            return cls("row", names=names, types=tuple(column.type for column in table.base))
        if as_rows:
            return cls("jsonl")
        header = header_of(table).decode("latin-1")
        if table.dialect is None:
            return cls(table.format, table.encoding)
        cut = table.dialect
        return cls("csv", table.encoding, cut.delimiter, cut.quote, cut.escape, header, table.names)


@dataclass(slots=True)
class LeftOut:
    """What a delivery leaves out, complete when its batches are drained."""

    frame: Frame = Frame("csv")
    tables: Spool = field(default_factory=lambda: Spool(ROOM_BYTES))


class _Asked(NamedTuple):
    """Rows that are left out, in the order of their numbers."""

    row: NDArray[np.int64]
    told: pa.RecordBatch  # code, n, detail and, where asked for, the row as JSON


def look_again(duck: Engine, table: Table, numbered: str, report: Report, into: LeftOut) -> None:
    """Find the originals of all rows that were left out; count them by code in the report.

    Parameters
    ----------
    duck
        The engine that has scanned the file.
    table
        The file.
    numbered
        Query that gives all rows with their numbers, see `plan.touchpoints_sql`.
    report
        Which already counts all rows that the scan gave, and those it left out.
    into
        Where the originals go.
    """
    torn = torn_records(duck, table)
    left = report.left
    n_torn = len(torn) + sum(table.bad.values())
    scanned = report.rows
    report.rows += n_torn
    if not left and not n_torn:
        return
    if table.looked_into:
        (scanned,) = map(int, map(str, duck.rows(f"SELECT count(*) FROM ({table.as_json})")[0]))
    if table.format == "parquet" or not _as_they_stand(duck, table, numbered, scanned, torn, into):
        into.tables.clear()
        into.frame = Frame.of(table, as_rows=True)
        for told in _asked(duck, numbered, table.as_json, batch_rows(table.row_bytes)):
            into.tables.kept(_as_rows(told))
        _torn_alone(table, torn, into)
    _count(into.tables, report, left + n_torn)


def _as_they_stand(
    duck: Engine, table: Table, numbered: str, scanned: int, torn: dict[int, str], into: LeftOut
) -> bool:
    """Take the originals out of the file; False if it was cut in another way than it was read."""
    into.frame = Frame.of(table, as_rows=False)
    asked = _Told(_asked(duck, numbered), into.frame, table.lines_before)
    found: list[Original] = []
    size = 0
    for one in originals(table, Count(scanned, torn), asked.rows()):
        if one is None:
            return False
        found.append(one)
        size += len(one.content) + _ROW_BYTES
        if size > _PIECE_BYTES:
            into.tables.kept(asked.beside(found))
            found, size = [], 0
    if found:
        into.tables.kept(asked.beside(found))
    return True


class _Told:
    """What is told of the rows that are left out, given back beside their originals."""

    def __init__(self, batches: Iterator[_Asked], frame: Frame, lines_before: int) -> None:
        self._before = lines_before
        self._batches = batches
        self._encoding = frame.encoding
        self._header = self._plain(frame.header.encode("latin-1"))
        self._told: dict[int, tuple[str, int, str | None]] = {}

    def rows(self) -> Iterator[NDArray[np.int64]]:
        """Give the numbers of the rows, and remember what is told of them."""
        for asked in self._batches:
            told = asked.told
            columns = (told[name].to_pylist() for name in ("code", "n", "detail"))
            self._told.update(zip(asked.row.tolist(), zip(*columns, strict=True), strict=True))
            yield asked.row

    def _plain(self, content: bytes) -> bytes:
        """Give a record in UTF-8."""
        if self._encoding in ("utf-8", "ascii"):
            return content
        return content.decode(self._encoding, errors="replace").encode()

    def beside(self, found: list[Original]) -> pa.Table:
        """Give a table of originals and what is told of them."""
        told = [
            (one.code or "line_unreadable", 1, None) if one.row == TORN else self._told.pop(one.row)
            for one in found
        ]
        return pa.table(
            {
                "code": [
                    refined(code, detail, self._plain(one.content), self._header)
                    for (code, _, detail), one in zip(told, found, strict=True)
                ],
                "detail": [detail for _, _, detail in told],
                "line": [one.line + self._before for one in found],
                "row": [None if one.row == TORN else one.row for one in found],
                "n": [n for _, n, _ in told],
                "original": [one.content for one in found],
            },
            schema=SCHEMA,
        )


def _asked(
    duck: Engine, numbered: str, as_json: str = "", at_once: int = _AT_ONCE
) -> Iterator[_Asked]:
    """Ask for the records that are left out; one of several dates, or of several rows, is one."""
    query = (
        f"SELECT {ROW}, told.code AS code, n, told.said AS detail FROM (SELECT {ROW}, "
        f"count(*)::BIGINT AS n, min({{'code': {plan.REASON}, 'said': {plan.SAID}}}) AS told "
        f"FROM ({numbered}) WHERE NOT starts_with({plan.REASON}, '{plan.DROPPED}') GROUP BY {ROW})"
    )
    if as_json:
        rows = f"SELECT row_number() OVER () AS {ROW}, whole FROM ({as_json})"
        query = f"SELECT * FROM ({query}) JOIN ({rows}) USING ({ROW})"
    reader = duck.connection.sql(f"{query} ORDER BY {ROW}").to_arrow_reader(at_once)
    for batch in reader:
        yield _Asked(batch[ROW].to_numpy(zero_copy_only=False).astype(np.int64), batch)


def _as_rows(asked: _Asked) -> pa.Table:
    """Give rows as JSON in place of their originals."""
    told = asked.told
    columns = (told[name].to_pylist() for name in ("code", "detail", "whole"))
    codes = [
        refined(code, detail, (whole or "").encode(), b"")
        for code, detail, whole in zip(*columns, strict=True)
    ]
    return pa.table(
        {
            "code": codes,
            "detail": told["detail"],
            "line": pa.nulls(len(told), pa.int64()),
            "row": pa.array(asked.row),
            "n": told["n"],
            "original": pc.fill_null(told["whole"], "").cast(pa.binary()),
        },
        schema=SCHEMA,
    )


def _torn_alone(table: Table, torn: dict[int, str], into: LeftOut) -> None:
    """Keep the records that gave no row, where the rows themselves had to be written anew."""
    if table.format == "parquet":
        return
    told = _Told(iter(()), into.frame, table.lines_before)
    found = [one for one in originals(table, Count(0, torn), iter(())) if one is not None]
    if found:
        into.tables.kept(told.beside(found))


def _count(tables: Spool, report: Report, expected: int) -> None:
    """Count what is kept, by code; it must be what was left out."""
    total = 0
    for table in tables.seen():
        counted = table.group_by("code").aggregate([("n", "sum")])
        for code, n in zip(counted["code"].to_pylist(), counted["n_sum"].to_pylist(), strict=True):
            report.quarantine(code, n)
            total += n
        report.remember(table)
    if total != expected:
        raise DataError(
            f"{report.file}: {expected:,} rows could not be read, but {total:,} were found again. "
            "Nothing was written; please report it."
        )
