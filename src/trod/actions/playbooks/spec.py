"""The `actions: playbooks:` part of trod.yml, and playbooks/*.yml beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, Literal, Self

from pydantic import Field, model_validator

from trod.sources.spec import Duration, Names, Spec

_WITHIN: Final = timedelta(days=60)


class SuccessSpec(Spec):
    """By what a play is judged. Exactly one of `ends`, `reaches`, `touchpoints` and `money`."""

    ends: Literal["left", "done"] | None = Field(
        default=None, description="left or done: how the journey ends."
    )
    reaches: str | None = Field(default=None, description="Stage that is reached.")
    touchpoints: Names = Field(default=(), description="Touchpoints, any of which counts.")
    money: bool = Field(default=False, description="Whether money received is what counts.")
    within: Duration = Field(
        default=_WITHIN, description="From the decision on, so long is looked. Default: 60d."
    )
    better: Literal["up", "down"] | None = Field(
        default=None, description="up or down. Default: down for left, up for the rest."
    )

    @model_validator(mode="after")
    def _one_sort(self) -> Self:
        given = [k for k in ("ends", "reaches", "touchpoints", "money") if getattr(self, k)]
        if len(given) != 1:
            found = " and ".join(given) or "nothing"
            raise ValueError(
                f"{found} says what success is. Give exactly one of ends, reaches, touchpoints, "
                "money."
            )
        return self

    @property
    def wants(self) -> Literal["up", "down"]:
        """Which way is good."""
        return self.better or ("down" if self.ends == "left" else "up")


class PlaybookSpec(Spec):
    """One playbook."""

    name: str = Field(min_length=1, description="What people call it, such as Set-up call.")
    success: SuccessSpec = Field(description="By what it is judged.")
    minutes: int = Field(
        default=30, ge=0, le=10_000, description="Time it takes of a person. Default: 30."
    )
    cost: float = Field(
        default=0.0, ge=0, description="Money it costs beside that time, each. Default: none."
    )
