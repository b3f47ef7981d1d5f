"""Customers in sixteen buckets, and their sorted rows as batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.codes import hash_of, rank
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.journeys.columns import STATE
from trod.journeys.shelf import Sorted

BUCKETS: Final = 16
_BITS: Final = np.uint64(60)  # the top four bits of the hash choose one of 16 buckets


class CustomerOrder(NamedTuple):
    """All customers by bucket, inside a bucket by canonical id."""

    names: pa.StringArray  # (n_customers,) in this order
    place: NDArray[np.int32]  # (n_customers,) from the code given to the place in this order
    first: NDArray[np.int64]  # (BUCKETS + 1,) place of the first customer of each bucket


def in_buckets(names: pa.StringArray) -> CustomerOrder:
    """Order customers, given by code, by stable hash of the canonical id, then by the id."""
    by_name = rank(names)
    bucket = (hash_of(names) >> _BITS).astype(np.uint8)
    order = by_name[np.argsort(bucket[by_name], kind="stable")]
    place = np.empty(order.size, np.int32)
    place[order] = np.arange(order.size, dtype=np.int32)
    first = np.concatenate([[0], np.cumsum(np.bincount(bucket, minlength=BUCKETS))])
    return CustomerOrder(names.take(pa.array(order)), place, first.astype(np.int64))


def batches(
    rows: Sorted, customers: pa.StringArray, first: NDArray[np.int64], vocabulary: Vocabulary
) -> Iterator[tuple[int, JourneyBatch]]:
    """Cut sorted rows into the batches of their buckets; a bucket without customers gives none.

    ``first`` says where each bucket begins among `customers`, shape (n_buckets + 1,).
    """
    for bucket in range(first.size - 1):
        start, end = int(first[bucket]), int(first[bucket + 1])
        if start == end:
            continue
        offsets = rows.offsets[start : end + 1]
        piece = slice(int(offsets[0]), int(offsets[-1]))
        columns = {name: values[piece] for name, values in rows.columns.items()}
        yield (
            bucket,
            batch_of(vocabulary, customers[start:end], offsets - offsets[0], columns),
        )


def batch_of(
    vocabulary: Vocabulary,
    customer: pa.StringArray,
    offsets: NDArray[np.int64],
    columns: dict[str, NDArray[Any]],
) -> JourneyBatch:
    """Make a batch of columns by name; ``state.<name>`` columns become its states."""
    for array in (offsets, *columns.values()):
        array.flags.writeable = False  # compiled loops then meet one kind of array only
    own = {name: values for name, values in columns.items() if not name.startswith(STATE)}
    states = {
        name.removeprefix(STATE): values
        for name, values in columns.items()
        if name.startswith(STATE)
    }
    return JourneyBatch(vocabulary, customer, offsets, states=states, **own)
