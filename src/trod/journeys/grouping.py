"""Customers in groups: by what an attribute says of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.described import told

OTHER = "other"
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """Which group each customer is in; groups by size, the largest first."""

    name: str
    groups: tuple[str, ...]
    customer: pa.StringArray  # (n,) canonical ids, each once
    code: NDArray[np.int16]  # (n,) index into groups
    rest: int  # group of customers who are not listed

    def of(self, batch: JourneyBatch) -> NDArray[np.int16]:
        """Give the group of each customer of a batch, (n_customers,)."""
        found = pc.index_in(batch.customer, value_set=self.customer)
        at = found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        codes = np.append(self.code, np.int16(self.rest))  # -1 is the last
        return np.asarray(codes[at], np.int16)


def everyone() -> Grouping:
    """Put all customers in one group."""
    return Grouping("", ("all",), pa.array([], pa.string()), np.empty(0, np.int16), 0)


def by_attribute(journeys: Journeys, name: str, *, most: int = 4) -> Grouping:
    """Group customers by an attribute: so many of its values, then the others, then the unknown.

    Raises
    ------
    DefinitionError
        If no profile table has an attribute of this name.

    Examples
    --------
    >>> from trod.journeys.bare import from_arrow
    >>> rows = pa.table({"customer": ["a", "b"], "touchpoint": ["x", "x"], "time": [0, 0]})
    >>> from dataclasses import replace
    >>> size = pa.table({"customer": ["b"], "Size": ["small"]})
    >>> grouped = by_attribute(replace(from_arrow(rows), attributes=size), "Size")
    >>> grouped.groups
    ('small', 'not known')
    """
    table = journeys.attributes
    column = told(table, name)
    assert table is not None
    counted = pc.value_counts(column.drop_null())
    sizes = {each["values"].as_py(): each["counts"].as_py() for each in counted}
    order = sorted(sizes, key=lambda value: (-sizes[value], value))
    groups = [*order[:most], *([OTHER] if len(order) > most else []), NOT_KNOWN]
    place = {value: min(i, most) for i, value in enumerate(order)}
    rest = len(groups) - 1
    code = np.array([place.get(value, rest) for value in column.to_pylist()], np.int16)
    return Grouping(name, tuple(groups), table["customer"].combine_chunks(), code, rest)
