"""Rows that come from anything but a text file, written as JSON lines: one way in for all of them.

What stands in a sheet, a database or a program is written to a scratch file, a row on each line,
and read from there like any file of records. So quarantine, replay, joins and lists within rows
hold for all of them, and the number of a line is the number of the row.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

_MOST: Final = 1 << 63
_EXACT: Final = 1 << 53


class Written(NamedTuple):
    """Rows that another process has written."""

    path: Path
    n_lines: int
    names: tuple[str, ...]
    nested: bool  # whether an object stands in a row, whose keys are columns too
    size: int  # characters, of which none takes up more than a byte


class RowWriter:
    r"""Writes rows to a file of JSON lines, and remembers the names of their columns.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp(), "rows.jsonl")
    >>> with RowWriter(file) as rows:
    ...     rows.row({"id": 7.0, "at": date(2024, 1, 5), "note": None})
    >>> file.read_text(), rows.names
    ('{"id":7,"at":"2024-01-05"}\n', ('id', 'at', 'note'))
    """

    def __init__(self, path: Path, names: Sequence[str] = ()) -> None:
        self.path = path
        self.n_lines = 0
        self.n_rows = 0
        self.size = 0  # characters, of which none takes up more than a byte
        self.nested = False
        self._names = dict.fromkeys(names)
        self._file = path.open("w", encoding="utf-8", newline="\n")

    @property
    def names(self) -> tuple[str, ...]:
        """Columns in order of first appearance."""
        return tuple(self._names)

    def named(self, names: Sequence[str]) -> None:
        """Give columns a place that no row may have a value for."""
        self._names.update(dict.fromkeys(names))

    def row(self, values: Mapping[str, object]) -> None:
        """Write one row; what is nothing is left out, so that new columns change no old row."""
        self._names.update(dict.fromkeys(values))
        self.nested = self.nested or any(isinstance(value, Mapping) for value in values.values())
        told = {name: plain for name, value in values.items() if (plain := said(value)) is not None}
        self._line(json.dumps(told, separators=(",", ":"), allow_nan=False))
        self.n_rows += 1

    def blank(self) -> None:
        """Write a line that is no row, so that the lines below keep their number."""
        self._line("")

    def _line(self, text: str) -> None:
        self.size += self._file.write(text + "\n")
        self.n_lines += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()


def said(value: object) -> Any:
    """Give a value as JSON holds it without loss: whole numbers as such, decimals as text.

    Examples
    --------
    >>> said(3.0), said(0.1), said(2**70), said(Decimal("1.50")), said(b"hi"), said(float("nan"))
    (3, 0.1, '1180591620717411303424', '1.50', '6869', 'nan')
    >>> said(datetime(2024, 1, 5, 10, 0, 0, 5)), said({"a": [1, None]})
    ('2024-01-05 10:00:00.000005', {'a': [1, None]})
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if -_MOST <= value < _MOST else str(value)
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(key): said(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [said(inner) for inner in value]
    return _text(value)


def _number(value: float) -> Any:
    if not math.isfinite(value):
        return str(value)
    if not value.is_integer():
        return value
    # A float that is too large to count by ones says so: an id in it may have been rounded.
    return int(value) if abs(value) < _EXACT else f"{value:.16e}"


def _text(value: object) -> str:
    """Write what JSON has no word for."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return clock(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return str(value)


def clock(length: timedelta) -> str:
    """Write a length of time as hours, minutes and seconds.

    Examples
    --------
    >>> clock(timedelta(days=1, seconds=5))
    '24:00:05'
    """
    sign = "-" if length < timedelta() else ""
    whole = abs(length)
    seconds = whole.days * 86_400 + whole.seconds
    part = f".{whole.microseconds:06d}" if whole.microseconds else ""
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{part}"


def write_rows(path: Path, rows: Iterable[Mapping[str, object]]) -> RowWriter:
    """Write rows of a program to a file."""
    with RowWriter(path) as out:
        for row in rows:
            out.row(row)
    return out
