"""What every measure is given and gives."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trod.errors import DataError, NotEnoughDataError


class Estimate(NamedTuple):
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float
    n: int  # cases behind it


def numbers(given: ArrayLike, name: str) -> NDArray[np.float64]:
    """Take numbers, (n,), none of them missing."""
    found = np.asarray(given, np.float64)
    if found.ndim != 1:
        raise DataError(f"{name} has shape {found.shape}: need (n,).")
    if not np.isfinite(found).all():
        bad = int(np.flatnonzero(~np.isfinite(found))[0])
        raise DataError(f"{name}[{bad}] is {found[bad]}: need a number.")
    if not found.size:
        raise NotEnoughDataError(f"{name} is empty.")
    return found


def labelled(
    score: ArrayLike, label: ArrayLike, *, both: bool = True
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Take scores and what came of them; with `both`, some of either kind."""
    scores, truth = numbers(score, "score"), np.asarray(label)
    if truth.shape != scores.shape:
        raise DataError(f"score has shape {scores.shape} and label {truth.shape}: need equal (n,).")
    wrong = np.flatnonzero((truth != 0) & (truth != 1))
    if wrong.size:
        raise DataError(f"label[{wrong[0]}] is {truth[wrong[0]]}: need 0 or 1.")
    found = truth.astype(np.bool_)
    if both and (found.all() or not found.any()):
        what = "a case without the outcome" if found.all() else "a case with the outcome"
        raise NotEnoughDataError(f"none of {found.size} cases is {what}.")
    return scores, found


def probabilities(p: ArrayLike, label: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Take probabilities and what came of them."""
    found, truth = labelled(p, label, both=False)
    wrong = np.flatnonzero((found < 0) | (found > 1))
    if wrong.size:
        raise DataError(f"p[{wrong[0]}] is {found[wrong[0]]:g}: need a share from 0 to 1.")
    return found, truth


def falling(score: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order by score, the highest first; equal scores in the order given."""
    return np.argsort(-score, kind="stable")
