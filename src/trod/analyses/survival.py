"""How long customers stay: the share that has not left so many days after entering a stage.

**Leaving** is dated as everywhere: by a declared touchpoint when that happens, by silence when it
is long enough to count as left. Of those still on the way it is known only that they have not left
by `as of`; they count for as long as they were watched. Who succeeds cannot leave any more: success
competes with leaving, and the curve is one less the cumulative incidence of leaving [1]_. Where
nobody succeeds it is the curve of Kaplan and Meier.

Time is counted in whole days that are over. Who leaves and who is last watched on the same day are
taken to leave first. The curve ends where fewer than ten customers are still watched: beyond, one
of them would move it by a tenth.

`trod.analyses.incidence` says how share and interval are estimated.

References
----------
.. [1] Aalen & Johansen (1978), "An empirical transition matrix for non-homogeneous Markov chains
   based on censored observations", Scandinavian Journal of Statistics 5:141-150.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.answer import Answer, answer
from trod.analyses.incidence import incidence
from trod.analyses.names import decode, encode
from trod.analyses.stages import done_us
from trod.analyses.stall import left_us
from trod.errors import NotEnoughDataError
from trod.events.counted import count
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.grouping import Grouping, by_attribute, everyone
from trod.journeys.passage import DAY_US, NEVER, StagePlan, passages

GONE, SUCCEEDED, WATCHED = 0, 1, 2
MOST_DAYS: Final = 3_653
"""Ten years; whoever stays longer is watched until then."""
FEWEST: Final = 10
"""Customers who must still be watched on a day for the curve to go on."""


class Curve(NamedTuple):
    """One group of customers; row d is day d after entering."""

    group: str
    entered: int
    at_risk: NDArray[np.int64]  # (n_days,) watched, and neither gone nor done, as the day begins
    left: NDArray[np.int64]  # (n_days,) on that day
    done: NDArray[np.int64]  # (n_days,) on that day
    staying: NDArray[np.float64]  # (n_days,) share that has not left by the end of the day
    low: NDArray[np.float64]  # (n_days,)
    high: NDArray[np.float64]  # (n_days,)

    @property
    def half_left(self) -> int | None:
        """The day by which half have left; None where that never comes on record."""
        days = np.flatnonzero(self.staying <= 0.5)
        return int(days[0]) if days.size else None


class SurvivalResult(NamedTuple):
    """A curve for each group, the largest group first."""

    stage: str
    by: str  # attribute, or "" for everyone
    curves: tuple[Curve, ...]

    def columns(self) -> dict[str, Any]:
        """Give one row per group and day."""
        days = [range(c.staying.size) for c in self.curves]
        rounded = ("staying", "low", "high")
        return {
            "group": [c.group for c, of in zip(self.curves, days, strict=True) for _ in of],
            "day": [d for of in days for d in of],
            **{
                name: [int(x) for c in self.curves for x in getattr(c, name)]
                for name in ("at_risk", "left", "done")
            },
            **{
                name: [round(float(x), 6) for c in self.curves for x in getattr(c, name)]
                for name in rounded
            },
        }


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalCounts(Sums):
    """Customers by group, by what ended the watch, and by days until then."""

    days: NDArray[np.int64]  # (n_groups, 3, MOST_DAYS + 1)


@dataclass(frozen=True, slots=True)
class Survival:
    """Days from entering a stage to leaving, to success, or to as of."""

    plan: StagePlan
    stage: int = 0
    grouping: Grouping = field(default_factory=everyone)

    def empty(self) -> SurvivalCounts:
        """Give the counts of no data."""
        return SurvivalCounts(np.zeros((len(self.grouping.groups), 3, MOST_DAYS + 1), np.int64))

    def read(self, batch: JourneyBatch) -> SurvivalCounts:
        """Count one batch."""
        state = self.empty()
        began, end, fate = _watch(batch, self.plan, self.stage)
        who = np.flatnonzero(began != NEVER)
        days = np.clip((end[who] - began[who]) // DAY_US, 0, MOST_DAYS)
        ended = np.where(days == MOST_DAYS, WATCHED, fate[who])
        np.add.at(state.days, (self.grouping.of(batch)[who], ended, days), 1)
        return state

    def finish(self, state: SurvivalCounts) -> SurvivalResult:
        """Estimate a curve for each group that anybody is in."""
        curves = [
            _curve(group, *counts)
            for group, counts in zip(self.grouping.groups, state.days, strict=True)
            if counts.sum() >= FEWEST
        ]
        return SurvivalResult(self.plan.stages[self.stage], self.grouping.name, tuple(curves))


def _watch(
    batch: JourneyBatch, plan: StagePlan, stage: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Give when each customer entered the stage, when the watch ended, and how."""
    walked = passages(batch, plan)
    entered = walked.entered_us
    began = entered[:, stage]
    if stage == 0:  # the journey begins with whatever stage is entered first
        known = np.where(entered == NEVER, np.iinfo(np.int64).max, entered).min(axis=1)
        began = np.where(walked.furthest >= 0, known, NEVER)
    gone, done = left_us(batch, plan), done_us(batch, plan)
    fate = np.where(gone != NEVER, GONE, np.where(done != NEVER, SUCCEEDED, WATCHED))
    end = np.where(gone != NEVER, gone, np.where(done != NEVER, done, plan.as_of_us))
    return began, end, fate


