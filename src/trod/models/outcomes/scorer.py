"""What scores: logistic regression and boosted trees, each with a share of the log-odds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from trod.models.calibration import Calibration
from trod.models.linear import Linear, regress, scaled
from trod.models.trees import Trees, grow

Floats = NDArray[np.float64]
FEWEST_FOR_TREES: Final = 100
"""Events below which trees learn chance: the regression speaks alone."""
MOST_ROWS: Final = 24_000
"""Rows the regression is fitted on; more change its weights by less than their error."""
MOST_COLUMNS: Final = 100
FEWEST_EVENTS: Final = 30
"""Customers with the outcome, and without it, below which nothing is fitted."""
_SHARES: Final = (0.25, 0.5, 0.75, 1.0)
Kind = Literal["regression and trees", "regression"]


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Two ways of adding up the same columns, each with a share of the log-odds."""

    columns: NDArray[np.int64]  # (n_used,) of the table that rows come from
    linear: Linear
    trees: Trees | None
    share: float  # of the trees
    library: str  # that grew the trees; "" without

    def margin(self, x: NDArray[np.float32]) -> Floats:
        """Give the log-odds of rows, (n_rows,)."""
        used = x[:, self.columns]
        told = self.linear.margin(used)
        return told if self.trees is None else self._mix(told, self.trees.margin(used))

    def explain(self, x: NDArray[np.float32]) -> Floats:
        """Give what each used column adds to the log-odds of each row, (n_rows, n_used); exact."""
        used = x[:, self.columns]
        told = self.linear.explain(used)
        return told if self.trees is None else self._mix(told, self.trees.explain(used))

    def regression(self, x: NDArray[np.float32]) -> Floats:
        """Give the log-odds of the regression alone, (n_rows,)."""
        return self.linear.margin(x[:, self.columns])

    def average(self) -> float:
        """Give the log-odds that explanations begin at."""
        told = self.linear.average()
        if self.trees is None:
            return told
        return (1 - self.share) * told + self.share * self.trees.average()

    def _mix(self, linear: Floats, trees: Floats) -> Floats:
        return np.asarray((1 - self.share) * linear + self.share * trees)

    @property
    def kind(self) -> Kind:
        """What it is made of."""
        return "regression" if self.trees is None else "regression and trees"

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to store."""
        parts: dict[str, dict[str, NDArray[Any]]] = {"linear": self.linear.arrays()}
        if self.trees is not None:
            parts["trees"] = self.trees.arrays() | {"share": np.array([self.share])}
        told = {f"{part}.{name}": a for part, some in parts.items() for name, a in some.items()}
        return {"columns": self.columns, **told}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], library: str) -> Scorer:
        """Read what `arrays` gave.

        Raises
        ------
        StoreError
            If they do not make a scorer.
        """
        linear, trees = Linear.of(part(arrays, "linear")), part(arrays, "trees")
        columns = np.asarray(arrays["columns"], np.int64)
        if not trees:
            return cls(columns, linear, None, 0.0, library)
        return cls(columns, linear, Trees.of(trees), float(trees["share"][0]), library)


def part(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    """Give the arrays whose names begin with a part's name."""
    head = f"{name}."
    return {key.removeprefix(head): a for key, a in arrays.items() if key.startswith(head)}


def share_of_trees(
    x: NDArray[np.float32],
    label: NDArray[np.bool_],
    group: NDArray[np.int64],
    *,
    seed: int = 0,
) -> float:
    """Say how much the trees are to have in the log-odds: what does best on a fourth held back.

    Parameters
    ----------
    x, label
        (n_rows, n_features) and (n_rows,)
    group
        (n_rows,) whose row it is: a customer is held back with all rows.
    seed
        Of the trees.

    Returns
    -------
    float
        A fourth to all; a half where there are too few events to choose.
    """
    away = group % 4 == 3
    events = min(label[~away].sum(), (~label[~away]).sum())
    if events < FEWEST_FOR_TREES or min(label[away].sum(), (~label[away]).sum()) < 10:
        return 0.5
    part = train(x[~away], label[~away], group=group[~away], seed=seed)
    used = x[away][:, part.columns]
    a, b = part.linear.margin(used), part.linear.margin(used)
    if part.trees is not None:
        b = part.trees.margin(used)
    losses = [_loss((1 - share) * a + share * b, label[away]) for share in _SHARES]
    return _SHARES[int(np.argmin(losses))]


def _loss(margin: Floats, label: NDArray[np.bool_]) -> float:
    """Give the mean of minus the logarithm of the probability of what came."""
    return float(np.logaddexp(0.0, np.where(label, -margin, margin)).mean())


def train(
    x: NDArray[np.float32],
    label: NDArray[np.bool_],
    *,
    group: NDArray[np.int64] | None = None,
    share: float = 0.5,
    seed: int = 0,
) -> Scorer:
    """Fit a scorer: the same rows in the same order and the same seed give the same one.

    Parameters
    ----------
    x
        (n_rows, n_features), NaN where nothing is known.
    label
        (n_rows,) of both kinds.
    group
        (n_rows,) whose row it is. Rows of one customer tell much the same: what is fitted is held
        back as if there were only as many events as customers with one.
    share
        Of the trees in the log-odds; without any where there are too few events.
    seed
        Of the trees.
    """
    events = int(min(label.sum(), label.size - label.sum()))
    alike = 1.0 if group is None else events / max(1, int(np.unique(group[label]).size))
    alike = max(1.0, alike)
    events = int(events / alike)
    every = -(-label.size // MOST_ROWS)
    columns = telling(x[::every], label[::every], most=_columns(events))
    used = np.ascontiguousarray(x[:, columns])
    linear = regress(used[::every], label[::every], penalty=max(2.0, 0.05 * columns.size) * alike)
    if events < FEWEST_FOR_TREES:
        return Scorer(columns, linear, None, 0.0, "")
    grown = grow(used, label, trees=_how_many(events), alike=alike, seed=seed)
    return Scorer(columns, linear, grown.trees, share, grown.library)


def telling(x: NDArray[np.float32], label: NDArray[np.bool_], *, most: int) -> NDArray[np.int64]:
    """Choose the columns that differ most between rows with the outcome and rows without it.

    By the difference of the means against its error, of values and of gaps, on the scale of the
    regression; ties by place. What few events bear is few columns.
    """
    z, gap = scaled(x)
    there = np.maximum(_apart(z, label), _apart(gap, label))
    order = np.argsort(-there, kind="stable")[:most]
    return np.sort(order[there[order] > 0])


def _apart(column: Floats, label: NDArray[np.bool_]) -> Floats:
    """Give the size of the difference of means in errors, (n_features,)."""
    a, b = column[label], column[~label]
    error = np.sqrt(a.var(axis=0) / max(len(a), 1) + b.var(axis=0) / max(len(b), 1))
    apart = np.abs(a.mean(axis=0) - b.mean(axis=0))
    return np.asarray(np.where(error > 1e-9, apart / np.maximum(error, 1e-9), 0.0))


def _columns(events: int) -> int:
    """Give the number of columns that so many events bear."""
    return int(np.clip(events // 4, 8, MOST_COLUMNS))


def _how_many(events: int) -> int:
    """Give the number of trees: more events bear more of them."""
    return int(np.clip(20 * np.log2(events / 25), 30, 140))


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """A scorer and what its log-odds are worth."""

    scorer: Scorer
    calibration: Calibration

    def probability(self, x: NDArray[np.float32]) -> Floats:
        """Give the probability of each row, (n_rows,)."""
        return self.calibration.probability(self.scorer.margin(x))
