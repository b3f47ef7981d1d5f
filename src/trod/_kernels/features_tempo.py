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
N_GAPS = 5  # gaps of which the typical one is the middle one
WEEK = 7
MONDAY = 3  # 1970-01-01 was a Thursday


@njit(cache=True, nogil=True)
def local_days(
    time_us: NDArray[np.int64],  # (n_events,)
    change_us: NDArray[np.int64],  # (n_changes,) moments at which the clocks change, ascending
    offset_us: NDArray[np.int64],  # (n_changes,) what they are ahead of UTC from there on
    day: NDArray[np.int32],  # (n_events,) OUT: local days since 1970-01-01
) -> None:
    """Find the local day of each touchpoint; clocks are looked up where the last look is stale."""
    begin_us, end_us, offset = np.int64(1), np.int64(0), np.int64(0)
    for i in range(time_us.size):
        if time_us[i] < begin_us or time_us[i] >= end_us:
            at = np.searchsorted(change_us, time_us[i], side="right") - 1
            begin_us = change_us[at] if at > 0 else np.iinfo(np.int64).min
            end_us = change_us[at + 1] if at + 1 < change_us.size else np.iinfo(np.int64).max
            offset = offset_us[max(at, 0)]
        day[i] = (time_us[i] + offset) // DAY_US


@njit(cache=True, nogil=True)
def _active(begin: int, end: int, day: NDArray[np.int32]) -> int:
    """Count the different days of some rows."""
    n = 1 if end > begin else 0
    for i in range(begin + 1, end):
        n += day[i] != day[i - 1]
    return n


@njit(cache=True, nogil=True)
def _middle(gaps: NDArray[np.int32], n: int, room: NDArray[np.int32]) -> float:
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
def tempo(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    day: NDArray[np.int32],  # (n_events,) by `local_days`
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of N_TEMPO
) -> None:
    """Write how often and how lately customers come, the windows and the gaps. O(n_events)."""
    gaps, room = np.zeros(N_GAPS, np.int32), np.empty(N_GAPS, np.int32)
    done, days, weeks, longest = 0, 0, 0, 0
    for r in range(span.shape[0]):
        first, end, from_30 = span[r, FIRST], span[r, END], span[r, FROM_30]
        if begins(span, r):
            done, days, weeks, longest = first, 0, 0, 0
        for i in range(done, end):
            if i == first:
                days, weeks = 1, 1
            elif day[i] != day[i - 1]:
                gap = day[i] - day[i - 1]
                gaps[(days - 1) % N_GAPS] = gap
                longest = max(longest, gap)
                weeks += (day[i] + MONDAY) // WEEK != (day[i - 1] + MONDAY) // WEEK
                days += 1
        done = end
        n, now, before = end - first, end - from_30, from_30 - span[r, FROM_60]
        out = values[r, column : column + 15]
        out[0], out[1], out[2], out[3] = end - span[r, FROM_7], now, end - span[r, FROM_90], n
        out[4] = (now - before) / (now + before) if now + before else NOTHING
        out[5] = _active(from_30, end, day)
        out[6] = _active(span[r, FROM_90], end, day)
        out[7] = days
        for k in range(8, 15):
            out[k] = NOTHING
        if n > 0:
            out[8] = n / weeks
            out[9] = days_since(moment_us[r], time_us[first])
            out[10] = days_since(moment_us[r], time_us[end - 1])
        if days > 1:
            typical = _middle(gaps, days - 1, room)
            out[11], out[12], out[13] = longest, typical, gaps[(days - 2) % N_GAPS]
            out[14] = out[10] / typical


@njit(cache=True, nogil=True)
def rhythm(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    day: NDArray[np.int32],  # (n_events,) by `local_days`
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of 2: share on the usual weekday, share at weekends
) -> None:
    """Write on which weekdays customers come. O(n_events)."""
    weekday = np.zeros(WEEK, np.int64)
    done = 0
    for r in range(span.shape[0]):
        first, end = span[r, FIRST], span[r, END]
        if begins(span, r):
            done = first
            weekday[:] = 0
        for i in range(done, end):
            weekday[(day[i] + MONDAY) % WEEK] += 1
        done = end
        values[r, column], values[r, column + 1] = NOTHING, NOTHING
        if end > first:
            usual = weekday[0]
            for k in range(1, WEEK):
                usual = max(usual, weekday[k])
            values[r, column] = usual / (end - first)
            values[r, column + 1] = (weekday[5] + weekday[6]) / (end - first)
