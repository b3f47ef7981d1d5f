"""Everyone at every mark, with and without every touchpoint: one scan finds where to look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.signals import screen
from trod.analyses.signals.halves import half_of
from trod.analyses.signals.outcome import Watch
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import DAY_US


class Pair(NamedTuple):
    """A stage from which days count, and an outcome of the watch."""

    stage: int
    outcome: int


@dataclass(frozen=True, slots=True, eq=False)
class ScreenCounts(Sums):
    """Customers at risk by half and outcome; see the kernel."""

    base: NDArray[np.int64]  # (n_pairs, n_days, 2, 2)
    had: NDArray[np.int64]  # (n_pairs, n_names, n_days, 2, 2)
    less: NDArray[np.int64]  # (n_pairs, n_names, n_days, 2, 2)


@dataclass(frozen=True, slots=True)
class Screen:
    """Customers still at risk so many days after entering a stage, by what they had by then."""

    watch: Watch
    pairs: tuple[Pair, ...]  # those of one stage stand together
    days: tuple[int, ...]  # ascending

    def empty(self) -> ScreenCounts:
        """Give the counts of no data."""
        p, d, names = len(self.pairs), len(self.days), self.watch.plan.failure.size
        several = (p, names, d, 2, 2)
        zero = np.zeros((p, d, 2, 2), np.int64)
        return ScreenCounts(zero, np.zeros(several, np.int64), np.zeros(several, np.int64))

    def read(self, batch: JourneyBatch) -> ScreenCounts:
        """Count one batch."""
        state, seen = self.empty(), self.watch.of(batch)
        screen(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(seen.walked.stage, np.int8),
            given(seen.walked.entered_us, np.int64),
            given(seen.from_us, np.int64),
            given(seen.end_us, np.int64),
            given(seen.hit_us, np.int64),
            given(seen.seen, np.int64),
            half_of(batch),
            self.watch.needs(),
            self.watch.asked(),
            self.watch.plan.as_of_us,
            given(np.array(self.pairs, np.int64).reshape(-1, 2), np.int64),
            given(np.array(self.days, np.int64) * DAY_US, np.int64),
            state.base,
            state.had,
            state.less,
        )
        return state

    def finish(self, state: ScreenCounts) -> NDArray[np.int64]:
        """Give customers by pair, touchpoint, day, half, group (without, with) and outcome."""
        at_risk = state.base[:, None] - state.less
        return np.stack([at_risk - state.had, state.had], axis=4)
