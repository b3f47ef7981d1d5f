"""An anomaly: what is out of the ordinary, how far, since when, where from, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trod.insights.watching.direction import Direction
from trod.insights.watching.series import Thing
from trod.insights.watching.sight import Way

Nature = Literal["behaviour", "tracking", "not told"]
What = Literal["opened", "worse", "recovered", "as it is now", "not in the data"]


@dataclass(frozen=True, slots=True)
class Window:
    """The periods in which it was seen."""

    first: str  # ISO dates, both included
    last: str
    from_us: int
    to_us: int  # not included


@dataclass(frozen=True, slots=True)
class Carrier:
    """The group that a change comes from."""

    by: str  # attribute, segment or state
    group: str
    part: float  # of the change, 1 for all of it
    value: float  # seen in the group
    usual: float


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something out of the ordinary. Without figures it is the same for as long as it lasts."""

    about: str  # such as "conversion/Onboard/fell"
    thing: Thing
    way: Way
    day: str  # ISO date on which it was seen
    window: Window
    value: float  # seen: a count, a share, a mean
    usual: float
    low: float  # where 95 in 100 such periods lie
    high: float
    n: int  # wholes or answers behind it; of counts, the count
    size: float
    p: float
    tested: int  # series judged together with it
    by: str  # the group it was seen in; "" for everyone
    group: str
    nature: Nature
    since: str | None  # ISO date of the change, and between which two it may lie
    since_first: str | None
    since_last: str | None
    carriers: tuple[Carrier, ...]  # the first one is the likely source
    evidence: tuple[str, ...]  # in sentences
    also: tuple[str, ...]  # what is told together with it: names of touchpoints
    owner: str = ""
    customers: int = 0
    key: str = ""  # predicate of these customers
    money_micros: int | None = None
    direction: Direction = ""  # of the change, for the customers


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened to an alert on a day."""

    day: str
    what: What
    about: str
    anomaly: Anomaly | None  # of what was opened or became worse
