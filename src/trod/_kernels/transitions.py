"""Which touchpoint follows which.

Functions here take arrays and fill arrays. `trod.analyses.transitions` checks and names things;
`tests/slow_twins/transitions.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import N_BINS, bin_of


@njit(cache=True, nogil=True)
def count_pairs(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    size: int,  # n_names + 1
    pairs: NDArray[np.int64],  # (size * size,) OUT: by source * size + target; the last row is
    #                            START, the last column is END
    customers: NDArray[np.int64],  # (size * size,) OUT: distinct customers
    stamp: NDArray[np.int32],  # (size * size,) SCRATCH: -1 everywhere
) -> None:
    """Count each pair of adjacent touchpoints, and the customers who made it."""
    boundary = size - 1
    for c in range(offsets.size - 1):
        row = boundary * size
        for i in range(offsets[c], offsets[c + 1]):
            cell = row + np.int64(code[i])
            pairs[cell] += 1
            # No branch: whether this customer made the pair before is a coin toss.
            customers[cell] += stamp[cell] != c
            stamp[cell] = c
            row = np.int64(code[i]) * size
        if offsets[c] < offsets[c + 1]:
            pairs[row + boundary] += 1
            customers[row + boundary] += 1


@njit(cache=True, nogil=True)
def time_keys(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    size: int,  # n_names + 1
    keys: NDArray[np.int64],  # (n_events,) OUT: pair * N_BINS + bin of the time between
) -> int:
    """Give the pair and the bin of every step from one touchpoint to the next; and how many."""
    n = 0
    for c in range(offsets.size - 1):
        for i in range(offsets[c] + 1, offsets[c + 1]):
            pair = np.int64(code[i - 1]) * size + np.int64(code[i])
            keys[n] = pair * N_BINS + bin_of(time_us[i] - time_us[i - 1])
            n += 1
    return n


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
