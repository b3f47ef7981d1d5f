"""What metrics count, by period: customers, times, answers, money."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.metrics import N_MONEY, first_and_last, money_by_period
from trod.analyses.histogram import N_BINS, fill
from trod.analyses.names import wanted
from trod.analyses.periods import Periods
from trod.analyses.retention import entry_us
from trod.analyses.stages import done_us
from trod.analyses.stall import left_us
from trod.fold import Sums
from trod.journeys.batch import NO_SCORE, JourneyBatch
from trod.journeys.passage import FOREVER, NEVER, StagePlan, passages


@dataclass(frozen=True, slots=True, eq=False)
class Cells(Sums):
    """Integer counts by period."""

    cells: NDArray[np.int64]  # (n_periods, width)


def place(periods: Periods, moment_us: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the period of each moment; -1 before the first one, after the last, and for NEVER."""
    at = np.searchsorted(np.array(periods.start_us, np.int64), moment_us, "right") - 1
    return np.where(moment_us < periods.end_us, at, -1).astype(np.int64)


def _shares(at: NDArray[np.int64], part: NDArray[np.bool_], n: int) -> Cells:
    """Count customers by period, and those of them who are meant."""
    inside = at >= 0
    whole = np.bincount(at[inside], minlength=n)
    return Cells(np.column_stack([whole, np.bincount(at[inside & part], minlength=n)]))


@dataclass(frozen=True, slots=True)
class Conversion:
    """Customers by period of reaching one stage, and those of them who reached another in time."""

    plan: StagePlan
    periods: Periods
    start: int | None = None  # stage; None for entry
    end: int | None = None  # stage; None for completing the journey
    within_us: int | None = None

    def empty(self) -> Cells:
        """Give the counts of no data."""
        return Cells(np.zeros((len(self.periods.label), 2), np.int64))

    def read(self, batch: JourneyBatch) -> Cells:
        """Count one batch."""
        begun, met, _ = converted(batch, self.plan, self.start, self.end, self.within_us)
        at = place(self.periods, begun)
        if self.within_us is not None:  # who has had less time cannot be judged yet
            at[begun > self.plan.as_of_us - self.within_us] = -1
        return _shares(at, met, len(self.periods.label))

    def finish(self, state: Cells) -> NDArray[np.int64]:
        """Give whole and part, (n_periods, 2)."""
        return state.cells


