"""How many customers reach each stage, go on, leave, are still there, and how long they stay."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.stages import time_in_stages
from trod.analyses.answer import Answer, answer
from trod.analyses.histogram import N_BINS, Spread, spread
from trod.analyses.names import encode
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import DONE, LEFT, NEVER, OPEN, Passages, StagePlan, passages


class StagesResult(NamedTuple):
    """Row s of each array is stage s. reached = went_on + left + still_there + done."""

    stage: tuple[str, ...]
    outside: int  # customers who never entered the journey
    reached: NDArray[np.int64]  # (n_stages,) customers who got to the stage, or past it
    went_on: NDArray[np.int64]  # (n_stages,) reached the next stage
    left: NDArray[np.int64]  # (n_stages,) left in this stage
    still_there: NDArray[np.int64]  # (n_stages,) open: neither left nor done
    done: NDArray[np.int64]  # (n_stages,) succeeded from this stage
    skipped: NDArray[np.int64]  # (n_stages,) of those reached, went past without entering
    passed_over: NDArray[np.int64]  # (n_stages,) the same of an optional stage: it is no skip
    dwell: tuple[Spread | None, ...]  # (n_stages,) time from entering to the next stage or success

    @property
    def entered(self) -> NDArray[np.int64]:
        """Customers who entered each stage, shape (n_stages,)."""
        return self.reached - self.skipped - self.passed_over

    @property
    def onward(self) -> NDArray[np.int64]:
        """Customers who entered each stage and went on from it or are done, shape (n_stages,)."""
        return self.entered - self.left - self.still_there

    @property
    def base(self) -> NDArray[np.int64]:
        """What shares of a stage are of: who reached it and did not pass it over as they may."""
        return self.reached - self.passed_over

    def columns(self) -> dict[str, Any]:
        """Give one row per stage."""
        return {
            "stage": list(self.stage),
            "reached": self.reached,
            "went_on": self.went_on,
            "left": self.left,
            "still_there": self.still_there,
            "done": self.done,
            "skipped": self.skipped,
            "passed_over": self.passed_over,
            "median_us": [d.median_us if d else None for d in self.dwell],
            "p90_us": [d.p90_us if d else None for d in self.dwell],
        }


@dataclass(frozen=True, slots=True, eq=False)
class StageCounts(Sums):
    """Customers by furthest stage and status; times in stages."""

    outside: NDArray[np.int64]  # (1,)
    by_status: NDArray[np.int64]  # (n_stages, 3) customers by furthest stage, then OPEN, LEFT, DONE
    skipped: NDArray[np.int64]  # (n_stages,)
    dwell: NDArray[np.int64]  # (n_stages, N_BINS)


@dataclass(frozen=True, slots=True)
class Stages:
    """Occupancy, drop-off and time per stage of one journey."""

    plan: StagePlan

    def empty(self) -> StageCounts:
        """Give the counts of no data."""
        n = self.plan.n_stages
        return StageCounts(
            np.zeros(1, np.int64),
            np.zeros((n, 3), np.int64),
            np.zeros(n, np.int64),
            np.zeros((n, N_BINS), np.int64),
        )

    def read(self, batch: JourneyBatch) -> StageCounts:
        """Count one batch."""
        walked, counts = passages(batch, self.plan), self.empty()
        inside = walked.furthest >= 0
        cell = walked.furthest[inside].astype(np.int64) * 3 + walked.status[inside]
        counts.by_status[:] = np.bincount(cell, minlength=counts.by_status.size).reshape(-1, 3)
        counts.outside[0] = batch.n_customers - np.count_nonzero(inside)
        time_in_stages(
            given(walked.entered_us, np.int64),
            given(walked.furthest, np.int8),
            given(success_us(batch, self.plan, walked), np.int64),
            counts.skipped,
            counts.dwell,
        )
        return counts

    def finish(self, state: StageCounts) -> StagesResult:
        """Name the stages; sum from the last one back."""
        reached = state.by_status.sum(axis=1)[::-1].cumsum()[::-1]
        optional = np.array([self.plan.is_optional(s) for s in range(self.plan.n_stages)])
        return StagesResult(
            stage=self.plan.stages,
            outside=int(state.outside[0]),
            reached=reached,
            went_on=np.append(reached[1:], 0),
            left=state.by_status[:, LEFT],
            still_there=state.by_status[:, OPEN],
            done=state.by_status[:, DONE],
            skipped=np.where(optional, 0, state.skipped),
            passed_over=np.where(optional, state.skipped, 0),
            dwell=tuple(spread(row) for row in state.dwell),
        )


def success_us(batch: JourneyBatch, plan: StagePlan, walked: Passages) -> NDArray[np.int64]:
    """Give the moment of success of each customer, NEVER without one, shape (n_customers,)."""
    moment = np.full(batch.n_customers, NEVER, np.int64)
    if plan.has_success:
        done = walked.status == DONE
        moment[done] = batch.time_us[walked.last[done]]
    return moment


def done_us(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.int64]:
    """Give the moment each customer was done, (n_customers,), NEVER for the others.

    Without a success touchpoint that is the moment of entering the last stage.
    """
    walked = passages(batch, plan)
    if plan.has_success:
        return success_us(batch, plan, walked)
    return np.where(walked.status == DONE, walked.entered_us[:, -1], NEVER).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Outside:
    """Customers who never entered the journey."""

    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Always ``outside``."""
        return "outside"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who never entered."""
        return np.asarray(passages(batch, self.plan).furthest < 0, np.bool_)


@dataclass(frozen=True, slots=True)
class Reached:
    """Customers who got to a stage, or past it."""

    stage: str
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``reached:STAGE``."""
        return f"reached:{encode(self.stage)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who got there."""
        return np.asarray(
            passages(batch, self.plan).furthest >= self.plan.stage(self.stage), np.bool_
        )


