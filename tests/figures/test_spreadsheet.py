"""No cell of a CSV runs when somebody opens it, and every number is read back as it was."""

import csv
import io
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trod.figures.spreadsheet import csv_text, guarded

SIGNS = "=+-@＝＋－＠"
BEFORE = [
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\r\n",
    '"',
    "'",
    ' "',
    "“",
    "\u00a0",
    "\u200b",
    "\ufeff",
    "\x00",
    "  '",
]
BODIES = ["1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://x.example";"y")', "SUM(A1:A9)", "", "2"]
PAYLOADS = [f"{a}{b}{c}" for a in BEFORE for b in SIGNS for c in BODIES]
INNER = [
    f"name{sep}{b}{c}"
    for sep in (";", "\t", "\n", "\r", "; ", '\n"')
    for b in SIGNS
    for c in BODIES
]


def cells_as_opened(text: str, delimiter: str) -> list[str]:
    """Split a CSV by another delimiter, as a spreadsheet may: quotes inside a cell mean nothing."""
    found = []
    for line in text.replace("\r", "\n").split("\n"):
        found += line.split(delimiter)
    return found


def runs(cell: str) -> bool:
    """Say whether a spreadsheet may take a cell for a formula, generously."""
    bare = cell.lstrip(' \t\r\n\x00\u00a0\u200b\ufeff"“')
    return bare[:1] in tuple(SIGNS)


def test_S3_no_text_begins_a_formula() -> None:
    rows = list(
        csv.reader(io.StringIO(csv_text([n, p] for n, p in enumerate(PAYLOADS)), newline=""))
    )
    assert len(rows) == len(PAYLOADS)
    for payload, (_, read) in zip(PAYLOADS, rows, strict=True):
        assert not runs(read), repr(payload)
        assert payload.replace("'", "") == read.replace("'", "")  # only apostrophes were added


def test_S3_no_text_begins_a_formula_where_semicolons_or_tabs_part_cells() -> None:
    for payload in PAYLOADS + INNER:
        text = csv_text([["Ann", payload, "x"]])
        for delimiter in (";", "\t"):
            wrong = [cell for cell in cells_as_opened(text, delimiter) if runs(cell)]
            assert not wrong, repr(payload)


@given(st.integers() | st.floats(allow_nan=False))
def test_S3_numbers_are_read_back_as_they_were(number: float) -> None:
    (row,) = csv.reader(io.StringIO(csv_text([[number, "x"]])))
    read = type(number)(row[0])
    assert read == number
    assert math.copysign(1, read) == math.copysign(1, number)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters=SIGNS + "﹦﹢﹣﹫−\t\r\n")))
def test_S3_a_text_without_signs_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize(
    "text", ["Ann-Marie", "a+b", "x@y.example", "1-2", "Q1; Q2", "+31201234567"]
)
def test_S3_what_is_no_formula_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text
