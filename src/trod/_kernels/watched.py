"""What customers did before a moment of their own, and whether an outcome came after it.

Functions here take arrays and fill arrays. `trod.outcomes.observed` defines every word;
`tests/slow_twins/watched.py` holds the obvious version.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.at_risk import LEAVES, REACHED, SUCCEEDS, TOUCHED, comes_at
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
        out[k, STOOD] = -1
        out[k, LAST_US] = NEVER
        out[k, FIRST_US] = time_us[first] if first < end else NEVER
        i = first
        while i < end and time_us[i] <= now:
            recent = time_us[i] > now - within_us
            out[k, BEFORE] += 1
            out[k, RECENT] += recent
            if recent and kind == TOUCHED and names[code[i]]:
                out[k, HAD] += 1
            if recent and value[i] != NEVER:
                out[k, MONEY_BEFORE] += value[i]
            i += 1
        if i > first:
            out[k, STOOD], out[k, LAST_US] = position[i - 1], time_us[i - 1]
            out[k, ALREADY] = _already(
                kind, stage, position[i - 1], outcome[i - 1], now - time_us[i - 1], silence_us
            )
        if kind == LEAVES and i > first:
            i -= 1  # a silence that began before the decision is leaving after it
        begun = i
        while i < end and time_us[i] <= now + within_us:
            if kind == LEAVES and outcome[i] == DONE:
                break
            after = time_us[i] > now
            if after and value[i] != NEVER:
                out[k, MONEY_AFTER] += value[i]
            if kind != MONEY and out[k, HAPPENED] == 0:
                comes = comes_at(
                    i, first, end, code, time_us, position, outcome, names, kind, stage,
                    silence_us, as_of_us,
                )  # fmt: skip
                if comes and (after or (i == begun and outcome[i] != LEFT)):
                    out[k, HAPPENED] = 1
            i += 1
