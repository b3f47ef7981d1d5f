from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings

from tests.analyses.plans import BUY, ODD, SPEC, VISIT, plan
from tests.examples import examples
from tests.journeys.test_passage import definitions, plan_of
from tests.slow_twins import passage as slow_passage
from tests.slow_twins import stages as slow
from tests.strategies import NAMES, batch, customers, helpdesk, journeys, walk_of
from trod.analyses.histogram import fill
from trod.analyses.stages import Done, Left, Open, Outside, Reached, Skipped, Stages, stages
from trod.analyses.touch import LeftAfter, Touches, TouchIn, touches
from trod.journeys.batch import NO_SCORE
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import count
from trod.journeys.spec import JourneySpec


def conserved(data, compiled):
    result = stages(data, compiled).data
    whole = result.went_on + result.left + result.still_there + result.done
    np.testing.assert_array_equal(result.reached, whole)
    assert result.reached[0] + result.outside == data.n_customers
    assert count(Outside(compiled), data) == result.outside
    assert count(Done(compiled), data) == result.done.sum()
    for s, name in enumerate(compiled.stages):
        assert count(Reached(name, compiled), data) == result.reached[s]
        assert count(Left(compiled, name), data) == result.left[s]
        assert count(Open(compiled, name), data) == result.still_there[s]
        assert count(Done(compiled, name), data) == result.done[s]
        assert count(Skipped(name, compiled), data) == result.skipped[s]
    found = touches(data, compiled).data
    for s, stage in enumerate(compiled.stages):
        assert found.left_after[s].sum() == result.left[s]
        for k, name in enumerate(found.name):
            assert count(TouchIn(stage, name, compiled), data) == found.customers[s, k]
            assert count(LeftAfter(stage, name, compiled), data) == found.left_after[s, k]


@given(people=customers)
@settings(max_examples=examples(50))
def test_j2_every_customer_of_a_stage_went_on_left_is_there_or_done(people):
    conserved(journeys(batch(people)), plan())


@given(people=customers, journey=definitions())
@settings(max_examples=examples(50))
def test_j2_stages_are_conserved_under_any_definition(people, journey):
    conserved(journeys(batch(people)), plan_of(journey))


def test_j2_stages_are_conserved_on_real_data():
    data = helpdesk()
    spec = JourneySpec(
        name="ticket",
        stages=[
            {"name": "opened", "enter_on": "1"},
            {"name": "taken", "enter_on": "8"},
            {"name": "waiting", "enter_on": "9"},
        ],
        success="6",
    )
    conserved(data, compile_plan(spec, data).remembering())


@given(people=customers, journey=definitions())
@settings(max_examples=examples(200))
def test_agrees_with_slow_twin(people, journey):
    compiled, one = plan_of(journey), batch(people)
    walks = [slow_passage.walk(events, journey) for events in people]
    n = len(journey.names)
    state = Stages(compiled).read(one)
    times, skipped = [[] for _ in range(n)], Counter()
    for events, walk in zip(people, walks, strict=True):
        won = events[walk[4]][0] if walk[3] == slow.DONE and journey.success else None
        dwelt, passed = slow.dwell(walk, won, n)
        skipped.update(passed)
        for s, spans in dwelt.items():
            times[s].extend(spans)
    assert state.skipped.tolist() == [skipped[s] for s in range(n)]
    rows = np.repeat(np.arange(n), [len(t) for t in times])
    flat = np.array([t for spans in times for t in spans], np.int64)
    np.testing.assert_array_equal(state.dwell, fill(flat, rows, n))
    cells = Touches(one.vocabulary, compiled).read(one).cells
    expected = np.zeros_like(cells)
    for cell, row in slow.touches(people, walks).items():
        expected[cell] = row
    np.testing.assert_array_equal(cells, expected)


def test_time_in_a_stage_runs_to_the_next_one_entered_or_to_success():
    data = journeys(batch([walk_of("visit mail call buy", every_us=7)]))
    result = stages(data, plan()).data
    assert [d.median_us if d else None for d in result.dwell] == [14, 7, None]


def test_a_touchpoint_after_which_customers_left_is_the_one_before_the_failure():
    data = journeys(batch([[*walk_of("visit mail"), (5, ODD, NO_SCORE, 65535)]]))
    found = touches(data, plan()).data
    assert found.left_after[0].tolist() == [0, 0, 1, 0, 0]


def test_a_failure_that_comes_first_is_itself_the_last_touchpoint():
    spec = SPEC.model_copy(update={"stages": SPEC.stages[:1], "failure": ("visit",)})
    data = journeys(batch([walk_of("visit")]))
    found = touches(data, plan(spec=spec)).data
    assert found.left_after[0, VISIT] == 1


def test_position_is_the_mean_place_of_the_first_one():
    data = journeys(batch([walk_of("visit mail buy"), walk_of("mail")]))
    found = touches(data, plan()).data
    assert found.position[0].tolist() == [1.0, 0.0, 0.5, 0.0, 0.0]
    assert found.customers[0, BUY] == 1


def test_names_that_no_stage_has_are_definition_errors():
    from trod.errors import DefinitionError

    with pytest.raises(DefinitionError, match="did you mean 'pay'"):
        count(Reached("pays", plan()), journeys(batch([walk_of("visit")])))
    assert NAMES[ODD] == "é&>/"
