"""What a journey definition overlooks is found, and said with what to write instead."""

from __future__ import annotations

import numpy as np
import pytest

from tests.strategies import NAMES, batch, journeys, walk_of
from trod.journeys.check import check, unmapped
from trod.journeys.spec import JourneySpec, Stage, StateRule

DAY = 86_400_000_000
LASTS = "between A and B. A lasts until B begins"
WINS = "A and B. The later stage wins"
NEVER = "it can never be entered in this order. Move it up."


def days(**ranges: tuple[int, int | None]) -> JourneySpec:
    stages = tuple(Stage(name=name.replace("_", " "), days=r) for name, r in ranges.items())
    return JourneySpec(name="Customer success", stages=stages)


def by_names(*stages: tuple[str, ...], **more: object) -> JourneySpec:
    made = tuple(Stage(name=f"S{i}", enter_on=names) for i, names in enumerate(stages))
    return JourneySpec(name="J", stages=made, **more)


def texts(spec: JourneySpec, *walks: str) -> list[str]:
    data = journeys(batch([walk_of(w, every_us=DAY) for w in walks])) if walks else None
    return [f"{f.level} {f.place}: {f.text}" for f in check(spec, data)]


def test_J1_the_customer_success_prompt_overlaps_at_day_180():
    spec = days(Onboarding=(0, 30), Activation=(31, 90), Adoption=(91, 180), Expansion=(180, None))
    assert texts(spec) == [
        "warning stages.3.days: overlap at day 180: Adoption and Expansion. The later stage wins; "
        "write Expansion as 181+."
    ]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ((0, 30), (31, 60), None),
        ((0, 30), (32, 60), f"gap at day 31: {LASTS}; write B as 31-60."),
        ((0, 30), (41, None), f"gap at days 31 to 40: {LASTS}; write B as 31+."),
        ((0, 40), (31, 60), f"overlap at days 31 to 40: {WINS}; write B as 41-60."),
        ((0, None), (31, 60), f"overlap at days 31 to the end: {WINS}; end A at 30."),
        ((10, 20), (0, 9), f"B begins on day 0, not after A (day 10): {NEVER}"),
    ],
)  # fmt: skip
def test_J1_overlaps_and_gaps_of_days(first, second, said):
    found = texts(days(A=first, B=second))
    assert found == ([f"warning stages.1.days: {said}"] if said else [])


def test_J1_a_touchpoint_that_enters_two_stages():
    assert texts(by_names(("visit", "call"), ("call",))) == [
        "warning stages.1.enter_on: 'call' enters S0 and S1; it counts for S0. Remove it from one "
        "of them."
    ]


def test_J1_success_that_is_failure_and_names_both_used_and_ignored():
    spec = by_names(("visit",), success=("buy",), failure=("buy",), ignore=("visit",))
    assert [t.split(":")[0] for t in texts(spec)] == ["error failure", "warning ignore"]


def test_J3_unknown_names_come_with_the_nearest_right_one():
    found = texts(by_names(("visits",), success=("by",)), "visit buy")
    assert found[0].startswith("error stages.0.enter_on: unknown touchpoint 'visits': did you mean")
    assert "did you mean 'buy'?" in found[1]


def test_J3_unknown_states_and_values_are_named():
    def entering(state: str, value: str) -> JourneySpec:
        rule = StateRule.model_validate({"state": state, "is": value})
        return JourneySpec(name="J", stages=(Stage(name="Paid", enter_when=rule),))

    assert "did you mean 'plan'" in texts(entering("plans", "paid"), "visit")[0]
    assert "did you mean 'paid'" in texts(entering("plan", "payd"), "visit")[0]
    assert texts(entering("plan", "paid"), "visit")[0].startswith(
        "warning stages.0: nobody reaches"
    )


def test_J3_each_touchpoint_is_mapped_ignored_or_listed():
    spec = by_names(("visit",), ("call",), success=("buy",), ignore=("mail",))
    data = journeys(batch([walk_of("visit mail call buy")]))
    assert unmapped(spec, data) == ("é&>/",)
    mapped = {"visit", "call", "buy"} | {"mail"} | set(unmapped(spec, data))
    assert mapped == set(NAMES)
    assert [f.text for f in check(spec, data)] == [
        "1 touchpoint enters no stage: É&>/. It counts in the stage the customer is in; list them "
        "under `ignore` to say so."
    ]


