"""Where each customer stands: the passage of a customer through the stages of a journey.

The words of the product, defined once:

**Entry** is the first touchpoint that enters any stage. Customers without one are *outside*.

**Position** is the furthest stage entered so far. It only moves forward: entering an earlier stage
again changes nothing. Stages may be *skipped*: they count as reached, but were never entered.

**Entering.** A stage with ``enter_on`` is entered by a touchpoint of that name, or by the one that
completes its rule: all of several, so many of them, or several in order. Steps count wherever the
customer stands, since the rule was last completed or a passage ended. A stage with ``enter_when``
is entered by a touchpoint that sets the state. Of several stages the furthest is entered. A stage
with ``days: a-b`` begins `a` days after
entry and is entered by the first touchpoint at or after that moment, the time of entering being
entry plus `a` days; `b` is only checked, because the next stage ends this one. Where the first
stage is given in days, any touchpoint enters it.

**Exclusion.** A touchpoint under ``unless`` keeps customers out of the stage while they stay where
they stand; moving to another stage lifts it. The touchpoint that moves them does not count.

**Optional.** A stage that may be passed over: that is no skip, and its conversion is that of those
who entered it.

**Going back.** A touchpoint that enters an earlier stage with ``back`` moves a customer back to it,
as if no later stage had been entered: the moment of entering the earlier one stands, and the way
there and back is time spent in it.

**A held value.** With ``hold_constant`` a passage is made of touchpoints with one value of a state.
A customer has a passage for each value; the one that is done counts, else the furthest, then the
earliest. Touchpoints without a value move nothing and lie where that passage stands.

**Window.** Stages entered, and success, later than entry plus ``converts_within`` do not count;
touchpoints after that moment lie outside the passage.

**Outcome.** A ``success`` touchpoint inside the passage makes the customer *done*, a ``failure``
touchpoint makes the customer *left*; either ends the passage. Where no success is declared,
customers who reach the last stage are done, and the passage goes on; a ``failure`` touchpoint then
ends it and takes nothing back.

**Left and open.** Without an outcome, customers whose last touchpoint of any kind lies
``left_after`` or more before `as of` have *left*; the others are *open*: still there. Where
``left_after`` is not declared, it is learned: see `silence_us`. `As of` is the last moment on
record.

**Re-entry.** After an outcome the next touchpoint that enters a stage starts a new passage; the
first passage counts, or the last one (``reentry``).

So for every stage: reached = reached the next one + left + open + done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.passage import (
    DONE,
    FAILURE,
    LEFT,
    NEVER,
    NO_STAGE,
    OPEN,
    SUCCESS,
    walk,
    walk_course,
)
from trod._kernels.passage_rules import walk_rules
from trod.journeys.batch import NO_STATE, JourneyBatch
from trod.journeys.plan import (
    DAY_US,
    FOREVER,
    StagePlan,
    StateCodes,
    compile_plan,
    silence_us,
)
from trod.journeys.rules import StageRules

__all__ = [
    "DAY_US",
    "DONE",
    "FOREVER",
    "LEFT",
    "NEVER",
    "NO_STAGE",
    "OPEN",
    "Course",
    "Passages",
    "StagePlan",
    "StateCodes",
    "compile_plan",
    "course",
    "passages",
    "silence_us",
]


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """One batch walked through the stages."""

    stage: NDArray[np.int8]  # (n_events,) stage after the touchpoint; -1 outside the passage
    entered_us: NDArray[np.int64]  # (n_customers, n_stages) moment of entering, or NEVER
    furthest: NDArray[np.int8]  # (n_customers,) last stage reached; -1 outside
    status: NDArray[np.int8]  # (n_customers,) OPEN, LEFT or DONE; OPEN outside
    last: NDArray[np.int64]  # (n_customers,) row of the last touchpoint of the passage; -1 outside


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Where each customer stood after each touchpoint, as it looked then."""

    position: NDArray[np.int8]  # (n_events,) furthest stage; -1 outside
    outcome: NDArray[np.int8]  # (n_events,) LEFT or DONE by a touchpoint; -1 without one


def passages(batch: JourneyBatch, plan: StagePlan) -> Passages:
    """Walk every customer of a batch through the stages of a journey.

    The head of this module defines the words.

    Parameters
    ----------
    batch
        The customers.
    plan
        The journey, by `compile_plan`. A plan that remembers walks each batch once.

    Returns
    -------
    Passages
        Where every customer stands, and the stage of every touchpoint.

    Notes
    -----
    O(n_touchpoints), about eight nanoseconds each.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> from trod.journeys.spec import JourneySpec
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "ann"],
    ...     "touchpoint": ["mail", "visit", "call", "visit"],
    ...     "time": [0, 10, 30, 40],
    ... }))
    >>> spec = JourneySpec(
    ...     name="purchase",
    ...     stages=[{"name": "look", "enter_on": "visit"}, {"name": "talk", "enter_on": "call"}],
    ... )
    >>> plan = compile_plan(spec, journeys)
    >>> batch = next(batch for batch in journeys if batch.n_customers)
    >>> passages(batch, plan).stage
    array([-1,  0,  1,  1], dtype=int8)
    """
    if plan.remembered is not None and batch in plan.remembered:
        return plan.remembered[batch]
    walked = _room(batch, plan)
    if plan.rules is None and plan.hold is None:
        _walk_plainly(batch, plan, walked)
    else:
        _walk_by_rules(batch, plan, walked, np.empty((2, 0), np.int8))
    if plan.remembered is not None:
        plan.remembered[batch] = walked
    return walked


