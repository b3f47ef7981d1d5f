"""How often chance gives as little or as much as was seen, had nothing changed.

Exact where few are counted: counts by the negative binomial (Poisson where they come evenly),
shares by the beta-binomial (binomial), numbers by Student's t. The spread is learned from so many
periods, and tails are widened for that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.tails import beta_binomial
from trod.insights.watching.series import COUNT, SHARE

Floats = NDArray[np.float64]
_EVEN = 1.0001


def two_sided(
    kind: int, value: Floats, weight: Floats, mean: Floats, spread: Floats, freedom: Floats
) -> Floats:
    """Give twice the chance of the shorter tail, at most 1; all of shape (n,).

    Parameters
    ----------
    kind
        COUNT, SHARE or NUMBER.
    value, weight
        What was seen: counts and ones, parts and wholes, or sums and how many.
    mean
        What was foretold, in the units of `value`.
    spread
        Variance, as so many times what chance alone gives; of numbers, of a single one.
    freedom
        Residuals that the spread was learned from.

    Examples
    --------
    Nothing came where three were usual, of a series that comes evenly and was seen for long:

    >>> one = lambda x: np.array([float(x)])
    >>> two_sided(COUNT, one(0), one(1), one(3), one(1), one(1e6)).round(3).tolist()
    [0.1]
    """
    if kind == COUNT:
        low, high = _counts(value, mean, spread)
    elif kind == SHARE:
        low, high = _shares(value, weight, mean, spread)
    else:
        return _student(
            np.abs(value - mean) / np.sqrt(np.maximum(spread * weight, 1e-300)), freedom
        )
    return _widened(np.minimum(2 * np.minimum(low, high), 1.0), freedom)


def _counts(value: Floats, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    from scipy.special import betainc, betaincc, gammainc, gammaincc

    mean = np.maximum(mean, 0.02)
    uneven = spread > _EVEN
    low, high = gammaincc(value + 1, mean), np.where(value > 0, gammainc(value, mean), 1.0)
    size = mean[uneven] / (spread[uneven] - 1)
    even, k = 1 / spread[uneven], value[uneven]
    low[uneven] = betainc(size, k + 1, even)
    high[uneven] = np.where(k > 0, betaincc(size, np.maximum(k, 0.5), even), 1.0)
    return low, high


def _shares(value: Floats, weight: Floats, mean: Floats, spread: Floats) -> tuple[Floats, Floats]:
    whole = np.maximum(weight, 1.0)
    share = np.clip(mean / whole, 0.002, 0.998)
    # How alike customers of one period are: 0 gives the binomial.
    alike = np.clip((spread - 1) / np.maximum(whole - 1, 1.0), 1e-9, 0.9)
    prior = 1 / alike - 1
    low, high = np.empty(value.size), np.empty(value.size)
    beta_binomial(
        given(value, np.int64),
        given(weight, np.int64),
        given(share * prior, np.float64),
        given((1 - share) * prior, np.float64),
        low,
        high,
    )
    return low, high


def _widened(p: Floats, freedom: Floats) -> Floats:
    """Widen a tail for a spread that was learned from few periods."""
    from scipy.special import ndtri

    return _student(-ndtri(np.maximum(p, 1e-300) / 2), freedom)


def _student(z: Floats, freedom: Floats) -> Floats:
    from scipy.special import stdtr

    found: Floats = np.minimum(2 * stdtr(np.maximum(freedom, 1.0), -np.abs(z)), 1.0)
    return found
