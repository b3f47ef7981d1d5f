"""How likely it is that a difference is chance, beside what usually moves from period to period."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL: Final = 0.05
"""All that is reported holds at this level together, by Holm's method."""
_EXACT_FROM: Final = 1e-6, 0.02  # a share whose normal p lies between is tested again, exactly
PRIOR: Final = 16
"""Earlier movements that usual chance counts as, beside those on record."""
_LOOSE: Final = 2  # the same for numbers of customers, which chance alone rarely explains


class Sums3(NamedTuple):
    """Customers, the sum of their numbers, the sum of squares: of one figure in one period."""

    n: int
    total: int
    squares: int

    @property
    def mean(self) -> float:
        """Mean of the numbers."""
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Sample variance, from integers."""
        if self.n < 2:
            return 0.0
        return max(self.n * self.squares - self.total**2, 0) / (self.n * (self.n - 1))


class Judged(NamedTuple):
    """One difference, judged."""

    difference: float
    low: float  # 95 %, usual movement included
    high: float
    z: float  # standard errors of pure chance
    spread: float  # how much more it usually moves than by chance, 1 or more
    p: float


def judge(now: Sums3, before: Sums3, earlier: Sequence[Sums3], *, share: bool) -> Judged:
    """Judge the difference of two means or shares.

    A share is tested exactly (Fisher), a mean by Welch. Where the same figure usually moves more
    from one period to the next than chance explains, its standard error is widened by as much.

    Parameters
    ----------
    now, before
        The two periods.
    earlier
        Periods before them, oldest first.
    share
        Whether the numbers are 0 and 1.

    Examples
    --------
    >>> was, steady = Sums3(400, 240, 240), [Sums3(400, 238, 238), Sums3(400, 241, 241)]
    >>> found = judge(Sums3(400, 160, 160), was, steady, share=True)
    >>> round(found.difference, 3), found.spread, found.p < 1e-4
    (-0.2, 1.0, True)
    >>> wild = [Sums3(400, 160, 160), Sums3(400, 250, 250), Sums3(400, 150, 150)]
    >>> judge(Sums3(400, 160, 160), was, wild, share=True).p > 0.05
    True
    """
    series = [*earlier, before]
    moved = [_z(b, a, share=share) ** 2 for a, b in pairwise(series) if min(a.n, b.n) >= 2]
    difference, z = now.mean - before.mean, _z(now, before, share=share)
    p = _two_sided(z)
    if share and _EXACT_FROM[0] < p < _EXACT_FROM[1]:
        z, p = _exact(now, before, z)
    spread, degrees = usual(moved, PRIOR)
    error = sqrt(now.variance / max(now.n, 1) + before.variance / max(before.n, 1))
    return widened(difference, error, z, spread, degrees)


def judge_behaviour(
    difference: float, error: float, now: Sums3, before: Sums3, earlier: Sequence[Sums3]
) -> Judged:
    """Judge the part of a difference that is behaviour, by its own standard error."""
    plain = judge(now, before, earlier, share=False)
    z = difference / error if error > 0 else 0.0
    return widened(difference, error, z, plain.spread, PRIOR + max(len(earlier), 0))


def widened(difference: float, error: float, z: float, spread: float, degrees: float) -> Judged:
    """Give the difference with its interval, and how likely chance and usual movement are."""
    from scipy.stats import t

    half = float(t.ppf(0.975, degrees)) * error * spread
    p = float(2 * t.sf(abs(z) / spread, degrees))
    return Judged(difference, difference - half, difference + half, z, spread, p)


def usual(moved: Sequence[float], prior: int) -> tuple[float, float]:
    """Give how much more a figure moves than by chance, and what that is known by.

    Squared movements of earlier periods, in standard errors, are averaged with `prior` of chance
    alone, whose square is 1; never below 1.

    Examples
    --------
    >>> usual([1.0, 0.5], 16), usual([100.0, 100.0], 2)[0] > 7
    ((1.0, 18), True)
    """
    mean = (prior + sum(moved)) / (prior + len(moved))
    return max(1.0, sqrt(mean)), prior + len(moved)


def judge_number(now: int, expected: float, before: int, moved: Sequence[float]) -> Judged:
    """Judge a number of customers beside what as many days would have brought.

    Parameters
    ----------
    now, expected
        Customers who came, and what the rates of the weekdays before make of the days there were.
    before
        Customers behind the expectation.
    moved
        The same statistic of earlier periods, squared.
    """
    z = number_z(now, expected, before)
    spread, degrees = usual(moved, _LOOSE)
    ratio = now / expected - 1 if expected else 0.0
    error = (1 + ratio) * sqrt(1 / max(now, 1) + 1 / max(before, 1))
    return widened(ratio, error, z, spread, degrees)


def number_z(now: int, expected: float, before: int) -> float:
    """Give the logarithm of a ratio of numbers in standard errors."""
    if not (now and expected and before):
        return 0.0
    return float(np.log(now / expected)) / sqrt(1 / now + 1 / before)


def judge_mix(
    counts: NDArray[np.int64],  # (n_periods, n_labels), the two compared last
) -> tuple[float, float]:
    """Give the total variation between the last two rows, and how likely chance makes as much.

    Pearson's test of two rows, divided by how much more the rows before usually move.

    Examples
    --------
    >>> moved, p = judge_mix(np.array([[50, 50], [52, 48], [20, 80]]))
    >>> round(moved, 2), p < 0.001
    (0.32, True)
    """
    from scipy.stats import f

    now, before = counts[-1], counts[-2]
    if not (now.sum() and before.sum()):
        return 0.0, 1.0
    shares = [row / row.sum() for row in (now, before)]
    statistic, degrees = _pearson(before, now)
    if degrees < 1:
        return 0.0, 1.0
    moved = [_pearson(a, b) for a, b in pairwise(counts[:-1])]
    spread, known = usual([x / d for x, d in moved if d > 0], PRIOR)
    p = float(f.sf(statistic / degrees / spread**2, degrees, known * degrees))
    return float(abs(shares[0] - shares[1]).sum() / 2), p


def holm(p: Sequence[float]) -> list[float]:
    """Give p-values adjusted for how many there are, by Holm's step-down method [1]_.

    References
    ----------
    .. [1] Holm (1979), "A simple sequentially rejective multiple test procedure", Scandinavian
       Journal of Statistics 6:65-70.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p)), key=lambda i: (p[i], i))
    adjusted, highest = [1.0] * len(p), 0.0
    for rank, i in enumerate(order):
        highest = max(highest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = highest
    return adjusted


def above(difference: float, now: Sums3, before: Sums3, *, share: bool) -> float:
    """Say how many more customers lie above the others than below: -1 to 1, Cliff's delta.

    Of shares it is their difference. Of other figures it is read from the normal distribution, so
    that changes of shares, times and moods can be ranked beside each other.
    """
    from scipy.stats import norm

    if share:
        return difference
    deviation = sqrt((now.variance + before.variance) / 2)
    return float(2 * norm.cdf(difference / deviation / sqrt(2)) - 1) if deviation else 0.0


def _z(now: Sums3, before: Sums3, *, share: bool) -> float:
    n, m = now.n, before.n
    if share:
        pooled = (now.total + before.total) / max(n + m, 1)
        error = sqrt(pooled * (1 - pooled) * (1 / max(n, 1) + 1 / max(m, 1)))
    else:
        error = sqrt(now.variance / max(n, 1) + before.variance / max(m, 1))
    return (now.mean - before.mean) / error if error > 0 else 0.0


def _two_sided(z: float) -> float:
    from scipy.stats import norm

    return float(2 * norm.sf(abs(z)))


def _exact(now: Sums3, before: Sums3, z: float) -> tuple[float, float]:
    """Test two shares by Fisher's exact test; give the standard errors that p is worth."""
    from scipy.stats import fisher_exact, norm

    table = np.array([[x.total, x.n - x.total] for x in (now, before)], np.int64)
    p = float(fisher_exact(table).pvalue)
    return float(norm.isf(p / 2)) * (1 if z > 0 else -1), p


def _pearson(one: NDArray[np.int64], other: NDArray[np.int64]) -> tuple[float, int]:
    """Give Pearson's statistic of two rows and its degrees; labels with few customers joined."""
    both = one + other
    rare = both < 10
    rows = np.array([[*row[~rare], row[rare].sum()] for row in (one, other)], np.float64)
    rows = rows[:, rows.sum(axis=0) > 0]
    expected = rows.sum(axis=1, keepdims=True) * rows.sum(axis=0) / max(rows.sum(), 1)
    if (expected == 0).any():
        return 0.0, 0
    return float(((rows - expected) ** 2 / expected).sum()), rows.shape[1] - 1
