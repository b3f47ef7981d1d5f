from statistics import mean, stdev

import numpy as np
import pytest
from hypothesis import given
from scipy.stats import t as student

from tests.analyses.plans import MAIL, VISIT, plan
from tests.strategies import NAMES, batch, customers, journeys
from trod.analyses.emotion import emotion
from trod.analyses.interval import mean_interval, wilson
from trod.journeys.batch import NO_SCORE
from trod.journeys.passage import passages


def scored(*scores, code=VISIT):
    return [(0, code, score, 65535) for score in scores]


@given(people=customers)
def test_v2_agrees_with_slow_twin(people):
    one, compiled = batch(people), plan()
    stage = passages(one, compiled).stage.tolist()
    rows = [r for events in people for r in events]
    result = emotion(journeys(one), compiled, enough=2).data
    for s in range(-1, compiled.n_stages):
        for k in range(len(NAMES)):
            told = [
                score / 1000
                for (_, code, score, _), at in zip(rows, stage, strict=True)
                if code == k and at == s and score != NO_SCORE
            ]
            assert result.n[s, k] == len(told)
            assert result.known[s, k] == (len(told) >= 2)
            if len(told) < 2:
                continue
            half = student.ppf(0.975, len(told) - 1) * stdev(told) / len(told) ** 0.5
            assert result.mean[s, k] == pytest.approx(mean(told))
            assert result.low[s, k] == pytest.approx(max(-1, mean(told) - half), abs=1e-3)
            assert result.high[s, k] == pytest.approx(min(1, mean(told) + half), abs=1e-3)


def test_v2_too_few_scores_are_unknown_not_neutral():
    data = journeys(batch([scored(*[-500] * 9), scored(*[300] * 10, code=MAIL)]))
    answer = emotion(data)
    assert not answer.data.by_name.known[VISIT]
    assert answer.data.by_name.known[MAIL]
    rows = {row["touchpoint"]: row for row in answer.to_arrow().to_pylist()}
    assert rows["visit"]["mean"] is None
    assert rows["mail"] == {
        "stage": None, "touchpoint": "mail", "n": 10, "mean": 0.3, "low": 0.3, "high": 0.3
    }  # fmt: skip


def test_v2_nobody_scored_is_said():
    answer = emotion(journeys(batch([scored(NO_SCORE)])))
    assert answer.warnings == ("Nobody scored anything: all moods are unknown.",)


def test_stages_and_outside_add_up_to_each_touchpoint():
    data = journeys(batch([scored(*[100] * 12)]))
    result = emotion(data, plan()).data
    np.testing.assert_array_equal(result.n.sum(axis=0), result.by_name.n)
    np.testing.assert_array_equal(result.n.sum(axis=1), result.by_stage.n)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_agrees_with_the_worked_examples_of_newcombe_1998(part, whole, low, high):
    assert wilson(part, whole) == pytest.approx((low, high), abs=6e-5)


def test_equal_scores_have_no_spread():
    value, low, high = mean_interval(np.array([1000]), np.array([333_000]), np.array([110_889_000]))
    assert value[0] == low[0] == high[0] == 333


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 10, 100, 10_000])
def test_student_points_agree_with_scipy(n):
    total, squares = np.array([0]), np.array([n - 1])
    _, _, high = mean_interval(np.array([n]), total, squares)
    assert high[0] * n**0.5 == pytest.approx(student.ppf(0.975, n - 1), abs=1e-3)
