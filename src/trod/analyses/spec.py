"""The `metrics:` part of trod.yml: what is measured, who owns it, what it should be."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from trod.sources.spec import Duration, Names, Spec

Kind = Literal[
    "conversion",
    "time_to_value",
    "retention",
    "churn",
    "nps",
    "csat",
    "ces",
    "revenue",
    "arpu",
    "nrr",
    "grr",
]
Way = Literal["up", "down"]
SHARES: Final = ("conversion", "retention", "churn", "csat", "nrr", "grr")
_NAMED: Final = ("nps", "csat", "ces", "revenue", "arpu", "nrr", "grr")
"""Kinds that are measured on touchpoints that somebody has to name."""
_TAKES: Final = {
    "conversion": {"journey", "from_", "to", "within"},
    "time_to_value": {"journey", "from_", "to", "touchpoints"},
    "retention": {"journey", "after", "months", "touchpoints"},
    "churn": {"journey", "touchpoints", "of", "period", "covers"},
    "nps": {"touchpoints"},
    "csat": {"touchpoints", "scale", "satisfied"},
    "ces": {"touchpoints", "scale"},
    "revenue": {"touchpoints", "period"},
    "arpu": {"touchpoints", "period"},
    "nrr": {"touchpoints", "period", "covers", "over"},
    "grr": {"touchpoints", "period", "covers", "over"},
}
_COMMON: Final = {"name", "kind", "unit", "owner", "direction", "target"}
_LENGTH: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(min|h|d|w)")
_LENGTHS: Final = {"min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_PERCENT: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*%")


def target_micros(kind: str, target: str | float | None) -> int | None:
    """Read a target in the scale of its kind: millionths, or microseconds of a time.

    Raises
    ------
    ValueError
        If it is not written as targets of this kind are.

    Examples
    --------
    >>> target_micros("conversion", "25%"), target_micros("time_to_value", "2d")
    (250000, 172800000000)
    >>> target_micros("nps", 40), target_micros("nps", None)
    (40000000, None)
    """
    if target is None:
        return None
    if kind in SHARES:
        if isinstance(target, str) and (found := _PERCENT.fullmatch(target.strip())):
            return round(float(found[1]) * 10_000)
        raise ValueError(f"target {target!r} is not a share. Write 25%.")
    if kind == "time_to_value":
        if isinstance(target, str) and (found := _LENGTH.fullmatch(target.strip())):
            return round(float(found[1]) * _LENGTHS[found[2]] * 1_000_000)
        raise ValueError(f"target {target!r} is not a time. Write 30min, 12h, 14d or 4w.")
    if isinstance(target, str):
        raise ValueError(f"target {target!r} is not a number. Write 40.")
    return round(target * 1_000_000)


class MetricSpec(Spec):
    """One metric: what is measured, whose it is, and what it should be."""

    name: str = Field(min_length=1, description="What people call it.")
    kind: Kind = Field(
        description="conversion, time_to_value, retention, churn, nps, csat, ces, revenue, arpu, "
        "nrr or grr."
    )
    owner: str | None = Field(default=None, description="Who answers for it.")
    unit: str | None = Field(default=None, description="Unit it is shown in. Default: by kind.")
    direction: Way | None = Field(
        default=None, description="up or down: which way is better. Default: by kind."
    )
    target: str | int | float | None = Field(
        default=None,
        description="What it should be: 25% for shares, 14d for times, else a number.",
    )
    journey: str | None = Field(
        default=None, description="Journey it is measured on. Default: the first."
    )
    from_: str | None = Field(
        default=None, alias="from", description="Stage it starts from. Default: entry."
    )
    to: str | None = Field(
        default=None, description="Stage it leads to. Default: completing the journey."
    )
    touchpoints: Names = Field(
        default=(),
        description="Touchpoints it is measured on: answers, payments, signs of activity, or the "
        "one that shows value.",
    )
    within: Duration | None = Field(
        default=None, description="Longest time from one to the other for a conversion."
    )
    after: Duration | None = Field(
        default=None, description="Time after entry at which retention is asked, such as 30d."
    )
    months: int | None = Field(
        default=None, ge=1, description="Calendar months after entry, instead of `after`."
    )
    period: Literal["month", "week"] = Field(
        default="month", description="Period of churn and money."
    )
    of: Literal["customers", "revenue"] = Field(
        default="customers", description="What churn counts; revenue needs `touchpoints`."
    )
    covers: int = Field(
        default=1, ge=1, le=120, description="Periods that one payment covers: 12 for yearly ones."
    )
    over: int = Field(
        default=1, ge=1, le=120, description="Periods between start and end of NRR and GRR."
    )
    scale: Annotated[tuple[int, int] | None, Field(strict=False)] = Field(
        default=None, description="Lowest and highest answer. Default: [1, 5]; [1, 7] for ces."
    )
    satisfied: int | None = Field(
        default=None,
        description="Lowest answer that counts as satisfied. Default: highest but one.",
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """Refuse keys that mean nothing for the kind, and the lack of such that are needed."""
        names = {"from_": "from"}
        extra = sorted(self.model_fields_set - _COMMON - _TAKES[self.kind])
        if extra:
            taken = ", ".join(sorted(names.get(k, k) for k in _TAKES[self.kind]))
            raise ValueError(
                f"{self.kind} does not take {names.get(extra[0], extra[0])}. It takes {taken}."
            )
        if self.kind in _NAMED and not self.touchpoints:
            raise ValueError(f"{self.kind} needs touchpoints. Name those it is measured on.")
        if self.kind == "retention" and (self.after is None) == (self.months is None):
            raise ValueError("retention needs one of after and months. Write after: 30d.")
        if self.of == "revenue" and not self.touchpoints:
            raise ValueError("churn of revenue needs touchpoints. Name the payments.")
        if self.kind == "time_to_value" and self.to and self.touchpoints:
            raise ValueError("time_to_value has to and touchpoints. Keep one of them.")
        if self.scale and self.scale[0] >= self.scale[1]:
            raise ValueError("scale runs from the lowest to the highest answer. Write [1, 5].")
        target_micros(self.kind, self.target)
        return self

    @property
    def better(self) -> Way:
        """Which way is better."""
        return self.direction or ("down" if self.kind in {"time_to_value", "churn"} else "up")
