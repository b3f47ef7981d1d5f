"""The `insights: watch:` part of trod.yml: what is watched, how often, and what is known of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from trod.sources.spec import Duration, Names, Spec

Watched = Literal[
    "volume", "source", "entries", "conversion", "dwell", "mood", "score", "beginning"
]


def _day(value: object) -> object:
    """Read 2026-03-31 as a day, as YAML does; leave anything else to be judged."""
    return date.fromisoformat(value) if isinstance(value, str) else value


Day = Annotated[date, BeforeValidator(_day)]


class KnownSpec(Spec):
    """Days on which something is known to be different: maintenance, a move, a campaign."""

    first: Day = Field(description="First day, such as 2026-03-31.")
    last: Day | None = Field(default=None, description="Last day. Default: the first.")
    why: str = Field(min_length=1, description="What happens, in words.")
    sources: Names = Field(default=(), description="Only these sources. Default: everything.")
    touchpoints: Names = Field(default=(), description="Only these touchpoints.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"{self.last} comes before {self.first}. Turn them round.")
        return self


class WatchSpec(Spec):
    """What is watched."""

    what: Annotated[tuple[Watched, ...], Field(strict=False)] = Field(
        default=(),
        description="volume, source, entries, conversion, dwell, mood, score, beginning. Default: "
        "all of them.",
    )
    every: Literal["day", "week"] | None = Field(
        default=None,
        description="day or week. Default: by day what comes ten times a day, else by week.",
    )
    by: Names | None = Field(
        default=None,
        description="Attributes, and `segment`, whose groups are watched apart. Default: those of "
        "2 to 6 values, and segments where they were found.",
    )
    states: Names = Field(
        default=(), description="States by whose values touchpoints are watched apart."
    )
    false_share: float = Field(
        default=0.1,
        gt=0,
        le=0.5,
        description="Share of alerts that may be false, over 28 days. Default: 0.1.",
    )
    late: Duration = Field(
        default=timedelta(days=2),
        description="A source may be silent for so long before that is told. Default: 2d.",
    )
    known: Annotated[tuple[KnownSpec, ...], Field(strict=False)] = Field(
        default=(), description="Days on which nothing is judged, and why."
    )
