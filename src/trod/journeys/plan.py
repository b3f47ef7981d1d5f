"""A journey definition compiled for the data at hand, and how long a silence counts as leaving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.passage import NEVER, NO_STAGE
from trod._kernels.silence import longest_silence
from trod.errors import DefinitionError, JourneyError, unknown
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.rules import StageRules, compile_rules

if TYPE_CHECKING:
    from trod.journeys.passage import Passages
    from trod.journeys.spec import JourneySpec

DAY_US: Final = 86_400_000_000
FOREVER: Final = np.iinfo(np.int64).max
LONGEST_US: Final = 36_525_000 * DAY_US
_Problems = list[tuple[str, str]]  # key within the journey, and what is wrong there


@dataclass(frozen=True, slots=True, eq=False)
class StateCodes:
    """The stage that each value of a declared state enters."""

    state: str
    enter_code: NDArray[np.uint8]  # (n_values,) stage, or NO_STAGE


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
    rules: StageRules | None = None  # steps, exclusions and ways back, where there are any
    hold: str | None = None  # state whose value one passage holds
    optional: tuple[bool, ...] = ()  # by stage; empty where none is
    remembered: dict[JourneyBatch, Passages] | None = field(default=None, repr=False)

    @property
    def n_stages(self) -> int:
        """How many stages the journey has."""
        return len(self.stages)

    @property
    def has_success(self) -> bool:
        """Whether a success touchpoint is declared."""
        return bool(self.success.any())

    def is_optional(self, stage: int) -> bool:
        """Whether a stage may be passed over without being skipped."""
        return bool(self.optional) and self.optional[stage]

    def speaks_of(self, stage: int) -> NDArray[np.bool_]:
        """Say which touchpoints enter a stage, alone or together with others, shape (n_names,)."""
        alone = np.asarray(self.enter_code == stage, np.bool_)
        return alone if self.rules is None else alone | self.rules.speaks_of(stage)

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
    JourneyError
        If the definition names touchpoints, states or values that no customer ever had. All at
        once.

    Notes
    -----
    A touchpoint that enters two stages enters the first of them; validation reports it.
    """
    names = journeys.vocabulary.touchpoints
    problems: _Problems = []
    enter = np.full(len(names), NO_STAGE, np.uint8)
    day_us = np.full(len(spec.stages), NEVER, np.int64)
    for s, stage in reversed(list(enumerate(spec.stages))):
        entering = _codes(stage.names, names, problems, f"stages.{s}.enter_on")
        _codes(stage.unless, names, problems, f"stages.{s}.unless")
        if stage.enter_on is not None and stage.enter_on.at_once:
            enter[entering] = s
        if stage.days:
            day_us[s] = min(stage.days[0] * DAY_US, LONGEST_US)
    success, failure = np.zeros(len(names), np.bool_), np.zeros(len(names), np.bool_)
    success[_codes(spec.success, names, problems, "success")] = True
    failure[_codes(spec.failure, names, problems, "failure")] = True
    states = _state_codes(spec, journeys.vocabulary.states, problems)
    if spec.hold_constant is not None and spec.hold_constant not in journeys.vocabulary.states:
        known = list(journeys.vocabulary.states)
        problems.append(("hold_constant", unknown("state", spec.hold_constant, known)))
    if problems:
        raise JourneyError(spec.name, problems)
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
        rules=compile_rules(spec, {name: code for code, name in enumerate(names)}),
        hold=spec.hold_constant,
        optional=_optional(spec),
    )


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


def _optional(spec: JourneySpec) -> tuple[bool, ...]:
    """Say which stages may be passed over; the last one cannot be."""
    found = tuple(stage.optional for stage in spec.stages[:-1])
    return (*found, False) if any(found) else ()


def _longest(batch: JourneyBatch) -> NDArray[np.int64]:
    longest = np.empty(batch.n_customers, np.int64)
    longest_silence(given(batch.offsets, np.int64), given(batch.time_us, np.int64), longest)
    return longest


def _codes(
    given_names: Sequence[str], known: Sequence[str], problems: _Problems, place: str
) -> list[int]:
    """Give the codes of names, noting each that is not known, and where it stands."""
    codes = {name: code for code, name in enumerate(known)}
    missing = (n for n in given_names if n not in codes)
    problems.extend((place, unknown("touchpoint", n, known)) for n in missing)
    return [codes[n] for n in given_names if n in codes]


def _state_codes(
    spec: JourneySpec, known: Mapping[str, Sequence[str]], problems: _Problems
) -> tuple[StateCodes, ...]:
    tables: dict[str, NDArray[np.uint8]] = {}
    for s, stage in reversed(list(enumerate(spec.stages))):
        if (rule := stage.enter_when) is None:
            continue
        place = f"stages.{s}.enter_when"
        if rule.state not in known:
            problems.append((place, unknown("state", rule.state, list(known))))
            continue
        values = list(known[rule.state])
        table = tables.setdefault(rule.state, np.full(len(values), NO_STAGE, np.uint8))
        for value in rule.is_:
            if value in values:
                table[values.index(value)] = s
            else:
                problems.append((place, unknown(f"{rule.state} value", value, values)))
    return tuple(StateCodes(state, tables[state]) for state in sorted(tables))


def _micros(duration: timedelta) -> int:
    """Give microseconds, at most a hundred thousand years: sums of times stay in 64 bits."""
    return min(duration // timedelta(microseconds=1), LONGEST_US)
