"""Boosted trees as plain arrays: scored and explained without the library that grew them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.trees import LEAF, contributions, margins, tables
from trod.errors import StoreError

MOST_LEAVES: Final = 8
"""Leaves of one tree. Seven questions have 128 patterns of answers, which fit in a table."""
_SETTINGS: Final = {
    "objective": "binary",
    "num_leaves": MOST_LEAVES,
    "learning_rate": 0.09,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
MOST_ROWS: Final = 150_000
"""Rows that trees grow on; more make them slower and no better. Every second, third … is taken."""
_WORTH_THREADS: Final = 4_000_000  # values
_DTYPES: Final = {
    "root": np.int32,
    "feature": np.int32,
    "threshold": np.float64,
    "missing_left": np.uint8,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
    "cover": np.float64,
}


class _Tables(NamedTuple):
    asks: NDArray[np.int32]  # (n_trees, most)
    columns: NDArray[np.int32]  # (n_trees, most)
    table: NDArray[np.float64]  # (n_trees, 2 ** most, most)


@dataclass(frozen=True, slots=True, eq=False)
class Trees:
    """Trees one behind the other; what they say is the sum of the leaves a row falls into.

    A row goes left where its value is at most the threshold; where the value is missing (NaN), the
    way ``missing_left`` says. Leaves have feature -1.
    """

    root: NDArray[np.int32]  # (n_trees,) first node of each
    feature: NDArray[np.int32]  # (n_nodes,)
    threshold: NDArray[np.float64]  # (n_nodes,)
    missing_left: NDArray[np.uint8]  # (n_nodes,)
    left: NDArray[np.int32]  # (n_nodes,)
    right: NDArray[np.int32]  # (n_nodes,)
    value: NDArray[np.float64]  # (n_nodes,) log-odds; of inner nodes unused
    cover: NDArray[np.float64]  # (n_nodes,) training rows that came here
    start: float = 0.0  # log-odds before any tree
    _made: list[_Tables] = field(default_factory=list, init=False, repr=False)

    def margin(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give the log-odds of rows, (n_rows,)."""
        out = np.full(x.shape[0], self.start, np.float64)
        margins(
            given(x, np.float32),
            given(self.root, np.int32),
            given(self.feature, np.int32),
            given(self.threshold, np.float64),
            given(self.missing_left, np.uint8),
            given(self.left, np.int32),
            given(self.right, np.int32),
            given(self.value, np.float64),
            out,
        )
        return out

    def explain(self, x: NDArray[np.float32]) -> NDArray[np.float64]:
        """Give what each column adds to the log-odds of each row, (n_rows, n_features).

        Shapley values of the columns, unknown ones averaged over the training rows by the cover of
        the nodes [1]_; exact. A row adds up to `margin` less `average`. Worked out once for every
        pattern of answers a tree can get, and looked up for rows.

        References
        ----------
        .. [1] Lundberg, Erion & Lee (2018), "Consistent individualized feature attribution for tree
           ensembles", arXiv:1802.03888.
        """
        out = np.zeros(x.shape, np.float64)
        known = self._tables()
        contributions(
            given(x, np.float32),
            given(self.feature, np.int32),
            given(self.threshold, np.float64),
            given(self.missing_left, np.uint8),
            given(known.asks, np.int32),
            given(known.columns, np.int32),
            given(known.table, np.float64),
            out,
        )
        return out

    def average(self) -> float:
        """Give the log-odds of the training rows, on average: where explanations begin."""
        asks = self.feature != LEAF
        total = np.where(asks, 0.0, self.value)
        # Children stand behind their parents, so one pass from the back fills every node.
        for n in np.flatnonzero(asks)[::-1].tolist():
            a, b = self.left[n], self.right[n]
            total[n] = (total[a] * self.cover[a] + total[b] * self.cover[b]) / self.cover[n]
        return self.start + float(total[self.root].sum())

    def _tables(self) -> _Tables:
        if not self._made:
            self._made.append(_tabled(self))
        return self._made[0]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give the arrays to store."""
        return {name: getattr(self, name) for name in _DTYPES} | {"start": np.array([self.start])}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]]) -> Trees:
        """Read what `arrays` gave.

        Raises
        ------
        StoreError
            If the arrays do not make trees.
        """
        wanted = [one.name for one in fields(cls) if not one.name.startswith("_")]
        if missing := [name for name in wanted if name not in arrays]:
            raise StoreError(f"trees lack {', '.join(missing)}. Fit the model again.")
        read = {name: np.asarray(arrays[name], kind) for name, kind in _DTYPES.items()}
        trees = cls(**read, start=float(arrays["start"][0]))
        _check(trees)
        return trees


def _check(trees: Trees) -> None:
    """Refuse trees that a loop could get lost in: children stand behind their parents."""
    n, inner = trees.feature.size, np.flatnonzero(trees.feature != LEAF)
    children = np.concatenate([trees.left[inner], trees.right[inner]])
    forward = (children > np.concatenate([inner, inner])) & (children < n)
    roots = (trees.root >= 0) & (trees.root < n)
    if not (forward.all() and roots.all() and (trees.feature >= LEAF).all()):
        raise StoreError("the trees of a model do not hang together. Fit it again.")


def _tabled(trees: Trees) -> _Tables:
    bounds = [*trees.root.tolist(), trees.feature.size]
    nodes = [np.arange(a, b) for a, b in pairwise(bounds)]
    inner = [one[trees.feature[one] != LEAF] for one in nodes]
    most = max((one.size for one in inner), default=0)
    if most >= MOST_LEAVES:
        raise StoreError(f"a tree has {most + 1} leaves; {MOST_LEAVES} are the most.")
    most = max(most, 1)
    asks = np.full((len(inner), most), -1, np.int32)
    columns = np.full((len(inner), most), -1, np.int32)
    for t, one in enumerate(inner):
        asks[t, : one.size] = one
        told = np.unique(trees.feature[one])
        columns[t, : told.size] = told
    table = np.zeros((len(inner), 1 << most, most), np.float64)
    asking = np.flatnonzero(trees.feature != LEAF)
    parent = np.full(trees.feature.size, -1, np.int32)
    parent[trees.left[asking]] = parent[trees.right[asking]] = asking
    tables(
        given(np.array(bounds, np.int32), np.int32),
        given(parent, np.int32),
        given(trees.feature, np.int32),
        given(trees.left, np.int32),
        given(trees.value, np.float64),
        given(trees.cover, np.float64),
        given(asks, np.int32),
        given(columns, np.int32),
        table,
    )
    return _Tables(asks, columns, table)


class Grown(NamedTuple):
    """Trees, and the library that grew them."""

    trees: Trees
    library: str


def grow(
    x: NDArray[np.float32],
    label: NDArray[np.bool_],
    *,
    trees: int = 80,
    alike: float = 1.0,
    seed: int = 0,
) -> Grown:
    """Grow boosted trees of eight leaves that tell a label from columns.

    LightGBM; scikit-learn's histogram boosting where LightGBM cannot be loaded.

    Parameters
    ----------
    x
        (n_rows, n_features), NaN where nothing is known.
    label
        (n_rows,)
    trees
        How many.
    alike
        Rows that tell the same, on average: a leaf needs so many times more of them.
    seed
        Same rows and seed, same trees.
    """
    every = -(-label.size // MOST_ROWS)
    x, label = x[::every], label[::every]
    try:
        import lightgbm
    except (ImportError, OSError):
        return Grown(_by_histogram(x, label, trees, alike, seed), "scikit-learn")
    data = lightgbm.Dataset(x, label.astype(np.float32), params={"verbose": -1, "max_bin": 63})
    # Threads wait for each other at every split: few rows are faster alone.
    threads = 2 if x.size > _WORTH_THREADS else 1
    asked = {"seed": seed, "num_threads": threads, "min_data_in_leaf": round(25 * alike)}
    booster = lightgbm.train({**_SETTINGS, **asked, "lambda_l2": 5.0 * alike}, data, trees)
    return Grown(of_lightgbm(booster.dump_model()["tree_info"]), "lightgbm")


def _by_histogram(
    x: NDArray[np.float32], label: NDArray[np.bool_], trees: int, alike: float, seed: int
) -> Trees:
    from sklearn.ensemble import HistGradientBoostingClassifier

    grown = HistGradientBoostingClassifier(
        max_iter=trees,
        learning_rate=0.09,
        max_leaf_nodes=MOST_LEAVES,
        min_samples_leaf=round(25 * alike),
        l2_regularization=5.0 * alike,
        max_features=0.5,
        max_bins=63,
        early_stopping=False,
        random_state=seed,
    ).fit(x, label)
    # What was grown has no public name; a test holds it to what the library predicts.
    start = float(np.ravel(grown._baseline_prediction)[0])
    return of_histogram([each[0].nodes for each in grown._predictors], start)


def of_lightgbm(told: list[Mapping[str, Any]]) -> Trees:
    """Take over the trees of LightGBM's ``dump_model()["tree_info"]``."""
    rows: list[tuple[Any, ...]] = []
    roots = []
    for tree in told:
        roots.append(len(rows))
        _take(tree["tree_structure"], rows)
    return _of_rows(roots, rows, 0.0)


