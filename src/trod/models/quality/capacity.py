"""What a team finds that can call on so many customers, the highest scores first."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError
from trod.models.quality.checked import falling, labelled


class AtCapacity(NamedTuple):
    """What the first so many cases hold."""

    precision: float  # share of those taken that have the outcome
    recall: float  # share of those with the outcome that were taken


class GainTable(NamedTuple):
    """Row i is the top so many cases."""

    taken: NDArray[np.int64]  # (n_points,) cases
    found: NDArray[np.int64]  # (n_points,) of them, with the outcome
    share: NDArray[np.float64]  # (n_points,) of all cases
    gain: NDArray[np.float64]  # (n_points,) share of all with the outcome that were found
    lift: NDArray[np.float64]  # (n_points,) gain over share: 1 is a coin


def at_capacity(score: ArrayLike, label: ArrayLike, k: int) -> AtCapacity:
    """Give precision and recall of the `k` highest scores.

    Parameters
    ----------
    score, label
        As for `auc`, with the same errors.
    k
        How many can be called on; more than there are means all. Of equal scores the ones given
        first are taken.

    Examples
    --------
    >>> at_capacity([0.9, 0.8, 0.7, 0.1], [1, 0, 1, 0], k=2)
    AtCapacity(precision=0.5, recall=0.5)
    """
    scores, truth = labelled(score, label)
    if k < 1:
        raise DataError(f"k is {k}: need 1 or more.")
    top = truth[falling(scores)[:k]]
    return AtCapacity(float(top.mean()), int(top.sum()) / int(truth.sum()))


def gain(score: ArrayLike, label: ArrayLike, points: int = 10) -> GainTable:
    """Give what is found in the top tenth, two tenths and so on.

    Parameters
    ----------
    score, label
        As for `auc`, with the same errors. Of equal scores the ones given first are taken.
    points
        How many rows; at most one for each case.

    Examples
    --------
    >>> table = gain([0.9, 0.8, 0.7, 0.1], [1, 1, 0, 0], points=2)
    >>> table.taken.tolist(), table.found.tolist(), table.lift.tolist()
    ([2, 4], [2, 2], [2.0, 1.0])
    """
    scores, truth = labelled(score, label)
    if points < 1:
        raise DataError(f"points is {points}: need 1 or more.")
    n, rows = scores.size, min(points, scores.size)
    taken = np.arange(1, rows + 1, dtype=np.int64) * n // rows
    found = np.cumsum(truth[falling(scores)], dtype=np.int64)[taken - 1]
    share, recall = taken / n, found / int(truth.sum())
    return GainTable(taken, found, share, recall, recall / share)
