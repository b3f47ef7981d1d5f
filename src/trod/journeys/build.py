"""Journeys from the log and the people, sorted from the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.store import Store, Transaction
from trod.events.names import AS_THEY_ARE, NamesSpec
from trod.identity.resolve import People
from trod.journeys.assemble import BUCKETS, CustomerOrder, batches, in_buckets
from trod.journeys.bare import from_arrow
from trod.journeys.columns import empty, vocabulary_of
from trod.journeys.ground import Ground
from trod.journeys.kept import load, save
from trod.journeys.narrow import narrow
from trod.journeys.parts import kind_of, write_batches
from trod.journeys.shelf import TIE, Shelf
from trod.journeys.texts import Texts, codes_of
from trod.journeys.vocabulary import Naming

__all__ = ["build", "build_in", "from_arrow", "load", "save"]

SORTED_ROWS: Final = 20_000_000
"""Rows that are sorted in one go, at about 100 bytes each."""


def build(
    store: Store,
    people: People,
    *,
    unit: str,
    order: Sequence[str] = (),
    names: NamesSpec = AS_THEY_ARE,
    sorted_rows: int = SORTED_ROWS,
) -> None:
    """Sort the log into journeys of persons or accounts, and write them to the store.

    Touchpoints of a customer are ordered by time, then by the rank of the touchpoint, then by
    event id; customers by id in sixteen buckets. Nothing depends on the order of arrival.

    Parameters
    ----------
    store
        Holds the log; receives the journeys.
    people
        What `resolve` found in that log.
    unit
        "person" or "account". Touchpoints of nobody, or of a person without a single account,
        are left out and counted.
    order
        Touchpoints in the order in which they count when their times are equal; others follow
        by name.
    names
        Which raw names are one touchpoint; by default each is its own.
    sorted_rows
        Rows that are sorted in one go; more are sorted bucket by bucket, reading the log again.

    Raises
    ------
    StoreError
        If the log has grown since `people` were found, or another process writes.
    DataError
        If there are more names of touchpoints, channels or states than names can be.
    """
    with store.write() as tx:
        build_in(tx, Ground.of(store, people, order, names), unit, sorted_rows)
        tx.commit()


def build_in(tx: Transaction, ground: Ground, unit: str, sorted_rows: int = SORTED_ROWS) -> None:
    """Do what `build` does as a part of a transaction."""
    tx.drop(kind_of(unit))
    chunks = ground.chunks(range(len(ground.log)))
    texts = sum((chunk.texts for chunk in chunks), Texts())
    naming = codes_of(texts, chunks, ground.order, ground.names)
    left_out = _Build.of(ground, unit, naming).write(tx, sorted_rows)
    vocabulary = vocabulary_of(naming)
    ground.conclude(tx, unit, texts, (vocabulary, vocabulary), left_out)


@dataclass(frozen=True, slots=True, eq=False)
class _Build:
    """What is known before the first row is sorted."""

    ground: Ground
    unit: str
    naming: dict[str, Naming]
    customers: CustomerOrder
    counts: NDArray[np.int64]  # (n_customers,) rows of each customer, in order of buckets
    place: NDArray[np.int32]  # (n_persons + 1,) from person to customer, -1 for none

    @classmethod
    def of(cls, ground: Ground, unit: str, naming: dict[str, Naming]) -> _Build:
        """Count the rows of each customer."""
        known = ground.people.names(unit)
        rows = np.zeros(len(known) + 1, np.int64)
        for part in ground.log if len(known) else ():
            owner = ground.people.of_rows(part, unit)
            rows += np.bincount(np.where(owner < 0, len(known), owner), minlength=rows.size)
        there = np.flatnonzero(rows[:-1])
        customers = in_buckets(known.take(pa.array(there)))
        counts = np.zeros(there.size, np.int64)
        counts[customers.place] = rows[there]
        place = np.full(rows.size, -1, np.int32)
        place[there] = customers.place
        return cls(ground, unit, naming, customers, counts, place)

    def write(self, tx: Transaction, sorted_rows: int) -> int:
        """Sort and write all batches. Return how many rows belong to no customer."""
        first = self.customers.first
        total = np.concatenate([[0], np.cumsum(self.counts)])[first]
        start = 0 if self.counts.size else BUCKETS
        while start < BUCKETS:
            end = start + 1
            while end < BUCKETS and total[end + 1] - total[start] <= sorted_rows:
                end += 1
            self._write_buckets(tx, start, end)
            start = end
        return int(self.ground.first_row[-1] - self.counts.sum())

    def _write_buckets(self, tx: Transaction, start: int, end: int) -> None:
        """Sort and write the buckets from start to end."""
        first = self.customers.first[start : end + 1]
        low, high = int(first[0]), int(first[-1])
        vocabulary = vocabulary_of(self.naming)
        shelf = Shelf.of(self.counts[low:high], {**empty(vocabulary), TIE: np.uint64(0)})
        ground = self.ground
        for at, (part, row) in enumerate(zip(ground.log, ground.first_row.tolist(), strict=False)):
            place = self.place[ground.people.of_rows(part, self.unit)]
            mine = (place >= low) & (place < high)
            customer = np.where(mine, place - low, -1).astype(np.int32)
            shelf.put(customer, narrow(ground.store, part.part, self.naming, at, row))
        names = self.customers.names[low:high]
        made = batches(shelf.sorted(), names, first - low, vocabulary)
        write_batches(tx, self.unit, ((start + bucket, batch) for bucket, batch in made))
