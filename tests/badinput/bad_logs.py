"""Event logs: XES that declares entities, nests or ends early; OCEL that points at nothing."""

from __future__ import annotations

import copy
import gzip
import json
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.badinput.badfile import BadFile, Files, rows

_XES: Mapping[str, Any] = {
    "customer": "case:concept:name",
    "time": {"column": "time:timestamp"},
    "touchpoint": "concept:name",
}
_OCEL: Mapping[str, Any] = {
    "customer": "customer",
    "touchpoint": "type",
    "time": {"column": "time"},
}
_LOG = '<log xmlns="http://www.xes-standard.org/">'


def _event(at: str, what: str, more: str = "") -> str:
    return (
        f'<event><string key="concept:name" value="{what}"/>'
        f'<date key="time:timestamp" value="{at}"/>{more}</event>'
    )


def _trace(i: int, at: str, what: str, more: str = "", note: str = "") -> str:
    about = f'<string key="concept:name" value="c{i}"/>'
    about += f'<string key="note" value="{note}"/>' if note else ""
    return f"<trace>{about}{_event(at, what, more)}</trace>\n"


_TRACES = "".join(_trace(i, at, what) for i, (_, at, what, _) in enumerate(rows(20)))
_FINE = f"{_LOG}\n{_TRACES}</log>\n"
_LAUGHS = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
_DOCTYPES = {
    "laughs": f'<!DOCTYPE log [<!ENTITY l0 "ha">{_LAUGHS}]>',
    "quadratic": f'<!DOCTYPE log [<!ENTITY l9 "{"a" * 50_000}">]>',
    "external": '<!DOCTYPE log [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "remote": '<!DOCTYPE log [<!ENTITY l9 SYSTEM "http://x.example/y">]>',
    "parameter": '<!DOCTYPE log [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    "dtd": '<!DOCTYPE log SYSTEM "http://x.example/log.dtd">',
    "attributes": '<!DOCTYPE log [<!ATTLIST event a CDATA "x">]>',
}


def xeses() -> Files:
    """Logs in XES."""
    for share in (0.1, 0.5, 0.9, 0.99):
        yield _xes(
            f"cut-{share}", f"cut at {share:.0%}", _FINE[: int(len(_FINE) * share)], refused=True
        )
    for name, declared in _DOCTYPES.items():
        text = declared + _LOG + _trace(1, "2024-01-05", "&l9;") + "</log>"
        yield _xes(f"doctype-{name}", f"a document type: {name}", text, refused=True)
    for name, text in {
        "entity": _LOG + _trace(1, "2024-01-05", "&nobody;") + "</log>",
        "control": _LOG + _trace(1, "2024-01-05", "a\x01b") + "</log>",
        "surrogate": _LOG + _trace(1, "2024-01-05", "&#xD800;") + "</log>",
        "two-roots": _FINE + _FINE,
        "behind": _FINE + "and more",
        "crossed": _FINE.replace("</event></trace>", "</trace></event>", 1),
        "encoding": '<?xml version="1.0" encoding="klingon"?>' + _FINE,
        "encoding-wide": '<?xml version="1.0" encoding="shift_jis"?>' + _FINE,
        "attribute-twice": _FINE.replace('key="concept:name"', 'key="a" key="b"', 1),
        "deep": _LOG + "<list>" * 5_000 + "</list>" * 5_000 + "</log>",
        "deep-keys": _LOG + _trace(1, "2024-01-05", "x", _deep_keys(5_000)) + "</log>",
    }.items():
        yield _xes(name, f"XML with a wrong {name}", text, refused=True)
    dates = (
        "",
        "yesterday",
        "2024-02-30T10:00:00Z",
        "2024-01-05T25:00:00Z",
        "05/06/2024",
        "9" * 400,
    )
    bad = "".join(_trace(i, at, "visit") for i, at in enumerate(dates))
    yield _xes("dates", "wrong dates", f"{_LOG}{_TRACES}{bad}</log>", 26, 20)
    zones = ("2024-01-05T10:00:00+25:00", "2024-01-05T10:00:00", "2024-01-05T10:00:00-14:30")
    mixed = "".join(_trace(i, at, "visit") for i, at in enumerate(zones))
    yield _xes("zones", "mixed zones", f"{_LOG}{_TRACES}{mixed}</log>", 23, 20)
    numbers = "".join(
        f'<{kind} key="k" value="{value}"/>'
        for kind in ("int", "float", "boolean", "id", "date")
        for value in ("", "one", "9" * 5_000, "nan", "1e999", "-0")
    )
    odd = _trace(1, "2024-01-05T10:00:00Z", "visit", numbers)
    yield _xes("values", "values that are not of their type", f"{_LOG}{odd}</log>", 1, 1)
    keyless = _trace(1, "2024-01-05T10:00:00Z", "visit", '<string value="x"/><int key="a"/>')
    yield _xes("keyless", "attributes without key or value", f"{_LOG}{keyless}</log>", 1, 1)
    again = '<list key="a">' * 30 + '<string key="b" value="x"/>' + "</list>" * 30
    yield _xes(
        "lists", "lists in lists", f"{_LOG}{_trace(1, '2024-01-05', 'x', again)}</log>", 1, 1
    )
    inside = _FINE.replace("</event></trace>", _event("2024-01-05", "inner") + "</event></trace>")
    yield _xes("event-in-event", "events in events", inside, maybe=True)
    yield _xes("no-events", "no events", f"{_LOG}<trace/></log>", maybe=True)
    cut = gzip.compress(_FINE.encode(), 9, mtime=0)[:-30]
    yield BadFile(
        "xes", "log-cut.xes.gz", "packed and cut", cut, 0, 0, must_refuse=True, options=_XES
    )


