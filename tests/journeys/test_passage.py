from dataclasses import dataclass, fields, replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins import passage as slow
from tests.slow_twins.silence import longest_silence
from tests.strategies import NAMES, VOCABULARY, batch, customers, journeys, walk_of
from trod.errors import JourneyError
from trod.journeys.passage import (
    DAY_US,
    DONE,
    LEFT,
    NEVER,
    NO_STAGE,
    OPEN,
    StagePlan,
    StateCodes,
    compile_plan,
    course,
    passages,
    silence_us,
)
from trod.journeys.rules import StageRules
from trod.journeys.spec import JourneySpec

BUY, CALL, MAIL, VISIT = range(4)
DAY = timedelta(days=1)


def spec(*stages, **more):
    return JourneySpec(name="journey", stages=list(stages), **more)


def on(name, *touchpoints):
    return {"name": name, "enter_on": touchpoints}


def days(name, first, last=None):
    return {"name": name, "days": (first, last)}


def in_state(name, *values):
    return {"name": name, "enter_when": {"state": "plan", "is": values}}


@dataclass
class Walked:
    stage: list[int]
    entered: list[int | None]
    furthest: int
    status: int
    last: int


def walked(customer, definition, *, as_of_us=None, every_us=1):
    events = walk_of(customer, every_us=every_us) if isinstance(customer, str) else customer
    data = journeys(batch([events]))
    found = passages(data.batches[0], compile_plan(definition, data, as_of_us=as_of_us))
    entered = [None if t == NEVER else int(t) for t in found.entered_us[0]]
    return Walked(
        found.stage.tolist(),
        entered,
        int(found.furthest[0]),
        int(found.status[0]),
        int(found.last[0]),
    )


def test_entry_is_the_first_touchpoint_that_enters_any_stage():
    found = walked("mail call mail", spec(on("a", "visit"), on("b", "call")))
    assert found.stage == [-1, 1, 1]
    assert found.entered == [None, 1]


def test_position_only_moves_forward():
    found = walked("visit call visit", spec(on("a", "visit"), on("b", "call")))
    assert found.stage == [0, 1, 1]
    assert found.entered == [0, 1]


def test_skipped_stages_count_as_reached_but_were_never_entered():
    found = walked("visit mail", spec(on("a", "visit"), on("b", "call"), on("c", "mail")))
    assert found.furthest == 2
    assert found.entered == [0, None, 1]


def test_customers_without_entry_are_outside():
    found = walked("mail mail", spec(on("a", "visit")))
    assert (found.furthest, found.last, found.stage) == (-1, -1, [-1, -1])


def test_success_ends_the_passage_in_the_stage_it_happens():
    found = walked("visit buy mail", spec(on("a", "visit"), on("b", "call"), success="buy"))
    assert (found.furthest, found.status, found.last) == (0, DONE, 1)
    assert found.stage == [0, 0, -1]


def test_success_before_entry_does_not_count():
    found = walked("buy visit", spec(on("a", "visit"), success="buy"))
    assert found.status == OPEN


def test_without_success_the_last_stage_is_done_and_the_passage_goes_on():
    found = walked("visit call mail", spec(on("a", "visit"), on("b", "call")))
    assert (found.status, found.stage, found.last) == (DONE, [0, 1, 1], 2)


def test_without_success_a_failure_after_the_last_stage_ends_the_passage_but_takes_nothing_back():
    stages = on("a", "visit"), on("b", "call")
    for rules in ({}, {"unless": ("buy",)}):  # the plain walk, and the one by rules
        second = stages[1] | rules
        found = walked("visit call mail call", spec(stages[0], second, failure="mail"))
        assert (found.furthest, found.status, found.stage) == (1, DONE, [0, 1, 1, -1])
    counted_on = walked("visit call mail", spec(*stages, success="buy", failure="mail"))
    assert counted_on.status == LEFT


def test_a_failure_after_the_last_stage_lets_another_passage_begin():
    stages = on("a", "visit"), on("b", "call")
    found = walked("visit call mail visit", spec(*stages, failure="mail", reentry="last"))
    assert (found.furthest, found.status, found.stage) == (0, OPEN, [-1, -1, -1, 0])


