"""Put new rows between rows that are in order already. `tests/slow_twins/splice.py` holds the
obvious versions.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.journeys.delta` checks and names things.
"""

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def splice(
    old: NDArray[Any],  # (n,)
    gone: NDArray[np.int64],  # (n_gone,) in order: rows of `old` to leave out
    new: NDArray[Any],  # (m,)
    before: NDArray[np.int64],  # (m,) in order: how many rows of `old` come before each new one
    out: NDArray[Any],  # (n - n_gone + m,) OUT
) -> None:
    """Write old rows that are not gone and new rows in one order."""
    read = 0
    write = 0
    skip = 0
    for k in range(new.size + 1):
        until = before[k] if k < new.size else old.size
        while read < until:
            stop = until
            if skip < gone.size and gone[skip] < until:
                stop = gone[skip]
            for i in range(read, stop):
                out[write + i - read] = old[i]
            write += stop - read
            read = stop
            if stop < until:
                read += 1
                skip += 1
        if k < new.size:
            out[write] = new[k]
            write += 1


@njit(cache=True, nogil=True)
def between(
    start: NDArray[np.int64],  # (m,) first old row of the customer of each new row
    end: NDArray[np.int64],  # (m,) and the one after the last
    time_us: NDArray[np.int64],  # (n,) of old rows
    code: NDArray[np.uint16],  # (n,)
    new_time_us: NDArray[np.int64],  # (m,)
    new_code: NDArray[np.uint16],  # (m,)
    low: NDArray[np.int64],  # (m,) OUT: first old row that is not before the new one
    high: NDArray[np.int64],  # (m,) OUT: first old row that is after the new one
) -> int:
    """Find the place of new rows by time and code. Return how many equal an old one in both."""
    tied = 0
    for k in range(start.size):
        for side in range(2):
            a, b = start[k], end[k]
            while a < b:
                middle = (a + b) // 2
                less = time_us[middle] < new_time_us[k] or (
                    time_us[middle] == new_time_us[k] and code[middle] < new_code[k]
                )
                same = time_us[middle] == new_time_us[k] and code[middle] == new_code[k]
                if less or (side == 1 and same):
                    a = middle + 1
                else:
                    b = middle
            if side == 0:
                low[k] = a
            else:
                high[k] = a
        if low[k] < high[k]:
            tied += 1
    return tied
