"""An outcome compiled for the data at hand: what it is, of whom, and how far ahead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._kernels.at_risk import LEAVES, REACHED, SUCCEEDS, TOUCHED
from trod.errors import DefinitionError, unknown
from trod.journeys.batch import Vocabulary
from trod.journeys.passage import StagePlan
from trod.models.outcomes.spec import OutcomeSpec

DAY_US: Final = 86_400_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What is foretold."""

    spec: OutcomeSpec
    kind: int  # TOUCHED, REACHED, LEAVES or SUCCEEDS
    names: NDArray[np.bool_]  # (n_names,) touchpoints that are it
    stage: int  # that is reached; -1 otherwise
    stages: NDArray[np.bool_]  # (n_stages,) in which customers are asked about
    done_too: bool  # whether customers who are done are asked about
    silence_us: int

    @property
    def within_us(self) -> int:
        """How far ahead is looked."""
        return self.spec.within // timedelta(microseconds=1)

    @property
    def known_after_us(self) -> int:
        """Time after a moment from which it is known whether the outcome came within reach.

        A silence has to last before it counts as leaving.
        """
        return self.within_us + (self.silence_us if self.kind == LEAVES else 0)

    def says(self, unit: str) -> str:
        """Say what is foretold of whom, in a sentence without a full stop."""
        whom = "accounts" if unit == "account" else "customers"
        where = f" in {_listed(self.spec.stages)}" if self.spec.stages else ""
        days = round(self.within_us / DAY_US)
        return f"Which {whom}{where} {self.what} within {days} days"

    @property
    def what(self) -> str:
        """Say what happens, such as "leave" or "have Seats added"."""
        if self.kind == LEAVES:
            return "leave"
        if self.kind == SUCCEEDS:
            return "complete the journey"
        if self.kind == REACHED:
            return f"reach {self.spec.reaches}"
        return f"have {_listed(self.spec.touchpoints, 'or')}"


def _listed(names: Sequence[str], word: str = "and") -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}"


def outcome(spec: OutcomeSpec, plan: StagePlan, vocabulary: Vocabulary) -> Outcome:
    """Compile what was declared.

    Raises
    ------
    DefinitionError
        If it names a stage or touchpoint that is not known. All at once.
    """
    problems = [unknown("stage", s, plan.stages) for s in spec.stages if s not in plan.stages]
    if spec.reaches and spec.reaches not in plan.stages:
        problems.append(unknown("stage", spec.reaches, plan.stages))
    known = vocabulary.touchpoints
    problems += [unknown("touchpoint", n, known) for n in spec.touchpoints if n not in known]
    problems += [unknown("touchpoint", n, known) for n in spec.allow if n not in known]
    if problems:
        raise DefinitionError(f"models.outcomes: {spec.name}: {each}" for each in problems)
    names = np.isin(np.array(known, object), spec.touchpoints) & bool(spec.touchpoints)
    stage = plan.stage(spec.reaches) if spec.reaches else -1
    kind = {"left": LEAVES, "done": SUCCEEDS}.get(spec.ends or "", REACHED)
    return Outcome(
        spec,
        TOUCHED if spec.touchpoints else kind,
        np.asarray(names, np.bool_),
        stage,
        _asked(spec, plan, stage),
        bool(spec.touchpoints),
        plan.left_after_us,
    )


def _asked(spec: OutcomeSpec, plan: StagePlan, stage: int) -> NDArray[np.bool_]:
    """Say in which stages customers are asked about: those named, or all before the goal."""
    stages = np.array([not spec.stages or s in spec.stages for s in plan.stages], np.bool_)
    if stage >= 0:
        stages[stage:] = False
    return stages


def declared(specs: Sequence[OutcomeSpec]) -> tuple[OutcomeSpec, ...]:
    """Give what is declared; by default, leaving and completing.

    Examples
    --------
    >>> [spec.name for spec in declared(())]
    ['Leaves', 'Completes']
    """
    return tuple(specs) or (
        OutcomeSpec(name="Leaves", ends="left"),
        OutcomeSpec(name="Completes", ends="done"),
    )