def _deep_keys(depth: int) -> str:
    return '<string key="a" value="b">' * depth + "</string>" * depth


def _xes(
    name: str,
    wrong: str,
    text: str,
    n: int = 0,
    good: int = 0,
    *,
    refused: bool = False,
    maybe: bool = False,
) -> BadFile:
    content = text.encode()
    return BadFile("xes", f"log-{name}.xes", wrong, content, n, good, maybe, refused, options=_XES)


def _ocel_log(n: int = 20) -> dict[str, Any]:
    kinds = ("visit", "buy", "call")
    objects = [{"id": f"c{i}", "type": "customer"} for i in range(7)]
    objects += [{"id": f"o{i}", "type": "order", "relationships": _to(f"c{i}")} for i in range(7)]
    events = [
        {"id": f"e{i}", "type": what, "time": at, "relationships": _to(who)}
        for i, (who, at, what, _) in enumerate(rows(n))
    ]
    return {
        "objectTypes": [{"name": name, "attributes": []} for name in ("customer", "order")],
        "eventTypes": [{"name": name, "attributes": []} for name in kinds],
        "objects": objects,
        "events": events,
    }


def _to(*ids: str) -> list[dict[str, str]]:
    return [{"objectId": each, "qualifier": "of"} for each in ids]


def ocels() -> Files:
    """Object-centric logs in JSON and SQLite."""
    whole = json.dumps(_ocel_log(), indent=1).encode()
    for share in (0.2, 0.5, 0.9, 0.99):
        yield _ocel(
            f"cut-{share}.json",
            f"cut at {share:.0%}",
            whole[: int(len(whole) * share)],
            refused=True,
        )
    for name, (change, good) in _CHANGES.items():
        log = copy.deepcopy(_ocel_log())
        change(log)
        content = json.dumps(log, indent=1).encode()
        yield _ocel(f"{name}.json", name, content, 20 if good is not None else 0, good)
    database = _database(_ocel_log())
    for share in (0.1, 0.5, 0.9):
        cut = database[: int(len(database) * share)]
        yield _ocel(f"cut-{share}.sqlite", f"cut at {share:.0%}", cut, refused=True)
    for at in (16, 18, 28, 40, 100, 105, 4196, 8292, 12388):
        flipped = bytearray(database)
        flipped[at] ^= 0x55
        yield _ocel(f"flip-{at}.sqlite", f"a wrong byte at {at}", bytes(flipped))
    for name, sql in _STATEMENTS.items():
        yield _ocel(f"{name}.sqlite", name, _database(_ocel_log(), sql))


def _each(log: dict[str, Any], kind: str, **told: Any) -> None:
    for one in log[kind]:
        one.update(told)


