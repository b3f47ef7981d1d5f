"""What happened day by day: touchpoints, entries, going on, time taken, moods, ways of beginning.

The counts that watching rests on. A **cohort** is the customers who entered a stage on a day; it is
*mature* when everyone in it had the time that the question gives them to go on, so that no young
cohort looks like a bad one. Times and scores stand on the day on which they were known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trod.analyses.periods import day_of, midnight_us
from trod.fold import Sums
from trod.journeys.batch import NO_SCORE, NO_STATE, JourneyBatch, Journeys
from trod.journeys.grouping import Grouping
from trod.journeys.passage import FOREVER, NEVER, StagePlan, passages

MOST_DAYS: Final = 800
"""Two years and some weeks: what lies before is not watched."""

Ints = NDArray[np.int64]


class Days(NamedTuple):
    """Days of the calendar that follow each other."""

    label: tuple[str, ...]  # ISO dates
    start_us: tuple[int, ...]  # first moment of each
    end_us: int  # first moment after the last one


def days_of(journeys: Journeys) -> Days:
    """Give the days from the first moment on record to the last; the latest 800 of them.

    Examples
    --------
    >>> from trod.journeys.batch import Vocabulary
    >>> days_of(Journeys((), Vocabulary((), ()), "person", "UTC")).label
    ('1970-01-01',)
    """
    first, last = journeys.span_us()
    place = ZoneInfo(journeys.zone)
    begin, end = day_of(first, place), day_of(last, place)
    n = min((end - begin).days + 1, MOST_DAYS)
    days = [end - timedelta(days=n - 1 - i) for i in range(n)]
    return Days(
        tuple(day.isoformat() for day in days),
        tuple(midnight_us(day, place) for day in days),
        midnight_us(end + timedelta(days=1), place),
    )


class OverTimeResult(NamedTuple):
    """Counts by group of customers, day and thing."""

    day: tuple[str, ...]
    group: tuple[str, ...]
    touchpoints: Ints  # (n_groups, n_days, n_names)
    entered: Ints  # (n_groups, n_days, n_stages) customers, by day of entering
    went_on: Ints  # (n_groups, n_days, n_stages) of them, who went on within the time given
    moved: Ints  # (n_groups, n_days, n_stages) customers, by day of going on
    slow: Ints  # (n_groups, n_days, n_stages) of them, who took longer than the yardstick
    spoke: Ints  # (n_groups, n_days, n_voices) scores
    score: Ints  # (n_groups, n_days, n_voices) their sum
    square: Ints  # (n_groups, n_days, n_voices) the sum of their squares
    began: Ints  # (n_groups, n_days, n_ways + 1) newcomers by way of beginning; last: another

    def columns(self) -> Mapping[str, Sequence[Any]]:
        """Give one row per group and day, with what all things sum to."""
        n = len(self.day)
        return {
            "group": [name for name in self.group for _ in range(n)],
            "day": list(self.day) * len(self.group),
            "touchpoints": self.touchpoints.sum(axis=2).ravel(),
            "entered": self.entered.sum(axis=2).ravel(),
            "newcomers": self.began.sum(axis=2).ravel(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class DailyCounts(Sums):
    """Counts by group, day and thing."""

    touchpoints: Ints
    stages: Ints  # (4, n_groups, n_days, n_stages)
    voices: Ints  # (3, n_groups, n_days, n_voices)
    began: Ints


@dataclass(frozen=True, slots=True, eq=False)
class OverTime:
    """Daily counts of one journey, for groups of customers, or of touchpoints by a state."""

    plan: StagePlan
    days: Days
    n_names: int
    groups: Grouping
    within_us: tuple[int, ...]  # by stage: time given to go on
    slow_us: tuple[int, ...]  # by stage: longer than this is slow
    voices: tuple[int, ...] = ()  # codes of touchpoints whose scores are summed
    ways: tuple[tuple[int, ...], ...] = ()  # ways of beginning: codes of the first touchpoints
    begun_us: int = 0  # time given to begin
    state: str | None = field(default=None)  # then groups are values of it, and rows have them

    def empty(self) -> DailyCounts:
        """Give the counts of no data."""
        head = len(self.groups.groups), len(self.days.label)
        return DailyCounts(
            np.zeros((*head, self.n_names), np.int64),
            np.zeros((4, *head, self.plan.n_stages), np.int64),
            np.zeros((3, *head, len(self.voices)), np.int64),
            np.zeros((*head, len(self.ways) + 1), np.int64),
        )

    def read(self, batch: JourneyBatch) -> DailyCounts:
        """Count one batch."""
        counts = self.empty()
        whose = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        if self.state is None:
            of_customer = self.groups.of(batch).astype(np.int64)
            group = of_customer[whose]
        else:
            states = batch.states[self.state].astype(np.int64)
            group = np.where(states == NO_STATE, -1, states)
        day = self._day(batch.time_us)
        _tally(counts.touchpoints, group, day, batch.code.astype(np.int64))
        if self.state is None:
            self._voices(batch, group, day, counts.voices)
            self._stages(batch, of_customer, counts.stages)
            self._beginnings(batch, of_customer, counts.began)
        return counts

    def finish(self, state: DailyCounts) -> OverTimeResult:
        """Name the counts."""
        entered, went_on, moved, slow = state.stages
        spoke, score, square = state.voices
        return OverTimeResult(
            day=self.days.label,
            group=self.groups.groups,
            touchpoints=state.touchpoints,
            entered=entered,
            went_on=went_on,
            moved=moved,
            slow=slow,
            spoke=spoke,
            score=score,
            square=square,
            began=state.began,
        )

    def _day(self, time_us: Ints) -> Ints:
        """Give the day of each moment; -1 for those before the first or after the last."""
        starts = np.array(self.days.start_us, np.int64)
        day = np.searchsorted(starts, time_us, side="right") - 1
        return np.where(time_us < self.days.end_us, day, -1)

    def _stages(self, batch: JourneyBatch, group: Ints, into: Ints) -> None:
        entered = passages(batch, self.plan).entered_us
        entered = np.where(entered == NEVER, FOREVER, entered)
        for s in range(self.plan.n_stages):
            there = entered[:, s] != FOREVER
            later = entered[:, s + 1 :]
            after = later.min(axis=1) if later.shape[1] else np.full(there.size, FOREVER)
            on = there & (after != FOREVER)
            took = np.where(on, after - entered[:, s], 0)
            day = np.where(there, self._day(entered[:, s]), -1)
            onward = np.where(on, self._day(after), -1)
            at = np.full(there.size, s)
            for which, when, who in (
                (0, day, there),
                (1, day, on & (took <= self.within_us[s])),
                (2, onward, on),
                (3, onward, on & (took > self.slow_us[s])),
            ):
                _tally(into[which], group[who], when[who], at[who])

    def _voices(self, batch: JourneyBatch, group: Ints, day: Ints, into: Ints) -> None:
        for v, code in enumerate(self.voices):
            spoke = (batch.code == code) & (batch.score != NO_SCORE)
            score = batch.score[spoke].astype(np.int64)
            at = np.full(score.size, v)
            for which, weight in enumerate((None, score, score * score)):
                _tally(into[which], group[spoke], day[spoke], at, weight)

    def _beginnings(self, batch: JourneyBatch, group: Ints, into: Ints) -> None:
        some = np.diff(batch.offsets) > 0
        first = batch.offsets[:-1][some]
        day = self._day(batch.time_us[first])
        way = np.full(first.size, len(self.ways))
        begun = beginnings(batch, max(map(len, self.ways), default=0), self.begun_us)[some]
        for w, codes in enumerate(self.ways):
            way[(begun[:, : len(codes)] == codes).all(axis=1)] = w
        _tally(into, group[some], day, way)


def beginnings(batch: JourneyBatch, steps: int, within_us: int) -> Ints:
    """Give the first different touchpoints of each customer within a time; -1 for none.

    Returns
    -------
    array
        Shape (n_customers, steps), codes.
    """
    n_names = len(batch.vocabulary.touchpoints)
    own = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    start = np.zeros(batch.n_customers, np.int64)
    some = np.diff(batch.offsets) > 0
    start[some] = batch.time_us[batch.offsets[:-1][some]]
    soon = np.flatnonzero(batch.time_us - start[own] <= within_us)
    first = soon[np.sort(np.unique(own[soon] * n_names + batch.code[soon], return_index=True)[1])]
    who = own[first]
    nth = np.arange(first.size) - np.searchsorted(who, who)
    begun = np.full((batch.n_customers, steps), -1, np.int64)
    early = nth < steps
    begun[who[early], nth[early]] = batch.code[first[early]]
    return begun


def _tally(
    into: Ints, group: Ints, day: Ints, thing: Ints, weight: Ints | None = None
) -> None:  # (n_groups, n_days, n_things)
    """Add what lies in a group and a day."""
    kept = (group >= 0) & (day >= 0)
    place = (group[kept] * into.shape[1] + day[kept]) * into.shape[2] + thing[kept]
    if weight is None:
        into += np.bincount(place, minlength=into.size).reshape(into.shape)
    else:
        np.add.at(into.reshape(-1), place, weight[kept])
