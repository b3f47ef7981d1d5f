"""The `models: outcomes:` part of trod.yml: what is to be foretold, of whom, how far ahead."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from trod.errors import StoreError
from trod.sources.spec import Duration, Names, Spec

Direction = Literal["bad", "good"]
_WITHIN: Final = timedelta(days=60)


class OutcomeSpec(Spec):
    """One outcome. Exactly one of `ends`, `reaches` and `touchpoints` says what it is."""

    name: str = Field(min_length=1, description="What people call it, such as Churn.")
    ends: Literal["left", "done"] | None = Field(
        default=None, description="left or done: how the journey ends."
    )
    reaches: str | None = Field(default=None, description="Stage that is reached.")
    touchpoints: Names = Field(default=(), description="Touchpoints, any of which is it.")
    stages: Names = Field(
        default=(), description="Stages in which customers are asked about. Default: all."
    )
    within: Duration = Field(default=_WITHIN, description="How far ahead is looked. Default: 60d.")
    direction: Direction | None = Field(
        default=None, description="bad or good. Default: bad for left, good for the rest."
    )
    capacity: int = Field(
        default=25, ge=1, description="Customers that the team can see to in a week. Default: 25."
    )
    value: float | None = Field(
        default=None, gt=0, description="Money at stake for one customer, in the currency."
    )
    allow: Names = Field(
        default=(), description="Touchpoints that count although they look as if known too late."
    )

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        given = [k for k in ("ends", "reaches", "touchpoints") if getattr(self, k)]
        if len(given) != 1:
            found = " and ".join(given) or "nothing"
            raise ValueError(
                f"{found} says what the outcome is. Give exactly one of ends, reaches, touchpoints."
            )
        if self.within < timedelta(days=1):
            raise ValueError("within is less than a day. Write 30d.")
        return self

    @property
    def bad(self) -> bool:
        """Whether it is something to keep from happening."""
        return (self.direction or ("bad" if self.ends == "left" else "good")) == "bad"

    def told(self) -> dict[str, Any]:
        """Give it as JSON.

        Examples
        --------
        >>> spec = OutcomeSpec(name="Churn", ends="left")
        >>> OutcomeSpec.read(spec.told()) == spec
        True
        """
        told = self.model_dump(mode="json")
        return {**told, "within": f"{round(self.within.total_seconds())}s"}

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> OutcomeSpec:
        """Read what `told` gave.

        Raises
        ------
        StoreError
            If it was written by another version of Trod, and cannot be read.
        """
        try:
            return cls.model_validate(dict(told), strict=False)
        except ValidationError as problem:
            raise StoreError(f"a score cannot be read: {problem}. Fit it again.") from problem
