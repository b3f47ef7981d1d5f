"""How long customers are in a stage until they go on, leave, or the record ends.

Functions here take arrays and fill arrays. `trod.analyses.stall` checks and names things;
`tests/slow_twins/stall.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import bin_of
from trod._kernels.passage import LEFT, NEVER, OPEN

WENT_ON, LOST, THERE = 0, 1, 2


@njit(cache=True, nogil=True)
def times_in_stages(
    entered_us: NDArray[np.int64],  # (n_customers, n_stages) or NEVER
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    success_us: NDArray[np.int64],  # (n_customers,) moment of success, or NEVER
    left_us: NDArray[np.int64],  # (n_customers,) moment of leaving; only of those who left
    as_of_us: int,
    counts: NDArray[np.int64],  # (n_stages, 3, N_BINS) IN AND OUT: went on, lost, there, by time
) -> None:
    """Count the time from entering a stage to what ended it. O(n_customers * n_stages)."""
    for c in range(furthest.size):
        next_us = success_us[c]
        for s in range(furthest[c], -1, -1):
            if entered_us[c, s] == NEVER:
                continue
            fate, end_us = WENT_ON, next_us
            if s == furthest[c] and status[c] == LEFT:
                fate, end_us = LOST, left_us[c]
            elif s == furthest[c] and status[c] == OPEN:
                fate, end_us = THERE, as_of_us
            if end_us != NEVER:
                counts[s, fate, bin_of(max(end_us - entered_us[c, s], 0))] += 1
            next_us = entered_us[c, s]