def test_a_stage_nobody_reaches_and_a_stage_most_pass_by():
    spec = by_names(("visit",), ("mail",), ("call",), ignore=("é&>/",), success=("buy",))
    found = texts(spec, "visit call", "visit call buy", "visit mail call")
    assert found == [
        "note stages.1: 2 of 3 customers pass S1 without entering it: it may stand too late. Move "
        "or remove it."
    ]
    never = texts(by_names(("visit",), ("mail",), ignore=("é&>/", "call", "buy")), "visit")
    assert never == [
        "warning stages.1: nobody reaches S1. Check what enters it, or remove the stage."
    ]


def test_nothing_to_say_about_a_good_definition():
    spec = by_names(("visit",), ("call", "mail"), success=("buy",), ignore=("é&>/",))
    assert check(spec, journeys(batch([walk_of("visit call buy"), walk_of("visit mail")]))) == ()
    assert np.array(check(spec)).size == 0


def ruled(*stages: dict[str, object], **more: object) -> JourneySpec:
    made = [{"name": f"S{i}", "enter_on": "visit", **stage} for i, stage in enumerate(stages)]
    return JourneySpec.model_validate({"name": "J", "stages": made, **more})


BY_STATE = [{"enter_on": [], "enter_when": {"state": "plan", "is": v}} for v in ("free", "paid")]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (
            ruled({}, {"enter_on": "call", "unless": "call"}),
            "error stages.1.unless: 'call' enters S1 and keeps customers out of it: it never "
            "enters. Remove it from one of them.",
        ),
        (
            ruled({}, {"enter_on": "call", "holds": "visit"}),
            "warning stages.1.holds: 'visit' enters S0; S1 holds it. Remove it from holds.",
        ),
        (
            ruled({}, {"enter_on": {"in_order": ["buy", "call"]}}, success="buy"),
            "warning stages.1.enter_on: 'buy' ends the journey, and steps of S1 come after it: "
            "nobody inside can complete them. Put it last, or remove it.",
        ),
        (
            ruled({"back": True}, {"enter_on": [], "days": "31+"}),
            "error stages.0.back: S1 begins by days: who comes back to S0 is led on again by the "
            "next touchpoint. Enter it by a touchpoint, or remove back.",
        ),
        (
            ruled({}, {"enter_on": "call", "back": True}),
            "warning stages.1.back: S1 is the last stage: nobody can come back to it. Remove back.",
        ),
        (
            ruled({}, *({"enter_on": {"all_of": ["call", "mail"]}} for _ in range(2))),
            "warning stages.2.enter_on: S1 and S2 have the same rule: S1 can never be entered. "
            "Change or remove one of them.",
        ),
        (
            ruled(*BY_STATE, hold_constant="plan"),
            "error stages.1.enter_when: one passage holds one value of 'plan', and S0 and S1 are "
            "entered by its values. Hold another state, or enter them by touchpoints.",
        ),
        (
            ruled({}, {"enter_on": "call", "optional": True}),
            "warning stages.1.optional: S1 is the last stage: nobody can pass it over. Remove "
            "optional.",
        ),
    ],
)
def test_J2_rules_that_work_against_each_other(spec, said):
    assert texts(spec) == [said]


def test_J2_a_held_state_that_nobody_has_is_named():
    found = texts(ruled({}, hold_constant="plans"), "visit")
    assert found[0].startswith("error hold_constant: unknown state 'plans': did you mean 'plan'?")


def test_J3_names_of_exclusions_and_of_what_a_stage_holds_are_known_and_mapped():
    spec = ruled({"holds": "mails"}, {"enter_on": "call", "unless": ["buy", "byu"]})
    found = texts(spec, "visit call")
    assert found[0].startswith("error stages.1.unless: unknown touchpoint 'byu': did you mean 'buy")
    assert found[1].startswith("warning stages.0.holds: unknown touchpoint 'mails'")
    data = journeys(batch([walk_of("visit")]))
    assert unmapped(spec, data) == ("mail", "é&>/")


def test_J2_an_optional_stage_that_nobody_enters_is_said_and_one_most_pass_over_is_not():
    spec = by_names(("visit",), ("mail",), ("call",), ignore=("é&>/",), success=("buy",))
    stages = [s.model_copy(update={"optional": i == 1}) for i, s in enumerate(spec.stages)]
    spec = spec.model_copy(update={"stages": tuple(stages)})
    assert texts(spec, "visit call", "visit call buy", "visit mail call") == []
    assert texts(spec, "visit call") == [
        "warning stages.1: nobody enters S1; 1 go past it. Check what enters it."
    ]
