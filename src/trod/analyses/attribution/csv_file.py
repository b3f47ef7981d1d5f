"""Small tables that people write by hand: rows by column name, and figures that fit."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, NamedTuple

from trod.errors import DataError

_MOST: Final = Decimal(10) ** 12
"""A trillion: beyond it sums in millionths leave 64 bits."""


class Row(NamedTuple):
    """One line: its cells by lower-case column name, and where it stands."""

    cells: Mapping[str, str]  # "" where the line is too short
    where: str  # FILE:LINE


def read(file: Path, needed: Sequence[Sequence[str]], *, such_as: str) -> list[Row]:
    """Read a CSV with a header; commas, semicolons or tabs.

    Parameters
    ----------
    file
        UTF-8.
    needed
        Columns that must be there, each by all its names.
    such_as
        A header that would do, for the error.

    Raises
    ------
    DataError
        If it is no such file, or a column is missing.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            delimiter = max(",;\t", key=text.readline().count)
            text.seek(0)
            reader = csv.reader(text, delimiter=delimiter)
            names = [name.strip().casefold() for name in next(reader, [])]
            lines = [(reader.line_num, line) for line in reader if any(map(str.strip, line))]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise DataError(
            f"{file.name}: not a CSV in UTF-8 ({problem}). Write a text file with a header such as "
            f"{such_as}."
        ) from None
    if lacking := [known[0] for known in needed if not set(known) & set(names)]:
        raise DataError(
            f"{file.name}:1: no column {' and no column '.join(map(repr, lacking))}. Write a header"
            f" such as {such_as}."
        )
    return [
        Row(
            dict.fromkeys(names, "")
            | dict(zip(names, (cell.strip() for cell in line), strict=False)),
            f"{file.name}:{n}",
        )
        for n, line in lines
    ]


def figure(text: str, where: str, what: str) -> Decimal:
    """Read a number; `what` names it in the error.

    Raises
    ------
    DataError
        If it is none, or beyond a trillion.

    Examples
    --------
    >>> figure("1200.50", "costs.csv:2", "cost")
    Decimal('1200.50')
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise DataError(
            f"{where}: {what}{text!r} is not a number. Write 1200 or 1200.50."
        ) from None
    if not number.is_finite() or abs(number) > _MOST:
        raise DataError(f"{where}: {what}{text!r} is beyond what can be counted.")
    return number
