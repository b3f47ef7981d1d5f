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


# Loops stand where slices could, and the inner helper gets numbers, not arrays: Numba is five
# times faster so.


@njit(cache=True, nogil=True)
def _further(by_name: int, by_state: int) -> int:
    """Give the further of the stages entered by name and by state, or -1."""
    if by_name == NO_STAGE:
        by_name = -1
    if by_state == NO_STAGE:
        by_state = -1
    return max(by_name, by_state)


@njit(cache=True, nogil=True)
def done_at(n_stages: int, has_success: bool) -> int:
    """Give the stage that is an outcome to reach: the last, where no success is declared."""
    return NO_STAGE if has_success else n_stages - 1


@njit(cache=True, nogil=True)
def _forget(
    c: int,
    first: int,
    end: int,
    stage: NDArray[np.int8],
    entered_us: NDArray[np.int64],
) -> None:
    """Wipe the rows from `first` to `end` and the times of entering of a customer."""
    for i in range(first, end):
        stage[i] = -1
    for s in range(entered_us.shape[1]):
        entered_us[c, s] = NEVER


@njit(cache=True, nogil=True)
def _move(
    c: int,
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
            entered_us[c, s] = entry_us + day_us[s]
            furthest = max(furthest, s)
    # A stage entered by name while a later one has begun by its days is passed over.
    if wanted > position and wanted == furthest:
        entered_us[c, wanted] = time_us
    return furthest


@njit(cache=True, nogil=True)
def _walk_one(
    c: int,
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    enter: NDArray[np.uint8],
    outcome: NDArray[np.uint8],
    day_us: NDArray[np.int64],
    window_us: int,
    any_enters: bool,
    last_counts: bool,
    has_days: bool,
    goal: int,
    stage: NDArray[np.int8],
    entered_us: NDArray[np.int64],
) -> tuple[int, int, int]:
    """Walk one customer; give the furthest stage, the outcome (-1: none) and the last row."""
    position, status, begin, last = -1, -1, first, -1
    entry_us = np.int64(0)
    for i in range(first, end):
        stage[i] = -1
        by_name = np.int64(enter[code[i]])
        wanted = _further(by_name, np.int64(by_state[i]) if by_state.size > 0 else NO_STAGE)
        if position < 0 or status >= 0:
            if (wanted < 0 and not any_enters) or (status >= 0 and not last_counts):
                continue
            _forget(c, begin, i, stage, entered_us)
            position, status, begin, wanted = -1, -1, i, max(wanted, 0)
            entry_us = time_us[i]
        elif time_us[i] - entry_us > window_us:
            continue
        if wanted > position or has_days:
            position = _move(c, position, wanted, time_us[i], entry_us, day_us, entered_us)
        stage[i] = position
        last = i
        if outcome[code[i]] != 0:
            status = DONE if outcome[code[i]] == SUCCESS or position == goal else LEFT
    return position, status, last


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
    goal = done_at(day_us.size, rules[4] != 0)
    for c in range(offsets.size - 1):
        first, end = offsets[c], offsets[c + 1]
        _forget(c, first, first, stage, entered_us)
        at, how, row = _walk_one(
            c,
            first,
            end,
            code,
            time_us,
            by_state,
            enter,
            outcome,
            day_us,
            rules[0],
            rules[1] != 0,
            rules[2] != 0,
            rules[3] != 0,
            goal,
            stage,
            entered_us,
        )
        if how < 0:
            how = OPEN
            if at == goal:
                how = DONE
            elif at >= 0 and time_us[end - 1] <= rules[5]:
                how = LEFT
        furthest[c], status[c], last[c] = at, how, row


@njit(cache=True, nogil=True)
def _by_days(position: int, age_us: int, day_us: NDArray[np.int64]) -> int:
    """Give the furthest stage that has begun by its days, or the position."""
    for s in range(position + 1, day_us.size):
        if day_us[s] != NEVER and age_us >= day_us[s]:
            position = s
    return position


@njit(cache=True, nogil=True)
def walk_course(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    by_state: NDArray[np.uint8],  # (n_events,) stage entered by a state, or NO_STAGE; (0,) if none
    enter: NDArray[np.uint8],  # (n_names,) stage that a touchpoint enters, or NO_STAGE
    outcome: NDArray[np.uint8],  # (n_names,) SUCCESS, FAILURE or 0
    day_us: NDArray[np.int64],  # (n_stages,) age at which a stage begins, or NEVER
    rules: NDArray[np.int64],  # (6,) as of `walk`
    then: NDArray[np.int8],  # (2, n_events) OUT: position and outcome after each touchpoint
) -> None:
    """Note where every customer stood after each touchpoint, as it looked then."""
    goal = done_at(day_us.size, rules[4] != 0)
    window_us, any_enters, last_counts = rules[0], rules[1] != 0, rules[2] != 0
    has_days, by_states = rules[3] != 0, by_state.size > 0
    leads = np.full(enter.size, -1, np.int64)
    for k in range(enter.size):
        leads[k] = _further(np.int64(enter[k]), NO_STAGE)
    for c in range(offsets.size - 1):
        position, status, entry_us = np.int64(-1), np.int64(-1), np.int64(0)
        for i in range(offsets[c], offsets[c + 1]):
            wanted, ends = leads[code[i]], outcome[code[i]]
            if by_states and by_state[i] != NO_STAGE:
                wanted = max(wanted, np.int64(by_state[i]))
            counts = True
            if position >= 0 and status < 0:
                counts = time_us[i] - entry_us <= window_us
                if counts:
                    position = max(position, wanted)
            elif (wanted >= 0 or any_enters) and (status < 0 or last_counts):
                position, status, entry_us = max(wanted, 0), np.int64(-1), time_us[i]
            else:
                counts = False
            if has_days and counts:
                position = _by_days(position, time_us[i] - entry_us, day_us)
            if ends != 0 and counts:
                status = DONE if ends == SUCCESS or position == goal else LEFT
            then[0, i], then[1, i] = position, status
