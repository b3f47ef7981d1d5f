"""What a series should have been, one step at a time, from nothing but its past.

Functions here take arrays and fill arrays. `trod.insights.watching.expectation` checks and names
things and says what the numbers mean; `tests/slow_twins/expecting.py` holds the obvious versions.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numba import njit
from numpy.typing import NDArray

COUNT, SHARE, NUMBER = 0, 1, 2
MEAN, SPREAD, FREEDOM, USUAL, FACTOR, ANEW, RHO, KNOWN = 0, 1, 2, 3, 4, 5, 6, 7
N_COLUMNS = 8
CLIP = 3.5
"""What lies further away, in standard deviations, teaches no more than what lies here."""
_FAR = 1.5  # so far off on one side, again and again, and the level has moved
_MOST_RHO = 0.95
_LEAST = 0.0025  # of the variance of all numbers so far, that of what was not foreseen


@njit(cache=True, nogil=True)
def _season(ratio: bool, num: float, den: float) -> float:
    """Give the factor of a slot, drawn a little towards 1; or what it adds."""
    if ratio:
        return (num + 0.5) / (den + 0.5)
    return num


@njit(cache=True, nogil=True)
def _unit(kind: int, weight: float, mean: float) -> float:
    """Give the variance that chance alone would give."""
    if kind == COUNT:
        return max(mean, 0.02)
    if kind == SHARE:
        share = min(max(mean / weight, 0.002), 0.998)
        return weight * share * (1 - share)
    return weight


@njit(cache=True, nogil=True)
def _moved(recent: NDArray[np.float64]) -> bool:
    """Say whether the last periods lie on one side, and far from it on the whole."""
    low, high, total = recent[0], recent[0], 0.0
    for x in recent:
        low, high, total = min(low, x), max(high, x), total + x
    return (low > 0 or high < 0) and abs(total) > _FAR * recent.size


@njit(cache=True, nogil=True)
def _one(
    value: NDArray[np.float64],
    weight: NDArray[np.float64],
    slot: NDArray[np.int64],
    kind: int,
    fade: float,
    gain: float,
    patience: int,
    out: NDArray[np.float64],
) -> None:
    """Walk one series."""
    n_slots = slot.max() + 1 if slot.size else 1
    num, den = np.zeros(n_slots), np.zeros(n_slots)
    ratio = kind != NUMBER
    slow = fade ** (1 / 3)  # how uneven it is stays longer than how high it is
    total = held = held2 = 0.0  # faded sums of values and of weights
    squares = lagged = ones = ones2 = before = 0.0  # of residuals
    middle = around = 0.0  # of numbers: mean, and squares around it
    # The last periods, and what was known of the spread before each: for a level that moves.
    room = max(patience, 1)
    recent, kept = np.zeros(room), np.zeros((room, 4))
    since = 0
    for t in range(value.size):
        w = weight[t]
        if w <= 0:
            continue
        s = slot[t]
        level = total / held if held > 0 else 0.0
        factor = _season(ratio, num[s], den[s])
        plain = level * w * factor if ratio else w * (level + factor)
        if kind == SHARE:
            plain = min(plain, w)
        unit = _unit(kind, w, plain)
        rho = min(max(lagged / squares, 0.0), _MOST_RHO) if squares > 0 else 0.0
        phi = squares / ones if ones > 0 else 1.0
        phi = max(phi, 1.0 if ratio else _LEAST * around / max(held, w))
        known = held * held / held2 if held2 > 0 else 1.0
        # How far the last one was off says how far this one will be, where such things last.
        mean = plain + rho * before * sqrt(unit)
        if ratio:
            mean = min(max(mean, 0.1 * plain), w if kind == SHARE else np.inf)
        spread = phi * (1 - rho * rho) * (1 + 1 / known)
        out[t, MEAN], out[t, SPREAD], out[t, USUAL], out[t, FACTOR] = mean, spread, plain, factor
        out[t, RHO], out[t, KNOWN] = rho, known
        # What remembers tells less: so many independent residuals tell as much of the spread.
        alone = (1 - rho * rho) / (1 + rho * rho)
        out[t, FREEDOM] = alone * ones * ones / ones2 if ones2 > 0 else 0.0
        # What is learned from it: no more than a point at the edge of what chance gives.
        sd = sqrt(max(phi * (1 + 1 / known) * unit, 1e-300))
        learned = value[t]
        if ones >= 14:
            reach = CLIP * sd + (1.0 if ratio else 0.0)
            learned = min(max(learned, plain - reach), plain + reach)
        # A level that is hardly known yet is off by itself; that is not how uneven it is.
        residual = (learned - plain) / sqrt(unit * (1 + 1 / known))
        if not ratio:
            learned = value[t]  # a day has many slots, and each is seen too seldom to be picky
            apart = learned / w - middle
            middle += w * apart / (fade * held + w)
            around = fade * around + w * apart * (learned / w - middle)
        if held > 0 and den[s] > 0:
            place = since % room
            kept[place, 0], kept[place, 1] = squares, lagged
            kept[place, 2], kept[place, 3] = ones, ones2
            recent[place] = (value[t] - plain) / sd
            since += 1
            squares = slow * squares + residual * residual
            lagged = slow * lagged + residual * before
            ones, ones2 = slow * ones + 1, slow * slow * ones2 + 1
            before = residual
        if ratio:
            total, held = fade * total + learned / max(factor, 0.05), fade * held + w
            num[s] = (1 - gain) * num[s] + learned
            den[s] = (1 - gain) * den[s] + max(level, total / held) * w
        else:
            total, held = fade * total + learned, fade * held + w
            den[s] += 1
            step = max(gain, 1 / den[s])
            num[s] += step * (learned / w - total / held - num[s])
        held2 = fade * fade * held2 + w * w
        if patience > 0 and since >= max(patience, 8) and _moved(recent):
            # It has stayed there: this is how it is now, and what the move taught is forgotten.
            total = held = held2 = 0.0
            first = t
            left = patience
            while left > 0:
                if weight[first] > 0:
                    f = _season(ratio, num[slot[first]], den[slot[first]])
                    total += (
                        value[first] / max(f, 0.05) if ratio else value[first] - weight[first] * f
                    )
                    held += weight[first]
                    held2 += weight[first] * weight[first]
                    left -= 1
                first -= 1
            place = since % room  # the oldest of the last ones
            squares, lagged = kept[place, 0], kept[place, 1]
            ones, ones2 = kept[place, 2], kept[place, 3]
            out[t, ANEW] = 1.0
            since, before = 0, 0.0


@njit(cache=True, nogil=True)
def expect(
    value: NDArray[np.float64],  # (n_series, n_periods) counts, parts, or sums
    weight: NDArray[np.float64],  # (n_series, n_periods) 1, wholes, or how many; 0: not judged
    slot: NDArray[np.int64],  # (n_periods,) place in the season
    kind: int,
    fade: float,  # what a period ago weighs
    gain: float,  # what the last of a slot weighs
    patience: int,  # so many far off on one side make a new level; 0: never
    out: NDArray[np.float64],  # (n_series, n_periods, N_COLUMNS) OUT
) -> None:
    """Foretell every period of every series from those before it."""
    for i in range(value.shape[0]):
        _one(value[i], weight[i], slot, kind, fade, gain, patience, out[i])