_CHANGES: Mapping[str, tuple[Callable[[dict[str, Any]], object], int | None]] = {
    "unknown-objects": (lambda log: _each(log, "events", relationships=_to("nobody")), 0),
    "cyclic": (lambda log: _each(log, "objects", relationships=_to("o1", "o2", "c1", "o1")), 20),
    "to-itself": (
        lambda log: [_each({"x": [o]}, "x", relationships=_to(o["id"])) for o in log["objects"]],
        20,
    ),
    "same-ids": (lambda log: _each(log, "events", id="e"), 0),
    "same-objects": (lambda log: _each(log, "objects", id="c1"), None),
    "no-objects": (lambda log: log.pop("objects"), None),
    "no-events": (lambda log: log.pop("events"), None),
    "empty": (lambda log: log.update(events=[], objects=[]), None),
    "events-object": (lambda log: log.update(events={"a": 1}), None),
    "events-text": (lambda log: log.update(events="abc"), None),
    "null-objects": (lambda log: log.update(objects=None), None),
    "no-time": (lambda log: [one.pop("time") for one in log["events"]], None),
    "null-time": (lambda log: _each(log, "events", time=None), 0),
    "time-list": (lambda log: _each(log, "events", time=["2024-01-05"]), 0),
    "wrong-time": (lambda log: _each(log, "events", time="2024-02-30"), 0),
    "type-object": (lambda log: _each(log, "events", type={"a": 1}), None),
    "type-null": (lambda log: _each(log, "events", type=None), 0),
    "object-type-list": (lambda log: _each(log, "objects", type=["customer"]), None),
    "id-number": (
        lambda log: [_each({"x": [e]}, "x", id=2**60 + i) for i, e in enumerate(log["events"])],
        20,
    ),
    "relations-text": (lambda log: _each(log, "events", relationships="c1"), None),
    "relations-empty": (lambda log: _each(log, "events", relationships=[{}]), None),
    "attributes-list": (lambda log: _each(log, "events", attributes=[[]]), None),
    "attributes-keys": (
        lambda log: _each(log, "events", attributes=[{"name": [], "value": 1}]),
        None,
    ),
    "attributes-deep": (
        lambda log: _each(log, "events", attributes=[{"name": "a", "value": _deep()}]),
        None,
    ),
    "surrogates": (
        lambda log: _each(log, "events", attributes=[{"name": "\ud800", "value": "\udc00"}]),
        0,
    ),
    "zero-bytes": (lambda log: _each(log, "events", type="a\0b"), 0),
}


def _deep() -> Any:
    value: Any = 1
    for _ in range(300):
        value = [value]
    return value


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT"
_STATEMENTS = {
    "without-event": "DROP TABLE event",
    "without-object": "DROP TABLE object",
    "without-map": "DROP TABLE event_map_type",
    "without-relations": "DROP TABLE object_object",
    "without-kind": "DROP TABLE event_Buy",
    "map-twice": "INSERT INTO event_map_type SELECT * FROM event_map_type",
    "map-quotes": "INSERT INTO event_map_type VALUES ('x', 'x\" UNION SELECT 1 --')",
    "map-null": "INSERT INTO event_map_type VALUES (NULL, NULL)",
    "column-gone": "ALTER TABLE event RENAME COLUMN ocel_type TO kind",
    "column-of-kind": "ALTER TABLE event_Buy RENAME COLUMN ocel_id TO id",
    "blobs": "UPDATE event_Visit SET ocel_time = x'ff00fe', total = x'00'",
    "bad-text": "UPDATE event SET ocel_id = CAST(x'ff41' AS TEXT)",
    "null-ids": "UPDATE event_object SET ocel_object_id = NULL",
    "view-endless": "DROP TABLE object_object; CREATE VIEW object_object AS "
    f"{_ENDLESS} 'a' || i ocel_source_id, 'b' ocel_target_id, '' ocel_qualifier, 1 rowid FROM n",
    "kind-endless": "DROP TABLE event_Buy; CREATE VIEW event_Buy AS "
    f"{_ENDLESS} 'e' || i ocel_id, '2024-01-05' ocel_time, 1 rowid FROM n",
    "heavy-column": "DROP TABLE event_Buy; CREATE TABLE event_Buy (ocel_id, ocel_time, "
    "heavy AS (hex(zeroblob(400000000)))); INSERT INTO event_Buy VALUES ('e1', '2024-01-05')",
}


