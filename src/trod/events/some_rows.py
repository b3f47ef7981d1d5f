"""A fair sample of the rows of a source, the same whatever the order of arrival."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store
from trod.events.log_part import ID_HI, columns_of, read_part

Ranked = tuple[NDArray[np.uint64], NDArray[np.int64]]


def some_rows(store: Store, log: Sequence[Part], columns: Sequence[str], most: int) -> pa.Table:
    """Give the rows with the smallest event ids, which are hashes: as good as drawn by lot.

    Parameters
    ----------
    store
        Where the log is.
    log
        Parts of it, such as those of one source.
    columns
        Which columns; those that a part does not have are null.
    most
        How many rows at most.

    Returns
    -------
    pyarrow.Table
        In order of the event ids.
    """
    smallest = [_smallest(store, part, most) for part in log]
    hashes = np.concatenate([np.zeros(0, np.uint64), *(hi for hi, _ in smallest)])
    bar = np.partition(hashes, most - 1)[most - 1] if hashes.size > most else None
    tables = []
    for part, (hi, rows) in zip(log, smallest, strict=True):
        kept = rows if bar is None else rows[hi <= bar]
        if kept.size:
            tables.append(_read(store, part, columns, kept))
    if not tables:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    found = pa.concat_tables(tables, promote_options="permissive").sort_by(ID_HI)
    return found.slice(0, most).select(list(columns))


def _smallest(store: Store, part: Part, most: int) -> Ranked:
    hi = read_part(store, part, [ID_HI])[ID_HI].combine_chunks().to_numpy()
    if hi.size <= most:
        return hi, np.arange(hi.size)
    rows = np.argpartition(hi, most - 1)[:most]
    return hi[rows], rows


def _read(store: Store, part: Part, columns: Sequence[str], rows: NDArray[np.int64]) -> pa.Table:
    there = set(columns_of(store, part))
    wanted = list(dict.fromkeys([ID_HI, *(name for name in columns if name in there)]))
    table = read_part(store, part, wanted).take(pa.array(np.sort(rows)))
    for name in columns:
        if name not in there:
            table = table.append_column(name, pa.nulls(table.num_rows, pa.string()))
    return table
