"""Adding sparse counts: two sorted lists of keys become one."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _put(
    key: int,
    counts: NDArray[np.int64],  # (width,)
    sign: int,
    n: int,
    keys_out: NDArray[np.int64],
    counts_out: NDArray[np.int64],
) -> int:
    """Add counts to the last row if it has the key, else in a row of their own."""
    if n == 0 or keys_out[n - 1] != key:
        keys_out[n] = key
        counts_out[n, :] = 0
        n += 1
    for w in range(counts.size):
        counts_out[n - 1, w] += sign * counts[w]
    return n


@njit(cache=True, nogil=True)
def merge(
    keys_a: NDArray[np.int64],  # (n_a,) ascending
    counts_a: NDArray[np.int64],  # (n_a, width)
    keys_b: NDArray[np.int64],  # (n_b,) ascending
    counts_b: NDArray[np.int64],  # (n_b, width)
    sign: int,  # +1 adds b, -1 takes it away
    keys: NDArray[np.int64],  # (n_a + n_b,) OUT
    counts: NDArray[np.int64],  # (n_a + n_b, width) OUT
) -> int:
    """Merge; rows that end with nothing but zeros are dropped. Gives how many rows are left."""
    i, j, n = 0, 0, 0
    while i < keys_a.size or j < keys_b.size:
        from_a = j >= keys_b.size or (i < keys_a.size and keys_a[i] <= keys_b[j])
        if (
            n > 0
            and not counts[n - 1].any()
            and (keys_a[i] if from_a else keys_b[j]) != keys[n - 1]
        ):
            n -= 1
        if from_a:
            n = _put(keys_a[i], counts_a[i], 1, n, keys, counts)
            i += 1
        else:
            n = _put(keys_b[j], counts_b[j], sign, n, keys, counts)
            j += 1
    if n > 0 and not counts[n - 1].any():
        n -= 1
    return n
