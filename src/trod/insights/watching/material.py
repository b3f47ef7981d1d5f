"""What series are made of: daily counts of everyone and of groups, rows by source, scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.over_time import OverTimeResult
from trod.insights.watching.series import Calendar
from trod.insights.watching.spec import Watched

Ints = NDArray[np.int64]


class Group(NamedTuple):
    """Customers, or touchpoints, apart by one thing that is known of them."""

    by: str  # attribute, "segment", or state
    counts: OverTimeResult
    rows: bool = False  # of a state: touchpoints have it, not customers


class Seen(NamedTuple):
    """What a source brings, and what the others do, of customers that were known before."""

    met: Ints  # (n_days,) its rows of customers whom another source had on an earlier day
    others: Ints  # (n_days,) rows of the others, of customers any source had on an earlier day
    came: Ints  # (n_days,) customers whose first touchpoint on record another source brought


class Scoring(NamedTuple):
    """One outcome whose scores were kept: of each day, the last scoring of it."""

    outcome: str
    asked: Ints  # (n_days,) customers with a score
    total: Ints  # (n_days,) the sum of their chances, in millionths


class Known(NamedTuple):
    """Days on which nothing is judged: all sources and touchpoints, or some."""

    first: int  # day of the calendar
    last: int
    sources: tuple[str, ...]
    touchpoints: tuple[str, ...]

    def of(self, source: tuple[str, ...], touchpoint: str | None) -> bool:
        """Say whether it is about something."""
        if not self.sources and not self.touchpoints:
            return True
        return touchpoint in self.touchpoints or bool(set(source) & set(self.sources))


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Everything that watching looks at, counted once for all days."""

    calendar: Calendar
    everyone: OverTimeResult
    groups: tuple[Group, ...]
    names: tuple[str, ...]  # touchpoints, by code
    stages: tuple[str, ...]
    within_days: tuple[int, ...]  # by stage: time a cohort has to go on
    voices: tuple[str, ...]  # touchpoints with scores
    ways: tuple[str, ...]  # of beginning, in words
    begun_days: int
    rows: Mapping[str, Mapping[str, Ints]]  # by source and touchpoint, (n_days,) rows of the log
    enters: Mapping[str, tuple[str, ...]]  # by stage: touchpoints that enter it
    scorings: tuple[Scoring, ...] = ()
    known: tuple[Known, ...] = ()
    late_days: int = 2
    good: frozenset[str] = frozenset()  # outcomes that are good news
    leaving: frozenset[str] = frozenset()  # touchpoints by which customers leave
    seen: Mapping[str, Seen] = field(default_factory=dict)  # by source

    def sources_of(self, touchpoint: str) -> tuple[str, ...]:
        """Give the sources that bring a touchpoint."""
        return tuple(source for source, brings in self.rows.items() if touchpoint in brings)

    def of_source(self, source: str) -> Ints:
        """Give the rows of a source by day."""
        total = np.zeros(self.calendar.n_days, np.int64)
        for rows in self.rows[source].values():
            total += rows
        return total

    @property
    def last_whole_day(self) -> int:
        """Last day that is over: the last one on record may not be."""
        return self.calendar.n_days - 2


def daily(counts: OverTimeResult, sort: Watched, at: int) -> tuple[Ints, Ints | None]:
    """Give value and weight of a thing by group and day; no weight where it is only counted."""
    if sort == "volume":
        return counts.touchpoints[..., at], None
    if sort == "entries":
        return counts.entered[..., at], None
    if sort == "conversion":
        return counts.went_on[..., at], counts.entered[..., at]
    if sort == "dwell":
        return counts.slow[..., at], counts.moved[..., at]
    if sort == "mood":
        return counts.score[..., at], counts.spoke[..., at]
    return counts.began[..., at], counts.began.sum(axis=2)
