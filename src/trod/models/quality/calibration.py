"""Whether what was given 20 percent comes true one time in five."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError
from trod.models.quality.checked import probabilities


class Calibration(NamedTuple):
    """Row i is a group of cases with probabilities beside each other."""

    n: NDArray[np.int64]  # (n_groups,) cases
    came: NDArray[np.int64]  # (n_groups,) of them, with the outcome
    said: NDArray[np.float64]  # (n_groups,) mean probability


def calibration(p: ArrayLike, label: ArrayLike, bins: int = 10) -> Calibration:
    """Group cases by probability, as many in each group as there are in the others.

    Parameters
    ----------
    p
        Shape (n,). Probabilities, from 0 to 1.
    label
        Shape (n,). 1 or True where the outcome came.
    bins
        How many groups at most. Equal probabilities stay together, so that the order of cases
        decides nothing; then groups are fewer, and not quite alike in size.

    Raises
    ------
    DataError
        If the shapes differ, a label is not 0 or 1, or a probability is missing or out of range.
    NotEnoughDataError
        If there are no cases.

    Examples
    --------
    >>> groups = calibration([0.1, 0.1, 0.8, 0.9], [0, 0, 1, 0], bins=2)
    >>> groups.n.tolist(), groups.came.tolist(), groups.said.round(2).tolist()
    ([2, 2], [0, 1], [0.1, 0.85])
    """
    given, truth = probabilities(p, label)
    if bins < 1:
        raise DataError(f"bins is {bins}: need 1 or more.")
    order = np.argsort(given, kind="stable")
    ordered = given[order]
    wanted = np.arange(1, bins + 1) * given.size // bins
    ends = np.unique(np.searchsorted(ordered, ordered[np.maximum(wanted, 1) - 1], side="right"))
    starts = np.concatenate([[0], ends[:-1]])
    n = np.diff(ends, prepend=0)
    came = np.add.reduceat(truth[order].astype(np.int64), starts)
    return Calibration(n, came, np.add.reduceat(ordered, starts) / n)


def calibration_error(p: ArrayLike, label: ArrayLike, bins: int = 10) -> float:
    """Give the expected calibration error: how far said and seen lie apart, on the mean.

    Over groups of equal count [1]_, the difference between mean probability and share with the
    outcome, weighted by cases. Chance alone makes it about the square root of ``p (1 - p) bins /
    n``: beside few cases it is no fault of the model.

    Parameters
    ----------
    p, label, bins
        As for `calibration`, with the same errors.

    References
    ----------
    .. [1] Nixon et al. (2019), "Measuring calibration in deep learning", CVPR Workshops.

    Examples
    --------
    >>> round(calibration_error([0.1, 0.1, 0.8, 0.9], [0, 0, 1, 0], bins=2), 3)
    0.225
    """
    groups = calibration(p, label, bins)
    apart = np.abs(groups.said - groups.came / groups.n)
    return float(np.sum(apart * groups.n) / groups.n.sum())


def brier(p: ArrayLike, label: ArrayLike) -> float:
    """Give the mean squared difference between what was said and what came.

    0 is perfect; saying the base rate of everybody gives ``rate (1 - rate)`` [1]_.

    Parameters
    ----------
    p, label
        As for `calibration`, with the same errors.

    References
    ----------
    .. [1] Brier (1950), "Verification of forecasts expressed in terms of probability", Monthly
       Weather Review 78:1-3.

    Examples
    --------
    >>> brier([0.5, 0.5, 1.0], [0, 1, 1])
    0.166...
    """
    given, truth = probabilities(p, label)
    return float(np.mean((given - truth) ** 2))
