"""How customers pass from one stage to the next that they enter, or to the end of their passage.

Functions here take arrays and fill arrays. `trod.models.what_if.stays` checks and names things;
`tests/slow_twins/stays.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import N_BINS, bin_of
from trod._kernels.passage import DONE, LEFT, NEVER


@njit(cache=True, nogil=True)
def stay_keys(
    entered_us: NDArray[np.int64],  # (n_customers, n_stages) or NEVER
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    success_us: NDArray[np.int64],  # (n_customers,) moment of success, or NEVER
    left_us: NDArray[np.int64],  # (n_customers,) moment of leaving; only of those who left
    as_of_us: int,
    keys: NDArray[np.int64],  # (n_customers * (n_stages + 1),) OUT: (from, to, bin) as a number
) -> int:
    """Give every stay and how it ended. Gives how many. O(n_customers * n_stages).

    From `n_stages` is coming in, with the time since then. To `n_stages` is done, one more left,
    two more still there.
    """
    n, n_stages = 0, entered_us.shape[1]
    to_count = n_stages + 3
    for c in range(furthest.size):
        to, end_us = n_stages + 2, as_of_us
        if status[c] == LEFT:
            to, end_us = n_stages + 1, left_us[c]
        elif status[c] == DONE:
            to, end_us = n_stages, success_us[c]
        for s in range(furthest[c], -1, -1):
            start_us = entered_us[c, s]
            if start_us == NEVER:
                continue
            lasted = 0 if end_us == NEVER else max(end_us - start_us, 0)
            keys[n] = (s * to_count + to) * N_BINS + bin_of(lasted)
            n += 1
            to, end_us = s, start_us
        if to < n_stages:
            age = max(as_of_us - end_us, 0)
            keys[n] = (n_stages * to_count + to) * N_BINS + bin_of(age)
            n += 1
    return n
