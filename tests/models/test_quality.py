"""How good a model is: against definitions, libraries and known answers."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins import quality as slow
from trod.analyses.interval import Z
from trod.errors import DataError, NotEnoughDataError
from trod.models.quality import (
    at_capacity,
    auc,
    auc_difference,
    average_precision,
    brier,
    calibration,
    calibration_error,
    gain,
    ks,
    lead_days,
    psi,
)

cases = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 1)), min_size=4, max_size=30
).filter(lambda some: 2 <= sum(y for *_, y in some) <= len(some) - 2)
DAY = 86_400_000_000


@given(some=cases)
def test_M7_areas_and_their_errors_agree_with_every_pair(some):
    a, b, label = (list(column) for column in zip(*some, strict=True))
    value, error = slow.auc(a, label)
    found = auc(a, label)
    assert found.value == pytest.approx(value)
    if error:
        assert found.low == pytest.approx(max(0, value - Z * error))
        assert found.high == pytest.approx(min(1, value + Z * error))
    apart, error = slow.difference(a, b, label)
    both = auc_difference(a, b, label)
    assert both.value == pytest.approx(apart)
    assert both.low == pytest.approx(max(-1, apart - Z * error), abs=1e-6)
    assert average_precision(a, label) == pytest.approx(slow.average_precision(a, label))


@given(some=cases, order=st.randoms(use_true_random=False))
def test_M7_the_order_of_cases_decides_nothing_where_scores_are_equal(some, order):
    mixed = list(some)
    order.shuffle(mixed)
    (a, _, label), (again, _, label_again) = (
        [list(column) for column in zip(*each, strict=True)] for each in (some, mixed)
    )
    p, p_again = np.array(a) / 6, np.array(again) / 6
    assert auc(a, label) == pytest.approx(auc(again, label_again))
    assert average_precision(a, label) == pytest.approx(average_precision(again, label_again))
    assert calibration_error(p, label, 3) == pytest.approx(
        calibration_error(p_again, label_again, 3)
    )
    assert calibration(p, label, 3).n.tolist() == calibration(p_again, label_again, 3).n.tolist()


@given(a=st.lists(st.integers(0, 9), min_size=1), b=st.lists(st.integers(0, 9), min_size=1))
@settings(max_examples=examples(50))
def test_M7_the_distance_of_two_distributions_agrees_with_its_definition(a, b):
    assert ks(a, b).distance == pytest.approx(slow.ks(a, b))


def test_M7_figures_are_those_of_scikit_learn_and_scipy():
    from scipy.stats import ks_2samp
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    random = np.random.default_rng(5)
    p = random.random(400).round(2)
    label = random.random(400) < p
    assert auc(p, label).value == pytest.approx(roc_auc_score(label, p))
    assert average_precision(p, label) == pytest.approx(average_precision_score(label, p))
    assert brier(p, label) == pytest.approx(brier_score_loss(label, p))
    one, other = random.normal(size=150), random.normal(0.2, size=220)
    known = ks_2samp(one, other, method="asymp")
    assert ks(one, other).distance == pytest.approx(known.statistic)
    assert ks(one, other).p == pytest.approx(known.pvalue, rel=0.15)


def test_M7_ninety_five_in_a_hundred_intervals_hold_the_true_area():
    from scipy.stats import norm

    random = np.random.default_rng(1)
    truth, held = norm.cdf(1 / sqrt(2)), 0
    for _ in range(400):
        label = np.repeat([True, False], [40, 80])
        found = auc(random.normal(label * 1.0), label)
        held += found.low <= truth <= found.high
    assert 0.92 <= held / 400 <= 0.98


def test_M7_a_score_without_fault_is_not_said_to_be_certain():
    found = auc([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1])
    assert (found.value, found.high) == (1, 1)
    assert found.low == pytest.approx(0.4385, abs=1e-4)  # Wilson, 3 of 3
    assert auc([1, 2, 3], [0, 1, 0])[1:3] == (0, 1)  # one case of a kind


def test_M7_of_equal_scores_at_capacity_the_first_is_taken():
    assert at_capacity([5, 5, 5], [1, 0, 0], 1) == (1, 1)
    assert at_capacity([5, 5, 5], [0, 0, 1], 1) == (0, 0)
    assert at_capacity([5, 5, 5], [0, 0, 1], 99) == (1 / 3, 1)


def test_M7_gains_end_with_everybody_found():
    random = np.random.default_rng(2)
    label = random.random(103) < 0.3
    table = gain(random.random(103), label)
    assert table.taken.tolist()[-1] == 103
    assert table.found[-1] == label.sum()
    assert (table.gain[-1], table.lift[-1]) == (1, 1)
    assert (np.diff(table.taken) > 0).all()
    assert gain([1, 2], [0, 1], points=10).taken.tolist() == [1, 2]


def test_M7_calibration_of_what_is_said_right_is_chance_alone():
    random = np.random.default_rng(3)
    p = random.random(20_000)
    right, wrong = random.random(p.size) < p, random.random(p.size) < p**2
    assert calibration_error(p, right) < 0.02
    assert calibration_error(p, wrong) > 0.15
    assert calibration(p, right).n.tolist() == [2000] * 10


def test_M7_drift_is_told_from_chance_and_values_that_are_missing_are_a_group():
    random = np.random.default_rng(4)
    before, same, moved = (
        random.normal(size=5000),
        random.normal(size=5000),
        random.normal(1, 1, 5000),
    )
    assert psi(before, same) < 0.02
    assert psi(before, moved) > 0.25
    gone = np.where(random.random(5000) < 0.5, np.nan, same)
    assert psi(before, gone) > 0.25
    assert psi(np.zeros(50), np.zeros(50)) == 0
    assert psi(np.zeros(50), np.ones(50)) > 1
    assert ks(before, same).p > 0.01
    assert ks(before, moved).p < 1e-6


def test_M7_lead_times_have_an_interval_by_the_order_of_cases():
    days = np.arange(1, 101)
    found = lead_days(np.zeros(100, np.int64), days * DAY)
    assert found == (50.5, 40, 61, 100)
    with pytest.raises(DataError, match=r"said\[0\] is later"):
        lead_days([5], [4])
    with pytest.raises(NotEnoughDataError, match="nobody was pointed out"):
        lead_days([], [])


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        (lambda: auc([1, 2], [1, 1]), NotEnoughDataError, "without the outcome"),
        (lambda: auc([1, np.nan], [1, 0]), DataError, r"score\[1\] is nan"),
        (lambda: auc([1, 2], [1, 0, 1]), DataError, "need equal"),
        (lambda: auc([1, 2], [1, 2]), DataError, r"label\[1\] is 2: need 0 or 1"),
        (lambda: brier([1.5], [1]), DataError, r"p\[0\] is 1.5: need a share"),
        (lambda: brier([], []), NotEnoughDataError, "empty"),
        (lambda: at_capacity([1, 2], [0, 1], 0), DataError, "k is 0"),
        (lambda: psi([], [1]), NotEnoughDataError, "nobody to compare with"),
        (lambda: ks([np.nan], [1]), NotEnoughDataError, "a is empty"),
    ],
)
def test_M7_what_cannot_be_judged_is_refused_in_words(ask, error, says):
    with pytest.raises(error, match=says):
        ask()
