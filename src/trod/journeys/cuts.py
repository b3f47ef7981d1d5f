"""Cutting points on a line into groups that hold together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_ENOUGH: Final = 0.9


def cuts(places: Sequence[float], weights: Sequence[int], *, most: int) -> list[list[int]]:
    """Cut sorted places into as few groups as explain nine tenths of their spread.

    Dynamic programming over all cuts, which finds the least weighted squared distance to the
    mean of each group [1]_. At least three groups where there are three places, at most `most`.

    Parameters
    ----------
    places
        Shape (n,), sorted.
    weights
        Shape (n,), how much each place counts.
    most
        Largest number of groups.

    Returns
    -------
    list
        Indices of `places`, group by group.

    References
    ----------
    .. [1] Fisher (1958), "On grouping for maximum homogeneity", JASA 53:789-798.

    Examples
    --------
    >>> cuts([0.0, 0.1, 0.5, 0.9, 1.0], [1, 1, 1, 1, 1], most=6)
    [[0, 1], [2], [3, 4]]
    """
    n = len(places)
    if n <= 2:
        return [[i] for i in range(n)]
    cost = _costs(places, weights)
    best = [[0.0] * (n + 1) for _ in range(most + 1)]
    cut = [[0] * (n + 1) for _ in range(most + 1)]
    for end in range(1, n + 1):
        best[1][end] = cost[0][end]
    for k in range(2, min(most, n) + 1):
        for end in range(k, n + 1):
            best[k][end], cut[k][end] = min(
                (best[k - 1][c] + cost[c][end], c) for c in range(k - 1, end)
            )
    total = cost[0][n]
    enough = [k for k in range(3, min(most, n) + 1) if best[k][n] <= (1 - _ENOUGH) * total]
    k, end = (enough[0] if enough else min(most, n)), n
    found: list[list[int]] = []
    while k:
        start = cut[k][end] if k > 1 else 0
        found.append(list(range(start, end)))
        k, end = k - 1, start
    return found[::-1]


def _costs(places: Sequence[float], weights: Sequence[int]) -> list[list[float]]:
    """Give for all start < end the weighted squared distance to the mean inside."""
    n = len(places)
    w, s, q = [0.0], [0.0], [0.0]
    for x, m in zip(places, weights, strict=True):
        w.append(w[-1] + m)
        s.append(s[-1] + m * x)
        q.append(q[-1] + m * x * x)
    cost = [[0.0] * (n + 1) for _ in range(n + 1)]
    for start in range(n):
        for end in range(start + 1, n + 1):
            weight = w[end] - w[start]
            if weight > 0:
                spread = q[end] - q[start] - (s[end] - s[start]) ** 2 / weight
                cost[start][end] = max(0.0, round(spread, 9))
    return cost
