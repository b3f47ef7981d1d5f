"""Files of every dialect, encoding and compression become the same table."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod.errors import DataError
from trod.sources.elements import elements_of
from trod.sources.engine import engine
from trod.sources.limits import LIMITS, check_columns, check_element, check_packed
from trod.sources.originals import Count, originals
from trod.sources.spec import FileOptions, LimitsSpec
from trod.sources.table import open_table
from trod.sources.torn import torn_records

NAMES = ("id", "when", "said")
LETTERS = {
    "utf-8": "abc äöü 顧客 €😀,;|\t\"'\n",
    "utf-8-sig": "abc äöü 顧客 €,;|\t\"'\n",
    "utf-16": "abc äöü 顧客 €,;|\t\"'\n",
    "cp1252": "abc äöü €,;|\t\"'\n",
    "latin-1": "abc äöü,;|\t\"'\n",
    "shift_jis": "abc 顧客返品,;|\t\"'\n",
}
BY_FORMAT = {
    "plain": lambda data: data,
    "gz": gzip.compress,
    "zst": lambda data: pa.compress(data, codec="zstd", asbytes=True),
}


def read(path: Path, **options):
    """Give all rows of a file, and the records that gave none: why, and on which line."""
    with engine() as duck:
        table = open_table(duck, path, FileOptions.model_validate(options))
        named = ", ".join('"' + name.replace('"', '""') + '"' for name in table.names)
        rows = duck.rows(f"SELECT {named} FROM ({table.sql})")
        count = Count(len(rows), torn_records(duck, table))
        looked = () if table.format == "parquet" else originals(table, count, iter(()))
        left = [(one.code, one.line) for one in looked]
        return table, rows, left


def written(rows, *, delimiter=",", quoting=csv.QUOTE_MINIMAL, end="\n", header=NAMES) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([header, *rows])
    return out.getvalue()


@st.composite
def files(draw):
    """Draw rows, and a way to write them that a reader can tell without being told."""
    encoding = draw(st.sampled_from(sorted(LETTERS)))
    letters = st.text(st.sampled_from(LETTERS[encoding]), max_size=12).map(str.strip)
    rows = draw(st.lists(st.tuples(st.integers(1, 99), letters), min_size=1, max_size=8))
    return encoding, [(str(i), f"2024-01-{i % 28 + 1:02d}", said) for i, said in rows]


@settings(max_examples=examples(60), deadline=None)
@given(
    drawn=files(),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    end=st.sampled_from(["\n", "\r\n"]),
    packing=st.sampled_from(sorted(BY_FORMAT)),
)
def test_D1_any_delimiter_quoting_encoding_and_compression_gives_the_same_rows(
    tmp_path_factory, drawn, delimiter, quoting, end, packing
):
    encoding, rows = drawn
    text = written(rows, delimiter=delimiter, quoting=quoting, end=end)
    path = tmp_path_factory.mktemp("f") / "file.csv"
    path.write_bytes(BY_FORMAT[packing](text.encode(encoding)))
    # Few letters do not betray a single-byte encoding or a delimiter: these are declared.
    table, found, torn = read(path, encoding=encoding, delimiter=delimiter)
    assert table.names == NAMES
    assert not torn
    assert [tuple(value or "" for value in row) for row in found] == rows


@pytest.mark.parametrize(
    ("text", "encoding", "found"),
    [
        ("id,said\n1,Grüße aus Köln, wie geht es\n", "utf-8", "utf-8"),
        ("id;said\n1;Grüße aus Köln\n2;très bien, merci\n", "cp1252", "cp1252"),
        ("id,said\n1,5 € für Köln\n", "cp1252", "cp1252"),
        ("顧客,内容\n1,購入しました\n2,返品をお願いします\n", "shift_jis", "cp932"),
        ("id,said\n1,Grüße\n", "utf-16", "utf-16"),
        ("id,said\n1,Grüße aus Köln\n", "utf-16-le", "utf-16-le"),
        ("id,said\n1,Grüße\n", "utf-8-sig", "utf-8-sig"),
    ],
)
def test_D1_encodings_are_recognised(tmp_path, text, encoding, found):
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode(encoding))
    table, rows, _ = read(path)
    assert table.encoding == found
    said = "".join(str(value) for row in rows for value in row if value)
    assert all(letter in said for letter in text.splitlines()[1] if letter.isalpha())


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("id|when|said\n1|2024|a b\n", [("1", "2024", "a b")]),
        ("id,when,said\n1,2020,'a, b'\n2,2021,'c'\n", [("1", "2020", "a, b"), ("2", "2021", "c")]),
        ('id,when,said\n1,2020,"a \\"b\\" c"\n', [("1", "2020", 'a "b" c')]),
        ("id,when,said\r1,2020,a\r2,2021,b\r", [("1", "2020", "a"), ("2", "2021", "b")]),
        ("id,when,said\n1,2020,a\r\n2,2021,b\n", [("1", "2020", "a"), ("2", "2021", "b")]),
        ("My report\nmade 2024\n\nid,when,said\n1,2020,a\n", [("1", "2020", "a")]),
        ("id,when,said\n\n1,2020,a\n\n2,2021,b\n\n", [("1", "2020", "a"), ("2", "2021", "b")]),
        ('id,when,said\n1,2020,5" screen\n', [("1", "2020", '5" screen')]),
        ("id,when,said\n1,2020\n2,2021,b\n", [("1", "2020", None), ("2", "2021", "b")]),
    ],
    ids=[
        "pipe",
        "single quotes",
        "backslash",
        "mac",
        "mixed ends",
        "title",
        "blank",
        "inch",
        "short",
    ],
)
def test_dialects_of_real_exports_are_read(tmp_path, text, rows):
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode())
    table, found, torn = read(path)
    assert table.names == NAMES
    assert found == rows
    assert not torn


def test_a_file_without_a_header_gets_numbered_columns(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("1,2020-01-01,a\n2,2021-01-01,b\n")
    assert read(path)[0].names == ("column1", "column2", "column3")


def test_columns_with_one_name_are_told_apart(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("id,ID,id\n1,2,3\n")
    assert read(path)[0].names == ("id", "ID_2", "id_3")


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("id,when,said\n1,2020,a\n2,2021,b,c\n", "too_many_columns", 3),
        ('id,when,said\n1,2020,"a" b\n2,2021,b\n', "quote_misplaced", 2),
        ('id,when,said\n1,2020,a\n2,2021,"b\n3,2022,c\n', "quote_never_closed", 3),
    ],
)
def test_R8_lines_that_cannot_be_cut_are_named(tmp_path, text, reason, line):
    path = tmp_path / "file.csv"
    path.write_text(text)
    ((why, where),) = read(path)[2]
    assert reason == why
    assert where == line


def test_json_lines_keep_every_key_and_every_digit(tmp_path):
    path = tmp_path / "file.jsonl"
    path.write_text(
        '{"a": 1, "b": {"c d": "x", "n": 9007199254740993123}}\n\nnot json\n[1]\n{"late": true}\n'
    )
    table, rows, _ = read(path)
    assert table.format == "jsonl"
    assert table.names == ("a", "b.c d", "b.n", "late")
    nothing = (None, None, None, None)
    assert rows == [
        ("1", "x", "9007199254740993123", None),
        nothing,
        nothing,
        (None,) * 3 + ("true",),
    ]
    assert table.fault is not None


@pytest.mark.parametrize("deep", ['{"k":' * 300 + "1" + "}" * 300, "[" * 300 + "]" * 300])
def test_R8_one_record_of_great_depth_does_not_take_the_others_with_it(tmp_path, deep):
    path = tmp_path / "f.jsonl"
    path.write_text(f'{{"id": "1"}}\n{{"id": "2", "x": {deep}}}\n{{"id": "3"}}\n')
    with engine() as duck:
        table = open_table(duck, path)
        assert [row[0] for row in duck.rows(table.sql)] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ('{"tickets":[\n{"id":1},\n{"id":2}\n]}\n', "json"),
        ('{"tickets":[\n{"id":1}\n]}\n', "json"),
        ('{"tickets": [{"id":1},\n{"id":2}]}\n', "json"),
        ('{"a": 1},\n{"a": 2}\n', "jsonl"),
        ('{"a": {"b": 1\n{"a": 2}\n', "jsonl"),
        ('{"a": \n{"b": 2}}\n', "json"),
        ('{"a": 1, "b\n{"a": 2}\n', "jsonl"),
        ('{"a": oops}\n{"a": 2}\n', "jsonl"),
    ],
)
def test_a_document_with_one_record_a_line_is_told_from_json_lines(tmp_path, text, shape):
    path = tmp_path / "file.json"
    path.write_text(text)
    with engine() as duck:
        assert open_table(duck, path).format == shape


@pytest.mark.parametrize("indent", [None, 2])
def test_json_arrays_are_read_in_any_layout(tmp_path, indent):
    path = tmp_path / "file.json"
    path.write_text(json.dumps([{"a": 1, "b": {"c": 2}}, {"a": 3}], indent=indent))
    table, rows, _ = read(path)
    assert table.format == "json"
    assert rows == [("1", "2"), ("3", None)]


def test_parquet_structs_become_columns_with_a_dot(tmp_path):
    path = tmp_path / "file.parquet"
    pq.write_table(pa.table({"a": [1], "b": [{"c": "x", "d": 2}]}), path)
    table, rows, _ = read(path)
    assert table.names == ("a", "b.c", "b.d")
    assert rows == [(1, "x", 2)]


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


DAMAGED = {
    "empty.csv": (b"", "empty"),
    "empty.csv.gz": (gzip.compress(b""), "empty"),
    "junk.csv": (bytes(range(256)) * 20, "not text"),
    "junk2.csv": (bytes([200, 201, 130, 7, 1, 2, 3]) * 300, "not text"),
    "cut.csv.gz": (_cut(gzip.compress(bytes(range(256)) * 400)), "cut off"),
    "cut.csv.zst": (
        _cut(pa.compress(bytes(range(256)) * 400, codec="zstd", asbytes=True)),
        "cut off",
    ),
    "cut.parquet": (b"PAR1" + b"\x15\x04" * 99, "damaged or cut off"),
    "cut.json": (b'[{"a": 1}, {"a": ', "has no end"),
    "none.json": (b"[]", "no JSON object"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_R14_damaged_files_are_refused_in_a_sentence(tmp_path, name):
    data, words = DAMAGED[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(DataError, match=words) as caught:
        read(path)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"nowhere\.csv: no such file"):
        read(tmp_path / "nowhere.csv")


def test_a_wrong_declared_encoding_says_what_to_write(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes("id,said\n1,é\n".encode("cp1252"))
    with pytest.raises(DataError, match="encoding: cp1252"):
        read(path, encoding="shift_jis")


@pytest.mark.parametrize("declared", ["utf-8", None])
def test_R8_a_line_in_another_encoding_takes_no_other_line_with_it(tmp_path, declared):
    path = tmp_path / "file.csv"
    lines = ["id,said", *(f"{i},schön und gut" for i in range(20))]
    content = "\n".join(lines).encode() + "\n99,é\n".encode("cp1252")
    path.write_bytes(content)
    _, rows, left = read(path, **({"encoding": declared} if declared else {}))
    assert len(rows) == 20
    assert left == [("wrong_encoding", 22)]


def test_the_engine_reads_the_given_files_and_no_others(tmp_path):
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    for path in (ours, theirs):
        path.write_text("id,said\n1,a\n2,b\n")
    with engine() as duck:
        table = open_table(duck, ours)
        duck.lock([ours])
        assert len(duck.rows(table.sql)) == 2
        with pytest.raises(Exception, match=r"file system operations are disabled|Permission"):
            duck.rows(f"SELECT * FROM read_csv('{theirs}')")
        with pytest.raises(Exception, match="lock"):
            duck.rows("SET enable_external_access = true")


def refused(path: Path, **options) -> str:
    with engine() as duck, pytest.raises(DataError) as caught:
        open_table(duck, path, FileOptions.model_validate(options))
    return str(caught.value)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(("n", "size"), [(25_000, 190), (210_000, 0)])
def test_R14_a_document_is_no_row_where_the_rows_are_elements_of_it(tmp_path, indent, n, size):
    path = tmp_path / "file.json"
    tickets = [{"id": i, "text": "x" * size} for i in range(n)]
    path.write_text(json.dumps({"tickets": tickets}, indent=indent))
    with engine() as duck:
        table = open_table(duck, path, FileOptions(each=("tickets",)))
        (found,) = duck.rows(f'SELECT count(*), count("tickets.id") FROM ({table.sql})')
    assert found == (n, n)


@pytest.mark.parametrize("indent", [None, 1])
@pytest.mark.parametrize(
    ("n", "size", "says"),
    [
        (25_000, 190, "every record in it is too long: rows may be 4 MB long"),
        (210_000, 0, "a record holds more than 200,000 lists and objects"),
        (60_000, 190, "rows may be 4 MB long"),
    ],
)
def test_R14_a_record_beyond_a_limit_is_said_to_be_so(tmp_path, indent, n, size, says):
    path = tmp_path / "file.json"
    tickets = [{"id": i, "text": "x" * size} if size else {} for i in range(n)]
    path.write_text(json.dumps({"tickets": tickets}, indent=indent))
    said = refused(path)
    assert says in said
    assert "`each: tickets`" in said
    assert ("`limits: {row: 32MB}`" in said) == bool(size)


@pytest.mark.parametrize(
    ("row", "says"), [("64MB", "row: 256MB}"), ("256MB", "No higher limit than 256 MB is allowed.")]
)
def test_R14_words_of_a_row_advise_nothing_that_is_refused(row, says):
    limits = LimitsSpec.model_validate({"row": row})
    with pytest.raises(DataError) as caught:
        check_element(Path("a.json"), limits.row * 2 + 1, 1, limits)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        (20_000, r"columns: 100000\}"),
        (100_000, "Leave columns out of the file. No higher limit than 100,000 is allowed"),
    ],
)
def test_R14_words_of_columns_advise_nothing_that_is_refused(columns, says):
    limits = LimitsSpec.model_validate({"columns": columns})
    with pytest.raises(DataError, match=says):
        check_columns(Path("a.csv"), columns + 1, limits)


def test_R14_words_of_a_limit_advise_what_was_found_needs():
    with pytest.raises(DataError, match=r"packed: 8000\}"):
        check_packed(Path("a.gz"), 1 << 20, 4000 << 20, LIMITS)
    with pytest.raises(DataError, match=r"row: 100MB\}"):
        check_element(Path("a.json"), 50 << 20, 1, LIMITS)
    with pytest.raises(DataError, match="No higher limit"):
        check_columns(Path("a.csv"), 100_001, LIMITS)


RECORD = '{"id": "1", "tags": []}'


@pytest.mark.parametrize(
    "text",
    [
        f'[{RECORD},\n{{"id": "2", "tags": [1]',
        f"[{RECORD},\n{RECORD}",
        f"[{RECORD},",
        f"[{RECORD}]\n[{RECORD},\n[1]",
        f"[{RECORD}]\n{RECORD}\n[1]",
        f'[{RECORD}] "x]"',
    ],
)
def test_R14_a_list_that_is_cut_off_is_not_taken_for_a_whole_one(tmp_path, text):
    (tmp_path / "file.json").write_text(text)
    assert "the list in it has no end" in refused(tmp_path / "file.json")


@pytest.mark.parametrize("between", ["\n", "", " \r\n\n"])
def test_R8_one_list_after_the_other_is_read_to_the_last_element(tmp_path, between):
    path = tmp_path / "file.json"
    path.write_text(between.join(f'[{{"id": "{i}"}},{{"id": "{i + 1}"}}]' for i in (1, 3, 5)))
    table, rows, left = read(path)
    assert table.format == "json"
    assert (rows, left) == ([(str(i),) for i in range(1, 7)], [])


def test_R8_a_bracket_too_many_costs_its_own_element(tmp_path):
    path = tmp_path / "file.json"
    path.write_text('[{"id": "1"},\n{"id": "2"]},\n{"id": "3"}],\n{"id": "4"}]')
    _, rows, _ = read(path)
    assert rows == [("1",), (None,), ("3",), ("4",)]


def test_R8_elements_are_the_same_however_a_text_is_read(tmp_path, monkeypatch):
    path = tmp_path / "file.json"
    path.write_text('[{"id": "1"},\n[2]]\n[{"id": "3"} ]\n[]')
    for piece in range(1, 12):
        monkeypatch.setattr("trod.sources.cut._PIECE", piece)
        given = [
            one.text[a:b].decode()
            for one in elements_of(path, "utf-8", LIMITS)
            for a, b in zip(one.starts.tolist(), one.ends.tolist(), strict=True)
        ]
        assert given == ['{"id": "1"}', "[2]", '{"id": "3"}']


def test_R14_a_key_beyond_the_limit_is_refused_and_never_left_out(tmp_path):
    path = tmp_path / "f.jsonl"
    path.write_text(
        "".join(json.dumps(dict.fromkeys(some, 1)) + "\n" for some in ("ab", "cd", "ef"))
    )
    assert "more than 5 different keys" in refused(path, limits={"columns": 5})


def test_R14_an_object_that_is_null_elsewhere_counts_once(tmp_path):
    """`aa` is null in one record and an object in another: two keys are held, one is a column."""
    path = tmp_path / "f.jsonl"
    records = [{"aa": None, "p": 1}, {"aa": {"x": 1}, "p": 1}, {"y": 1, "z": 1}, {"zz": 1}]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    table, _, _ = read(path, limits={"columns": 5})
    assert table.names == ("p", "aa.x", "y", "z", "zz")


def test_R14_an_object_whose_keys_are_data_is_one_value(tmp_path):
    path = tmp_path / "f.jsonl"
    records = [{"id": i, "at": {"day": 1}, "props": {f"item_{i}": i}} for i in range(4_000)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    table, rows, _ = read(path)
    assert sorted(table.names) == ["at.day", "id", "props"]
    assert [dict(zip(table.names, row, strict=True))["props"] for row in rows[:2]] == [
        '{"item_0":0}',
        '{"item_1":1}',
    ]
    with engine() as duck:
        table = open_table(duck, path, asked=["id", "props.item_3999"])
        assert sorted(table.names) == ["at.day", "id", "props", "props.item_3999"]
        found = f'SELECT "props.item_3999" FROM ({table.sql}) WHERE id = 3999'
        assert duck.rows(found) == [("3999",)]


def test_R14_keys_at_the_top_beyond_the_limit_are_refused_beside_an_object(tmp_path):
    path = tmp_path / "f.jsonl"
    records = [{f"k{i}": 1, "props": {f"item_{i}": i}} for i in range(30)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert "more than 20 different keys" in refused(path, limits={"columns": 20})


@pytest.mark.parametrize("n", [301, 3_001])
def test_R14_a_record_of_many_keys_has_them_all_or_is_refused(tmp_path, n):
    path = tmp_path / "f.jsonl"
    path.write_text(json.dumps({f"k{i}": 1 for i in range(n)}) + "\n")
    if n > LIMITS.columns:
        assert "more than 3,000 different keys" in refused(path)
    else:
        assert len(read(path)[0].names) == n


def test_R14_an_object_that_is_a_value_elsewhere_is_one_value_beyond_the_limit(tmp_path):
    path = tmp_path / "f.jsonl"
    records = [{"a": {"x": 1, "y": 1}, "b": 1}, {"a": 5, "z": 1}]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    assert sorted(read(path, limits={"columns": 4})[0].names) == ["a", "b", "z"]
