"""What a search for early warnings gives: signals that hold, and what was set aside and why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, NamedTuple

from trod.analyses.signals.ratio import Ratio
from trod.insights.journey_map import Count, Rate, Time
from trod.insights.plain import plain

_DIGITS: Final = 9  # so many decimals are told to programs

Lever = Literal["yours to do", "you can ask for it", "watch only"]
Reason = Literal[
    "confounded",
    "chance",
    "silence alone",
    "not seen again",
    "says the same",
    "known only afterwards",
    "the step itself",
    "comes with it",
    "too few",
]
REASONS: Final[dict[Reason, str]] = {
    "confounded": "gone when like is compared with like",
    "silence alone": "gone where the quiet ones who stay are not counted either",
    "not seen again": "not seen among customers who came later",
    "says the same": "says no more than a stronger sign does",
    "known only afterwards": "known only after the outcome",
    "the step itself": "is the step or the outcome itself",
    "comes with it": "comes with the outcome, not before it",
    "chance": "no more than chance allows",
    "too few": "too few customers to tell",
}


@dataclass(frozen=True, slots=True)
class Era:
    """The ratio among customers who came earlier, or later."""

    ratio: Ratio | None  # like with like; None where it cannot be told
    naive: Ratio | None  # of all who came then, together
    n: int


@dataclass(frozen=True, slots=True)
class Level:
    """The plain ratio in one kind of customer."""

    name: str
    ratio: Ratio | None
    n: int
    had: int  # had the touchpoint by the day
    share: float  # of them who had the outcome, sign or not


@dataclass(frozen=True, slots=True)
class Signal:
    """Something customers did, or did not, by a day; and how often the outcome came later.

    An association: nothing here says what would happen if you changed something.
    """

    stage: str  # from entering which days count
    end: str  # stage of the outcome
    outcome: str | None  # touchpoint; None for leaving
    touchpoint: str
    before: str | None  # second touchpoint: the sign is the order of the two
    had: bool  # the sign is having it (or the first before the second), not lacking it
    days: int
    follow_days: int  # how long customers are followed from entering `end`
    with_sign: Rate  # had the outcome later
    without: Rate
    with_count: Count  # at risk, with the sign
    with_later: Count  # of them, had the outcome
    ratio: Ratio  # like with like
    naive: Ratio  # all together
    adjusted_for: tuple[str, ...]
    e_value: float  # of the end of the interval nearer to 1
    q: float | None  # false ones to expect among findings like this; None where only one was asked
    tested: int
    eras: tuple[Era, Era]  # customers who came earlier, and later
    differs: float | None  # chance that kinds of customers differ so much by chance
    lead: Time | None  # from the day to the outcome, of those with the sign
    now: Count  # with the sign, at risk today
    money_micros: tuple[int | None, int | None]  # on record for each customer: with, without
    lever: Lever  # what a company can do about it
    not_eligible: tuple[tuple[str, tuple[Level, ...]], ...]  # by kind
    levels: tuple[Level, ...]  # of the first kind that was adjusted for
    why: str  # why plain and adjusted ratio differ, in words; "" where they do not
    evidence: str = "Observed"

    @property
    def n(self) -> int:
        """Customers compared."""
        return self.with_sign.whole + self.without.whole

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        told: dict[str, Any] = plain(self, _DIGITS)
        return told


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something that was looked at and is no early warning."""

    stage: str
    end: str
    outcome: str | None
    touchpoint: str
    before: str | None
    reason: Reason
    why: str
    naive: float | None = None  # ratio, as a table would show it
    adjusted: float | None = None
    n: int = 0


class Watched(NamedTuple):
    """An outcome that enough customers had."""

    stage: str
    outcome: str | None  # touchpoint; None for leaving


@dataclass(frozen=True, slots=True)
class EarlyWarnings:
    """Signals for leaving and for growing, the strongest first; and what was set aside."""

    journey: str
    unit: str
    zone: str
    as_of_us: int
    bad: tuple[Signal, ...]
    good: tuple[Signal, ...]
    set_aside: tuple[SetAside, ...]
    refused: tuple[str, ...]  # attributes that tell the outcome itself, in words
    tested: int
    watched: tuple[Watched, ...]
    currency: str | None = None

    def told(self, *, bad: bool = True, good: bool = True) -> dict[str, Any]:
        """Give it as JSON; signs of leaving, of growing, or both."""
        shown = replace(self, bad=self.bad if bad else (), good=self.good if good else ())
        told: dict[str, Any] = plain(shown, _DIGITS)
        return told
