"""What scores: logistic regression and boosted trees in equal parts, brought to probabilities."""

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
Kind = Literal["regression and trees", "regression"]


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Two ways of adding up the same columns, each half of the log-odds where both are there."""

    linear: Linear
    trees: Trees | None
    library: str  # that grew the trees; "" without

    def margin(self, x: NDArray[np.float32]) -> Floats:
        """Give the log-odds of rows, (n_rows,)."""
        told = self.linear.margin(x)
        return told if self.trees is None else 0.5 * told + 0.5 * self.trees.margin(x)

    def explain(self, x: NDArray[np.float32]) -> Floats:
        """Give what each column adds to the log-odds of each row, (n_rows, n_features); exact."""
        told = self.linear.explain(x)
        return told if self.trees is None else 0.5 * told + 0.5 * self.trees.explain(x)

    def average(self) -> float:
        """Give the log-odds that explanations begin at."""
        told = self.linear.average()
        return told if self.trees is None else 0.5 * told + 0.5 * self.trees.average()

    @property
    def kind(self) -> Kind:
        """What it is made of."""
        return "regression" if self.trees is None else "regression and trees"

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to store."""
        parts = {"linear": self.linear.arrays()}
        if self.trees is not None:
            parts["trees"] = self.trees.arrays()
        return {f"{part}.{name}": a for part, told in parts.items() for name, a in told.items()}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], library: str) -> Scorer:
        """Read what `arrays` gave.

        Raises
        ------
        StoreError
            If they do not make a scorer.
        """
        trees = part(arrays, "trees")
        return cls(Linear.of(part(arrays, "linear")), Trees.of(trees) if trees else None, library)


def part(arrays: Mapping[str, NDArray[Any]], name: str) -> dict[str, NDArray[Any]]:
    """Give the arrays whose names begin with a part's name."""
    head = f"{name}."
    return {key.removeprefix(head): a for key, a in arrays.items() if key.startswith(head)}


def train(x: NDArray[np.float32], label: NDArray[np.bool_], *, seed: int = 0) -> Scorer:
    """Fit a scorer: the same rows in the same order and the same seed give the same one.

    Parameters
    ----------
    x
        (n_rows, n_features), NaN where nothing is known.
    label
        (n_rows,) of both kinds.
    seed
        Of the trees.
    """
    events = int(min(label.sum(), label.size - label.sum()))
    every = -(-label.size // MOST_ROWS)
    linear = regress(x[::every], label[::every], penalty=max(2.0, 0.02 * x.shape[1]))
    if events < FEWEST_FOR_TREES:
        return Scorer(linear, None, "")
    grown = grow(x, label, trees=_how_many(events), seed=seed)
    return Scorer(linear, grown.trees, grown.library)


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