@dataclass(frozen=True, slots=True)
class WasIn:
    """Customers who entered a stage: reached it without going past it."""

    stage: str
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``in:STAGE``."""
        return f"in:{encode(self.stage)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who entered it."""
        entered = passages(batch, self.plan).entered_us[:, self.plan.stage(self.stage)]
        return np.asarray(entered != NEVER, np.bool_)


@dataclass(frozen=True, slots=True)
class Left:
    """Customers who left the journey: in all, or in one stage."""

    plan: StagePlan = field(compare=False, repr=False)
    stage: str | None = None

    @property
    def key(self) -> str:
        """``left``, or ``left:STAGE``."""
        return _key("left", self.stage)

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who left."""
        return _stands(batch, self.plan, self.stage, LEFT)


@dataclass(frozen=True, slots=True)
class Open:
    """Customers who are still on the way: in all, or in one stage."""

    plan: StagePlan = field(compare=False, repr=False)
    stage: str | None = None

    @property
    def key(self) -> str:
        """``open``, or ``open:STAGE``."""
        return _key("open", self.stage)

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is still there."""
        return _stands(batch, self.plan, self.stage, OPEN)


@dataclass(frozen=True, slots=True)
class Done:
    """Customers who succeeded: in all, or from one stage."""

    plan: StagePlan = field(compare=False, repr=False)
    stage: str | None = None

    @property
    def key(self) -> str:
        """``done``, or ``done:STAGE``."""
        return _key("done", self.stage)

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who succeeded."""
        return _stands(batch, self.plan, self.stage, DONE)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Customers who got past a stage without entering it."""

    stage: str
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``skipped:STAGE``."""
        return f"skipped:{encode(self.stage)}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who went past."""
        walked, s = passages(batch, self.plan), self.plan.stage(self.stage)
        return np.asarray((walked.furthest >= s) & (walked.entered_us[:, s] == NEVER), np.bool_)


def _key(kind: str, stage: str | None) -> str:
    return kind if stage is None else f"{kind}:{encode(stage)}"


def _stands(
    batch: JourneyBatch, plan: StagePlan, stage: str | None, status: int
) -> NDArray[np.bool_]:
    """Say who has a status, in one stage or in any."""
    walked = passages(batch, plan)
    there = walked.furthest >= 0 if stage is None else walked.furthest == plan.stage(stage)
    return np.asarray(there & (walked.status == status), np.bool_)


def stages(journeys: Journeys, plan: StagePlan) -> Answer[StagesResult]:
    """Count where customers stand in a journey, and how long they stay in its stages.

    Every customer who reached a stage either reached the next one, left, is still there, or is
    done, so the columns of one row always sum.

    Parameters
    ----------
    journeys
        The data.
    plan
        The journey, compiled by `trod.journeys.passage.compile_plan`.

    Returns
    -------
    Answer
        With a `StagesResult`.

    Notes
    -----
    O(n_touchpoints). `trod.journeys.passage` defines reached, left, open, done and skipped. Time
    in a stage is known only for those who went on or succeeded; others are not counted in it.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> from trod.journeys.passage import compile_plan
    >>> from trod.journeys.spec import JourneySpec
    >>> spec = JourneySpec(
    ...     name="purchase",
    ...     stages=[{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}],
    ...     success="buy",
    ... )
    >>> plan = compile_plan(spec, journeys)
    >>> result = stages(journeys, plan).data
    >>> result.reached, result.still_there, result.done
    (array([2, 2]), array([0, 1]), array([0, 1]))
    """
    result = fold.run({"it": Stages(plan)}, journeys)["it"]
    return answer(
        "stages",
        result,
        journeys,
        n=journeys.n_customers - result.outside,
        population=f"Customers who entered {plan.journey}",
        window=within_words(plan),
        method="Each customer by the furthest stage reached; time from entering a stage to "
        "entering the next one, or to success.",
    )


def within_words(plan: StagePlan) -> str | None:
    """Say the conversion window in words; None without one."""
    days = plan.window_us / 86_400_000_000
    return None if plan.window_us == np.iinfo(np.int64).max else f"{days:g} days from entry"
