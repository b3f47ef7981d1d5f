"""One walk through stages with rules of several steps, exclusions and ways back.

Functions here take arrays and fill arrays. `trod.journeys.passage` defines every word;
`tests/slow_twins/passage.py` holds the obvious version. The plain walk in
`trod._kernels.passage` knows none of this and is faster; where nothing new is used both agree.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import DONE, LEFT, NEVER, NO_STAGE, SUCCESS, done_at

NO_STEP = 255  # touchpoint that is no step of a stage

# Columns of what is known of a touchpoint.
ENTERS, OUTCOME, BARS, STEPS, N_OF_NAME = 0, 1, 2, 3, 4
# Columns of what is known of a stage.
DAY_US, NEED, IN_ORDER, BACK, N_OF_STAGE = 0, 1, 2, 3, 4
# Numbers of a definition.
WINDOW_US, ANY_ENTERS, LAST_COUNTS, HAS_DAYS, BACK_BITS, HAS_SUCCESS = 0, 1, 2, 3, 4, 5
SILENT_FROM_US = 6
# The state of one walk.
POSITION, STATUS, ENTRY_US, BEGIN, LAST, BARRED, N_STATE = 0, 1, 2, 3, 4, 5, 6
# How a touchpoint lies to the passage.
APART, INSIDE, BEGINS = 0, 1, 2


# Most touchpoints change nothing. The loop finds that out with numbers alone, because every array
# handed to a function costs more than the work.


@njit(cache=True, nogil=True)
def start(at: NDArray[np.int64], steps: NDArray[np.int64], entered: NDArray[np.int64]) -> None:
    """Begin a walk: outside, nothing done, nothing barred."""
    at[POSITION], at[STATUS], at[BEGIN], at[LAST] = -1, -1, -1, -1
    at[ENTRY_US], at[BARRED] = 0, 0
    for s in range(entered.size):
        steps[s], entered[s] = 0, NEVER


@njit(cache=True, nogil=True)
def _bits(mask: int) -> int:
    """Count the bits that are set."""
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@njit(cache=True, nogil=True)
def _highest(mask: int) -> int:
    """Give the place of the highest bit that is set, or -1."""
    place = -1
    while mask:
        mask >>= 1
        place += 1
    return place


@njit(cache=True, nogil=True)
def _completed(
    code: int,
    which: int,
    steps: NDArray[np.int64],
    of_stage: NDArray[np.int64],
    step: NDArray[np.uint8],
    order: NDArray[np.int32],
) -> int:
    """Note a step, and give the stages whose rule it completes, as bits."""
    done = np.int64(0)
    for s in range(of_stage.shape[0]):
        if not (which >> s) & 1:
            continue
        if of_stage[s, IN_ORDER]:
            steps[s] += order[s, steps[s]] == code
            n = steps[s]
        else:
            steps[s] |= np.int64(1) << np.int64(step[s, code])
            n = _bits(steps[s])
        if n == of_stage[s, NEED]:
            steps[s] = 0
            done |= np.int64(1) << s
    return done


@njit(cache=True, nogil=True)
def _go_back(
    to: int,
    row: int,
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    stage: NDArray[np.int8],
) -> None:
    """Stand in an earlier stage again, as if what was entered since had not been."""
    for s in range(to + 1, entered.size):
        if entered[s] != NEVER and (entered[to] == NEVER or entered[s] < entered[to]):
            entered[to] = entered[s]
        entered[s], steps[s] = NEVER, 0
    at[POSITION] = to
    i = row - 1
    while i >= at[BEGIN] and not 0 <= stage[i] <= to:
        stage[i] = min(stage[i], to)
        i -= 1


@njit(cache=True, nogil=True)
def _move(
    wanted: int,
    row: int,
    time_us: int,
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    stage: NDArray[np.int8],
    of_stage: NDArray[np.int64],
) -> None:
    """Move forward by rule or by days, or back; moving lifts what was barred."""
    position = at[POSITION]
    furthest = max(position, wanted)
    for s in range(position + 1, of_stage.shape[0]):
        day_us = of_stage[s, DAY_US]
        if day_us != NEVER and time_us - at[ENTRY_US] >= day_us:
            entered[s] = at[ENTRY_US] + day_us
            furthest = max(furthest, s)
    if wanted > position and wanted == furthest:
        entered[wanted] = time_us
    if furthest > position:
        at[POSITION] = furthest
        at[BARRED] = 0
    elif 0 <= wanted < position and of_stage[wanted, BACK]:
        _go_back(wanted, row, at, steps, entered, stage)
        at[BARRED] = 0


@njit(cache=True, nogil=True)
def _begin(
    row: int,
    time_us: int,
    at: NDArray[np.int64],
    entered: NDArray[np.int64],
    stage: NDArray[np.int8],
) -> None:
    """Begin a passage; the touchpoints of the one before lie outside."""
    if at[STATUS] >= 0:
        for i in range(at[BEGIN], row):
            stage[i] = -1
        for s in range(entered.size):
            entered[s] = NEVER
    at[POSITION], at[STATUS], at[BEGIN], at[ENTRY_US] = -1, -1, row, time_us


@njit(cache=True, nogil=True)
def _end(outcome: int, goal: int, at: NDArray[np.int64], steps: NDArray[np.int64]) -> None:
    """End a passage: what was done and barred is forgotten."""
    at[STATUS] = DONE if outcome == SUCCESS or at[POSITION] == goal else LEFT
    at[BARRED] = 0
    for s in range(steps.size):
        steps[s] = 0


@njit(cache=True, nogil=True)
def _enters(alone: int, by_state: int) -> int:
    """Give the stages entered by a touchpoint alone, as bits."""
    bits = np.int64(0)
    if alone >= 0:
        bits |= np.int64(1) << alone
    if by_state != NO_STAGE:
        bits |= np.int64(1) << by_state
    return bits


@njit(cache=True, nogil=True)
def _part(
    position: int, status: int, wanted: int, late: bool, any_enters: int, last_counts: int
) -> int:
    """Say whether a touchpoint lies apart from the passage, inside it, or begins one."""
    if position >= 0 and status < 0:
        return APART if late else INSIDE
    if (wanted < 0 and not any_enters) or (status >= 0 and not last_counts):
        return APART
    return BEGINS


@njit(cache=True, nogil=True)
def _moves(position: int, wanted: int, has_days: int, back: int) -> bool:
    """Say whether there may be anything to move."""
    return wanted > position or has_days != 0 or (wanted >= 0 and (back >> wanted) & 1 != 0)


@njit(cache=True, nogil=True)
def walk_rows(
    rows: NDArray[np.int64],  # which touchpoints; empty: all of them
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    of_name: NDArray[np.int64],
    of_stage: NDArray[np.int64],
    step: NDArray[np.uint8],
    order: NDArray[np.int32],
    rules: NDArray[np.int64],
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    stage: NDArray[np.int8],
    then: NDArray[np.int64],  # (3, n) position, outcome and beginning after each; (3, 0) not wanted
) -> None:
    """Walk touchpoints of one customer in order."""
    start(at, steps, entered)
    goal = done_at(of_stage.shape[0], rules[HAS_SUCCESS] != 0)
    for k in range(rows.size if rows.size > 0 else end - first):
        i = rows[k] if rows.size > 0 else first + k
        name = np.int64(code[i])
        at[BARRED] |= of_name[name, BARS]
        enters = _enters(
            of_name[name, ENTERS], np.int64(by_state[i]) if by_state.size > 0 else NO_STAGE
        )
        if of_name[name, STEPS]:
            enters |= _completed(name, of_name[name, STEPS], steps, of_stage, step, order)
        wanted = _highest(enters & ~at[BARRED])
        late = time_us[i] - at[ENTRY_US] > rules[WINDOW_US]
        part = _part(at[POSITION], at[STATUS], wanted, late, rules[ANY_ENTERS], rules[LAST_COUNTS])
        if part == BEGINS:
            _begin(i, time_us[i], at, entered, stage)
            wanted = max(wanted, 0)
        if part != APART:
            if _moves(at[POSITION], wanted, rules[HAS_DAYS], rules[BACK_BITS]):
                _move(wanted, i, time_us[i], at, steps, entered, stage, of_stage)
            at[LAST] = i
            if of_name[name, OUTCOME]:
                _end(of_name[name, OUTCOME], goal, at, steps)
        stage[i] = at[POSITION] if part != APART else -1
        if then.shape[1] > 0:
            then[0, i - first], then[1, i - first] = at[POSITION], at[STATUS]
            then[2, i - first] = at[BEGIN]
