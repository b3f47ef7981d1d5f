"""The longest silence of each customer. `tests/slow_twins/silence.py` holds the obvious version."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).min


@njit(cache=True, nogil=True)
def longest_silence(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    longest_us: NDArray[np.int64],  # (n_customers,) OUT: NEVER for fewer than two touchpoints
) -> None:
    """Find the longest time between two touchpoints that follow each other."""
    for c in range(offsets.size - 1):
        longest = NEVER
        for i in range(offsets[c] + 1, offsets[c + 1]):
            longest = max(longest, time_us[i] - time_us[i - 1])
        longest_us[c] = longest
