"""The path customers are meant to take, and the ways of not taking it.

**Steps** are the stages of the journey in order, or touchpoints listed in order. Only the passage
counts: from entry to outcome, within the conversion window.

**Skipped X**: a later step was done, or the journey completed, and X never was; a stage that is
optional is not skipped.
**Y before X**: X was done for the first time after the later step Y, the furthest done by then.
**Repeated X**: X again. Of touchpoints, whenever it happens again; of stages, when a customer comes
back to a touchpoint of the stage after one of another stage, unless the stage has `back`.
**Z in S**: a touchpoint that is not on the list, in stage S of the journey, after the first step
done and before the last step of the path. Only where touchpoints are listed: what happens inside a
stage is no deviation from the stages. Touchpoints that the journey ignores, or by which it ends,
are none either.
**Stopped after X**: left, and the next step was never done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.conformance import (
    INSERTED,
    LATE,
    NO_STEP,
    OUTSIDE,
    REPEATED,
    SKIPPED,
    STOPPED,
    count_deviations,
    deviating,
)
from trod.analyses.names import codes_of, decode, encode
from trod.errors import DefinitionError, unknown
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.journeys.passage import NO_STAGE, StagePlan, passages

GROUPS: Final = ("follows", "deviates", "on_the_way")
KINDS: Final = ("skipped", "late", "repeated", "inserted", "stopped")
MOST_STEPS: Final = 40


class Steps(NamedTuple):
    """A path compiled for one vocabulary."""

    names: tuple[str, ...]
    step_of: NDArray[np.int16]  # (n_names,) step, or NO_STEP
    by_rule: NDArray[np.bool_]  # (n_steps,) done by entering the stage, whatever the touchpoint
    needed: NDArray[np.bool_]  # (n_steps,) False for steps that may be left out
    once: NDArray[np.bool_]  # (n_steps,) False for steps that customers may come back to
    strange: NDArray[np.bool_]  # (n_names,) touchpoints that do not belong on the path
    loops: bool  # a step twice in a row is a repeat, too

    def walk(self) -> NDArray[np.int64]:
        """Give room for the walk of one customer."""
        return np.empty((4, len(self.names)), np.int64)


class Deviation(NamedTuple):
    """One way of leaving the path: `a` and `b` are steps, stages or touchpoints by code."""

    kind: int  # index into KINDS
    a: int  # step; of INSERTED the stage; of STOPPED the step never done
    b: int = -1  # of LATE the step done before; of INSERTED the touchpoint


@dataclass(frozen=True, slots=True)
class Intended:
    """The stages of a journey in order, or touchpoints in order."""

    touchpoints: tuple[str, ...] = ()  # none: the stages
    ignore: tuple[str, ...] = ()  # touchpoints that are no deviation

    def __post_init__(self) -> None:
        """Refuse a list that says the same twice, or too much."""
        twice = sorted({n for n in self.touchpoints if self.touchpoints.count(n) > 1})
        problems = [f"the intended path names {n!r} twice. Name each once." for n in twice]
        if len(self.touchpoints) > MOST_STEPS:
            problems.append(f"the intended path has more than {MOST_STEPS} steps. Leave some out.")
        if problems:
            raise DefinitionError(problems)

    @property
    def key(self) -> str:
        """Such as ``A>B>C;ignore=D,E``; empty for the stages."""
        path = ">".join(map(encode, self.touchpoints))
        return path + (f";ignore={','.join(map(encode, self.ignore))}" if self.ignore else "")

    def steps(self, vocabulary: Vocabulary, plan: StagePlan) -> Steps:
        """Compile the path.

        Raises
        ------
        DefinitionError
            If nobody ever had one of the touchpoints.
        """
        if not self.touchpoints:
            step_of = plan.enter_code.astype(np.int16)
            step_of[plan.enter_code == NO_STAGE] = NO_STEP
            by_rule = ~np.isin(np.arange(plan.n_stages), plan.enter_code)
            needed = ~np.array([plan.is_optional(s) for s in range(plan.n_stages)], np.bool_)
            once = ~none_of(plan.n_stages) if plan.rules is None else ~plan.rules.back
            return Steps(
                plan.stages, step_of, by_rule, needed, once, none_of(step_of.size), loops=False
            )
        codes = list(codes_of(vocabulary, self.touchpoints))
        step_of = np.full(len(vocabulary.touchpoints), NO_STEP, np.int16)
        step_of[codes] = np.arange(len(codes))
        strange = (step_of == NO_STEP) & ~plan.success & ~plan.failure
        strange &= ~np.isin(vocabulary.touchpoints, self.ignore)
        nothing = none_of(len(codes))
        return Steps(self.touchpoints, step_of, nothing, ~nothing, ~nothing, strange, loops=True)

    def stated(
        self, deviation: Deviation, names: Steps, plan: StagePlan, code: str = ""
    ) -> tuple[str, tuple[str, ...]]:
        """Say a deviation: words with a place for each name, and the names.

        `code` is the touchpoint of one that was inserted.
        """
        step = names.names[deviation.a] if deviation.a < len(names.names) else ""
        match deviation.kind:
            case 0:
                return "Skipped {}", (step,)
            case 1:
                return "{} before {}", (names.names[deviation.b], step)
            case 2:
                return "Repeated {}", (step,)
            case 3:
                return "{} in {}", (code, plan.stages[deviation.a])
        if deviation.a:
            return "Stopped after {}", (names.names[deviation.a - 1],)
        return "Stopped before {}", (step,)


def none_of(n: int) -> NDArray[np.bool_]:
    """Give n times no."""
    return np.zeros(n, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class DeviationCounts(Sums):
    """Customers by group and status; customers and times of each deviation."""

    groups: NDArray[np.int64]  # (3, 3) FOLLOWS, DEVIATES, ON_THE_WAY by OPEN, LEFT, DONE
    skipped: NDArray[np.int64]  # (n_steps,)
    late: NDArray[np.int64]  # (n_steps, n_steps)
    repeated: NDArray[np.int64]  # (n_steps, 2) customers, times
    inserted: NDArray[np.int64]  # (n_stages, n_names, 2) customers, times
    stopped: NDArray[np.int64]  # (n_steps,)

    @classmethod
    def none(cls, steps: Steps, n_stages: int) -> DeviationCounts:
        """Give the counts of no data."""
        n, names = len(steps.names), steps.strange.size
        shapes = ((3, 3), (n,), (n, n), (n, 2), (n_stages, names, 2), (n,))
        return cls(*(np.zeros(shape, np.int64) for shape in shapes))

    def found(self) -> list[tuple[Deviation, int, int]]:
        """List deviations with customers and times, the most customers first."""
        listed = [(Deviation(SKIPPED, int(a)), int(n), int(n)) for a, n in _some(self.skipped)]
        for a, b in np.argwhere(self.late):
            n = int(self.late[a, b])
            listed.append((Deviation(LATE, int(a), int(b)), n, n))
        for a, _ in _some(self.repeated[:, 0]):
            n, times = self.repeated[a].tolist()
            listed.append((Deviation(REPEATED, int(a)), n, times))
        for a, b in np.argwhere(self.inserted[:, :, 0]):
            n, times = self.inserted[a, b].tolist()
            listed.append((Deviation(INSERTED, int(a), int(b)), n, times))
        listed += [(Deviation(STOPPED, int(a)), int(n), int(n)) for a, n in _some(self.stopped)]
        return sorted(listed, key=lambda each: (-each[1], each[0]))


def _some(counts: NDArray[np.int64]) -> Sequence[tuple[int, int]]:
    return [(int(i), int(counts[i])) for i in np.flatnonzero(counts)]


def counted(
    batch: JourneyBatch, plan: StagePlan, steps: Steps
) -> tuple[NDArray[np.int8], DeviationCounts]:
    """Give the group of each customer, (n_customers,), and the counts of one batch."""
    walked = passages(batch, plan)
    state = DeviationCounts.none(steps, plan.n_stages)
    group = np.empty(batch.n_customers, np.int8)
    count_deviations(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(walked.stage, np.int8),
        given(walked.entered_us, np.int64),
        given(walked.furthest, np.int8),
        given(walked.status, np.int8),
        given(steps.step_of, np.int16),
        given(steps.by_rule, np.bool_),
        given(steps.needed, np.bool_),
        given(steps.once, np.bool_),
        given(steps.strange, np.bool_),
        steps.loops,
        steps.walk(),
        np.full(state.inserted.shape[:2], -1, np.int64),
        group,
        state.skipped,
        state.late,
        state.repeated,
        state.inserted,
        state.stopped,
    )
    inside = group != OUTSIDE
    cell = group[inside].astype(np.int64) * 3 + walked.status[inside]
    state.groups[:] = np.bincount(cell, minlength=9).reshape(3, 3)
    return group, state


@dataclass(frozen=True, slots=True)
class OnPath:
    """Customers who follow an intended path, deviate, or are on the way without deviation."""

    intended: Intended
    group: int  # index into GROUPS
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``conform:@follows``, or ``conform:A>B@deviates``."""
        return f"conform:{self.intended.key}@{GROUPS[self.group]}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is in the group."""
        steps = self.intended.steps(batch.vocabulary, self.plan)
        return np.asarray(counted(batch, self.plan, steps)[0] == self.group, np.bool_)


