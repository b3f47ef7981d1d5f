"""What customers did before a moment of their own, and whether an outcome came after it.

Functions here take arrays and fill arrays. `trod.outcomes.observed` defines every word;
`tests/slow_twins/watched.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.at_risk import LEAVES, REACHED, SUCCEEDS, comes_at
from trod._kernels.passage import DONE, LEFT, NEVER

MONEY = 4
N_FACTS = 10
(
    STOOD, ALREADY, HAPPENED, MONEY_AFTER, RECENT, BEFORE, HAD, MONEY_BEFORE, LAST_US, FIRST_US,
) = range(N_FACTS)  # fmt: skip


@njit(cache=True, nogil=True)
def _already(
    kind: int, stage: int, stood: int, outcome: int, quiet_us: int, silence_us: int
) -> bool:
    """Say whether there is nothing left to wait for at the decision."""
    if kind == REACHED:
        return stood >= stage
    if kind == SUCCEEDS:
        return outcome == DONE
    if kind == LEAVES:
        return outcome in (LEFT, DONE) or quiet_us >= silence_us
    return False


@njit(cache=True, nogil=True)
def _before(
    first: int,
    end: int,
    now: int,
    within_us: int,
    code: NDArray[np.uint16],
    time_us: NDArray[np.int64],
    value: NDArray[np.int64],
    names: NDArray[np.bool_],
    facts: NDArray[np.int64],
) -> int:
    """Count what is known at the decision; give the first row after it."""
    i = first
    while i < end and time_us[i] <= now:
        facts[BEFORE] += 1
        if time_us[i] > now - within_us:
            facts[RECENT] += 1
            facts[HAD] += names[code[i]]
            if value[i] != NEVER:
                facts[MONEY_BEFORE] += value[i]
        i += 1
    return i


@njit(cache=True, nogil=True)
def _money(
    begun: int, end: int, until_us: int, time_us: NDArray[np.int64], value: NDArray[np.int64]
) -> int:
    """Sum money from a row on, up to a moment."""
    total, i = 0, begun
    while i < end and time_us[i] <= until_us:
        if value[i] != NEVER:
            total += value[i]
        i += 1
    return total


@njit(cache=True, nogil=True)
def watched(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    value: NDArray[np.int64],  # (n_events,) money, or NEVER
    position: NDArray[np.int8],  # (n_events,) stage after the touchpoint, as it looked then
    outcome: NDArray[np.int8],  # (n_events,) LEFT or DONE by a touchpoint, -1 without one
    names: NDArray[np.bool_],  # (n_names,) touchpoints that are the outcome
    rules: NDArray[np.int64],  # (5,) kind, stage, silence, as of, within
    who: NDArray[np.int64],  # (n,) customers
    decided_us: NDArray[np.int64],  # (n,) the moment of each
    out: NDArray[np.int64],  # (n, N_FACTS) OUT
) -> None:
    """Look at each customer around a moment. O(touchpoints of those customers)."""
    kind, stage, silence_us, as_of_us, within_us = rules[0], rules[1], rules[2], rules[3], rules[4]
    for k in range(who.size):
        first, end = offsets[who[k]], offsets[who[k] + 1]
        now = decided_us[k]
        out[k, :] = 0
        out[k, STOOD], out[k, LAST_US], out[k, FIRST_US] = -1, NEVER, NEVER
        i = _before(first, end, now, within_us, code, time_us, value, names, out[k])
        out[k, MONEY_AFTER] = _money(i, end, now + within_us, time_us, value)
        if i > first:
            out[k, STOOD], out[k, LAST_US] = position[i - 1], time_us[i - 1]
            out[k, FIRST_US] = time_us[first]
            out[k, ALREADY] = _already(
                kind, stage, position[i - 1], outcome[i - 1], now - time_us[i - 1], silence_us
            )
        if kind == LEAVES and i > first and outcome[i - 1] != LEFT:
            i -= 1  # a silence that began before the decision is leaving after it
        while kind != MONEY and i < end and time_us[i] <= now + within_us:
            if kind == LEAVES and outcome[i] == DONE:
                break
            if comes_at(
                i, first, end, code, time_us, position, outcome, names, kind, stage, silence_us,
                as_of_us,
            ):  # fmt: skip
                out[k, HAPPENED] = 1
                break
            i += 1
