"""Adding sparse counts: two sorted lists of keys become one."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def merge(
    keys_a: NDArray[np.int64],  # (n_a,) ascending, each once
    counts_a: NDArray[np.int64],  # (n_a, width)
    keys_b: NDArray[np.int64],  # (n_b,) ascending, each once
    counts_b: NDArray[np.int64],  # (n_b, width)
    sign: int,  # +1 adds b, -1 takes it away
    keys: NDArray[np.int64],  # (n_a + n_b,) OUT
    counts: NDArray[np.int64],  # (n_a + n_b, width) OUT
) -> int:
    """Merge; rows that end with nothing but zeros are dropped. Gives how many rows are left."""
    i, j, n = 0, 0, 0
    while i < keys_a.size or j < keys_b.size:
        has_a = i < keys_a.size and (j >= keys_b.size or keys_a[i] <= keys_b[j])
        has_b = j < keys_b.size and (i >= keys_a.size or keys_b[j] <= keys_a[i])
        keys[n] = keys_a[i] if has_a else keys_b[j]
        some = False
        for w in range(counts.shape[1]):
            counts[n, w] = counts_a[i, w] if has_a else 0
            if has_b:
                counts[n, w] += sign * counts_b[j, w]
            some |= counts[n, w] != 0
        i += has_a
        j += has_b
        n += some
    return n


@njit(cache=True, nogil=True)
def count_runs(
    sorted_keys: NDArray[np.int64],  # (n,) ascending
    keys: NDArray[np.int64],  # (n,) OUT
    counts: NDArray[np.int64],  # (n, 1) OUT
) -> int:
    """Count how often each key occurs. Gives how many keys there are."""
    n = -1
    for i in range(sorted_keys.size):
        if i == 0 or sorted_keys[i] != keys[n]:
            n += 1
            keys[n] = sorted_keys[i]
            counts[n, 0] = 0
        counts[n, 0] += 1
    return n + 1
