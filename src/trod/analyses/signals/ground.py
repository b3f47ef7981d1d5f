"""What must be known before signs are looked for: how long stages last, and who comes when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.passage import NEVER
from trod._kernels.strata import ground
from trod.analyses.histogram import N_BINS, bin_bounds, fill
from trod.analyses.periods import Periods
from trod.analyses.signals.outcome import Watch
from trod.fold import Sums
from trod.journeys.batch import NO_VALUE, JourneyBatch
from trod.journeys.passage import Passages


class GroundResult(NamedTuple):
    """What `Ground` counted, read."""

    need_us: tuple[int, ...]  # by outcome: time by which nine in ten had ended; 0 where nobody had
    hits: tuple[int, ...]  # by outcome: customers who had it
    busy_cuts: tuple[tuple[int, int], ...]  # by stage: touchpoints that cut customers into thirds
    months: NDArray[np.int64]  # (n_stages, n_months) customers by month of entering
    inside: NDArray[np.int64]  # (n_names,) customers who had it in the passage
    afterwards: NDArray[np.int64]  # (n_names,) customers who had it only after they had left
    channels: NDArray[np.int64]  # (n_names, n_channels) touchpoints by channel
    rows: NDArray[np.int64]  # (n_stages, n_names) touchpoints in the stage
    paid: NDArray[np.int64]  # (n_stages, n_names) of them, with money


@dataclass(frozen=True, slots=True, eq=False)
class GroundCounts(Sums):
    """Customers and touchpoints, in bins."""

    ended: NDArray[np.int64]  # (n_outcomes, N_BINS) time from entering to the end
    hits: NDArray[np.int64]  # (n_outcomes,)
    busy: NDArray[np.int64]  # (n_stages, N_BINS) touchpoints before entering
    months: NDArray[np.int64]  # (n_stages, n_months)
    told: NDArray[np.int64]  # (n_names, 2)
    channels: NDArray[np.int64]  # (n_names, n_channels)
    rows: NDArray[np.int64]  # (2, n_stages, n_names) touchpoints, and those with money


@dataclass(frozen=True, slots=True)
class Ground:
    """How long stages last, when customers enter them, and how much they did before."""

    watch: Watch
    periods: Periods
    n_channels: int

    def empty(self) -> GroundCounts:
        """Give the counts of no data."""
        n, stages = len(self.watch.outcomes), self.watch.plan.n_stages
        names = self.watch.plan.failure.size
        return GroundCounts(
            np.zeros((n, N_BINS), np.int64),
            np.zeros(n, np.int64),
            np.zeros((stages, N_BINS), np.int64),
            np.zeros((stages, len(self.periods.label)), np.int64),
            np.zeros((names, 2), np.int64),
            np.zeros((names, self.n_channels), np.int64),
            np.zeros((2, stages, names), np.int64),
        )

    def read(self, batch: JourneyBatch) -> GroundCounts:
        """Count one batch."""
        state, seen = self.empty(), self.watch.of(batch)
        for o in range(len(self.watch.outcomes)):
            end = np.where(seen.end_us[:, o] == NEVER, seen.hit_us[:, o], seen.end_us[:, o])
            known = (seen.from_us[:, o] != NEVER) & (end != NEVER)
            length = np.where(known, end - np.where(known, seen.from_us[:, o], 0), 0)
            state.ended[o] += fill(length, np.where(known, 0, -1), 1)[0]
            state.hits[o] += np.count_nonzero(seen.hit_us[:, o] != NEVER)
        busy = before(batch, seen.walked, state.told)
        starts = np.array(self.periods.start_us, np.int64)
        for s in range(busy.shape[1]):
            some = busy[:, s] >= 0
            state.busy[s] += fill(np.maximum(busy[:, s], 0), np.where(some, 0, -1), 1)[0]
            month = np.searchsorted(starts, seen.walked.entered_us[some, s], side="right") - 1
            state.months[s] += np.bincount(np.maximum(month, 0), minlength=starts.size)
        np.add.at(state.channels, (batch.code, batch.channel), 1)
        here, paid = seen.walked.stage >= 0, (batch.value != NO_VALUE) & (batch.value > 0)
        for i, some in enumerate((here, here & paid)):
            np.add.at(state.rows[i], (seen.walked.stage[some], batch.code[some]), 1)
        return state

    def finish(self, state: GroundCounts) -> GroundResult:
        """Read times and cuts from the bins."""
        return GroundResult(
            tuple(_low(row, 9, 10) for row in state.ended),
            tuple(int(n) for n in state.hits),
            tuple((_low(row, 1, 3), _low(row, 2, 3)) for row in state.busy),
            state.months,
            state.told[:, 0],
            state.told[:, 1],
            state.channels,
            state.rows[0],
            state.rows[1],
        )


def before(
    batch: JourneyBatch, walked: Passages, told: NDArray[np.int64]
) -> NDArray[np.int64]:  # (n_customers, n_stages)
    """Count the touchpoints of each customer before each stage, -1 where it was never entered."""
    busy = np.empty(walked.entered_us.shape, np.int64)
    ground(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(walked.entered_us, np.int64),
        given(walked.furthest, np.int8),
        given(walked.status, np.int8),
        given(walked.last, np.int64),
        given(walked.stage, np.int8),
        busy,
        told,
    )
    return busy


def _low(row: NDArray[np.int64], part: int, whole: int) -> int:
    """Give the lower end of the bin that holds a quantile: never later than the data reach."""
    n = int(row.sum())
    if not n:
        return 0
    return bin_bounds(int(np.searchsorted(row.cumsum(), max(1, -(-part * n // whole)))))[0]
