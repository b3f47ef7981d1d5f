"""The share to whom something has happened by each day, of those watched for different times.

Days are counted; on each, some were still at risk, to some of them it happened, and some ended in
another way, which competes with it [1]_. Where nothing competes, one less this share is the curve
of Kaplan and Meier.

**Interval**: 95 %, from the variance of the cumulative incidence [2]_ on the scale of
log(-log(1 - F)), so that it stays between 0 and 1.

References
----------
.. [1] Aalen & Johansen (1978), "An empirical transition matrix for non-homogeneous Markov chains
   based on censored observations", Scandinavian Journal of Statistics 5:141-150.
.. [2] Marubini & Valsecchi (1995), "Analysing Survival Data from Clinical Trials and Observational
   Studies", equation 10.12. Without competing events it is Greenwood's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.interval import Z


class Incidence(NamedTuple):
    """By the end of each day, (n_days,)."""

    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def incidence(
    happened: NDArray[np.int64], ended: NDArray[np.int64], at_risk: NDArray[np.int64]
) -> Incidence:
    """Estimate the share to whom it has happened.

    Parameters
    ----------
    happened
        Shape (n_days,), to how many it happened on the day.
    ended
        Shape (n_days,), these and those who ended in another way. Who is only watched no longer is
        none of them.
    at_risk
        Shape (n_days,), who could still be met as the day begins; above 0.

    Examples
    --------
    Of ten two leave on the first day, and one of the eight others on the third.

    >>> left = np.array([2, 0, 1])
    >>> incidence(left, left, np.array([10, 8, 8])).share.round(3)
    array([0.2, 0.2, 0.3])
    """
    share, still = shares(happened, ended, at_risk)
    before = np.concatenate([[1.0], still[:-1]])
    return Incidence(share, *_interval(share, _variance(share, before, happened, ended, at_risk)))


def shares(
    happened: NDArray[np.int64], ended: NDArray[np.int64], at_risk: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give to whom it has happened by the end of each time, and to whom nothing has."""
    still = np.cumprod(1 - ended / at_risk).astype(np.float64)
    before = np.concatenate([[1.0], still[:-1]])
    return np.cumsum(before * happened / at_risk), still


def _variance(
    gone: NDArray[np.float64],
    before: NDArray[np.float64],
    left: NDArray[np.int64],
    ended: NDArray[np.int64],
    at_risk: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Give the variance of the cumulative incidence by day; sums of products, expanded."""
    n = at_risk.astype(np.float64)
    a = np.divide(ended, n * (n - ended), out=np.zeros_like(n), where=n > ended)
    b = before**2 * (n - left) * left / n**3
    c = before * left / n**2
    sums = [np.cumsum(x) for x in (a, a * gone, a * gone**2, b, c, c * gone)]
    total = gone**2 * sums[0] - 2 * gone * sums[1] + sums[2] + sums[3]
    found: NDArray[np.float64] = np.maximum(total - 2 * (gone * sums[4] - sums[5]), 0.0)
    return found


def _interval(
    gone: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give both ends for who has left; where nobody has, or everybody, there is no width."""
    some = (gone > 0) & (gone < 1)
    f = np.where(some, gone, 0.5)
    scale = Z * np.sqrt(variance) / np.abs((1 - f) * np.log(1 - f))
    ends = [1 - (1 - f) ** np.exp(sign * scale) for sign in (-1, 1)]
    return np.where(some, ends[0], gone), np.where(some, ends[1], gone)
