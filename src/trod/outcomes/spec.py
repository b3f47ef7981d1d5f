"""The `outcomes:` part of trod.yml: how sure is sure enough, and what things are worth."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from trod.outcomes.trial_spec import TrialSpec
from trod.sources.spec import Spec, differ


class OutcomesSpec(Spec):
    """How effects are judged."""

    worth_having: float = Field(
        default=0.03,
        gt=0,
        lt=1,
        description="Smallest effect on a share that would be worth having. Default: 0.03, that is "
        "3 points. Of money, that part of what those held back bring.",
    )
    hour_costs: float | None = Field(
        default=None, ge=0, description="Money that an hour of a person costs."
    )
    trials: Annotated[tuple[TrialSpec, ...], Field(strict=False)] = Field(
        default=(), description="Plays that another tool drew by chance and recorded."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        differ("trials", [each.name for each in self.trials])
        return self
