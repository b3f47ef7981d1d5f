"""How long things take: integer log histograms that add, and the times read from them."""

from __future__ import annotations

from math import ceil, floor, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.histogram import LARGEST, N_BINS, add_values, bin_of

__all__ = [
    "BIN_SHARE",
    "LARGEST",
    "N_BINS",
    "Spread",
    "bin_bounds",
    "bin_index",
    "fill",
    "median_interval",
    "quantile",
    "spread",
]

BIN_SHARE: Final = 1 / 32
"""Width of a bin as a share of the values in it, at most; values below 64 are exact."""


class Spread(NamedTuple):
    """Times in short: how many, how long the middle one took, how long nine in ten at most."""

    n: int
    median_us: int
    p90_us: int
    bin_share: float  # 0.0 where both are exact, else BIN_SHARE: the width of a bin


def fill(
    values: NDArray[np.int64],  # (n,) not negative
    row: NDArray[np.int64],  # (n,) which histogram each belongs to; below 0 is left out
    n_rows: int,
) -> NDArray[np.int64]:  # (n_rows, N_BINS)
    """Count values into several histograms."""
    counts = np.zeros((n_rows, N_BINS), np.int64)
    add_values(given(values, np.int64), given(row, np.int64), counts)
    return counts


def bin_bounds(index: int) -> tuple[int, int]:
    """Give the smallest and the largest value of a bin.

    Examples
    --------
    >>> bin_bounds(7), bin_bounds(96)
    ((7, 7), (128, 131))
    """
    if index < 64:
        return index, index
    octave, part = divmod(index, 32)
    width = 1 << (octave - 1)
    return (32 + part) * width, (33 + part) * width - 1


def quantile(counts: NDArray[np.int64], share: tuple[int, int]) -> int:
    """Read the value that a share of all values does not exceed, to the middle of its bin.

    Parameters
    ----------
    counts
        Shape (N_BINS,). One histogram with at least one value.
    share
        As a fraction of integers, so that no rounding decides: (1, 2) for the median.

    Returns
    -------
    int
        The middle of the bin of the smallest value such that `share` of all are not larger.

    Examples
    --------
    >>> five = fill(np.array([1, 2, 3, 4, 60]), np.zeros(5), 1)[0]
    >>> quantile(five, (1, 2)), quantile(five, (9, 10))
    (3, 60)
    """
    part, whole = share
    rank = max(1, -(-part * int(counts.sum()) // whole))
    low, high = bin_bounds(int(np.searchsorted(counts.cumsum(), rank)))
    return (low + high) // 2


def spread(counts: NDArray[np.int64]) -> Spread | None:
    """Summarise one histogram; None where it holds nothing.

    Examples
    --------
    >>> spread(fill(np.array([10, 20, 30]), np.zeros(3), 1)[0])
    Spread(n=3, median_us=20, p90_us=30, bin_share=0.0)
    """
    n = int(counts.sum())
    if n == 0:
        return None
    median, p90 = quantile(counts, (1, 2)), quantile(counts, (9, 10))
    return Spread(n, median, p90, BIN_SHARE if max(median, p90) >= 64 else 0.0)


def median_interval(counts: NDArray[np.int64]) -> tuple[int, int, int]:
    """Give the median with its 95 % interval, from one histogram with at least one value.

    The values whose ranks lie 1.96 standard errors of a binomial below and above the middle [1]_;
    they claim nothing about the shape of the distribution.

    References
    ----------
    .. [1] Conover (1999), "Practical Nonparametric Statistics", 3rd edition, section 3.2.

    Examples
    --------
    >>> median_interval(fill(np.arange(1, 50), np.zeros(49), 1)[0])
    (25, 18, 32)
    """
    n = int(counts.sum())
    half = 0.98 * sqrt(n)
    low, high = max(1, floor((n + 1) / 2 - half)), min(n, ceil((n + 1) / 2 + half))
    return quantile(counts, (1, 2)), quantile(counts, (low, n)), quantile(counts, (high, n))


def bin_index(value: int) -> int:
    """Give the bin of one value.

    Examples
    --------
    >>> [bin_index(value) for value in (0, 63, 64, 65, 66)]
    [0, 63, 64, 64, 65]
    """
    return int(bin_of(value))


def sparse_quantiles(
    row: NDArray[np.int64],  # (n_cells,) ascending: which histogram each cell belongs to
    index: NDArray[np.int64],  # (n_cells,) ascending within a row: the bin
    count: NDArray[np.int64],  # (n_cells,)
    share: tuple[int, int],
) -> NDArray[np.int64]:  # (n_rows,) in order of the rows that occur
    """Read a quantile from many sparse histograms at once; the same rule as `quantile`."""
    part, whole = share
    starts = np.flatnonzero(np.concatenate([[True], row[1:] != row[:-1]]))
    if row.size == 0:
        return np.empty(0, np.int64)
    so_far = count.cumsum()
    before = so_far[starts] - count[starts]
    n = np.add.reduceat(count, starts)
    rank = np.maximum(1, -(-part * n // whole))
    return _middle(index[np.searchsorted(so_far, before + rank)])


def _middle(index: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the middle of each bin."""
    octave, part = np.divmod(index, 32)
    width = np.left_shift(1, np.maximum(octave - 1, 0))
    low, high = (32 + part) * width, (33 + part) * width - 1
    return np.where(index < 64, index, (low + high) // 2)