def course(batch: JourneyBatch, plan: StagePlan) -> Course:
    """Say where every customer of a batch stood after every touchpoint.

    What `passages` would have said, had the record ended there; silence aside. Where ``reentry`` is
    first, customers stay where their first passage ended.

    Parameters
    ----------
    batch
        The customers.
    plan
        The journey, by `compile_plan`.

    Notes
    -----
    O(n_touchpoints): one walk, whatever the number of moments asked about.
    """
    then = np.empty((2, batch.n_events), np.int8)
    if plan.rules is None and plan.hold is None:
        walk_course(*_plainly(batch, plan), then)
    else:
        _walk_by_rules(batch, plan, _room(batch, plan), then)
    return Course(then[0], then[1])


def _room(batch: JourneyBatch, plan: StagePlan) -> Passages:
    n = batch.n_customers
    return Passages(
        stage=np.empty(batch.n_events, np.int8),
        entered_us=np.empty((n, plan.n_stages), np.int64),
        furthest=np.empty(n, np.int8),
        status=np.empty(n, np.int8),
        last=np.empty(n, np.int64),
    )


def _outcome(plan: StagePlan) -> NDArray[np.uint8]:
    outcome = np.where(plan.success, SUCCESS, np.where(plan.failure, FAILURE, 0))
    return given(outcome, np.uint8)


class _Told(NamedTuple):
    """What the fast loops are told, in their order."""

    offsets: NDArray[np.int64]
    code: NDArray[np.uint16]
    time_us: NDArray[np.int64]
    by_state: NDArray[np.uint8]
    enter: NDArray[np.uint8]
    outcome: NDArray[np.uint8]
    day_us: NDArray[np.int64]
    rules: NDArray[np.int64]


def _walk_plainly(batch: JourneyBatch, plan: StagePlan, walked: Passages) -> None:
    """Walk by single touchpoints, states and days: the fast loop."""
    walk(
        *_plainly(batch, plan),
        walked.stage,
        walked.entered_us,
        walked.furthest,
        walked.status,
        walked.last,
    )


def _plainly(batch: JourneyBatch, plan: StagePlan) -> _Told:
    """Give what the fast loops are told."""
    rules = [
        plan.window_us,
        plan.day_us[0] != NEVER,
        plan.reentry_last,
        np.any(plan.day_us != NEVER),
        plan.has_success,
        plan.as_of_us - plan.left_after_us,
    ]
    return _Told(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(_entered_by_state(batch, plan), np.uint8),
        given(plan.enter_code, np.uint8),
        _outcome(plan),
        given(plan.day_us, np.int64),
        given(np.array(rules, np.int64), np.int64),
    )


def _walk_by_rules(
    batch: JourneyBatch, plan: StagePlan, walked: Passages, then: NDArray[np.int8]
) -> None:
    """Walk by everything a definition can say; note where customers stood if there is room."""
    rules = plan.rules or StageRules.none(plan.n_stages, plan.enter_code.size)
    numbers = [
        plan.window_us,
        plan.day_us[0] != NEVER,
        plan.reentry_last,
        np.any(plan.day_us != NEVER),
        (rules.back * (1 << np.arange(plan.n_stages))).sum(),
        plan.has_success,
        plan.as_of_us - plan.left_after_us,
    ]
    alone = np.where(plan.enter_code == NO_STAGE, -1, plan.enter_code.astype(np.int64))
    of_name = np.column_stack([alone, _outcome(plan), rules.bars, rules.steps_of])
    of_stage = np.column_stack([plan.day_us, rules.need, rules.order[:, 0] >= 0, rules.back])
    key = np.empty(0, np.uint16) if plan.hold is None else batch.states[plan.hold]
    walk_rules(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(_entered_by_state(batch, plan), np.uint8),
        given(key, np.uint16),
        given(of_name, np.int64),
        given(of_stage, np.int64),
        given(rules.step, np.uint8),
        given(rules.order, np.int32),
        given(np.array(numbers, np.int64), np.int64),
        walked.stage,
        walked.entered_us,
        walked.furthest,
        walked.status,
        walked.last,
        then,
    )


def _entered_by_state(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.uint8]:
    """Give the stage each touchpoint enters by a state; empty where the plan has no such rule."""
    if not plan.states:
        return np.empty(0, np.uint8)
    furthest = np.full(batch.n_events, -1, np.int16)
    for rule in plan.states:
        codes = batch.states[rule.state]
        told = codes != NO_STATE
        entered = rule.enter_code[codes[told]].astype(np.int16)
        entered[entered == NO_STAGE] = -1
        furthest[told] = np.maximum(furthest[told], entered)
    furthest[furthest < 0] = NO_STAGE
    return furthest.astype(np.uint8)
