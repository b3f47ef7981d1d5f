"""The touchpoints of each customer one step at a time, from an anchor or from the start.

Functions here take arrays and fill arrays. `trod.analyses.sankey` and `trod.analyses.step_matrix`
check and name things; `tests/slow_twins/steps.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

AFTER, BEFORE, BETWEEN = 0, 1, 2


@njit(cache=True, nogil=True)
def _find(first: int, end: int, code: NDArray[np.uint16], wanted: int) -> int:
    """Give the first row of a touchpoint, or -1."""
    for i in range(first, end):
        if code[i] == wanted:
            return i
    return -1


@njit(cache=True, nogil=True)
def _fill(
    row: int,  # where the path stands
    stop: int,  # the row it must not step on, one past its last
    by: int,  # +1 or -1
    code: NDArray[np.uint16],
    collapse: int,
    after_end: int,  # what stands in the steps after the path has ended
    path: NDArray[np.int32],  # (n_steps + 1,) OUT
) -> None:
    """Write a path, step by step."""
    path[0] = code[row]
    k = 1
    i = row + by
    while k < path.size and i != stop:
        if collapse == 0 or code[i] != path[k - 1]:
            path[k] = code[i]
            k += 1
        i += by
    path[k:] = after_end


@njit(cache=True, nogil=True)
def step_paths(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    anchor: int,
    end: int,  # where a path between two anchors ends; not read otherwise
    direction: int,  # AFTER, BEFORE or BETWEEN
    collapse: int,  # 1: the same touchpoint several times in a row is one step
    ended: NDArray[np.int32],  # (n_customers,) what stands where nothing follows any more
    who: NDArray[np.int64],  # (n_customers,) OUT: customers with the anchor, first ones filled
    path: NDArray[np.int32],  # (n_customers, n_steps + 1) OUT: code at each step; anchor first
) -> int:
    """Write the path of each customer with the anchor; gives how many there are."""
    n = 0
    for c in range(offsets.size - 1):
        at = _find(offsets[c], offsets[c + 1], code, anchor)
        if at < 0:
            continue
        if direction == AFTER:
            _fill(at, offsets[c + 1], 1, code, collapse, ended[c], path[n])
        elif direction == BEFORE:
            _fill(at, offsets[c] - 1, -1, code, collapse, ended[c], path[n])
        else:
            arrived = _find(at + 1, offsets[c + 1], code, end)
            if arrived < 0:
                continue
            _fill(at, arrived + 1, 1, code, collapse, end, path[n])
        who[n] = c
        n += 1
    return n


@njit(cache=True, nogil=True)
def count_steps(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    counts: NDArray[np.int64],  # (n_steps, n_names + 1) IN AND OUT: last column is ended
) -> None:
    """Count customers by step and touchpoint, from the first touchpoint of each."""
    n_steps, ended = counts.shape[0], counts.shape[1] - 1
    for c in range(offsets.size - 1):
        length = min(n_steps, offsets[c + 1] - offsets[c])
        for k in range(length):
            counts[k, code[offsets[c] + k]] += 1
        for k in range(length, n_steps):
            counts[k, ended] += 1
