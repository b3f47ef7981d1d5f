"""Lanes that do not flip from day to day: in at the bar, out one usual wobble below it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_USUAL: Final = 0.8


def steady(margin: Floats, bar: float, wobble: float) -> NDArray[np.bool_]:
    """Say who is pointed out at the last of some moments, given how they came there.

    Who comes up to the bar is in. Who is in stays so until the score is more than a wobble below
    the bar. Who is not asked about is out.

    Parameters
    ----------
    margin
        (n, n_moments) log-odds, oldest first; NaN where somebody is not asked about.
    bar
        Log-odds from which customers are pointed out.
    wobble
        By how much a score moves from week to week without meaning.

    Returns
    -------
    array
        (n,)

    Examples
    --------
    >>> steady(np.array([[0.1, 1.1, 0.9], [0.1, 0.9, 0.9], [1.1, 0.1, 0.9]]), 1.0, 0.5)
    array([ True, False, False])
    """
    now = np.zeros(margin.shape[0], np.bool_)
    for k in range(margin.shape[1]):
        here = margin[:, k]
        with np.errstate(invalid="ignore"):
            now = (here >= bar) | (now & (here >= bar - wobble))
    return now


def wobble(margin: Floats) -> float:
    """Give the usual change of a score from one moment to the next: four in five are smaller.

    Examples
    --------
    >>> round(wobble(np.array([[0.0, 0.5], [1.0, 0.9], [np.nan, 2.0]])), 2)
    0.42
    """
    moved = np.abs(np.diff(margin, axis=1))
    moved = moved[np.isfinite(moved)]
    return float(np.quantile(moved, _USUAL)) if moved.size else 0.0
