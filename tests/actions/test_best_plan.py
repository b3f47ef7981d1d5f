"""The best plan: as brute force finds it, within the hours, each customer once."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from trod.actions.queue.best import NOBODY, Options, best


def options(rows):
    """Rows of (customer, play, person, minutes, value)."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    whole = [np.array(column, np.int64) for column in columns[:4]]
    return Options(*whole, np.array(columns[4], np.float64))


def by_brute_force(asked, capacity):
    """Try every choice of a play, or none, for each customer."""
    of = [np.flatnonzero(asked.account == a).tolist() for a in np.unique(asked.account)]
    most = 0.0
    for choice in itertools.product(*([None, *rows] for rows in of)):
        rows = [row for row in choice if row is not None]
        used = np.zeros(len(capacity), int)
        for row in rows:
            if asked.person[row] != NOBODY:
                used[asked.person[row]] += asked.minutes[row]
        if (used <= capacity).all():
            most = max(most, float(asked.value[rows].sum()))
    return most


@st.composite
def weeks(draw):
    n, plays, people = draw(st.integers(0, 4)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    minutes = draw(st.lists(st.sampled_from([0, 15, 35, 60]), min_size=plays, max_size=plays))
    value = st.one_of(st.integers(-1, 4).map(float), st.floats(-0.5, 9.0, width=32))
    rows = []
    for account in range(n):
        for play in range(plays):
            worth = draw(value)
            for person in range(people) if minutes[play] else [NOBODY]:
                if draw(st.booleans()):
                    rows.append((account, play, person, minutes[play], worth))
    capacity = draw(st.lists(st.integers(0, 130), min_size=people, max_size=people))
    return options(rows), np.array(capacity, np.int64)


@settings(max_examples=examples(60))
@given(weeks())
def test_X3_the_plan_is_the_best_there_is(week):
    asked, capacity = week
    found = best(asked, capacity)
    assert found.value == pytest.approx(by_brute_force(asked, capacity), abs=1e-9)
    assert found.gap == 0.0


@settings(max_examples=examples(40))
@given(weeks())
def test_X3_nobody_works_longer_than_they_can_and_every_customer_is_in_one_play(week):
    asked, capacity = week
    rows = best(asked, capacity).rows
    assert np.unique(asked.account[rows]).size == rows.size
    for person, minutes in enumerate(capacity):
        assert asked.minutes[rows][asked.person[rows] == person].sum() <= minutes
    assert (asked.value[rows] > 0).all()


def test_X3_of_customers_who_are_alike_the_smaller_ids_come_first():
    asked = options([(a, 0, 0, 30, 5.0) for a in range(50)])
    assert best(asked, np.array([100])).rows.tolist() == [0, 1, 2]


def test_X3_forty_hours_of_two_people_are_planned_best_among_four_hundred():
    rng = np.random.default_rng(3)
    value = rng.gamma(1.0, 100.0, (400, 3))
    rows = [
        (a, p, who, (30, 45, 60)[p], value[a, p])
        for a in range(400)
        for p in range(3)
        for who in range(2)
    ]
    found = best(options(rows), np.array([1500, 900]))
    assert found.gap == 0.0
    assert found.bound == found.value
    assert (found.price > 0).all()


def test_X3_where_the_search_is_cut_short_the_bound_says_how_good_the_plan_is():
    rng = np.random.default_rng(5)
    rows = [(a, 0, 0, int(m), float(m + v)) for a, (m, v) in enumerate(
        zip(rng.integers(20, 90, 60), rng.random(60), strict=True))]  # fmt: skip
    short = best(options(rows), np.array([613]), nodes=1)
    whole = best(options(rows), np.array([613]))
    assert short.value <= whole.value <= short.bound + 1e-9
    assert 0 <= short.gap < 0.02


@pytest.mark.slow
def test_X3_twenty_thousand_customers_and_four_plays_are_planned_to_a_tenth_of_a_percent():
    rng = np.random.default_rng(0)
    n, minutes = 20_000, (30, 45, 20, 60)
    account, play, person = (
        column.ravel()
        for column in np.meshgrid(np.arange(n), np.arange(4), np.arange(2), indexing="ij")
    )
    value = np.repeat(rng.gamma(1.0, 100.0, 4 * n), 2)
    asked = Options(account, play, person, np.array(minutes)[play], value)
    assert best(asked, np.array([2400, 1500])).gap < 0.001
