"""Journeys as an object-centric event log (OCEL 2.0): customers and accounts are the objects."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Final

from trod.journeys.batch import Journeys
from trod.sources.dialect import unique_names
from trod.sources.engine import quoted
from trod.workspace.exchange.traces import Event, customer_of_rows, owners, traces

CUSTOMER: Final = "customer"
ACCOUNT: Final = "account"
MEMBER: Final = "member of"
_ALWAYS: Final = "1970-01-01T00:00:00Z"  # attributes of objects hold from here on
_PIECE: Final = 1 << 20


class Log:
    """Customers, their accounts where they have any, and what they did."""

    def __init__(self, journeys: Journeys, accounts: Journeys | None) -> None:
        self._journeys = journeys
        self._accounts = accounts
        self._account_of = customer_of_rows(accounts) if accounts is not None else {}
        self.kinds: dict[str, dict[str, str]] = {}  # attributes of each touchpoint, with type
        self.known: dict[str, dict[str, str]] = {CUSTOMER: {}}
        if accounts is not None:
            self.known[ACCOUNT] = {}
        for trace in traces(journeys):
            self.known[CUSTOMER].update(dict.fromkeys(trace.attributes, "string"))
            for event in trace.events:
                kinds = self.kinds.setdefault(event.touchpoint, {})
                kinds.update({key: _kind(value) for key, value in event.told.items()})
        for _, attributes, _ in self._owners_of_accounts():
            self.known[ACCOUNT].update(dict.fromkeys(attributes, "string"))

    def _owners_of_accounts(self) -> Iterator[tuple[str, Mapping[str, str], list[int]]]:
        if self._accounts is not None:
            yield from owners(self._accounts)

    def events(self) -> Iterator[tuple[Event, list[tuple[str, str]]]]:
        """Give each touchpoint with the objects it is related to, and how."""
        for trace in traces(self._journeys):
            for event in trace.events:
                related = [(object_id(CUSTOMER, trace.customer), CUSTOMER)]
                if (account := self._account_of.get(event.row)) is not None:
                    related.append((object_id(ACCOUNT, account), ACCOUNT))
                yield event, related

    def objects(self) -> Iterator[tuple[str, str, Mapping[str, str], list[str]]]:
        """Give each object: id, type, attributes and the accounts it is a member of."""
        for customer, attributes, rows in owners(self._journeys):
            mine = {self._account_of[row] for row in rows if row in self._account_of}
            accounts = sorted(object_id(ACCOUNT, one) for one in mine)
            yield object_id(CUSTOMER, customer), CUSTOMER, attributes, accounts
        for account, attributes, _ in self._owners_of_accounts():
            yield object_id(ACCOUNT, account), ACCOUNT, attributes, []


def object_id(kind: str, name: str) -> str:
    """Name an object; ids of all types are one set, so an account is told from its customer."""
    return name if kind == CUSTOMER else f"{kind}:{name}"


def _kind(value: str | float) -> str:
    return "float" if isinstance(value, float) else "string"


def write_json(log: Log, file: BinaryIO) -> None:
    """Write a log as JSON, event by event."""
    file.write(b'{\n"eventTypes": ')
    file.write(_json([_type(name, kinds) for name, kinds in sorted(log.kinds.items())]))
    file.write(b',\n"objectTypes": ')
    file.write(_json([_type(name, kinds) for name, kinds in log.known.items()]))
    file.write(b',\n"events": [')
    for i, (event, related) in enumerate(log.events()):
        file.write(b",\n" if i else b"\n")
        file.write(_json(_event(event, related)))
    file.write(b'\n],\n"objects": [')
    for i, (one, kind, known, accounts) in enumerate(log.objects()):
        told = [{"name": k, "time": _ALWAYS, "value": v} for k, v in known.items()]
        links = [{"objectId": account, "qualifier": MEMBER} for account in accounts]
        file.write(b",\n" if i else b"\n")
        file.write(_json({"id": one, "type": kind, "attributes": told, "relationships": links}))
    file.write(b"\n]\n}\n")


def _event(event: Event, related: list[tuple[str, str]]) -> dict[str, Any]:
    return {
        "id": f"e{event.row}",
        "type": event.touchpoint,
        "time": event.time,
        "attributes": [{"name": key, "value": value} for key, value in event.told.items()],
        "relationships": [{"objectId": one, "qualifier": how} for one, how in related],
    }


def _type(name: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": k, "type": kinds[k]} for k in sorted(kinds)]}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def write_sqlite(log: Log, file: BinaryIO) -> None:
    """Write a log as a SQLite database, with a table for each type."""
    with TemporaryDirectory(prefix="trod-") as home:
        path = Path(home) / "log.sqlite"
        with closing(sqlite3.connect(path)) as database, database:
            _fill(log, database)
        with path.open("rb") as made:
            while piece := made.read(_PIECE):
                file.write(piece)


_TABLES: Final = (
    'CREATE TABLE "event" ("ocel_id" TEXT PRIMARY KEY, "ocel_type" TEXT)',
    'CREATE TABLE "object" ("ocel_id" TEXT PRIMARY KEY, "ocel_type" TEXT)',
    'CREATE TABLE "event_map_type" ("ocel_type" TEXT PRIMARY KEY, "ocel_type_map" TEXT)',
    'CREATE TABLE "object_map_type" ("ocel_type" TEXT PRIMARY KEY, "ocel_type_map" TEXT)',
    'CREATE TABLE "event_object" ("ocel_event_id" TEXT, "ocel_object_id" TEXT, '
    '"ocel_qualifier" TEXT, PRIMARY KEY ("ocel_event_id", "ocel_object_id", "ocel_qualifier"))',
    'CREATE TABLE "object_object" ("ocel_source_id" TEXT, "ocel_target_id" TEXT, '
    '"ocel_qualifier" TEXT, PRIMARY KEY ("ocel_source_id", "ocel_target_id", "ocel_qualifier"))',
)
_COLUMN: Final = {"string": "TEXT", "float": "REAL"}


def _fill(log: Log, database: sqlite3.Connection) -> None:
    for table in _TABLES:
        database.execute(table)
    events = _typed(database, "event", log.kinds, ("ocel_id", "ocel_time"))
    objects = _typed(database, "object", log.known, ("ocel_id", "ocel_time", "ocel_changed_field"))
    for event, related in log.events():
        key = f"e{event.row}"
        database.execute("INSERT INTO event VALUES (?, ?)", (key, event.touchpoint))
        table, names = events[event.touchpoint]
        _insert(database, table, [key, event.time, *(event.told.get(name) for name in names)])
        database.executemany(
            "INSERT INTO event_object VALUES (?, ?, ?)", [(key, one, how) for one, how in related]
        )
    for one, kind, known, accounts in log.objects():
        database.execute("INSERT INTO object VALUES (?, ?)", (one, kind))
        table, names = objects[kind]
        _insert(database, table, [one, _ALWAYS, None, *(known.get(name) for name in names)])
        database.executemany(
            "INSERT INTO object_object VALUES (?, ?, ?)", [(one, to, MEMBER) for to in accounts]
        )


def _insert(database: sqlite3.Connection, table: str, values: list[Any]) -> None:
    holes = ", ".join("?" * len(values))
    database.execute(f"INSERT INTO {quoted(table)} VALUES ({holes})", values)


def _typed(
    database: sqlite3.Connection,
    kind: str,
    types: Mapping[str, Mapping[str, str]],
    first: tuple[str, ...],
) -> dict[str, tuple[str, list[str]]]:
    """Make a table for each type; give its name and its columns by type."""
    found: dict[str, tuple[str, list[str]]] = {}
    taken: set[str] = set()
    for name in sorted(types):
        mapped = _table_name(name, taken)
        names = sorted(types[name])
        columns = ", ".join(
            f"{quoted(column)} {_COLUMN[types[name].get(each, 'string')]}"
            for column, each in zip(unique_names([*first, *names]), [*first, *names], strict=True)
        )
        database.execute(f"CREATE TABLE {quoted(f'{kind}_{mapped}')} ({columns})")
        database.execute(f"INSERT INTO {kind}_map_type VALUES (?, ?)", (name, mapped))
        found[name] = (f"{kind}_{mapped}", names)
    return found


def _table_name(name: str, taken: set[str]) -> str:
    """Name the table of a type: letters and digits of its name, and no two alike."""
    base = re.sub(r"[^0-9A-Za-z]", "", name) or "Type"
    found, n = base, 1
    while found.lower() in taken or found.lower() in ("object", "map", "maptype"):
        n += 1
        found = f"{base}{n}"
    taken.add(found.lower())
    return found