def _database(log: Mapping[str, Any], more: str = "") -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "log.sqlite")
        with closing(sqlite3.connect(file)) as out, out:
            out.executescript(
                "CREATE TABLE event (ocel_id, ocel_type); CREATE TABLE object (ocel_id, ocel_type);"
                "CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier);"
                "CREATE TABLE object_object (ocel_source_id, ocel_target_id, ocel_qualifier);"
                "CREATE TABLE event_map_type (ocel_type, ocel_type_map);"
            )
            for name in ("visit", "buy", "call"):
                out.execute("INSERT INTO event_map_type VALUES (?, ?)", (name, name.title()))
                out.execute(f"CREATE TABLE event_{name.title()} (ocel_id, ocel_time, total)")
            for one in log["objects"]:
                out.execute("INSERT INTO object VALUES (?, ?)", (one["id"], one["type"]))
            for one in log["events"]:
                out.execute("INSERT INTO event VALUES (?, ?)", (one["id"], one["type"]))
                told = (one["id"], one["time"])
                out.execute(f"INSERT INTO event_{one['type'].title()} VALUES (?, ?, 1)", told)
                for to in one["relationships"]:
                    related = (one["id"], to["objectId"], to["qualifier"])
                    out.execute("INSERT INTO event_object VALUES (?, ?, ?)", related)
            out.executescript(more)
        return file.read_bytes()


def _ocel(
    name: str,
    wrong: str,
    content: bytes,
    n: int = 0,
    good: int | None = None,
    *,
    refused: bool = False,
) -> BadFile:
    maybe = good is None
    return BadFile(
        "ocel", f"log-{name}", wrong, content, n, good or 0, maybe, refused, options=_OCEL
    )


def log_bombs(bomb: Callable[..., BadFile]) -> Files:
    """Event logs that ask for much."""
    event = _event("2024-01-05T10:00:00Z", "visit")

    def log(trace: str, n: int) -> Callable[[], bytes]:
        return lambda: gzip.compress((_LOG + trace * n + "</log>").encode(), 9)

    yield bomb("traces.xes.gz", "500 MB of traces", log(_trace(1, "2024-01-05", "x"), 3_500_000))
    one_trace = (_LOG + "<trace>" + event * 400_000 + "</trace></log>").encode()
    yield _asked(
        bomb, "events.xes.gz", "a trace of 400,000 events", lambda: gzip.compress(one_trace), _XES
    )
    yield _asked(
        bomb,
        "value.xes",
        "a value of 100 MB",
        _long_value,
        _XES,
    )
    again = _trace(1, "2024-01-05", "x", "</event><event>" * 20_000, "x" * (8 << 10))
    yield bomb(
        "attributes.xes",
        "attributes of a trace that stand in each of its 20,000 events",
        (_LOG + again + "</log>").encode,
        options=_XES,
    )
    keys = "".join(f'<string key="k{i}" value="x"/>' for i in range(300_000))
    yield _asked(
        bomb,
        "keys.xes",
        "an event with 300,000 keys",
        (_LOG + _trace(1, "2024-01-05", "x", keys) + "</log>").encode,
        _XES,
    )
    yield _asked(
        bomb, "product.json", "4,000 events of an order of 4,000 customers", _product, _OCEL
    )
    brackets = b'{"objectTypes":[],"eventTypes":[],"objects":[],"events":[' + b"[]," * (20 << 20)
    yield _asked(
        bomb, "lists.json.gz", "60 MB of lists", lambda: gzip.compress(brackets + b"1]}"), _OCEL
    )


def _asked(
    bomb: Callable[..., BadFile],
    name: str,
    wrong: str,
    content: Callable[[], bytes],
    options: Mapping[str, Any],
) -> BadFile:
    return bomb(name, wrong, content, must_refuse=False, may_refuse=True, options=options)


def _long_value() -> bytes:
    return (_LOG + _trace(1, "2024-01-05", "x" * (100 << 20)) + "</log>").encode()


def _product() -> bytes:
    many = [f"c{i}" for i in range(4_000)]
    objects = [{"id": each, "type": "customer"} for each in many]
    objects.append({"id": "o", "type": "order", "relationships": _to(*many)})
    log = _ocel_log(4_000)
    _each(log, "events", relationships=_to("o"))
    return json.dumps({**log, "objects": objects}).encode()
