"""Event logs of process mining: XES and OCEL 2.0, in and out, and round."""

from __future__ import annotations

import gzip
import json
import os
import re
import sqlite3
import xml.etree.ElementTree as ET
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.app.terminal import trod
from tests.deliveries import fingerprint
from tests.examples import examples
from tests.strategies import DATA
from trod import workspace as mapping
from trod.errors import DataError
from trod.journeys.batch import Journeys
from trod.workspace import Workspace
from trod.workspace.query import query

HELPDESK = DATA / "process_tax2017" / "helpdesk.parquet"
EXPORTS = Path(__file__).parent.parent / "events" / "exports"
XES = (EXPORTS / "xes.xes").read_text()
OCEL = json.loads((EXPORTS / "ocel.jsonocel").read_text())


def company(folder: Path, file: str, *keys: str, more: str = "") -> Workspace:
    folder.mkdir(exist_ok=True)
    named = ", ".join(["name: log", f"files: {file}", *keys])
    (folder / "trod.yml").write_text(f"sources: [{{{named}}}]\n{more}")
    return Workspace.open(folder)


def log(space: Workspace) -> list[dict[str, object]]:
    text = 'SELECT "id.customer" AS who, touchpoint, epoch_us(time) AS at, properties AS p'
    found = query(space, f"{text} FROM touchpoints ORDER BY row")
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def us(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone(UTC).timestamp() * 1e6)


@pytest.mark.parametrize("packed", [False, True])
def test_D2_a_log_in_xes_is_read_by_naming_its_mapping(tmp_path, packed):
    content = gzip.compress(XES.encode()) if packed else XES.encode()
    (tmp_path / "log.xes").write_bytes(content)
    space = company(tmp_path, "log.xes", "like: xes")
    (report,) = space.ingest()
    assert (report.received, report.stored, report.n_quarantined) == (3, 2, 1)
    assert [(held.code, held.line) for held in space.quarantined()] == [("no_id", 3)]
    first, second = log(space)
    assert (first["who"], first["touchpoint"]) == ("case 1", "open & look")
    assert (first["at"], second["at"]) == (
        us("2024-03-01T08:00:00") + 1,
        us("2024-03-02T09:00:00+00:00"),
    )
    assert json.loads(str(first["p"])) == {
        "case:amount": 2.5,
        "org:resource": "ann",
        "lifecycle:transition": "complete",
        "cost": 7,
        "cost.currency": "EUR",
        "first": True,
    }


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (XES.replace("<log", '<!DOCTYPE log [<!ENTITY a "aa">]>\n<log', 1), "a document type"),
        (XES[:600], "the XML is damaged or cut off in line"),
        (XES.replace("<log", "<logs").replace("</log>", "</logs>"), "outermost element is <logs>"),
        (XES.replace('<string key="concept:name" value="close"/>', "<list>" * 99), "nested more"),
    ],
)
def test_R14_what_is_no_event_log_is_refused_in_words(tmp_path, content, said):
    (tmp_path / "log.xes").write_text(content)
    space = company(tmp_path, "log.xes", "like: xes")
    with pytest.raises(DataError, match=said):
        space.ingest()


def as_database(path: Path) -> None:
    """Write the log above as OCEL 2.0 has it in SQLite."""
    with closing(sqlite3.connect(path)) as out, out:
        out.executescript(
            "CREATE TABLE event (ocel_id TEXT, ocel_type TEXT);"
            "CREATE TABLE object (ocel_id TEXT, ocel_type TEXT);"
            "CREATE TABLE event_object "
            "(ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT);"
            "CREATE TABLE object_object "
            "(ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT);"
            "CREATE TABLE event_map_type (ocel_type TEXT, ocel_type_map TEXT);"
            "CREATE TABLE object_map_type (ocel_type TEXT, ocel_type_map TEXT);"
        )
        for event in OCEL["events"]:
            kind = event["type"]
            out.execute("INSERT INTO event VALUES (?, ?)", (event["id"], kind))
            out.execute("INSERT INTO event_map_type VALUES (?, ?)", (kind, kind.title()))
            out.execute(f"CREATE TABLE event_{kind.title()} (ocel_id, ocel_time, total)")
            (total,) = [a["value"] for a in event.get("attributes", ())] or [None]
            out.execute(
                f"INSERT INTO event_{kind.title()} VALUES (?, ?, ?)",
                (event["id"], event["time"], total),
            )
            for to in event.get("relationships", ()):
                row = (event["id"], to["objectId"], to["qualifier"])
                out.execute("INSERT INTO event_object VALUES (?, ?, ?)", row)
        for one in OCEL["objects"]:
            out.execute("INSERT INTO object VALUES (?, ?)", (one["id"], one["type"]))
            for to in one.get("relationships", ()):
                row = (one["id"], to["objectId"], to["qualifier"])
                out.execute("INSERT INTO object_object VALUES (?, ?, ?)", row)


