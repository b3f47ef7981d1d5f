"""The journeys of a unit as the store keeps them: a base, a small delta, and what they rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod._store.threads import in_parallel
from trod.errors import StoreError
from trod.journeys.assemble import BUCKETS, batch_of
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.columns import empty
from trod.journeys.delta import NOTHING, Delta, merged, recoded, recoding
from trod.journeys.parts import (
    ATTRIBUTES,
    CUSTOMERS,
    DELTA,
    EVENTS,
    SUMMARY,
    TEXTS,
    Stored,
    arrow_file,
    kind_of,
    read_attributes,
    read_batch,
    read_summary,
    write_batches,
    write_summary,
)
from trod.journeys.text import LogText
from trod.journeys.texts import Texts

TOUCHPOINTS: Final = "touchpoints"
PERSON: Final = "person"
OF: Final = "of"
"""Fact of the parts of a delta: which of its three tables a part is."""
_GONE: Final = "gone"
_BEFORE: Final = "before"


@dataclass(frozen=True, slots=True)
class Kept:
    """The parts of the journeys of one unit."""

    store: Store
    unit: str
    vocabulary: Vocabulary
    base: Vocabulary  # behind the codes of the batches of the base
    holding: Mapping[tuple[str, int], Part]

    @classmethod
    def of(cls, store: Store, unit: str) -> Kept:
        """Find them.

        Raises
        ------
        StoreError
            If they were never built, or a file is missing or damaged. `build` makes them anew.
        """
        parts = store.manifest.of(kind_of(unit))
        holding = {(part.facts["holds"], part.facts.get("bucket", 0)): part for part in parts}
        if (SUMMARY, 0) not in holding:
            raise StoreError(
                f"{store.folder} holds no journeys of unit {unit!r}: build them first."
            )
        vocabulary, base = read_summary(store, holding[SUMMARY, 0])
        return cls(store, unit, vocabulary, base, holding)

    @property
    def facts(self) -> Mapping[str, Any]:
        """How they came to be."""
        return self.holding[SUMMARY, 0].facts

    @property
    def texts(self) -> Texts | None:
        """The names in the part of the log that is in these journeys."""
        part = self.holding.get((TEXTS, 0))
        return Texts.read(bytes(self.store.checked(part))) if part else None

    @property
    def rows_of_base(self) -> int:
        """How many touchpoints the base has."""
        return sum(part.rows for (holds, _), part in self.holding.items() if holds == EVENTS)

    def bases(self) -> list[Stored]:
        """Map the base, one batch a bucket, in its own codes."""

        def read(bucket: int) -> Stored:
            if (EVENTS, bucket) not in self.holding:
                return NOTHING
            return read_batch(
                self.store, self.holding[EVENTS, bucket], self.holding[CUSTOMERS, bucket]
            )

        return in_parallel(read, range(BUCKETS))

    def deltas(self) -> list[Delta] | None:
        """Give what is new in each bucket, in the codes of today; None where nothing is."""
        parts = {part.facts[OF]: part for part in self._of(DELTA)}
        if not parts:
            return None
        tables = {of: pa.ipc.open_file(self.store.checked(part)) for of, part in parts.items()}
        return [
            _delta(*(tables[of].get_batch(bucket) for of in (CUSTOMERS, EVENTS, _GONE)))
            for bucket in range(BUCKETS)
        ]

    def _of(self, holds: str) -> list[Part]:
        parts = self.store.manifest.of(kind_of(self.unit))
        return [part for part in parts if part.facts["holds"] == holds]

    def batches(self) -> tuple[JourneyBatch, ...]:
        """Map all batches that have customers, put together with what is new in them."""
        made = together(self.bases(), self.deltas(), self.base, self.vocabulary)
        return tuple(batch for _, batch in made)

    def drop_all_but_base(self, tx: Transaction) -> None:
        """Leave out what is written anew with every delivery."""
        for part in self.store.manifest.of(kind_of(self.unit)):
            if part.facts["holds"] not in (EVENTS, CUSTOMERS):
                tx.drop(part.path)


def together(
    bases: Sequence[Stored],
    deltas: Sequence[Delta] | None,
    before: Vocabulary,
    now: Vocabulary,
) -> list[tuple[int, JourneyBatch]]:
    """Put bases and deltas together: each bucket that has customers, and its batch.

    Bases are in the codes of `before`, deltas in those of `now`, as all batches will be.
    """
    tables, nothing = recoding(before, now), empty(now)

    def made(bucket: int) -> tuple[int, JourneyBatch]:
        base = bases[bucket]
        lacking = {
            name: np.full(base.n_events, none)
            for name, none in nothing.items()
            if name not in base.columns
        }
        base = base._replace(columns={**recoded(base.columns, tables), **lacking})
        if deltas is not None and deltas[bucket].weight:
            base = merged(base, deltas[bucket], nothing)
        return bucket, batch_of(now, base.customer, base.offsets, base.columns)

    every = in_parallel(made, range(BUCKETS))
    return [(bucket, batch) for bucket, batch in every if batch.n_customers]


def write_deltas(tx: Transaction, unit: str, deltas: Sequence[Delta]) -> None:
    """Write what is new in every bucket: three files, in each one batch for a bucket."""
    tables = {
        CUSTOMERS: [
            pa.record_batch(
                {
                    "customer": one.customer,
                    "end": pa.array(one.offsets[1:]),
                    "place": pa.array(one.place),
                    "known": pa.array(one.known),
                }
            )
            for one in deltas
        ],
        EVENTS: [
            pa.record_batch(
                {name: pa.array(it) for name, it in {**one.columns, _BEFORE: one.before}.items()}
            )
            for one in deltas
        ],
        _GONE: [pa.record_batch({_GONE: pa.array(one.gone)}) for one in deltas],
    }
    for of, each in tables.items():
        rows = sum(batch.num_rows for batch in each)
        facts = {"holds": DELTA, OF: of}
        tx.add(kind_of(unit), "arrow", arrow_file(*each), rows=rows, facts=facts)


def _delta(customers: pa.RecordBatch, events: pa.RecordBatch, gone: pa.RecordBatch) -> Delta:
    columns = {name: events[name].to_numpy() for name in events.schema.names}
    before = columns.pop(_BEFORE)
    return Delta(
        customers["customer"],
        customers["place"].to_numpy(),
        customers["known"].to_numpy(zero_copy_only=False),
        np.concatenate([np.zeros(1, np.int64), customers["end"].to_numpy()]),
        columns,
        before,
        gone[_GONE].to_numpy(),
    )


def load(
    store: Store,
    unit: str,
    *,
    zone: str,
    zone_assumed: bool = False,
    currency: str | None = None,
) -> Journeys:
    """Map the journeys of a unit into memory; they stay as they are while the store goes on.

    Parameters
    ----------
    store
        Where `build` wrote them.
    unit
        "person" or "account".
    zone
        IANA zone in which dates are shown.
    zone_assumed
        Whether naive times were read in a default zone.
    currency
        Code of the money, such as EUR.

    Raises
    ------
    StoreError
        If they were never built, or a file is missing or damaged. `build` makes them anew.
    """
    kept = Kept.of(store, unit)
    told = kept.holding.get((ATTRIBUTES, 0))
    attributes = read_attributes(store, told) if told else None
    text = LogText(store, store.manifest.of(TOUCHPOINTS))
    return Journeys(
        kept.batches(),
        kept.vocabulary,
        unit,
        zone,
        zone_assumed,
        attributes,
        text,
        currency,
        PeopleOfRows(store) if store.manifest.of(kind_of(PERSON)) else None,
    )


@dataclass(frozen=True, slots=True)
class PeopleOfRows:
    """Who did what, by row of the log: read from the journeys of people where somebody asks."""

    store: Store
    _owner: list[NDArray[np.int32]] = field(default_factory=list, init=False, repr=False)

    def __call__(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give a number for the person of each row, -1 for nobody's."""
        if not self._owner:
            self._owner.append(self._read())
        owner = self._owner[0]
        known = rows < owner.size
        return np.where(known, owner[np.where(known, rows, 0)], np.int32(-1))

    def _read(self) -> NDArray[np.int32]:
        batches = Kept.of(self.store, PERSON).batches()
        last = max((int(batch.row.max(initial=-1)) for batch in batches), default=-1)
        owner = np.full(last + 2, -1, np.int32)
        first = 0
        for batch in batches:
            who = np.arange(first, first + batch.n_customers, dtype=np.int32)
            owner[batch.row] = np.repeat(who, np.diff(batch.offsets))
            first += batch.n_customers
        return owner


def save(store: Store, journeys: Journeys) -> None:
    """Write journeys from `from_arrow` to a store; `load` then maps them.

    They have no log behind them, so nobody can ask what a customer wrote.
    """
    with store.write() as tx:
        tx.drop(kind_of(journeys.unit))
        write_batches(tx, journeys.unit, enumerate(journeys.batches))
        write_summary(tx, journeys.unit, journeys.vocabulary)
        tx.commit()
