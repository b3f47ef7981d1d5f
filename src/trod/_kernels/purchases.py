"""One loop over the purchases of each customer, up to a day and after it.

Functions here take arrays and fill arrays. `trod.models.value.purchases` names things;
`tests/slow_twins/purchases.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

PURCHASE, CANCELLATION = 1, 2
DAYS, FIRST, LAST, SPENT, SPENT_FIRST, ENDED, DAYS_AFTER, SPENT_AFTER = range(8)


@njit(cache=True, nogil=True)
def purchases(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    kind: NDArray[np.uint8],  # (n_events,) PURCHASE, CANCELLATION, or 0
    day: NDArray[np.int64],  # (n_events,) local day
    money: NDArray[np.int64],  # (n_events,) millionths; less than 0 is paid back
    cut: int,  # last day that is known
    end: int,  # last day that counts as after
    found: NDArray[np.int64],  # (n_customers, 8) OUT: columns as named above; -1 for no day
) -> None:
    """Sum up each customer: all purchases of one day are one.

    Money paid back takes from what was spent and is no purchase. A contract has ended on the day of
    the last cancellation, unless something was bought after it.
    """
    for c in range(offsets.size - 1):
        for k in range(8):
            found[c, k] = 0
        found[c, FIRST] = found[c, LAST] = found[c, ENDED] = -1
        after = -1
        for i in range(offsets[c], offsets[c + 1]):
            if kind[i] == 0 or day[i] > end:
                continue
            if day[i] <= cut:
                _known(kind[i], day[i], money[i], found[c])
            elif kind[i] == PURCHASE:
                found[c, SPENT_AFTER] += money[i]
                if money[i] >= 0 and day[i] != after:
                    found[c, DAYS_AFTER] += 1
                    after = day[i]


@njit(cache=True, nogil=True)
def _known(kind: int, day: int, money: int, one: NDArray[np.int64]) -> None:
    """Add a row up to the day to the sums of one customer."""
    if kind == CANCELLATION:
        if one[FIRST] >= 0:
            one[ENDED] = day
        return
    one[SPENT] += money
    if money >= 0:
        if day != one[LAST]:
            one[DAYS] += 1
            one[LAST] = day
        one[ENDED] = -1
        if one[FIRST] < 0:
            one[FIRST] = day
    if day == one[FIRST]:
        one[SPENT_FIRST] += money
