"""Every customer walked by rules, and once for each value where a passage holds one.

Functions here take arrays and fill arrays. `trod.journeys.passage` defines every word;
`tests/slow_twins/passage.py` holds the obvious version. The plain walk in
`trod._kernels.passage` knows none of this and is faster; where nothing new is used both agree.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import DONE, LEFT, NEVER, OPEN, done_at
from trod._kernels.passage_steps import (
    BEGIN,
    ENTRY_US,
    HAS_SUCCESS,
    LAST,
    N_STATE,
    POSITION,
    SILENT_FROM_US,
    STATUS,
    WINDOW_US,
    start,
    walk_rows,
)

NO_KEY = np.iinfo(np.uint16).max  # touchpoint that says nothing about the held value


@njit(cache=True, nogil=True)
def _rank(position: int, status: int, begin: int, goal: int) -> int:
    """Order passages: done before not done, then the furthest, then the earliest."""
    if position < 0:
        return np.int64(-1)
    done = status == DONE or position == goal
    return ((128 if done else 0) + position + 1) * (1 << 48) - begin


@njit(cache=True, nogil=True)
def _fill_silent(
    end: int,
    key: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    at: NDArray[np.int64],
    stage: NDArray[np.int8],
    window_us: int,
) -> None:
    """Put touchpoints without the held value into the stage in which the passage then stands."""
    here = -1
    for i in range(at[BEGIN], end):
        if time_us[i] - at[ENTRY_US] > window_us or (at[STATUS] >= 0 and i > at[LAST]):
            return
        if key[i] == NO_KEY:
            stage[i] = here
            at[LAST] = max(at[LAST], i)
        elif stage[i] >= 0:
            here = stage[i]


@njit(cache=True, nogil=True)
def _merge(
    first: int,
    key: NDArray[np.uint16],
    rows: NDArray[np.int64],
    goal: int,
    then: NDArray[np.int64],
) -> None:
    """Give the passage that counted after each touchpoint, out of all values seen until then."""
    n = rows.size
    run_of = np.empty(n, np.int64)
    runs = -1
    for k in range(n):
        runs += k == 0 or key[rows[k - 1]] != key[rows[k]]
        run_of[rows[k] - first] = runs
    rank = np.full(runs + 1, -1, np.int64)
    stood = np.full((runs + 1, 2), -1, np.int64)
    best = 0
    for k in range(n):
        r = run_of[k]
        if key[first + k] != NO_KEY:
            rank[r] = _rank(then[0, k], then[1, k], then[2, k], goal)
            stood[r, 0], stood[r, 1] = then[0, k], then[1, k]
            if rank[r] > rank[best]:
                best = r
            elif r == best:
                best = np.argmax(rank)
        then[0, k] = stood[best, 0] if rank[best] >= 0 else -1
        then[1, k] = stood[best, 1] if rank[best] >= 0 else -1


@njit(cache=True, nogil=True)
def _rows_that_count(
    rows: NDArray[np.int64],  # touchpoints of a customer by the value they carry
    first: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    by_state: NDArray[np.uint8],
    key: NDArray[np.uint16],
    of_name: NDArray[np.int64],
    of_stage: NDArray[np.int64],
    step: NDArray[np.uint8],
    order: NDArray[np.int32],
    rules: NDArray[np.int64],
    at: NDArray[np.int64],
    steps: NDArray[np.int64],
    entered: NDArray[np.int64],
    stage: NDArray[np.int8],
    then: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Walk by each value, and give the touchpoints of the one that counts."""
    best, kept_from, kept_to, begin = np.int64(-1), 0, 0, 0
    goal = done_at(of_stage.shape[0], rules[HAS_SUCCESS] != 0)
    stage[first:end] = -1
    for k in range(1, rows.size + 1):
        if k < rows.size and key[rows[k]] == key[rows[begin]]:
            continue
        if key[rows[begin]] != NO_KEY:
            walk_rows(
                rows[begin:k], first, end, code, time_us, by_state, of_name, of_stage, step, order,
                rules, at, steps, entered, stage, then,
            )  # fmt: skip
            for i in rows[begin:k]:
                stage[i] = -1
            rank = _rank(at[POSITION], at[STATUS], at[BEGIN], goal)
            if rank > best:
                best, kept_from, kept_to = rank, begin, k
        begin = k
    return rows[kept_from:kept_to]


