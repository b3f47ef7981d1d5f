"""What customers did next after their last touchpoints: exact counts, by how long ago it was.

A *context* is the last so many touchpoints of a customer, the start of the journey counting as one;
or the last touchpoint, and the days since the first in steps of half a doubling.
What came next is another touchpoint, or the *end*: nothing for `left_after`. Counts are kept by
age, in steps that double from one week on, so that what is old can weigh less than what is new. A
count is *settled* where the end could have been seen: how often nothing comes is read from those
only, because of the newest touchpoints it is not known yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.grams import N_AGES, N_CELLS, N_SINCE, contexts_at, count_grams
from trod.analyses.tally import Tally
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Vocabulary

__all__ = ["N_AGES", "GramCounts", "Grams", "GramsResult", "contexts", "longest_order"]

DENSE_KEYS: Final = 1 << 22
"""Up to so many possible keys they are counted in a table; beyond it they are sorted."""


class GramsResult(NamedTuple):
    """Row g is one context with one thing that followed it, in order of contexts."""

    base: int  # n_names + 3
    context: NDArray[np.int64]  # (n_grams,) number of the context, ascending
    following: NDArray[np.int64]  # (n_grams,) code; n_names + 1 is the end
    n: NDArray[np.int64]  # (n_grams, N_AGES, 2) by age, and by whether it is settled

    def columns(self) -> dict[str, Any]:
        """Give one row per gram."""
        return {
            "context": self.context,
            "following": self.following,
            "n": self.n.sum(axis=(1, 2)),
        }


@dataclass(frozen=True, slots=True, eq=False)
class GramCounts(Sums):
    """Grams by ``gram * N_CELLS + cell``."""

    grams: Tally


@dataclass(frozen=True, slots=True)
class Grams:
    """What followed the last 0, 1, ... `order` touchpoints, as it was known at a moment.

    And what followed the last one, by how long the journey had lasted.
    """

    vocabulary: Vocabulary
    order: int
    as_of_us: int
    left_after_us: int

    def empty(self) -> GramCounts:
        """Give the counts of no data."""
        return GramCounts(Tally.empty(1))

    def read(self, batch: JourneyBatch) -> GramCounts:
        """Count one batch."""
        keys = (self._keys(batch, length) for length in range(self.order + 2))
        return GramCounts(reduce(add, keys))

    def finish(self, state: GramCounts) -> GramsResult:
        """Take the numbers apart."""
        base = len(self.vocabulary.touchpoints) + 3
        gram, cell = np.divmod(state.grams.key, N_CELLS)
        unique, place = np.unique(gram, return_inverse=True)
        count = np.zeros((unique.size, N_CELLS), np.int64)
        count[place, cell] = state.grams.count[:, 0]
        context, digit = np.divmod(unique, base)
        return GramsResult(base, context, digit - 1, count.reshape(-1, N_AGES, 2))

    def _keys(self, batch: JourneyBatch, length: int) -> Tally:
        base = len(self.vocabulary.touchpoints) + 3
        most = n_keys(base, length, self.order)
        dense = most <= DENSE_KEYS
        counts = np.zeros(most if dense else 0, np.int64)
        keys = np.empty(0 if dense else batch.n_events, np.int64)
        n = count_grams(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            length,
            self.order,
            base,
            self.as_of_us,
            self.as_of_us - self.left_after_us,
            counts,
            keys,
        )
        return Tally.of_dense(counts) if dense else Tally.of_many(keys[:n])


def contexts(
    batch: JourneyBatch,
    code: NDArray[np.uint16],  # (n_events,) of the batch, or of another vocabulary
    row: NDArray[np.int64],  # (n,) last row of each context
    base: int,
    order: int,
) -> NDArray[np.int64]:  # (n, order + 2)
    """Give the numbers of the contexts at some rows by length; -1 where a journey is shorter.

    The last column is that of how long the journey has lasted.
    """
    numbers = np.empty((row.size, order + 2), np.int64)
    first = batch.offsets[np.searchsorted(batch.offsets, row, side="right") - 1]
    contexts_at(
        given(first, np.int64),
        given(row, np.int64),
        given(code, np.uint16),
        given(batch.time_us, np.int64),
        base,
        numbers,
    )
    return numbers


def n_keys(base: int, length: int, order: int) -> int:
    """Give the least number above all keys of contexts of one length."""
    shorter = int(base**order)
    contexts = int(base**length) if length <= order else shorter + (base + 1) * N_SINCE
    return contexts * base * N_CELLS


def longest_order(n_names: int, most: int = 5) -> int:
    """Give the longest context whose grams all have numbers of their own in 63 bits.

    Examples
    --------
    >>> longest_order(40), longest_order(3_000), longest_order(60_000)
    (5, 4, 2)
    """
    base = n_names + 3
    return max(k for k in range(most + 1) if n_keys(base, k + 1, k) < 2**63)
