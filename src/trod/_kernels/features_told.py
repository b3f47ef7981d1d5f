"""What touchpoints carried, at moments: mood, money, calls for help, and the stage they led to.

Functions here take arrays and fill arrays. `trod.models.features` names the columns;
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
    FROM_90,
    NOTHING,
    begins,
    days_since,
)

N_MOOD, N_MONEY, N_SUPPORT, N_STAGE = 7, 7, 7, 6
NEVER = np.iinfo(np.int64).min
NO_SCORE = np.iinfo(np.int16).min
NO_STAGE = 255
LATELY = 3  # scores of which the mean is the mood of late
_MILLION = 1_000_000.0


@njit(cache=True, nogil=True)
def _write_mood(
    n: int,
    total: int,
    lowest: int,
    late: NDArray[np.int64],
    since_days: float,
    out: NDArray[np.float32],
) -> None:
    """Write the mood at one moment: times, days since, last, of late, lowest, mean, change."""
    out[0] = n
    for k in range(1, N_MOOD):
        out[k] = NOTHING
    if n == 0:
        return
    kept = min(n, LATELY)
    now = late[:kept].sum()
    out[1] = since_days
    out[2] = late[(n - 1) % LATELY] / 1000
    out[3] = now / (1000 * kept)
    out[4] = lowest / 1000
    out[5] = total / (1000 * n)
    if n > LATELY:
        out[6] = now / (1000 * kept) - (total - now) / (1000 * (n - kept))


@njit(cache=True, nogil=True)
def mood(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    score: NDArray[np.int16],  # (n_events,)
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of N_MOOD
) -> None:
    """Write the mood of customers. O(n_events)."""
    late = np.zeros(LATELY, np.int64)
    done, n, total, lowest, last = 0, 0, 0, 0, 0
    for r in range(span.shape[0]):
        if begins(span, r):
            done, n, total, lowest = span[r, FIRST], 0, 0, 1000
        for i in range(done, span[r, END]):
            if score[i] != NO_SCORE:
                late[n % LATELY] = score[i]
                n, total, last = n + 1, total + score[i], i
                lowest = min(lowest, score[i])
        done = span[r, END]
        since = days_since(moment_us[r], time_us[last]) if n else NOTHING
        _write_mood(n, total, lowest, late, since, values[r, column : column + N_MOOD])


@njit(cache=True, nogil=True)
def money(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    value: NDArray[np.int64],  # (n_events,)
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of N_MONEY: times, sum, sum in 90 days, last, change, mean, days since
) -> None:
    """Write the money of customers. O(n_events)."""
    done, n, total, last, before = 0, 0, 0, 0, 0
    for r in range(span.shape[0]):
        if begins(span, r):
            done, n, total = span[r, FIRST], 0, 0
        for i in range(done, span[r, END]):
            if value[i] != NEVER:
                before, last = last, i
                n, total = n + 1, total + value[i]
        done = span[r, END]
        recent = np.int64(0)
        for i in range(span[r, FROM_90], span[r, END]):
            if value[i] != NEVER:
                recent += value[i]
        out = values[r, column : column + N_MONEY]
        out[0], out[1], out[2] = n, total / _MILLION, recent / _MILLION
        out[3], out[4], out[5], out[6] = NOTHING, NOTHING, NOTHING, NOTHING
        if n > 0:
            out[3], out[5] = value[last] / _MILLION, total / _MILLION / n
            out[6] = days_since(moment_us[r], time_us[last])
        if n > 1:
            out[4] = (value[last] - value[before]) / _MILLION


@njit(cache=True, nogil=True)
def support(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    asks: NDArray[np.bool_],  # (n_events,) a call for help
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of N_SUPPORT: ever, 90, 30, 7 days, since, days to go on, days waiting
) -> None:
    """Write calls for help, and the time from one to the next thing that is none. O(n_events)."""
    done, n, last, since, waits, waited_us = 0, 0, 0, -1, 0, 0
    for r in range(span.shape[0]):
        if begins(span, r):
            done, n, since, waits, waited_us = span[r, FIRST], 0, -1, 0, 0
        for i in range(done, span[r, END]):
            if asks[i]:
                n, last = n + 1, i
                since = i if since < 0 else since
            elif since >= 0:
                waits, waited_us = waits + 1, waited_us + time_us[i] - time_us[since]
                since = -1
        done = span[r, END]
        recent = np.zeros(3, np.int64)
        for i in range(span[r, FROM_90], span[r, END]):
            if asks[i]:
                recent[0] += 1
                recent[1] += i >= span[r, FROM_30]
                recent[2] += i >= span[r, FROM_7]
        out = values[r, column : column + N_SUPPORT]
        out[0], out[1], out[2], out[3] = n, recent[0], recent[1], recent[2]
        out[4] = days_since(moment_us[r], time_us[last]) if n else NOTHING
        out[5] = waited_us / waits / DAY_US if waits else NOTHING
        out[6] = days_since(moment_us[r], time_us[since]) if since >= 0 else NOTHING


@njit(cache=True, nogil=True)
def stage(
    span: NDArray[np.int64],  # (n_rows, N_SPAN)
    moment_us: NDArray[np.int64],  # (n_rows,)
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    position: NDArray[np.int8],  # (n_events,) stage after the touchpoint as it looked then, or -1
    outcome: NDArray[np.int8],  # (n_events,) outcome by then, or -1
    enter: NDArray[np.uint8],  # (n_codes,) stage that a touchpoint enters, or NO_STAGE
    needed: NDArray[np.bool_],  # (n_stages,) False for stages that may be passed over
    values: NDArray[np.float32],  # (n_rows, n_features) OUT
    column: int,  # first of N_STAGE: stage, days in it, days since entry, skipped, share, returns
) -> None:
    """Write where customers stand, and how they got there. O(n_events)."""
    stood = np.zeros(needed.size, np.bool_)
    done, at, ended, entry_us, came_us, returns = 0, -1, -1, 0, 0, 0
    for r in range(span.shape[0]):
        if begins(span, r):
            done, at, ended, returns = span[r, FIRST], -1, -1, 0
        for i in range(done, span[r, END]):
            now = position[i]
            if now >= 0 and (at < 0 or (ended >= 0 and outcome[i] < 0)):
                stood[:] = False
                entry_us, came_us, returns = time_us[i], time_us[i], 0
            elif now != at:
                came_us = time_us[i]
            elif now >= 0 and ended < 0 and enter[code[i]] < now:
                returns += 1
            at, ended = now, outcome[i]
            if now >= 0:
                stood[now] = True
        done = span[r, END]
        out = values[r, column : column + N_STAGE]
        out[0] = at + 1
        if at < 0:
            out[1], out[2], out[3], out[4], out[5] = NOTHING, NOTHING, NOTHING, NOTHING, NOTHING
            continue
        path, skipped = 0, 0
        for s in range(at + 1):
            path += needed[s]
            skipped += needed[s] and not stood[s]
        out[1], out[2] = days_since(moment_us[r], came_us), days_since(moment_us[r], entry_us)
        out[3] = skipped
        out[4] = (path - skipped) / path if path else NOTHING
        out[5] = returns
