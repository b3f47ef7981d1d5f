"""Counts of things too many to list in advance: sparse, exact, adding and subtracting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.tally import count_runs, merge


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts by key. Keys ascend, and no row is all zeros, so equal tallies are equal arrays."""

    key: NDArray[np.int64]  # (n_keys,)
    count: NDArray[np.int64]  # (n_keys, width) one column per thing counted

    @classmethod
    def empty(cls, width: int) -> Tally:
        """Give the tally of nothing."""
        return cls(np.empty(0, np.int64), np.empty((0, width), np.int64))

    @classmethod
    def of_dense(cls, first: NDArray[Any], *parts: NDArray[Any]) -> Tally:
        """Take what is not zero out of a table; the key is the index.

        `parts` are tables of the same shape that count some of what the first one counts.
        """
        some = np.flatnonzero(first)
        columns = [table.reshape(-1)[some].astype(np.int64) for table in (first, *parts)]
        return cls(some.astype(np.int64), np.column_stack(columns))

    @classmethod
    def of_many(cls, keys: NDArray[np.int64]) -> Tally:
        """Count each key. Faster than `of_keys`; sorts the keys in place."""
        keys.sort()
        unique, counts = np.empty(keys.size, np.int64), np.empty((keys.size, 1), np.int64)
        n = count_runs(given(keys, np.int64), unique, counts)
        return cls(unique[:n], counts[:n])

    @classmethod
    def of_keys(cls, keys: NDArray[np.int64], *marks: NDArray[np.bool_]) -> Tally:
        """Count each key, and in one more column per mark how often the mark was set with it."""
        unique, place, count = np.unique(keys, return_inverse=True, return_counts=True)
        columns = [count] + [np.bincount(place[mark], minlength=unique.size) for mark in marks]
        return cls(unique, np.column_stack([c.astype(np.int64) for c in columns]))

    def __add__(self, other: Tally) -> Tally:
        return self._merged(other, 1)

    def __sub__(self, other: Tally) -> Tally:
        return self._merged(other, -1)

    def _merged(self, other: Tally, sign: int) -> Tally:
        if other.key.size == 0:
            return self
        if self.key.size == 0 and sign > 0:
            return other
        size, width = self.key.size + other.key.size, self.count.shape[1]
        keys, counts = np.empty(size, np.int64), np.empty((size, width), np.int64)
        n = merge(
            given(self.key, np.int64),
            given(self.count, np.int64),
            given(other.key, np.int64),
            given(other.count, np.int64),
            sign,
            keys,
            counts,
        )
        return Tally(keys[:n], counts[:n])
