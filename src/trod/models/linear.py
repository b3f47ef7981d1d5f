"""Logistic regression as plain arrays: weights of columns that were put on one scale."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.linear import added, summed
from trod.errors import StoreError

Floats = NDArray[np.float64]
_STEPS: Final = 12
_HALVES: Final = 8
_FEWEST_GAPS: Final = 0.005  # share of rows without a value from which the gap itself is a column
_LONG_TAIL: Final = 6.0  # the largest value in a hundred, against the middle one
_ENOUGH: Final = 2_000  # rows to tell a long tail by


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Log-odds as a weighted sum.

    A value is taken by its logarithm where the column has a long tail, moved and scaled by mean and
    spread, and held within what was seen in fitting, four spreads at most; a missing one counts as
    the mean, with a weight of its own where gaps were common.
    """

    logged: NDArray[np.bool_]  # (n_features,)
    mean: Floats  # (n_features,)
    spread: Floats  # (n_features,)
    weight: Floats  # (n_features,) by spread
    gap_mean: Floats  # (n_features,) share of rows without a value
    gap_weight: Floats  # (n_features,) zero where gaps are rare
    low: Floats  # (n_features,) smallest and largest of the rows it was fitted on, by spread
    high: Floats  # (n_features,)
    start: Floats  # (1,) log-odds of a row that is average in everything

    def margin(self, x: NDArray[np.float32]) -> Floats:
        """Give the log-odds of rows, (n_rows,): of each row by itself."""
        out = np.empty(x.shape[0])
        logged, numbers = given(self.logged, np.bool_), self._numbers()
        summed(given(x, np.float32), logged, numbers, float(self.start[0]), out)
        return out

    def explain(self, x: NDArray[np.float32]) -> Floats:
        """Give what each column adds to the log-odds of each row, (n_rows, n_features).

        Against the average row: exact, because the sum is.
        """
        out = np.empty(x.shape)
        added(given(x, np.float32), given(self.logged, np.bool_), self._numbers(), out)
        return out

    def average(self) -> float:
        """Give the log-odds of the average row."""
        return float(self.start[0])

    def _numbers(self) -> Floats:
        """Give what the loops need of each column, (7, n_features)."""
        scale = (self.mean, self.spread, self.low, self.high)
        return given(np.stack([*scale, self.weight, self.gap_mean, self.gap_weight]), np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to store."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Linear:
        """Read what `arrays` gave.

        Raises
        ------
        StoreError
            If the arrays do not make a regression.
        """
        names = [each.name for each in fields(cls)]
        sizes = {arrays[name].shape for name in names[:-1] if name in arrays}
        if len(sizes) != 1 or any(name not in arrays for name in names):
            raise StoreError("the weights of a model do not fit together. Fit it again.")
        return cls(**{name: np.asarray(arrays[name]) for name in names})


def regress(x: NDArray[np.float32], label: NDArray[np.bool_], *, penalty: float = 1.0) -> Linear:
    """Fit a logistic regression with a ridge penalty by Newton's method.

    Parameters
    ----------
    x
        (n_rows, n_features), NaN where nothing is known.
    label
        (n_rows,)
    penalty
        On the squared weights, in rows: 1.0 is as much as scikit-learn's ``C=1``.

    Notes
    -----
    O(steps * n_rows * n_features ** 2); twelve steps at most.

    Examples
    --------
    >>> x = np.array([[0], [1], [2], [3]], np.float32)
    >>> fitted = regress(x, np.array([False, True, False, True]))
    >>> bool(np.all(np.diff(fitted.margin(x)) > 0))
    True
    """
    with _alone():
        return _regress(x, label, penalty)


def _alone() -> AbstractContextManager[object]:
    """Keep matrix products on one thread: the same sums on any machine, and no waiting."""
    from threadpoolctl import threadpool_limits  # comes with scikit-learn

    held: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return held


def _regress(x: NDArray[np.float32], label: NDArray[np.bool_], penalty: float) -> Linear:
    told = _scale(x)
    z, absent = told.z, told.gap
    gap_mean = absent.mean(axis=0)
    gaps = np.flatnonzero((gap_mean > _FEWEST_GAPS) & (gap_mean < 1 - _FEWEST_GAPS))
    design = np.column_stack([z, absent[:, gaps] - gap_mean[gaps]])
    start, weight = _newton(design, label, penalty)
    gap_weight = np.zeros(x.shape[1])
    gap_weight[gaps] = weight[x.shape[1] :]
    spread = np.where(np.isinf(told.spread), 1.0, told.spread)
    return Linear(
        told.logged,
        told.mean,
        spread,
        weight[: x.shape[1]],
        gap_mean,
        gap_weight,
        told.z.min(axis=0),
        told.z.max(axis=0),
        np.array([start]),
    )


class _Scale(NamedTuple):
    z: Floats  # (n_rows, n_features) missing ones 0
    gap: NDArray[np.bool_]  # (n_rows, n_features)
    logged: NDArray[np.bool_]  # (n_features,)
    mean: Floats
    spread: Floats


def _scale(x: NDArray[np.float32]) -> _Scale:
    """Put columns on one scale."""
    logged = _tailed(x)
    value = _logged(x, logged)
    absent = np.isnan(value)
    known = np.maximum((~absent).sum(axis=0), 1)
    mean = np.where(absent, 0.0, value).sum(axis=0) / known
    away = np.where(absent, 0.0, value - mean)
    spread = np.sqrt((away * away).sum(axis=0) / known)
    spread[spread < 1e-9] = np.inf  # a column that never varies says nothing
    return _Scale(np.clip(away / spread, -4, 4), absent, logged, mean, spread)


def scaled(x: NDArray[np.float32]) -> tuple[Floats, Floats]:
    """Give values on one scale with 0 for missing ones, and the gaps, each (n_rows, n_features)."""
    told = _scale(x)
    return told.z, told.gap.astype(np.float64)


def _newton(z: Floats, label: NDArray[np.bool_], penalty: float) -> tuple[float, Floats]:
    """Climb to the most likely weights."""
    share = np.clip(label.mean(), 1e-6, 1 - 1e-6)
    start, weight = float(np.log(share / (1 - share))), np.zeros(z.shape[1])
    full = np.column_stack([np.ones(z.shape[0]), z])
    ridge = np.full(full.shape[1], penalty)
    ridge[0] = 0.0
    beta = np.concatenate([[start], weight])
    cost = _cost(full, label, beta, ridge)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(full @ beta, -30, 30)))
        slope = full.T @ (label - p) - ridge * beta
        curve = (full * np.maximum(p * (1 - p), 1e-6)[:, None]).T @ full
        curve[np.diag_indices_from(curve)] += ridge + 1e-9
        step = np.linalg.solve(curve, slope)
        # A full step may overshoot where a column is rare: halve it until it helps.
        for _ in range(_HALVES):
            further = _cost(full, label, beta + step, ridge)
            if further <= cost:
                break
            step = step / 2
        beta, gain, cost = beta + step, cost - further, further
        if gain < 1e-7 * label.size:
            break
    return float(beta[0]), beta[1:]


def _cost(full: Floats, label: NDArray[np.bool_], beta: Floats, ridge: Floats) -> float:
    """Give minus the logarithm of the likelihood, and the penalty."""
    odds = full @ beta
    lost = np.logaddexp(0.0, np.where(label, -odds, odds)).sum()
    return float(lost + 0.5 * (ridge * beta * beta).sum())


def _tailed(x: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say which columns count from zero up and have a long tail."""
    found = np.zeros(x.shape[1], np.bool_)
    some = x[:: max(1, x.shape[0] // _ENOUGH)]
    for k in range(x.shape[1]):
        column = some[:, k]
        column = column[~np.isnan(column)]
        if column.size == 0 or column.min() < 0:
            continue
        above = column[column > 0]
        if above.size and np.quantile(above, 0.99) > _LONG_TAIL * np.quantile(above, 0.5):
            found[k] = True
    return found


def _logged(x: NDArray[np.float32], logged: NDArray[np.bool_]) -> Floats:
    value = x.astype(np.float64)
    value[:, logged] = np.log1p(np.maximum(value[:, logged], 0.0))
    return value
