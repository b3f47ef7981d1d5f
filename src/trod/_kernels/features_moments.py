"""Who was still in a stage so long after entering it, as it looked then.

Functions here take arrays and fill arrays. `trod.models.features.moments` checks and names things;
`tests/slow_twins/features.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True, nogil=True)
def still_in_stage(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    position: NDArray[np.int8],  # (n_events,) stage after the touchpoint as it looked then, or -1
    outcome: NDArray[np.int8],  # (n_events,) outcome by then, or -1
    stage: int,
    after_us: int,
    until_us: int,  # later moments are not on record
    left_after_us: int,
    customer: NDArray[np.int64],  # (n_events,) OUT
    moment_us: NDArray[np.int64],  # (n_events,) OUT
) -> int:
    """Find the moments so long after each entering of a stage; give how many. O(n_events)."""
    n = 0
    for c in range(offsets.size - 1):
        here = False
        entered_us, last_us = np.int64(0), np.int64(0)
        for i in range(offsets[c], offsets[c + 1]):
            if here and time_us[i] > entered_us + after_us:
                n = _note(c, entered_us + after_us, last_us, until_us, left_after_us, n, customer,
                          moment_us)  # fmt: skip
                here = False
            stands = position[i] == stage and outcome[i] < 0
            came = i == offsets[c] or position[i - 1] != stage or outcome[i - 1] >= 0
            if stands and came:
                entered_us = time_us[i]
            here = stands and (came or here)
            last_us = time_us[i]
        if here:
            n = _note(c, entered_us + after_us, last_us, until_us, left_after_us, n, customer,
                      moment_us)  # fmt: skip
    return n


@njit(cache=True, nogil=True)
def _note(
    c: int,
    mark_us: int,
    last_us: int,
    until_us: int,
    left_after_us: int,
    n: int,
    customer: NDArray[np.int64],
    moment_us: NDArray[np.int64],
) -> int:
    """Note a moment that is on record and at which silence did not count as left yet."""
    if mark_us > until_us or mark_us - last_us >= left_after_us:
        return n
    customer[n], moment_us[n] = c, mark_us
    return n + 1
