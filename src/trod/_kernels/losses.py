"""Loops over what customers did in the stage they left, and what those who went on did there.

Functions here take arrays and fill arrays. `trod.insights.losses` names things;
`tests/slow_twins/losses.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEFT, DONE = 1, 2
LOST, ON = 0, 1
CIRCLES = 3  # a touchpoint met so often in one stage is going round in circles


@njit(cache=True, nogil=True)
def losses(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    value: NDArray[np.int64],  # (n_events,) money, or `no_value`
    stage: NDArray[np.int8],  # (n_events,) stage after the touchpoint, -1 outside the passage
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    failure: NDArray[np.bool_],  # (n_names,) touchpoints by which customers leave
    no_value: int,
    met: NDArray[np.int32],  # (n_stages, n_names) scratch, all -1
    times: NDArray[np.int32],  # (n_stages, n_names) scratch
    had: NDArray[np.int64],  # (n_stages, n_names, 2) OUT: customers lost there, and gone on
    circled: NDArray[np.int64],  # (n_stages, n_names, 2) OUT: of them, met it CIRCLES times
    rounds: NDArray[np.int64],  # (n_stages, 2) OUT: customers who went round in circles at all
    money: NDArray[np.int64],  # (n_stages + 1, 2) OUT: value so far of the lost, customers with
    #                             any; the last row is everyone
) -> None:
    """Count, for every stage and touchpoint, who had it there among the lost and the others.

    The touchpoint by which a customer leaves is not something that came before. Customers still in
    a stage are in neither group there. O(n_events).
    """
    n_stages = had.shape[0]
    round_in = np.full(n_stages, -1, np.int64)
    for c in range(furthest.size):
        worth, paid = 0, False
        for i in range(offsets[c], offsets[c + 1]):
            if value[i] != no_value:
                worth += value[i]
                paid = True
            s, k = stage[i], code[i]
            if s < 0 or failure[k]:
                continue
            if s < furthest[c] or status[c] == DONE:
                side = ON
            elif status[c] == LEFT:
                side = LOST
            else:
                continue
            if met[s, k] != c:
                met[s, k] = c
                times[s, k] = 0
                had[s, k, side] += 1
            times[s, k] += 1
            if times[s, k] == CIRCLES:
                circled[s, k, side] += 1
                if round_in[s] != c:
                    round_in[s] = c
                    rounds[s, side] += 1
        if paid:
            money[n_stages, 0] += worth
            money[n_stages, 1] += 1
            if furthest[c] >= 0 and status[c] == LEFT:
                money[furthest[c], 0] += worth
                money[furthest[c], 1] += 1
