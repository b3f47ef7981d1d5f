"""Journeys from the log and the people: write them, load them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.codes import encode, unify
from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod._store.threads import in_parallel
from trod.errors import StoreError
from trod.events.log_part import ID_HI, columns_of, read_part
from trod.events.names import AS_THEY_ARE, NamesSpec, rename
from trod.identity.ids import PartIds
from trod.identity.resolve import People
from trod.journeys.assemble import (
    BUCKETS,
    CustomerOrder,
    batches,
    in_buckets,
)
from trod.journeys.attributes import attribute_table
from trod.journeys.bare import from_arrow
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.columns import (
    COLUMN,
    STATE,
    empty,
    naming_of,
    numbers,
    vocabulary_of,
)
from trod.journeys.origin import ORIGIN, origin
from trod.journeys.parts import (
    ATTRIBUTES,
    CUSTOMERS,
    EVENTS,
    SUMMARY,
    kind_of,
    read_attributes,
    read_batch,
    read_summary,
    write_attributes,
    write_batches,
    write_summary,
)
from trod.journeys.shelf import TIE, Shelf
from trod.journeys.text import LogText
from trod.journeys.vocabulary import Naming

__all__ = ["build", "from_arrow", "load", "save"]

SORTED_ROWS: Final = 20_000_000
"""Rows that are sorted in one go, at about 100 bytes each."""
TOUCHPOINTS: Final = "touchpoints"


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
        log = [part for part in people.ids.parts if part.part.kind == TOUCHPOINTS]
        if [part.part.path for part in log] != [
            part.path for part in store.manifest.of(TOUCHPOINTS)
        ]:
            raise StoreError("the log has changed since the people were found: resolve them again.")
        tx.drop(kind_of(unit))
        work = _Build.of(store, people, log, unit, order, names)
        left_out = work.write(tx, sorted_rows)
        write_attributes(tx, unit, attribute_table(store, people, unit))
        made_from = origin(
            (part.part for part in people.ids.parts), people.spec, order, people.signature, names
        )
        facts: dict[str, int | str] = {"left_out": left_out, ORIGIN: made_from}
        write_summary(tx, unit, vocabulary_of(work.naming), **facts)
        tx.commit()


def save(store: Store, journeys: Journeys) -> None:
    """Write journeys from `from_arrow` to a store; `load` then maps them.

    They have no log behind them, so nobody can ask what a customer wrote.
    """
    with store.write() as tx:
        tx.drop(kind_of(journeys.unit))
        write_batches(tx, journeys.unit, enumerate(journeys.batches))
        write_summary(tx, journeys.unit, journeys.vocabulary)
        tx.commit()


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
    parts = store.manifest.of(kind_of(unit))
    holding = {(part.facts["holds"], part.facts.get("bucket", 0)): part for part in parts}
    if (SUMMARY, 0) not in holding:
        raise StoreError(f"{store.folder} holds no journeys of unit {unit!r}: build them first.")
    vocabulary = read_summary(store, holding[SUMMARY, 0])
    filled = [bucket for bucket in range(BUCKETS) if (EVENTS, bucket) in holding]

    def read(bucket: int) -> JourneyBatch:
        return read_batch(store, holding[EVENTS, bucket], holding[CUSTOMERS, bucket], vocabulary)

    made = tuple(in_parallel(read, filled))
    told = holding.get((ATTRIBUTES, 0))
    attributes = read_attributes(store, told) if told else None
    text = LogText(store, store.manifest.of(TOUCHPOINTS))
    return Journeys(made, vocabulary, unit, zone, zone_assumed, attributes, text, currency)


@dataclass(frozen=True, slots=True, eq=False)
class _Build:
    """What is known before the first row is sorted."""

    store: Store
    people: People
    log: list[PartIds]
    unit: str
    naming: dict[str, Naming]
    customers: CustomerOrder
    counts: NDArray[np.int64]  # (n_customers,) rows of each customer, in order of buckets
    place: NDArray[np.int32]  # (n_persons + 1,) from person to customer, -1 for none

    @classmethod
    def of(
        cls,
        store: Store,
        people: People,
        log: list[PartIds],
        unit: str,
        order: Sequence[str],
        names: NamesSpec,
    ) -> _Build:
        """Count the rows of each customer and name the codes."""
        known = people.names(unit)
        rows = np.zeros(len(known) + 1, np.int64)
        for part in log:
            owner = people.of_rows(part, unit)
            rows += np.bincount(np.where(owner < 0, len(known), owner), minlength=rows.size)
        there = np.flatnonzero(rows[:-1])
        customers = in_buckets(known.take(pa.array(there)))
        counts = np.zeros(there.size, np.int64)
        counts[customers.place] = rows[there]
        place = np.full(rows.size, -1, np.int32)
        place[there] = customers.place
        naming = _naming(store, [part.part for part in log], order, names)
        return cls(store, people, log, unit, naming, customers, counts, place)

    def write(self, tx: Transaction, sorted_rows: int) -> int:
        """Sort and write all batches. Return how many rows belong to no customer."""
        first = self.customers.first
        total = np.concatenate([[0], np.cumsum(self.counts)])[first]
        start = 0
        while start < BUCKETS:
            end = start + 1
            while end < BUCKETS and total[end + 1] - total[start] <= sorted_rows:
                end += 1
            self._write_buckets(tx, start, end)
            start = end
        return sum(part.part.rows for part in self.log) - int(self.counts.sum())

    def _write_buckets(self, tx: Transaction, start: int, end: int) -> None:
        """Sort and write the buckets from start to end."""
        first = self.customers.first[start : end + 1]
        low, high = int(first[0]), int(first[-1])
        shelf = Shelf.of(self.counts[low:high], {**empty(self.naming), TIE: np.uint64(0)})
        row = 0
        for at, part in enumerate(self.log):
            place = self.place[self.people.of_rows(part, self.unit)]
            mine = (place >= low) & (place < high)
            customer = np.where(mine, place - low, -1).astype(np.int32)
            shelf.put(customer, self._columns(at, part.part, row))
            row += part.part.rows
        names = self.customers.names[low:high]
        vocabulary = vocabulary_of(self.naming)
        made = batches(shelf.sorted(), names, first - low, vocabulary)
        write_batches(tx, self.unit, ((start + bucket, batch) for bucket, batch in made))

    def _columns(self, at: int, part: Part, row: int) -> dict[str, NDArray[Any]]:
        """Read the narrow columns of one part whose first row is `row`."""
        table = _read(self.store, part, (*self.naming, "time_us", "value", "score", ID_HI))
        columns: dict[str, NDArray[Any]] = {
            COLUMN.get(name, name): naming.codes(at, encode(table[name]).code)
            for name, naming in self.naming.items()
            if name in table.column_names
        }
        columns |= numbers(table)
        columns["time_us"] = table["time_us"].combine_chunks().to_numpy()
        columns["row"] = np.arange(row, row + part.rows, dtype=np.int64)
        columns[TIE] = table[ID_HI].combine_chunks().to_numpy()
        return columns


def _read(store: Store, part: Part, wanted: Sequence[str]) -> pa.Table:
    """Read some columns of a part of the log, texts as codes."""
    there = set(columns_of(store, part))
    names = [name for name in wanted if name in there]
    texts = [name for name in names if name.startswith(("touchpoint", "channel", STATE))]
    return read_part(store, part, names, codes=texts).unify_dictionaries()


def _naming(
    store: Store, log: Sequence[Part], order: Sequence[str], names: NamesSpec
) -> dict[str, Naming]:
    """Name all codes: read every text column that journeys keep, but not its rows."""
    columns = {"touchpoint", "channel"}
    for part in log:
        columns |= {name for name in columns_of(store, part) if name.startswith(STATE)}
    values: dict[str, list[pa.StringArray]] = {name: [] for name in sorted(columns)}
    rows: Counter[str] = Counter()
    unknown_channel = False
    for part in log:
        table = _read(store, part, sorted(columns))
        for name, texts in values.items():
            there = name in table.column_names
            texts.append(encode(table[name]).values if there else pa.array([], pa.string()))
        rows += rows_by_name(table["touchpoint"])
        unknown_channel |= "channel" not in table.column_names or table["channel"].null_count > 0
    unified = {name: unify(texts) for name, texts in values.items()}
    called = {raw: one.name for raw, one in rename(names, rows).items() if one.name != raw}
    return naming_of(unified, order, unknown_channel=unknown_channel, called=called)


def rows_of_log(store: Store) -> Counter[str]:
    """Count the rows of every touchpoint in the log, by its raw name."""
    rows: Counter[str] = Counter()
    for part in store.manifest.of(TOUCHPOINTS):
        rows += rows_by_name(_read(store, part, ["touchpoint"])["touchpoint"])
    return rows


def rows_by_name(column: pa.ChunkedArray) -> Counter[str]:
    """Count the rows of every touchpoint of a part of the log."""
    coded = encode(column)
    counts = np.bincount(coded.code, minlength=len(coded.values)).tolist()
    return Counter(dict(zip(coded.values.to_pylist(), counts, strict=True)))
