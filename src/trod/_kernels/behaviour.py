"""Time and touchpoints by stage, for each customer.

Functions here take arrays and fill arrays. `trod.models.segments.behaviour` checks and names
things; `tests/slow_twins/behaviour.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

DAY_US = 86_400_000_000


@njit(cache=True, nogil=True)
def time_spent(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) -1 outside the passage
    longest_us: int,  # of a silence, no more than this counts
    spent_us: NDArray[np.int64],  # (n_customers, n_stages) OUT
    days: NDArray[np.int32],  # (n_customers,) OUT: days with a touchpoint of the passage
) -> None:
    """Add up the time after each touchpoint to the stage the customer is in then."""
    spent_us[:] = 0
    days[:] = 0
    for c in range(offsets.size - 1):
        last = np.iinfo(np.int64).min
        for i in range(offsets[c], offsets[c + 1]):
            if stage[i] < 0:
                continue
            day = time_us[i] // DAY_US
            if day != last:
                days[c] += 1
                last = day
            if i + 1 < offsets[c + 1]:
                spent_us[c, stage[i]] += min(time_us[i + 1] - time_us[i], longest_us)


@njit(cache=True, nogil=True)
def touched(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) -1 outside the passage
    column: NDArray[np.int16],  # (n_names,) where a touchpoint is counted, or -1
    enters: NDArray[np.bool_],  # (n_names,) does not count where it comes with a new stage
    long: NDArray[np.bool_],  # (n_customers, n_stages) stayed there longer than most
    counts: NDArray[np.int32],  # (n_customers, n_columns) OUT
    whole: NDArray[np.int64],  # (n_stages, 2, n_columns) IN AND OUT: short stays, long ones
) -> None:
    """Count touchpoints of each customer, and of all by stage and length of stay."""
    counts[:] = 0
    for c in range(offsets.size - 1):
        before = -1
        for i in range(offsets[c], offsets[c + 1]):
            k, s = column[code[i]], stage[i]
            moved, before = s != before, s
            if k < 0 or s < 0 or (moved and enters[code[i]]):
                continue
            counts[c, k] += 1
            whole[s, np.int64(long[c, s]), k] += 1