def _take(node: Mapping[str, Any], rows: list[tuple[Any, ...]]) -> int:
    """Write a node and what hangs below it; give its place."""
    at = len(rows)
    if "split_feature" not in node:
        rows.append((LEAF, 0.0, 0, -1, -1, node["leaf_value"], node.get("leaf_count", 1)))
        return at
    rows.append(())
    left, right = _take(node["left_child"], rows), _take(node["right_child"], rows)
    # Where training had no gaps, LightGBM reads a gap as zero.
    gaps = node["missing_type"] == "NaN"
    absent = node["default_left"] if gaps else node["threshold"] >= 0.0
    asked = (node["split_feature"], node["threshold"], int(absent))
    rows[at] = (*asked, left, right, 0.0, node["internal_count"])
    return at


def of_histogram(told: list[NDArray[Any]], start: float) -> Trees:
    """Take over the nodes of scikit-learn's histogram boosting."""
    rows: list[tuple[Any, ...]] = []
    roots = []
    for nodes in told:
        base = len(rows)
        roots.append(base)
        for node in nodes:
            if node["is_leaf"]:
                rows.append((LEAF, 0.0, 0, -1, -1, float(node["value"]), int(node["count"])))
                continue
            asked = (
                int(node["feature_idx"]),
                float(node["num_threshold"]),
                int(node["missing_go_to_left"]),
            )
            below = (base + int(node["left"]), base + int(node["right"]))
            rows.append((*asked, *below, 0.0, int(node["count"])))
    return _of_rows(roots, rows, start)


def _of_rows(roots: list[int], rows: list[tuple[Any, ...]], start: float) -> Trees:
    columns = list(zip(*rows, strict=True)) or [()] * 7
    names = [name for name in _DTYPES if name != "root"]
    read = {n: np.array(c, _DTYPES[n]) for n, c in zip(names, columns, strict=True)}
    return Trees(np.array(roots, np.int32), **read, start=start)
