"""What is in quarantine, in an order that does not depend on how it came there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from trod._store.store import Store
from trod.events.conflicts import set_aside
from trod.events.log_part import ID_HI, ID_LO, read_part
from trod.events.quarantine import KIND, SEEN, Origin

SAME_ID: Final = "message_id_conflict"
_ID: Final = (ID_HI, ID_LO)
_PLACE: Final = ("file", "line", "row")


class Kept(NamedTuple):
    """One row in quarantine."""

    source: str
    kind: str  # touchpoints or attributes
    code: str
    file: str  # where it was seen first: the first file by name, and its first line in it
    line: int | None
    row: int | None
    detail: str | None
    touchpoints: int  # that it could not give
    original: bytes
    encoding: str
    first_seen: str
    last_seen: str


class Reasoned(NamedTuple):
    """How many rows of a source are in quarantine for one reason, and the first of them."""

    source: str
    kind: str
    code: str
    n: int  # touchpoints that they could not give
    file: str
    line: int | None
    row: int | None
    first_seen: str
    last_seen: str


def reasons(
    store: Store, *, source: str | None = None, code: str | None = None
) -> tuple[Reasoned, ...]:
    """Count what is in quarantine by source, kind and reason, in this order."""
    table = _chosen(_entries(store), source, code)
    keys = ["source", "kind", "code"]
    found = table.group_by(keys, use_threads=False).aggregate(
        [
            ("n", "sum"),
            *((name, "first") for name in _PLACE),
            ("first_seen", "min"),
            ("last_seen", "max"),
        ]
    )
    rows = [
        Reasoned(
            row["source"],
            row["kind"],
            row["code"],
            row["n_sum"],
            row["file_first"],
            row["line_first"],
            row["row_first"],
            row["first_seen_min"],
            row["last_seen_max"],
        )
        for row in found.to_pylist()
    ]
    return tuple(sorted([*rows, *_conflicts(store, source, code)], key=lambda each: each[:3]))


def rows(
    store: Store, *, source: str | None = None, code: str | None = None, limit: int | None = None
) -> tuple[Kept, ...]:
    """List rows in quarantine with their bytes: by source, kind, reason, file and line."""
    table = _chosen(_entries(store), source, code).sort_by(
        [(name, "ascending") for name in ("source", "kind", "code", *_PLACE, *_ID)]
    )
    wanted = table.slice(0, limit).to_pylist()
    contents = _originals(store, {(row[ID_HI], row[ID_LO]) for row in wanted})
    return tuple(
        Kept(
            row["source"],
            row["kind"],
            row["code"],
            row["file"],
            row["line"],
            row["row"],
            row["detail"],
            row["n"],
            *contents[row[ID_HI], row[ID_LO]],
            row["first_seen"],
            row["last_seen"],
        )
        for row in wanted
    )


def _chosen(table: pa.Table, source: str | None, code: str | None) -> pa.Table:
    for name, value in (("source", source), ("code", code)):
        if value is not None:
            table = table.filter(pc.equal(table[name], value))
    return table


def _entries(store: Store) -> pa.Table:
    """Give all rows in quarantine without their bytes, each with the first place it stood at."""
    columns = [*_ID, "code", "detail", "line", "row", "n"]
    known = [_sighted(store, origin, part, columns) for origin, part in _parts(store, KIND)]
    again = [
        _sighted(store, origin, part, [*_ID, "line", "row"]) for origin, part in _parts(store, SEEN)
    ]
    if not known:
        return _NOTHING
    sights = pa.concat_tables([*known, *again], promote_options="default")
    order = [(name, "ascending") for name in (*_ID, *_PLACE, "seen")]
    places = (
        sights.sort_by(order)
        .group_by(list(_ID), use_threads=False)
        .aggregate([*((name, "first") for name in _PLACE), ("seen", "min"), ("seen", "max")])
        .rename_columns([*_ID, *_PLACE, "first_seen", "last_seen"])
    )
    told = pa.concat_tables(known).drop_columns([*_PLACE, "seen"])
    joined = told.join(places, list(_ID), join_type="left outer", use_threads=False)
    return joined.sort_by([(name, "ascending") for name in ("source", "kind", "code", *_PLACE)])


def _parts(store: Store, kind: str) -> Iterator[tuple[Origin, Any]]:
    for part in store.manifest.of(kind):
        yield Origin.of_part(part), part


def _sighted(store: Store, origin: Origin, part: Any, columns: list[str]) -> pa.Table:
    table = read_part(store, part, columns)
    told = {"source": origin.source, "kind": origin.of, "file": origin.file, "seen": origin.seen}
    for name, value in told.items():
        table = table.append_column(name, pa.array([value] * len(table), pa.string()))
    return table


_NOTHING: Final = pa.schema(
    [
        *((name, pa.uint64()) for name in _ID),
        *((name, pa.string()) for name in ("code", "detail", "source", "kind", "file")),
        *((name, pa.int64()) for name in ("line", "row", "n")),
        *((name, pa.string()) for name in ("first_seen", "last_seen")),
    ]
).empty_table()


def _originals(
    store: Store, wanted: set[tuple[int, int]]
) -> dict[tuple[int, int], tuple[bytes, str]]:
    """Give the bytes of some rows, and their encoding."""
    found: dict[tuple[int, int], tuple[bytes, str]] = {}
    halves = pa.array([hi for hi, _ in wanted], pa.uint64())
    for origin, part in _parts(store, KIND):
        table = read_part(store, part, [*_ID, "original"])
        for row in table.filter(pc.is_in(table[ID_HI], halves)).to_pylist():
            key = (row[ID_HI], row[ID_LO])
            if key in wanted:
                found[key] = (row["original"], origin.frame.encoding)
    return found


def _conflicts(store: Store, source: str | None, code: str | None) -> list[Reasoned]:
    """Count rows of the log that another content of their message id has set aside."""
    if code not in (None, SAME_ID):
        return []
    log = store.manifest.of("touchpoints")
    aside = set_aside(store, log)
    found: dict[str, tuple[int, list[str]]] = {}
    for part in log:
        n = len(aside.get(part.path, ()))
        if n and source in (None, part.facts["source"]):
            before, files = found.get(part.facts["source"], (0, []))
            found[part.facts["source"]] = (before + n, [*files, part.facts["file"]])
    return [
        Reasoned(name, "touchpoints", SAME_ID, n, min(files), None, None, "", "")
        for name, (n, files) in found.items()
    ]
