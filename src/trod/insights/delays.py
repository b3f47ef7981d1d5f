"""What goes with a long stay in a stage, where nobody leaves and time is what is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.histogram import N_BINS, fill, quantile
from trod.analyses.stages import success_us
from trod.analyses.touch import TouchIn
from trod.fold import Sums
from trod.insights.answers import Answers
from trod.insights.rates import apart
from trod.insights.wording import SMALL_N
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import NEVER, StagePlan, passages

_TRIED: Final = 12
_SLOWER: Final = 1.5


class Delay(NamedTuple):
    """Stays in a stage of those who had a touchpoint there, beside the others."""

    stage: int
    code: int
    n_with: int
    n_without: int
    median_with_us: int
    median_without_us: int


@dataclass(frozen=True, slots=True, eq=False)
class StayCounts(Sums):
    """Stays by touchpoint: [k, 0] without it, [k, 1] with it; integers that add and subtract."""

    stays: NDArray[np.int64]  # (n_codes, 2, N_BINS)


@dataclass(frozen=True, slots=True)
class Stays:
    """How long those who went on stayed in a stage, with and without some touchpoints."""

    plan: StagePlan
    stage: int
    names: tuple[str, ...]

    def empty(self) -> StayCounts:
        """Give the counts of no data."""
        return StayCounts(np.zeros((len(self.names), 2, N_BINS), np.int64))

    def read(self, batch: JourneyBatch) -> StayCounts:
        """Count one batch."""
        walked, s = passages(batch, self.plan), self.stage
        later = walked.entered_us[:, s + 1 :]
        ends = np.column_stack([later, success_us(batch, self.plan, walked)])
        end = np.where(ends == NEVER, np.iinfo(np.int64).max, ends).min(axis=1)
        start = walked.entered_us[:, s]
        known = (start != NEVER) & (end != np.iinfo(np.int64).max)
        stay = end[known] - start[known]
        state = self.empty()
        for k, name in enumerate(self.names):
            had = TouchIn(self.plan.stages[s], name, self.plan).mask(batch)[known]
            state.stays[k] = fill(stay, had.astype(np.int64), 2)
        return state

    def finish(self, state: StayCounts) -> NDArray[np.int64]:
        """Give the histograms."""
        return state.stays


def longest_delay(asked: Answers) -> Delay | None:
    """Find the touchpoint that goes with the longest stays, in the slowest stage that has one.

    Both groups need 30 customers; the median with it must be half as long again, and more of those
    with it than of the others must stay longer than the middle customer, beyond chance.
    """
    slow = [(d.median_us, -s) for s, d in enumerate(asked.stages.dwell) if d and d.n >= SMALL_N]
    stages = [-s for _, s in sorted(slow, reverse=True)]
    return next((d for s in stages if (d := _in_stage(asked, s)) is not None), None)


def _in_stage(asked: Answers, s: int) -> Delay | None:
    """Find the touchpoint that goes with the longest stays in one stage."""
    ends = asked.plan.success | asked.plan.failure
    ignored = np.isin(asked.touches.name, asked.spec.ignore)
    size = np.where(ends | ignored, 0, asked.touches.customers[s])
    codes = [int(k) for k in np.argsort(-size, kind="stable")[:_TRIED] if size[k] >= SMALL_N]
    names = tuple(asked.touches.name[k] for k in codes)
    if not names:
        return None
    stays = fold.run({"it": Stays(asked.plan, s, names)}, asked.journeys)["it"]
    found = [d for k, c in enumerate(codes) if (d := _delay(stays[k], s, c, len(codes)))]
    return max(found, key=_weight, default=None)


def _weight(found: Delay) -> tuple[int, int]:
    return found.n_with * (found.median_with_us - found.median_without_us), -found.code


def _delay(stays: NDArray[np.int64], s: int, code: int, tests: int) -> Delay | None:
    n_without, n_with = (int(n) for n in stays.sum(axis=1))
    if min(n_with, n_without) < SMALL_N:
        return None
    both = stays.sum(axis=0)
    middle = int(np.searchsorted(both.cumsum() * 2, both.sum()))
    longer = [int(row[middle + 1 :].sum()) for row in stays]
    without, with_it = quantile(stays[0], (1, 2)), quantile(stays[1], (1, 2))
    if with_it < _SLOWER * without:
        return None
    if not apart((longer[1], n_with), (longer[0], n_without), tests=tests):
        return None
    return Delay(s, code, n_with, n_without, with_it, without)
