"""The `insights: objectives:` part of trod.yml: what acting is worth to the company."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator

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
    reaches: str | None = Field(
        default=None,
        description="Of converted: the stage from which customers count as won. Default: the last.",
    )

    @model_validator(mode="after")
    def _only_conversions_reach(self) -> Self:
        if self.reaches is not None and self.serves != "converted":
            raise ValueError(f"{self.serves} takes no reaches. Only converted does.")
        return self


def serving(objectives: Sequence[ObjectiveSpec], serves: str) -> ObjectiveSpec | None:
    """Give the first objective that something serves; None where none is declared."""
    return next((each for each in objectives if each.serves == serves), None)
