"""What comes before contacts about a topic."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.slow_twins.preceding import preceding
from tests.strategies import NAMES, VOCABULARY, batch
from trod.models.voice.preceding import Preceding, PrecedingResult, precedes, rate_ratio

ROWS = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 4), st.integers(-1, 1)), min_size=1, max_size=8
).map(sorted)


@given(customers=st.lists(ROWS, max_size=4), window_s=st.integers(1, 9))
def test_M11_cases_and_time_agree_with_the_slow_twin(customers, window_s):
    rows = [[(at, name, -32768, 65535) for at, name, _ in one] for one in customers]
    label = np.array([x for one in customers for *_, x in one], np.int16)
    end = 24
    asked = Preceding(VOCABULARY, label, 2, end * 1_000_000, window_s)
    state = asked.read(batch(rows, scale_us=1_000_000))
    found = asked.finish(state)
    after_s, active_s, after, near = preceding(customers, window_s, end)
    assert found.active_s == active_s
    for k in range(len(NAMES)):
        assert found.after_s[k] == after_s.get(k, 0)
        for topic in (0, 1):
            assert found.after[topic, k] == after.get((topic, k), 0)
    assert found.near.tolist() == [near.get(0, 0), near.get(1, 0)]


def test_M11_a_touchpoint_that_nothing_follows_is_not_shown_and_one_that_much_follows_is():
    after = np.array([[40, 11]])
    found = PrecedingResult(after, np.array([80]), np.array([1_000, 11_000]), 80_000)
    (first,) = precedes(found, ("error", "visit"), 0)
    assert first.touchpoint == "error"
    assert first.low > 10
    assert first.excess_low < first.excess < first.n
    assert first.excess == 40 - 40 / 79


def test_the_ratio_of_equal_rates_is_one_and_its_interval_holds_it():
    ratio, low, high = rate_ratio(20, 100, 200, 1_000)
    assert ratio == 1
    assert low < 1 < high
