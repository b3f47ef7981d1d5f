"""The `journeys:` part of trod.yml: stages, outcomes, windows."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from trod.sources.spec import Duration, Names, Spec

MOST_STAGES: Final = 12
_DAYS = re.compile(r"(\d+)\s*(?:-|–|—|to)\s*(\d+)|(\d+)\s*\+")


def _days(value: object) -> object:
    """Read "31-90" or "180+" as the first and last day of a stage."""
    if isinstance(value, str):
        if found := _DAYS.fullmatch(value.strip()):
            return (int(found[1]), int(found[2])) if found[1] else (int(found[3]), None)
        raise ValueError(f"{value!r} is not a range of days. Write 31-90 or 180+.")
    return value


def _rising(value: tuple[int, int | None]) -> tuple[int, int | None]:
    if value[1] is not None and value[1] < value[0]:
        raise ValueError(
            f"day {value[1]} comes before day {value[0]}. Write {value[1]}-{value[0]}."
        )
    return value


Days = Annotated[
    tuple[int, int | None], BeforeValidator(_days), AfterValidator(_rising), Field(strict=False)
]
"""The first and the last day of a stage, counted from entry; without a last day it stays open."""


class StateRule(Spec):
    """A value of a declared state that puts a customer into a stage."""

    state: str = Field(description="Name of a state declared under `sources.*.states`.")
    is_: Names = Field(alias="is", description="Value, or values, that enter the stage.")


class Stage(Spec):
    """One stage of a journey. Exactly one of `enter_on`, `enter_when` and `days` says when."""

    name: str = Field(min_length=1, description="What people call the stage.")
    enter_on: Names = Field(
        default=(), description="Touchpoints that move a customer into the stage."
    )
    enter_when: StateRule | None = Field(default=None, description="State that does so.")
    days: Days | None = Field(
        default=None, description="Days since entry that make up the stage, such as 31-90 or 180+."
    )
    asks: str | None = Field(
        default=None, description="The question the customer has in this stage."
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        given = [
            key
            for key, value in (
                ("enter_on", self.enter_on),
                ("enter_when", self.enter_when),
                ("days", self.days),
            )
            if value
        ]
        if len(given) != 1:
            found = " and ".join(given) or "none of them"
            raise ValueError(
                f"stage {self.name!r} has {found}. Give exactly one of enter_on, enter_when, days."
            )
        return self


def _one_to_twelve(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    # Not a length of the field: pydantic then hides what is wrong inside the stages.
    if not 1 <= len(stages) <= MOST_STAGES:
        raise ValueError(f"the list has {len(stages)} entries. Write 1 to {MOST_STAGES}.")
    return stages


class JourneySpec(Spec):
    """A journey: stages in the order customers are meant to pass through them."""

    name: str = Field(min_length=1, description="What people call the journey.")
    unit: Literal["person", "account"] = Field(default="person", description="Who walks it.")
    stages: Annotated[tuple[Stage, ...], AfterValidator(_one_to_twelve), Field(strict=False)]
    success: Names = Field(default=(), description="Touchpoints that complete the journey.")
    failure: Names = Field(default=(), description="Touchpoints by which a customer leaves it.")
    intended: Names = Field(
        default=(),
        description="Touchpoints in the order intended, for `trod conform`. Default: the stages.",
    )
    ignore: Names = Field(default=(), description="Touchpoints left out of the stages on purpose.")
    converts_within: Duration | None = Field(
        default=None,
        description="Conversion window: stages entered later than this after entry are late.",
    )
    left_after: Duration | None = Field(
        default=None,
        description="Silence after which a customer counts as left. Default: from the data.",
    )
    reentry: Literal["first", "last"] = Field(
        default="first",
        description="Which passage counts when a customer comes again after an outcome.",
    )
