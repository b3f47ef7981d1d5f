"""Records within records: each way of looking into them, on records small enough to see."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod.sources.engine import engine
from trod.sources.records import Records
from trod.sources.reshape import reshaped
from trod.sources.spec import FileOptions
from trod.sources.table import open_table


def reshape(records: list[Any], **options: object) -> list[Any]:
    """Give records as they are after reshaping."""
    asked = FileOptions.model_validate(options)
    with engine() as duck:
        duck.connection.execute("CREATE TABLE t (i INT, j VARCHAR)")
        rows = [(i, json.dumps(r) if r is not None else None) for i, r in enumerate(records)]
        duck.connection.executemany("INSERT INTO t VALUES (?, ?)", rows)
        given_ = Records("SELECT j FROM (SELECT * FROM t ORDER BY i)", None)
        made = duck.rows(reshaped(given_, asked).sql)
    return [json.loads(str(j)) if j is not None else None for (j,) in made]


def table(path: Path, **options: object) -> list[dict[str, object]]:
    with engine() as duck:
        found = open_table(duck, path, FileOptions.model_validate(options))
        got = duck.connection.sql(f"SELECT * FROM ({found.sql})").fetchall()
    return [dict(zip(found.names, row, strict=False)) for row in got]


def test_each_element_of_a_list_is_a_row_with_the_fields_of_its_record():
    assert reshape([{"id": 1, "parts": [{"b": "x"}, {"b": "y"}]}], each="parts") == [
        {"id": 1, "parts": {"b": "x"}},
        {"id": 1, "parts": {"b": "y"}},
    ]


def test_lists_on_the_way_are_unfolded_too():
    pages = [{"page": 1, "tickets": [{"n": 1, "c": [{"b": 1}, {"b": 2}]}, {"n": 2, "c": []}]}]
    assert reshape(pages, each="tickets.c") == [
        {"page": 1, "tickets": {"n": 1, "c": {"b": 1}}},
        {"page": 1, "tickets": {"n": 1, "c": {"b": 2}}},
        {"page": 1, "tickets": {"n": 2}},
    ]


@pytest.mark.parametrize("empty", [{"t": []}, {"t": None}, {}])
def test_a_record_without_elements_still_is_a_row(empty):
    (row,) = reshape([empty | {"id": 7}], each="t")
    assert row["id"] == 7
    assert not row.get("t")


def test_the_record_itself_is_a_row_where_it_is_asked_for():
    rows = reshape([{"id": 1, "c": {"n": 2, "list": [{"b": 1}, {"b": 2}]}}], each=[".", "c.list"])
    assert rows == [
        {"id": 1, "c": {"n": 2}},
        {"id": 1, "c": {"n": 2, "list": {"b": 1}}},
        {"id": 1, "c": {"n": 2, "list": {"b": 2}}},
    ]


def test_a_record_that_is_a_row_itself_is_one_row_only_where_its_lists_are_empty():
    for empty in ({"id": 1, "c": {"n": 0, "list": []}}, {"id": 1, "c": None}, {"id": 1}):
        (row,) = reshape([empty], each=[".", "c.list", "d"])
        assert row["id"] == 1


def test_several_lists_of_one_record_do_not_multiply():
    rows = reshape([{"id": 1, "a": [1, 2], "b": [3]}], each=["a", "b"])
    assert rows == [{"id": 1, "a": 1}, {"id": 1, "a": 2}, {"id": 1, "b": 3}]


def test_every_key_of_an_object_is_a_row_with_key_and_value():
    rows = reshape(
        [{"id": 1, "h": {"a": [{"v": 1}, {"v": 2}], 'b "c"': [{"v": 3}]}}], each="h.*.value"
    )
    assert rows == [
        {"id": 1, "h": {"key": "a", "value": {"v": 1}}},
        {"id": 1, "h": {"key": "a", "value": {"v": 2}}},
        {"id": 1, "h": {"key": 'b "c"', "value": {"v": 3}}},
    ]


def test_a_line_that_is_no_record_stays_one():
    assert reshape([None, {"a": [1]}], each="a") == [None, {"a": 1}]


def test_pairs_become_columns_and_a_key_that_comes_again_is_numbered():
    pairs = [
        {"key": "page", "value": {"s": "/a", "i": None}},
        {"key": "count", "value": {"s": None, "i": "3"}},
        {"key": "page", "value": {"s": "/b"}},
        {"value": {"s": "?"}},
    ]
    rows = reshape([{"p": pairs}], pairs={"p": {"value": ["value.s", "value.i"]}})
    assert rows == [{"p": {"page": "/a", "count": "3", "page_2": "/b", "?": "?"}}]


def test_text_that_is_json_is_read_and_other_text_stays():
    rows = reshape([{"p": '{"a": {"b": 1}}'}, {"p": "{broken"}, {"p": "7"}, {}], unpack="p")
    assert rows == [{"p": {"a": {"b": 1}}}, {"p": "{broken"}, {"p": "7"}, {}]


def test_whole_numbers_of_any_length_and_letters_of_any_kind_survive():
    row = {"t": [{"id": 98765432109876543210987, "ü": '李雷 🙁 \\ "'}]}
    assert reshape([row], each="t") == [{"t": row["t"][0]}]


leaves = st.one_of(st.integers(), st.booleans(), st.text(max_size=3))
elements = st.one_of(leaves, st.dictionaries(st.sampled_from("xy"), leaves, max_size=2))
documents = st.dictionaries(
    st.sampled_from(["a", "b"]),
    st.one_of(st.none(), leaves, st.lists(st.one_of(st.none(), elements), max_size=3)),
)


def slow_each(record: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Unfold one list, written from the definition."""
    held = record.get(key)
    listed = held if isinstance(held, list) else [] if held is None else [held]
    rest = {name: value for name, value in record.items() if name != key and value is not None}
    return [rest | ({} if one is None else {key: one}) for one in listed] or [rest]


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(documents, min_size=1, max_size=6))
def test_unfolding_agrees_with_its_definition(records):
    wanted = [row for record in records for row in slow_each(record, "a")]
    found = reshape(records, each="a")
    assert [{k: v for k, v in row.items() if v is not None} for row in found] == wanted


