from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins.funnel import furthest_step
from tests.strategies import NAMES, batch, customers, helpdesk, journeys, walk_of
from trod.analyses.funnel import Funnel, FunnelDepth, funnel
from trod.analyses.transitions import Edge, transitions
from trod.errors import DefinitionError
from trod.journeys.passage import NEVER
from trod.journeys.predicate import count

HOUR_US = 3_600_000_000
US = timedelta(microseconds=1)


@given(
    people=customers,
    steps=st.lists(st.integers(0, len(NAMES) - 1), min_size=1, max_size=4),
    window=st.none() | st.integers(0, 8),
    attempt=st.sampled_from(["best", "first"]),
    strict=st.booleans(),
)
@settings(max_examples=examples(250))
def test_agrees_with_slow_twin(people, steps, window, attempt, strict):
    names = tuple(NAMES[s] for s in steps)
    asked = Funnel(names, None if window is None else window * US, attempt, strict)
    furthest, reached_us = asked.depth(batch(people))
    expected = [furthest_step(c, steps, window, attempt=attempt, strict=strict) for c in people]
    assert furthest.tolist() == [len(done) for done in expected]
    for row, done in zip(reached_us.tolist(), expected, strict=True):
        assert row == done + [NEVER] * (len(steps) - len(done))


@given(people=customers, window=st.none() | st.integers(0, 5), strict=st.booleans())
def test_every_count_is_that_of_its_predicate(people, window, strict):
    data = journeys(batch(people))
    asked = Funnel(
        ("visit", "call", "buy"), None if window is None else window * US, "best", strict
    )
    result = funnel(data, asked.steps, within=asked.within, strict=strict).data
    for depth, (reached, lost) in enumerate(zip(result.reached, result.lost, strict=True), 1):
        assert count(FunnelDepth(asked, depth), data) == reached
        if depth < 3:
            assert count(FunnelDepth(asked, depth, exactly=True), data) == lost


@given(people=customers)
def test_edge_customers_are_those_of_the_strict_two_step_funnel(people):
    _edges_are_strict_funnels(journeys(batch(people)))


def test_edge_customers_are_those_of_the_strict_two_step_funnel_on_real_data():
    assert _edges_are_strict_funnels(helpdesk()) > 20


def _edges_are_strict_funnels(data):
    result = transitions(data, times=False).data
    names, checked = result.names, 0
    for a, b, who in zip(result.source, result.target, result.customers, strict=True):
        if max(a, b) == len(names):
            continue
        pair = names[a], names[b]
        assert funnel(data, pair, strict=True).data.reached[1] == who == count(Edge(*pair), data)
        checked += 1
    return checked


def test_window_runs_from_the_first_step_not_the_last():
    slow_payer = walk_of("visit call buy", every_us=2 * HOUR_US)
    result = funnel(
        journeys(batch([slow_payer])), ["visit", "call", "buy"], within=timedelta(hours=3)
    )
    assert result.data.reached.tolist() == [1, 1, 0]
    assert result.window == "3h from the first step"


def test_the_best_attempt_may_start_later_and_the_first_may_not():
    twice = [*walk_of("visit"), *[(t + 100, c, *r) for t, c, *r in walk_of("visit call")]]
    data = journeys(batch([twice]))
    best = funnel(data, ["visit", "call"], within=10 * US)
    first = funnel(data, ["visit", "call"], within=10 * US, attempt="first")
    assert (best.data.reached[1], first.data.reached[1]) == (1, 0)


def test_times_between_steps_are_those_of_the_attempt_that_counts():
    data = journeys(batch([walk_of("visit mail call mail buy", every_us=10)]))
    result = funnel(data, ["visit", "call", "buy"]).data
    assert [t.median_us if t else None for t in result.time] == [None, 20, 20]
    assert (result.total.n, result.total.median_us) == (1, 40)


def test_a_window_beyond_all_measure_is_no_window():
    data = journeys(batch([walk_of("visit call")]))
    assert funnel(data, ["visit", "call"], within=timedelta.max).data.reached.tolist() == [1, 1]


def test_nobody_in_the_funnel_gives_zeros():
    result = funnel(journeys(batch([walk_of("mail")])), ["visit", "call"]).data
    assert result.reached.tolist() == [0, 0]
    assert result.total is None
    np.testing.assert_array_equal(result.conversion, 0)


@pytest.mark.parametrize(
    ("steps", "within", "says"),
    [
        ([], None, "at least one step"),
        (["visits", "bye"], None, "did you mean 'visit'"),
        (["visit"], -US, "give 0 or more"),
    ],
)
def test_impossible_funnels_are_definition_errors(steps, within, says):
    with pytest.raises(DefinitionError, match=says):
        funnel(journeys(batch([])), steps, within=within)
