"""Where each customer stands: the passage of a customer through the stages of a journey.

The words of the product, defined once:

**Entry** is the first touchpoint that enters any stage. Customers without one are *outside*.

**Position** is the furthest stage entered so far. It only moves forward: entering an earlier stage
again changes nothing. Stages may be *skipped*: they count as reached, but were never entered.

**Entering.** A stage with ``enter_on`` is entered by a touchpoint of that name, one with
``enter_when`` by a touchpoint that sets the state. A stage with ``days: a-b`` begins `a` days after
entry and is entered by the first touchpoint at or after that moment, the time of entering being
entry plus `a` days; `b` is only checked, because the next stage ends this one. Where the first
stage is given in days, any touchpoint enters it.

**Window.** Stages entered, and success, later than entry plus ``converts_within`` do not count;
touchpoints after that moment lie outside the passage.

**Outcome.** A ``success`` touchpoint inside the passage makes the customer *done*, a ``failure``
touchpoint makes the customer *left*; either ends the passage. Where no success is declared,
customers who reach the last stage are done, and the passage goes on.

**Left and open.** Without an outcome, customers whose last touchpoint of any kind lies
``left_after`` or more before `as of` have *left*; the others are *open*: still there. Where
``left_after`` is not declared, it is learned: see `silence_us`. `As of` is the last moment on
record.

**Re-entry.** After an outcome the next touchpoint that enters a stage starts a new passage; the
first passage counts, or the last one (``reentry``).

So for every stage: reached = reached the next one + left + open + done.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.passage import DONE, FAILURE, LEFT, NEVER, NO_STAGE, OPEN, SUCCESS, walk
from trod._kernels.silence import longest_silence
from trod.errors import DefinitionError, unknown
from trod.journeys.batch import NO_STATE, JourneyBatch, Journeys

if TYPE_CHECKING:
    from trod.journeys.spec import JourneySpec

__all__ = [
    "DONE",
    "LEFT",
    "NEVER",
    "NO_STAGE",
    "OPEN",
    "Passages",
    "StagePlan",
    "StateCodes",
    "compile_plan",
    "passages",
    "silence_us",
]

DAY_US: Final = 86_400_000_000
FOREVER: Final = np.iinfo(np.int64).max
LONGEST_US: Final = 36_525_000 * DAY_US


@dataclass(frozen=True, slots=True, eq=False)
class StateCodes:
    """The stage that each value of a declared state enters."""

    state: str
    enter_code: NDArray[np.uint8]  # (n_values,) stage, or NO_STAGE


@dataclass(frozen=True, slots=True, eq=False)
class Passages:
    """One batch walked through the stages."""

    stage: NDArray[np.int8]  # (n_events,) stage after the touchpoint; -1 outside the passage
    entered_us: NDArray[np.int64]  # (n_customers, n_stages) moment of entering, or NEVER
    furthest: NDArray[np.int8]  # (n_customers,) last stage reached; -1 outside
    status: NDArray[np.int8]  # (n_customers,) OPEN, LEFT or DONE; OPEN outside
    last: NDArray[np.int64]  # (n_customers,) row of the last touchpoint of the passage; -1 outside


@dataclass(frozen=True, slots=True, eq=False)
class StagePlan:
    """A journey definition compiled for one vocabulary and one moment."""

    journey: str
    stages: tuple[str, ...]
    enter_code: NDArray[np.uint8]  # (n_names,) stage that a touchpoint enters, or NO_STAGE
    states: tuple[StateCodes, ...]
    day_us: NDArray[np.int64]  # (n_stages,) age at which the stage begins, or NEVER
    success: NDArray[np.bool_]  # (n_names,)
    failure: NDArray[np.bool_]  # (n_names,)
    window_us: int  # FOREVER without a window
    left_after_us: int
    as_of_us: int
    reentry_last: bool
    remembered: dict[JourneyBatch, Passages] | None = field(default=None, repr=False)

    @property
    def n_stages(self) -> int:
        """How many stages the journey has."""
        return len(self.stages)

    @property
    def has_success(self) -> bool:
        """Whether a success touchpoint is declared."""
        return bool(self.success.any())

    def stage(self, name: str) -> int:
        """Give the index of a stage.

        Raises
        ------
        DefinitionError
            If the journey has no such stage.
        """
        if name not in self.stages:
            raise DefinitionError([unknown("stage", name, self.stages)])
        return self.stages.index(name)

    def remembering(self) -> StagePlan:
        """Give the same plan, which walks each batch once and keeps the passages.

        For a caller that asks many questions of the same batches: folds and predicates made with
        this plan share the walk. What is kept (one byte a touchpoint, eight a customer and stage)
        lives as long as the plan does.
        """
        return replace(self, remembered={})


def compile_plan(
    spec: JourneySpec, journeys: Journeys, *, as_of_us: int | None = None
) -> StagePlan:
    """Compile a journey definition for the data at hand.

    Parameters
    ----------
    spec
        The definition, as written in trod.yml.
    journeys
        The data: gives the names, the last moment on record, and what silence is usual.
    as_of_us
        Moment at which customers are judged, in microseconds UTC; the last on record by default.
        Touchpoints later than that are not left out.

    Returns
    -------
    StagePlan
        What `passages` needs.

    Raises
    ------
    DefinitionError
        If the definition names touchpoints, states or values that no customer ever had. All at
        once.

    Notes
    -----
    A touchpoint that enters two stages enters the first of them; validation reports it.
    """
    names = journeys.vocabulary.touchpoints
    problems: list[str] = []
    enter = np.full(len(names), NO_STAGE, np.uint8)
    day_us = np.full(len(spec.stages), NEVER, np.int64)
    for s, stage in reversed(list(enumerate(spec.stages))):
        enter[_codes(stage.enter_on, names, problems)] = s
        if stage.days:
            day_us[s] = min(stage.days[0] * DAY_US, LONGEST_US)
    success, failure = np.zeros(len(names), np.bool_), np.zeros(len(names), np.bool_)
    success[_codes(spec.success, names, problems)] = True
    failure[_codes(spec.failure, names, problems)] = True
    states = _state_codes(spec, journeys.vocabulary.states, problems)
    if problems:
        raise DefinitionError(problems)
    return StagePlan(
        journey=spec.name,
        stages=tuple(stage.name for stage in spec.stages),
        enter_code=enter,
        states=states,
        day_us=day_us,
        success=success,
        failure=failure,
        window_us=_micros(spec.converts_within) if spec.converts_within else FOREVER,
        left_after_us=_micros(spec.left_after) if spec.left_after else silence_us(journeys),
        as_of_us=journeys.span_us()[1] if as_of_us is None else as_of_us,
        reentry_last=spec.reentry == "last",
    )


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
    n = batch.n_customers
    walked = Passages(
        stage=np.empty(batch.n_events, np.int8),
        entered_us=np.empty((n, plan.n_stages), np.int64),
        furthest=np.empty(n, np.int8),
        status=np.empty(n, np.int8),
        last=np.empty(n, np.int64),
    )
    outcome = np.where(plan.success, SUCCESS, np.where(plan.failure, FAILURE, 0))
    rules = [
        plan.window_us,
        plan.day_us[0] != NEVER,
        plan.reentry_last,
        np.any(plan.day_us != NEVER),
        plan.has_success,
        plan.as_of_us - plan.left_after_us,
    ]
    walk(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        given(_entered_by_state(batch, plan), np.uint8),
        given(plan.enter_code, np.uint8),
        given(outcome, np.uint8),
        given(plan.day_us, np.int64),
        given(np.array(rules, np.int64), np.int64),
        walked.stage,
        walked.entered_us,
        walked.furthest,
        walked.status,
        walked.last,
    )
    if plan.remembered is not None:
        plan.remembered[batch] = walked
    return walked


def silence_us(journeys: Journeys) -> int:
    """Learn after how much silence a customer counts as left.

    Nine in ten of the customers who ever came back did so within this time: the 90th percentile,
    over customers with two touchpoints or more, of the longest time between two touchpoints that
    follow each other. Rounded up to whole days; at least one day and at most half of the time on
    record; 30 days where nobody came back.

    Parameters
    ----------
    journeys
        The data.

    Returns
    -------
    int
        Microseconds, a whole number of days.
    """
    longest = [_longest(batch) for batch in journeys]
    gaps = np.concatenate([gap[gap != NEVER] for gap in longest] or [np.empty(0, np.int64)])
    if gaps.size == 0:
        return 30 * DAY_US
    rank = -(-9 * gaps.size // 10) - 1
    usual = -(-int(np.partition(gaps, rank)[rank]) // DAY_US)
    first, last = journeys.span_us()
    return max(1, min(usual, (last - first) // 2 // DAY_US)) * DAY_US


def _longest(batch: JourneyBatch) -> NDArray[np.int64]:
    longest = np.empty(batch.n_customers, np.int64)
    longest_silence(given(batch.offsets, np.int64), given(batch.time_us, np.int64), longest)
    return longest


def _codes(given_names: Sequence[str], known: Sequence[str], problems: list[str]) -> list[int]:
    """Give the codes of names, noting each that is not known."""
    codes = {name: code for code, name in enumerate(known)}
    problems.extend(unknown("touchpoint", n, known) for n in given_names if n not in codes)
    return [codes[n] for n in given_names if n in codes]


def _state_codes(
    spec: JourneySpec, known: Mapping[str, Sequence[str]], problems: list[str]
) -> tuple[StateCodes, ...]:
    tables: dict[str, NDArray[np.uint8]] = {}
    for s, stage in reversed(list(enumerate(spec.stages))):
        if (rule := stage.enter_when) is None:
            continue
        if rule.state not in known:
            problems.append(unknown("state", rule.state, list(known)))
            continue
        values = list(known[rule.state])
        table = tables.setdefault(rule.state, np.full(len(values), NO_STAGE, np.uint8))
        for value in rule.is_:
            if value in values:
                table[values.index(value)] = s
            else:
                problems.append(unknown(f"{rule.state} value", value, values))
    return tuple(StateCodes(state, tables[state]) for state in sorted(tables))


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


def _micros(duration: timedelta) -> int:
    """Give microseconds, at most a hundred thousand years: sums of times stay in 64 bits."""
    return min(duration // timedelta(microseconds=1), LONGEST_US)
