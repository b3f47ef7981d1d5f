"""What stood out in a period: what it is about, which way it went, and how far."""

from __future__ import annotations

from typing import Literal, NamedTuple

from trod.insights.watching.judging import Judged
from trod.insights.watching.series import Thing

Way = Literal["fell", "rose", "silent", "new"]


class Subject(NamedTuple):
    """What an alert is about: it has no figures, so it is the same while it lasts."""

    thing: Thing
    way: Way

    @property
    def about(self) -> str:
        """Name it, such as ``volume/Support ticket/rose``."""
        return f"{self.thing.sort}/{self.thing.name}/{self.way}"


class Sight(NamedTuple):
    """One period of one series in which something stood out."""

    subject: Subject
    judged: Judged | None  # None: rows of a source are missing, or something is new
    period: int
    p: float
    size: float  # how far off, as a share of what is usual, or in points
    span: int = 1  # periods that were judged together, up to this one
    newcomers: Newcomers | None = None


class Newcomers(NamedTuple):
    """A way of beginning, or of behaving, that came up among newcomers of a month."""

    pattern: str
    customers: int
    newcomers: int
    before: int
    came_before: int
    since: str  # month
    due: int  # day of the calendar on which the month is over
    p: float
    stands: bool  # often enough, and several times as often as before
