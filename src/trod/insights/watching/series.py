"""A series that is watched: what it counts, of whom, and its figures day by day or week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from trod._kernels.expecting import COUNT, NUMBER, SHARE
from trod.insights.watching.spec import Watched

__all__ = ["COUNT", "NUMBER", "SHARE", "Calendar", "Grain", "Series", "Thing"]

Floats = NDArray[np.float64]
Grain = Literal["day", "week"]
WEEK: Final = 7


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """What is watched, of everyone or of a group: what alerts are about, without figures."""

    sort: Watched
    name: str  # touchpoint, source, stage, outcome, or way of beginning in words


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the record, and which of them make a whole week."""

    label: tuple[str, ...]  # ISO dates
    start_us: tuple[int, ...]
    end_us: int

    @property
    def n_days(self) -> int:
        """How many days there are."""
        return len(self.label)

    @property
    def first_monday(self) -> int:
        """Index of the first Monday; weeks begin there."""
        return -date.fromisoformat(self.label[0]).weekday() % WEEK if self.label else 0

    @property
    def n_weeks(self) -> int:
        """How many whole weeks there are."""
        return max(self.n_days - self.first_monday, 0) // WEEK

    def last_day(self, grain: Grain, period: int) -> int:
        """Give the index of the last day of a period."""
        if grain == "day":
            return period
        return self.first_monday + (period + 1) * WEEK - 1

    def first_day(self, grain: Grain, period: int) -> int:
        """Give the index of the first day of a period."""
        return period if grain == "day" else self.first_monday + period * WEEK

    def weekly(self, daily: NDArray[np.int64]) -> NDArray[np.int64]:
        """Sum days to weeks along the last axis.

        Examples
        --------
        >>> days = Calendar(tuple(f"2026-06-{d:02d}" for d in range(1, 16)), (0,) * 15, 0)
        >>> days.weekly(np.arange(15)).tolist()  # 1 June 2026 was a Monday
        [21, 70]
        """
        begin = self.first_monday
        whole = daily[..., begin : begin + self.n_weeks * WEEK]
        weeks: NDArray[np.int64] = whole.reshape(*daily.shape[:-1], self.n_weeks, WEEK).sum(axis=-1)
        return weeks


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """One series: row t of each array is a period of its grain."""

    thing: Thing
    by: str  # attribute or state; "" for everyone
    group: str  # its value; "" for everyone
    kind: int  # COUNT, SHARE or NUMBER
    grain: Grain
    value: Floats  # (n_periods,) counts, parts, or sums
    weight: Floats  # (n_periods,) 1, wholes, or how many; 0 where it cannot be judged
    lag: int = 0  # days after the end of a period at which it is mature
    sources: tuple[str, ...] = ()  # whose silence would make it incomplete

    @property
    def everyone(self) -> bool:
        """Whether it is about all customers."""
        return not self.by
