"""Whether customers of today are still like those a model learned from."""

from __future__ import annotations

from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError, NotEnoughDataError
from trod.models.quality.checked import numbers


class Ks(NamedTuple):
    """How far two distributions lie apart."""

    distance: float  # 0 alike, 1 apart everywhere
    p: float  # chance of such a distance between two samples of one distribution


def psi(expected: ArrayLike, actual: ArrayLike, bins: int = 10) -> float:
    """Give the population stability index of a feature or score.

    The sum, over groups by the quantiles of what was expected, of the difference of shares times
    the logarithm of their ratio [1]_. By custom below 0.1 is no drift and above 0.25 is much.
    Chance alone gives about ``(groups - 1) (1 / n_expected + 1 / n_actual)`` [2]_: judge few
    customers by that.

    Parameters
    ----------
    expected
        Shape (n,). When the model was made; NaN, nothing to say, is a group of its own.
    actual
        Shape (m,). Now.
    bins
        How many groups at most, beside that of NaN; fewer where values repeat.

    Returns
    -------
    float
        0 or more. Half a case is added to each group, so that an empty one has a logarithm.

    Raises
    ------
    NotEnoughDataError
        If either is empty.

    References
    ----------
    .. [1] Siddiqi (2006), Credit Risk Scorecards, Wiley.
    .. [2] Yurdakul & Naranjo (2020), "Statistical properties of the population stability index",
       Journal of Risk Model Validation 14(4).

    Examples
    --------
    >>> psi([1, 2, 3, 4], [1, 2, 3, 4], bins=2), round(psi([1, 2, 3, 4], [3, 4, 5, 5], bins=2), 2)
    (0.0, 0.8)
    """
    if bins < 1:
        raise DataError(f"bins is {bins}: need 1 or more.")
    before, now = (np.asarray(each, np.float64).ravel() for each in (expected, actual))
    if not (before.size and now.size):
        raise NotEnoughDataError("nobody to compare with." if now.size else "nobody to compare.")
    known = np.sort(before[~np.isnan(before)])
    at = np.arange(1, bins) * known.size // bins - 1
    edges = np.unique(known[at[at >= 0]]) if known.size else known
    if known.size and edges.size == 0:
        edges = known[-1:]
    shares = [_shares(each, edges) for each in (before, now)]
    return float(np.sum((shares[1] - shares[0]) * np.log(shares[1] / shares[0])))


def _shares(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of each group; the last one is NaN."""
    there = ~np.isnan(values)
    counts = np.bincount(np.searchsorted(edges, values[there]), minlength=edges.size + 1)
    filled = np.append(counts, values.size - there.sum()) + 0.5
    return np.asarray(filled / filled.sum(), np.float64)


def ks(a: ArrayLike, b: ArrayLike) -> Ks:
    """Give the largest distance between two distribution functions, and the chance of it.

    Parameters
    ----------
    a, b
        Shape (n,) and (m,). Values that are missing (NaN) are left out.

    Returns
    -------
    Ks
        The distance is exact, with equal values too. The chance is that of the limit, corrected for
        samples of a few dozen [1]_; where values repeat it is too large, which is the safe side.

    Raises
    ------
    NotEnoughDataError
        If either has no values.

    References
    ----------
    .. [1] Stephens (1970), "Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics
       without extensive tables", Journal of the Royal Statistical Society B 32:115-122.

    Examples
    --------
    >>> ks([1, 2, 3, 4], [3, 4, 5, 6]).distance
    0.5
    """
    one, other = (_there(each, name) for each, name in ((a, "a"), (b, "b")))
    values = np.concatenate([one, other])
    below = [np.searchsorted(each, values, side="right") / each.size for each in (one, other)]
    distance = float(np.abs(below[0] - below[1]).max())
    return Ks(distance, _chance(distance, one.size * other.size / (one.size + other.size)))


def _there(given: ArrayLike, name: str) -> NDArray[np.float64]:
    found = np.asarray(given, np.float64).ravel()
    return np.sort(numbers(found[~np.isnan(found)], name))


def _chance(distance: float, n: float) -> float:
    """Sum Kolmogorov's series; below 0.2 it is one."""
    x = (sqrt(n) + 0.12 + 0.11 / sqrt(n)) * distance
    if x < 0.2:
        return 1.0
    terms = [(-1) ** (k - 1) * exp(-2 * k * k * x * x) for k in range(1, 101)]
    return float(min(1.0, max(0.0, 2 * sum(terms))))
