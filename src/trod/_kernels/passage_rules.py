"""The walk through stages with rules of several steps, exclusions, ways back, and a held value.

Functions here take arrays and fill arrays. `trod.journeys.passage` defines every word;
`tests/slow_twins/passage.py` holds the obvious version. The plain walk in
`trod._kernels.passage` knows none of this and is faster; where nothing new is used both agree.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import DONE, LEFT, NEVER, NO_STAGE, OPEN, SUCCESS

NO_STEP = 255  # touchpoint that is no step of a stage
NO_KEY = np.iinfo(np.uint16).max  # touchpoint that says nothing about the held value

# The state of one walk, in an array of integers.
POSITION, STATUS, ENTRY_US, BEGIN, LAST, BARRED, N_STATE = 0, 1, 2, 3, 4, 5, 6
# Numbers of a definition, in an array of integers.
WINDOW_US, ANY_ENTERS, LAST_COUNTS, HAS_SUCCESS, SILENT_FROM_US = 0, 1, 2, 3, 4


class Table(NamedTuple):
    """A definition as arrays."""

    enter: NDArray[np.uint8]  # (n_names,) stage that a touchpoint enters alone, or NO_STAGE
    outcome: NDArray[np.uint8]  # (n_names,) SUCCESS, FAILURE or 0
    day_us: NDArray[np.int64]  # (n_stages,) age at which a stage begins, or NEVER
    step: NDArray[np.uint8]  # (n_stages, n_names) which step of the stage it is, or NO_STEP
    order: NDArray[np.int32]  # (n_stages, MOST_STEPS) codes of steps in order; -1: any order
    need: NDArray[np.int64]  # (n_stages,) steps it takes; 0: the stage has no steps
    bars: NDArray[np.int64]  # (n_names,) bit s: keeps a customer out of stage s
    back: NDArray[np.bool_]  # (n_stages,) customers further on may come back
    rules: NDArray[np.int64]  # (5,) as named above


class Found(NamedTuple):
    """What a walk fills in."""

    stage: NDArray[np.int8]  # (n_events,)
    entered_us: NDArray[np.int64]  # (n_customers, n_stages)
    furthest: NDArray[np.int8]  # (n_customers,)
    status: NDArray[np.int8]  # (n_customers,)
    last: NDArray[np.int64]  # (n_customers,)
    position_then: NDArray[np.int8]  # (n_events,) position after each touchpoint; (0,) not wanted
    status_then: NDArray[np.int8]  # (n_events,) outcome after each touchpoint, -1: none


@njit(cache=True, nogil=True)
def _start(at: NDArray[np.int64], steps: NDArray[np.int64], entered: NDArray[np.int64]) -> None:
    """Begin a walk: outside, nothing done, nothing barred."""
    at[:] = 0
    at[POSITION], at[STATUS], at[BEGIN], at[LAST] = -1, -1, -1, -1
    steps[:] = 0
    entered[:] = NEVER


@njit(cache=True, nogil=True)
def _bits(mask: int) -> int:
    """Count the bits that are set."""
    n = 0
    while mask:
        mask &= mask - 1
        n += 1
    return n


@njit(cache=True, nogil=True)
def _completed(code: int, steps: NDArray[np.int64], t: Table) -> int:
    """Note a step, and give the furthest bits of the stages whose rule it completes."""
    done = 0
    for s in range(t.need.size):
        if t.need[s] == 0 or t.step[s, code] == NO_STEP:
            continue
        if t.order[s, 0] >= 0:
            steps[s] += t.order[s, steps[s]] == code
            n = steps[s]
        else:
            steps[s] |= 1 << np.int64(t.step[s, code])
            n = _bits(steps[s])
        if n == t.need[s]:
            steps[s] = 0
            done |= 1 << s
    return done


@njit(cache=True, nogil=True)
def _wanted(
    code: int, by_state: int, at: NDArray[np.int64], steps: NDArray[np.int64], t: Table
) -> int:
    """Give the furthest stage that a touchpoint enters and nothing bars, or -1."""
    at[BARRED] |= t.bars[code]
    enters = _completed(code, steps, t)
    if t.enter[code] != NO_STAGE:
        enters |= 1 << np.int64(t.enter[code])
    if by_state != NO_STAGE:
        enters |= 1 << by_state
    enters &= ~at[BARRED]
    wanted = -1
    while enters:
        wanted += 1
        enters >>= 1
    return wanted


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
    entered[to + 1 :] = NEVER
    steps[to + 1 :] = 0
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
    t: Table,
) -> None:
    """Move forward by rule or by days, or back; moving lifts what was barred."""
    position = at[POSITION]
    furthest = max(position, wanted)
    for s in range(position + 1, t.day_us.size):
        if t.day_us[s] != NEVER and time_us - at[ENTRY_US] >= t.day_us[s]:
            entered[s] = at[ENTRY_US] + t.day_us[s]
            furthest = max(furthest, s)
    if wanted > position and wanted == furthest:
        entered[wanted] = time_us
    if furthest > position:
        at[POSITION] = furthest
        at[BARRED] = 0
    elif 0 <= wanted < position and t.back[wanted]:
        _go_back(wanted, row, at, steps, entered, stage)
        at[BARRED] = 0


@njit(cache=True, nogil=True)
def _step(
    row: int,
    code: int,
    by_state: int,
    time_us: int,
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    stage: NDArray[np.int8],
    t: Table,
) -> None:
    """Take one touchpoint into the walk."""
    stage[row] = -1
    wanted = _wanted(code, by_state, at, steps, t)
    if at[POSITION] < 0 or at[STATUS] >= 0:
        if wanted < 0 and not t.rules[ANY_ENTERS]:
            return
        if at[STATUS] >= 0:
            if not t.rules[LAST_COUNTS]:
                return
            for i in range(at[BEGIN], row):
                stage[i] = -1
            entered[:] = NEVER
        at[POSITION], at[STATUS], at[BEGIN], at[ENTRY_US] = -1, -1, row, time_us
        wanted = max(wanted, 0)
    elif time_us - at[ENTRY_US] > t.rules[WINDOW_US]:
        return
    _move(wanted, row, time_us, at, steps, entered, stage, t)
    stage[row] = at[POSITION]
    at[LAST] = row
    if t.outcome[code] != 0:
        at[STATUS] = DONE if t.outcome[code] == SUCCESS else LEFT
        at[BARRED] = 0
        steps[:] = 0


@njit(cache=True, nogil=True)
def _walk_whole(
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    found: Found,
    t: Table,
) -> None:
    """Walk all touchpoints of a customer."""
    _start(at, steps, entered)
    for i in range(first, end):
        state = np.int64(by_state[i]) if by_state.size > 0 else NO_STAGE
        _step(i, code[i], state, time_us[i], at, steps, entered, found.stage, t)
        if found.position_then.size > 0:
            found.position_then[i], found.status_then[i] = at[POSITION], at[STATUS]


@njit(cache=True, nogil=True)
def _rank(position: int, status: int, begin: int) -> int:
    """Order passages: done before not done, then the furthest, then the earliest."""
    if position < 0:
        return np.int64(-1)
    return ((128 if status == DONE else 0) + position + 1) * (1 << 48) - begin


@njit(cache=True, nogil=True)
def _fill_silent(
    first: int,
    end: int,
    key: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    at: NDArray[np.int64],
    stage: NDArray[np.int8],
    window_us: int,
) -> None:
    """Put touchpoints without the held value into the stage in which the passage then stands."""
    here = -1
    for i in range(max(first, at[BEGIN]), end):
        if time_us[i] - at[ENTRY_US] > window_us or (at[STATUS] >= 0 and i > at[LAST]):
            return
        if key[i] == NO_KEY:
            stage[i] = here
            at[LAST] = max(at[LAST], i)
        elif stage[i] >= 0:
            here = stage[i]


@njit(cache=True, nogil=True)
def _walk_run(
    rows: NDArray[np.int64],
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    then: NDArray[np.int64],
    first: int,
    found: Found,
    t: Table,
) -> None:
    """Walk the touchpoints that carry one value."""
    _start(at, steps, entered)
    for i in rows:
        state = np.int64(by_state[i]) if by_state.size > 0 else NO_STAGE
        _step(i, code[i], state, time_us[i], at, steps, entered, found.stage, t)
        if then.shape[1] > 0:
            k = i - first
            then[0, k], then[1, k], then[2, k] = at[POSITION], at[STATUS], at[BEGIN]


@njit(cache=True, nogil=True)
def _walk_held(
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    key: NDArray[np.uint16],
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    found: Found,
    t: Table,
) -> None:
    """Walk a customer once for each value held, then once more by the value that counts."""
    rows = np.argsort(key[first:end], kind="mergesort") + first
    then = np.empty((3, end - first if found.position_then.size > 0 else 0), np.int64)
    found.stage[first:end] = -1
    best, kept_from, kept_to, begin = np.int64(-1), 0, 0, 0
    for k in range(1, rows.size + 1):
        if k < rows.size and key[rows[k]] == key[rows[begin]]:
            continue
        if key[rows[begin]] != NO_KEY:
            run = rows[begin:k]
            _walk_run(run, code, time_us, by_state, at, steps, entered, then, first, found, t)
            found.stage[run] = -1
            rank = _rank(at[POSITION], at[STATUS], at[BEGIN])
            if rank > best:
                best, kept_from, kept_to = rank, begin, k
        begin = k
    run = rows[kept_from:kept_to]
    _walk_run(run, code, time_us, by_state, at, steps, entered, then, first, found, t)
    if best >= 0:
        _fill_silent(first, end, key, time_us, at, found.stage, t.rules[WINDOW_US])
    if then.shape[1] > 0:
        _merge(first, end, key, rows, then, found)


@njit(cache=True, nogil=True)
def _merge(
    first: int,
    end: int,
    key: NDArray[np.uint16],
    rows: NDArray[np.int64],
    then: NDArray[np.int64],
    found: Found,
) -> None:
    """Give the passage that counted after each touchpoint, out of all values seen until then."""
    n = end - first
    run_of = np.empty(n, np.int64)
    runs = -1
    for k in range(n):
        runs += k == 0 or key[rows[k - 1]] != key[rows[k]]
        run_of[rows[k] - first] = runs
    rank = np.full(runs + 1, -1, np.int64)
    at = np.full(runs + 1, -1, np.int64)
    best = 0
    for k in range(n):
        r = run_of[k]
        if key[first + k] != NO_KEY:
            at[r], rank[r] = k, _rank(then[0, k], then[1, k], then[2, k])
            if rank[r] > rank[best]:
                best = r
            elif r == best:
                best = np.argmax(rank)
        row = first + k
        found.position_then[row] = then[0, at[best]] if rank[best] >= 0 else -1
        found.status_then[row] = then[1, at[best]] if rank[best] >= 0 else -1


@njit(cache=True, nogil=True)
def walk_rules(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    by_state: NDArray[np.uint8],  # (n_events,) stage entered by a state, or NO_STAGE; (0,) if none
    key: NDArray[np.uint16],  # (n_events,) value that one passage holds, or NO_KEY; (0,) if none
    t: Table,
    found: Found,  # OUT
) -> None:
    """Walk every customer by rules. One pass over the touchpoints; two where a value is held."""
    n_stages = t.day_us.size
    at = np.empty(N_STATE, np.int64)
    steps = np.empty(n_stages, np.int64)
    entered = np.empty(n_stages, np.int64)
    for c in range(offsets.size - 1):
        first, end = offsets[c], offsets[c + 1]
        if key.size > 0:
            _walk_held(first, end, code, time_us, by_state, key, at, steps, entered, found, t)
        else:
            _walk_whole(first, end, code, time_us, by_state, at, steps, entered, found, t)
        how = at[STATUS]
        if how < 0:
            how = OPEN
            if at[POSITION] == n_stages - 1 and t.rules[HAS_SUCCESS] == 0:
                how = DONE
            elif at[POSITION] >= 0 and time_us[end - 1] <= t.rules[SILENT_FROM_US]:
                how = LEFT
        found.entered_us[c, :] = entered
        found.furthest[c], found.status[c], found.last[c] = at[POSITION], how, at[LAST]
