"""Time in stages, and touchpoints inside them.

Functions here take arrays and fill arrays. `trod.analyses.stages` and `trod.analyses.touch` check
and name things; `tests/slow_twins/stages.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import bin_of

NEVER = np.iinfo(np.int64).min
DONE = 2
EVENTS, CUSTOMERS, WENT_ON, POSITION, N_COLUMNS = 0, 1, 2, 3, 4


@njit(cache=True, nogil=True)
def time_in_stages(
    entered_us: NDArray[np.int64],  # (n_customers, n_stages) or NEVER
    furthest: NDArray[np.int8],  # (n_customers,)
    end_us: NDArray[np.int64],  # (n_customers,) moment of success, or NEVER
    skipped: NDArray[np.int64],  # (n_stages,) IN AND OUT: passed without being entered
    dwell: NDArray[np.int64],  # (n_stages, N_BINS) IN AND OUT
) -> None:
    """Count the time from entering a stage to entering the next one entered, or to success."""
    for c in range(furthest.size):
        next_us = end_us[c]
        for s in range(furthest[c], -1, -1):
            if entered_us[c, s] == NEVER:
                skipped[s] += 1
                continue
            if next_us != NEVER:
                dwell[s, bin_of(next_us - entered_us[c, s])] += 1
            next_us = entered_us[c, s]


@njit(cache=True, nogil=True)
def touch_stages(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) -1 outside the passage
    furthest: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    counts: NDArray[np.int64],  # (n_stages, n_names, N_COLUMNS) IN AND OUT
    stamp: NDArray[np.int32],  # (n_stages, n_names) SCRATCH: -1 everywhere
) -> None:
    """Count touchpoints per stage and name; position in thousandths of the stage."""
    for c in range(offsets.size - 1):
        i = offsets[c]
        while i < offsets[c + 1]:
            s, first = np.int64(stage[i]), i
            while i < offsets[c + 1] and stage[i] == s:
                i += 1
            if s < 0:
                continue
            went_on = furthest[c] > s or status[c] == DONE
            for k in range(first, i):
                place = 500 if i - first == 1 else 1000 * (k - first) // (i - first - 1)
                new = stamp[s, code[k]] != c
                stamp[s, code[k]] = c
                counts[s, code[k], EVENTS] += 1
                counts[s, code[k], CUSTOMERS] += new
                counts[s, code[k], WENT_ON] += new and went_on
                counts[s, code[k], POSITION] += place * new


@njit(cache=True, nogil=True)
def has_touch(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,)
    wanted_code: int,
    wanted_stage: int,  # -2 for any, outside included
    found: NDArray[np.bool_],  # (n_customers,) OUT
) -> None:
    """Say which customers had the touchpoint in the stage."""
    for c in range(offsets.size - 1):
        hit = False
        for i in range(offsets[c], offsets[c + 1]):
            if code[i] == wanted_code and (wanted_stage == -2 or stage[i] == wanted_stage):
                hit = True
                break
        found[c] = hit


@njit(cache=True, nogil=True)
def sum_scores(
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) -1 outside the passage
    score: NDArray[np.int16],  # (n_events,) or `no_score`
    no_score: int,
    sums: NDArray[np.int64],  # (n_stages + 1, n_names, 3) IN AND OUT: n, sum, sum of squares
) -> None:
    """Sum scores per stage and name; outside is the last stage."""
    for i in range(code.size):
        if score[i] != no_score:
            value = np.int64(score[i])
            cell = sums[stage[i], code[i]]
            cell[0] += 1
            cell[1] += value
            cell[2] += value * value
