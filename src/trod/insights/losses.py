"""Who is lost in each stage: by month, by money, and what came before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.losses import losses, worth
from trod.analyses.histogram import N_BINS, Spread, fill, spread
from trod.analyses.periods import midnight_us
from trod.fold import Sums
from trod.journeys.batch import NO_VALUE, JourneyBatch, Journeys, Vocabulary
from trod.journeys.passage import DONE, LEFT, NEVER, OPEN, Passages, StagePlan, passages


class LossesResult(NamedTuple):
    """Index s is a stage, k a touchpoint by code, m a month; [..., 0] lost, [..., 1] went on."""

    had: NDArray[np.int64]  # (n_stages, n_names, 2) customers who had k while in s
    circled: NDArray[np.int64]  # (n_stages, n_names, 2) of them, three times or more
    rounds: NDArray[np.int64]  # (n_stages, 2) customers who circled at any touchpoint of s
    money: NDArray[np.int64]  # (n_stages + 1, 2) value so far of the lost, customers with any
    months: NDArray[np.int64]  # (n_stages, n_months, 3) by month of entering: lost, on, open
    by_failure: NDArray[np.int64]  # (n_stages,) lost by a declared touchpoint, not by silence
    succeeded: NDArray[np.int64]  # (n_stages, 2) went on from s: not (yet) succeeded, succeeded
    to_success: Spread | None  # time from entry to success, or to the last stage


@dataclass(frozen=True, slots=True, eq=False)
class LossCounts(Sums):
    """Integer counts, which add and subtract exactly."""

    had: NDArray[np.int64]
    circled: NDArray[np.int64]
    rounds: NDArray[np.int64]
    money: NDArray[np.int64]
    months: NDArray[np.int64]
    by_failure: NDArray[np.int64]
    succeeded: NDArray[np.int64]
    to_success: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Losses:
    """What is known of those who left each stage, beside those who went on from it."""

    vocabulary: Vocabulary
    plan: StagePlan
    month_us: tuple[int, ...]  # first moment of each month on record

    def empty(self) -> LossCounts:
        """Give the counts of no data."""
        n, names = self.plan.n_stages, len(self.vocabulary.touchpoints)
        shapes = (
            (n, names, 2),
            (n, names, 2),
            (n, 2),
            (n + 1, 2),
            (n, len(self.month_us), 3),
            (n,),
            (n, 2),
            (N_BINS,),
        )
        return LossCounts(*(np.zeros(shape, np.int64) for shape in shapes))

    def read(self, batch: JourneyBatch) -> LossCounts:
        """Count one batch."""
        walked, state = passages(batch, self.plan), self.empty()
        losses(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(walked.stage, np.int8),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            given(self.plan.failure, np.bool_),
            state.had,
            state.circled,
            state.rounds,
        )
        worth(
            given(batch.offsets, np.int64),
            given(batch.value, np.int64),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            NO_VALUE,
            state.money,
        )
        self._by_month(walked, state)
        self._outcomes(batch, walked, state)
        return state

    def _by_month(self, walked: Passages, state: LossCounts) -> None:
        for s in range(self.plan.n_stages):
            there = np.flatnonzero((walked.furthest >= s) & (walked.entered_us[:, s] != NEVER))
            month = np.searchsorted(self.month_us, walked.entered_us[there, s], "right") - 1
            here = walked.furthest[there] == s
            fate = np.where(
                here & (walked.status[there] == LEFT),
                0,
                np.where(here & (walked.status[there] == OPEN), 2, 1),
            )
            cell = np.clip(month, 0, len(self.month_us) - 1) * 3 + fate
            state.months[s] = np.bincount(cell, minlength=state.months[s].size).reshape(-1, 3)

    def _outcomes(self, batch: JourneyBatch, walked: Passages, state: LossCounts) -> None:
        n = self.plan.n_stages
        done = walked.status == DONE
        left = walked.status == LEFT
        last = np.maximum(walked.last, 0)
        if batch.n_events:
            asked = left & self.plan.failure[batch.code[last]]
            state.by_failure[:] = np.bincount(walked.furthest[asked], minlength=n)[:n]
        for s in range(n):
            on = (walked.furthest > s) | (walked.furthest == s) & done
            state.succeeded[s] = np.count_nonzero(on & ~done), np.count_nonzero(on & done)
        entered = np.where(walked.entered_us == NEVER, np.iinfo(np.int64).max, walked.entered_us)
        who = np.flatnonzero(done)
        if who.size:
            if self.plan.has_success:
                end = batch.time_us[walked.last[who]]
            else:
                end = walked.entered_us[who, n - 1]
            spent = end - entered[who].min(axis=1)
            state.to_success[:] = fill(spent, np.zeros(who.size, np.int64), 1)[0]

    def finish(self, state: LossCounts) -> LossesResult:
        """Read the time from its histogram."""
        return LossesResult(
            state.had,
            state.circled,
            state.rounds,
            state.money,
            state.months,
            state.by_failure,
            state.succeeded,
            spread(state.to_success),
        )


def months_of(journeys: Journeys) -> tuple[int, ...]:
    """Give the first moment of each month on record, in the zone of the journeys.

    Examples
    --------
    >>> from trod.journeys.batch import Journeys
    >>> months_of(Journeys((), Vocabulary((), ()), "person", "UTC"))
    (0,)
    """
    zone = ZoneInfo(journeys.zone)
    first_us, last_us = journeys.span_us()
    first = datetime.fromtimestamp(first_us // 1_000_000, zone)
    year, month = first.year, first.month
    starts: list[int] = []
    while True:
        start = midnight_us(date(year, month, 1), zone)
        if starts and start > last_us:
            return tuple(starts)
        starts.append(start)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
