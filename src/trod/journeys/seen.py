"""Where in a journey each touchpoint stands, and which comes before which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.first_seen import first_seen
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch

BINS: Final = 64
"""A place in a journey runs from 0 to 1 in this many bins."""
_DAYS: Final = 3_653


class SeenResult(NamedTuple):
    """Places and orders of touchpoints; row i belongs to touchpoint code i."""

    customers: NDArray[np.int64]  # (n_names,) customers who had it
    first_place: NDArray[np.float64]  # (n_names,) median place of the first one, 0 to 1
    last_place: NDArray[np.float64]  # (n_names,) median place of the last one, 0 to 1
    before: NDArray[np.int64]  # (n_slots, n_slots) customers who met a first, then b
    span_days: NDArray[np.int64]  # (3653,) customers by days from first to last touchpoint


@dataclass(frozen=True, slots=True, eq=False)
class SeenCounts(Sums):
    """Integer counts only: they add and subtract exactly."""

    rank: NDArray[np.int64]
    last: NDArray[np.int64]
    before: NDArray[np.int64]
    span_days: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Where each of `n_names` touchpoints stands; which of `slots` comes before which."""

    n_names: int
    slots: tuple[int, ...] = ()

    def empty(self) -> SeenCounts:
        """Give the state of no data."""
        return SeenCounts(
            np.zeros((self.n_names, BINS), np.int64),
            np.zeros((self.n_names, BINS), np.int64),
            np.zeros((len(self.slots), len(self.slots)), np.int64),
            np.zeros(_DAYS, np.int64),
        )

    def read(self, batch: JourneyBatch) -> SeenCounts:
        """Count one batch."""
        state = self.empty()
        slot = np.full(self.n_names, -1, np.int32)
        slot[list(self.slots)] = np.arange(len(self.slots), dtype=np.int32)
        first_seen(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(slot, np.int32),
            state.rank,
            state.last,
            state.before,
            state.span_days,
        )
        return state

    def finish(self, state: SeenCounts) -> SeenResult:
        """Read medians from the counts."""
        return SeenResult(
            state.rank.sum(axis=1),
            _median_place(state.rank),
            _median_place(state.last),
            state.before,
            state.span_days,
        )


def _median_place(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    half = (counts.sum(axis=1, keepdims=True) + 1) // 2
    reached: NDArray[np.bool_] = counts.cumsum(axis=1) >= half
    return np.asarray(reached.argmax(axis=1) / (BINS - 1))


def quantile(counts: NDArray[np.int64], share_percent: int) -> int:
    """Give the smallest bin that holds at least this per cent of the counts; 0 without counts.

    Examples
    --------
    >>> quantile(np.array([5, 0, 4, 1]), 90)
    2
    """
    total = int(counts.sum())
    if not total:
        return 0
    return int(np.searchsorted(counts.cumsum() * 100, total * share_percent))
