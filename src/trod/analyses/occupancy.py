"""Where all customers stand at the end of every day or week: nobody is counted twice or lost.

At each moment the record is read as it was then: touchpoints up to it, silence up to it. Every
customer who had a touchpoint by then is in exactly one place: outside, open in a stage, left, or
done. So the places sum to the population at every date, through silence, coming back, re-entry and
going back; and the last date says what `trod.analyses.stages` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.occupancy import OUTSIDE, count_places, places_at
from trod.analyses.answer import Answer, answer
from trod.analyses.names import decode, encode
from trod.analyses.periods import day_of, midnight_us
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import DONE, LEFT, OPEN, StagePlan, course

MOST_DATES: Final = 3_660
"""Ten years of days, the latest ones; what happened before them is in the first."""
STATUS: Final = {"open": OPEN, "left": LEFT, "done": DONE}


class Dates(NamedTuple):
    """Days or weeks, and the moment at which each is read."""

    label: tuple[str, ...]  # ISO date: of a week its last day, at the end that of as of
    moment_us: tuple[int, ...]  # last microsecond of it, or as of where that is earlier


class StageDailyResult(NamedTuple):
    """Row d is the end of a day or week. outside + open + left + done = population."""

    date: tuple[str, ...]
    moment_us: tuple[int, ...]
    stage: tuple[str, ...]
    population: NDArray[np.int64]  # (n_dates,) customers who had a touchpoint by then
    outside: NDArray[np.int64]  # (n_dates,) of them, in no stage yet
    open: NDArray[np.int64]  # (n_dates, n_stages) still on the way, by stage
    left: NDArray[np.int64]  # (n_dates, n_stages) left in the stage
    done: NDArray[np.int64]  # (n_dates, n_stages) done in the stage

    def columns(self) -> dict[str, Any]:
        """Give one row per date."""
        return {
            "date": list(self.date),
            "population": self.population,
            "outside": self.outside,
            **{f"open: {name}": self.open[:, s] for s, name in enumerate(self.stage)},
            "left": self.left.sum(axis=1),
            "done": self.done.sum(axis=1),
        }


@dataclass(frozen=True, slots=True, eq=False)
class PlaceCounts(Sums):
    """Arrivals less departures of each place between one moment and the next."""

    change: NDArray[np.int64]  # (n_dates + 1, 1 + 3 * n_stages)


@dataclass(frozen=True, slots=True)
class StageDaily:
    """Occupancy of the stages of one journey at several dates."""

    plan: StagePlan
    dates: Dates

    def empty(self) -> PlaceCounts:
        """Give the counts of no data."""
        shape = len(self.dates.label) + 1, 1 + 3 * self.plan.n_stages
        return PlaceCounts(np.zeros(shape, np.int64))

    def read(self, batch: JourneyBatch) -> PlaceCounts:
        """Count one batch: one walk, whatever the number of dates."""
        then, counts = course(batch, self.plan), self.empty()
        count_places(
            given(batch.offsets, np.int64),
            given(batch.time_us, np.int64),
            given(then.position, np.int8),
            given(then.outcome, np.int8),
            given(np.array(self.dates.moment_us, np.int64), np.int64),
            self.plan.left_after_us,
            self.plan.has_success,
            counts.change,
        )
        return counts

    def finish(self, state: PlaceCounts) -> StageDailyResult:
        """Sum the changes, date by date."""
        standing = state.change.cumsum(axis=0)[:-1]
        by_status = standing[:, 1:].reshape(len(self.dates.label), self.plan.n_stages, 3)
        return StageDailyResult(
            date=self.dates.label,
            moment_us=self.dates.moment_us,
            stage=self.plan.stages,
            population=standing.sum(axis=1),
            outside=standing[:, OUTSIDE],
            open=by_status[:, :, OPEN],
            left=by_status[:, :, LEFT],
            done=by_status[:, :, DONE],
        )


@dataclass(frozen=True, slots=True)
class Stood:
    """Customers who stood somewhere at a moment."""

    moment_us: int
    status: str | None  # open, left or done; None: outside
    plan: StagePlan = field(compare=False, repr=False)
    stage: str | None = None  # None: in any

    @property
    def key(self) -> str:
        """Such as ``stood:open/STAGE@MICROSECONDS``, ``stood:left@…``, ``stood:outside@…``."""
        where = self.status or "outside"
        where += "" if self.stage is None else f"/{encode(self.stage)}"
        return f"stood:{where}@{self.moment_us}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who stood there."""
        (place,) = places(batch, self.plan, [self.moment_us])
        if self.status is None:
            return np.asarray(place == OUTSIDE, np.bool_)
        there = (place > OUTSIDE) & ((place - 1) % 3 == STATUS[self.status])
        if self.stage is not None:
            there &= (place - 1) // 3 == self.plan.stage(self.stage)
        return np.asarray(there, np.bool_)


