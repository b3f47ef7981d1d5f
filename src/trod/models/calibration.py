"""From a score to a probability that can be counted on: of those told 30 %, three in ten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from trod.errors import StoreError

Floats = NDArray[np.float64]
FEWEST_STEPS: Final = 500
"""Events, and rows without one, from which steps are learned; below it two numbers are."""
_FEWEST_IN_STEP: Final = 50
_STEPS: Final = 25


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A rising line through points: log-odds as a model gives them, and as they turned out."""

    given: Floats  # (n_points,) rising
    true: Floats  # (n_points,) rising
    how: str  # "curve" or "steps"

    def probability(self, margin: Floats) -> Floats:
        """Give the probability of each row, (n_rows,).

        Beyond the first and the last point the line goes on with a slope of one.
        """
        low, high = self.given[0], self.given[-1]
        inside = np.interp(margin, self.given, self.true)
        odds = inside + np.minimum(margin - low, 0) + np.maximum(margin - high, 0)
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to store."""
        return {"given": self.given, "true": self.true}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], how: str) -> Calibration:
        """Read what `arrays` gave.

        Raises
        ------
        StoreError
            If the points do not rise.
        """
        try:
            told = cls(np.asarray(arrays["given"]), np.asarray(arrays["true"]), how)
        except KeyError as gone:
            raise StoreError(f"a calibration lacks {gone}. Fit the model again.") from gone
        if (
            told.given.size < 2
            or (np.diff(told.given) <= 0).any()
            or (np.diff(told.true) < 0).any()
        ):
            raise StoreError("the points of a calibration do not rise. Fit the model again.")
        return told


def calibrated(margin: Floats, label: NDArray[np.bool_]) -> Calibration:
    """Learn what the log-odds of a model are worth, from rows it was not fitted on.

    With few events two numbers are learned (Platt [1]_: a slope and a start), with many the steps
    of a rising function (isotonic regression [2]_), drawn as a line so that few customers tie.

    Parameters
    ----------
    margin, label
        (n_rows,) log-odds as predicted beforehand, and what came.

    References
    ----------
    .. [1] Platt (1999), "Probabilistic outputs for support vector machines", Advances in Large
       Margin Classifiers.
    .. [2] Zadrozny & Elkan (2002), "Transforming classifier scores into accurate multiclass
       probability estimates", KDD.

    Examples
    --------
    >>> shy, turn = np.repeat([-0.2, 0.2], 100), np.arange(200) % 10 == 0
    >>> sure = calibrated(shy, turn ^ (shy > 0))
    >>> sure.probability(np.array([-0.2, 0.2])).round(1).tolist()
    [0.1, 0.9]
    """
    events = int(label.sum())
    if min(events, label.size - events) >= FEWEST_STEPS:
        return _steps(margin, label)
    slope, start = _platt(margin, label)
    ends = np.array([float(margin.min()), float(margin.max())])
    ends = ends if ends[1] > ends[0] else ends[0] + np.array([-1.0, 1.0])
    return Calibration(ends, start + slope * ends, "curve")


def _platt(margin: Floats, label: NDArray[np.bool_]) -> tuple[float, float]:
    """Fit slope and start by Newton's method; the slope is held above zero.

    Two rows are added, one of each kind, so that a perfect order does not run to infinity.
    """
    events = label.sum()
    target = np.where(label, (events + 1) / (events + 2), 1 / (label.size - events + 2))
    slope, start = 1.0, 0.0
    for _ in range(30):
        p = 1 / (1 + np.exp(-np.clip(slope * margin + start, -30, 30)))
        weight, gone = np.maximum(p * (1 - p), 1e-9), target - p
        g = np.array([(gone * margin).sum(), gone.sum()])
        cross = (weight * margin).sum()
        h = np.array([[(weight * margin * margin).sum() + 1e-9, cross], [cross, weight.sum()]])
        h[1, 1] += 1e-9
        step = np.linalg.solve(h, g)
        slope, start = (
            slope + float(np.clip(step[0], -1, 1)),
            start + float(np.clip(step[1], -2, 2)),
        )
        if np.abs(step).max() < 1e-9:
            break
    return (slope, start) if slope > 0.05 else (0.05, _level(margin, target))


def _level(margin: Floats, target: Floats) -> float:
    """Give the start that keeps the mean where the slope is held."""
    share = float(np.clip(target.mean(), 1e-6, 1 - 1e-6))
    return float(np.log(share / (1 - share)) - 0.05 * margin.mean())


def _steps(margin: Floats, label: NDArray[np.bool_]) -> Calibration:
    """Pool neighbours until the shares rise; each pool is a point of the line."""
    order = np.argsort(margin, kind="stable")
    bins = max(2, min(_STEPS, label.size // _FEWEST_IN_STEP))
    parts = np.array_split(order, bins)
    pools: list[list[float]] = []  # sum of margins, events, rows
    for part in parts:
        pools.append([float(margin[part].sum()), float(label[part].sum()), float(part.size)])
        while len(pools) > 1 and pools[-2][1] * pools[-1][2] >= pools[-1][1] * pools[-2][2]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    told = np.array(pools)
    share = (told[:, 1] + 0.5) / (told[:, 2] + 1)
    given, true = told[:, 0] / told[:, 2], np.log(share / (1 - share))
    if given.size < 2:
        slope, start = _platt(margin, label)
        ends = np.array([float(margin.min()), float(margin.max()) + 1e-9])
        return Calibration(ends, start + slope * ends, "curve")
    rising = np.concatenate([[True], np.diff(given) > 1e-12])
    return Calibration(given[rising], np.maximum.accumulate(true[rising]), "steps")
