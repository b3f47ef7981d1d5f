"""The walk of each customer through the stages of a journey.

Functions here take arrays and fill arrays. `trod.journeys.passage` defines every word, checks and
names things; `tests/slow_twins/passage.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

NEVER = np.iinfo(np.int64).min
NO_STAGE = 255  # touchpoint that enters no stage

OPEN, LEFT, DONE = 0, 1, 2
SUCCESS, FAILURE = 1, 2


@njit(cache=True, nogil=True)
def _wanted(
    i: int,
    code: NDArray[np.uint16],
    enter: NDArray[np.uint8],
    by_state: NDArray[np.uint8],
) -> int:
    """Give the stage that touchpoint `i` enters by its name or by a state, or -1."""
    wanted = -1
    if enter[code[i]] != NO_STAGE:
        wanted = np.int64(enter[code[i]])
    if by_state.size > 0 and by_state[i] != NO_STAGE:
        wanted = max(wanted, np.int64(by_state[i]))
    return wanted


@njit(cache=True, nogil=True)
def _move(
    position: int,
    wanted: int,
    time_us: int,
    entry_us: int,
    day_us: NDArray[np.int64],
    entered_us: NDArray[np.int64],
) -> int:
    """Give the position after a touchpoint and note when each stage was entered."""
    furthest = max(position, wanted)
    for s in range(position + 1, day_us.size):
        if day_us[s] != NEVER and time_us - entry_us >= day_us[s]:
            entered_us[s] = entry_us + day_us[s]
            furthest = max(furthest, s)
    # A stage entered by name while a later one has begun by its days is passed over.
    if wanted > position and wanted == furthest:
        entered_us[wanted] = time_us
    return furthest


@njit(cache=True, nogil=True)
def _walk_one(
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    enter: NDArray[np.uint8],
    outcome: NDArray[np.uint8],
    day_us: NDArray[np.int64],
    rules: NDArray[np.int64],
    stage: NDArray[np.int8],
    entered_us: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Walk one customer; give the furthest stage, the status and the last row of the passage."""
    window_us, any_enters, last_counts = rules[0], rules[1], rules[2]
    position, status, begin, last = -1, OPEN, first, -1
    entry_us = np.int64(0)
    ended = False
    for i in range(first, end):
        stage[i] = -1
        wanted = _wanted(i, code, enter, by_state)
        if position < 0 or ended:
            if (wanted < 0 and any_enters == 0) or (ended and last_counts == 0):
                continue
            stage[begin:i] = -1
            entered_us[:] = NEVER
            position, status, begin, ended = -1, OPEN, i, False
            entry_us = time_us[i]
            wanted = max(wanted, 0)
        elif time_us[i] - entry_us > window_us:
            continue
        if wanted > position or rules[3] != 0:
            position = _move(position, wanted, time_us[i], entry_us, day_us, entered_us)
        stage[i] = position
        last = i
        if outcome[code[i]] != 0:
            status = DONE if outcome[code[i]] == SUCCESS else LEFT
            ended = True
    return position, status if ended else -1, last


@njit(cache=True, nogil=True)
def walk(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    by_state: NDArray[np.uint8],  # (n_events,) stage entered by a state, or NO_STAGE; (0,) if none
    enter: NDArray[np.uint8],  # (n_names,) stage that a touchpoint enters, or NO_STAGE
    outcome: NDArray[np.uint8],  # (n_names,) SUCCESS, FAILURE or 0
    day_us: NDArray[np.int64],  # (n_stages,) age at which a stage begins, or NEVER
    rules: NDArray[np.int64],  # (6,) window, any touchpoint enters, last passage counts,
    #                            stages by days exist, success is declared, silence from this moment
    stage: NDArray[np.int8],  # (n_events,) OUT
    entered_us: NDArray[np.int64],  # (n_customers, n_stages) OUT
    furthest: NDArray[np.int8],  # (n_customers,) OUT
    status: NDArray[np.int8],  # (n_customers,) OUT
    last: NDArray[np.int64],  # (n_customers,) OUT
) -> None:
    """Walk every customer. One pass over the touchpoints."""
    for c in range(offsets.size - 1):
        first, end = offsets[c], offsets[c + 1]
        entered_us[c, :] = NEVER
        at, how, row = _walk_one(
            first,
            end,
            code,
            time_us,
            by_state,
            enter,
            outcome,
            day_us,
            rules,
            stage,
            entered_us[c],
        )
        if how < 0:
            how = OPEN
            if at == day_us.size - 1 and rules[4] == 0:
                how = DONE
            elif at >= 0 and time_us[end - 1] <= rules[5]:
                how = LEFT
        furthest[c], status[c], last[c] = at, how, row
