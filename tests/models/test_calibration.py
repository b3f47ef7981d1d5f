"""What log-odds are worth."""

import numpy as np
import pytest

from tests.slow_twins.linear import added as slowly
from trod.errors import StoreError
from trod.models.calibration import Calibration, calibrated
from trod.models.linear import Linear, regress
from trod.models.quality import calibration_error


def drawn(n: int, slope: float, seed: int = 0):
    rng = np.random.default_rng(seed)
    true = rng.normal(-1, 1, n)
    return true * slope + 0.7, rng.random(n) < 1 / (1 + np.exp(-true))


@pytest.mark.parametrize(("n", "how"), [(600, "curve"), (6_000, "steps")])
def test_M2_probabilities_are_right_after_calibration(n, how):
    margin, label = drawn(n, 2.5)
    fitted = calibrated(margin, label)
    assert fitted.how == how
    later, came = drawn(20_000, 2.5, seed=1)
    raw = 1 / (1 + np.exp(-later))
    assert calibration_error(fitted.probability(later), came) < 0.04
    assert calibration_error(raw, came) > 0.08


def test_a_higher_score_is_never_less_likely_and_ends_are_not_cut_off():
    margin, label = drawn(6_000, 1.0)
    told = calibrated(margin, label).probability(np.linspace(-12, 12, 400))
    assert np.all(np.diff(told) > 0)


@pytest.mark.parametrize("label", [np.arange(40) > 19, np.arange(40) < 20])
def test_a_perfect_order_and_the_wrong_way_round_stay_finite(label):
    fitted = calibrated(np.arange(40.0), label)
    told = fitted.probability(np.array([-1e6, 0.0, 1e6]))
    assert np.all(np.isfinite(told))
    assert told[0] <= told[1] <= told[2]


def test_points_that_do_not_rise_are_damage():
    with pytest.raises(StoreError, match="rise"):
        Calibration.of({"given": np.array([1.0, 0.0]), "true": np.array([0.0, 1.0])}, "curve")


def test_regression_agrees_with_scikit_learn():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(2)
    x = rng.normal(size=(800, 5)).astype(np.float32)
    label = rng.random(800) < 1 / (1 + np.exp(-x[:, 0] + 2 * x[:, 1]))
    fitted = regress(x, label, penalty=1.0)
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    same = LogisticRegression(C=1.0, tol=1e-9, max_iter=500).fit(z, label)
    np.testing.assert_allclose(fitted.weight, same.coef_[0], atol=1e-3)
    np.testing.assert_allclose(fitted.margin(x), same.decision_function(z), atol=5e-3)


def test_regression_climbs_where_a_column_is_rare():
    """A full step of Newton's overshoots here: the weights ran away from each other."""
    rng = np.random.default_rng(5)
    rare = (rng.random((2_000, 6)) < 0.01).astype(np.float32)
    x = np.column_stack([rare, np.where(rare > 0, 3.0, np.nan)]).astype(np.float32)
    label = rng.random(2_000) < 0.05 + 0.4 * rare[:, 0]
    fitted = regress(x, label, penalty=5.0)
    assert np.abs(fitted.weight).max() < 2
    assert np.abs(fitted.gap_weight).max() < 2


def test_regression_explains_itself_exactly_and_reads_back():
    rng = np.random.default_rng(3)
    x = rng.exponential(size=(500, 4)).astype(np.float32)
    x[rng.random(x.shape) < 0.2] = np.nan
    fitted = regress(x, np.nan_to_num(x[:, 0]) > 1)
    np.testing.assert_allclose(fitted.explain(x), slowly(fitted, x), atol=1e-12)
    added = fitted.explain(x).sum(axis=1) + fitted.average()
    np.testing.assert_allclose(added, fitted.margin(x), atol=1e-9)
    np.testing.assert_array_equal(fitted.margin(x[7:8]), fitted.margin(x)[7:8])
    np.testing.assert_array_equal(Linear.of(fitted.arrays()).margin(x), fitted.margin(x))
    with pytest.raises(StoreError, match="fit together"):
        Linear.of({**fitted.arrays(), "mean": np.zeros(3)})
