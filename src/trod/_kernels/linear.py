"""A weighted sum of columns, row by row: the same bits whatever rows stand beside it.

Functions here take arrays and fill arrays. `trod.models.linear` says what they mean;
`tests/slow_twins/linear.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def _term(
    value: float,
    logged: bool,
    mean: float,
    spread: float,
    low: float,
    high: float,
    weight: float,
    gap_mean: float,
    gap_weight: float,
) -> float:
    """Give what one column adds."""
    if np.isnan(value):
        return (1.0 - gap_mean) * gap_weight
    told = np.log1p(max(value, 0.0)) if logged else value
    z = min(max((told - mean) / spread, low), high)
    return z * weight - gap_mean * gap_weight


@njit(cache=True, nogil=True)
def added(
    x: NDArray[np.float32],  # (n_rows, n_features)
    logged: NDArray[np.bool_],  # (n_features,)
    numbers: NDArray[
        np.float64
    ],  # (7, n_features) mean, spread, low, high, weight, gap mean and weight
    out: NDArray[np.float64],  # (n_rows, n_features) OUT
) -> None:
    """Give what each column adds to each row. O(n_rows * n_features)."""
    for i in range(x.shape[0]):
        for k in range(x.shape[1]):
            n = numbers[:, k]
            out[i, k] = _term(float(x[i, k]), logged[k], n[0], n[1], n[2], n[3], n[4], n[5], n[6])


@njit(cache=True, nogil=True)
def summed(
    x: NDArray[np.float32],  # (n_rows, n_features)
    logged: NDArray[np.bool_],
    numbers: NDArray[np.float64],  # (7, n_features)
    start: float,
    out: NDArray[np.float64],  # (n_rows,) OUT
) -> None:
    """Add up what all columns add, from the first to the last. O(n_rows * n_features)."""
    for i in range(x.shape[0]):
        total = start
        for k in range(x.shape[1]):
            total += _term(
                float(x[i, k]),
                logged[k],
                numbers[0, k],
                numbers[1, k],
                numbers[2, k],
                numbers[3, k],
                numbers[4, k],
                numbers[5, k],
                numbers[6, k],
            )
        out[i] = total