def places(
    batch: JourneyBatch, plan: StagePlan, moments_us: Sequence[int]
) -> list[NDArray[np.int16]]:
    """Give where each customer stood at some moments: 0 outside, 1 + 3 * stage + status."""
    then = course(batch, plan)
    found = []
    for moment_us in moments_us:
        place = np.empty(batch.n_customers, np.int16)
        places_at(
            given(batch.offsets, np.int64),
            given(batch.time_us, np.int64),
            given(then.position, np.int8),
            given(then.outcome, np.int8),
            moment_us,
            plan.left_after_us,
            plan.n_stages,
            plan.has_success,
            place,
        )
        found.append(place)
    return found


def parse_stood(text: str, plan: StagePlan) -> Stood | None:
    """Read what follows ``stood:`` in a key; None where it is not written so."""
    where, at, moment = text.partition("@")
    status, slash, stage = where.partition("/")
    sign = moment.removeprefix("-")
    if not (at and sign.isdecimal() and len(sign) < 19) or (slash and not stage):
        return None
    if status == "outside":
        return None if slash else Stood(int(moment), None, plan)
    if status not in STATUS:
        return None
    return Stood(int(moment), status, plan, decode(stage) if slash else None)


def dates_of(journeys: Journeys, as_of_us: int, every: Literal["day", "week"] = "day") -> Dates:
    """Give the days or weeks from the first touchpoint to a moment; the latest 3,660 of them.

    Examples
    --------
    >>> from trod.journeys.batch import Vocabulary
    >>> dates_of(Journeys((), Vocabulary((), ()), "person", "UTC"), 86_400_000_000)
    Dates(label=('1970-01-01', '1970-01-02'), moment_us=(86399999999, 86400000000))
    """
    place = ZoneInfo(journeys.zone)
    first = day_of(min(journeys.span_us()[0], as_of_us), place)
    last = day_of(as_of_us, place)
    step = 1
    if every == "week":
        step = 7
        last += timedelta(days=6 - last.weekday())
    n = min((last - first).days // step + 1, MOST_DATES)
    days = [last - timedelta(days=step * back) for back in reversed(range(n))]
    ends = (min(midnight_us(day + timedelta(days=1), place) - 1, as_of_us) for day in days)
    shown = (min(day, day_of(as_of_us, place)).isoformat() for day in days)
    return Dates(tuple(shown), tuple(ends))


def stage_daily(
    journeys: Journeys, plan: StagePlan, *, every: Literal["day", "week"] = "day"
) -> Answer[StageDailyResult]:
    """Count where all customers stood at the end of every day or week.

    Why you would: a funnel tells what became of everybody in the end; this tells how full each
    stage was while it happened, so that a stage that fills up is seen when it does.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey, compiled by `trod.journeys.passage.compile_plan`.
    every
        The end of each day, or of each week (Sunday), in the zone of the journeys; the last one is
        the as-of moment of the plan.

    Returns
    -------
    Answer
        With a `StageDailyResult`. At each date outside + open + left + done is the population.

    Notes
    -----
    O(n_touchpoints + n_dates): one walk. Where ``left_after`` is learned it is the same at all
    dates.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> day = 86_400_000_000
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "buy", "visit", "call"],
    ...     "time": [0, 2 * day, day, 2 * day],
    ... }))
    >>> spec = JourneySpec(
    ...     name="purchase",
    ...     stages=[{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}],
    ...     success="buy",
    ...     left_after="30d",
    ... )
    >>> found = stage_daily(journeys, compile_plan(spec, journeys)).data
    >>> found.open.tolist(), found.done.sum(axis=1).tolist()
    ([[1, 0], [2, 0], [0, 1]], [0, 0, 1])
    """
    dates = dates_of(journeys, plan.as_of_us, every)
    return answer(
        "stage_daily",
        fold.run({"it": StageDaily(plan, dates)}, journeys)["it"],
        journeys,
        n=journeys.n_customers,
        population="Customers who had a touchpoint by then",
        method=f"The record as it was at the end of each {every}: the passage up to then, and "
        "silence up to then.",
    )
