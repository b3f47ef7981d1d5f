"""J2: each new rule of a stage, by hand; that it is written and refused as the documents say."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from tests.journeys.test_passage import in_state, on, spec, walked
from tests.strategies import NAMES, batch, journeys, walk_of
from trod import project
from trod.analyses.predicate import parse
from trod.analyses.stages import stages
from trod.errors import DefinitionError
from trod.insights.compose import journey_map
from trod.journeys.batch import NO_STATE
from trod.journeys.passage import DONE, LEFT, OPEN, compile_plan, course, passages
from trod.journeys.predicate import customers
from trod.journeys.spec import JourneySpec
from trod.journeys.written import to_yaml

NO_SCORE = -32768


def by(name, **more):
    return {"name": name, **more}


def held(*rows):
    """One customer: (touchpoint, value held) in order, a microsecond apart."""
    return [(i, NAMES.index(n), NO_SCORE, value) for i, (n, value) in enumerate(rows)]


def test_J2_all_of_enters_with_the_last_of_them_in_any_order():
    journey = spec(on("a", "visit"), by("b", enter_on={"all_of": ["mail", "call"]}))
    assert walked("visit call call mail", journey).stage == [0, 0, 0, 1]
    assert walked("visit mail call", journey).entered == [0, 2]


def test_J2_at_least_counts_different_touchpoints():
    rule = {"at_least": 2, "of": ["mail", "call", "buy"]}
    journey = spec(on("a", "visit"), by("b", enter_on=rule))
    assert walked("visit mail mail mail buy", journey).stage == [0, 0, 0, 0, 1]


def test_J2_in_order_lets_others_lie_between_but_not_the_wrong_way_round():
    journey = spec(on("a", "visit"), by("b", enter_on={"in_order": ["mail", "call"]}))
    assert walked("visit call mail visit call", journey).stage == [0, 0, 0, 0, 1]


def test_J2_steps_done_before_the_stage_before_count():
    journey = spec(on("a", "visit"), by("b", enter_on={"all_of": ["mail", "call"]}))
    assert walked("mail visit call", journey).stage == [-1, 0, 1]


def test_J2_steps_begin_again_after_an_outcome():
    rule = {"all_of": ["mail", "call"]}
    journey = spec(on("a", "visit"), by("b", enter_on=rule), success="buy", reentry="last")
    assert walked("visit mail buy visit call", journey).stage == [-1, -1, -1, 0, 0]


def test_J2_an_exclusion_keeps_out_while_the_customer_stays_where_they_stand():
    journey = spec(on("a", "visit"), by("b", enter_on="call", unless="mail"), on("c", "buy"))
    found = walked("visit mail call buy", journey)
    assert (found.stage, found.entered) == ([0, 0, 0, 2], [0, None, 3])
    assert walked("visit call", journey).stage == [0, 1]


def test_J2_an_exclusion_before_the_stage_before_does_not_count():
    journey = spec(on("a", "visit"), by("b", enter_on="call", unless="mail"))
    assert walked("mail visit call", journey).stage == [-1, 0, 1]
    assert walked("mail call", journey).stage == [-1, -1]


def test_J2_going_back_undoes_what_was_entered_since():
    journey = spec(by("a", enter_on="visit", back=True), on("b", "call"), on("c", "mail"))
    found = walked("visit call mail visit call", journey)
    assert (found.stage, found.entered) == ([0, 0, 0, 0, 1], [0, 4, None])
    assert walked("visit call mail visit", journey).furthest == 0


def test_J2_going_back_to_a_stage_that_was_skipped_enters_it_when_it_was_passed():
    journey = spec(on("a", "visit"), by("b", enter_on="call", back=True), on("c", "mail"))
    found = walked("visit mail visit call", journey)
    assert (found.stage, found.entered) == ([0, 1, 1, 1], [0, 1, None])


def test_J2_a_skipped_stage_gone_back_to_was_passed_when_the_first_later_one_was_entered():
    journey = spec(
        on("a", "visit"), by("b", enter_on="call", back=True), on("c", "mail"), on("d", "buy")
    )
    found = walked("visit mail buy call", journey)
    assert (found.stage, found.entered) == ([0, 1, 1, 1], [0, 1, None, None])


def test_J2_an_order_that_goes_back_gives_way_to_the_one_that_is_further_by_then():
    journey = spec(
        by("a", enter_on="visit", back=True), on("b", "call"), on("c", "mail"), hold_constant="plan"
    )
    rows = held(("visit", 0), ("mail", 0), ("visit", 1), ("call", 1), ("visit", 0))
    data = journeys(batch([rows]))
    assert course(data.batches[0], compile_plan(journey, data)).position.tolist() == [0, 2, 2, 2, 1]


def test_J2_without_back_an_earlier_stage_changes_nothing():
    journey = spec(on("a", "visit"), by("b", enter_on="call", back=True), on("c", "mail"))
    assert walked("visit call mail visit", journey).stage == [0, 1, 2, 2]


def test_J2_one_order_cannot_finish_what_another_began():
    journey = spec(on("a", "visit"), on("b", "call"), success="buy", hold_constant="plan")
    found = walked(held(("visit", 0), ("call", 1), ("buy", 1)), journey)
    assert (found.stage, found.status) == ([-1, 1, 1], DONE)


def test_J2_of_two_orders_the_one_done_counts_then_the_furthest_then_the_earliest():
    journey = spec(on("a", "visit"), on("b", "call"), on("c", "mail"), hold_constant="plan")
    both = held(("visit", 1), ("visit", 0), ("call", 0), ("call", 1))
    assert walked(both, journey).stage == [0, -1, -1, 1]
    assert walked([*both, (9, NAMES.index("mail"), NO_SCORE, 0)], journey).stage[1:] == [
        0,
        1,
        -1,
        2,
    ]


def test_J2_touchpoints_without_an_order_lie_where_the_order_stands():
    journey = spec(on("a", "visit"), on("b", "call"), failure="mail", hold_constant="plan")
    rows = (("call", NO_STATE), ("visit", 0), ("mail", NO_STATE), ("call", 0), ("buy", NO_STATE))
    found = walked(held(*rows), journey)
    assert (found.stage, found.last) == ([-1, 0, 0, 1, 1], 4)


def test_J2_states_and_steps_enter_stages_side_by_side():
    journey = spec(on("a", "visit"), in_state("b", "paid"), by("c", enter_on={"all_of": NAMES[:2]}))
    found = walked(held(("visit", NO_STATE), ("mail", 1), ("buy", 0), ("call", 0)), journey)
    assert found.stage == [0, 1, 1, 2]


OPTIONAL = spec(on("a", "visit"), {**on("b", "call"), "optional": True}, on("c", "mail"))


def test_J2_an_optional_stage_passed_over_is_no_skip_and_no_conversion():
    walks = ["visit mail", "visit mail", "visit call mail", "visit call", "visit"]
    data = journeys(batch([walk_of(w) for w in walks]))
    plan = compile_plan(OPTIONAL, data, as_of_us=4)
    result = stages(data, plan).data
    assert result.reached.tolist() == [5, 4, 3]
    assert result.passed_over.tolist() == [0, 2, 0]
    assert result.skipped.tolist() == [0, 0, 0]
    assert result.entered.tolist() == result.base.tolist() == [5, 2, 3]
    entered = parse("in:b", plan, data.vocabulary)
    passed = parse("skipped:b", plan, data.vocabulary)
    assert (len(customers(entered, data)), len(customers(passed, data))) == (2, 2)
    drawn = journey_map(data, OPTIONAL)
    said = "b may be passed over: shares there are of those who entered it."
    assert ("Optional", said) in drawn.definitions
    view = drawn.stages[1]
    assert (view.conversion.part, view.conversion.whole, view.skipped) == (1, 2, 0)
    assert view.reached.n == view.went_on.n + view.left.n + view.still_there.n + view.done.n
    assert view.rule == "first Call; may be passed over: 2 customers did"


def test_J2_the_map_says_every_rule_in_words():
    journey = spec(
        by("a", enter_on={"at_least": 2, "of": ["visit", "mail", "call"]}, back=True),
        by("b", enter_on={"all_of": ["call", "mail"]}, unless=["buy", "visit"]),
        by("c", enter_on={"in_order": ["mail", "buy"]}),
        hold_constant="plan",
    )
    data = journeys(batch([walk_of("visit mail call")]))
    assert [stage.rule for stage in journey_map(data, journey).stages] == [
        "any 2 of Visit, Mail and Call; customers may come back to it; all with the same plan",
        "all of Call and Mail, in any order; not after Buy or Visit",
        "Mail, then Buy",
    ]


def test_J2_a_definition_is_written_as_it_is_read():
    journey = spec(
        by("a", enter_on={"at_least": 2, "of": ["visit", "mail", "call"]}, back=True),
        by("b", enter_on={"all_of": ["call", "mail"]}, unless="buy", optional=True),
        by("c", enter_on={"in_order": ["mail", "buy"]}, holds=["visit", "call"]),
        on("d", "call"),
        hold_constant="plan",
    )
    read = YAML(typ="safe").load(to_yaml(journey))
    assert JourneySpec.model_validate(read["journeys"][0]) == journey


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (
            "{name: A, enter_on: {at_least: 4, of: [x, y, z]}}",
            "stages.0.enter_on: at_least is 4, but `of` has 3. Write 1 to 3.",
        ),
        (
            "{name: A, enter_on: {at_least: 2}}",
            "stages.0.enter_on: at_least stands without of. Write at_least: 2, of: [a, b, c].",
        ),
        (
            "{name: A, enter_on: {all_of: [x], any_of: y}}",
            "stages.0.enter_on: any_of and all_of says what enters. Give exactly one of any_of, "
            "all_of, in_order, at_least.",
        ),
        (
            "{name: A, enter_on: {all_of: [x, y, x]}}",
            "stages.0.enter_on: 'x' stands twice under all_of. Write it once.",
        ),
        (
            "{name: A, enter_on: {al_of: [x]}}",
            "stages.0.enter_on.al_of: no such key. Did you mean 'all_of'?",
        ),
        (
            "{name: A, days: 0-30, unless: x}",
            "stages.0: stage 'A' is entered by days and has unless: days pass whatever a customer "
            "does. Remove one of them.",
        ),
        (
            "{name: A, enter_on: x, optional: true}",
            "stages: 'A' is the first stage and optional: those who entered a journey are counted "
            "from it. Remove `optional`, or put another stage first.",
        ),
    ],
)
def test_J2_what_cannot_be_is_refused_with_its_place(tmp_path, stage, said):
    text = f"journeys:\n- name: J\n  stages:\n  - {stage}\n  - {{name: B, enter_on: y}}\n"
    (tmp_path / "trod.yml").write_text(text)
    with pytest.raises(DefinitionError) as raised:
        project.load(tmp_path)
    assert [p.split(": journeys.0.")[1] for p in raised.value.problems] == [said]


def test_J2_silence_and_the_end_of_the_record_judge_a_walk_by_rules_too():
    journey = spec(by("a", enter_on="visit", back=True), on("b", "call"), on("c", "mail"))
    data = journeys(batch([walk_of("visit"), walk_of("visit call mail"), walk_of("visit call")]))
    plan = compile_plan(journey, data, as_of_us=2 + 5 * 86_400_000_000)
    assert passages(data.batches[0], plan).status.tolist() == [LEFT, DONE, LEFT]
    open_ = compile_plan(journey, data, as_of_us=2)
    assert passages(data.batches[0], open_).status.tolist() == [OPEN, DONE, OPEN]
