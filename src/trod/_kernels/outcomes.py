"""From when to when each customer may have each outcome, and what shows that they are there.

Functions here take arrays and fill arrays. `trod.analyses.signals.outcome` defines every word,
checks and names things; `tests/slow_twins/signals.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.landmark import ends
from trod._kernels.passage import LEFT, NEVER

CODE, LAST, OTHER = 0, 1, 2  # of those seen: last touchpoint, its time, last time of another name


@njit(cache=True, nogil=True)
def _see(seen: NDArray[np.int64], code: int, time_us: int) -> None:
    """Note a touchpoint."""
    if code != seen[CODE]:
        seen[OTHER], seen[CODE] = seen[LAST], code
    seen[LAST] = time_us


@njit(cache=True, nogil=True)
def _last_own(
    first: int,
    last: int,
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    own: NDArray[np.bool_],
) -> np.int64:
    """Give the moment of the last touchpoint of a passage that the customer did; else of any."""
    for i in range(last, first - 1, -1):
        if stage[i] >= 0 and own[i]:
            return np.int64(time_us[i])
    return np.int64(time_us[last])


@njit(cache=True, nogil=True)
def _see_stage(
    first: int,
    end: int,
    s: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    own: NDArray[np.bool_],
    seen: NDArray[np.int64],
) -> None:
    """Note what a customer did in a stage."""
    for i in range(first, end):
        if stage[i] == s and own[i]:
            _see(seen, code[i], time_us[i])


@njit(cache=True, nogil=True)
def _see_since(
    first: int,
    end: int,
    from_us: int,
    name: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    own: NDArray[np.bool_],
    seen: NDArray[np.int64],
) -> np.int64:
    """Note what a customer did in the passage since a moment; give the first of one touchpoint."""
    hit_us = np.int64(NEVER)
    for i in range(first, end):
        if stage[i] < 0 or time_us[i] < from_us:
            continue
        if own[i]:
            _see(seen, code[i], time_us[i])
        if code[i] == name and hit_us == NEVER:
            hit_us = np.int64(time_us[i])
    return hit_us


@njit(cache=True, nogil=True)
def outcomes(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) stage after the touchpoint, -1 outside the passage
    entered_us: NDArray[np.int64],  # (n_customers, n_stages)
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    last: NDArray[np.int64],  # (n_customers,) last row of the passage
    success_us: NDArray[np.int64],  # (n_customers,)
    failure: NDArray[np.bool_],  # (n_names,)
    own: NDArray[np.bool_],  # (n_events,) whether the customer did it
    asked: NDArray[np.int64],  # (n_outcomes, 2) stage; touchpoint, or -1 for leaving in the stage
    from_us: NDArray[np.int64],  # (n_customers, n_outcomes) OUT: at risk from then; NEVER
    end_us: NDArray[np.int64],  # (n_customers, n_outcomes) OUT: until then; NEVER without an end
    hit_us: NDArray[np.int64],  # (n_customers, n_outcomes) OUT: moment of the outcome; NEVER
    seen: NDArray[np.int64],  # (n_customers, n_outcomes, 3) OUT: see the head of this module
) -> None:
    """Say from when to when each customer could have each outcome. O(n_events * n_outcomes)."""
    end_of = np.empty(entered_us.shape[1], np.int64)
    from_us[:], end_us[:], hit_us[:], seen[:] = NEVER, NEVER, NEVER, NEVER
    for c in range(furthest.size):
        far, first, end = furthest[c], offsets[c], offsets[c + 1]
        if far < 0:
            continue
        ends(c, entered_us, success_us[c], end_of)
        gone_us = time_us[last[c]] if status[c] == LEFT else NEVER
        failed = gone_us != NEVER and failure[code[last[c]]]
        if failed:
            end_of[far] = gone_us
        elif gone_us != NEVER:
            gone_us = _last_own(first, last[c], time_us, stage, own)
        for o in range(asked.shape[0]):
            s, name = asked[o, 0], asked[o, 1]
            if s > far or entered_us[c, s] == NEVER:
                continue
            from_us[c, o] = entered_us[c, s]
            if name < 0:
                end_us[c, o] = end_of[s]
                hit_us[c, o] = gone_us if far == s else NEVER
                _see_stage(first, end, s, code, time_us, stage, own, seen[c, o])
                continue
            hit_us[c, o] = _see_since(
                first, end, from_us[c, o], name, code, time_us, stage, own, seen[c, o]
            )
            if hit_us[c, o] != NEVER:
                end_us[c, o] = hit_us[c, o]
            else:
                end_us[c, o] = gone_us if failed else end_of[end_of.size - 1]
