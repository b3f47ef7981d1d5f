"""Whole paths: a 64-bit hash of each, and whether two are the same.

Functions here take arrays and fill arrays. `trod.analyses.variants` checks and names things;
`tests/slow_twins/variants.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

_START = np.uint64(0x9E3779B97F4A7C15)
_STEP = np.uint64(0xBF58476D1CE4E5B9)
_LAST = np.uint64(0x94D049BB133111EB)
_SHIFT = np.uint64(29)
_FINAL_SHIFT = np.uint64(32)


@njit(cache=True, nogil=True)
def hash_paths(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    collapse: int,  # 1: the same touchpoint several times in a row is one step
    hashes: NDArray[np.uint64],  # (n_customers,) OUT
    lengths: NDArray[np.int64],  # (n_customers,) OUT: steps
) -> None:
    """Hash the path of each customer, step by step with a multiply and a shift."""
    for c in range(offsets.size - 1):
        h, n = _START, 0
        for i in range(offsets[c], offsets[c + 1]):
            if collapse != 0 and i > offsets[c] and code[i] == code[i - 1]:
                continue
            h = (h ^ (np.uint64(code[i]) + _START)) * _STEP
            h ^= h >> _SHIFT
            n += 1
        h *= _LAST
        hashes[c] = h ^ (h >> _FINAL_SHIFT)
        lengths[c] = n


@njit(cache=True, nogil=True)
def _is_path(
    first: int, end: int, code: NDArray[np.uint16], collapse: int, path: NDArray[np.uint16]
) -> bool:
    """Say whether the rows from `first` to `end` are the path."""
    n = 0
    for i in range(first, end):
        if collapse != 0 and i > first and code[i] == code[i - 1]:
            continue
        if n == path.size or code[i] != path[n]:
            return False
        n += 1
    return n == path.size


@njit(cache=True, nogil=True)
def same_paths(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    collapse: int,
    which: NDArray[np.int64],  # (n_customers,) path to compare with, or below 0
    path_offsets: NDArray[np.int64],  # (n_paths + 1,)
    paths: NDArray[np.uint16],  # (path_offsets[-1],) codes of the paths, one after another
    same: NDArray[np.bool_],  # (n_customers,) OUT: False where there is nothing to compare with
) -> None:
    """Compare the path of each customer with a given one, step by step."""
    for c in range(offsets.size - 1):
        w = which[c]
        same[c] = w >= 0 and _is_path(
            offsets[c], offsets[c + 1], code, collapse, paths[path_offsets[w] : path_offsets[w + 1]]
        )
