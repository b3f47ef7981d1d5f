"""The `outcomes: trials:` part of trod.yml: plays that another tool drew by chance and recorded."""

from __future__ import annotations

from pydantic import Field

from trod.actions.playbooks.spec import SuccessSpec
from trod.sources.spec import Spec


class TrialSpec(Spec):
    """One play that another tool tried, with customers held back by chance."""

    name: str = Field(min_length=1, description="What people call it; the value of `play`.")
    touchpoint: str = Field(
        description="Touchpoint that records the draw, of those held back as well."
    )
    play: str | None = Field(
        default=None,
        description="State that names the play. Default: the touchpoint is of this play only.",
    )
    arm: str = Field(description="State that names the side.")
    held_back: str = Field(description="Value of `arm` of those held back.")
    share: float | None = Field(
        default=None,
        gt=0,
        lt=1,
        description="Chance of being treated. Default: the share that was.",
    )
    success: SuccessSpec = Field(description="By what it is judged.")
    stage: str | None = Field(
        default=None, description="Stage whose customers it is for: it answers what is found there."
    )
    lever: str | None = Field(
        default=None, description="Lever that it pulls, by its id: it answers what asks for it."
    )
    minutes: int = Field(
        default=0, ge=0, le=10_000, description="Time each takes of a person. Default: none."
    )
    cost: float = Field(
        default=0.0, ge=0, description="Money each costs beside that time. Default: none."
    )
