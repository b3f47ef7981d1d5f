"""Loops over what customers met before they converted: paths, and the credit of their steps.

Functions here take arrays and fill arrays. `trod.analyses.attribution` checks and names things;
`tests/slow_twins/attribution.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def conversion_paths(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    step: NDArray[np.int32],  # (n_events,) what the row is a step of, or -1
    converts: NDArray[np.bool_],  # (n_events,) whether the row is a conversion, which is no step
    lookback_us: int,
    every: int,  # 1: each conversion ends a path; 0: the first, and what follows does not count
    collapse: int,  # 1: a step is the last of the same steps in a row
    ends: NDArray[np.int64],  # (n_events,) OUT: rows of `rows` up to the end of path p
    last: NDArray[np.int64],  # (n_events,) OUT: row of the conversion of path p, or -1
    rows: NDArray[np.int64],  # (n_events,) OUT: rows of the steps, path after path
) -> int:
    """Cut journeys into paths; give how many there are.

    A path ends at a conversion, and holds the steps since the one before that lie within the
    lookback. Steps that no conversion follows are a path without one, seen from its last step.
    """
    n_paths, filled = 0, 0
    for c in range(offsets.size - 1):
        start, open_ = filled, 1
        for i in range(offsets[c], offsets[c + 1]):
            if converts[i]:
                filled = _kept(rows, start, filled, time_us, time_us[i], lookback_us)
                ends[n_paths], last[n_paths] = filled, i
                n_paths += 1
                start = filled
                if every == 0:
                    open_ = 0
                    break
            elif step[i] >= 0:
                same = filled > start and step[rows[filled - 1]] == step[i]
                if collapse != 0 and same:
                    filled -= 1
                rows[filled] = i
                filled += 1
        if open_ != 0 and filled > start:
            seen_us = time_us[rows[filled - 1]]
            filled = _kept(rows, start, filled, time_us, seen_us, lookback_us)
            ends[n_paths], last[n_paths] = filled, -1
            n_paths += 1
    return n_paths


@njit(cache=True, nogil=True)
def _kept(
    rows: NDArray[np.int64],
    start: int,
    end: int,
    time_us: NDArray[np.int64],
    at_us: int,
    lookback_us: int,
) -> int:
    """Drop the steps before the lookback; give where the rest ends."""
    kept = start
    for k in range(start, end):
        if at_us - time_us[rows[k]] <= lookback_us:
            rows[kept] = rows[k]
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def decay_shares(
    offsets: NDArray[np.int64],  # (n_paths + 1,)
    age_us: NDArray[np.int64],  # (n_steps,) time from the step to the conversion
    half_life_us: int,
    amount: NDArray[np.int64],  # (n_paths,) what is to be shared out
    share: NDArray[np.int64],  # (n_steps,) OUT: adds up to the amount of each path
) -> None:
    """Share amounts out by age: half as much for each half-life; the last step takes the rest."""
    for p in range(offsets.size - 1):
        start, end = offsets[p], offsets[p + 1]
        if start == end:
            continue
        youngest = age_us[end - 1]
        total = 0.0
        for k in range(start, end):
            total += 2.0 ** (-(age_us[k] - youngest) / half_life_us)
        left = amount[p]
        for k in range(start, end - 1):
            weight = 2.0 ** (-(age_us[k] - youngest) / half_life_us) / total
            share[k] = np.int64(np.floor(amount[p] * weight))
            left -= share[k]
        share[end - 1] = left


@njit(cache=True, nogil=True)
def without_each(
    row: NDArray[np.int64],  # (n_states + 1,) edges of state s are row[s]:row[s + 1]
    target: NDArray[np.int64],  # (n_edges,)
    chance: NDArray[np.float64],  # (n_edges,) of the edge, of all that leaves the state otherwise
    reward: NDArray[np.float64],  # (n_states, 2) expected at once when leaving the state otherwise
    newest: NDArray[np.int64],  # (n_states,) what a state is about; -1 for the start, state 0
    tolerance: float,
    found: NDArray[np.float64],  # (n_names + 1, 2) OUT: expected without each name; last: with all
) -> None:
    """Follow a chain of states from the start until it has ended, without each name in turn.

    Whoever would enter a state of the missing name is lost. What is still under way is less than
    the tolerance in the end, and no more than that can be missing.
    """
    n_states = newest.size
    here, there = np.empty(n_states), np.empty(n_states)
    for name in range(found.shape[0]):
        here[:] = 0.0
        here[0] = 1.0
        won, worth, left = 0.0, 0.0, 1.0
        while left > tolerance:
            there[:] = 0.0
            left = 0.0
            for s in range(n_states):
                if here[s] == 0.0:
                    continue
                won += here[s] * reward[s, 0]
                worth += here[s] * reward[s, 1]
                for e in range(row[s], row[s + 1]):
                    if newest[target[e]] != name:
                        there[target[e]] += here[s] * chance[e]
                        left += here[s] * chance[e]
            here, there = there, here
        found[name, 0], found[name, 1] = won, worth


@njit(cache=True, nogil=True)
def _invert(m: NDArray[np.float64]) -> None:
    """Invert a matrix in place, by Gauss and Jordan without changing rows.

    For one less the moves of a chain that ends, and for the blocks of its inverse, that is stable.
    """
    n = m.shape[0]
    for k in range(n):
        pivot = m[k, k]
        m[k, k] = 1.0
        for j in range(n):
            m[k, j] /= pivot
        for i in range(n):
            if i != k and m[i, k] != 0.0:
                factor = m[i, k]
                m[i, k] = 0.0
                for j in range(n):
                    m[i, j] -= factor * m[k, j]


@njit(cache=True, nogil=True)
def lost_by_inverse(
    row: NDArray[np.int64],  # as `without_each`
    target: NDArray[np.int64],
    chance: NDArray[np.float64],
    reward: NDArray[np.float64],
    newest: NDArray[np.int64],
    lost: NDArray[np.float64],  # (n_names, 2) OUT: expected less without each name
) -> None:
    """Solve a chain of few states once, and read from the solution what each removal loses.

    With the visits G to each state and the worth V of being there: those who meet a name meet it
    first in one of its states S, with the chances h that solve ``h G[S, S] = G[start, S]``, and
    what is lost is h V[S]. O(n_states ** 3).
    """
    n = newest.size
    visits = np.zeros((n, n))
    for s in range(n):
        visits[s, s] += 1.0
        for e in range(row[s], row[s + 1]):
            visits[s, target[e]] -= chance[e]
    _invert(visits)
    worth = np.zeros((n, 2))
    for s in range(n):
        for t in range(n):
            worth[s, 0] += visits[s, t] * reward[t, 0]
            worth[s, 1] += visits[s, t] * reward[t, 1]
    lost[:] = 0.0
    for name in range(lost.shape[0]):
        those = np.flatnonzero(newest == name)
        block = np.empty((those.size, those.size))
        for i in range(those.size):
            for j in range(those.size):
                block[i, j] = visits[those[i], those[j]]
        _invert(block)
        for j in range(those.size):
            first = 0.0
            for i in range(those.size):
                first += visits[0, those[i]] * block[i, j]
            lost[name, 0] += first * worth[those[j], 0]
            lost[name, 1] += first * worth[those[j], 1]


@njit(cache=True, nogil=True)
def _place_of(known: NDArray[np.uint64], wanted: np.uint64) -> int:
    """Give the place of a number among sorted ones, or -1."""
    low, high = 0, known.size
    while low < high:
        middle = (low + high) // 2
        if known[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low if low < known.size and known[low] == wanted else -1


@njit(cache=True, nogil=True)
def joining_in_order(
    offsets: NDArray[np.int64],  # (n_sets + 1,)
    member: NDArray[np.int64],  # (offsets[-1],) names of each set of names
    gone: NDArray[np.float64],  # (n_sets,) paths with just these names
    rate: NDArray[np.float64],  # (n_sets, 2) conversions and value for each path
    known: NDArray[np.uint64],  # (n_sets,) ascending: the keys of the names of each set, xored
    key: NDArray[np.uint64],  # (n_names,)
    order: NDArray[np.int64],  # (n_orders, n_names) place of each name in some orders
    gained: NDArray[np.float64],  # (n_orders, 2, n_names) OUT: what a name adds when it joins
) -> None:
    """Let the names of each set join one after another, and note what each adds to its rate.

    A set that no path has is worth nothing. O(n_orders * size of all sets * log n_sets).
    """
    line = np.empty(key.size, np.int64)
    gained[:] = 0.0
    for o in range(order.shape[0]):
        for p in range(known.size):
            n = 0
            for m in range(offsets[p], offsets[p + 1]):
                k = n  # sorted by place, as they come
                while k > 0 and order[o, line[k - 1]] > order[o, member[m]]:
                    line[k] = line[k - 1]
                    k -= 1
                line[k] = member[m]
                n += 1
            those, before, before_worth = np.uint64(0), 0.0, 0.0
            for k in range(n):
                those ^= key[line[k]]
                at = _place_of(known, those)
                now = rate[at, 0] if at >= 0 else 0.0
                worth = rate[at, 1] if at >= 0 else 0.0
                gained[o, 0, line[k]] += gone[p] * (now - before)
                gained[o, 1, line[k]] += gone[p] * (worth - before_worth)
                before, before_worth = now, worth
