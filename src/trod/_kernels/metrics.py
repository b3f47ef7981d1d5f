"""First and last moments of touchpoints, and money by period.

Functions here take arrays and fill arrays. `trod.analyses.metrics` checks and names things;
`tests/slow_twins/metrics.py` holds the obvious versions.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from trod._kernels.retention import _period

NEVER = np.iinfo(np.int64).min
REVENUE, PAYERS, UNVALUED = 0, 1, 2
STARTED, START, EXPANSION, CONTRACTION, CHURNED, GONE = 3, 4, 5, 6, 7, 8
SQUARES, N_LIMBS = 9, 5  # first limb of the sum of squares, the lowest; how many
N_MONEY = SQUARES + N_LIMBS
LIMB_BITS = 25
LIMB = 1 << LIMB_BITS  # a payer adds less than this to a limb: 2**38 payers fit into 64 bits


@njit(cache=True, nogil=True)
def first_and_last(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    wanted: NDArray[np.bool_],  # (n_names,)
    from_us: NDArray[np.int64],  # (n_customers,) moment from which the first one counts, or NEVER
    first_us: NDArray[np.int64],  # (n_customers,) OUT: first one then or later, or NEVER
    last_us: NDArray[np.int64],  # (n_customers,) OUT: last one of all, or NEVER
) -> None:
    """Find the first and the last of some touchpoints of each customer."""
    for c in range(from_us.size):
        first_us[c] = last_us[c] = NEVER
        for i in range(offsets[c], offsets[c + 1]):
            if wanted[code[i]]:
                last_us[c] = time_us[i]
                if first_us[c] == NEVER and from_us[c] != NEVER and time_us[i] >= from_us[c]:
                    first_us[c] = time_us[i]


@njit(cache=True, nogil=True)
def _spread(
    amount: int,
    period: int,
    covers: int,
    recurring: NDArray[np.int64],  # (n_periods,) IN AND OUT
) -> None:
    """Add an amount to the periods it covers, in equal parts; the remainder to the first ones."""
    part = amount // covers
    rest = amount - part * covers
    for k in range(covers):
        if period + k < recurring.size:
            recurring[period + k] += part + (1 if k < rest else 0)


@njit(cache=True, nogil=True)
def _add_square(
    amount: int,
    limbs: NDArray[np.int64],  # (N_LIMBS,) IN AND OUT
) -> None:
    """Add the square of an amount below 2**62, carried up so that every limb gets little."""
    x = abs(amount)
    c, b, a = x & (LIMB - 1), (x >> LIMB_BITS) & (LIMB - 1), x >> (2 * LIMB_BITS)
    carry = c * c
    limbs[0] += carry & (LIMB - 1)
    carry = (carry >> LIMB_BITS) + 2 * b * c
    limbs[1] += carry & (LIMB - 1)
    carry = (carry >> LIMB_BITS) + b * b + 2 * a * c
    limbs[2] += carry & (LIMB - 1)
    carry = (carry >> LIMB_BITS) + 2 * a * b
    limbs[3] += carry & (LIMB - 1)
    limbs[4] += (carry >> LIMB_BITS) + a * a


@njit(cache=True, nogil=True)
def _compare(
    recurring: NDArray[np.int64],
    over: int,
    money: NDArray[np.int64],
) -> None:
    """Add what became of one customer's recurring amount between two periods."""
    for p in range(over, recurring.size):
        start, end = recurring[p - over], recurring[p]
        if start <= 0:
            continue
        cell = money[p]
        cell[STARTED] += 1
        cell[START] += start
        if end <= 0:
            cell[CHURNED] += start
            cell[GONE] += 1
        elif end > start:
            cell[EXPANSION] += end - start
        else:
            cell[CONTRACTION] += start - end


@njit(cache=True, nogil=True)
def money_by_period(
    offsets: NDArray[np.int64],  # (n_customers + 1,)
    code: NDArray[np.uint16],  # (n_events,)
    time_us: NDArray[np.int64],  # (n_events,)
    value: NDArray[np.int64],  # (n_events,) millionths, or NEVER where there is none
    wanted: NDArray[np.bool_],  # (n_names,)
    start_us: NDArray[np.int64],  # (n_periods,)
    end_us: int,  # first moment after the last period
    covers: int,
    over: int,
    amount: NDArray[np.int64],  # (2, n_periods) SCRATCH: paid, recurring
    paid: NDArray[np.bool_],  # (n_periods,) SCRATCH
    money: NDArray[np.int64],  # (n_periods, N_MONEY) IN AND OUT
) -> None:
    """Add the money of each customer by period. One pass over the touchpoints."""
    for c in range(offsets.size - 1):
        some = False
        for i in range(offsets[c], offsets[c + 1]):
            if not wanted[code[i]] or time_us[i] >= end_us:
                continue
            period = _period(start_us, time_us[i])
            if period < 0:
                continue
            if value[i] == NEVER:
                money[period, UNVALUED] += 1
                continue
            if not some:
                amount[:] = 0
                paid[:] = False
                some = True
            amount[0, period] += value[i]
            paid[period] = True
            _spread(value[i], period, covers, amount[1])
        if not some:
            continue
        for p in range(start_us.size):
            if paid[p]:
                cell = money[p]
                cell[REVENUE] += amount[0, p]
                cell[PAYERS] += 1
                _add_square(amount[0, p], cell[SQUARES:])
        _compare(amount[1], over, money)
