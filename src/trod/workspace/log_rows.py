"""Whole touchpoints from the log, by their row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.store import Store
from trod.events.log_part import columns_of, read_part


def log_rows(store: Store, rows: NDArray[np.int64], columns: Sequence[str]) -> pa.Table:
    """Give some rows of the log, in the order asked for; columns a source lacks are null."""
    parts = store.manifest.of("touchpoints")
    ends = np.cumsum([0, *(part.rows for part in parts)])
    part_of = np.searchsorted(ends, rows, side="right") - 1
    tables, places = [], []
    for number in np.unique(part_of).tolist():
        mine = np.flatnonzero(part_of == number)
        there = set(columns_of(store, parts[number]))
        table = read_part(store, parts[number], [name for name in columns if name in there])
        tables.append(table.take(pa.array(rows[mine] - ends[number])))
        places.append(mine)
    if not tables:
        return pa.table({name: pa.array([], pa.string()) for name in columns})
    found = pa.concat_tables(tables, promote_options="default")
    lacking = [name for name in columns if name not in found.column_names]
    for name in lacking:
        found = found.append_column(name, pa.nulls(found.num_rows, pa.string()))
    return found.take(pa.array(np.argsort(np.concatenate(places)))).select(list(columns))
