"""Boosted trees as arrays: what they say of a row, and which column said how much of it.

Functions here take arrays and fill arrays. Trees lie one behind the other: node ``n`` asks whether
``x[feature[n]] <= threshold[n]`` and goes to ``left[n]`` or ``right[n]``; a leaf has feature -1.
`trod.models.trees` checks and names things; `tests/slow_twins/trees.py` holds Shapley's definition.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAF = -1


@njit(cache=True, nogil=True)
def goes_left(x: float, threshold: float, missing_left: int) -> bool:
    """Say which way a value goes."""
    if np.isnan(x):
        return missing_left == 1
    return bool(x <= threshold)


@njit(cache=True, nogil=True)
def margins(
    x: NDArray[np.float32],  # (n_rows, n_features)
    root: NDArray[np.int32],  # (n_trees,)
    feature: NDArray[np.int32],  # (n_nodes,)
    threshold: NDArray[np.float64],  # (n_nodes,)
    missing_left: NDArray[np.uint8],  # (n_nodes,)
    left: NDArray[np.int32],  # (n_nodes,)
    right: NDArray[np.int32],  # (n_nodes,)
    value: NDArray[np.float64],  # (n_nodes,)
    out: NDArray[np.float64],  # (n_rows,) IN AND OUT: the sum of the leaves is added
) -> None:
    """Add up the leaves each row falls into. O(n_rows * n_trees * depth)."""
    for i in range(x.shape[0]):
        total = 0.0
        for t in range(root.size):
            n = root[t]
            while feature[n] != LEAF:
                if goes_left(x[i, feature[n]], threshold[n], missing_left[n]):
                    n = left[n]
                else:
                    n = right[n]
            total += value[n]
        out[i] += total


@njit(cache=True, nogil=True)
def _path(
    leaf: int,
    parent: NDArray[np.int32],
    feature: NDArray[np.int32],
    left: NDArray[np.int32],
    cover: NDArray[np.float64],
    ways: NDArray[np.uint8],  # (n_nodes,) whether the row goes left
    met: NDArray[np.int32],  # (most,) OUT: columns asked about on the way to a leaf, each once
    zero: NDArray[np.float64],  # (most,) OUT: share of training rows that pass, column unknown
    one: NDArray[np.float64],  # (most,) OUT: 1 where the row passes, 0 where it does not
) -> int:
    """Climb from a leaf to the root; give how many columns were asked about."""
    count, child = 0, leaf
    n = parent[leaf]
    while n >= 0:
        k = 0
        while k < count and met[k] != feature[n]:
            k += 1
        if k == count:
            met[k], zero[k], one[k] = feature[n], 1.0, 1.0
            count += 1
        zero[k] *= cover[child] / cover[n]
        if (ways[n] == 1) != (left[n] == child):
            one[k] = 0.0
        child, n = n, parent[n]
    return count


@njit(cache=True, nogil=True)
def _weight(
    k: int,
    count: int,
    zero: NDArray[np.float64],
    one: NDArray[np.float64],
    by_size: NDArray[np.float64],
) -> float:
    """Give Shapley's weight of passing, over all sets of the other columns."""
    by_size[: count + 1] = 0.0
    by_size[0] = 1.0
    taken = 0
    for j in range(count):
        if j == k:
            continue
        for s in range(taken, -1, -1):
            by_size[s + 1] += by_size[s] * one[j]
            by_size[s] *= zero[j]
        taken += 1
    total, ways = 0.0, 1.0  # ways: how many sets of this size there are, of the others
    for s in range(count):
        total += by_size[s] / (ways * count)
        ways = ways * (count - 1 - s) / (s + 1)
    return total


@njit(cache=True, nogil=True)
def tables(
    root: NDArray[np.int32],  # (n_trees + 1,) first node of each tree, and one beyond the last
    parent: NDArray[np.int32],  # (n_nodes,) -1 of a root
    feature: NDArray[np.int32],
    left: NDArray[np.int32],
    value: NDArray[np.float64],
    cover: NDArray[np.float64],  # (n_nodes,) rows of the training that came here
    asks: NDArray[np.int32],  # (n_trees, most) nodes that ask, -1 beyond
    columns: NDArray[np.int32],  # (n_trees, most) columns they ask about, each once, -1 beyond
    out: NDArray[np.float64],  # (n_trees, 2 ** most, most) OUT: contribution by column
) -> None:
    """Work out each tree's contributions once for every pattern of answers it can get.

    A tree of eight leaves asks seven questions: whatever the row, there are 128 patterns at most.
    O(leaves * depth ** 3) for each pattern.
    """
    most = asks.shape[1]
    ways = np.zeros(feature.size, np.uint8)
    met, by_size = np.empty(most, np.int32), np.empty(most + 1, np.float64)
    zero, one = np.empty(most, np.float64), np.empty(most, np.float64)
    for t in range(asks.shape[0]):
        asked = 0
        while asked < most and asks[t, asked] >= 0:
            asked += 1
        for pattern in range(1 << asked):
            for k in range(asked):
                ways[asks[t, k]] = (pattern >> k) & 1
            for leaf in range(root[t], root[t + 1]):
                if feature[leaf] != LEAF:
                    continue
                count = _path(leaf, parent, feature, left, cover, ways, met, zero, one)
                for k in range(count):
                    at = 0
                    while columns[t, at] != met[k]:
                        at += 1
                    share = _weight(k, count, zero, one, by_size) * (one[k] - zero[k])
                    out[t, pattern, at] += share * value[leaf]


@njit(cache=True, nogil=True)
def contributions(
    x: NDArray[np.float32],  # (n_rows, n_features)
    feature: NDArray[np.int32],  # (n_nodes,)
    threshold: NDArray[np.float64],
    missing_left: NDArray[np.uint8],
    asks: NDArray[np.int32],  # (n_trees, most)
    columns: NDArray[np.int32],  # (n_trees, most)
    table: NDArray[np.float64],  # (n_trees, 2 ** most, most)
    out: NDArray[np.float64],  # (n_rows, n_features) IN AND OUT: contributions are added
) -> None:
    """Look up what each column said. O(n_rows * n_trees * most)."""
    most = asks.shape[1]
    for i in range(x.shape[0]):
        for t in range(asks.shape[0]):
            pattern = 0
            for k in range(most):
                n = asks[t, k]
                if n < 0:
                    break
                if goes_left(x[i, feature[n]], threshold[n], missing_left[n]):
                    pattern |= 1 << k
            for k in range(most):
                if columns[t, k] < 0:
                    break
                out[i, columns[t, k]] += table[t, pattern, k]
