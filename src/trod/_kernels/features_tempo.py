"""How often and how regularly customers come, at moments.

Functions here take arrays and fill arrays. `trod.models.features.tempo` names the columns;
`tests/slow_twins/features.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.features import (
    DAY_US,
    END,
    FIRST,
    FROM_7,
    FROM_30,
    FROM_60,
    FROM_90,
    NOTHING,
    begins,
    days_since,
)

N_TEMPO = 17
N_GAPS = 9  # gaps of which the typical one is the middle one
WEEK = 7
MONDAY = 3  # 1970-01-01 was a Thursday
# State of a customer: active days, active weeks, last active day, longest gap, gaps.
_DAYS, _WEEKS, _DAY, _LONGEST, _N_GAPS = range(5)


@njit(cache=True, nogil=True)
def _days(
    begin: int,
    end: int,
    first: int,
    time_us: NDArray[np.int64],
    change_us: NDArray[np.int64],
    offset_us: NDArray[np.int64],
    day_of: NDArray[np.int64],  # OUT: local day of each row, counted from `first`
) -> None:
    """Find the local day of each row. A day is looked up once, however much happened on it."""
    day, until_us = 0, np.iinfo(np.int64).min
    for i in range(begin, end):
        if time_us[i] >= until_us:
            at = np.searchsorted(change_us, time_us[i], side="right") - 1
            offset = offset_us[max(at, 0)]
            day = (time_us[i] + offset) // DAY_US
            until_us = (day + 1) * DAY_US - offset
            if at + 1 < change_us.size:
                until_us = min(until_us, change_us[at + 1])
        day_of[i - first] = day


@njit(cache=True, nogil=True)
def _middle(gaps: NDArray[np.int64], n: int, room: NDArray[np.int64]) -> float:
    """Give the median of the last gaps."""
    kept = min(n, N_GAPS)
    for k in range(kept):
        at = k
        while at > 0 and room[at - 1] > gaps[k]:
            room[at] = room[at - 1]
            at -= 1
        room[at] = gaps[k]
    half = kept // 2
    return float((room[half] + room[half if kept % 2 else half - 1]) / 2)


@njit(cache=True, nogil=True)
def _go_on(
    begin: int,
    end: int,
    first: int,
    day_of: NDArray[np.int64],
    state: NDArray[np.int64],
    weekday: NDArray[np.int64],
    gaps: NDArray[np.int64],  # (N_GAPS,) the last ones, in a ring
) -> None:
    """Take some rows of one customer into the state."""
    for i in range(begin - first, end - first):
        day = day_of[i]
        if state[_DAYS] == 0 or day != state[_DAY]:
            if state[_DAYS] > 0:
                gap = day - state[_DAY]
                gaps[state[_N_GAPS] % N_GAPS] = gap
                state[_N_GAPS] += 1
                state[_LONGEST] = max(state[_LONGEST], gap)
            week = (day + MONDAY) // WEEK
            if state[_DAYS] == 0 or week != (state[_DAY] + MONDAY) // WEEK:
                state[_WEEKS] += 1
            state[_DAYS] += 1
            state[_DAY] = day
        weekday[(day + MONDAY) % WEEK] += 1


@njit(cache=True, nogil=True)
def _active(begin: int, end: int, first: int, day_of: NDArray[np.int64]) -> int:
    """Count the different days of some rows."""
    n = 0
    for i in range(begin - first, end - first):
        n += i == begin - first or day_of[i] != day_of[i - 1]
    return n


@njit(cache=True, nogil=True)
def _write(
    span: NDArray[np.int64],  # (N_SPAN,) of the row
    moment_us: int,
    time_us: NDArray[np.int64],
    day_of: NDArray[np.int64],
    state: NDArray[np.int64],
    weekday: NDArray[np.int64],
    gaps: NDArray[np.int64],
    room: NDArray[np.int64],
    out: NDArray[np.float32],
) -> None:
    """Write the row of one moment."""
    first, end = span[FIRST], span[END]
    n, now, before = end - first, end - span[FROM_30], span[FROM_30] - span[FROM_60]
    out[0], out[1], out[2], out[3] = end - span[FROM_7], now, end - span[FROM_90], n
    out[4] = (now - before) / (now + before) if now + before else NOTHING
    out[5] = _active(span[FROM_30], end, first, day_of)
    out[6] = _active(span[FROM_90], end, first, day_of)
    out[7] = state[_DAYS]
    for k in range(8, N_TEMPO):
        out[k] = NOTHING
    if n == 0:
        return
    recency = days_since(moment_us, time_us[end - 1])
    out[8] = n / state[_WEEKS]
    out[9] = days_since(moment_us, time_us[first])
    out[10] = recency
    if state[_N_GAPS] > 0:
        typical = _middle(gaps, state[_N_GAPS], room)
        out[11], out[12] = state[_LONGEST], typical
        out[13] = gaps[(state[_N_GAPS] - 1) % N_GAPS]
        out[14] = recency / typical
    out[15] = weekday.max() / n
    out[16] = (weekday[5] + weekday[6]) / n


@njit(cache=True, nogil=True)
def tempo(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    change_us: NDArray[np.int64],  # (n_changes,) moments at which the clocks change, ascending
    offset_us: NDArray[np.int64],  # (n_changes,) what they are ahead of UTC from there on
    longest: int,  # touchpoints of the customer with most of them
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of N_TEMPO
) -> None:
    """Write how often, how lately and how regularly customers come. O(n_events)."""
    day_of, room = np.empty(longest, np.int64), np.empty(N_GAPS, np.int64)
    state, weekday, gaps = np.zeros(5, np.int64), np.zeros(WEEK, np.int64), np.zeros(9, np.int64)
    done = 0
    for r in range(span.shape[0]):
        first, end = span[r, FIRST], span[r, END]
        if begins(span, r):
            done = first
            state[:], weekday[:] = 0, 0
        _days(done, end, first, time_us, change_us, offset_us, day_of)
        _go_on(done, end, first, day_of, state, weekday, gaps)
        done = end
        out = values[r, column : column + N_TEMPO]
        _write(span[r], moment_us[r], time_us, day_of, state, weekday, gaps, room, out)
