"""Plays side by side, groups of customers, and comparisons without a draw."""

import numpy as np
import pytest

from trod.errors import NotEnoughDataError
from trod.outcomes.effect import Effect
from trod.outcomes.naive import beside_itself
from trod.outcomes.observational import observational
from trod.outcomes.pooling import pooled
from trod.outcomes.priors import NEVER_TRIED, expected
from trod.outcomes.varied import by_groups, ranked
from trod.outcomes.verdict import beside_others, verdict

SCHOOLS = ([28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18])


def effect(name: str, estimate: float, se: float, **more) -> Effect:
    ends = estimate - 3 * se, estimate + 3 * se
    told = {
        "playbook": name, "metric": "Left within 60 days", "unit": "share", "better": "down",
        "design": "edge", "n_treated": 100, "n_held_back": 100, "waiting": 0, "treated": 0.2,
        "held_back": 0.2 - estimate, "estimate": estimate, "low": ends[0], "high": ends[1],
        "fixed_low": estimate - 2 * se, "fixed_high": estimate + 2 * se, "verdict": "too early",
        "needed": 5, "smallest": 0.2, "as_of_us": 1, "method": "", "se": se,
    }  # fmt: skip
    return Effect(**{**told, **more})


def test_X7_eight_schools_are_pooled_as_in_the_book():
    """Table 5.3 of Gelman et al.: medians 10, 8, 7, 8, 5, 6, 10, 8 under a flat prior."""
    found = pooled(*SCHOOLS, scale=np.inf)
    assert np.abs(found.estimate - [11, 8, 6, 8, 5, 6, 11, 8]).max() < 1.2
    assert found.low[0] == pytest.approx(-2, abs=5)
    assert found.high[0] == pytest.approx(31, abs=5)


def test_X7_plays_that_agree_are_drawn_together_and_one_far_off_stays_its_own():
    alike = pooled([0.05, 0.05, 0.05], [0.03, 0.03, 0.03])
    assert np.allclose(alike.estimate, 0.05)
    assert (alike.high - alike.low < 4 * 0.03).all()
    apart = pooled([0.01, 0.02, 0.60], [0.02, 0.02, 0.02])
    assert apart.estimate[2] == pytest.approx(0.6, abs=0.03)
    assert apart.spread > 0.15


def test_X7_what_is_expected_turns_to_good_and_keeps_estimates_apart_from_tests():
    found = expected(
        {
            "call": effect("call", -0.10, 0.02),
            "mail": effect("mail", 0.01, 0.02),
            "talk": effect("talk", -0.20, 0.02, design="observed"),
        }
    )
    assert 0.06 < found["call"].estimate < 0.10
    assert -0.01 < found["mail"].estimate < 0.03
    assert found["talk"].estimate == pytest.approx(0.20)
    assert found["talk"].evidence == "Estimated"
    never = found[NEVER_TRIED]
    assert never.n == 0
    assert never.low < found["mail"].estimate < never.high


def test_X7_nothing_is_expected_that_was_not_there_to_change():
    told = {"held_back": 0.04, "n_held_back": 400, "n_treated": 40}
    found = expected({"call": effect("call", -0.02, 0.05, **told)})
    assert found["call"].high < 0.07
    assert found["call"].low < -0.05
    none_left = expected({"call": effect("call", -0.02, 0.05, **(told | {"held_back": 0.0}))})
    assert 0 < none_left["call"].high < 0.02
    wide = expected({"call": effect("call", 0.0, 0.9)})[NEVER_TRIED]
    assert (wide.low, wide.high) == (-1.0, 1.0)


def test_X7_effects_that_differ_by_group_are_found_and_alike_ones_are_not():
    rng = np.random.default_rng(1)
    n = 6000
    treated, plan = rng.random(n) < 0.5, rng.choice(["a", "b", "c"], n)
    other = {f"k{i}": rng.choice(["x", "y"], n) for i in range(5)}
    same = (rng.random(n) < 0.3 - 0.05 * treated) * 1.0
    found = by_groups(same, treated, {"plan": plan, **other})
    assert not any(kind.differs for kind in found)
    differs = (rng.random(n) < 0.3 - 0.15 * (treated & (plan == "a"))) * 1.0
    found = {kind.kind: kind for kind in by_groups(differs, treated, {"plan": plan, **other})}
    assert [name for name, kind in found.items() if kind.differs] == ["plan"]
    assert min(found["plan"].groups, key=lambda g: g.estimate).name == "a"


def test_X7_a_ranking_by_effect_is_judged_on_those_it_was_not_learned_from():
    found = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        treated, x = rng.random(800) < 0.5, rng.normal(size=(800, 8))
        found += ranked(rng.normal(size=800), treated, x, seed=seed).found
    assert found <= 4
    with pytest.raises(NotEnoughDataError, match="200 of each"):
        ranked(np.zeros(300), np.arange(300) < 150, np.zeros((300, 1)))


def test_X7_without_a_draw_who_is_like_the_treated_is_compared_and_who_is_not_is_refused():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(3000, 2))
    called = rng.random(3000) < 1 / (1 + np.exp(-x[:, 0]))
    left = rng.random(3000) < 1 / (1 + np.exp(1.2 - x[:, 0] + 0.8 * called))
    true = np.mean(
        1 / (1 + np.exp(2.0 - x[:, 0])) - 1 / (1 + np.exp(1.2 - x[:, 0]))
    )  # what calling does to everyone
    found = observational(left, called, x, names=("risk", "size"))
    assert found.difference.estimate == pytest.approx(true, abs=3 * found.difference.se)
    assert found.naive > true + 0.05
    assert np.abs(found.overlap.after).max() < 0.1 < found.overlap.before[0]
    assert found.e_value is not None
    assert found.e_value > 1
    only_risky = x[:, 0] > 0.1
    with pytest.raises(NotEnoughDataError, match="not comparable"):
        observational(left, only_risky, x, names=("risk", "size"))


def test_X7_before_and_after_stands_beside_what_came_by_itself():
    rng = np.random.default_rng(5)
    risk = rng.beta(2, 6, 4000)
    before = rng.binomial(4, risk) / 4
    worst = before >= 0.5
    after = rng.binomial(4, risk) / 4
    treated = rng.random(4000) < 0.5
    told = beside_itself(before[worst], after[worst], treated[worst])
    assert told.treated.high < -0.1
    assert told.by_itself.high < -0.1
    assert abs(told.left_over) < 0.05


def test_X7_verdicts_are_of_the_good_direction_and_of_how_many_were_looked_at():
    assert verdict(0.01, 0.2, "up", 0.03) == "works"
    assert verdict(0.01, 0.2, "down", 0.03) == "harms"
    assert verdict(-0.01, 0.02, "up", 0.03) == "no effect found"
    assert verdict(-0.1, 0.02, "up", 0.03) == "too early"
    assert beside_others([0.02] * 5).min() == pytest.approx(0.1)
