"""Journeys straight from customer, touchpoint and time columns, without a workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.codes import Coded, encode, unify
from trod._store.threads import in_parallel
from trod.errors import DataError, unknown
from trod.journeys.assemble import batches, in_buckets
from trod.journeys.batch import Journeys, Vocabulary
from trod.journeys.columns import (
    COLUMN,
    STATE,
    empty,
    naming_of,
    numbers,
    vocabulary_of,
)
from trod.journeys.shelf import Shelf
from trod.journeys.vocabulary import Naming

_CHUNK_ROWS: Final = 1_000_000


class _Chunk(NamedTuple):
    """Some rows in order of arrival, texts as codes of this chunk."""

    customer: Coded
    texts: dict[str, Coded]  # touchpoint, channel, state.<name>
    numbers: dict[str, NDArray[Any]]  # time_us, value, score


_NONE: Final = pa.array([], pa.string())
_READ: Final = _Chunk(Coded(np.zeros(0, np.int32), _NONE), {}, {})


def from_arrow(
    rows: Iterable[pa.RecordBatch] | pa.Table,
    *,
    customer: str = "customer",
    touchpoint: str = "touchpoint",
    time: str = "time",
    order: Sequence[str] = (),
    unit: str = "person",
    zone: str = "UTC",
    currency: str | None = None,
) -> Journeys:
    """Sort touchpoints into journeys in memory.

    For notebooks, tests and benchmarks, where customers are known and every row counts. A
    workspace does more: it takes any file, leaves out repeats, finds out who is who, and keeps
    its log.

    Parameters
    ----------
    rows
        A table, a reader, or record batches of one schema, in any order. Beside the three
        columns named below, ``channel`` (text), ``value`` (whole millionths of money), ``score``
        (-1000 to 1000) and ``state.<name>`` (text) are taken where they are there; others are
        not read.
    customer, touchpoint, time
        Names of the columns. Customers and touchpoints are text or integers, plain or dictionary
        encoded. Times are timestamps, with a zone or in UTC, or integer microseconds UTC.
    order
        Names of touchpoints in the order in which they count when they have the same time;
        others follow by name.
    unit
        What a customer is: "person" or "account".
    zone
        IANA zone in which dates are shown.
    currency
        Code of the money in ``value``, such as EUR.

    Returns
    -------
    Journeys
        In sixteen batches by hash of the customer id, sorted by customer, time and touchpoint.

    Raises
    ------
    DataError
        If a column is missing or of another kind, or a customer, touchpoint or time is null.

    Notes
    -----
    A counting sort by customer, then a sort of those customers whose times are not in order:
    O(n) where rows arrive by time. Needs about 100 bytes a row while sorting, 30 after.

    Examples
    --------
    >>> import pyarrow as pa
    >>> table = pa.table({
    ...     "customer": ["ann", "bob", "ann"],
    ...     "touchpoint": ["pay", "signup", "signup"],
    ...     "time": [30, 10, 20],
    ... })
    >>> journeys = from_arrow(table)
    >>> journeys.n_customers, journeys.n_events, journeys.vocabulary.touchpoints
    (2, 3, ('pay', 'signup'))
    """
    named = {"customer": customer, "touchpoint": touchpoint, "time": time}
    chunks = in_parallel(lambda table: _read(table, named), _tables(rows))
    if not chunks:
        return Journeys((), Vocabulary((), ()), unit, zone, currency=currency)
    return _sorted(chunks, order, unit=unit, zone=zone, currency=currency)


def _sorted(
    chunks: list[_Chunk], order: Sequence[str], *, unit: str, zone: str, currency: str | None
) -> Journeys:
    naming = _naming(chunks, order)
    customers = unify([chunk.customer.values for chunk in chunks])
    people = in_buckets(customers.values)
    places = [people.place[to_values] for to_values in customers.to_values]
    counts = np.zeros(people.place.size, np.int64)
    for chunk, place in zip(chunks, places, strict=True):
        counts[place] += np.bincount(chunk.customer.code, minlength=place.size)
    shelf = Shelf.of(counts, empty(vocabulary_of(naming)))
    row = 0
    for at, place in enumerate(places):
        columns = _columns(chunks[at], at, naming, row)
        shelf.put(place[chunks[at].customer.code], columns)
        row += columns["row"].size
        chunks[at] = _READ  # gives up its memory
    vocabulary = vocabulary_of(naming)
    made = batches(shelf.sorted(), people.names, people.first, vocabulary)
    return Journeys(tuple(batch for _, batch in made), vocabulary, unit, zone, currency=currency)


def _naming(chunks: list[_Chunk], order: Sequence[str]) -> dict[str, Naming]:
    texts = {
        name: unify([chunk.texts[name].values for chunk in chunks]) for name in chunks[0].texts
    }
    texts.setdefault("channel", unify([_NONE] * len(chunks)))
    channels = [chunk.texts["channel"].code for chunk in chunks if "channel" in chunk.texts]
    unknown = not channels or any((code < 0).any() for code in channels)
    return naming_of(texts, order, unknown_channel=unknown)


def _columns(
    chunk: _Chunk, at: int, naming: Mapping[str, Naming], row: int
) -> dict[str, NDArray[Any]]:
    """Give the narrow columns of a chunk whose first row is `row`."""
    coded = {
        COLUMN.get(name, name): naming[name].codes(at, text.code)
        for name, text in chunk.texts.items()
    }
    size = chunk.numbers["time_us"].size
    return {**coded, **chunk.numbers, "row": np.arange(row, row + size, dtype=np.int64)}


def _tables(rows: Iterable[pa.RecordBatch] | pa.Table) -> Iterator[pa.Table]:
    """Give tables of about a million rows."""
    waiting: list[pa.RecordBatch] = []
    for batch in rows.to_batches(_CHUNK_ROWS) if isinstance(rows, pa.Table) else rows:
        if waiting and sum(part.num_rows for part in waiting) + batch.num_rows > _CHUNK_ROWS:
            yield pa.Table.from_batches(waiting)
            waiting = []
        if batch.num_rows:
            waiting.append(batch)
    if waiting:
        yield pa.Table.from_batches(waiting)


def _read(table: pa.Table, named: Mapping[str, str]) -> _Chunk:
    """Encode one table; runs in a thread."""
    if missing := [column for column in named.values() if column not in table.column_names]:
        raise DataError(unknown("column", missing[0], table.column_names))
    for column in named.values():
        if table[column].null_count:
            raise DataError(f"{column} is null in {table[column].null_count:,} rows: fill or drop.")
    texts = {"touchpoint": encode(table[named["touchpoint"]])}
    for name in table.column_names:
        if name == "channel" or name.startswith(STATE):
            texts[name] = encode(table[name])
    time_us = _time_us(table[named["time"]], named["time"])
    return _Chunk(encode(table[named["customer"]]), texts, {"time_us": time_us, **numbers(table)})


def _time_us(column: pa.ChunkedArray, name: str) -> NDArray[np.int64]:
    kind = column.type
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us", kind.tz), safe=False).cast(pa.int64())
    elif not pa.types.is_integer(kind):
        raise DataError(f"{name} is {kind}: need a timestamp, or integer microseconds UTC.")
    times: NDArray[np.int64] = column.cast(pa.int64()).combine_chunks().to_numpy()
    return times
