"""Days on which something that usually happens did not: tracking that was off, or nearly so.

A run of days without a row is a gap if so many days without one would be a coincidence: given
what the same weekdays before and after it brought, and how unevenly the series comes, less than
one in a thousand such audits would show a single gap by chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.events.volume import Volume, runs

WEEKS: Final = 4
"""Weeks before and after a gap that say what is usual."""
FALSE_ALARMS: Final = 0.001
"""Expected number of gaps that are none, over all series and days of one audit."""
PAUSE_DAYS: Final = 60
"""A touchpoint that is silent for longer than this in a source that is not may have paused."""
SMALL: Final = 3
"""A series is not judged while it brings less than one in so many of its rows a day."""
_FEWEST_DAYS: Final = 14  # days with rows, below which nothing is usual


class Gap(NamedTuple):
    """Days without any row of a source, or of one touchpoint of it."""

    source: str
    touchpoint: str | None  # None: the whole source
    first_day: int  # local days since 1970-01-01
    last_day: int
    expected: int  # rows that the same weekdays around it would have brought
    open_: bool  # it lasts to the end of the data
    everything: bool = False  # no source brought a row meanwhile

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return self.last_day - self.first_day + 1

    @property
    def paused(self) -> bool:
        """Whether it may be no fault of tracking: silent for two months and more, then back.

        A touchpoint that stops for a season while its source goes on was more probably not offered
        than not recorded; and where nothing at all happens for so long, nothing was going on.
        """
        one_or_all = self.touchpoint is not None or self.everything
        return one_or_all and self.days > PAUSE_DAYS

    @property
    def lost(self) -> bool:
        """Whether rows are missing: it ended, and it was no pause."""
        return not (self.open_ or self.paused)


def gaps(found: Volume) -> tuple[Gap, ...]:
    """Find the gaps of all sources, and of touchpoints in sources that were not silent as a whole.

    Returns
    -------
    tuple of Gap
        In order of source, touchpoint and day.

    Notes
    -----
    Counts of a day are taken to vary as a Poisson number times the dispersion of the series (at
    least 1, Pearson's estimate). Bonferroni over all runs looked at. A series is judged from its
    first day on; one that ends is a gap to the end of the data, judged without the last day, which
    may not be over.
    """
    busy = np.flatnonzero(found.days.any(axis=0))
    if not busy.size:
        return ()
    end = int(busy[-1])
    made: list[Gap] = []
    n_series = len(found.series) + len(found.sources)
    for source in found.sources:
        whole = found.of_source(source)[: end + 1]
        own = list(_gaps_of(whole, n_series))
        made += [_named(found, source, None, *gap, end) for gap in own]
        silent = [(first, last) for first, last, _ in own]
        for one, counts in zip(found.series, found.days, strict=True):
            if one.source == source:
                some = _gaps_of(counts[: end + 1], n_series)
                apart = [gap for gap in some if not _inside(gap[0], gap[1], silent)]
                made += [_named(found, source, one.touchpoint, *gap, end) for gap in apart]
    return tuple(made)


def _named(
    found: Volume, source: str, touchpoint: str | None, first: int, last: int, rows: float, end: int
) -> Gap:
    start = found.first_day
    everything = not found.days[:, first : last + 1].any()
    return Gap(
        source, touchpoint, start + first, start + last, round(rows), last == end, everything
    )


def _inside(first: int, last: int, silent: list[tuple[int, int]]) -> bool:
    """Say whether a run says no more than that its source was silent."""
    return any(a - 2 <= first and last <= b + 2 for a, b in silent)


def _gaps_of(counts: NDArray[np.int64], n_series: int) -> Iterator[tuple[int, int, float]]:
    """Give first place, last place and expected rows of the gaps of one series."""
    busy = np.flatnonzero(counts)
    if busy.size < _FEWEST_DAYS:
        return
    start = int(busy[0])
    own = counts[start:]
    empty = list(runs(own == 0))
    bar = log(max(n_series, 1) * max(len(empty), 1) / FALSE_ALARMS)
    spread = _dispersion(own)
    least = float(own.mean()) / SMALL
    for first, last in empty:
        rows = _usual(own, first, last) if last + 1 < own.size else _usual_so_far(own, first)
        if rows / spread > bar and rows >= least * (last - first + 1):
            yield start + first, start + last, rows


def _usual(counts: NDArray[np.int64], first: int, last: int) -> float:
    """Add up what the same weekdays brought before a run or after it, whichever is less.

    So a series that grows or fades is not taken for one that was interrupted.
    """
    sides = [(max(0, first - 7 * WEEKS), first)]
    if last + 1 < counts.size:
        sides.append((last + 1, min(counts.size, last + 1 + 7 * WEEKS)))
    day = np.bincount(np.arange(first, last + 1) % 7, minlength=7).tolist()
    rows: list[float] = [
        sum(usual * n for usual, n in zip(_weekdays(counts, *side), day, strict=True))
        for side in sides
    ]
    return min(rows)


def _usual_so_far(counts: NDArray[np.int64], first: int) -> float:
    """Add up what a run to the end of the data would have brought, without the last day.

    That day may not be over, and most of its rows still to come.
    """
    done = counts.size - 1
    return _usual(counts[:done], first, done - 1) if first < done else 0.0


def _weekdays(counts: NDArray[np.int64], start: int, end: int) -> list[float]:
    """Give the mean of each weekday among some days; 0 where they are less than a week."""
    if end - start < 7:
        return [0.0] * 7
    day = np.arange(start, end) % 7
    means: list[float] = (np.bincount(day, counts[start:end]) / np.bincount(day)).tolist()
    return means


def _dispersion(counts: NDArray[np.int64]) -> float:
    """Estimate by how much counts vary more than Poisson's, around the week and the season."""
    weeks = counts[: counts.size // 7 * 7].reshape(-1, 7)
    if len(weeks) < 3:
        return max(1.0, float(counts.var() / max(counts.mean(), 1e-9)))
    level = _smooth(weeks.sum(axis=1))
    level /= max(level.mean(), 1e-9)
    usual = np.outer(level, weeks.mean(axis=0))
    some = (usual > 0) & (weeks > 0)  # silent days are what is judged, so they do not count
    if np.count_nonzero(some) < _FEWEST_DAYS:
        return 1.0
    return max(1.0, float(np.mean((weeks[some] - usual[some]) ** 2 / usual[some])))


def _smooth(weekly: NDArray[np.int64]) -> NDArray[np.float64]:
    """Level a series of weeks by the mean of two before and two after."""
    kernel, whole = np.ones(5), slice(2, 2 + weekly.size)  # not "same": that is never under five
    weight = np.convolve(np.ones(weekly.size), kernel)[whole]
    return np.convolve(weekly.astype(np.float64), kernel)[whole] / weight