def test_a_failure_touchpoint_makes_a_customer_leave_at_once():
    found = walked("visit mail call", spec(on("a", "visit"), on("b", "call"), failure="mail"))
    assert (found.furthest, found.status, found.stage) == (0, LEFT, [0, 0, -1])


@pytest.mark.parametrize(("silence", "status"), [(29, OPEN), (30, LEFT), (31, LEFT)])
def test_silence_of_left_after_or_more_counts_as_left(silence, status):
    definition = spec(on("a", "visit"), on("b", "call"), left_after=30 * DAY)
    found = walked("visit mail", definition, every_us=DAY_US, as_of_us=(1 + silence) * DAY_US)
    assert found.status == status


def test_touchpoints_after_the_window_lie_outside_the_passage():
    definition = spec(on("a", "visit"), on("b", "call"), success="buy", converts_within=2 * DAY)
    found = walked("visit mail mail call buy", definition, every_us=DAY_US)
    assert found.stage == [0, 0, 0, -1, -1]
    assert (found.furthest, found.status, found.last) == (0, OPEN, 2)


def test_the_window_includes_its_last_moment():
    definition = spec(on("a", "visit"), on("b", "call"), converts_within=DAY)
    assert walked("visit call", definition, every_us=DAY_US).furthest == 1


def test_the_first_passage_counts_by_default():
    found = walked("visit buy visit call", spec(on("a", "visit"), on("b", "call"), success="buy"))
    assert (found.stage, found.status) == ([0, 0, -1, -1], DONE)


def test_the_last_passage_counts_where_declared():
    definition = spec(on("a", "visit"), on("b", "call"), success="buy", reentry="last")
    found = walked("visit buy mail visit call", definition)
    assert found.stage == [-1, -1, -1, 0, 1]
    assert (found.entered, found.status, found.last) == ([3, 4], OPEN, 4)


def test_j2_a_stage_in_days_is_entered_by_the_first_touchpoint_from_its_first_day_on():
    definition = spec(days("new", 0, 30), days("settled", 31, 90), days("loyal", 91))
    found = walked("mail call mail visit", definition, every_us=20 * DAY_US)
    assert found.stage == [0, 0, 1, 1]
    assert found.entered == [0, 31 * DAY_US, None]


def test_j2_on_a_shared_day_the_later_stage_wins():
    definition = spec(days("adoption", 0, 180), days("expansion", 180))
    found = walked("mail mail", definition, every_us=180 * DAY_US)
    assert found.stage == [0, 1]


def test_j2_a_state_enters_a_stage():
    events = [(0, VISIT, -32768, 0), (1, MAIL, -32768, 65535), (2, MAIL, -32768, 1)]
    found = walked(events, spec(in_state("trial", "free"), in_state("customer", "paid")))
    assert found.stage == [0, 0, 1]


def test_a_touchpoint_that_enters_two_stages_enters_the_first():
    found = walked("visit", spec(on("a", "visit"), on("b", "visit")))
    assert found.stage == [0]


def test_everything_unknown_is_reported_at_once():
    definition = spec(
        on("a", "visits"),
        {"name": "b", "enter_when": {"state": "plan", "is": ("payed",)}},
        {"name": "c", "enter_when": {"state": "tier", "is": ("gold",)}},
        success="bought",
    )
    with pytest.raises(JourneyError) as raised:
        compile_plan(definition, journeys(batch([])))
    assert len(raised.value.problems) == 4
    places = {"stages.0.enter_on", "stages.1.enter_when", "stages.2.enter_when", "success"}
    assert set(raised.value.places) == places
    assert "did you mean 'visit'" in raised.value.problems[0]


def test_durations_beyond_all_measure_are_no_problem():
    endless = timedelta.max
    definition = spec(
        on("a", "visit"), days("b", 10**9), converts_within=endless, left_after=endless
    )
    found = walked("visit mail", definition, as_of_us=10**18)
    assert (found.furthest, found.status) == (0, OPEN)


