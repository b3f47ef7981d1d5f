"""When customers deviate from a path, and what becomes of those still on the way then.

`trod.analyses.conformance` says at which landmark each deviation is compared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.conformance import INSERTED, REPEATED, compare, deviation_rows
from trod.analyses.histogram import N_BINS, bin_bounds, bin_index, fill, quantile
from trod.analyses.intended import Deviation, Intended, Steps
from trod.analyses.stages import done_us
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.journeys.passage import StagePlan, passages


@dataclass(frozen=True, slots=True, eq=False)
class DelayCounts(Sums):
    """Customers by time until a deviation."""

    times: NDArray[np.int64]  # (n_asked, N_BINS)


@dataclass(frozen=True, slots=True)
class DeviationDelays:
    """How long it took customers to deviate, of those who did."""

    plan: StagePlan
    intended: Intended
    asked: tuple[Deviation, ...]

    def empty(self) -> DelayCounts:
        """Give the counts of no data."""
        return DelayCounts(np.zeros((len(self.asked), N_BINS), np.int64))

    def read(self, batch: JourneyBatch) -> DelayCounts:
        """Count one batch."""
        rows = _rows(batch, self.plan, self.intended, self.asked)
        who, which = np.nonzero((rows[:, :, 0] >= 0) & (rows[:, :, 1] >= 0))
        taken = batch.time_us[rows[who, which, 1]] - batch.time_us[rows[who, which, 0]]
        return DelayCounts(fill(taken, which, len(self.asked)))

    def finish(self, state: DelayCounts) -> tuple[int, ...]:
        """Give the end of the bin of each median; 0 where nobody deviated."""
        return tuple(
            bin_bounds(bin_index(quantile(row, (1, 2))))[1] if row.any() else 0
            for row in state.times
        )


@dataclass(frozen=True, slots=True, eq=False)
class FateCounts(Sums):
    """Customers at each landmark."""

    cells: NDArray[np.int64]  # (n_asked, 2, 2) deviated by then, done later


@dataclass(frozen=True, slots=True)
class AfterDeviation:
    """What became of those still on the way at each landmark, who had deviated or had not."""

    vocabulary: Vocabulary
    plan: StagePlan
    intended: Intended
    asked: tuple[Deviation, ...]
    after_us: tuple[int, ...]

    def empty(self) -> FateCounts:
        """Give the counts of no data."""
        return FateCounts(np.zeros((len(self.asked), 2, 2), np.int64))

    def read(self, batch: JourneyBatch) -> FateCounts:
        """Count one batch."""
        state, walked = self.empty(), passages(batch, self.plan)
        steps = self.intended.steps(self.vocabulary, self.plan)
        compare(
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(walked.last, np.int64),
            given(walked.status, np.int8),
            given(done_us(batch, self.plan), np.int64),
            given(self.plan.failure, np.bool_),
            given(_own(self.asked, steps), np.bool_),
            given(np.array(self.after_us, np.int64), np.int64),
            given(_rows(batch, self.plan, self.intended, self.asked), np.int64),
            state.cells,
        )
        return state

    def finish(self, state: FateCounts) -> NDArray[np.int64]:
        """Give the cells, (n_asked, 2, 2)."""
        return state.cells


def _rows(
    batch: JourneyBatch, plan: StagePlan, intended: Intended, asked: tuple[Deviation, ...]
) -> NDArray[np.int64]:  # (n_customers, n_asked, 2)
    steps, walked = intended.steps(batch.vocabulary, plan), passages(batch, plan)
    rows = np.empty((batch.n_customers, len(asked), 2), np.int64)
    deviation_rows(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(walked.stage, np.int8),
        given(walked.entered_us, np.int64),
        given(walked.furthest, np.int8),
        given(steps.step_of, np.int16),
        given(steps.by_rule, np.bool_),
        steps.loops,
        given(np.array(asked, np.int64).reshape(-1, 3), np.int64),
        steps.walk(),
        rows,
    )
    return rows


def _own(asked: tuple[Deviation, ...], steps: Steps) -> NDArray[np.bool_]:
    """Say which touchpoints show a deviation and so cannot show presence, (n_asked, n_names)."""
    own = np.zeros((len(asked), steps.step_of.size), np.bool_)
    for d, deviation in enumerate(asked):
        if deviation.kind == REPEATED:
            own[d] = steps.step_of == deviation.a
        elif deviation.kind == INSERTED:
            own[d, deviation.b] = True
    return own
