"""Who gets the last places: by chance, with propensities that are true."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from trod.actions.queue.chance import Draw, Member, band, strata, weeks_until, winners


def members(values, n_won, spread=0.5):
    order = sorted(range(len(values)), key=lambda i: -values[i])
    won = set(order[:n_won])
    return [
        Member(f"c{i}", v, v * (1 - spread), v * (1 + spread), f"s{i % 2}", i in won)
        for i, v in enumerate(values)
    ]


@given(st.lists(st.integers(1, 40).map(float), min_size=2, max_size=14), st.integers(0, 14))
def test_X7_propensities_sum_to_the_places(values, n_won):
    some = members(values, min(n_won, len(values)))
    edge = band(some, 0.5)
    draws = strata("cell", edge)
    for draw in draws:
        assert 0.0 < draw.propensity < 1.0
        assert draw.propensity * len(draw.members) == draw.places
        assert len(winners(draw, "plan")) == draw.places
    assert sum(d.places for d in draws) <= sum(m.won for m in edge)
    drawn = [name for draw in draws for name in draw.members]
    assert len(drawn) == len(set(drawn))


@given(st.lists(st.integers(1, 40).map(float), min_size=4, max_size=14))
def test_X7_those_at_the_edge_are_within_the_range_of_the_last_one_who_won(values):
    some = members(values, len(values) // 2)
    last = min((m for m in some if m.won), key=lambda m: (m.value, m.customer))
    for one in band(some, 0.5):
        assert last.low <= one.value <= last.high
    assert sum(m.won for m in band(some, 0.5)) * 2 == len(band(some, 0.5))


def test_X7_far_from_the_edge_nobody_is_drawn():
    assert band(members([100.0, 90.0, 1.0, 0.9], 2), 0.5) == ()
    assert band(members([9.0, 8.0, 7.0, 6.0], 2), 0.0) == ()


def test_X7_everyone_is_drawn_as_often_as_their_propensity_says():
    draw = Draw("call", "x", ("a", "b", "c", "d", "e"), 2)
    n = 4_000
    seen = Counter(name for i in range(n) for name in winners(draw, f"plan {i}"))
    for name in draw.members:
        assert abs(seen[name] / n - draw.propensity) < 0.03
    pairs = Counter(winners(draw, f"plan {i}") for i in range(n))
    assert len(pairs) == 10
    assert all(abs(times / n - 0.1) < 0.02 for times in pairs.values())


def test_X7_the_same_plan_always_draws_the_same():
    draw = Draw("call", "x", tuple("abcdefgh"), 3)
    assert winners(draw, "p") == winners(draw, "p")
    assert len({winners(draw, f"p{i}") for i in range(20)}) > 1


def test_X7_what_a_holdout_tells_is_known_beforehand():
    # Two groups of 1,000: a difference of 5 points from 20 % has about 80 % power at 1,005 each.
    weeks = weeks_until(0.2, 0.05, 100, 100)
    assert weeks == 11
    assert weeks_until(0.2, 0.05, 0, 10) is None