@dataclass(frozen=True, slots=True)
class Deviates:
    """Customers who deviate from an intended path in one way."""

    intended: Intended
    kind: int  # index into KINDS
    names: tuple[str, ...]  # the step; Y then X of "Y before X"; stage and touchpoint of inserted
    plan: StagePlan = field(compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``conform:@skipped/STEP``, or ``conform:A>B@inserted/STAGE/NAME``."""
        what = "/".join((KINDS[self.kind], *map(encode, self.names)))
        return f"conform:{self.intended.key}@{what}"

    def deviation(self, vocabulary: Vocabulary) -> Deviation:
        """Give it by codes.

        Raises
        ------
        DefinitionError
            If a name is no step of the path, no stage or no touchpoint.
        """
        steps = self.intended.steps(vocabulary, self.plan)
        if self.kind == INSERTED:
            stage, name = self.names
            return Deviation(INSERTED, self.plan.stage(stage), codes_of(vocabulary, [name])[0])
        places = [_place(name, steps.names) for name in self.names]
        return Deviation(self.kind, places[-1], places[0] if self.kind == LATE else -1)

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who deviates so."""
        steps = self.intended.steps(batch.vocabulary, self.plan)
        asked = self.deviation(batch.vocabulary)
        walked = passages(batch, self.plan)
        found = np.empty(batch.n_customers, np.bool_)
        deviating(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(walked.stage, np.int8),
            given(walked.entered_us, np.int64),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            given(steps.step_of, np.int16),
            given(steps.by_rule, np.bool_),
            steps.loops,
            asked.kind,
            asked.a,
            asked.b,
            steps.walk(),
            found,
        )
        return found


def named(deviation: Deviation, steps: Steps, plan: StagePlan, vocabulary: Vocabulary) -> list[str]:
    """Give the names a deviation is about, in the order of its key."""
    if deviation.kind == INSERTED:
        return [plan.stages[deviation.a], vocabulary.touchpoints[deviation.b]]
    names = [steps.names[deviation.a]]
    return [steps.names[deviation.b], *names] if deviation.kind == LATE else names


def _place(name: str, steps: tuple[str, ...]) -> int:
    if name not in steps:
        raise DefinitionError([unknown("step", name, steps)])
    return steps.index(name)


_N_NAMES: Final = {SKIPPED: 1, LATE: 2, REPEATED: 1, INSERTED: 2, STOPPED: 1}


def parse_conform(text: str, plan: StagePlan) -> OnPath | Deviates | None:
    """Read what follows ``conform:`` in a key; None where it is not written so."""
    path, at, what = text.rpartition("@")
    names, semicolon, ignored = path.partition(";")
    word, *about = what.split("/")
    if not at or (semicolon and not ignored.startswith("ignore=")) or not all(about):
        return None
    ignore = ignored.removeprefix("ignore=").split(",") if semicolon else []
    intended = Intended(_decoded(names.split(">") if names else []), _decoded(ignore))
    if word in GROUPS and not about:
        return OnPath(intended, GROUPS.index(word), plan)
    if word in KINDS and len(about) == _N_NAMES[KINDS.index(word)]:
        return Deviates(intended, KINDS.index(word), _decoded(about), plan)
    return None


def _decoded(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(decode, names))
