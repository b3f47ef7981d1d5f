"""Attributes that tell customers apart: those of few values, the value of every row as a code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.journeys.batch import JourneyBatch
from trod.journeys.described import said


class Attribute(NamedTuple):
    """One attribute; who has no value has the code after the last one."""

    name: str
    values: tuple[str, ...]  # in order
    code: NDArray[np.int64]  # (n_rows,) by row of the table of attributes
    missing: bool  # whether any row has no value


def attributes_of(table: pa.Table | None, most: int) -> Iterator[Attribute]:
    """Give the attributes by which customers differ, and that have no more than so many values.

    Examples
    --------
    >>> told = pa.table({"customer": ["a", "b", "c"], "size": ["small", None, "large"]})
    >>> [(each.name, each.values, each.code.tolist()) for each in attributes_of(told, 2)]
    [('size', ('large', 'small'), [1, 2, 0])]
    """
    if table is None:
        return
    for name in table.column_names:
        column = said(table[name].combine_chunks())
        if name == "customer" or pa.types.is_nested(column.type) or not len(column):
            continue
        values = pc.unique(column).drop_null()
        missing = bool(column.null_count)
        if len(values) + missing < 2 or len(values) > most:
            continue
        ordered = values.take(pc.array_sort_indices(values))
        code = np.asarray(pc.index_in(column, value_set=ordered).fill_null(len(ordered)))
        told = tuple(ordered.cast(pa.string()).to_pylist())  # as keys write them
        yield Attribute(name, told, code.astype(np.int64), missing)


def rows_of(batch: JourneyBatch, customers: pa.Array) -> NDArray[np.int64]:
    """Give the row of each customer of a batch among those of a table; -1 for who is not there."""
    place = pc.index_in(batch.customer, value_set=customers.cast(batch.customer.type))
    return np.asarray(place.fill_null(-1)).astype(np.int64)
