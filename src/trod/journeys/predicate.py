"""Which customers: the one object behind a count and behind the list that explains it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.journeys.batch import JourneyBatch


class Predicate(Protocol):
    """A frozen question with a yes or no for each customer.

    A figure shows ``count(predicate, batches)``; its list is ``customers(predicate, batches)``.
    Both come from `mask`, so they cannot disagree.
    """

    @property
    def key(self) -> str:
        """A short text that names the predicate in links and commands; `parse` reads it back."""
        ...

    def mask(self, batch: JourneyBatch, /) -> NDArray[np.bool_]:
        """Say for each customer of the batch, shape (n_customers,), whether it is meant."""
        ...


Named = Callable[[str], Predicate | None]
"""Finds a predicate that only the data at hand can: an attribute, a list that a model made. None
for other keys."""


@dataclass(frozen=True, slots=True)
class Among:
    """Customers on a list, or on no list, under the key by which the list is known.

    Examples
    --------
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table(
    ...     {"customer": ["ann", "bob"], "touchpoint": ["visit", "visit"], "time": [0, 1]}
    ... ))
    >>> customers(Among("segment:s1", pa.array(["bob"])), journeys)
    ['bob']
    """

    key: str
    listed: pa.StringArray = field(compare=False, repr=False)
    on: bool = True  # False for everyone else

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is on the list."""
        found = pc.is_in(batch.customer, value_set=self.listed).to_numpy(zero_copy_only=False)
        return np.asarray(found == self.on, np.bool_)


def count(predicate: Predicate, batches: Iterable[JourneyBatch]) -> int:
    """Count the customers who are meant."""
    return sum(int(np.count_nonzero(predicate.mask(batch))) for batch in batches)


def customers(predicate: Predicate, batches: Iterable[JourneyBatch]) -> list[str]:
    """List the customers who are meant, by canonical id."""
    names: list[str] = []
    for batch in batches:
        names.extend(batch.customer.take(np.flatnonzero(predicate.mask(batch))).to_pylist())
    return sorted(names)
