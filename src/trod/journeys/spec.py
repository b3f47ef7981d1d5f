"""The `journeys:` part of trod.yml: stages, outcomes, windows."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from trod.sources.spec import Duration, Names, Spec

MOST_STAGES: Final = 12
MOST_STEPS: Final = 60
"""So many touchpoints a rule may ask for together: what was done is remembered as bits."""
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


def _plain(value: object) -> object:
    """Read a name, or a list of names, as any of them."""
    if isinstance(value, str | list | tuple):
        return {"any_of": value} if value else None
    return value


class StepRule(Spec):
    """Which touchpoints enter a stage, and how many of them it takes."""

    any_of: Names = Field(default=(), description="One of these is enough; a list alone says so.")
    all_of: Names = Field(default=(), description="All of these, in any order.")
    in_order: Names = Field(
        default=(), description="All of these, one after the other; others may lie between."
    )
    at_least: int | None = Field(
        default=None, ge=1, description="How many different ones of those under `of`."
    )
    of: Names = Field(default=(), description="The touchpoints that `at_least` counts.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.at_least is None) != (not self.of):
            found, lacks = ("of", "at_least") if self.of else ("at_least", "of")
            raise ValueError(f"{found} stands without {lacks}. Write at_least: 2, of: [a, b, c].")
        given = [k for k in ("any_of", "all_of", "in_order", "of") if getattr(self, k)]
        if len(given) != 1:
            found = " and ".join(given) or "nothing"
            raise ValueError(
                f"{found} says what enters. Give exactly one of any_of, all_of, in_order, at_least."
            )
        if not self.any_of:
            self._countable(given[0])
        return self

    def _countable(self, key: str) -> None:
        """Refuse more steps than there are, more than can be remembered, and one counted twice."""
        names = self.names
        if self.need > len(names):
            raise ValueError(
                f"at_least is {self.need}, but `of` has {len(names)}. Write 1 to {len(names)}."
            )
        if len(names) > MOST_STEPS:
            raise ValueError(f"{key} has {len(names)} entries. Write {MOST_STEPS} or fewer.")
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice and not self.in_order:
            raise ValueError(f"{twice[0]!r} stands twice under {key}. Write it once.")

    @property
    def names(self) -> tuple[str, ...]:
        """The touchpoints the rule speaks of."""
        return self.any_of or self.all_of or self.in_order or self.of

    @property
    def need(self) -> int:
        """How many of them it takes."""
        if self.at_least is not None:
            return self.at_least
        return 1 if self.any_of else len(self.names)

    @property
    def at_once(self) -> bool:
        """Whether a single touchpoint is enough, so that nothing need be remembered."""
        return self.need == 1


EnterOn = Annotated[StepRule | None, BeforeValidator(_plain)]
"""A name, a list of names (any of them), or a rule with keys of its own."""


class StateRule(Spec):
    """A value of a declared state that puts a customer into a stage."""

    state: str = Field(description="Name of a state declared under `sources.*.states`.")
    is_: Names = Field(alias="is", description="Value, or values, that enter the stage.")


class Stage(Spec):
    """One stage of a journey. Exactly one of `enter_on`, `enter_when` and `days` says when."""

    name: str = Field(min_length=1, description="What people call the stage.")
    enter_on: EnterOn = Field(
        default=None,
        description="Touchpoints that move a customer into the stage: any of a list, or a rule.",
    )
    enter_when: StateRule | None = Field(default=None, description="State that does so.")
    days: Days | None = Field(
        default=None, description="Days since entry that make up the stage, such as 31-90 or 180+."
    )
    optional: bool = Field(
        default=False, description="Whether the stage may be passed over: that is no skip then."
    )
    unless: Names = Field(
        default=(),
        description="Touchpoints that keep a customer out of it, while staying in a stage before.",
    )
    back: bool = Field(
        default=False, description="Whether a customer further on may come back to it."
    )
    holds: Names = Field(
        default=(), description="Touchpoints that belong to the stage without entering it."
    )
    asks: str | None = Field(
        default=None, description="The question the customer has in this stage."
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The touchpoints that enter the stage, alone or together."""
        return self.enter_on.names if self.enter_on else ()

    @property
    def alone(self) -> tuple[str, ...]:
        """The touchpoints each of which enters the stage without another."""
        return self.names if self.enter_on and self.enter_on.at_once else ()

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
        if self.days and (wrong := [k for k in ("unless", "back") if getattr(self, k)]):
            raise ValueError(
                f"stage {self.name!r} is entered by days and has {wrong[0]}: days pass whatever a "
                "customer does. Remove one of them."
            )
        return self


def _one_to_twelve(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    # Not a length of the field: pydantic then hides what is wrong inside the stages.
    if not 1 <= len(stages) <= MOST_STAGES:
        raise ValueError(f"the list has {len(stages)} entries. Write 1 to {MOST_STAGES}.")
    if stages[0].optional:
        raise ValueError(
            f"{stages[0].name!r} is the first stage and optional: those who entered a journey are "
            "counted from it. Remove `optional`, or put another stage first."
        )
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
    hold_constant: str | None = Field(
        default=None,
        description="A declared state, such as an order id: all steps must carry the same value.",
    )
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
