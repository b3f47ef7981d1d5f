"""Which touchpoints come before a contact about a topic, more often than chance would have it.

For each touchpoint two rates are compared: contacts per day within three days *after it*, and per
day within three days after *any other* touchpoint of a customer. Time in which a customer does
nothing at all counts on neither side: who is not there does not write.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.preceding import count_preceding
from trod.analyses.interval import Z, wilson
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Vocabulary

WITHIN_DAYS: Final = 3
ENOUGH: Final = 10
"""Fewer contacts after a touchpoint, or away from it, say nothing."""
DAY_S: Final = 86_400


class PrecedingResult(NamedTuple):
    """Cases and the time in which they could have come."""

    after: NDArray[np.int64]  # (n_topics, n_names) contacts within the window after a touchpoint
    near: NDArray[np.int64]  # (n_topics,) contacts within the window after anything
    after_s: NDArray[np.int64]  # (n_names,) seconds
    active_s: int


@dataclass(frozen=True, slots=True, eq=False)
class PrecedingCounts(Sums):
    """The same, to be added."""

    after: NDArray[np.int64]  # (n_topics, n_names)
    near: NDArray[np.int64]  # (n_topics,)
    after_s: NDArray[np.int64]  # (n_names,)
    active_s: NDArray[np.int64]  # (1,)


@dataclass(frozen=True, slots=True, eq=False)
class Preceding:
    """What came within some time before contacts about each topic."""

    vocabulary: Vocabulary
    label: NDArray[np.int16]  # (n_rows_of_log,) topic of each row, or -1
    n_topics: int
    as_of_us: int
    within_s: int = WITHIN_DAYS * DAY_S

    def empty(self) -> PrecedingCounts:
        """Give the counts of no data."""
        names = len(self.vocabulary.touchpoints)
        return PrecedingCounts(
            np.zeros((self.n_topics, names), np.int64),
            np.zeros(self.n_topics, np.int64),
            np.zeros(names, np.int64),
            np.zeros(1, np.int64),
        )

    def read(self, batch: JourneyBatch) -> PrecedingCounts:
        """Count one batch."""
        state = self.empty()
        names = len(self.vocabulary.touchpoints)
        count_preceding(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            given(batch.time_us // 1_000_000, np.int64),
            given(self.label[batch.row], np.int16),
            self.within_s,
            self.as_of_us // 1_000_000,
            np.empty(names, np.int64),
            np.empty(names, np.int64),
            state.after_s,
            state.active_s,
            state.after,
            state.near,
        )
        return state

    def finish(self, state: PrecedingCounts) -> PrecedingResult:
        """Give the sums."""
        return PrecedingResult(state.after, state.near, state.after_s, int(state.active_s[0]))


class Precedes(NamedTuple):
    """One touchpoint that comes before contacts about a topic more often than others do."""

    touchpoint: str
    n: int  # contacts within three days after it
    ratio: float  # contacts a day after it, to those a day after other touchpoints
    low: float  # 95 %
    high: float
    excess: float  # contacts above the rate after other touchpoints
    excess_low: float
    excess_high: float


def rate_ratio(
    n: int, time: int, others: int, other_time: int, z: float = Z
) -> tuple[float, float, float]:
    """Give the ratio of two rates with its interval.

    Of all cases, the share that fell into the first time is compared with what it would be at equal
    rates [1]_; the share has Wilson's interval. Cases of one customer are taken as independent.

    Parameters
    ----------
    n, others
        Cases in each time; at least one of `others`.
    time, other_time
        Lengths of both, in the same unit.

    References
    ----------
    .. [1] Przyborowski and Wilenski (1940), "Homogeneity of results in testing samples from Poisson
       series", Biometrika 31:313-323.

    Examples
    --------
    >>> [round(x, 2) for x in rate_ratio(30, 100, 30, 300)]
    [3.0, 1.82, 4.95]
    """
    low, high = wilson(n, n + others, z)
    times = other_time / time

    def odds(share: float) -> float:
        return share / max(1 - share, 1e-12) * times

    return odds(n / (n + others)), odds(low), odds(high)


def precedes(found: PrecedingResult, names: tuple[str, ...], topic: int) -> tuple[Precedes, ...]:
    """Give the touchpoints after which contacts about a topic come more often, the surest first.

    Of as many touchpoints as are asked, some would seem so by chance: the bar is that of 95 % for
    all of them together (Bonferroni). The interval shown is that of each alone.
    """
    from scipy.special import ndtri

    asked = [k for k in range(len(names)) if _told(found, topic, k)]
    if not asked:
        return ()
    bar = float(-ndtri(0.025 / len(asked)))
    told = []
    for k in asked:
        n, others = int(found.after[topic, k]), int(found.near[topic] - found.after[topic, k])
        times = int(found.after_s[k]), found.active_s - int(found.after_s[k])
        if rate_ratio(n, times[0], others, times[1], bar)[1] > 1:
            ratio, low, high = rate_ratio(n, times[0], others, times[1])
            usual = others * times[0] / times[1]
            half = Z * sqrt(n + usual * usual / others)
            excess = n - usual
            told.append(
                Precedes(names[k], n, ratio, low, high, excess, excess - half, excess + half)
            )
    return tuple(sorted(told, key=lambda one: (-one.excess_low, one.touchpoint)))


def _told(found: PrecedingResult, topic: int, k: int) -> bool:
    n, time = int(found.after[topic, k]), int(found.after_s[k])
    others = int(found.near[topic]) - n
    return n >= ENOUGH and others >= ENOUGH and 0 < time < found.active_s
