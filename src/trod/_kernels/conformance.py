"""How each customer walks an intended path: which steps, in which order, how often, what between.

Functions here take arrays and fill arrays. `trod.analyses.conformance` defines every word, checks
and names things; `tests/slow_twins/conformance.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.passage import DONE, LEFT, NEVER

NO_STEP = -1
FOLLOWS, DEVIATES, ON_THE_WAY, OUTSIDE = 0, 1, 2, 3
FIRST, AGAIN, VISITS, PRIOR = 0, 1, 2, 3  # of a walk, per step
SKIPPED, LATE, REPEATED, INSERTED, STOPPED = 0, 1, 2, 3, 4


@njit(cache=True, nogil=True)
def _mark(i: int, step: int, before: int, furthest: int, walk: NDArray[np.int64]) -> int:
    """Note a touchpoint of a step; give the furthest step so far."""
    if walk[FIRST, step] < 0:
        walk[FIRST, step] = i
        walk[VISITS, step] = 1
        walk[PRIOR, step] = furthest if furthest > step else -1
    elif before != step:
        walk[VISITS, step] += 1
        if walk[AGAIN, step] < 0:
            walk[AGAIN, step] = i
    return max(furthest, step)


@njit(cache=True, nogil=True)
def _follow(
    c: int,
    first: int,
    end: int,
    code: NDArray[np.uint16],
    stage: NDArray[np.int8],
    entered_us: NDArray[np.int64],
    step_of: NDArray[np.int16],
    by_rule: NDArray[np.bool_],
    loops: bool,
    walk: NDArray[np.int64],
) -> int:
    """Fill the walk of one customer: rows, visits and the step before each; give the furthest."""
    for step in range(walk.shape[1]):
        walk[FIRST, step] = walk[AGAIN, step] = walk[PRIOR, step] = -1
        walk[VISITS, step] = 0
    furthest, before, at = -1, -1, -1
    for i in range(first, end):
        if stage[i] < 0:
            continue
        for s in range(at + 1, min(stage[i] + 1, by_rule.size)):
            if by_rule[s] and entered_us[c, s] != NEVER:
                furthest = _mark(i, s, before, furthest, walk)
                before = s
        at = max(at, np.int64(stage[i]))
        step = np.int64(step_of[code[i]])
        if step >= 0:
            furthest = _mark(i, step, -1 if loops else before, furthest, walk)
            before = step
    return furthest


@njit(cache=True, nogil=True)
def _begin(walk: NDArray[np.int64], end: int) -> int:
    """Give the row of the first step done of any; `end` without one."""
    begin = end
    for step in range(walk.shape[1]):
        if walk[FIRST, step] >= 0:
            begin = min(begin, walk[FIRST, step])
    return begin


@njit(cache=True, nogil=True)
def _finish(walk: NDArray[np.int64], end: int) -> int:
    """Give the row at which the last step was first done; `end` without one."""
    row = walk[FIRST, walk.shape[1] - 1]
    return row if row >= 0 else end


@njit(cache=True, nogil=True)
def _skips_until(furthest: int, status: int, n_steps: int) -> int:
    """Give the step before which all steps should have been done."""
    return n_steps if status == DONE else furthest


@njit(cache=True, nogil=True)
def _steps_deviate(
    walk: NDArray[np.int64],
    furthest: int,
    status: int,
    needed: NDArray[np.bool_],
    once: NDArray[np.bool_],
    skipped: NDArray[np.int64],
    late: NDArray[np.int64],
    repeated: NDArray[np.int64],
    stopped: NDArray[np.int64],
) -> bool:
    """Count the deviations of one customer that concern steps; say whether there are any."""
    n_steps, deviates = needed.size, False
    for step in range(_skips_until(furthest, status, n_steps)):
        if walk[FIRST, step] < 0 and needed[step]:
            skipped[step] += 1
            deviates = True
    for step in range(n_steps):
        if walk[PRIOR, step] >= 0:
            late[step, walk[PRIOR, step]] += 1
            deviates = True
        if walk[VISITS, step] > 1 and once[step]:
            repeated[step, 0] += 1
            repeated[step, 1] += walk[VISITS, step] - 1
            deviates = True
    if status == LEFT and furthest < n_steps - 1:
        stopped[furthest + 1] += 1
        deviates = True
    return deviates


@njit(cache=True, nogil=True)
def count_deviations(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,) stage after the touchpoint, -1 outside the passage
    entered_us: NDArray[np.int64],  # (n_customers, n_stages)
    furthest_stage: NDArray[np.int8],  # (n_customers,) -1 outside
    status: NDArray[np.int8],  # (n_customers,)
    step_of: NDArray[np.int16],  # (n_names,) step of the path, or NO_STEP
    by_rule: NDArray[np.bool_],  # (n_steps,) done by entering the stage, whatever the touchpoint
    needed: NDArray[np.bool_],  # (n_steps,) False for steps that may be left out
    once: NDArray[np.bool_],  # (n_steps,) False for steps that customers may come back to
    strange: NDArray[np.bool_],  # (n_names,) touchpoints that do not belong on the path
    loops: bool,  # a step twice in a row is a repeat, too
    walk: NDArray[np.int64],  # (4, n_steps) SCRATCH
    stamp: NDArray[np.int64],  # (n_stages, n_names) SCRATCH: -1 everywhere
    group: NDArray[np.int8],  # (n_customers,) OUT: FOLLOWS, DEVIATES, ON_THE_WAY or OUTSIDE
    skipped: NDArray[np.int64],  # (n_steps,) IN AND OUT
    late: NDArray[np.int64],  # (n_steps, n_steps) IN AND OUT: step first done after a later one
    repeated: NDArray[np.int64],  # (n_steps, 2) IN AND OUT: customers, times
    inserted: NDArray[np.int64],  # (n_stages, n_names, 2) IN AND OUT: customers, times
    stopped: NDArray[np.int64],  # (n_steps,) IN AND OUT: left before this step
) -> None:
    """Count every deviation. One pass over the touchpoints."""
    for c in range(group.size):
        group[c] = OUTSIDE
        if furthest_stage[c] < 0:
            continue
        furthest = _follow(
            c, offsets[c], offsets[c + 1], code, stage, entered_us, step_of, by_rule, loops, walk
        )
        deviates = _steps_deviate(
            walk, furthest, status[c], needed, once, skipped, late, repeated, stopped
        )
        end = offsets[c + 1]
        for i in range(_begin(walk, end), _finish(walk, end)):
            if stage[i] >= 0 and strange[code[i]]:
                deviates = True
                inserted[stage[i], code[i], 1] += 1
                if stamp[stage[i], code[i]] != c:
                    stamp[stage[i], code[i]] = c
                    inserted[stage[i], code[i], 0] += 1
        if deviates:
            group[c] = DEVIATES
        else:
            group[c] = FOLLOWS if furthest == needed.size - 1 else ON_THE_WAY


@njit(cache=True, nogil=True)
def _moments(
    kind: int,
    a: int,
    b: int,
    walk: NDArray[np.int64],
    n_steps: int,
    found: NDArray[np.int64],  # (2,) OUT: row from which the customer is compared, row of deviating
) -> None:
    """Give the rows of one deviation about steps; -1 where there is none."""
    found[0] = found[1] = -1
    if kind == SKIPPED:
        for step in range(a + 1, n_steps):
            row = walk[FIRST, step]
            if row >= 0 and (found[0] < 0 or row < found[0]):
                found[0] = row
        if found[0] >= 0 and (walk[FIRST, a] < 0 or walk[FIRST, a] > found[0]):
            found[1] = found[0]
    elif kind == LATE:
        if walk[FIRST, a] >= 0 and walk[FIRST, b] >= 0:
            if walk[PRIOR, a] == b:
                found[0] = found[1] = walk[FIRST, a]
            elif walk[FIRST, a] <= walk[FIRST, b]:
                found[0] = walk[FIRST, b]
    elif kind == REPEATED:
        found[0], found[1] = walk[FIRST, a], walk[AGAIN, a]


@njit(cache=True, nogil=True)
def deviation_rows(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,)
    entered_us: NDArray[np.int64],  # (n_customers, n_stages)
    furthest_stage: NDArray[np.int8],  # (n_customers,)
    step_of: NDArray[np.int16],  # (n_names,)
    by_rule: NDArray[np.bool_],  # (n_steps,)
    loops: bool,
    asked: NDArray[np.int64],  # (n_asked, 3) kind, step or stage, other step or touchpoint
    walk: NDArray[np.int64],  # (4, n_steps) SCRATCH
    rows: NDArray[np.int64],  # (n_customers, n_asked, 2) OUT: compared from, deviated at; or -1
) -> None:
    """Find when customers deviated, and from when on they can be compared with those who did."""
    for c in range(furthest_stage.size):
        rows[c] = -1
        if furthest_stage[c] < 0:
            continue
        first, end = offsets[c], offsets[c + 1]
        _follow(c, first, end, code, stage, entered_us, step_of, by_rule, loops, walk)
        for d in range(asked.shape[0]):
            kind, a, b = asked[d, 0], asked[d, 1], asked[d, 2]
            if kind != INSERTED:
                _moments(kind, a, b, walk, walk.shape[1], rows[c, d])
                continue
            for i in range(_begin(walk, end), _finish(walk, end)):
                if stage[i] == a:
                    if rows[c, d, 0] < 0:
                        rows[c, d, 0] = i
                    if code[i] == b:
                        rows[c, d, 1] = i
                        break


@njit(cache=True, nogil=True)
def compare(
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    last: NDArray[np.int64],  # (n_customers,) last row of the passage
    status: NDArray[np.int8],  # (n_customers,)
    done_us: NDArray[np.int64],  # (n_customers,) moment of being done, or NEVER
    failure: NDArray[np.bool_],  # (n_names,)
    own: NDArray[np.bool_],  # (n_asked, n_names) touchpoints that show the deviation, not presence
    after_us: NDArray[np.int64],  # (n_asked,) landmark, from the row compared from
    rows: NDArray[np.int64],  # (n_customers, n_asked, 2)
    cells: NDArray[np.int64],  # (n_asked, 2, 2) IN AND OUT: deviated by then, done later
) -> None:
    """Count, of those still on the way at each landmark, who deviated by then and who got done."""
    for c in range(last.size):
        for d in range(after_us.size):
            row = rows[c, d, 0]
            if row < 0:
                continue
            mark_us = time_us[row] + after_us[d]
            i = last[c]
            if done_us[c] != NEVER:
                here = done_us[c] > mark_us
            elif status[c] == LEFT and failure[code[i]]:
                here = time_us[i] > mark_us
            else:
                while i > row and own[d, code[i]]:
                    i -= 1
                here = time_us[i] >= mark_us
            if here:
                at = rows[c, d, 1]
                deviated = at >= 0 and time_us[at] <= mark_us
                cells[d, np.int64(deviated), np.int64(status[c] == DONE)] += 1


@njit(cache=True, nogil=True)
def deviating(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    stage: NDArray[np.int8],  # (n_events,)
    entered_us: NDArray[np.int64],  # (n_customers, n_stages)
    furthest_stage: NDArray[np.int8],  # (n_customers,)
    status: NDArray[np.int8],  # (n_customers,)
    step_of: NDArray[np.int16],  # (n_names,)
    by_rule: NDArray[np.bool_],  # (n_steps,)
    loops: bool,
    kind: int,
    a: int,
    b: int,
    walk: NDArray[np.int64],  # (4, n_steps) SCRATCH
    found: NDArray[np.bool_],  # (n_customers,) OUT
) -> None:
    """Say which customers deviate in one way."""
    for c in range(found.size):
        found[c] = False
        if furthest_stage[c] < 0:
            continue
        first, end = offsets[c], offsets[c + 1]
        furthest = _follow(c, first, end, code, stage, entered_us, step_of, by_rule, loops, walk)
        if kind == INSERTED:
            for i in range(_begin(walk, end), _finish(walk, end)):
                if stage[i] == a and code[i] == b:
                    found[c] = True
                    break
        elif kind == SKIPPED:
            until = _skips_until(furthest, status[c], walk.shape[1])
            found[c] = walk[FIRST, a] < 0 and a < until
        elif kind == LATE:
            found[c] = walk[PRIOR, a] == b
        elif kind == REPEATED:
            found[c] = walk[VISITS, a] > 1
        else:
            found[c] = status[c] == LEFT and furthest + 1 == a
