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
# What is remembered of a series: faded sums of values and weights; squares of residuals, with the
# one before, and how many they are; the last residual; of numbers, mean and squares around it.
TOTAL, HELD, HELD2, SQUARES, LAGGED, ONES, ONES2 = 0, 1, 2, 3, 4, 5, 6
BEFORE, MIDDLE, AROUND, SINCE = 7, 8, 9, 10
N_MEMORY = 11
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
def _foretell(
    m: NDArray[np.float64],
    season: NDArray[np.float64],
    kind: int,
    w: float,
    s: int,
    row: NDArray[np.float64],
) -> tuple[float, float]:
    """Foretell one period; give what chance alone varies by, and the deviation of the usual."""
    ratio = kind != NUMBER
    level = m[TOTAL] / m[HELD] if m[HELD] > 0 else 0.0
    factor = _season(ratio, season[0, s], season[1, s])
    plain = level * w * factor if ratio else w * (level + factor)
    if kind == SHARE:
        plain = min(plain, w)
    unit = _unit(kind, w, plain)
    rho = min(max(m[LAGGED] / m[SQUARES], 0.0), _MOST_RHO) if m[SQUARES] > 0 else 0.0
    phi = m[SQUARES] / m[ONES] if m[ONES] > 0 else 1.0
    phi = max(phi, 1.0 if ratio else _LEAST * m[AROUND] / max(m[HELD], w))
    known = m[HELD] * m[HELD] / m[HELD2] if m[HELD2] > 0 else 1.0
    # How far the last one was off says how far this one will be, where such things last.
    mean = plain + rho * m[BEFORE] * sqrt(unit)
    if ratio:
        mean = min(max(mean, 0.1 * plain), w if kind == SHARE else np.inf)
    row[MEAN], row[USUAL], row[FACTOR] = mean, plain, factor
    row[SPREAD] = phi * (1 - rho * rho) * (1 + 1 / known)
    row[RHO], row[KNOWN] = rho, known
    # What remembers tells less: so many independent residuals tell as much of the spread.
    alone = (1 - rho * rho) / (1 + rho * rho)
    row[FREEDOM] = alone * m[ONES] * m[ONES] / m[ONES2] if m[ONES2] > 0 else 0.0
    return unit, sqrt(max(phi * (1 + 1 / known) * unit, 1e-300))


@njit(cache=True, nogil=True)
def _spread(
    m: NDArray[np.float64],
    recent: NDArray[np.float64],
    kept: NDArray[np.float64],
    residual: float,
    off: float,
    slow: float,
) -> None:
    """Learn how uneven a series is, and how far it remembers; keep what was known before."""
    place = int(m[SINCE]) % recent.size
    for i in range(kept.shape[1]):  # an array put into another compiles for two seconds
        kept[place, i] = m[SQUARES + i]
    recent[place] = min(max(off, -CLIP), CLIP)
    m[SINCE] += 1
    m[SQUARES] = slow * m[SQUARES] + residual * residual
    m[LAGGED] = slow * m[LAGGED] + residual * m[BEFORE]
    m[ONES], m[ONES2] = slow * m[ONES] + 1, slow * slow * m[ONES2] + 1
    m[BEFORE] = residual


@njit(cache=True, nogil=True)
def _level(
    m: NDArray[np.float64],
    season: NDArray[np.float64],
    ratio: bool,
    learned: float,
    w: float,
    s: int,
    factor: float,
    pace: NDArray[np.float64],
) -> None:
    """Learn the level and the season."""
    fade, gain = pace[0], pace[1]
    before = m[TOTAL] / m[HELD] if m[HELD] > 0 else 0.0
    m[TOTAL] = fade * m[TOTAL] + (learned / max(factor, 0.05) if ratio else learned)
    m[HELD] = fade * m[HELD] + w
    m[HELD2] = fade * fade * m[HELD2] + w * w
    level = m[TOTAL] / m[HELD]
    if ratio:
        season[0, s] = (1 - gain) * season[0, s] + learned
        season[1, s] = (1 - gain) * season[1, s] + max(before, level) * w
    else:
        season[1, s] += 1
        season[0, s] += max(gain, 1 / season[1, s]) * (learned / w - level - season[0, s])


@njit(cache=True, nogil=True)
def _anew(
    m: NDArray[np.float64],
    season: NDArray[np.float64],
    ratio: bool,
    value: NDArray[np.float64],
    weight: NDArray[np.float64],
    slot: NDArray[np.int64],
    t: int,
    kept: NDArray[np.float64],
) -> None:
    """Take the level of the last periods, and forget what the move to it taught."""
    m[TOTAL] = m[HELD] = m[HELD2] = 0.0
    left = kept.shape[0]
    while left > 0:
        if weight[t] > 0:
            f = _season(ratio, season[0, slot[t]], season[1, slot[t]])
            m[TOTAL] += value[t] / max(f, 0.05) if ratio else value[t] - weight[t] * f
            m[HELD] += weight[t]
            m[HELD2] += weight[t] * weight[t]
            left -= 1
        t -= 1
    oldest = int(m[SINCE]) % kept.shape[0]
    for i in range(kept.shape[1]):
        m[SQUARES + i] = kept[oldest, i]
    m[SINCE] = m[BEFORE] = 0.0


@njit(cache=True, nogil=True)
def _one(
    value: NDArray[np.float64],
    weight: NDArray[np.float64],
    slot: NDArray[np.int64],
    kind: int,
    pace: NDArray[np.float64],
    patience: int,
    out: NDArray[np.float64],
) -> None:
    """Walk one series."""
    ratio = kind != NUMBER
    m = np.zeros(N_MEMORY)
    n_slots = 1
    for s in slot:
        n_slots = max(n_slots, s + 1)
    season = np.zeros((2, n_slots))
    # The last periods, and what was known of the spread before each: for a level that moves.
    recent, kept = np.zeros(max(patience, 1)), np.zeros((max(patience, 1), 4))
    slow = pace[0] ** (1 / 3)  # how uneven it is stays longer than how high it is
    for t in range(value.size):
        w, s = weight[t], slot[t]
        if w <= 0:
            continue
        unit, sd = _foretell(m, season, kind, w, s, out[t])
        plain = out[t, USUAL]
        learned = value[t]
        if m[ONES] >= 14:  # no more than a point at the edge of what chance gives
            reach = CLIP * sd + (1.0 if ratio else 0.0)
            learned = min(max(learned, plain - reach), plain + reach)
        # A level that is hardly known yet is off by itself; that is not how uneven it is.
        residual = (learned - plain) / sqrt(unit * (1 + 1 / out[t, KNOWN]))
        if not ratio:
            learned = value[t]  # a day has many slots, and each is seen too seldom to be picky
            apart = learned / w - m[MIDDLE]
            m[MIDDLE] += w * apart / (pace[0] * m[HELD] + w)
            m[AROUND] = pace[0] * m[AROUND] + w * apart * (learned / w - m[MIDDLE])
        if m[HELD] > 0 and season[1, s] > 0:
            _spread(m, recent, kept, residual, (value[t] - plain) / sd, slow)
        _level(m, season, ratio, learned, w, s, out[t, FACTOR], pace)
        if patience > 0 and m[SINCE] >= max(patience, 8) and _moved(recent):
            _anew(m, season, ratio, value, weight, slot, t, kept)
            out[t, ANEW] = 1.0


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
    pace = np.array([fade, gain])
    for i in range(value.shape[0]):
        _one(value[i], weight[i], slot, kind, pace, patience, out[i])
