"""What a comparison gives: changes, what was set aside, and how it was done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trod.insights.journey_map import Count, Fact

Tone = Literal["worse", "better", ""]
Told = Literal["behaviour", "mix", "both"]


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a change is mix or behaviour, on the scale of the figure."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed beyond chance and beyond what is usual."""

    kind: str  # of the figure: "went on", "mood", "mix", "volume" ...
    stage: str  # "" where it belongs to none
    touchpoint: str
    title: str
    statement: str  # every figure of customers in it is in `facts`
    facts: tuple[Fact, ...]
    size: str  # how many customers it touches, in words
    told: Told
    split: str  # by what it was split; "" where nothing told customers apart
    parts: tuple[Part, Part] | None  # mix, behaviour; they add up to the difference
    split_words: str
    cause: str  # a hypothesis
    also: tuple[str, ...]  # what else moved with it
    certainty: str
    p: float  # of chance and usual movement, adjusted for everything compared
    difference: float
    low: float  # 95 %
    high: float
    unit: str  # "share", "log time", "mood", "calls", "points", "log money"
    before: float
    now: float
    n_before: int
    n_now: int
    touched: float  # customers who would have done otherwise at the earlier figure
    tone: Tone
    population: Count

    @property
    def about(self) -> str:
        """What it is about, without figures: the same change found again has the same name.

        More and less are two things: who took on the one has not taken on the other.
        """
        way = "more" if self.difference > 0 else "less"
        return "/".join(filter(None, (self.kind, self.stage, self.touchpoint or self.split, way)))


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something that would have looked like a change, and is none of the customers."""

    title: str  # what it would have looked like
    sort: str  # gap, late, renamed, calendar, own
    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A figure that was compared, for those who want to see all."""

    title: str
    p: float
    significant: bool
    why_not: str  # "" where it is reported


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two periods beside each other."""

    journey: str
    unit: str  # "customers" or "accounts"
    before: str  # the earlier period, in words
    now: str
    grain: str  # "month", "week" or "period"
    changes: tuple[Change, ...]  # at most three
    further: tuple[Change, ...]  # real, too, and smaller
    set_aside: tuple[SetAside, ...]
    seen: tuple[Seen, ...]
    n_compared: int
    n_not_compared: int  # figures that rest on what is not on record
    n_earlier: int  # periods that say what is usual
    n_before: int  # customers who entered in each
    n_now: int
    windows: tuple[tuple[str, int], ...]  # by stage: time that each customer is given to go on
    notes: tuple[str, ...]
    as_of: str
    leaving: tuple[tuple[str, int], ...] = ()  # by stage: time that each is given to leave

    @property
    def headline(self) -> str:
        """Say in a line how much changed.

        "Nothing changed beyond chance" is an answer.
        """
        n = len(self.changes)
        if not n:
            return f"Nothing changed in {self.now} beyond normal {self.usual} movement"
        words = ("One thing", "Two things", "Three things")[n - 1]
        month, _, year = self.before.partition(" ")
        same = self.grain == "month" and self.now.endswith(f" {year}")
        return f"{words} changed in {self.now}, beside {month if same else self.before}"

    @property
    def usual(self) -> str:
        """The word for what moves between periods anyway."""
        return f"{self.grain}-to-{self.grain}"
