"""The `insights: objectives:` part of trod.yml: what acting is worth to the company."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from trod.sources.spec import Spec


class ObjectiveSpec(Spec):
    """One objective: what is to become more, and what one more of it is worth."""

    name: str = Field(min_length=1, description="What people call it, such as Keep customers.")
    serves: Literal["kept", "converted", "expanded", "satisfied"] = Field(
        description="kept, converted, expanded or satisfied: what becomes more."
    )
    worth: float | None = Field(
        default=None,
        gt=0,
        description="Money that one more customer kept, converted, expanded or satisfied is worth.",
    )
    owner: str | None = Field(default=None, description="Who answers for it.")