def test_as_of_is_the_last_moment_on_record():
    data = journeys(batch([walk_of("visit mail")]), batch([walk_of("mail " * 9)]))
    assert compile_plan(spec(on("a", "visit")), data).as_of_us == 8


def test_a_remembering_plan_walks_a_batch_once():
    data = journeys(batch([walk_of("visit call")]))
    plan = compile_plan(spec(on("a", "visit")), data)
    kept = plan.remembering()
    assert passages(data.batches[0], kept) is passages(data.batches[0], kept)
    assert passages(data.batches[0], plan) is not passages(data.batches[0], plan)
    assert plan.remembered is None


def test_usual_silence_is_that_of_nine_in_ten_who_came_back():
    gaps = [*range(1, 10), 300]
    data = journeys(batch([[(0, VISIT, 0, 0), (g * DAY_US, VISIT, 0, 0)] for g in gaps]))
    assert silence_us(data) == 9 * DAY_US


def test_usual_silence_is_at_most_half_of_the_time_on_record():
    data = journeys(batch([[(0, VISIT, 0, 0), (100 * DAY_US, VISIT, 0, 0)]]))
    assert silence_us(data) == 50 * DAY_US


def test_usual_silence_is_thirty_days_where_nobody_came_back():
    assert silence_us(journeys(batch([walk_of("visit")]))) == 30 * DAY_US
    assert silence_us(journeys()) == 30 * DAY_US


names = st.sets(st.integers(0, len(NAMES) - 1), max_size=2)


@st.composite
def definitions(draw, *, kinds="nnnsd", more=False):
    n = draw(st.integers(1, 4))
    kinds = draw(st.lists(st.sampled_from(kinds), min_size=n, max_size=n))
    by_days = [kind == "d" for kind in kinds]
    journey = slow.Journey(
        names=[draw(names) if kind == "n" else set() for kind in kinds],
        states=[draw(st.sets(st.integers(0, 1))) if kind == "s" else set() for kind in kinds],
        days=[draw(st.integers(0, 6)) if kind == "d" else None for kind in kinds],
        success=draw(names),
        failure=draw(names),
        window=draw(st.none() | st.integers(0, 8)),
        left_after=draw(st.integers(0, 6)),
        as_of=draw(st.integers(0, 20)),
        reentry_last=draw(st.booleans()),
    )
    if more:
        journey.steps = [draw(steps()) if kind == "r" else None for kind in kinds]
        journey.unless = [set() if days else draw(names) for days in by_days]
        journey.back = [not days and draw(st.booleans()) for days in by_days]
        journey.hold = draw(st.booleans())
    return journey


@st.composite
def steps(draw):
    kind = draw(st.sampled_from(["all_of", "at_least", "in_order"]))
    unique = kind != "in_order"
    codes = draw(st.lists(st.integers(0, len(NAMES) - 1), min_size=2, max_size=3, unique=unique))
    return kind, codes, draw(st.integers(2, len(codes)))


def rules_of(journey):
    """Compile the rules of a twin's journey, all of them, whether it uses them or not."""
    made = StageRules.none(len(journey.names), len(NAMES))
    order = np.full((len(journey.names), 3), -1, np.int32)
    for s, rule in enumerate(journey.steps):
        made.back[s] = journey.back[s]
        made.bars[list(journey.unless[s])] |= 1 << s
        if rule is not None:
            kind, codes, k = rule
            made.need[s] = k if kind == "at_least" else len(codes)
            for at, code in enumerate(codes):
                made.step[s, code] = at
                order[s, at] = code if kind == "in_order" else -1
    return replace(made, order=order)


def plan_of(journey, *, rules=False):
    journey.failure -= journey.success
    enter, states = np.full(len(NAMES), NO_STAGE, np.uint8), np.full(2, NO_STAGE, np.uint8)
    for s in range(len(journey.names)):
        states[list(journey.states[s])] = s
    for s in reversed(range(len(journey.names))):
        enter[list(journey.names[s])] = s
    outcome = np.zeros((2, len(NAMES)), np.bool_)
    outcome[0, list(journey.success)] = True
    outcome[1, list(journey.failure)] = True
    return StagePlan(
        journey="journey",
        stages=tuple(f"s{s}" for s in range(len(journey.names))),
        enter_code=enter,
        states=(StateCodes("plan", states),) if any(journey.states) else (),
        day_us=np.array([NEVER if d is None else d for d in journey.days], np.int64),
        success=outcome[0],
        failure=outcome[1],
        window_us=np.iinfo(np.int64).max if journey.window is None else journey.window,
        left_after_us=journey.left_after,
        as_of_us=journey.as_of,
        reentry_last=journey.reentry_last,
        rules=rules_of(journey) if rules else None,
        hold="plan" if journey.hold else None,
    )


