"""Object-centric event logs (OCEL 2.0, JSON and SQLite) as rows: one for each event and customer.

An event there belongs to any number of objects of several types. Here one type is the customer;
an event gives a row for each object of that type that it is related to, or, where it is related to
none, for each that its own objects are related to: an order leads to who ordered.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from trod.errors import DataError, unknown
from trod.sources.engine import quoted
from trod.sources.limits import AT_LEAST, LINE, check_packed
from trod.sources.rows import RowWriter
from trod.sources.spec import FileOptions, LimitsSpec
from trod.sources.sqlite import connected
from trod.sources.text import Text, opened

_CUSTOMERS: Final = ("customer", "customers", "client", "clients", "person", "people", "user")
_TABLES: Final = frozenset({"event", "object", "event_object", "event_map_type"})
_IN_MEMORY: Final = 8
"""How many times as large as its text a JSON document is at least, once it is read."""
Relation = tuple[str, str]
"""An object, and how it is related."""


@dataclass(slots=True)
class Log:
    """What stands in a log."""

    type_of: dict[str, str] = field(default_factory=dict)  # of each object
    linked: dict[str, list[Relation]] = field(default_factory=dict)  # objects of each object
    events: list[dict[str, Any]] = field(default_factory=list)  # id, type, time, attributes
    related: dict[str, list[Relation]] = field(default_factory=dict)  # objects of each event


def is_ocel_database(path: Path) -> bool:
    """Say whether a SQLite file is an object-centric event log."""
    try:
        with closing(connected(path)) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {str(name) for (name,) in found} >= _TABLES
    except sqlite3.Error:
        return False


def looks_like_ocel(path: Path, text: Text) -> bool:
    """Say whether a text is an object-centric event log in JSON, by its name or its first keys."""
    head = text.head.lstrip("\ufeff \t\r\n")
    if not head.startswith("{"):
        return False
    if path.name.lower().endswith((".jsonocel", ".ocel.json")):
        return any(key in head for key in ('"events"', '"eventTypes"', '"relationships"'))
    document = text.n_lines == 1 or not head.split("\n", 1)[0].rstrip().endswith("}")
    return document and ('"objectTypes"' in head or '"eventTypes"' in head)


def ocel_rows(path: Path, options: FileOptions, out: Path, *, database: bool) -> RowWriter:
    """Write the events of a log to a file of JSON lines, in the order of the log.

    Parameters
    ----------
    path
        The log.
    options
        `object_type` says which objects are customers; by default those of a type called customer,
        client, person or user.
    out
        File to write.
    database
        Whether the log is a SQLite file; else it is JSON.

    Raises
    ------
    DataError
        If the log is damaged, has no such type of object, or asks for more than its limits.
    """
    limits = options.limits
    log = _of_database(path, limits) if database else _of_json(path, limits)
    chosen = _chosen(path, log, options.object_type)
    size = path.stat().st_size
    with RowWriter(out) as rows:
        for event in log.events:
            for row in _rows_of(log, event, chosen):
                rows.row(row)
                check_packed(path, size, rows.size, limits)
    return rows


def _chosen(path: Path, log: Log, wanted: str | None) -> str:
    types = sorted(set(log.type_of.values()))
    if wanted is not None:
        if wanted not in types:
            raise DataError(f"{path}: {unknown('object type', wanted, types)}")
        return wanted
    for name in _CUSTOMERS:
        for each in types:
            if each.casefold() == name:
                return each
    raise DataError(
        f"{path}: no object type is called customer. Say which one is, such as "
        f"`object_type: {types[0] if types else 'customer'}`. "
        f"Object types: {', '.join(types) or 'none'}."
    )


def _rows_of(log: Log, event: Mapping[str, Any], chosen: str) -> Iterator[dict[str, Any]]:
    """Give a row for each customer of an event; one without a customer where it has none."""
    related = log.related.get(str(event["id"]), [])
    objects: dict[str, list[str]] = {}
    for one, _ in related:
        objects.setdefault(log.type_of.get(one, "?"), []).append(one)
    others = {
        kind: ids[0] if len(ids) == 1 else ids for kind, ids in objects.items() if kind != chosen
    }
    customers = [(one, how) for one, how in related if log.type_of.get(one) == chosen]
    customers = customers or _through(log, related, chosen) or [("", "")]
    for customer, how in dict.fromkeys(customers):
        yield {
            "id": event["id"],
            "type": event["type"],
            "time": event["time"],
            "customer": customer or None,
            "qualifier": how or None,
            "objects": others or None,
            "attributes": event["attributes"] or None,
        }


def _through(log: Log, related: list[Relation], chosen: str) -> list[Relation]:
    """Give the customers that the objects of an event are related to, in either direction."""
    return [
        (end, how)
        for one, _ in related
        for end, how in log.linked.get(one, [])
        if log.type_of.get(end) == chosen
    ]


def _of_json(path: Path, limits: LimitsSpec) -> Log:
    try:
        size, least = path.stat().st_size, AT_LEAST // _IN_MEMORY
        with opened(path) as file:
            text = file.read(max(least, size * limits.packed) + 1)
        check_packed(path, size, len(text), limits, at_least=least)
        told = json.loads(text)
        log = Log()
        for one in told["objects"]:
            log.type_of[str(one["id"])] = str(one["type"])
        for one in told["objects"]:
            for to in one.get("relationships") or ():
                _link(log, str(one["id"]), str(to["objectId"]), str(to.get("qualifier") or ""))
        for event in told["events"]:
            attributes = {a["name"]: a["value"] for a in event.get("attributes") or ()}
            log.events.append(
                {
                    "id": str(event["id"]),
                    "type": event["type"],
                    "time": event["time"],
                    "attributes": attributes,
                }
            )
            log.related[str(event["id"])] = [
                (str(to["objectId"]), str(to.get("qualifier") or ""))
                for to in event.get("relationships") or ()
            ]
    except (ValueError, RecursionError) as problem:
        raise DataError(f"{path}: the JSON is damaged ({problem}). Export it again.") from None
    except (KeyError, TypeError, AttributeError) as problem:
        raise DataError(
            f"{path}: it is no OCEL 2.0 log: {problem} is missing where events, objects, their "
            "id, type and time are expected."
        ) from None
    return log


def _link(log: Log, one: str, other: str, how: str) -> None:
    log.linked.setdefault(one, []).append((other, how))
    log.linked.setdefault(other, []).append((one, how))


def _of_database(path: Path, limits: LimitsSpec) -> Log:
    log = Log()
    if _is_cut_off(path):
        raise DataError(f"{path}: the database is cut off. Fetch it again.")
    try:
        with closing(connected(path)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, limits.row * LINE)
            log.type_of = {
                str(i): str(t) for i, t in _all(database, "ocel_id, ocel_type", "object")
            }
            links = "ocel_source_id, ocel_target_id, ocel_qualifier"
            for one, other, how in _all(database, links, "object_object"):
                _link(log, str(one), str(other), str(how or ""))
            asked = "ocel_event_id, ocel_object_id, ocel_qualifier"
            for event, one, how in _all(database, asked, "event_object"):
                log.related.setdefault(str(event), []).append((str(one), str(how or "")))
            told = _told(database)
            for event, kind in _all(database, "ocel_id, ocel_type", "event"):
                time, attributes = told.get(str(event), (None, {}))
                log.events.append(
                    {"id": str(event), "type": kind, "time": time, "attributes": attributes}
                )
    except sqlite3.Error as problem:
        raise DataError(f"{path}: it is no OCEL 2.0 log ({problem}).") from problem
    return log


def _is_cut_off(path: Path) -> bool:
    """Say whether a database has fewer pages than its header says; SQLite reads what is left."""
    with path.open("rb") as file:
        header = file.read(100)
    if len(header) < 100:
        return True
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    known = header[24:28] == header[92:96]  # else the number of pages means nothing
    return known and path.stat().st_size < pages * (page if page > 1 else 1 << 16)


def _all(database: sqlite3.Connection, columns: str, table: str) -> sqlite3.Cursor:
    """Give the rows of a table; a view may compute anything, and for ever."""
    kind = "SELECT type FROM sqlite_master WHERE name = ? COLLATE NOCASE"
    if ("view",) in database.execute(kind, (table,)).fetchall():
        raise sqlite3.DatabaseError(f"{table} is a view and not a table")
    return database.execute(f"SELECT {columns} FROM {quoted(table)} ORDER BY rowid")


def _told(database: sqlite3.Connection) -> dict[str, tuple[Any, dict[str, Any]]]:
    """Give time and attributes of each event, from the table of its type."""
    found: dict[str, tuple[Any, dict[str, Any]]] = {}
    for _, mapped in _all(database, "ocel_type, ocel_type_map", "event_map_type"):
        cursor = _all(database, "*", f"event_{mapped}")
        names = [one[0] for one in cursor.description]
        if "ocel_id" not in names:
            raise sqlite3.DatabaseError(f"event_{mapped} has no column ocel_id")
        for row in cursor:
            told = dict(zip(names, row, strict=True))
            event, time = str(told.pop("ocel_id")), told.pop("ocel_time", None)
            found[event] = (time, {k: v for k, v in told.items() if v is not None})
    return found
