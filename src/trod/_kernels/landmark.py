"""Who is still in a stage so long after entering it, and had a touchpoint there by then.

Functions here take arrays and fill arrays. `trod.analyses.landmark` defines every word, checks and
names things; `tests/slow_twins/landmark.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import bin_of
from trod._kernels.passage import DONE, LEFT, NEVER

NO_MARK = -1
GONE, SILENT, ACTIVE = 0, 1, 3  # where a customer is at the mark; + 1 with the touchpoint by then
WENT_ON, LOST, THERE = 0, 1, 2  # what becomes of them


@njit(cache=True, nogil=True)
def first_times(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) stage after the touchpoint, -1 outside the passage
    entered_us: NDArray[np.int64],  # (n_customers, n_stages)
    mark_of: NDArray[np.int16],  # (n_stages, n_names) which mark a touchpoint belongs to, NO_MARK
    met: NDArray[np.int64],  # (n_marks,) scratch, all -1
    counts: NDArray[np.int64],  # (n_marks, n_bins) OUT: customers by time to their first one
) -> None:
    """Count the times from entering a stage to the first of some touchpoints there. O(n_events)."""
    for c in range(entered_us.shape[0]):
        for i in range(offsets[c], offsets[c + 1]):
            s = stage[i]
            if s < 0:
                continue
            m = mark_of[s, code[i]]
            if m < 0 or met[m] == c or entered_us[c, s] == NEVER:
                continue
            met[m] = c
            counts[m, bin_of(time_us[i] - entered_us[c, s])] += 1


@njit(cache=True, nogil=True)
def _place(
    mark_us: int,  # the moment
    end_us: int,  # of going on, or of leaving by a touchpoint; NEVER without one
    seen_us: int,  # last touchpoint in the stage other than the one asked about
    silent_us: int,  # moment at which silence would count as left
    had_us: int,  # first one of the touchpoint asked about, NEVER without one
) -> int:
    """Say where a customer is at the mark."""
    if end_us != NEVER:
        at = ACTIVE if end_us > mark_us else GONE
    elif seen_us >= mark_us:
        at = ACTIVE
    else:
        at = SILENT if silent_us > mark_us else GONE
    return at + 1 if at != GONE and had_us != NEVER and had_us <= mark_us else at


@njit(cache=True, nogil=True)
def landmarks(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,)
    entered_us: NDArray[np.int64],  # (n_customers, n_stages)
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    last: NDArray[np.int64],  # (n_customers,) last row of the passage
    success_us: NDArray[np.int64],  # (n_customers,) moment of success, or NEVER
    failure: NDArray[np.bool_],  # (n_names,)
    left_after_us: int,
    mark_of: NDArray[np.int16],  # (n_stages, n_names)
    mark_stage: NDArray[np.int64],  # (n_marks,)
    mark_code: NDArray[np.int64],  # (n_marks,)
    after_us: NDArray[np.int64],  # (n_marks,) from entering the stage to the mark
    place: NDArray[np.int8],  # (n_customers, n_marks) OUT: GONE, SILENT or ACTIVE, + 1 with it
    counts: NDArray[np.int64],  # (n_marks, 5, 3) IN AND OUT: by place and what becomes of them
) -> None:
    """Place every customer at every mark. O(n_events + n_customers * n_marks)."""
    n_stages = entered_us.shape[1]
    had = np.empty(after_us.size, np.int64)
    last_code = np.empty(n_stages, np.int64)
    last_us = np.empty(n_stages, np.int64)
    other_us = np.empty(n_stages, np.int64)  # last touchpoint of another name than last_code
    end_us = np.empty(n_stages, np.int64)
    for c in range(furthest.size):
        had[:] = NEVER
        last_code[:] = -1
        last_us[:] = NEVER
        other_us[:] = NEVER
        for i in range(offsets[c], offsets[c + 1]):
            s = stage[i]
            if s < 0:
                continue
            if code[i] != last_code[s]:
                other_us[s] = last_us[s]
                last_code[s] = code[i]
            last_us[s] = time_us[i]
            m = mark_of[s, code[i]]
            if m >= 0 and had[m] == NEVER:
                had[m] = time_us[i]
        # From the last stage back: who went on did so on entering the next stage entered.
        end = success_us[c]
        for s in range(n_stages - 1, -1, -1):
            end_us[s] = end
            if entered_us[c, s] != NEVER:
                end = entered_us[c, s]
        if furthest[c] >= 0 and status[c] == LEFT and failure[code[last[c]]]:
            end_us[furthest[c]] = time_us[last[c]]
        for m in range(after_us.size):
            s = mark_stage[m]
            place[c, m] = GONE
            if s > furthest[c] or entered_us[c, s] == NEVER:
                continue
            start = entered_us[c, s]
            seen = other_us[s] if last_code[s] == mark_code[m] else last_us[s]
            at = _place(
                start + after_us[m], end_us[s], max(seen, start), last_us[s] + left_after_us, had[m]
            )
            fate = WENT_ON
            if s == furthest[c] and status[c] != DONE:
                fate = LOST if status[c] == LEFT else THERE
            place[c, m] = at
            counts[m, at, fate] += 1