@pytest.mark.parametrize("ending", ["jsonocel", "json", "sqlite"])
def test_D2_an_object_centric_log_gives_the_touchpoints_of_one_type_of_object(tmp_path, ending):
    file = tmp_path / f"log.{ending}"
    as_database(file) if ending == "sqlite" else file.write_text(json.dumps(OCEL))
    space = company(tmp_path, file.name, "like: ocel")
    (report,) = space.ingest()
    assert (report.received, report.stored, report.n_quarantined) == (4, 3, 1)
    rows = log(space)
    assert [(row["who"], row["touchpoint"]) for row in rows] == [
        ("ann", "pay"),
        ("bob", "pay"),
        ("ann", "ship"),  # by way of the order
    ]
    assert [json.loads(str(row["p"])) for row in rows] == [
        {"qualifier": "payer", "objects": {"order": "o1"}, "attributes": {"total": 5}},
        {"qualifier": "witness", "objects": {"order": "o1"}, "attributes": {"total": 5}},
        {"qualifier": "of", "objects": {"order": "o1", "item": ["i1", "i2"]}},
    ]
    other = company(tmp_path / "orders", f"../{file.name}", "like: ocel", "object_type: order")
    assert other.ingest()[0].stored == 2
    wrong = company(tmp_path / "wrong", f"../{file.name}", "like: ocel", "object_type: orders")
    with pytest.raises(DataError, match="unknown object type 'orders': did you mean 'order'"):
        wrong.ingest()


def test_logs_are_recognised_without_a_definition(tmp_path):
    (tmp_path / "log.xes").write_text(XES)
    (tmp_path / "log.jsonocel").write_text(json.dumps(OCEL))
    found = mapping.map_files(tmp_path / "log.xes", tmp_path / "log.jsonocel").source.guess
    assert [source.like for source in found.sources] == ["xes", "ocel"]


def test_a_sqlite_database_that_is_no_log_says_how_it_is_read(tmp_path):
    with closing(sqlite3.connect(tmp_path / "shop.db")) as out, out:
        out.execute("CREATE TABLE calls (id)")
    with pytest.raises(DataError, match=r"database: sqlite:///shop\.db"):
        mapping.map_files(tmp_path / "shop.db")


# -- and back -------------------------------------------------------------------------------

NAME = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1).map(
    lambda text: " ".join(text.split()) or "x"
)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "c&<d>'\""]),
        st.sampled_from(["look", "buy", "a <b> \"c\" & 'd'", "é 漢 😀"]),
        st.integers(-2_000_000_000_000_000, 7_000_000_000_000_000),
        st.sampled_from(["web", None]),
        st.sampled_from(["1.25", None]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[2],
)
READ = {
    "xes": ("like: xes", "channel: channel", "value: {column: value}"),
    "ocel": (
        *("like: ocel", "object_type: customer", "channel: attributes.channel"),
        "value: {column: attributes.value}",
    ),
}
READ["ocel-sqlite"] = READ["ocel"]


def written(space: Workspace, how: str) -> bytes:
    out = space.project.root / f"out.{how.replace('-', '.')}"
    found = trod("-C", space.project.root, "export", "journeys", "--format", how, "--out", out)
    assert found.exit_code == 0, found.output
    return out.read_bytes()


def read_back(folder: Path, content: bytes, how: str, more: str = "") -> Journeys:
    folder.mkdir()
    (folder / "log.any").write_bytes(content)
    lack = "may_lack: [channel, value, attributes.channel, attributes.value]"
    again = company(folder, "log.any", *READ[how], lack, more=more)
    (report,) = again.ingest()
    assert report.received == report.stored
    return again.journeys("person")


@given(rows=ROWS)
@settings(max_examples=examples(6), deadline=None)
def test_a_journey_that_goes_out_and_comes_back_is_the_same(rows, tmp_path_factory):
    folder = tmp_path_factory.mktemp("from")
    names = ("who", "what", "at", "channel", "value")
    (folder / "a.jsonl").write_text(
        "".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
    )
    keys = ("customer: who", "touchpoint: what", "time: {column: at, unit: us}")
    space = company(folder, "a.jsonl", *keys, "channel: channel", "value: {column: value}")
    space.ingest()
    before = fingerprint(space.journeys("person"))
    for how in READ:
        after = read_back(folder / how, written(space, how), how)
        assert fingerprint(after) == before


