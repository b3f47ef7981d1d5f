"""Who is at risk of an outcome at a moment, and when it comes.

Functions here take arrays and fill arrays. `trod.models.outcomes.landmarks` defines every word;
`tests/slow_twins/at_risk.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import DONE, LEFT, NEVER

NOT_AT_RISK = np.iinfo(np.int64).max
NOT_YET = NOT_AT_RISK - 1
TOUCHED, REACHED, LEAVES, SUCCEEDS = 0, 1, 2, 3


@njit(cache=True, nogil=True)
def comes_at(
    i: int,
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    position: NDArray[np.int8],
    outcome: NDArray[np.int8],
    names: NDArray[np.bool_],
    kind: int,
    stage: int,
    silence_us: int,
    as_of_us: int,
) -> bool:
    """Say whether the outcome comes with one touchpoint: row i of rows first to end."""
    if kind == TOUCHED:
        return bool(names[code[i]])
    if kind == REACHED:
        return bool(position[i] >= stage) and (i == first or position[i - 1] < stage)
    before = -1 if i == first else outcome[i - 1]
    if kind == SUCCEEDS:
        return bool(outcome[i] == DONE) and before != DONE
    if outcome[i] == LEFT:
        return bool(before != LEFT)
    if outcome[i] == DONE or position[i] < 0:
        return False
    later = as_of_us if i + 1 == end else time_us[i + 1]
    return bool(later - time_us[i] >= silence_us)


@njit(cache=True, nogil=True)
def _first(
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    names: NDArray[np.bool_],
) -> int:
    """Give the first moment of a touchpoint that is the outcome, NEVER without one."""
    for i in range(first, end):
        if names[code[i]]:
            return int(time_us[i])
    return int(NEVER)


@njit(cache=True, nogil=True)
def _leaving(comes: bool, outcome: int, time_us: int, following: int) -> int:
    """Give the next leaving as seen at a touchpoint: after it a silence may begin."""
    if outcome == DONE:
        return NOT_YET
    return time_us if comes and outcome != LEFT else following


@njit(cache=True, nogil=True)
def _stands(position: int, outcome: int, stages: NDArray[np.bool_], done_too: int) -> bool:
    """Say whether customers who stand so are asked about."""
    if position < 0 or outcome == LEFT or (outcome == DONE and done_too == 0):
        return False
    return bool(stages[position])


@njit(cache=True, nogil=True)
def at_risk(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    position: NDArray[np.int8],  # (n_events,) stage after the touchpoint, as it looked then
    outcome: NDArray[np.int8],  # (n_events,) LEFT or DONE by a touchpoint, -1 without one
    names: NDArray[np.bool_],  # (n_names,) touchpoints that are the outcome
    stages: NDArray[np.bool_],  # (n_stages,) in which customers are asked about
    rules: NDArray[np.int64],  # (5,) kind, stage, silence, as of, whether the done are asked about
    marks_us: NDArray[np.int64],  # (n_marks,) rising
    out: NDArray[np.int64],  # (n_customers, n_marks) OUT: moment of it, NOT_YET or NOT_AT_RISK
    stood: NDArray[np.int8],  # (n_customers, n_marks) OUT: stage of those at risk
) -> None:
    """Follow every customer past every mark. O(n_events + n_customers * n_marks)."""
    kind, stage, silence_us, as_of_us, done_too = rules[0], rules[1], rules[2], rules[3], rules[4]
    for c in range(offsets.size - 1):
        first, end = offsets[c], offsets[c + 1]
        out[c, :] = NOT_AT_RISK
        stood[c, :] = -1
        came = _first(first, end, code, time_us, names) if kind == TOUCHED else NEVER
        following = NOT_YET  # the next one after the row in hand; at it, where silence is meant
        m = marks_us.size - 1
        for i in range(end - 1, first - 1, -1):
            comes = comes_at(
                i, first, end, code, time_us, position, outcome, names, kind, stage, silence_us,
                as_of_us,
            )  # fmt: skip
            if kind == LEAVES:
                following = _leaving(comes, outcome[i], time_us[i], following)
            standing = _stands(position[i], outcome[i], stages, done_too)
            while m >= 0 and marks_us[m] >= time_us[i]:
                fresh = marks_us[m] - time_us[i] < silence_us
                if standing and fresh and (came == NEVER or came > marks_us[m]):
                    out[c, m], stood[c, m] = following, position[i]
                m -= 1
            if comes:
                following = time_us[i]


@njit(cache=True, nogil=True)
def digests(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    row: NDArray[np.int64],  # (n_events,) row of the touchpoint in the log
    time_us: NDArray[np.int64],  # (n_events,)
    code: NDArray[np.uint16],  # (n_events,)
    out: NDArray[np.int64],  # (n_customers,) OUT
) -> None:
    """Mix the touchpoints of each customer into one number, whatever the order. O(n_events)."""
    for c in range(offsets.size - 1):
        total = np.uint64(0)
        for i in range(offsets[c], offsets[c + 1]):
            h = np.uint64(row[i]) * np.uint64(0x9E3779B97F4A7C15)
            h ^= np.uint64(time_us[i]) + (np.uint64(code[i]) << np.uint64(48))
            h ^= h >> np.uint64(29)
            h *= np.uint64(0xBF58476D1CE4E5B9)
            h ^= h >> np.uint64(32)
            total += h
        out[c] = np.int64(total)
