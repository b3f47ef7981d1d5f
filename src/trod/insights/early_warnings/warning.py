"""What a search for early warnings gives: signals that hold, and what was set aside and why."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Final, Literal

from trod.analyses.signals.ratio import Ratio
from trod.insights.journey_map import Count, Rate, Time

Lever = Literal["yours to do", "you can ask for it", "watch only"]
Reason = Literal[
    "confounded",
    "chance",
    "not seen again",
    "says the same",
    "known only afterwards",
    "the step itself",
    "comes with it",
    "too few",
]
REASONS: Final[dict[Reason, str]] = {
    "confounded": "gone when like is compared with like",
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
    currency: str | None = None
    notes: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """Give it as JSON."""
        told: dict[str, Any] = plain(self)
        return told


def plain(value: Any) -> Any:
    """Give a value as JSON knows it: fields and named tuples by name."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(each) for name, each in value._asdict().items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return round(value, 9) if isinstance(value, float) else value
