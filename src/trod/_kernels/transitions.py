"""Which touchpoint follows which.

Functions here take arrays and fill arrays. `trod.analyses.transitions` checks and names things;
`tests/slow_twins/transitions.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import bin_of


@njit(cache=True, nogil=True)
def count_pairs(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    pairs: NDArray[np.int64],  # (n_names + 1, n_names + 1) OUT: row n_names START, column END
    customers: NDArray[np.int64],  # the same shape OUT: distinct customers
    stamp: NDArray[np.int32],  # the same shape SCRATCH: -1 everywhere
) -> None:
    """Count each pair of adjacent touchpoints, and the customers who made it."""
    boundary = pairs.shape[0] - 1
    for c in range(offsets.size - 1):
        before = boundary
        for i in range(offsets[c], offsets[c + 1]):
            pairs[before, code[i]] += 1
            if stamp[before, code[i]] != c:
                stamp[before, code[i]] = c
                customers[before, code[i]] += 1
            before = np.int64(code[i])
        if before != boundary:
            pairs[before, boundary] += 1
            customers[before, boundary] += 1


@njit(cache=True, nogil=True)
def time_pairs(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    slot: NDArray[np.int32],  # (n_names, n_names) which histogram each pair belongs to
    counts: NDArray[np.int32],  # (n_slots, N_BINS) IN AND OUT
) -> None:
    """Count the time from each touchpoint to the next in the histogram of the pair."""
    for c in range(offsets.size - 1):
        for i in range(offsets[c] + 1, offsets[c + 1]):
            counts[slot[code[i - 1], code[i]], bin_of(time_us[i] - time_us[i - 1])] += 1


@njit(cache=True, nogil=True)
def has_pair(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    a: int,  # n_names is START
    b: int,  # n_names is END
    boundary: int,  # n_names
    found: NDArray[np.bool_],  # (n_customers,) OUT
) -> None:
    """Say which customers went from `a` straight to `b`."""
    for c in range(offsets.size - 1):
        before, hit = boundary, False
        for i in range(offsets[c], offsets[c + 1]):
            hit = hit or (before == a and code[i] == b)
            before = np.int64(code[i])
        found[c] = hit or (before != boundary and before == a and b == boundary)
