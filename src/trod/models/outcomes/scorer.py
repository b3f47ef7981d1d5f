"""What scores: logistic regression and boosted trees, each with a share of the log-odds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from trod.models.calibration import Calibration
from trod.models.linear import Linear, regress
from trod.models.trees import Trees, grow

Floats = NDArray[np.float64]
FEWEST_FOR_TREES: Final = 100
"""Events below which trees learn chance: the regression speaks alone."""
MOST_ROWS: Final = 60_000
"""Rows the regression is fitted on; more change its weights by less than their error."""
FEWEST_EVENTS: Final = 15
"""Customers with the outcome, and without it, below which nothing is fitted."""
_SHARES: Final = (0.25, 0.5, 0.75, 1.0)
Kind = Literal["regression and trees", "regression"]


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Two ways of adding up the same columns, each with a share of the log-odds."""

    linear: Linear
    trees: Trees | None
    share: float  # of the trees
    library: str  # that grew the trees; "" without

    def margin(self, x: NDArray[np.float32]) -> Floats:
        """Give the log-odds of rows, (n_rows,)."""
        told = self.linear.margin(x)
        return told if self.trees is None else self._mix(told, self.trees.margin(x))

    def explain(self, x: NDArray[np.float32]) -> Floats:
        """Give what each column adds to the log-odds of each row, (n_rows, n_features); exact."""
        told = self.linear.explain(x)
        return told if self.trees is None else self._mix(told, self.trees.explain(x))

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
        return {f"{part}.{name}": a for part, told in parts.items() for name, a in told.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], library: str) -> Scorer:
        """Read what `arrays` gave.

        Raises
        ------
        StoreError
            If they do not make a scorer.
        """
        linear, trees = Linear.of(part(arrays, "linear")), part(arrays, "trees")
        if not trees:
            return cls(linear, None, 0.0, library)
        return cls(linear, Trees.of(trees), float(trees["share"][0]), library)


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
        A fourth to all; zero where there are too few events for trees.
    """
    away = group % 4 == 3
    events = min(label[~away].sum(), (~label[~away]).sum())
    if events < FEWEST_FOR_TREES or min(label[away].sum(), (~label[away]).sum()) < 10:
        return 0.5 if min(label.sum(), (~label).sum()) >= FEWEST_FOR_TREES else 0.0
    part = train(x[~away], label[~away], share=0.5, seed=seed)
    if part.trees is None:
        return 0.0
    a, b = part.linear.margin(x[away]), part.trees.margin(x[away])
    losses = [_loss((1 - share) * a + share * b, label[away]) for share in _SHARES]
    return _SHARES[int(np.argmin(losses))]


def _loss(margin: Floats, label: NDArray[np.bool_]) -> float:
    """Give the mean of minus the logarithm of the probability of what came."""
    return float(np.logaddexp(0.0, np.where(label, -margin, margin)).mean())


def train(
    x: NDArray[np.float32], label: NDArray[np.bool_], *, share: float = 0.5, seed: int = 0
) -> Scorer:
    """Fit a scorer: the same rows in the same order and the same seed give the same one.

    Parameters
    ----------
    x
        (n_rows, n_features), NaN where nothing is known.
    label
        (n_rows,) of both kinds.
    share
        Of the trees in the log-odds; without any where there are too few events.
    seed
        Of the trees.
    """
    events = int(min(label.sum(), label.size - label.sum()))
    every = -(-label.size // MOST_ROWS)
    linear = regress(x[::every], label[::every], penalty=max(2.0, 0.02 * x.shape[1]))
    if events < FEWEST_FOR_TREES or share == 0.0:
        return Scorer(linear, None, 0.0, "")
    grown = grow(x, label, trees=_how_many(events), seed=seed)
    return Scorer(linear, grown.trees, share, grown.library)


def _how_many(events: int) -> int:
    """Give the number of trees: more events bear more of them."""
    return int(np.clip(20 * np.log2(events / 25), 40, 160))


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """A scorer and what its log-odds are worth."""

    scorer: Scorer
    calibration: Calibration

    def probability(self, x: NDArray[np.float32]) -> Floats:
        """Give the probability of each row, (n_rows,)."""
        return self.calibration.probability(self.scorer.margin(x))
