"""Where customers stand at moments in time.

Functions here take arrays and fill arrays. `trod.analyses.occupancy` checks and names things;
`tests/slow_twins/occupancy.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import DONE, LEFT, OPEN

NOWHERE, OUTSIDE = -1, 0  # not a customer yet; in the population, in no stage


@njit(cache=True, nogil=True)
def _first_at_or_after(moments: NDArray[np.int64], time_us: int) -> int:
    """Give the index of the first moment that is not before a time."""
    low, high = 0, moments.size
    while low < high:
        middle = (low + high) // 2
        if moments[middle] < time_us:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _place(position: int, outcome: int, n_stages: int, has_success: bool) -> int:
    """Give the place after a touchpoint: outside, or 1 + 3 * stage + status."""
    if position < 0:
        return OUTSIDE
    status = outcome
    if outcome < 0:
        status = DONE if position == n_stages - 1 and not has_success else OPEN
    return 1 + 3 * position + status


@njit(cache=True, nogil=True)
def count_places(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    position: NDArray[np.int8],  # (n_events,) stage after each touchpoint, -1 outside
    outcome: NDArray[np.int8],  # (n_events,) outcome after each touchpoint, -1 without one
    moments: NDArray[np.int64],  # (n_moments,) rising
    left_after_us: int,
    has_success: bool,
    change: NDArray[
        np.int64
    ],  # (n_moments + 1, 1 + 3 * n_stages) IN AND OUT: arrivals less departures
) -> None:
    """Count who comes to each place, and who goes, between one moment and the next."""
    n_stages = change.shape[1] // 3
    for c in range(offsets.size - 1):
        place = NOWHERE
        for i in range(offsets[c], offsets[c + 1]):
            last = i + 1 == offsets[c + 1]
            if not last and time_us[i + 1] == time_us[i]:
                continue
            new = _place(position[i], outcome[i], n_stages, has_success)
            if new != place:
                k = _first_at_or_after(moments, time_us[i])
                if place != NOWHERE:
                    change[k, place] -= 1
                change[k, new] += 1
                place = new
            is_open = place > 0 and (place - 1) % 3 == OPEN
            if is_open and (last or time_us[i + 1] - time_us[i] > left_after_us):
                k = _first_at_or_after(moments, time_us[i] + left_after_us)
                change[k, place] -= 1
                place += LEFT - OPEN
                change[k, place] += 1


@njit(cache=True, nogil=True)
def places_at(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    time_us: NDArray[np.int64],  # (n_events,)
    position: NDArray[np.int8],  # (n_events,)
    outcome: NDArray[np.int8],  # (n_events,)
    moment_us: int,
    left_after_us: int,
    n_stages: int,
    has_success: bool,
    place: NDArray[np.int16],  # (n_customers,) OUT: NOWHERE, OUTSIDE, or 1 + 3 * stage + status
) -> None:
    """Say where each customer stands at one moment."""
    for c in range(offsets.size - 1):
        place[c] = NOWHERE
        i = offsets[c] - 1
        while i + 1 < offsets[c + 1] and time_us[i + 1] <= moment_us:
            i += 1
        if i >= offsets[c]:
            place[c] = _place(position[i], outcome[i], n_stages, has_success)
            is_open = place[c] > 0 and (place[c] - 1) % 3 == OPEN
            if is_open and moment_us - time_us[i] >= left_after_us:
                place[c] += LEFT - OPEN
