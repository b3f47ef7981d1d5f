"""Effects of several plays, each drawn towards the others as far as they are alike.

The largest of ten effects is large partly by luck. For ranking, what is expected of a play is its
own estimate and those of the others together; verdicts rest on its own alone.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.analyses.interval import Z
from trod.errors import DataError, NotEnoughDataError

Floats = NDArray[np.float64]
_POINTS: Final = 801


class Pooled(NamedTuple):
    """What is expected of each play, in the order given."""

    estimate: Floats  # (n,) posterior mean
    low: Floats  # (n,) 95 %
    high: Floats  # (n,)
    mean: float  # of all plays that there might be
    spread: float  # standard deviation between plays, posterior mean
    next_low: float  # 95 % for a play that was never tried
    next_high: float


def pooled(estimates: ArrayLike, se: ArrayLike, *, scale: float | None = None) -> Pooled:
    """Pool effects by the normal-normal hierarchical model, its spread integrated out [1]_.

    Parameters
    ----------
    estimates, se
        (n,) effects and their standard errors, all of one unit.
    scale
        Of the half-Cauchy prior of the spread between plays [2]_; the median standard error by
        default. Infinity is a flat prior.

    Raises
    ------
    NotEnoughDataError
        Without any effect.
    DataError
        If a standard error is not above 0, or shapes differ.

    Notes
    -----
    The spread is summed over a grid, so that its uncertainty is in the intervals.

    References
    ----------
    .. [1] Gelman et al. (2013), "Bayesian Data Analysis", third edition, 5.4 and 5.5.
    .. [2] Gelman (2006), "Prior distributions for variance parameters in hierarchical models",
       Bayesian Analysis 1:515-534.

    Examples
    --------
    The eight schools of the book: what was 28 points is expected to be ten or so.

    >>> found = pooled([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])
    >>> found.estimate.round().astype(int).tolist()
    [10, 8, 7, 8, 6, 7, 10, 8]
    """
    y, s = np.asarray(estimates, np.float64), np.asarray(se, np.float64)
    if y.size == 0:
        raise NotEnoughDataError("no play has an effect yet.")
    if y.shape != s.shape or not (s > 0).all():
        raise DataError(f"{y.size} effects with standard errors {s}: need one above 0 for each.")
    wide = max(float(np.ptp(y)), float(s.max()))
    tau = np.linspace(0.0, 5 * wide, _POINTS)
    total = s[None, :] ** 2 + tau[:, None] ** 2  # (grid, n)
    weight = 1 / total
    mean_var = 1 / weight.sum(axis=1)
    mean = (weight @ y) * mean_var
    logp = 0.5 * np.log(mean_var) - 0.5 * np.log(total).sum(axis=1)
    logp -= 0.5 * (weight * (y[None, :] - mean[:, None]) ** 2).sum(axis=1)
    prior = float(np.median(s)) if scale is None else scale
    logp -= np.log1p((tau / prior) ** 2)
    p = np.exp(logp - logp.max())
    p /= p.sum()
    own = tau[:, None] ** 2 / total  # how much of a play is its own
    middle = own * y[None, :] + (1 - own) * mean[:, None]
    var = own * s[None, :] ** 2 + (1 - own) ** 2 * mean_var[:, None]
    estimate, spread = _mixed(p, middle, var)
    ahead, ahead_spread = _mixed(p, mean[:, None], (tau**2 + mean_var)[:, None])
    return Pooled(
        estimate,
        estimate - Z * spread,
        estimate + Z * spread,
        float(p @ mean),
        float(p @ tau),
        float(ahead[0] - Z * ahead_spread[0]),
        float(ahead[0] + Z * ahead_spread[0]),
    )


def _mixed(p: Floats, middle: Floats, var: Floats) -> tuple[Floats, Floats]:
    """Give mean and standard deviation of a mixture over the grid."""
    mean = p @ middle
    return mean, np.sqrt(p @ (var + middle**2) - mean**2)
