"""Integer log histograms: which bin a value falls into, one by one and in bulk.

Values below 64 have a bin of their own. Above, each octave (a doubling) is cut into 32 bins of
equal width, so a bin is at most 1/32 as wide as the values in it. Values from 2**53 on (285 years
in microseconds) share the last bin.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

N_BINS = 1568
LARGEST = (1 << 53) - 1
_BINS_BELOW_ONE = (1023 + 4) * 32


@njit(cache=True, nogil=True)
def bin_of(value: int) -> int:
    """Give the bin of a value; values below 0 count as 0."""
    if value < 64:
        return max(value, 0)
    # The exponent and the first five bits of the mantissa of a double are the bin.
    bits = np.float64(min(value, LARGEST)).view(np.int64)
    return (bits >> 47) - _BINS_BELOW_ONE


@njit(cache=True, nogil=True)
def add_values(
    values: NDArray[np.int64],  # (n,)
    row: NDArray[np.int64],  # (n,) which histogram each belongs to; below 0 is left out
    counts: NDArray[np.int64],  # (n_rows, N_BINS) IN AND OUT
) -> None:
    """Count each value in the histogram of its row."""
    for i in range(values.size):
        if row[i] >= 0:
            counts[row[i], bin_of(values[i])] += 1