def _curve(
    group: str, left: NDArray[np.int64], done: NDArray[np.int64], watched: NDArray[np.int64]
) -> Curve:
    """Estimate who has not left by the end of each day."""
    ended = left + done + watched
    at_risk = int(ended.sum()) - np.concatenate([[0], np.cumsum(ended)[:-1]])
    n_days = max(int((at_risk >= FEWEST).sum()), 1)
    left, done, at_risk = left[:n_days], done[:n_days], at_risk[:n_days]
    gone = incidence(left, left + done, at_risk)
    share, low, high = 1 - gone.share, 1 - gone.high, 1 - gone.low
    return Curve(group, int(ended.sum()), at_risk, left, done, share, low, high)


@dataclass(frozen=True, slots=True)
class LostWithin:
    """Customers who left so many whole days, or fewer, after entering a stage."""

    stage: str
    days: int
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``lostwithin:STAGE@30``."""
        return f"lostwithin:{encode(self.stage)}@{self.days}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who left by then."""
        began, end, fate = _watch(batch, self.plan, self.plan.stage(self.stage))
        in_time = (end - np.where(began == NEVER, end, began)) // DAY_US <= self.days
        return np.asarray((began != NEVER) & (fate == GONE) & in_time, np.bool_)


def parse_lost_within(text: str, plan: StagePlan) -> LostWithin | None:
    """Read what follows ``lostwithin:`` in a key; None where it is not written so."""
    stage, at, days = text.rpartition("@")
    if not (stage and at and days.isascii() and days.isdecimal() and len(days) < 6):
        return None
    return LostWithin(decode(stage), int(days), plan)


def survival(
    journeys: Journeys, plan: StagePlan, *, stage: str | None = None, by: str | None = None
) -> Answer[SurvivalResult]:
    """Say how long customers stay before they leave, day by day.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey, compiled by `trod.journeys.passage.compile_plan`.
    stage
        Stage from whose entering days are counted. Default: from entering the journey.
    by
        Attribute of customers: a curve for each of its four most frequent values.

    Returns
    -------
    Answer
        With a `SurvivalResult`.

    Raises
    ------
    DefinitionError
        If no stage or attribute has this name.
    NotEnoughDataError
        If fewer than ten customers entered the stage.

    Notes
    -----
    O(n_customers) after the walk of `passages`.

    Examples
    --------
    Twenty customers enter; a half complains on the tenth day and leaves by that, the others are
    there until the record ends on day 40.

    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> day = 86_400_000_000
    >>> rows = [(f"c{c}", "visit", 0) for c in range(20)]
    >>> rows += [(f"c{c}", "cancel", 10 * day) for c in range(10)] + [("c19", "renew", 40 * day)]
    >>> who, what, when = zip(*rows)
    >>> journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> stages = [{"name": s, "enter_on": on} for s, on in [("Use", "visit"), ("Renew", "renew")]]
    >>> spec = JourneySpec(name="use", stages=stages, failure="cancel", left_after="90d")
    >>> curve = survival(journeys, compile_plan(spec, journeys)).data.curves[0]
    >>> curve.staying[[9, 10, 40]].tolist(), curve.half_left
    ([1.0, 0.5, 0.5], 10)
    """
    grouping = everyone() if by is None else by_attribute(journeys, by)
    asked = Survival(plan, 0 if stage is None else plan.stage(stage), grouping)
    result: SurvivalResult = fold.run({"it": asked}, journeys)["it"]
    entered = sum(curve.entered for curve in result.curves)
    if not result.curves:
        raise NotEnoughDataError(
            f"how long customers stay cannot be told: fewer than {count(FEWEST, 'customer')} "
            f"entered {result.stage}."
        )
    return answer(
        "survival",
        result,
        journeys,
        n=entered,
        population=f"Customers who entered {result.stage if asked.stage else plan.journey}",
        method="Share that has not left so many days after entering; those still on the way count "
        "for as long as they were watched, success ends it, and silence is leaving once it is over "
        f"{count(plan.left_after_us // DAY_US, 'day')} long.",
    )