def converted(
    batch: JourneyBatch,
    plan: StagePlan,
    start: int | None,
    end: int | None,
    within_us: int | None = None,
    touchpoints: tuple[str, ...] = (),
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Give when customers began, who got to the end in time, and how long that took."""
    begun = started_us(batch, plan, start)
    if touchpoints:
        ended, _ = moments(batch, touchpoints, begun)
    else:
        ended = reached_us(batch, plan, end)
    met = (begun != NEVER) & (ended != NEVER) & (ended >= begun)
    taken = np.where(met, ended - np.where(met, begun, 0), 0)
    return begun, met & (taken <= (FOREVER if within_us is None else within_us)), taken


def started_us(batch: JourneyBatch, plan: StagePlan, stage: int | None) -> NDArray[np.int64]:
    """Give the moment of entering a stage, or the journey, (n_customers,), NEVER without."""
    if stage is None:
        return entry_us(batch, plan)
    return passages(batch, plan).entered_us[:, stage].astype(np.int64)


def reached_us(batch: JourneyBatch, plan: StagePlan, stage: int | None) -> NDArray[np.int64]:
    """Give the moment of reaching a stage or a later one, or of completing, (n_customers,)."""
    if stage is None:
        return done_us(batch, plan)
    entered = passages(batch, plan).entered_us[:, stage:]
    first = np.where(entered == NEVER, FOREVER, entered).min(axis=1)
    return np.where(first == FOREVER, NEVER, first).astype(np.int64)


@dataclass(frozen=True, slots=True)
class TimeTo:
    """Times from a stage, or from entry, to a stage, to completing, or to a touchpoint."""

    plan: StagePlan
    periods: Periods
    start: int | None = None
    end: int | None = None
    touchpoints: tuple[str, ...] = ()

    def empty(self) -> Cells:
        """Give the counts of no data."""
        return Cells(np.zeros((len(self.periods.label), N_BINS + 1), np.int64))

    def read(self, batch: JourneyBatch) -> Cells:
        """Count one batch."""
        begun, got_there, taken = converted(
            batch, self.plan, self.start, self.end, touchpoints=self.touchpoints
        )
        at = place(self.periods, begun)
        met = (at >= 0) & got_there
        n = len(self.periods.label)
        times = fill(taken[met], at[met], n)
        return Cells(np.column_stack([times, np.bincount(at[at >= 0], minlength=n)]))

    def finish(self, state: Cells) -> NDArray[np.int64]:
        """Give customers by time, then all who began, (n_periods, N_BINS + 1)."""
        return state.cells


def moments(
    batch: JourneyBatch, names: tuple[str, ...], from_us: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the first of some touchpoints from a moment on, and the last of all, or NEVER."""
    first, last = (np.empty(batch.n_customers, np.int64) for _ in range(2))
    first_and_last(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(wanted(batch.vocabulary, names), np.bool_),
        given(from_us, np.int64),
        first,
        last,
    )
    return first, last


@dataclass(frozen=True, slots=True)
class StillActive:
    """Customers by period of entry, and those of them active so long after it, or later."""

    periods: Periods
    after_us: int
    as_of_us: int
    touchpoints: tuple[str, ...] = ()
    plan: StagePlan | None = None

    def empty(self) -> Cells:
        """Give the counts of no data."""
        return Cells(np.zeros((len(self.periods.label), 2), np.int64))

    def read(self, batch: JourneyBatch) -> Cells:
        """Count one batch."""
        begun, active = stayed(batch, self.plan, self.after_us, self.touchpoints)
        at = place(self.periods, begun)
        at[begun > self.as_of_us - self.after_us] = -1
        return _shares(at, active, len(self.periods.label))

    def finish(self, state: Cells) -> NDArray[np.int64]:
        """Give whole and part, (n_periods, 2)."""
        return state.cells


def stayed(
    batch: JourneyBatch, plan: StagePlan | None, after_us: int, touchpoints: tuple[str, ...]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Give when customers entered, and who was active so long after it, or later."""
    begun = entry_us(batch, plan)
    _, last = moments(batch, touchpoints, begun)
    active = (begun != NEVER) & (last != NEVER)
    return begun, active & (last >= np.where(active, begun, 0) + after_us)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Customers on the way at the beginning of each period, and those of them who left in it."""

    plan: StagePlan
    periods: Periods

    def empty(self) -> Cells:
        """Give the counts of no data."""
        return Cells(np.zeros((len(self.periods.label), 2), np.int64))

    def read(self, batch: JourneyBatch) -> Cells:
        """Count one batch."""
        n = len(self.periods.label)
        begun, ended, gone = way_us(batch, self.plan)
        inside = begun != NEVER
        starts = np.array(self.periods.start_us, np.int64)
        # On the way at the start of period p: entered before it, ended at or after it.
        first = np.searchsorted(starts, begun[inside], "right")
        end = ended[inside]
        last = np.searchsorted(starts, end, "right") - 1
        lasting = last >= first
        whole = np.zeros(n + 1, np.int64)
        np.add.at(whole, np.minimum(first[lasting], n), 1)
        np.add.at(whole, last[lasting] + 1, -1)
        lost = lasting & (gone[inside] != NEVER) & (end < self.periods.end_us)
        left = np.bincount(last[lost], minlength=n)[:n]
        return Cells(np.column_stack([whole.cumsum()[:n], left]))

    def finish(self, state: Cells) -> NDArray[np.int64]:
        """Give whole and part, (n_periods, 2)."""
        return state.cells


def way_us(
    batch: JourneyBatch, plan: StagePlan
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give when customers entered, when they left or were done (else FOREVER), when they left."""
    begun, gone, done = entry_us(batch, plan), left_us(batch, plan), done_us(batch, plan)
    end = np.where(gone != NEVER, gone, np.where(done != NEVER, done, FOREVER))
    return begun, end.astype(np.int64), gone


@dataclass(frozen=True, slots=True)
class Replies:
    """Survey answers by period: how many of each answer; last those that are on no scale."""

    periods: Periods
    touchpoints: tuple[str, ...]
    scores: tuple[int, ...]  # the mood that each answer is stored as, ascending

    def empty(self) -> Cells:
        """Give the counts of no data."""
        return Cells(np.zeros((len(self.periods.label), len(self.scores) + 1), np.int64))

    def read(self, batch: JourneyBatch) -> Cells:
        """Count one batch."""
        n, width = len(self.periods.label), len(self.scores) + 1
        asked = wanted(batch.vocabulary, self.touchpoints)[batch.code] & (batch.score != NO_SCORE)
        at = place(self.periods, batch.time_us[asked])
        answer = which_answer(batch.score[asked], self.scores)
        inside = at >= 0
        cell = at[inside] * width + answer[inside]
        return Cells(np.bincount(cell, minlength=n * width).reshape(n, width))

    def finish(self, state: Cells) -> NDArray[np.int64]:
        """Give answers by period, (n_periods, n_answers + 1)."""
        return state.cells


def which_answer(score: NDArray[np.int16], scores: tuple[int, ...]) -> NDArray[np.int64]:
    """Give the index of the answer each score stands for; one more than the last for no answer."""
    known, said = np.array(scores, np.int64), score.astype(np.int64)
    nearest = np.minimum(np.searchsorted(known, said), known.size - 1)
    return np.where(known[nearest] == said, nearest, known.size).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Money:
    """Money of some touchpoints by period, and what became of recurring amounts."""

    periods: Periods
    touchpoints: tuple[str, ...]
    covers: int = 1
    over: int = 1

    def empty(self) -> Cells:
        """Give the counts of no data."""
        return Cells(np.zeros((len(self.periods.label), N_MONEY), np.int64))

    def read(self, batch: JourneyBatch) -> Cells:
        """Count one batch."""
        state, n = self.empty(), len(self.periods.label)
        money_by_period(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us, np.int64),
            given(batch.value, np.int64),
            given(wanted(batch.vocabulary, self.touchpoints), np.bool_),
            given(np.array(self.periods.start_us, np.int64), np.int64),
            self.periods.end_us,
            self.covers,
            self.over,
            np.zeros((2, n), np.int64),
            np.zeros(n, np.bool_),
            state.cells,
        )
        return state

    def finish(self, state: Cells) -> NDArray[np.int64]:
        """Give the sums, (n_periods, N_MONEY)."""
        return state.cells
