"""How the columns of a CSV file are told apart: found by trying, on the first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from trod.errors import DataError
from trod.sources.spec import FileOptions

DELIMITERS: Final = (",", ";", "\t", "|", "\x1f", "\x01", "^", "~", ":", " ")
_ROWS: Final = 300
_NOT_A_NAME: Final = re.compile(r"\s*[-+]?[\d.,]*\d\s*%?|\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*|\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """Everything that is needed to cut a line into values."""

    delimiter: str
    quote: str  # "" for none
    escape: str  # what makes a quote inside a value harmless; "" for none
    skip: int  # lines before the header, or before the first row
    header: bool
    names: tuple[str, ...]


def find_dialect(head: str, options: FileOptions, *, name: str) -> Dialect:
    r"""Find the dialect of a CSV file from its first lines.

    Parameters
    ----------
    head
        The first characters of the file.
    options
        What is already known; it is not doubted.
    name
        What to call the file in messages.

    Examples
    --------
    >>> find_dialect("id;when\n1;2024-01-05\n", FileOptions(), name="x.csv").delimiter
    ';'
    """
    lines = _whole_lines(head)
    delimiters = (options.delimiter,) if options.delimiter else DELIMITERS
    quotes = (options.quote,) if options.quote is not None else ('"', "'", "")
    best: tuple[float, str, str, str, list[list[str]]] | None = None
    for quote in quotes:
        escape = "\\" if quote and f"\\{quote}" in head and f"{quote * 2}" not in head else quote
        for delimiter in delimiters:
            rows = _cut(lines, delimiter, quote, escape)
            score = _score(rows, delimiter, quote, head)
            if best is None or score > best[0] + 1e-9:
                best = (score, delimiter, quote, escape, rows)
    assert best is not None
    _, delimiter, quote, escape, rows = best
    skip, width = _start(rows, options.skip)
    if skip >= len(rows) or not width:
        raise DataError(f"{name}: no row of data stands in the file.")
    first = [*rows[skip], *([""] * (width - len(rows[skip])))]
    header, raw = _header(first, rows[skip + 1 :], options)
    lines_before = options.skip if options.skip is not None else skip
    return Dialect(delimiter, quote, escape, lines_before, header, unique_names(raw))


def header_of_rows(
    rows: list[list[str]], options: FileOptions, *, name: str
) -> tuple[int, bool, tuple[str, ...]]:
    """Find where a table begins in rows that are cut already: lines before, header, names.

    Parameters
    ----------
    rows
        The first rows, each as far as something stands in it.
    options
        What is already known; it is not doubted.
    name
        What to call the table in messages.

    Examples
    --------
    >>> rows = [["Orders of May"], [], ["id", "at"], ["1", "2024-05-01"]]
    >>> header_of_rows(rows, FileOptions(), name="x.xlsx")
    (2, True, ('id', 'at'))
    """
    skip, width = _start(rows, options.skip)
    if skip >= len(rows) or not width:
        raise DataError(f"{name}: no row of data stands in it.")
    width = max(len(row) for row in rows[skip:])
    first = [*rows[skip], *([""] * (width - len(rows[skip])))]
    header, raw = _header(first, rows[skip + 1 :], options)
    return skip, header, unique_names(raw)


def _whole_lines(head: str) -> list[str]:
    """Cut the sample into lines; the last one may be torn, so it goes if there are others."""
    lines = re.split(r"(?<=\n)|(?<=\r)(?!\n)", head)
    lines = [line for line in lines if line]
    return lines[:-1] if len(lines) > 2 and not head.endswith(("\n", "\r")) else lines


def _cut(lines: list[str], delimiter: str, quote: str, escape: str) -> list[list[str]]:
    """Cut lines into values in one dialect."""
    if len(delimiter) > 1:
        return [line.rstrip("\r\n").split(delimiter) for line in lines[:_ROWS]]
    reader = csv.reader(
        lines,
        delimiter=delimiter,
        quotechar=quote or None,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        doublequote=escape != "\\",
        escapechar="\\" if escape == "\\" else None,
    )
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= _ROWS:
                break
    except csv.Error:
        return rows
    return rows


def _score(rows: list[list[str]], delimiter: str, quote: str, head: str) -> float:
    """Say how much the rows look like a table: same width, more than one column."""
    widths = Counter(len(row) for row in rows if row)
    if not widths:
        return 0.0
    width, often = max(widths.items(), key=lambda item: (item[1], item[0]))
    steady = often / widths.total()
    score = steady * (1.0 if width == 1 else 2.0 + min(width, 30) / 100)
    if delimiter in (" ", ":"):
        score -= 0.3
    if quote and _stands_around(quote, delimiter, head):
        score += 0.2
    elif quote == "'":
        score -= 0.4
    elif not quote:
        score -= 0.1
    return score


def _start(rows: list[list[str]], skip: int | None) -> tuple[int, int]:
    """Give the first row of the table and its width: titles above a table are narrower."""
    widths = Counter(len(row) for row in rows if row)
    width = max(widths.items(), key=lambda item: (item[1], item[0]))[0] if widths else 0
    if skip is not None:
        return skip, width
    for i, row in enumerate(rows[:20]):
        if len(row) >= width:
            return i, width
    return 0, width


def _header(
    first: list[str], rest: list[list[str]], options: FileOptions
) -> tuple[bool, list[str]]:
    """Say whether a row holds the names of the columns, and give the names."""
    if isinstance(options.header, tuple):
        more = range(len(options.header), len(first))
        return False, [*options.header, *(f"column{i + 1}" for i in more)]
    header = options.header if options.header is not None else _is_header(first, rest)
    return header, first if header else [f"column{i + 1}" for i in range(len(first))]


def _is_header(first: list[str], rest: list[list[str]]) -> bool:
    """Say whether a row holds names: none of them empty or a number, none twice, unlike below."""
    if any(_NOT_A_NAME.fullmatch(value) for value in first[:1]):
        return False
    named = [value for value in first if value.strip()]
    if len(named) < len(first) / 2 or any(_NOT_A_NAME.fullmatch(value) for value in named):
        return False
    below = [row for row in rest[:50] if not _same(row, first)]
    cells = [[row[i] for row in below if i < len(row) and row[i]] for i in range(len(first))]
    if any(column and all(map(_NOT_A_NAME.fullmatch, column)) for column in cells):
        return True  # words stand above numbers
    if len(set(named)) < len(named):
        return False
    return sum(v in column for v, column in zip(first, cells, strict=True)) <= len(first) / 2


def _same(row: list[str], header: list[str]) -> bool:
    """Say whether a row repeats the header: files that were put together do, marks included."""
    return [value.lstrip("\ufeff") for value in row] == header


def _stands_around(quote: str, delimiter: str, head: str) -> bool:
    """Say whether a quote stands around a value; an apostrophe must end it as well."""
    cut = re.escape(delimiter)
    begins = rf"(^|{cut}){quote}"
    ends = rf"[^{quote}\r\n]*{quote}(?={cut}|\r|$)" if quote == "'" else ""
    return re.search(begins + ends, head, re.MULTILINE) is not None


def unique_names(names: list[str]) -> tuple[str, ...]:
    """Name every column, and no two alike; case does not tell names apart in SQL.

    Examples
    --------
    >>> unique_names(["ID", "id", " "])
    ('ID', 'id_2', 'column3')
    """
    taken: set[str] = set()
    out = []
    for i, raw in enumerate(names):
        base = raw.strip().lstrip("\ufeff") or f"column{i + 1}"
        name, n = base, 1
        while name.lower() in taken:
            n += 1
            name = f"{base}_{n}"
        taken.add(name.lower())
        out.append(name)
    return tuple(out)