@njit(cache=True, nogil=True)
def _judged(position: int, outcome: int, goal: int, last_us: int, rules: NDArray[np.int64]) -> int:
    """Say whether a customer is open, has left or is done, at the end of the record."""
    if outcome >= 0:
        return outcome
    if position == goal:
        return DONE
    return LEFT if position >= 0 and last_us <= rules[SILENT_FROM_US] else OPEN


@njit(cache=True, nogil=True)
def walk_rules(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    by_state: NDArray[np.uint8],  # (n_events,) stage entered by a state, or NO_STAGE; (0,) if none
    key: NDArray[np.uint16],  # (n_events,) value that one passage holds, or NO_KEY; (0,) if none
    of_name: NDArray[np.int64],  # (n_names, N_OF_NAME) stage it enters alone or -1, outcome,
    #                              stages it bars as bits, stages it is a step of as bits
    of_stage: NDArray[np.int64],  # (n_stages, N_OF_STAGE) age it begins at or NEVER, steps it
    #                               takes, whether in order, whether customers may come back
    step: NDArray[np.uint8],  # (n_stages, n_names) which step of the stage it is, or NO_STEP
    order: NDArray[np.int32],  # (n_stages, longest) codes of steps in order
    rules: NDArray[np.int64],  # (7,) as named above
    stage: NDArray[np.int8],  # (n_events,) OUT
    entered_us: NDArray[np.int64],  # (n_customers, n_stages) OUT
    furthest: NDArray[np.int8],  # (n_customers,) OUT
    status: NDArray[np.int8],  # (n_customers,) OUT
    last: NDArray[np.int64],  # (n_customers,) OUT
    course: NDArray[np.int8],  # (2, n_events) OUT position and outcome then; (2, 0): not wanted
) -> None:
    """Walk every customer by rules; by each value held, then again by the one that counts."""
    goal = done_at(of_stage.shape[0], rules[HAS_SUCCESS] != 0)
    n_stages, wanted, held = of_stage.shape[0], course.shape[1] > 0, key.size > 0
    at, steps = np.empty(N_STATE, np.int64), np.empty(n_stages, np.int64)
    rows, then = np.empty(0, np.int64), np.empty((3, 0), np.int64)
    for c in range(offsets.size - 1):
        first, end, entered = offsets[c], offsets[c + 1], entered_us[c]
        if wanted:
            then = np.empty((3, end - first), np.int64)
        by_value = rows
        if held:
            by_value = np.argsort(key[first:end], kind="mergesort") + first
            rows = _rows_that_count(
                by_value, first, end, code, time_us, by_state, key, of_name, of_stage, step, order,
                rules, at, steps, entered, stage, then,
            )  # fmt: skip
        if held and rows.size == 0:
            start(at, steps, entered)
        else:
            walk_rows(
                rows, first, end, code, time_us, by_state, of_name, of_stage, step, order, rules,
                at, steps, entered, stage, then,
            )  # fmt: skip
        if held and rows.size > 0:
            _fill_silent(end, key, time_us, at, stage, rules[WINDOW_US])
        if wanted:
            if held:
                _merge(first, key, by_value, goal, then)
            for i in range(first, end):  # an array put into another compiles for three seconds
                course[0, i], course[1, i] = then[0, i - first], then[1, i - first]
        last_us = time_us[end - 1] if end > first else NEVER
        furthest[c], last[c] = at[POSITION], at[LAST]
        status[c] = _judged(at[POSITION], at[STATUS], goal, last_us, rules)