@pytest.mark.skipif(not HELPDESK.exists(), reason="the real data lie beside the project")
def test_the_order_of_a_real_log_survives_the_way_out_and_back(tmp_path):
    file = os.path.relpath(HELPDESK, tmp_path)
    keys = ("customer: CaseID", "time: CompleteTimestamp", 'touchpoint: "step {ActivityID}"')
    order = "events: {order: [" + ", ".join(f"step {n}" for n in range(1, 10)) + "]}\n"
    space = company(tmp_path, file, *keys, more=order)
    assert space.ingest()[0].stored == 13_710
    content = written(space, "xes")
    text = content.decode()
    assert (text.count("<trace>"), text.count("<event>")) == (3_804, 13_710)
    after = read_back(tmp_path / "back", content, "xes", more=order)
    assert fingerprint(after) == fingerprint(space.journeys("person"))


# -- what is written keeps to the standards ----------------------------------------------------


@pytest.fixture
def accounts(tmp_path: Path) -> Workspace:
    rows = [
        {"who": "ann", "co": "acme", "what": "buy", "at": "2024-03-01", "n": "=1+1\0"},
        {"who": "bob", "co": "acme", "what": "buy", "at": "2024-03-02", "n": "Map type"},
        {"who": "cy", "what": "!", "at": "2024-03-02"},
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "crm.csv").write_text("who,Plan,plan\nann,gold,a\nbob,tin,b\n")
    more = "- {name: crm, files: crm.csv, customer: who, attributes: [Plan]}\n"
    (tmp_path / "trod.yml").write_text(
        "sources:\n- {name: log, files: a.jsonl, customer: who, account: co, touchpoint: what, "
        "time: at, text: n}\n" + more
    )
    space = Workspace.open(tmp_path)
    space.ingest()
    return space


def test_xes_keeps_the_order_of_elements_that_its_schema_asks_for(accounts):
    root = ET.fromstring(written(accounts, "xes"))
    space = "{http://www.xes-standard.org/}"
    tags = [child.tag.removeprefix(space) for child in root]
    kinds = ["extension", "global", "classifier", "string", "trace"]
    assert tags == sorted(tags, key=kinds.index)
    assert re.fullmatch(r"\d+(\.\d+)?", root.attrib["xes.version"])
    prefixes = {one.get("prefix") for one in root.iter(f"{space}extension")}
    for event in root.iter(f"{space}event"):
        keys = [one.get("key") for one in event]
        assert len(set(keys)) == len(keys)
        for name in ("concept:name", "time:timestamp", "lifecycle:transition"):
            assert name in keys
        assert {key.split(":")[0] for key in keys if ":" in key} <= prefixes
    names = {trace[0].get("value"): trace[1].get("value") for trace in root.iter(f"{space}trace")}
    assert (names["ann"], names["bob"]) == ("gold", "tin")


def test_ocel_in_json_names_every_type_attribute_and_object_that_it_uses(accounts):
    told = json.loads(written(accounts, "ocel"))
    assert set(told) == {"eventTypes", "objectTypes", "events", "objects"}
    events, objects = (
        {one["name"]: {a["name"] for a in one["attributes"]} for one in told[kind]}
        for kind in ("eventTypes", "objectTypes")
    )
    ids = {one["id"] for one in told["objects"]}
    assert ids == {"ann", "bob", "cy", "account:acme"}
    assert len({one["id"] for one in told["events"]}) == 3
    for event in told["events"]:
        assert {a["name"] for a in event["attributes"]} <= events[event["type"]]
        assert {to["objectId"] for to in event["relationships"]} <= ids
        assert datetime.fromisoformat(event["time"]).tzinfo is not None
    for one in told["objects"]:
        assert {a["name"] for a in one["attributes"]} <= objects[one["type"]]
    links = {one["id"]: one["relationships"] for one in told["objects"]}
    assert links["ann"] == [{"objectId": "account:acme", "qualifier": "member of"}]


def test_ocel_in_sqlite_has_a_table_for_every_type(accounts, tmp_path):
    (tmp_path / "log.sqlite").write_bytes(written(accounts, "ocel-sqlite"))
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        tables = {n for (n,) in database.execute("SELECT name FROM sqlite_master")}
        for kind in ("event", "object"):
            mapped = database.execute(f"SELECT * FROM {kind}_map_type").fetchall()
            assert {f"{kind}_{name}" for _, name in mapped} <= tables
            for of, name in mapped:
                inside = database.execute(f'SELECT ocel_id FROM "{kind}_{name}"').fetchall()
                listed = database.execute(f"SELECT ocel_id FROM {kind} WHERE ocel_type = ?", (of,))
                assert sorted(inside) == sorted(listed)
        related = database.execute(
            "SELECT count(*) FROM event_object LEFT JOIN object ON ocel_object_id = ocel_id "
            "WHERE ocel_type IS NULL"
        )
        assert related.fetchone() == (0,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
