"""Records of a file that could not be taken, as they stand in it: a second look at their bytes.

Only asked where something was left out, so that a clean file is read once.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.cut import BLANK
from trod.sources.cut import CODES, Layout, pieces, without_mark
from trod.sources.elements import elements_of
from trod.sources.table import Table

TORN: Final = 0
"""Row number of a record that gave no row."""


class Original(NamedTuple):
    """A record as it stands in its file."""

    row: int  # its number among the rows that were read; TORN if it gave none
    line: int  # of its first byte, from 1
    code: str | None  # why it gave no row
    content: bytes


class Count(NamedTuple):
    """What a second look must find, for its rows to be the rows that were read."""

    rows: int
    torn: Mapping[int, str]  # by the number of the record


def originals(
    table: Table, count: Count, wanted: Iterator[NDArray[np.int64]]
) -> Iterator[Original | None]:
    """Give the records that gave no row, and those whose rows are wanted, in the order of the file.

    Parameters
    ----------
    table
        The file, after its scan.
    count
        How many rows the scan gave, and which records none.
    wanted
        Numbers of rows, from 1, ascending.

    Yields
    ------
    Original or None
        None at the end if the file was cut in another way than DuckDB did, so that the records
        given before are worth nothing.
    """
    reading = _elements if table.format == "json" else _records
    look = reading(table, count, wanted)
    rows = yield from look
    if rows != count.rows:
        yield None


def header_of(table: Table) -> bytes:
    """Give the line that names the columns, as it stands in the file; nothing where none does."""
    if table.dialect is None or not table.dialect.header:
        return b""
    layout = Layout.of(table.dialect, table.encoding, table.limits.row)
    for piece in pieces(table.path, layout):
        return _encoded(piece.record(0), layout, table)
    return b""


class _Wanted:
    """Row numbers that come in ascending batches, taken as far as they are needed."""

    def __init__(self, batches: Iterator[NDArray[np.int64]]) -> None:
        self._batches = batches
        self._left: NDArray[np.int64] = np.zeros(0, np.int64)

    def upto(self, last: int) -> NDArray[np.int64]:
        """Give the wanted rows up to a number that were not given before."""
        found = [self._left]
        while not found[-1].size or found[-1][-1] <= last:
            more = next(self._batches, None)
            if more is None:
                break
            found.append(more)
        every = np.concatenate(found)
        cut = int(np.searchsorted(every, last, side="right"))
        self._left = every[cut:]
        return every[:cut]


def _records(
    table: Table, count: Count, batches: Iterator[NDArray[np.int64]]
) -> Generator[Original, None, int]:
    """Cut a file of lines or of CSV records; return how many rows it must have given."""
    layout = Layout.of(table.dialect, table.encoding, table.limits.row)
    torn = np.array(sorted(count.torn), np.int64)
    wanted = _Wanted(batches)
    number, row = layout.skip, 0  # of the last record, bad ones aside; of the last row
    header = layout.header
    for piece in pieces(table.path, layout):
        cuttable = piece.status <= BLANK
        numbers = number + np.cumsum(cuttable)
        rejected = cuttable & np.isin(numbers, torn)
        is_row = cuttable & ~rejected & ~_blank(table, piece.text, piece.starts, piece.status)
        if header:
            header = is_row[0] = rejected[0] = cuttable[0] = False
        rows = row + np.cumsum(is_row)
        asked = is_row & np.isin(rows, wanted.upto(int(rows[-1])))
        bad = piece.status > BLANK
        for i in np.flatnonzero(asked | rejected | bad):
            code = CODES[int(piece.status[i])] if bad[i] else count.torn.get(int(numbers[i]))
            yield Original(
                int(rows[i]) if asked[i] else TORN,
                int(piece.line[i]),
                None if asked[i] else code,
                _encoded(piece.record(int(i)), layout, table),
            )
        number, row = int(numbers[-1]), int(rows[-1])
    return row


def _blank(
    table: Table, text: bytes, starts: NDArray[np.int64], status: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Say which records give no row because nothing stands in them."""
    blank: NDArray[np.bool_] = status == BLANK
    if table.format == "csv":
        return blank if len(table.columns) > 1 else np.zeros_like(blank)
    for i in np.flatnonzero(np.frombuffer(text, np.uint8)[starts] == ord(" ")):
        end = text.find(b"\n", int(starts[i]))
        line = text[int(starts[i]) : end if end >= 0 else None]
        blank[i] = not line.strip(b" \r")
    return blank


def _encoded(record: bytes, layout: Layout, table: Table) -> bytes:
    """Give a record in the encoding of its file, as its bytes stand there."""
    if layout.is_utf8:
        return record
    return record.decode().encode(without_mark(layout.encoding, table.path))


def _elements(
    table: Table, count: Count, batches: Iterator[NDArray[np.int64]]
) -> Generator[Original, None, int]:
    """Cut a JSON text into its elements; return how many rows it must have given."""
    layout = Layout(table.encoding)
    torn = np.array(sorted(count.torn), np.int64)
    wanted = _Wanted(batches)
    number = row = 0  # of the last element, of the last row
    for piece in elements_of(table.path, table.encoding, table.limits):
        numbers = number + np.arange(1, piece.starts.size + 1)
        rejected = np.isin(numbers, torn)
        rows = row + np.cumsum(~rejected)
        asked = ~rejected & np.isin(rows, wanted.upto(int(rows[-1])))
        for i in np.flatnonzero(asked | rejected):
            content = piece.text[piece.starts[i] : piece.ends[i]]
            yield Original(
                int(rows[i]) if asked[i] else TORN,
                int(piece.line[i]),
                None if asked[i] else count.torn[int(numbers[i])],
                _encoded(content, layout, table),
            )
        number, row = int(numbers[-1]), int(rows[-1])
    return row
