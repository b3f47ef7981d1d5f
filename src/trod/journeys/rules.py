"""Rules of several steps, exclusions and ways back, compiled for one vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trod._kernels.passage_steps import NO_STEP

if TYPE_CHECKING:
    from trod.journeys.spec import JourneySpec, Stage


@dataclass(frozen=True, slots=True, eq=False)
class StageRules:
    """What the plain walk does not know."""

    step: NDArray[np.uint8]  # (n_stages, n_names) which step of the stage it is, or NO_STEP
    order: NDArray[np.int32]  # (n_stages, longest) codes of steps in order; -1: any order
    need: NDArray[np.int64]  # (n_stages,) steps it takes; 0: the stage has no steps
    bars: NDArray[np.int64]  # (n_names,) bit s: keeps customers out of stage s
    back: NDArray[np.bool_]  # (n_stages,) customers further on may come back

    @classmethod
    def none(cls, n_stages: int, n_names: int) -> StageRules:
        """Give the rules of a journey that has none of this."""
        return cls(
            np.full((n_stages, n_names), NO_STEP, np.uint8),
            np.full((n_stages, 1), -1, np.int32),
            np.zeros(n_stages, np.int64),
            np.zeros(n_names, np.int64),
            np.zeros(n_stages, np.bool_),
        )

    @property
    def steps_of(self) -> NDArray[np.int64]:
        """The stages that each touchpoint is a step of, as bits, shape (n_names,)."""
        bits = np.int64(1) << np.arange(self.need.size, dtype=np.int64)
        return np.asarray(((self.step != NO_STEP) * bits[:, None]).sum(axis=0), np.int64)

    def speaks_of(self, stage: int) -> NDArray[np.bool_]:
        """Say which touchpoints are steps of a stage, shape (n_names,)."""
        return np.asarray(self.step[stage] != NO_STEP, np.bool_)


def compile_rules(spec: JourneySpec, codes: Mapping[str, int]) -> StageRules | None:
    """Compile what needs more than the plain walk; None where nothing does.

    Names that are not in `codes` are left out: `compile_plan` reports them.
    """
    if not any(_needs_rules(stage) for stage in spec.stages):
        return None
    longest = max((len(stage.names) for stage in spec.stages if _has_steps(stage)), default=1)
    made = StageRules.none(len(spec.stages), len(codes))
    order = np.full((len(spec.stages), longest), -1, np.int32)
    for s, stage in enumerate(spec.stages):
        made.back[s] = stage.back
        for name in stage.unless:
            if name in codes:
                made.bars[codes[name]] |= 1 << s
        if stage.enter_on is None or not _has_steps(stage):
            continue
        made.need[s] = stage.enter_on.need
        for at, name in enumerate(stage.names):
            if name in codes:
                made.step[s, codes[name]] = at
                if stage.enter_on.in_order:
                    order[s, at] = codes[name]
    return StageRules(made.step, order, made.need, made.bars, made.back)


def _has_steps(stage: Stage) -> bool:
    return stage.enter_on is not None and not stage.enter_on.at_once


def _needs_rules(stage: Stage) -> bool:
    return bool(_has_steps(stage) or stage.unless or stage.back)
