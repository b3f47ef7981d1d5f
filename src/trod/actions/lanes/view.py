"""What people see of lanes: how many, what moved, who, and why."""

from __future__ import annotations

from dataclasses import dataclass

from trod.actions.lanes.lane import Lane, Why
from trod.insights.journey_map import Count
from trod.models.outcomes.timing import Window

NEW, GONE = "new", "gone"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in words."""

    words: str
    evidence: str  # Observed or Estimated


@dataclass(frozen=True, slots=True)
class Placed:
    """One customer in a lane."""

    customer: str
    stage: str
    lane: Lane
    why: Why
    reasons: tuple[Reason, ...]
    remark: str  # "little is known: …"; "" else
    was: str  # lane a week before; NEW where not there then
    outcome: str  # whose score speaks; "" without one
    probability: float | None
    window: Window | None
    money_micros: int | None  # on record so far


@dataclass(frozen=True, slots=True)
class LaneView:
    """One lane."""

    lane: Lane
    title: str
    customers: Count
    money_micros: int | None  # on record so far, of all of them
    came: int  # since a week ago
    went: int
    whys: tuple[tuple[Why, int], ...]  # the most frequent first
    stages: tuple[tuple[str, int], ...]  # in the order of the journey


@dataclass(frozen=True, slots=True)
class Moved:
    """Customers who changed lanes within a week."""

    before: str  # a lane, or NEW
    after: str  # a lane, or GONE
    n: int
    whys: tuple[tuple[Why, int], ...]  # of where they are now; none where they are gone


@dataclass(frozen=True, slots=True)
class Lanes:
    """Everyone who is still there, in three lanes."""

    journey: str
    other: str | None  # name of the journey, where it is another than the first
    unit: str
    zone: str
    currency: str | None
    moment_us: int
    before_us: int
    n: int
    views: tuple[LaneView, ...]
    moved: tuple[Moved, ...]
    voices: tuple[tuple[str, str, bool], ...]  # outcome, from where it points out, bad
    silent: tuple[tuple[str, str], ...]  # outcome, why it does not speak
    shown: tuple[Placed, ...]
