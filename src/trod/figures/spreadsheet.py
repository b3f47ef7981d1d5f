"""CSV as people open it: in a spreadsheet, which runs what looks like a formula.

A name in a customer's file may be ``=HYPERLINK(…)``. Every CSV that Trod writes is written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

_SIGNS: Final = "=+\\-@＝＋－＠﹦﹢﹣﹫−"
_SKIPPED: Final = "[\\s\\x00-\\x1f\"'`´‘’“”„«»\u200b-\u200f\u2060\ufeff]*"
_FORMULA: Final = re.compile(rf"(^|[;\t\r\n])(?={_SKIPPED}[{_SIGNS}])")
"""Where a formula begins: in front, or where a spreadsheet of another country begins a cell."""
_QUOTE: Final = '"'
_ENDS: Final = re.compile(r'[",;\t\r\n]')
_ODD: Final = ("\t", "\r", "\n")
_PHONE: Final = re.compile(r"\+[0-9]{7,15}")  # a number, whoever reads it


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    r"""Write rows as CSV; no text in it begins a formula.

    Examples
    --------
    >>> csv_text([["who", "n"], ["=1+1", -5]])
    "who,n\n'=1+1,-5\n"
    """
    return "".join(_line([_cell(guarded(cell)) for cell in row]) for row in rows)


def _line(cells: list[str]) -> str:
    return '""\n' if cells == [""] else ",".join(cells) + "\n"  # an empty line is no row


def _cell(cell: Any) -> str:
    """Quote what ends a cell or a row for any reader; `csv` of Python leaves a lone CR bare."""
    text = "" if cell is None else str(cell)
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if _ENDS.search(text) else text


def guarded(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Numbers stay numbers, and telephone numbers stay what they are.

    Examples
    --------
    >>> guarded("=cmd()"), guarded("fine"), guarded(-3), guarded("+31201234567")
    ("'=cmd()", 'fine', -3, '+31201234567')
    >>> guarded("a;=cmd()")
    "a;'=cmd()"
    """
    if not isinstance(cell, str) or _PHONE.fullmatch(cell):
        return cell
    text = _FORMULA.sub(r"\1'", cell)
    return f"'{text}" if text.startswith(_ODD) else text
