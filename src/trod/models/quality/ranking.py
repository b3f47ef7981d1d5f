"""Whether a score puts those with the outcome before the others."""

from __future__ import annotations

from math import inf, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.analyses.interval import Z, wilson
from trod.errors import DataError
from trod.models.quality.checked import Estimate, falling, labelled


class _Placed(NamedTuple):
    """For each case, the share of the other kind that it is on the right side of."""

    positive: NDArray[np.float64]  # (n_positive,)
    negative: NDArray[np.float64]  # (n_negative,)

    @property
    def value(self) -> float:
        """The area under the curve."""
        return float(self.positive.mean())


def auc(score: ArrayLike, label: ArrayLike) -> Estimate:
    """Give the area under the ROC curve, with its interval.

    The chance that a case with the outcome has a higher score than one without; equal scores count
    half.

    Parameters
    ----------
    score
        Shape (n,). Higher: more likely.
    label
        Shape (n,). 1 or True where the outcome came, else 0.

    Returns
    -------
    Estimate
        From 0 to 1; 0.5 is a coin. The interval is DeLong's [1]_, by the fast way of [2]_. Where
        the two kinds are told apart without fault that one has no width: there it is Wilson's for
        the kind with fewer cases. With one case of a kind nothing is known of it: 0 to 1.

    Raises
    ------
    DataError
        If the shapes differ, a score is missing, or a label is not 0 or 1.
    NotEnoughDataError
        If all cases are of one kind.

    Notes
    -----
    O(n log n).

    References
    ----------
    .. [1] DeLong, DeLong & Clarke-Pearson (1988), "Comparing the areas under two or more correlated
       receiver operating characteristic curves", Biometrics 44:837-845.
    .. [2] Sun & Xu (2014), "Fast implementation of DeLong's algorithm", IEEE Signal Processing
       Letters 21:1389-1393.

    Examples
    --------
    >>> found = auc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    >>> found.value, found.n
    (0.75, 4)
    """
    scores, truth = labelled(score, label)
    placed = _placed(scores, truth)
    spread = _error(placed.positive, placed.negative)
    value = placed.value
    if spread == 0 and value in {0.0, 1.0}:
        few = min(placed.positive.size, placed.negative.size)
        low, high = wilson(round(value) * few, few)
    else:
        low, high = max(0.0, value - Z * spread), min(1.0, value + Z * spread)
    return Estimate(value, low, high, scores.size)


def auc_difference(score_a: ArrayLike, score_b: ArrayLike, label: ArrayLike) -> Estimate:
    """Give how much larger the area of one score is than that of another, on the same cases.

    Parameters
    ----------
    score_a, score_b
        Shape (n,) each.
    label
        Shape (n,). 1 or True where the outcome came.

    Returns
    -------
    Estimate
        Area of `a` less area of `b`, with DeLong's interval for paired scores: an interval without
        zero tells the two apart. See `auc` for errors and references.

    Examples
    --------
    >>> label = [0, 0, 0, 1, 1, 1]
    >>> auc_difference([1, 2, 4, 3, 5, 6], [1, 4, 6, 2, 3, 5], label).value
    0.444...
    """
    one, truth = labelled(score_a, label)
    other, _ = labelled(score_b, label)
    if one.shape != other.shape:
        raise DataError(f"score_a has shape {one.shape} and score_b {other.shape}: need equal.")
    a, b = _placed(one, truth), _placed(other, truth)
    spread = _error(a.positive - b.positive, a.negative - b.negative)
    value = a.value - b.value
    return Estimate(value, max(-1.0, value - Z * spread), min(1.0, value + Z * spread), one.size)


def average_precision(score: ArrayLike, label: ArrayLike) -> float:
    """Give the area under the curve of precision by recall, by steps.

    The mean, over the cases with the outcome, of the precision down to each one's score: what a
    list worked from the top is worth when the outcome is rare. A coin gives the share of cases with
    the outcome. Equal scores are taken together.

    Parameters
    ----------
    score, label
        As for `auc`, with the same errors.

    References
    ----------
    .. [1] Davis & Goadrich (2006), "The relationship between precision-recall and ROC curves",
       ICML.

    Examples
    --------
    >>> average_precision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])
    0.833...
    """
    scores, truth = labelled(score, label)
    order = falling(scores)
    last = np.append(np.diff(scores[order]) != 0, True)  # of each group of equal scores
    found = np.cumsum(truth[order])[last]
    taken = np.flatnonzero(last) + 1
    return float(np.sum(np.diff(found, prepend=0) * found / taken) / found[-1])


def _placed(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> _Placed:
    """Place each case among those of the other kind; equal scores count half."""
    yes, no = np.sort(score[truth]), np.sort(score[~truth])
    of_yes = _below(no, score[truth])
    of_no = 1 - _below(yes, score[~truth])
    return _Placed(of_yes, of_no)


def _below(ordered: NDArray[np.float64], score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the share of some ordered scores below each score, with half of the equal ones."""
    twice = np.searchsorted(ordered, score) + np.searchsorted(ordered, score, side="right")
    return twice / (2 * ordered.size)


def _error(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Give the standard error of the mean of places; that of one case alone is not known."""
    if min(positive.size, negative.size) < 2:
        return inf
    return sqrt(sum(float(each.var(ddof=1)) / each.size for each in (positive, negative)))
