"""What intervals and verdicts promise, counted on companies whose plays have a known effect."""

import numpy as np
import pytest

from tests.outcomes.simulator import SETTINGS, Setting, simulate


@pytest.mark.parametrize("edge", [False, True], ids=["by a coin", "at the edge"])
def test_X7_an_idle_play_is_hardly_ever_called_works_though_somebody_looks_every_day(edge):
    made = simulate(Setting(300, 0.0, edge=edge, looks=10), 100)
    assert 0.9 <= made.covered <= 1.0
    assert made.always >= 0.95
    assert made.works <= 0.05
    assert made.harms <= 0.05
    assert abs(made.bias) < 0.02


def test_X7_before_and_after_alone_calls_any_play_a_success():
    made = simulate(Setting(1000, 0.05, looks=2), 100)
    assert made.naive_error < -0.15
    assert made.naive_covered < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_X7_intervals_cover_as_often_as_they_promise(setting):
    made = simulate(setting, 500)
    assert 0.92 <= made.covered <= 0.98
    assert made.always >= 0.95
    assert abs(made.bias) < 0.01
    if setting.effect >= 0:
        assert made.works <= 0.05
    if setting.effect <= 0:
        assert made.harms <= 0.05
    assert made.naive_error < -0.15
    assert made.naive_covered < 0.05


@pytest.mark.slow
@pytest.mark.parametrize("accounts", [200, 2000])
def test_X7_money_is_covered_too(accounts):
    made = simulate(Setting(accounts, 0.05, money=True), 500)
    assert made.covered >= 0.92
    assert made.always >= 0.95
    assert np.isfinite(made.bias)
