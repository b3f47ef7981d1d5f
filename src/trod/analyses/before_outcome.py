"""How long customers were unseen before their journey ended, and whether a person had met them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.histogram import N_BINS, Spread, fill, spread
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import DONE, LEFT, StagePlan, passages

OUTCOMES = ("left", "done")


class BeforeOutcomeResult(NamedTuple):
    """Row 0: those who left by a declared touchpoint; row 1: those who succeeded by one."""

    ended: NDArray[np.int64]  # (2,) customers whose journey ended by a touchpoint
    first: NDArray[np.int64]  # (2,) of them, customers of whom nothing was seen before
    met: NDArray[np.int64]  # (2,) of them, customers with an offline touchpoint shortly before
    unseen: tuple[Spread | None, Spread | None]  # time since the touchpoint before


@dataclass(frozen=True, slots=True, eq=False)
class BeforeOutcomeCounts(Sums):
    """Customers, and their silent times in bins."""

    ended: NDArray[np.int64]
    first: NDArray[np.int64]
    met: NDArray[np.int64]
    unseen: NDArray[np.int64]  # (2, N_BINS)


@dataclass(frozen=True, slots=True)
class BeforeOutcome:
    """Silence before the touchpoint that ended a passage, and contact with people before it.

    Customers who left by falling silent have no such touchpoint and are not counted.
    """

    plan: StagePlan
    offline: tuple[bool, ...]  # (n_channels,) whether each channel is offline or human
    within_us: int  # how long before the end counts as shortly before

    def empty(self) -> BeforeOutcomeCounts:
        """Give the counts of no data."""
        ended, first, met = np.zeros((3, 2), np.int64)
        return BeforeOutcomeCounts(ended, first, met, np.zeros((2, N_BINS), np.int64))

    def read(self, batch: JourneyBatch) -> BeforeOutcomeCounts:
        """Count one batch."""
        if not batch.n_events:  # customers without touchpoints
            return self.empty()
        walked = passages(batch, self.plan)
        end = walked.last
        code = batch.code[np.maximum(end, 0)]
        row = np.full(batch.n_customers, -1, np.int64)
        row[(end >= 0) & (walked.status == LEFT) & self.plan.failure[code]] = 0
        row[(end >= 0) & (walked.status == DONE) & self.plan.success[code]] = 1
        who = np.flatnonzero(row >= 0)
        kind, last, start = row[who], end[who], batch.offsets[:-1][who]
        alone = last == start
        gap = batch.time_us[last] - batch.time_us[np.maximum(last - 1, 0)]
        met = self._met(batch, last, start)
        return BeforeOutcomeCounts(
            np.bincount(kind, minlength=2),
            np.bincount(kind[alone], minlength=2),
            np.bincount(kind[met], minlength=2),
            fill(gap, np.where(alone, -1, kind), 2),
        )

    def _met(
        self, batch: JourneyBatch, last: NDArray[np.int64], start: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Say who had an offline touchpoint shortly before the end, the end itself aside."""
        offline = np.array([*self.offline, False])[np.minimum(batch.channel, len(self.offline))]
        at = np.where(offline, np.arange(batch.n_events, dtype=np.int64), -1)
        before = np.maximum.accumulate(at)
        seen = np.where(last > 0, before[np.maximum(last - 1, 0)], -1)
        near = batch.time_us[last] - batch.time_us[np.maximum(seen, 0)] <= self.within_us
        found: NDArray[np.bool_] = (seen >= start) & near
        return found

    def finish(self, state: BeforeOutcomeCounts) -> BeforeOutcomeResult:
        """Read medians from the bins."""
        left, done = (spread(counts) for counts in state.unseen)
        return BeforeOutcomeResult(state.ended, state.first, state.met, (left, done))