def test_a_file_without_a_header_takes_the_names_it_is_given(tmp_path):
    (tmp_path / "x.tsv").write_text("1\t2024-01-05\tbuy\n2\t2024-01-06\tsell\n")
    rows = table(tmp_path / "x.tsv", header=["who", "when", "what"])
    assert rows[0] == {"who": "1", "when": "2024-01-05", "what": "buy"}
    assert table(tmp_path / "x.tsv", header=["who"])[1]["column3"] == "sell"


def test_columns_that_a_file_may_lack_are_empty_where_it_does(tmp_path):
    (tmp_path / "x.csv").write_text("who,when\n1,2024-01-05\n2,2024-01-06\n")
    (tmp_path / "x.jsonl").write_text('{"who": 1, "c": [{"m": "a"}]}\n{"who": 2, "d": {"e": 3}}\n')
    assert table(tmp_path / "x.csv", may_lack=["WHO", "what"])[0] == {
        "who": "1",
        "when": "2024-01-05",
        "what": None,
    }
    rows = table(tmp_path / "x.jsonl", may_lack=["c.0.m", "x.y"])
    assert [row["c.0.m"] for row in rows] == ["a", None]
    assert [row["x.y"] for row in rows] == [None, None]


def test_rows_of_a_table_are_looked_into_as_records_are(tmp_path):
    with gzip.open(tmp_path / "x.csv.gz", "wt") as file:
        file.write('id,props\n1,"{""plan"": {""n"": 1}}"\n2,\n')
    rows = table(tmp_path / "x.csv.gz", unpack="props")
    assert [(row["id"], row["props.plan.n"]) for row in rows] == [("1", "1"), ("2", None)]
