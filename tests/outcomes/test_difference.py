"""Treated less held back: what other ways of computing it give, and what laws it keeps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod.errors import DataError, NotEnoughDataError
from trod.outcomes.always_valid import always_valid, ever_as_sure, one_look, standard_errors
from trod.outcomes.difference import difference
from trod.outcomes.power import needed_in_all, smallest_effect


def drawn(seed: int, n: int = 400):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    chance = 1 / (1 + np.exp(-x))
    chance = np.clip(chance, 0.15, 0.85)
    treated = rng.random(n) < chance
    y = (rng.random(n) < np.clip(0.4 + 0.1 * x - 0.1 * treated, 0, 1)).astype(float)
    return y, treated, chance, x


def slowly(y, treated, chance):
    """Hájek's two means, by the definition."""
    one = sum(v / e for v, t, e in zip(y, treated, chance, strict=True) if t)
    one /= sum(1 / e for t, e in zip(treated, chance, strict=True) if t)
    nil = sum(v / (1 - e) for v, t, e in zip(y, treated, chance, strict=True) if not t)
    nil /= sum(1 / (1 - e) for t, e in zip(treated, chance, strict=True) if not t)
    return one - nil


@given(st.integers(0, 10**6))
@settings(max_examples=examples(25))
def test_X7_it_is_the_weighted_means_and_what_everyone_adds_sums_to_nothing(seed):
    y, treated, chance, _ = drawn(seed)
    found = difference(y, treated, propensity=chance)
    assert found.estimate == pytest.approx(slowly(y, treated, chance))
    assert found.treated - found.held_back == pytest.approx(found.estimate)
    turned = difference(y, ~treated, propensity=1 - chance)
    assert turned.estimate == pytest.approx(-found.estimate)
    assert turned.se == pytest.approx(found.se)
    order = np.random.default_rng(seed).permutation(y.size)
    again = difference(y[order], treated[order], propensity=chance[order])
    assert again.estimate == pytest.approx(found.estimate)


def test_X7_without_weights_it_is_neymans_interval_and_welchs_degrees():
    from scipy import stats

    rng = np.random.default_rng(3)
    a, b = rng.gamma(2, 3, 60), rng.gamma(2, 2, 90)
    found = difference(np.concatenate([a, b]), np.repeat([True, False], [60, 90]))
    once = one_look(found)
    known = stats.ttest_ind(a, b, equal_var=False).confidence_interval()
    assert (once.low, once.high) == pytest.approx((known.low, known.high))


def test_X7_adjustment_is_lins_regression_and_narrows_the_interval():
    rng = np.random.default_rng(5)
    x, treated = rng.normal(size=600), rng.random(600) < 0.4
    y = 3 * x + 0.5 * treated + rng.normal(size=600)
    found = difference(y, treated, covariates=x)
    centred = x - x.mean()
    columns = np.column_stack([np.ones(600), treated, centred, treated * centred])
    assert found.estimate == pytest.approx(np.linalg.lstsq(columns, y, rcond=None)[0][1])
    assert found.adjusted_for == 1
    assert found.se < difference(y, treated).se / 2


def test_X7_customers_drawn_together_count_once():
    rng = np.random.default_rng(7)
    account = np.repeat(np.arange(80), 10)
    treated = np.repeat(rng.random(80) < 0.5, 10)
    y = np.repeat(rng.normal(size=80), 10) + 0.1 * rng.normal(size=800)
    found = difference(y, treated, cluster=account)
    assert found.n == 80
    assert found.se > 2.5 * difference(y, treated).se
    mean = y.reshape(80, 10).mean(axis=1)
    assert found.se == pytest.approx(difference(mean, treated[::10]).se, rel=0.05)


def test_X7_strata_that_differ_do_not_bias_it():
    rng = np.random.default_rng(9)
    large = rng.random(6000) < 0.5
    treated = rng.random(6000) < np.where(large, 0.8, 0.2)
    y = (rng.random(6000) < np.where(large, 0.7, 0.2)).astype(float)
    naive = y[treated].mean() - y[~treated].mean()
    found = difference(y, treated, stratum=np.where(large, "large", "small"))
    assert naive > 0.25
    assert abs(found.estimate) < 3 * found.se < 0.06


def test_X7_too_few_and_what_cannot_be_are_said():
    y, treated, chance, _ = drawn(1)
    with pytest.raises(NotEnoughDataError, match="20 of each are needed"):
        difference(y[:30], np.arange(30) < 12)
    with pytest.raises(DataError, match="only customers on whom chance decided"):
        difference(y, treated, propensity=np.where(chance > 0.5, 1.0, chance))
    with pytest.raises(DataError, match=r"outcome\[3\] is missing"):
        difference(np.where(np.arange(400) == 3, np.nan, y), treated)
    with pytest.raises(NotEnoughDataError, match="groups were drawn together"):
        difference(y, treated, cluster=np.arange(400) % 10)


def test_X7_the_always_valid_interval_holds_the_one_of_a_single_look_and_agrees_with_its_p():
    y, treated, chance, _ = drawn(11, 2000)
    found = difference(y, treated, propensity=chance)
    ever, once = always_valid(found), one_look(found)
    assert ever.low < once.low < once.high < ever.high
    p = ever_as_sure(found)
    edge = always_valid(found, alpha=p)
    assert min(abs(edge.low), abs(edge.high)) < 0.1 * found.se
    assert standard_errors(500) < min(standard_errors(100), standard_errors(5000))


def test_X7_so_many_more_customers_find_what_is_worth_having():
    rng = np.random.default_rng(13)
    n = needed_in_all(np.sqrt(4 * 0.25 * 0.75 / 1000), 1000, 0.1)
    treated = np.arange(n) % 2 == 0
    found = sum(
        always_valid(difference((rng.random(n) < 0.3 - 0.1 * treated) * 1.0, treated)).high < 0
        for _ in range(200)
    )
    assert 0.7 < found / 200 < 0.9
    same = difference((np.arange(n) % 4 == 0) * 1.0, np.arange(n) < n // 2)
    assert smallest_effect(same) == pytest.approx(0.1, rel=0.05)
