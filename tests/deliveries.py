"""Deliveries made by hand: rows as dictionaries, cut into batches as a test wants it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

from trod._store.store import Store
from trod.events.log import append
from trod.events.mapping import Delivery
from trod.events.report import Report
from trod.events.tables import ID, STATE, attribute_schema, touchpoint_schema
from trod.identity.resolve import People, resolve
from trod.identity.spec import IdentitySpec
from trod.journeys.batch import Journeys
from trod.journeys.build import build, load

Row = Mapping[str, Any]


def touchpoints(
    rows: Sequence[Row],
    *,
    source: str = "web",
    file: str = "web.csv",
    cuts: Sequence[int] = (),
    quarantined: Mapping[str, int] | None = None,
) -> Delivery:
    """A delivery of touchpoints; `cuts` are the rows at which a new batch begins."""
    kinds = sorted({key.removeprefix(ID) for row in rows for key in row if key.startswith(ID)})
    states = sorted(
        {key.removeprefix(STATE) for row in rows for key in row if key.startswith(STATE)}
    )
    filled = [{"source": source, "touchpoint": "visit", "time_us": 0, **row} for row in rows]
    return _delivery(
        filled,
        touchpoint_schema(kinds, states),
        "touchpoints",
        source,
        file,
        cuts,
        quarantined or {},
    )


def attributes(
    rows: Sequence[Row], *, source: str = "crm", file: str = "crm.csv", cuts: Sequence[int] = ()
) -> Delivery:
    """A delivery of profile rows."""
    kinds = sorted({key.removeprefix(ID) for row in rows for key in row if key.startswith(ID)})
    names = sorted({key for row in rows for key in row if not key.startswith(ID)})
    filled = [{"source": source, **row} for row in rows]
    schema = attribute_schema(kinds, names)
    return _delivery(filled, schema, "attributes", source, file, cuts, {})


def _delivery(
    rows: Sequence[Row],
    schema: pa.Schema,
    kind: Any,
    source: str,
    file: str,
    cuts: Sequence[int],
    quarantined: Mapping[str, int],
) -> Delivery:
    edges = sorted({0, len(rows), *(cut for cut in cuts if 0 < cut < len(rows))})
    complete = [{name: row.get(name) for name in schema.names} for row in rows]
    batches = [
        pa.RecordBatch.from_pylist(complete[start:end], schema=schema)
        for start, end in pairwise(edges)
    ]
    report = Report(source, file, rows=len(rows), mapped=len(rows))
    for code, n in quarantined.items():
        report.quarantine(code, n)
    reader = pa.RecordBatchReader.from_batches(schema, batches)
    return Delivery(source, file, kind, reader, report)


def journeys_of(
    store: Store,
    deliveries: Iterable[Delivery] = (),
    *,
    unit: str = "person",
    order: Sequence[str] = (),
    spec: IdentitySpec | None = None,
) -> tuple[Journeys, People]:
    """The whole way: append, resolve, build, load."""
    append(store, deliveries)
    people = resolve(store, spec or IdentitySpec())
    build(store, people, unit=unit, order=order)
    return load(store, unit, zone="UTC"), people


def fingerprint(journeys: Journeys) -> tuple[bytes, ...]:
    """All bytes of journeys, row pointers aside."""
    found: list[bytes] = [repr(journeys.vocabulary).encode()]
    for batch in journeys:
        arrays = (batch.offsets, batch.code, batch.time_us, batch.channel, batch.value, batch.score)
        states = (batch.states[name] for name in sorted(batch.states))
        found += [repr(batch.customer.to_pylist()).encode()]
        found += [array.tobytes() for array in (*arrays, *states)]
    if journeys.attributes is not None:
        found.append(repr(journeys.attributes.to_pydict()).encode())
    return tuple(found)
