"""Which customers: the one object behind a count and behind the list that explains it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

import numpy as np
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


def count(predicate: Predicate, batches: Iterable[JourneyBatch]) -> int:
    """Count the customers who are meant."""
    return sum(int(np.count_nonzero(predicate.mask(batch))) for batch in batches)


def customers(predicate: Predicate, batches: Iterable[JourneyBatch]) -> list[str]:
    """List the customers who are meant, by canonical id."""
    names: list[str] = []
    for batch in batches:
        names.extend(batch.customer.take(np.flatnonzero(predicate.mask(batch))).to_pylist())
    return sorted(names)
