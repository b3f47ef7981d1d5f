"""When the level of a series changed: the cuts that explain it best, and between which dates.

Of all ways to cut a series into stretches of one level each, the cheapest: what the stretches leave
unexplained, by the likelihood of counts, shares or numbers, and a price for every cut [1]_.

References
----------
.. [1] Killick, Fearnhead & Eckley (2012), "Optimal detection of changepoints with a linear
   computational cost", Journal of the American Statistical Association 107:1590-1598.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.insights.watching.series import COUNT, SHARE

Floats = NDArray[np.float64]
_PRICE: Final = 3.0
_LIKELY: Final = 3.84
"""Dates that explain the series worse by no more than this lie in the 95 % interval."""


class Change(NamedTuple):
    """A level that changed: before period `at`, and between which two periods that may lie."""

    at: int
    first: int
    last: int
    before: float
    after: float


class _Sums(NamedTuple):
    """Running sums of one series, with a zero in front."""

    value: Floats
    weight: Floats
    square: Floats

    def level(self, start: int, end: int) -> float:
        """Give the level of a stretch."""
        weight = self.weight[end] - self.weight[start]
        return float((self.value[end] - self.value[start]) / weight) if weight > 0 else 0.0


def changes(kind: int, value: Floats, weight: Floats, spread: float) -> tuple[Change, ...]:
    """Find the changes of level of a series, oldest first.

    Parameters
    ----------
    kind
        COUNT, SHARE or NUMBER.
    value
        Shape (n,). Counts, parts or sums.
    weight
        Shape (n,). What the level is per: 1 or the factor of the season, wholes, how many.
    spread
        Variance, as so many times what chance alone gives; of numbers, of a single one.

    Notes
    -----
    O(n²) at worst; less where there are changes.

    Examples
    --------
    >>> daily = np.array([20.0, 21, 19, 20, 22, 18, 20, 8, 9, 7, 8, 9, 8])
    >>> [(c.at, c.first, c.last, c.after) for c in changes(COUNT, daily, np.ones(13), 1.0)]
    [(7, 7, 7, 8.166666666666666)]
    """
    square = np.divide(value * value, weight, out=np.zeros(value.size), where=weight > 0)
    zero = np.zeros(1)
    sums = _Sums(*(np.concatenate([zero, np.cumsum(x)]) for x in (value, weight, square)))
    cuts = _cut(kind, sums, max(spread, 1e-12), _PRICE * float(np.log(max(value.size, 2))))
    edges = [0, *cuts, value.size]
    return tuple(
        _dated(kind, sums, max(spread, 1e-12), *edges[i : i + 3]) for i in range(len(cuts))
    )


def _cut(kind: int, sums: _Sums, spread: float, price: float) -> list[int]:
    n = sums.value.size - 1
    best = np.full(n + 1, np.inf)
    best[0], last = -price, np.zeros(n + 1, np.int64)
    alive = np.array([0])
    for end in range(1, n + 1):
        cost = best[alive] + _cost(kind, sums, alive, np.array([end]), spread)
        at = int(np.argmin(cost))
        best[end], last[end] = cost[at] + price, alive[at]
        alive = np.append(alive[cost <= best[end]], end)
    cuts: list[int] = []
    while n > 0 and last[n] > 0:
        n = int(last[n])
        cuts.append(n)
    return cuts[::-1]


def _cost(
    kind: int, sums: _Sums, start: NDArray[np.int64], end: NDArray[np.int64], spread: float
) -> Floats:
    """Give what stretches of one level leave unexplained, twice the negative log-likelihood."""
    y, w = sums.value[end] - sums.value[start], sums.weight[end] - sums.weight[start]
    safe = np.maximum(w, 1e-300)
    if kind == COUNT:
        found = -2 * (_xlog(y, safe) - y)
    elif kind == SHARE:
        found = -2 * (_xlog(y, safe) + _xlog(np.maximum(w - y, 0.0), safe))
    else:
        found = sums.square[end] - sums.square[start] - y * y / safe
    return np.asarray(found / spread, np.float64)


def _xlog(x: Floats, per: Floats) -> Floats:
    """Give x times the logarithm of x / per; 0 for 0."""
    return x * np.log(np.maximum(x, 1e-300) / per)


def _dated(kind: int, sums: _Sums, spread: float, begin: int, at: int, end: int) -> Change:
    """Say between which periods a change may lie, the stretches around it being what they are."""
    tried = np.arange(begin + 1, end)
    left = _cost(kind, sums, np.full(tried.size, begin), tried, spread)
    right = _cost(kind, sums, tried, np.full(tried.size, end), spread)
    likely = tried[left + right <= (left + right)[tried == at] + _LIKELY]
    return Change(at, int(likely[0]), int(likely[-1]), sums.level(begin, at), sums.level(at, end))
