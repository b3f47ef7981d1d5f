"""Stages suggested where nobody declared any: from one touchpoint name to five hundred."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings

from tests import strategies as random_journeys
from tests.examples import examples
from tests.insights.stories import DAY, onboarding, told
from tests.slow_twins import first_seen as slow
from trod.errors import NotEnoughDataError
from trod.journeys.check import check
from trod.journeys.cuts import cuts
from trod.journeys.passage import compile_plan
from trod.journeys.seen import BINS, Seen
from trod.journeys.spec import JourneySpec, Stage
from trod.journeys.suggest import suggest, to_yaml
from trod.journeys.written import to_yaml as written

STEPS = [
    "signup",
    "workspace_setup",
    "connect_data_source",
    "first_dashboard",
    "invite_team",
    "scheduled_report",
    "renewal_notice",
    "renewed",
]


def company(n: int = 800, *, seed: int = 1) -> dict[str, list[tuple[str, int]]]:
    """Walk customers through STEPS; a tenth open tickets anywhere, some cancel."""
    chance = random.Random(seed)
    made = {}
    for i in range(n):
        at, moments = 0, []
        for step in STEPS:
            at += chance.randrange(1, 20) * DAY // 4
            moments.append((step, at))
            if chance.random() < 0.1:
                moments.append(("support_ticket", at + 1))
            if chance.random() < 0.12:
                moments.append(("subscription_cancelled", at + 2 * DAY))
                break
        made[f"c{i:04}"] = moments
    return made


def test_J1_stages_follow_the_order_in_which_customers_meet_touchpoints():
    spec = suggest(told(company()))
    entered = [name for stage in spec.stages for name in stage.names]
    order = [STEPS.index(name) for name in entered]
    assert 3 <= len(spec.stages) <= 6
    first = [min(STEPS.index(n) for n in stage.names) for stage in spec.stages]
    assert first == sorted(first)
    assert sorted(order) == list(range(7))
    assert "support_ticket" not in entered


def test_J1_success_and_failure_are_told_by_words_and_position():
    spec = suggest(told(company()))
    assert spec.success == ("renewed",)
    assert spec.failure == ("subscription_cancelled",)
    assert spec.left_after is not None


def test_what_comes_after_success_makes_no_stage():
    steps = ("visit", "cart", "pay", "review")
    story = {
        f"c{i:03}": [(step, i + at * DAY) for at, step in enumerate(steps[: 1 + i % 4])]
        for i in range(400)
    }
    spec = suggest(told(story))
    assert spec.success == ("pay",)
    assert [stage.names for stage in spec.stages] == [("visit",), ("cart",)]


def test_names_are_readable():
    assert suggest(told(company())).stages[0].name == "Signup"
    assert all("_" not in s.name and len(s.name) <= 28 for s in suggest(told(company())).stages)


def test_a_suggestion_fits_its_own_data():
    data = told(company())
    assert not [f for f in check(suggest(data), data) if f.level == "error"]


def test_the_same_data_give_the_same_stages():
    one = suggest(told(company(), batches=1))
    assert one == suggest(told(company(), batches=4))
    assert to_yaml(one) == to_yaml(suggest(told(dict(reversed(company().items())))))


def test_one_touchpoint_once_is_one_stage():
    spec = suggest(told({str(i): [("open", 0)] for i in range(9)}))
    assert [s.names for s in spec.stages] == [("open",)]
    assert spec.success == spec.failure == ()


def test_repeated_purchases_are_cut_by_time_since_the_first():
    spec = suggest(
        told({str(i): [("buy", d * 20 * DAY + i) for d in range(1 + i % 9)] for i in range(99)})
    )
    assert [s.days for s in spec.stages] == [(0, 0), (1, 6), (7, 30), (31, 90), (91, None)]
    assert spec.stages[-1].name == "After 90 days"
    assert not check(spec)


def test_two_names_in_order_are_two_stages():
    spec = suggest(
        told({f"{i:03}": [("visit", 0), *([("pay_now", 5)] * (i % 2))] for i in range(80)})
    )
    assert spec.stages[0].names == ("visit",)


def test_five_hundred_names_without_order_still_give_a_definition():
    chance = random.Random(4)
    story = {
        str(i): [(f"t{chance.randrange(500)}", DAY * d * 9) for d in range(10)] for i in range(600)
    }
    data = told(story)
    spec = suggest(data)
    assert 2 <= len(spec.stages) <= 6
    compile_plan(spec, data)
    quick = told({c: [(n, t // (DAY * 9)) for n, t in moments] for c, moments in story.items()})
    assert 1 <= len(suggest(quick).stages) <= 6


def test_loops_of_a_help_desk_do_not_confuse_the_order():
    spec = suggest(random_journeys.helpdesk())
    assert 3 <= len(spec.stages) <= 6
    places = {name: i for i, stage in enumerate(spec.stages) for name in stage.names}
    assert places["1"] < places["8"] < places["6"]


def test_words_of_failure_in_the_middle_are_not_the_end():
    """A cancelled order that nearly everybody survives is a step, not an end."""
    story = {
        f"{i:03}": [
            ("visit", 0),
            ("order_cancelled", 1),
            ("visit_again", 2),
            ("chosen", 3),
            ("bought", 4),
        ]
        for i in range(60)
    }
    assert suggest(told(story)).failure == ()


def test_nothing_cannot_be_suggested_from():
    with pytest.raises(NotEnoughDataError, match="no touchpoints"):
        suggest(random_journeys.journeys(random_journeys.batch([])))


def test_yaml_reads_back_as_the_same_journey():
    from ruamel.yaml import YAML

    for spec in (
        suggest(told(company())),
        suggest(onboarding(300)),
        JourneySpec(
            name="yes: no", stages=(Stage(name="2024-01-01", days=(3, None), asks="Why?"),)
        ),
    ):
        data = YAML(typ="safe").load(written(spec))["journeys"][0]
        data["stages"] = tuple(Stage.model_validate(s) for s in data["stages"])
        assert JourneySpec.model_validate(data) == spec


@settings(max_examples=examples(60), deadline=None)
@given(customers=random_journeys.customers)
def test_order_agrees_with_slow_twin(customers):
    batch = random_journeys.batch(customers)
    codes = [[code for _, code, *_ in rows] for rows in customers]
    state = Seen(5, (0, 1, 2, 3, 4)).read(batch)
    assert {tuple(k): state.before[tuple(k)] for k in np.argwhere(state.before)} == slow.before(
        codes
    )
    for code in range(5):
        found = {int(k): int(state.rank[code, k]) for k in np.flatnonzero(state.rank[code])}
        assert found == slow.places(codes, code, BINS)
    assert state.span_days.sum() == len([c for c in customers if c])


@settings(max_examples=examples(40), deadline=None)
@given(a=random_journeys.customers, b=random_journeys.customers)
def test_seen_adds_and_subtracts(a, b):
    fold = Seen(5, (0, 2, 4))
    one, other = fold.read(random_journeys.batch(a)), fold.read(random_journeys.batch(b))
    both = fold.read(random_journeys.batch(a + b))
    for name in ("rank", "last", "before", "span_days"):
        assert np.array_equal(getattr(one + other, name), getattr(both, name))
        assert np.array_equal(getattr((one + other) - other, name), getattr(one, name))


def test_segments_are_the_best_of_all_cuts():
    chance = np.random.default_rng(2)
    places = np.sort(chance.random(9)).tolist()
    groups = cuts(places, [1] * 9, most=3)
    assert [i for group in groups for i in group] == list(range(9))

    def spread(cuts: tuple[int, int]) -> float:
        parts = np.split(np.array(places), cuts)
        return sum(float(((p - p.mean()) ** 2).sum()) for p in parts)

    best = min(((a, b) for a in range(1, 8) for b in range(a + 1, 9)), key=spread)
    assert [g[0] for g in groups[1:]] == list(best)