def assert_agrees(people, found, journey):
    expected = [slow.walk(events, journey) for events in people]
    ends = np.cumsum([0, *map(len, people)]).tolist()
    for c, (stages, entered, furthest, status, last) in enumerate(expected):
        assert found.stage[ends[c] : ends[c + 1]].tolist() == stages
        times = found.entered_us[c].tolist()
        assert {s: t for s, t in enumerate(times) if t != NEVER} == entered
        assert (found.furthest[c], found.status[c]) == (furthest, status)
        assert found.last[c] == (last if last < 0 else ends[c] + last)


@given(people=customers, journey=definitions())
@settings(max_examples=examples(250))
def test_agrees_with_slow_twin(people, journey):
    assert_agrees(people, passages(batch(people), plan_of(journey)), journey)


@given(people=customers, journey=definitions())
@settings(max_examples=examples(100))
def test_both_walks_agree_where_nothing_new_is_used(people, journey):
    plain, rules = plan_of(journey), plan_of(journey, rules=True)
    one, other = passages(batch(people), plain), passages(batch(people), rules)
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name))


@given(people=customers, journey=definitions(kinds="nrrrsd", more=True))
@settings(max_examples=examples(600))
def test_J2_steps_exclusions_ways_back_and_held_values_agree_with_slow_twin(people, journey):
    assert_agrees(people, passages(batch(people), plan_of(journey, rules=True)), journey)


@given(people=customers, journey=definitions(kinds="nrrrsd", more=True))
@settings(max_examples=examples(200))
def test_J2_the_course_is_what_the_record_said_when_it_ended_there(people, journey):
    found = course(batch(people), plan_of(journey, rules=True))
    told = [slow.outcome_then(p, i, journey) for p in people for i in range(len(p))]
    assert list(zip(found.position.tolist(), found.outcome.tolist(), strict=True)) == told


@given(people=customers, journey=definitions())
@settings(max_examples=examples(200))
def test_J2_the_course_by_the_fast_loop_is_what_the_record_said_when_it_ended_there(
    people, journey
):
    found = course(batch(people), plan_of(journey))
    told = [slow.outcome_then(p, i, journey) for p in people for i in range(len(p))]
    assert list(zip(found.position.tolist(), found.outcome.tolist(), strict=True)) == told


@given(people=customers, journey=definitions(kinds="nrrrsd", more=True))
@settings(max_examples=examples(100))
def test_J2_a_touchpoint_of_a_stage_is_never_older_than_its_entering(people, journey):
    told = batch(people)
    found = passages(told, plan_of(journey, rules=True))
    who = np.repeat(np.arange(told.n_customers), np.diff(told.offsets))
    inside = found.stage >= 0
    entered = found.entered_us[who[inside], found.stage[inside]]
    assert (entered != NEVER).all()
    assert (entered <= told.time_us[inside]).all()


@given(people=customers)
def test_longest_silence_agrees_with_slow_twin(people):
    longest = [g for g in map(longest_silence, people) if g is not None]
    data = journeys(batch(people, scale_us=DAY_US))
    if longest:
        first, last = (moment // DAY_US for moment in data.span_us())
        usual = sorted(longest)[-(-9 * len(longest) // 10) - 1]
        assert silence_us(data) == max(1, min(usual, (last - first) // 2)) * DAY_US


def test_vocabulary_without_touchpoints_is_no_problem():
    assert passages(batch([[]]), plan_of(slow.Journey([set()], [set()], [None]))).furthest[0] == -1
    assert VOCABULARY.touchpoint("nothing") is None
