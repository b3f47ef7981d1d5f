"""How many contacts the next weeks bring."""

import numpy as np
import pytest

from trod.errors import NotEnoughDataError
from trod.models.voice.forecast import count_interval, forecast


def test_M11_intervals_hold_for_steady_contacts_few_or_many():
    rng = np.random.default_rng(1)
    for rate in (0.5, 3, 40):
        inside = asked = 0
        for _ in range(60):
            weeks = rng.poisson(rate, 44)
            found = forecast(weeks[:40])
            low, high = np.array(found.low), np.array(found.high)
            inside += int(((weeks[40:] >= low) & (weeks[40:] <= high)).sum())
            asked += 4
        assert inside / asked >= 0.92, rate


def test_M11_a_season_of_years_is_seen_where_two_are_on_record():
    year = np.where(np.arange(52) % 26 < 6, 60, 10)
    found = forecast(np.tile(year, 3)[:134])
    assert found.method == "as a year before"
    assert found.error < found.naive_error


def test_M11_a_rise_is_followed_and_errors_widen_the_interval():
    wild = np.array([2, 30, 1, 25, 3, 40, 0, 22] * 5)
    found = forecast(wild)
    assert found.high[0] - found.low[0] > 25
    assert found.error <= found.naive_error


def test_M11_fewer_than_sixteen_weeks_are_not_forecast():
    with pytest.raises(NotEnoughDataError, match="15 whole weeks; 16 are needed"):
        forecast(np.arange(15))


@pytest.mark.parametrize(
    ("mean", "variance"), [(0.2, 0.2), (5, 5), (5, 30), (150, 900), (900, 900)]
)
def test_the_interval_of_a_count_holds_what_it_says(mean, variance):
    from scipy.stats import nbinom, poisson

    low, high = count_interval(mean, variance)
    if variance == mean:
        law = poisson(mean)
    else:
        law = nbinom(mean * mean / (variance - mean), mean / variance)
    assert law.cdf(high) - law.cdf(low - 1) >= 0.94


def test_no_contacts_at_all_are_forecast_as_none():
    found = forecast(np.zeros(20, np.int64))
    assert found.total == (0.0, 0, 0)
