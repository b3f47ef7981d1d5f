"""Where customers stand on the intended path, and how they got there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np

from trod._kernels.arrays import given
from trod._kernels.features_told import stage
from trod.models.features.look import Look, Values
from trod.models.features.table import Feature

_FEATURES: Final = (
    Feature("stage:number", "Stage, counted from 1; 0 before the first", "number", "stage"),
    Feature("stage:days", "Days in this stage", "days", "stage"),
    Feature("stage:since_entry", "Days since entry", "days", "stage"),
    Feature("stage:skipped", "Stages skipped so far", "count", "stage"),
    Feature("stage:followed", "Share of the stages so far that were not skipped", "share", "stage"),
    Feature("stage:returns", "Touchpoints of earlier stages, since entry", "count", "stage"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """The stage as it looked at the moment, of the passage that was then the last."""

    family: ClassVar[str] = "stage"

    @property
    def features(self) -> tuple[Feature, ...]:
        """Its features."""
        return _FEATURES

    def fill(self, look: Look, values: Values, column: int) -> None:
        """Write its columns."""
        plan, stood = look.plan, look.course
        needed = np.array([not plan.is_optional(s) for s in range(plan.n_stages)], np.bool_)
        stage(
            look.span,
            look.moment_us,
            look.time_us,
            given(look.batch.code, np.uint16),
            given(stood.position, np.int8),
            given(stood.outcome, np.int8),
            given(plan.enter_code, np.uint8),
            given(needed, np.bool_),
            values,
            column,
        )
