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
def _side(stage: int, furthest: int, status: int) -> int:
    """Say whether a customer is lost in a stage, went on from it, or neither (-1)."""
    if stage < furthest or status == DONE:
        return ON
    return LOST if status == LEFT else -1


@njit(cache=True, nogil=True)
def losses(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) stage after the touchpoint, -1 outside the passage
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    failure: NDArray[np.bool_],  # (n_names,) touchpoints by which customers leave
    had: NDArray[np.int64],  # (n_stages, n_names, 2) OUT: customers lost there, and gone on
    circled: NDArray[np.int64],  # (n_stages, n_names, 2) OUT: of them, met it CIRCLES times
    rounds: NDArray[np.int64],  # (n_stages, 2) OUT: customers who went round in circles at all
) -> None:
    """Count, for every stage and touchpoint, who had it there among the lost and the others.

    The touchpoint by which a customer leaves is not something that came before. Customers still in
    a stage are in neither group there. O(n_events).
    """
    n_stages, n_names = had.shape[0], had.shape[1]
    # How often the customer at hand met each, up to CIRCLES, above what marks that customer: no
    # mark of another one has to be taken away.
    met = np.zeros((n_stages, n_names), np.int64)
    rounded = np.full(n_stages, -1, np.int64)
    for c in range(furthest.size):
        none = c * (CIRCLES + 1)
        enough = none + CIRCLES
        for i in range(offsets[c], offsets[c + 1]):
            s, k = np.intp(stage[i]), np.intp(code[i])
            if s < 0 or met[s, k] == enough or failure[k]:
                continue
            side = _side(s, furthest[c], status[c])
            if side < 0:
                continue
            if met[s, k] <= none:
                met[s, k] = none
                had[s, k, side] += 1
            met[s, k] += 1
            if met[s, k] == enough:
                circled[s, k, side] += 1
                if rounded[s] != c:
                    rounded[s] = c
                    rounds[s, side] += 1


@njit(cache=True, nogil=True)
def worth(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    value: NDArray[np.int64],  # (n_events,) money, or `no_value`
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    no_value: int,
    money: NDArray[np.int64],  # (n_stages + 1, 2) OUT: value so far of the lost, customers with
    #                             any; the last row is everyone
) -> None:
    """Add up what customers were worth so far: the lost by stage, and everyone. O(n_events)."""
    everyone = money.shape[0] - 1
    for c in range(furthest.size):
        spent, paid = 0, 0
        for i in range(offsets[c], offsets[c + 1]):
            if value[i] != no_value:
                spent += value[i]
                paid = 1
        money[everyone, 0] += spent
        money[everyone, 1] += paid
        if furthest[c] >= 0 and status[c] == LEFT:
            money[furthest[c], 0] += spent
            money[furthest[c], 1] += paid
