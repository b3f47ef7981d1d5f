"""CSV as people open it: in a spreadsheet, which runs what looks like a formula.

A name in a customer's file may be ``=HYPERLINK(…)``. Every CSV that Trod writes is written here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    r"""Write rows as CSV; no text in it begins a formula.

    Examples
    --------
    >>> csv_text([["who", "n"], ["=1+1", -5]])
    "who,n\n'=1+1,-5\n"
    """
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue()


def guarded(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> guarded("=cmd()"), guarded("fine"), guarded(-3)
    ("'=cmd()", 'fine', -3)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
