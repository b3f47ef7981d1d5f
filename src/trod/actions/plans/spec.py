"""A context as people describe it: stages by days, which data there are, what is known."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from trod.journeys.spec import Days
from trod.sources.spec import Spec, differ

DataKind = Literal["usage", "tickets", "nps", "health", "renewals"]
StageKind = Literal["onboarding", "activation", "adoption", "renewal", "expansion"]
_SHARE: Final = re.compile(r"(\d+(?:\.\d+)?)\s*%")
_KINDS: Final[dict[DataKind, str]] = {
    "usage": r"usage|product|event|log-?in|activity",
    "tickets": r"ticket|support|case|chat",
    "nps": r"\bnps\b|survey|csat|feedback",
    "health": r"health",
    "renewals": r"renewal|contract|subscription|billing|churn",
}
_STAGES: Final[dict[StageKind, str]] = {
    "onboarding": r"onboard|set-?up|welcome|trial|implement",
    "activation": r"activat|first value|launch|go-?live",
    "adoption": r"adopt|retention|engage|habit|use",
    "renewal": r"renew|contract",
    "expansion": r"expan|grow|upsell|advoca",
}
TABLES: Final[dict[DataKind, str]] = {
    "usage": "product_usage",
    "tickets": "support_tickets",
    "nps": "nps_answers",
    "health": "health_scores",
    "renewals": "renewals",
}


def _share(value: object) -> object:
    """Read "22%" as 0.22; leave anything else for pydantic to judge."""
    if isinstance(value, str):
        if found := _SHARE.fullmatch(value.strip()):
            return float(found[1]) / 100
        raise ValueError(f"{value!r} is not a share. Write 22%.")
    return value


class WindowSpec(Spec):
    """One stage, by whole days since a customer came."""

    name: str = Field(min_length=1, description="What people call it.")
    days: Days = Field(description="First and last day, such as 31-90; 180+ without an end.")
    sort: StageKind | None = Field(
        default=None,
        description="onboarding, activation, adoption, renewal or expansion. Default: by its name.",
    )

    @property
    def first(self) -> int:
        """First day."""
        return self.days[0]

    @property
    def last(self) -> int | None:
        """Last day; None without an end."""
        return self.days[1]

    @property
    def kind(self) -> StageKind:
        """What sort of stage it is."""
        if self.sort is not None:
            return self.sort
        text = self.name.lower()
        return next((k for k, words in _STAGES.items() if re.search(words, text)), "adoption")


class HeldSpec(Spec):
    """One sort of data that is there."""

    name: str = Field(min_length=1, description="What people call it, such as support tickets.")
    kind: DataKind | None = Field(
        default=None,
        description="usage, tickets, nps, health or renewals. Default: by its name.",
    )
    table: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$",
        description="Table that queries ask. Default: a name for its kind.",
    )

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.kind is None and self._by_name() is None:
            known = ", ".join(_KINDS)
            raise ValueError(f"{self.name!r} is no known kind of data. Add kind: one of {known}.")
        return self

    def _by_name(self) -> DataKind | None:
        text = self.name.lower()
        # Rates of renewal are told from renewals, health scores from health: the last words first.
        order: tuple[DataKind, ...] = ("health", "renewals", "nps", "tickets", "usage")
        return next((k for k in order if re.search(_KINDS[k], text)), None)

    @property
    def sort(self) -> DataKind:
        """What sort of data it is."""
        found = self.kind or self._by_name()
        assert found is not None
        return found

    @property
    def totals(self) -> bool:
        """Whether it is spoken of as rates, which say nothing about one customer."""
        return re.search(r"\brates?\b", self.name.lower()) is not None


class KnownSpec(Spec):
    """A figure that is known."""

    stage: str = Field(description="Stage it is about.")
    churn: Annotated[float, BeforeValidator(_share), Field(gt=0, lt=1)] = Field(
        description="Share that leaves there, such as 22%."
    )


def _held(value: object) -> object:
    """Let people write only the name of what they have."""
    if isinstance(value, list):
        return [{"name": each} if isinstance(each, str) else each for each in value]
    return value


class ContextSpec(Spec):
    """What is known of a journey before there are data."""

    journey: str = Field(default="Customer lifecycle", description="What people call it.")
    unit: Literal["person", "account"] = Field(default="account", description="Who is counted.")
    stages: Annotated[tuple[WindowSpec, ...], Field(strict=False, min_length=1)] = Field(
        description="Stages by days since a customer came, in order."
    )
    data: Annotated[
        tuple[HeldSpec, ...], BeforeValidator(_held), Field(strict=False, min_length=1)
    ] = Field(description="Which data there are.")
    known: Annotated[tuple[KnownSpec, ...], Field(strict=False)] = Field(
        default=(), description="What is known in figures."
    )
    about: str | None = Field(
        default=None, description="Stage to plan for. Default: where a churn is known, else first."
    )

    @model_validator(mode="after")
    def _names(self) -> Self:
        names = [stage.name for stage in self.stages]
        differ("stages", names)
        asked = [(f"known: {each.stage}", each.stage) for each in self.known]
        asked += [("about", self.about)] if self.about else []
        if wrong := [f"{where}: no stage {name!r}" for where, name in asked if name not in names]:
            raise ValueError(f"{'; '.join(wrong)}. Stages: {', '.join(names)}.")
        return self

    @property
    def focus(self) -> int:
        """Index of the stage that the plan is for: named, else with the highest known churn."""
        names = [stage.name for stage in self.stages]
        if self.about:
            return names.index(self.about)
        if self.known:
            return names.index(max(self.known, key=lambda k: k.churn).stage)
        return 0

    def churn(self, stage: str) -> float | None:
        """Give the known churn of a stage."""
        return next((each.churn for each in self.known if each.stage == stage), None)
