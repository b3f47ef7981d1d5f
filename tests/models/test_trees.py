"""Trees as arrays say and explain what the library that grew them does."""

import subprocess
import sys
from itertools import permutations

import numpy as np
import pytest

from trod.errors import StoreError
from trod.models.trees import Trees, _by_histogram, grow, of_lightgbm


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((3_000, 8)).astype(np.float32)
    x[:, 3] = rng.integers(0, 4, 3_000)
    x[rng.random(x.shape) < 0.1] = np.nan
    x[:, 5] = np.nan_to_num(x[:, 5])
    told = np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 3]) * x[:, 5] + rng.standard_normal(3_000)
    return x, told > 1


def test_M2_trees_say_and_explain_what_lightgbm_does(rows):
    lightgbm = pytest.importorskip("lightgbm")
    from trod.models.trees import _SETTINGS

    x, label = rows
    data = lightgbm.Dataset(x, label.astype(float), params={"verbose": -1, "max_bin": 63})
    booster = lightgbm.train({**_SETTINGS, "seed": 1}, data, 60)
    trees = of_lightgbm(booster.dump_model()["tree_info"])
    asked = x.copy()
    asked[:50, 5] = np.nan  # a gap where training had none
    np.testing.assert_allclose(trees.margin(asked), booster.predict(asked, raw_score=True), 1e-9)
    told = booster.predict(asked, pred_contrib=True)
    np.testing.assert_allclose(trees.explain(asked), told[:, :-1], atol=1e-9)
    assert trees.average() == pytest.approx(told[0, -1], abs=1e-9)


def test_M2_without_lightgbm_histogram_boosting_grows_trees_of_the_same_sort(rows):
    from sklearn.ensemble import HistGradientBoostingClassifier

    x, label = rows
    trees = _by_histogram(x, label, 20, 1.0, 0)
    same = HistGradientBoostingClassifier(
        max_iter=20,
        learning_rate=0.09,
        max_leaf_nodes=8,
        min_samples_leaf=25,
        l2_regularization=5.0,
        max_features=0.5,
        max_bins=63,
        early_stopping=False,
        random_state=0,
    ).fit(x, label)
    np.testing.assert_allclose(trees.margin(x), same.decision_function(x), atol=1e-6)
    added = trees.explain(x).sum(axis=1) + trees.average()
    np.testing.assert_allclose(added, trees.margin(x), atol=1e-9)


def _expected(trees: Trees, n: int, x, known) -> float:
    """Give what is expected below a node where only some columns are known."""
    f = int(trees.feature[n])
    if f < 0:
        return float(trees.value[n])
    a, b = int(trees.left[n]), int(trees.right[n])
    if f in known:
        gap = np.isnan(x[f])
        goes_left = trees.missing_left[n] if gap else x[f] <= trees.threshold[n]
        return _expected(trees, a if goes_left else b, x, known)
    told = [_expected(trees, child, x, known) * trees.cover[child] for child in (a, b)]
    return float(sum(told) / trees.cover[n])


def test_explanations_are_shapley_values_by_their_definition(rows):
    x, label = rows
    trees = grow(x[:, :4], label, trees=5).trees
    for row in x[:4, :4]:
        told = np.zeros(4)
        orders = list(permutations(range(4)))
        for order in orders:
            for k, f in enumerate(order):
                before, after = set(order[:k]), set(order[: k + 1])
                for root in trees.root.tolist():
                    gain = _expected(trees, root, row, after) - _expected(trees, root, row, before)
                    told[f] += gain / len(orders)
        np.testing.assert_allclose(trees.explain(row[None]), told[None], atol=1e-9)


def test_the_same_rows_and_seed_grow_the_same_trees(rows):
    x, label = rows
    one, two = (grow(x, label, trees=10, seed=4).trees.arrays() for _ in range(2))
    assert all(np.array_equal(one[name], two[name], equal_nan=True) for name in one)


def test_trees_that_do_not_hang_together_are_refused(rows):
    x, label = rows
    stored = grow(x, label, trees=3).trees.arrays()
    np.testing.assert_array_equal(
        Trees.of(stored).margin(x), grow(x, label, trees=3).trees.margin(x)
    )
    inner = np.flatnonzero(stored["feature"] >= 0)[0]
    looping = {**stored, "left": stored["left"].copy()}
    looping["left"][inner] = inner
    with pytest.raises(StoreError, match="hang together"):
        Trees.of(looping)
    with pytest.raises(StoreError, match="lack cover"):
        Trees.of({name: a for name, a in stored.items() if name != "cover"})


def test_scoring_needs_no_library_that_fits():
    code = (
        "import sys, trod.models.trees, trod.models.outcomes.scorer; "
        "print([m for m in ('lightgbm', 'sklearn') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
