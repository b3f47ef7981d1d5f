"""R8: records of a file are cut by a compiled loop, and by its slow twin, in the same places."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins import cut as slow
from tests.slow_twins import elements as slow_elements
from trod._kernels.elements import BEHIND, INSIDE, VALUES, elements
from trod.sources import cut
from trod.sources.cut import Layout, mended, pieces
from trod.sources.engine import engine
from trod.sources.limits import LIMITS
from trod.sources.spec import FileOptions
from trod.sources.table import open_table
from trod.sources.torn import torn_records

texts = st.text(st.sampled_from('a,;"\\\n\r é'), max_size=24)
DIALECTS = [(",", '"', '"'), (";", '"', "\\"), (",", "'", "'"), (",;", '"', '"'), (",", "", "")]


def records(path: Path, layout: Layout) -> list[tuple[str, int, int]]:
    """Give text, status and lines before of all records."""
    return [
        (piece.text[piece.starts[i] : piece.ends[i]].decode(), int(piece.status[i]), line - 1)
        for piece in pieces(path, layout)
        for i, line in enumerate(piece.line.tolist())
    ]


@settings(max_examples=examples(400), deadline=None)
@given(
    text=texts,
    dialect=st.sampled_from(DIALECTS),
    piece=st.integers(1, 30),
    room=st.integers(1, 4),
    longest=st.integers(1, 40),
)
def test_R8_records_are_cut_as_the_slow_twin_cuts_them(
    tmp_path_factory, text, dialect, piece, room, longest
):
    path = tmp_path_factory.getbasetemp() / "text.csv"
    path.write_bytes(text.encode())
    before = cut._PIECE, cut._ROOM
    cut._PIECE, cut._ROOM = piece, room
    try:
        found = records(path, Layout("utf-8", *dialect, longest=longest))
    finally:
        cut._PIECE, cut._ROOM = before
    assert found == slow.records(text, *dialect, longest)
    assert "".join(record for record, _, _ in found) == text


@settings(max_examples=examples(50), deadline=None)
@given(text=texts)
def test_R8_what_is_left_after_mending_is_read_to_the_last_row(tmp_path_factory, text):
    """DuckDB finds no wrong quote in it, and as many rows as there are records."""
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"x,y\n1,2\n" + text.encode().replace(b"\\", b""))
    options = FileOptions(format="csv", delimiter=",", quote='"', header=True, skip=0)
    with engine() as duck:
        table = open_table(duck, path, options)
        rows = duck.rows(f"SELECT * FROM ({table.sql})")
        torn = torn_records(duck, table)
    statuses = [
        status for _, status, _ in records(path, Layout.of(table.dialect, "utf-8", LIMITS.row))
    ]
    good = sum(status == slow.GOOD for status in statuses) - 1
    assert set(torn.values()) <= {"too_many_columns"}
    assert len(rows) == good - len(torn)
    assert sum(table.bad.values()) == sum(status > slow.BLANK for status in statuses)


def test_R8_a_mended_copy_keeps_every_other_byte(tmp_path):
    path, copy = tmp_path / "f.csv", tmp_path / "copy.csv"
    path.write_bytes(b'title\na,b\r\n1,"x\n2,"y\r\nz"\r\n3,"q"r\n')
    mended(path, Layout("utf-8", ",", '"', '"', 1, True), copy)
    assert copy.read_bytes() == b'title\na,b\r\n2,"y\r\nz"\r\n'


values = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a"]}\\,', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("k{", max_size=2), inner),
    max_leaves=6,
)


between = st.text(" ,\t\r\n", min_size=1, max_size=3)


some = st.lists(st.tuples(values, between), max_size=4)


@settings(max_examples=examples(200), deadline=None)
@given(lists=st.lists(some, min_size=1, max_size=3), indent=st.sampled_from([None, 1]), cut=...)
@pytest.mark.parametrize("listed", [True, False])
def test_R8_elements_of_json_are_cut_as_the_slow_twin_cuts_them(listed, lists, indent, cut: bool):
    texts = [
        "".join(json.dumps(value, indent=indent) + after for value, after in inner) + "\n"
        for inner in lists
    ]
    text = "\n".join(f"[{text}]" if listed else text for text in texts)
    text = text[: text.rindex("]")] if listed and cut else text
    buffer = np.frombuffer(text.encode(), np.uint8)
    none = np.zeros(0, np.int64)
    place = BEHIND if listed else VALUES
    n, _ = elements(buffer, place, none, none, none)
    starts, ends, lines = (np.zeros(n, np.int64) for _ in range(3))
    _, place = elements(buffer, place, starts, ends, lines)
    found = list(zip(starts.tolist(), ends.tolist(), lines.tolist(), strict=True))
    expected, closed = slow_elements.elements(text, listed)
    assert (found, place != INSIDE) == (expected, closed)
    assert closed != (listed and cut)
    values = [value for inner in lists for value, _ in inner]
    assert [json.loads(text[a:b]) for a, b, _ in found] == values
