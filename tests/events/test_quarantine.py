"""R7, R8: rows that could not be read are kept with their bytes, and come back once they can be."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod import Workspace
from trod.errors import DefinitionError, StoreError
from trod.events.quarantined import rows

BASE = {"name": "log", "files": "f.*", "customer": "who", "time": "at", "touchpoint": "what"}
FORMATS = {"column": "at", "format": ["%Y-%m-%d", "%d.%m.%Y"]}


def workspace(root: Path, **keys: object) -> Workspace:
    """Open a workspace whose only source is defined like this, whatever it was before."""
    source = {key: value for key, value in {**BASE, **keys}.items() if value is not None}
    (root / "trod.yml").write_text(json.dumps({"sources": [source]}))
    return Workspace.open(root)


def held(space: Workspace) -> list[tuple[str, int | None, bytes]]:
    """List reason, line and bytes of all rows in quarantine."""
    return [(row.code, row.line, row.original) for row in rows(space.store)]


def on_record(space: Workspace) -> list[tuple[str, str]]:
    """List who did what, repeats included."""
    found = []
    for part in space.store.manifest.of("touchpoints"):
        table = pq.read_table(pa.BufferReader(space.store.map(part)))
        found += zip(table["id.customer"].to_pylist(), table["touchpoint"].to_pylist(), strict=True)
    return sorted(found)


def balance(reports) -> tuple[int, int, int, int, int]:
    (report,) = reports
    total = report.total
    assert total.received == (
        total.stored + total.duplicate + total.n_quarantined + total.n_dropped
    )
    return (
        total.received,
        total.stored,
        total.duplicate,
        total.n_quarantined,
        total.n_dropped,
    )


LOG = (
    "who,what,at,note\r\n"
    '1,a,2024-01-05,"two\r\nlines"\r\n'
    '2,b,05.01.2024,"she said ""no""\r\nand left"\r\n'
    ",c,2024-01-05,\r\n"
    '3,d,2024-01-06,"open\r\n'
    "4,e,2024-01-07,ü\r\n"
    "5,f,2024-01-08,1,2\r\n"
)
HELD = [
    ("no_id", 6, b",c,2024-01-05,"),
    ("quote_never_closed", 7, b'3,d,2024-01-06,"open'),
    ("time_unreadable", 4, b'2,b,05.01.2024,"she said ""no""\r\nand left"'),
    ("too_many_columns", 9, b"5,f,2024-01-08,1,2"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_R8_every_row_is_kept_with_its_line_and_its_very_bytes(tmp_path, encoding, pack):
    (tmp_path / "f.csv").write_bytes(pack(LOG.encode(encoding)))
    space = workspace(tmp_path)
    assert balance(space.ingest()) == (6, 2, 0, 4, 0)
    assert on_record(space) == [("1", "a"), ("4", "e")]
    plain = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(encoding, encoding)
    assert held(space) == [(c, line, b.decode().encode(plain)) for c, line, b in HELD]


def test_R8_lines_of_json_are_kept_as_they_stand(tmp_path):
    lines = ['{"who":1,"what":"a","at":"2024-01-05"}', '{"who":', "", "  ", "[1]"]
    (tmp_path / "f.jsonl").write_text("\n".join([*lines, '{"who":2, "at":"soon","what":"b"}']))
    space = workspace(tmp_path)
    assert balance(space.ingest()) == (4, 1, 0, 3, 0)
    assert held(space) == [
        ("json_cut_off", 2, b'{"who":'),
        ("json_is_a_list", 5, b"[1]"),
        ("time_is_a_word", 6, b'{"who":2, "at":"soon","what":"b"}'),
    ]


def test_R8_elements_of_a_json_array_are_kept_as_they_stand(tmp_path):
    text = '[{"who": 1,\n "what": "a]}", "at": "2024-01-05"},\n {"who": 2, "at": "5.1.2024",\n'
    (tmp_path / "f.json").write_text(text + ' "what": "b\\"}"}, 7 ]')
    space = workspace(tmp_path)
    assert balance(space.ingest()) == (3, 1, 0, 2, 0)
    bad = b'{"who": 2, "at": "5.1.2024",\n "what": "b\\"}"}'
    assert held(space) == [("json_is_a_value", 4, b"7"), ("time_unreadable", 3, bad)]
    space = workspace(tmp_path, time={"column": "at", "format": ["%Y-%m-%d", "%d.%m.%Y"]})
    assert balance(space.replay()) == (2, 1, 0, 1, 0)
    assert on_record(space) == [("1", "a]}"), ("2", 'b"}')]


def test_R8_rows_of_parquet_are_kept_as_json_and_keep_their_types(tmp_path):
    at = ["2024-01-05", "5.1.2024", "2024-01-06"]
    table = {"who": [1, 2, None], "what": ["a", "b", "c"], "at": at, "paid": [0.1, 12.0, 3.5]}
    pq.write_table(pa.table(table), tmp_path / "f.parquet")
    space = workspace(tmp_path, value="paid")
    assert balance(space.ingest()) == (3, 1, 0, 2, 0)
    assert held(space) == [
        ("no_id", None, b'{"who":null,"what":"c","at":"2024-01-06","paid":3.5}'),
        ("time_unreadable", None, b'{"who":2,"what":"b","at":"5.1.2024","paid":12.0}'),
    ]
    space = workspace(tmp_path, value="paid", time=FORMATS)
    assert balance(space.replay()) == (2, 1, 0, 1, 0)
    assert on_record(space) == [("1", "a"), ("2", "b")]
    assert balance(space.ingest()) == (3, 0, 2, 1, 0)


def test_R8_after_a_fix_a_replay_leaves_nothing_and_a_redelivery_adds_nothing(tmp_path):
    text = "who,what,at\n1,a,2024-01-05\n2,b,05.01.2024\n2,b,05.01.2024\n1,a,05.01.2024\n"
    (tmp_path / "f.csv").write_text(text)
    space = workspace(tmp_path)
    assert balance(space.ingest()) == (4, 1, 0, 3, 0)
    assert balance(space.ingest()) == (4, 0, 1, 3, 0)
    assert len(held(space)) == 3
    assert balance(space.replay()) == (3, 0, 0, 3, 0)
    space = workspace(tmp_path, time=FORMATS)
    assert balance(space.replay()) == (3, 3, 0, 0, 0)
    assert held(space) == []
    assert space.replay() == ()
    everything = [("1", "a"), ("1", "a"), ("2", "b"), ("2", "b")]
    assert on_record(space) == everything
    assert balance(space.ingest()) == (4, 0, 4, 0, 0)
    assert on_record(space) == everything


def test_R8_a_redelivery_before_the_replay_adds_nothing_twice_either(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at\n1,a,2024-01-05\n1,a,05.01.2024\n")
    workspace(tmp_path).ingest()
    space = workspace(tmp_path, time=FORMATS)
    assert balance(space.ingest()) == (2, 1, 1, 0, 0)
    assert balance(space.replay()) == (1, 0, 1, 0, 0)
    assert on_record(space) == [("1", "a"), ("1", "a")]
    assert held(space) == []


def test_R8_dates_of_a_wide_row_that_were_read_are_not_read_twice(tmp_path):
    keys = {"time": None, "touchpoint": None, "dates": {"opened": "o", "closed": "c"}}
    mixed = {name: {"column": name[0], "format": FORMATS["format"]} for name in keys["dates"]}
    (tmp_path / "f.csv").write_text("who,o,c\n1,2024-01-05,6.1.2024\n1,2024-01-05,7.1.2024\n")
    space = workspace(tmp_path, **keys)
    assert balance(space.ingest()) == (4, 2, 0, 2, 0)
    space = workspace(tmp_path, **{**keys, "dates": mixed})
    assert balance(space.replay()) == (4, 2, 2, 0, 0)
    assert on_record(space) == [("1", "closed")] * 2 + [("1", "opened")] * 2
    assert balance(space.ingest()) == (4, 0, 4, 0, 0)


def test_R8_a_basket_with_a_line_that_cannot_be_read_waits_as_a_whole(tmp_path):
    keys = {"group_by": "basket", "value": "paid", "touchpoint": {"constant": "buys"}}
    text = "who,basket,at,paid\n1,b1,2024-01-05,1\n1,b1,05.01.2024,2\n1,b2,2024-01-06,4\n"
    (tmp_path / "f.csv").write_text(text)
    space = workspace(tmp_path, **keys)
    assert balance(space.ingest()) == (3, 1, 0, 2, 0)
    assert [code for code, _, _ in held(space)] == ["group_incomplete", "time_unreadable"]
    space = workspace(tmp_path, **keys, time=FORMATS)
    assert balance(space.replay(code="time_unreadable")) == (1, 1, 0, 0, 0)
    assert len(on_record(space)) == 2
    assert balance(space.ingest()) == (2, 0, 2, 0, 0)


def test_R8_only_what_was_asked_for_is_replayed(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at\n1,a,2024-01-05\n,b,2024-01-05\n1,b,5.1.2024\n")
    workspace(tmp_path).ingest()
    space = workspace(tmp_path, time=FORMATS)
    assert balance(space.replay(code="no_id")) == (1, 0, 0, 1, 0)
    assert balance(space.replay(source="log", code="time_unreadable")) == (1, 1, 0, 0, 0)
    assert [code for code, _, _ in held(space)] == ["no_id"]
    with pytest.raises(DefinitionError, match="did you mean 'no_id'"):
        space.replay(code="no_ids")


def test_R8_a_line_that_is_cut_in_another_way_after_a_fix_comes_back(tmp_path):
    (tmp_path / "f.csv").write_text('who,what,at\n1,"a" b,2024-01-05\n2,c,2024-01-06\n')
    space = workspace(tmp_path)
    assert balance(space.ingest()) == (2, 1, 0, 1, 0)
    space = workspace(tmp_path, quote="")
    assert balance(space.replay()) == (1, 1, 0, 0, 0)
    assert on_record(space) == [("1", '"a" b'), ("2", "c")]


def test_a_definition_that_reads_rows_on_record_in_another_way_is_refused(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at\n1,a,2024-01-05\n2,b,5.1.2024\n")
    workspace(tmp_path).ingest()
    before = (tmp_path / ".trod" / "MANIFEST").read_bytes()
    other = workspace(tmp_path, zone="Asia/Tokyo", time=FORMATS)
    with pytest.raises(DefinitionError, match=r"1 row of f\.csv"):
        other.ingest()
    assert (tmp_path / ".trod" / "MANIFEST").read_bytes() == before
    # What nobody has read yet may be read in any way.
    assert balance(other.replay()) == (1, 1, 0, 0, 0)


def test_what_is_dropped_on_purpose_may_change_at_any_time(tmp_path):
    (tmp_path / "f.csv").write_text("who,what,at\n1,a,2024-01-05\n2,b,2024-01-06\n")
    assert balance(workspace(tmp_path, where="what = 'a'").ingest()) == (2, 1, 0, 0, 1)
    assert balance(workspace(tmp_path).ingest()) == (2, 1, 1, 0, 0)
    assert balance(workspace(tmp_path, where="what = 'b'").ingest()) == (2, 0, 1, 0, 1)


def test_R6_the_quarantine_is_the_same_in_whatever_order_rows_came(tmp_path):
    good = [f"{i},a,2024-01-05\n" for i in range(9)]
    bad = [f"{i % 4},a,soon\n" for i in range(8)] + [",a,2024-01-05\n", "1,2,3,4\n"]
    seen = set()
    for run in range(3):
        home = tmp_path / str(run)
        home.mkdir()
        rng = random.Random(run)
        parts = [(name, rng.sample(good, 3) + bad[at::3]) for at, name in enumerate("xyz")]
        for name, lines in rng.sample(parts, 3):
            (home / f"f.{name}").write_text("who,what,at\n" + "".join(lines))
            space = workspace(home)
            space.ingest([home / f"f.{name}"])
        listed = [row._replace(first_seen="", last_seen="")._asdict() for row in rows(space.store)]
        assert len(listed) == 6  # the same row in another file is a redelivery of it
        seen.add(repr(listed))
    assert len(seen) == 1


values = st.text(st.sampled_from('ab,"\n\r '), max_size=6)


@settings(max_examples=examples(30), deadline=None)
@given(lines=st.lists(st.lists(values, min_size=1, max_size=4).map(",".join), max_size=6))
def test_R7_whatever_stands_in_a_file_every_row_is_stored_or_kept(tmp_path_factory, lines):
    root = tmp_path_factory.mktemp("any")
    text = "who,what,at\nann,visit,2024-01-05\n" + "\n".join(lines) + "\n"
    (root / "f.csv").write_bytes(text.encode())
    space = workspace(root, delimiter=",", quote='"', header=True, skip=0)
    received, stored, _, quarantined, _ = balance(space.ingest())
    assert stored + quarantined == received
    assert ("ann", "visit") in on_record(space)
    for row in rows(space.store):
        assert row.original.decode() in text
        assert text.splitlines()[row.line - 1].startswith(
            (row.original.decode().splitlines() or [""])[0]
        )


def test_R8_a_record_whose_list_is_unfolded_is_kept_once_and_as_it_stands(tmp_path):
    bad = '{"who":2,"n":[{"what":"c","at":"2024-01-07"},{"what":"d","at":"8.1.2024"}]}'
    good = '{"who":1,"n":[{"what":"a","at":"2024-01-05"},{"what":"b","at":"2024-01-06"}]}'
    (tmp_path / "f.jsonl").write_text(f"{good}\n[]\n{bad}\n")
    keys = {"each": "n", "touchpoint": "n.what"}
    space = workspace(tmp_path, **keys, time="n.at")
    assert balance(space.ingest()) == (5, 3, 0, 2, 0)
    assert held(space) == [("json_is_a_list", 2, b"[]"), ("time_unreadable", 3, bad.encode())]
    space = workspace(tmp_path, **keys, time={**FORMATS, "column": "n.at"})
    assert balance(space.replay(code="time_unreadable")) == (2, 1, 1, 0, 0)
    assert on_record(space) == [("1", "a"), ("1", "b"), ("2", "c"), ("2", "d")]
    assert balance(space.ingest()) == (5, 0, 4, 1, 0)


def test_R8_columns_that_hold_json_do_not_change_what_is_kept(tmp_path):
    text = 'who,at,p\n1,2024-01-05,"{""what"":""a""}"\n2,soon,"{""what"":""b""}"\n3,2024-01-06,x\n'
    (tmp_path / "f.csv").write_text(text)
    space = workspace(tmp_path, unpack="p", touchpoint="p.what")
    assert balance(space.ingest()) == (3, 1, 0, 2, 0)
    assert held(space) == [
        ("time_is_a_word", 3, b'2,soon,"{""what"":""b""}"'),
        ("touchpoint_missing", 4, b"3,2024-01-06,x"),
    ]


def test_what_is_told_of_a_record_of_several_dates_does_not_depend_on_their_order(tmp_path: Path):
    for first, second in (("zero", "never"), ("never", "zero")):
        root = tmp_path / first
        root.mkdir()
        (root / "f.csv").write_text(
            f"who,begun,done\n1,{first},{second}\n2,2024-01-05,2024-01-06\n"
        )
        dates = {"Begun": "begun", "Done": "done"}
        space = workspace(root, time=None, touchpoint=None, dates=dates)
        space.ingest()
        (row,) = rows(space.store)
        assert row.detail == "never"


def test_accounts_that_an_older_trod_wrote_are_refused_in_words(tmp_path: Path):
    space = workspace(tmp_path)
    old = {"source": "log", "kind": "touchpoints", "rows": 3, "stored": 3, "dropped": {}}
    told = {"sources": [old], "zone_assumed": False, "notes": []}
    with space.store.write() as tx:
        tx.add("ingests", "json", lambda file: file.write(json.dumps(told).encode()), rows=1)
        tx.commit()
    with pytest.raises(StoreError, match=r"written by an older trod.*run `trod ingest`"):
        space.reports()
