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
def _fate(stage: int, furthest: int, status: int) -> int:
    """Say what became of a customer in a stage."""
    if stage < furthest or status == DONE:
        return WENT_ON
    return LOST if status == LEFT else THERE


@njit(cache=True, nogil=True)
def _follow(
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    stage: NDArray[np.int8],
    mark_of: NDArray[np.int16],
    had_us: NDArray[np.int64],  # (n_marks,) OUT: first one of each touchpoint asked about, NEVER
    seen: NDArray[np.int64],  # (3, n_stages) OUT: last touchpoint: code, time; time of the last of
    #                           another name
) -> None:
    """Note what one customer did in each stage."""
    had_us[:] = NEVER
    seen[:] = NEVER
    for i in range(first, end):
        s = stage[i]
        if s < 0:
            continue
        if code[i] != seen[0, s]:
            seen[2, s] = seen[1, s]
            seen[0, s] = code[i]
        seen[1, s] = time_us[i]
        m = mark_of[s, code[i]]
        if m >= 0 and had_us[m] == NEVER:
            had_us[m] = time_us[i]


@njit(cache=True, nogil=True)
def ends(
    c: int,
    entered_us: NDArray[np.int64],
    success_us: int,
    end_us: NDArray[np.int64],  # (n_stages,) OUT: moment of going on, NEVER without one
) -> None:
    """Note when one customer went on from each stage: on entering the next one, or succeeding."""
    end = success_us
    for s in range(end_us.size - 1, -1, -1):
        end_us[s] = end
        if entered_us[c, s] != NEVER:
            end = entered_us[c, s]


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
    marks: NDArray[np.int64],  # (n_marks, 3) stage, code, time from entering the stage to the mark
    place: NDArray[np.int8],  # (n_customers, n_marks) OUT: GONE, SILENT or ACTIVE, + 1 with it
    counts: NDArray[np.int64],  # (n_marks, 5, 3) IN AND OUT: by place and what becomes of them
) -> None:
    """Place every customer at every mark. O(n_events + n_customers * n_marks)."""
    had_us = np.empty(marks.shape[0], np.int64)
    seen = np.empty((3, entered_us.shape[1]), np.int64)
    end_us = np.empty(entered_us.shape[1], np.int64)
    for c in range(furthest.size):
        far = furthest[c]
        place[c, :] = GONE
        if far < 0:
            continue
        _follow(offsets[c], offsets[c + 1], code, time_us, stage, mark_of, had_us, seen)
        ends(c, entered_us, success_us[c], end_us)
        if status[c] == LEFT and failure[code[last[c]]]:
            end_us[far] = time_us[last[c]]
        for m in range(marks.shape[0]):
            s, start = marks[m, 0], entered_us[c, marks[m, 0]]
            if s > far or start == NEVER:
                continue
            other_us = seen[2, s] if seen[0, s] == marks[m, 1] else seen[1, s]
            silent_us = max(seen[1, s], start) + left_after_us
            at = _place(start + marks[m, 2], end_us[s], max(other_us, start), silent_us, had_us[m])
            place[c, m] = at
            counts[m, at, _fate(s, far, status[c])] += 1
