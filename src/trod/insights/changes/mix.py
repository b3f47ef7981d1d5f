"""How much of a change is that other customers came, and how much that like ones act otherwise."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Parts(NamedTuple):
    """A difference of two means, in two parts that add up to it exactly."""

    mix: float  # other kinds of customers, at the usual figures of each kind
    behaviour: float  # other figures, at the usual numbers of each kind
    mix_error: float  # standard errors
    behaviour_error: float
    by_label: NDArray[np.float64]  # (n_labels,) what each kind adds to behaviour
    weight: NDArray[np.float64]  # (n_labels,) the share of customers each kind has


def split(now: NDArray[np.int64], before: NDArray[np.int64]) -> Parts:
    """Take a difference apart into mix and behaviour, by Kitagawa [1]_.

    Both parts are taken at the mean of the two periods, so that neither comes first and nothing is
    left over. A kind of which nobody came in one period has the figure of the other one there.

    Parameters
    ----------
    now, before
        Shape (n_labels, 3): customers, sum, sum of squares, by kind of customer.

    References
    ----------
    .. [1] Kitagawa (1955), "Components of a difference between two rates", JASA 50:1168-1194.

    Examples
    --------
    Nobody acts otherwise, but more of those came who seldom do it:

    >>> before = np.array([[80, 64, 64], [20, 4, 4]])
    >>> now = np.array([[20, 16, 16], [80, 16, 16]])
    >>> found = split(now, before)
    >>> round(found.mix, 3), round(found.behaviour, 3)
    (-0.36, 0.0)
    """
    n, m = (np.maximum(each[:, 0].astype(np.float64), 0) for each in (now, before))
    w, v = n / max(n.sum(), 1), m / max(m.sum(), 1)
    x, y = _means(now, n), _means(before, m)
    x, y = np.where(n > 0, x, y), np.where(m > 0, y, x)
    mix = float(((w - v) * (x + y) / 2).sum())
    by_label = (w + v) / 2 * (x - y)
    middle = (x + y) / 2
    mix_error = sqrt(_spread(w, middle) / max(n.sum(), 1) + _spread(v, middle) / max(m.sum(), 1))
    noise = _noise(now, n) + _noise(before, m)
    behaviour_error = sqrt(float((((w + v) / 2) ** 2 * noise).sum()))
    return Parts(mix, float(by_label.sum()), mix_error, behaviour_error, by_label, (w + v) / 2)


def _means(sums: NDArray[np.int64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(sums[:, 1] / np.maximum(n, 1), np.float64)


def _spread(weight: NDArray[np.float64], value: NDArray[np.float64]) -> float:
    """Give the variance of a figure over kinds."""
    mean = float((weight * value).sum())
    return float((weight * (value - mean) ** 2).sum())


def _noise(sums: NDArray[np.int64], n: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the variance of the mean of each kind; that of everyone where a kind is alone."""
    whole = sums.sum(axis=0).astype(np.float64)
    usual = max(whole[2] / max(whole[0], 1) - (whole[1] / max(whole[0], 1)) ** 2, 0.0)
    own = np.maximum(sums[:, 2] / np.maximum(n, 1) - _means(sums, n) ** 2, 0)
    own = np.where(n >= 2, own * n / np.maximum(n - 1, 1), usual)
    # A kind that all did, or none, is not known without error: a tenth of everyone's is the least.
    return np.asarray(np.where(n > 0, np.maximum(own, usual / 10) / np.maximum(n, 1), 0.0))
