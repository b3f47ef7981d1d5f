"""Moments as days and hours of a zone, counted."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

HOUR_US = 3_600_000_000


@njit(cache=True, nogil=True)
def count_days(
    time_us: NDArray[np.int64],  # (n,) microseconds since 1970-01-01 UTC, in any order
    code: NDArray[np.int32],  # (n,) series of each row, 0 to n_series - 1
    change_us: NDArray[np.int64],  # (n_changes,) ascending; the first is before every moment
    offset_us: NDArray[np.int64],  # (n_changes,) what local clocks are ahead of UTC from there on
    first_day: int,  # local days since 1970-01-01 of column 0
    days: NDArray[np.int64],  # (n_series, n_days) IN and OUT, added to
    hours: NDArray[np.int64],  # (n_days, 24) IN and OUT, added to
) -> int:
    """Add rows to the counts of their local day and hour. Gives how many lie outside the days.

    O(n log n_changes).
    """
    outside = 0
    for i in range(time_us.size):
        low, high = 0, change_us.size - 1
        while low < high:
            middle = (low + high + 1) // 2
            if change_us[middle] <= time_us[i]:
                low = middle
            else:
                high = middle - 1
        hour = (time_us[i] + offset_us[low]) // HOUR_US
        day = hour // 24 - first_day
        if day < 0 or day >= days.shape[1]:
            outside += 1
        else:
            days[code[i], day] += 1
            hours[day, hour % 24] += 1
    return outside
