"""Ordered and strict funnels over touchpoints grouped by customer.

Functions here take arrays and fill arrays. `trod.analyses.funnel` defines the words, checks and
names things; `tests/slow_twins/funnel.py` holds the obvious versions. All give for each customer
the number of steps completed, and the times of the steps of the attempt that counts.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.histogram import bin_of

NEVER = np.iinfo(np.int64).min


@njit(cache=True, nogil=True)
def _extend(
    i: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    step_code: NDArray[np.int64],
    window_us: int,
    chain: NDArray[np.int64],  # (n_steps, n_steps) row s: times of the attempt that reached s
    started: NDArray[np.int64],  # (n_steps,) row of the first step of that attempt, or -1
) -> int:
    """Let one touchpoint extend the attempts; give the furthest step it newly completed, or -1."""
    furthest = -1
    # Downwards, so that one touchpoint never completes two steps of an attempt at once.
    for s in range(step_code.size - 1, -1, -1):
        if code[i] != step_code[s]:
            continue
        if s == 0:
            started[0] = i
        elif started[s - 1] > started[s] and time_us[i] - chain[s - 1, 0] <= window_us:
            started[s] = started[s - 1]
            for k in range(s):
                chain[s, k] = chain[s - 1, k]
        else:
            continue
        chain[s, s] = time_us[i]
        furthest = max(furthest, s)
    return furthest


@njit(cache=True, nogil=True)
def best_attempt(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    is_step: NDArray[np.bool_],  # (n_names,)
    step_code: NDArray[np.int64],  # (n_steps,)
    window_us: int,  # longest allowed time from first step to last
    furthest: NDArray[np.int16],  # (n_customers,) OUT: steps completed, 0 to n_steps
    reached_us: NDArray[np.int64],  # (n_customers, n_steps) OUT: NEVER where not completed
) -> None:
    """Count the steps of the best attempt.

    It is enough to remember, for each step, the latest start of an attempt that reached it: any
    later touchpoint can only extend that attempt at least as well as an older one.
    O(n_events + n_events_that_are_steps * n_steps).
    """
    n_steps = step_code.size
    chain = np.empty((n_steps, n_steps), np.int64)
    started = np.empty(n_steps, np.int64)
    for c in range(offsets.size - 1):
        for k in range(n_steps):
            started[k] = -1
            reached_us[c, k] = NEVER
        best = -1
        for i in range(offsets[c], offsets[c + 1]):
            if not is_step[code[i]]:
                continue
            s = _extend(i, code, time_us, step_code, window_us, chain, started)
            if s > best:
                best = s
                for k in range(s + 1):
                    reached_us[c, k] = chain[s, k]
        furthest[c] = best + 1


@njit(cache=True, nogil=True)
def first_attempt(
    offsets: NDArray[np.int64],
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    step_code: NDArray[np.int64],
    window_us: int,
    furthest: NDArray[np.int16],  # OUT
    reached_us: NDArray[np.int64],  # OUT
) -> None:
    """Count the steps of the attempt that starts with the first touchpoint of the first step."""
    n_steps = step_code.size
    for c in range(offsets.size - 1):
        done = 0
        for k in range(n_steps):
            reached_us[c, k] = NEVER
        for i in range(offsets[c], offsets[c + 1]):
            if code[i] != step_code[done]:
                continue
            if done > 0 and time_us[i] - reached_us[c, 0] > window_us:
                break
            reached_us[c, done] = time_us[i]
            done += 1
            if done == n_steps:
                break
        furthest[c] = done


@njit(cache=True, nogil=True)
def _run_from(
    i: int,
    end: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    step_code: NDArray[np.int64],
    window_us: int,
) -> int:
    """Give how many steps are completed by the touchpoints from `i` on, one after another."""
    done = 0
    while (
        done < step_code.size
        and i + done < end
        and code[i + done] == step_code[done]
        and time_us[i + done] - time_us[i] <= window_us
    ):
        done += 1
    return done


@njit(cache=True, nogil=True)
def strict_attempt(
    offsets: NDArray[np.int64],
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    step_code: NDArray[np.int64],
    window_us: int,
    first_only: int,  # 1: only the first touchpoint of the first step may start
    furthest: NDArray[np.int16],  # OUT
    reached_us: NDArray[np.int64],  # OUT
) -> None:
    """Count steps that follow each other directly; the earliest of the best attempts counts."""
    for c in range(offsets.size - 1):
        best, end = 0, offsets[c + 1]
        for k in range(step_code.size):
            reached_us[c, k] = NEVER
        for i in range(offsets[c], end):
            if code[i] != step_code[0]:
                continue
            done = _run_from(i, end, code, time_us, step_code, window_us)
            if done > best:
                best = done
                for k in range(done):
                    reached_us[c, k] = time_us[i + k]
            if first_only != 0:
                break
        furthest[c] = best


@njit(cache=True, nogil=True)
def time_steps(
    furthest: NDArray[np.int16],  # (n_customers,) steps completed
    reached_us: NDArray[np.int64],  # (n_customers, n_steps)
    counts: NDArray[np.int64],  # (n_steps, N_BINS) IN AND OUT: row 0: first to last step,
    #                             row i: step i-1 to i
) -> None:
    """Count the times between steps in their histograms."""
    n_steps = counts.shape[0]
    for c in range(furthest.size):
        for later in range(1, furthest[c]):
            counts[later, bin_of(reached_us[c, later] - reached_us[c, later - 1])] += 1
        if furthest[c] == n_steps:
            counts[0, bin_of(reached_us[c, n_steps - 1] - reached_us[c, 0])] += 1
