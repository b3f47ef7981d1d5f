"""Customers by period of entry, and the periods in which they were active.

Functions here take arrays and fill arrays. `trod.analyses.retention` checks and names things;
`tests/slow_twins/retention.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).min


@njit(cache=True, nogil=True)
def _period(start_us: NDArray[np.int64], moment_us: int) -> int:
    """Give the last period that begins at or before a moment; -1 before the first one."""
    low, high = 0, start_us.size
    while low < high:
        middle = (low + high) // 2
        if start_us[middle] <= moment_us:
            low = middle + 1
        else:
            high = middle
    return low - 1


@njit(cache=True, nogil=True)
def count_cohorts(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    entry_us: NDArray[np.int64],  # (n_customers,) moment of entry, or NEVER
    active: NDArray[np.bool_],  # (n_names,) touchpoints that show a customer is active
    start_us: NDArray[np.int64],  # (n_periods,) first moment of each period
    size: NDArray[np.int64],  # (n_periods,) IN AND OUT: customers by period of entry
    within: NDArray[np.int64],  # (n_periods, n_periods) IN AND OUT: active so many periods later
    last: NDArray[np.int64],  # (n_periods, n_periods) IN AND OUT: last active so many later
) -> None:
    """Count cohorts and their active customers. One pass over the touchpoints."""
    n_periods = start_us.size
    for c in range(entry_us.size):
        if entry_us[c] == NEVER:
            continue
        cohort = _period(start_us, entry_us[c])
        if cohort < 0:
            continue
        size[cohort] += 1
        period, seen = cohort - 1, np.int64(-1)
        for i in range(offsets[c], offsets[c + 1]):
            while period + 1 < n_periods and time_us[i] >= start_us[period + 1]:
                period += 1
            if period >= cohort and period != seen and active[code[i]]:
                within[cohort, period - cohort] += 1
                seen = period
        if seen >= 0:
            last[cohort, seen - cohort] += 1


@njit(cache=True, nogil=True)
def has_between(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    wanted_code: int,  # -1 for any touchpoint
    from_us: int,
    to_us: int,  # not included
    found: NDArray[np.bool_],  # (n_customers,) OUT
) -> None:
    """Say which customers had a touchpoint at or after one moment and before another."""
    for c in range(offsets.size - 1):
        hit = False
        for i in range(offsets[c], offsets[c + 1]):
            if from_us <= time_us[i] < to_us and (wanted_code < 0 or code[i] == wanted_code):
                hit = True
                break
        found[c] = hit
