"""J2: at every date the stages sum to the population, whatever customers do."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import plan
from tests.examples import examples
from tests.journeys.test_passage import definitions, on, plan_of, spec
from tests.slow_twins import occupancy as slow
from tests.strategies import batch, customers, helpdesk, journeys, walk_of
from trod import fold
from trod.analyses.occupancy import Dates, StageDaily, Stood, dates_of, parse_stood, stage_daily
from trod.analyses.predicate import parse
from trod.analyses.stages import stages
from trod.journeys.batch import Journeys
from trod.journeys.passage import DONE, LEFT, OPEN, compile_plan
from trod.journeys.predicate import count
from trod.journeys.suggest import suggest

DAY_US = 86_400_000_000
moments = st.lists(st.integers(0, 24), min_size=1, max_size=6, unique=True).map(sorted)


def at(dates, compiled, *batches):
    named = Dates(tuple(map(str, dates)), tuple(dates))
    return fold.run({"it": StageDaily(compiled, named)}, journeys(*batches))["it"]


def places(found, d):
    """Read one date as the twin counts it."""
    cells = {None: int(found.outside[d])}
    for status, counts in ((OPEN, found.open), (LEFT, found.left), (DONE, found.done)):
        cells.update({(s, status): int(n) for s, n in enumerate(counts[d])})
    return Counter({place: n for place, n in cells.items() if n})


@given(people=customers, journey=definitions(kinds="nrrrsd", more=True), dates=moments)
@settings(max_examples=examples(300))
def test_J2_at_every_date_stages_sum_to_the_population_and_agree_with_slow_twin(
    people, journey, dates
):
    found = at(dates, plan_of(journey, rules=True), batch(people))
    for d, moment in enumerate(dates):
        assert places(found, d) == slow.places(people, journey, moment)
        whole = int(found.outside[d] + (found.open + found.left + found.done)[d].sum())
        assert whole == found.population[d] == sum(events[0][0] <= moment for events in people)


@given(people=customers, journey=definitions(), dates=moments)
@settings(max_examples=examples(100))
def test_J2_at_every_date_plain_definitions_agree_with_slow_twin(people, journey, dates):
    found = at(dates, plan_of(journey), batch(people))
    for d, moment in enumerate(dates):
        assert places(found, d) == slow.places(people, journey, moment)


@given(people=customers, journey=definitions(kinds="nrrrsd", more=True), moment=st.integers(0, 24))
@settings(max_examples=examples(60))
def test_G3_the_customers_behind_a_place_are_as_many_as_counted(people, journey, moment):
    compiled, data = plan_of(journey, rules=True), journeys(batch(people))
    found = at([moment], compiled, batch(people))
    assert count(Stood(moment, None, compiled), data) == found.outside[0]
    for status, counts in (("open", found.open), ("left", found.left), ("done", found.done)):
        assert count(Stood(moment, status, compiled), data) == counts[0].sum()
        for s, name in enumerate(compiled.stages):
            assert count(Stood(moment, status, compiled, name), data) == counts[0, s]


def test_J2_on_the_last_day_the_stages_say_what_the_map_says():
    data = helpdesk()
    compiled = compile_plan(suggest(data), data)
    found, now = stage_daily(data, compiled).data, stages(data, compiled).data
    assert found.outside[-1] == now.outside
    assert found.open[-1].tolist() == now.still_there.tolist()
    assert found.left[-1].tolist() == now.left.tolist()
    assert found.done[-1].tolist() == now.done.tolist()
    whole = found.outside + (found.open + found.left + found.done).sum(axis=1)
    np.testing.assert_array_equal(whole, found.population)
    assert (np.diff(found.population) >= 0).all()
    assert found.population[-1] == data.n_customers


def test_J2_who_falls_silent_has_left_until_they_come_back():
    people = [walk_of("visit visit", every_us=5 * DAY_US)]
    data = journeys(batch(people))
    journey = spec(on("a", "visit"), on("b", "call"), left_after="2d")
    found = stage_daily(data, compile_plan(journey, data)).data
    assert found.open[:, 0].tolist() == [1, 1, 0, 0, 0, 1]
    assert found.left[:, 0].tolist() == [0, 0, 1, 1, 1, 0]


def test_J2_days_are_those_of_the_zone_and_the_last_one_ends_as_of_now():
    data = journeys(batch([walk_of("visit visit", every_us=DAY_US)]))
    new_york = Journeys(data.batches, data.vocabulary, "person", "America/New_York")
    assert dates_of(new_york, DAY_US).label == ("1969-12-31", "1970-01-01")
    assert dates_of(new_york, DAY_US).moment_us == (5 * 3_600_000_000 - 1, DAY_US)
    weeks = dates_of(data, 20 * DAY_US, "week")
    assert weeks.label == ("1970-01-04", "1970-01-11", "1970-01-18", "1970-01-21")
    assert weeks.moment_us[-1] == 20 * DAY_US


def test_J2_of_a_thousand_years_the_latest_days_are_shown_and_nobody_is_lost():
    data = journeys(batch([walk_of("visit visit", every_us=365_000 * DAY_US)]))
    compiled = compile_plan(spec(on("a", "visit"), left_after="2d"), data)
    found = stage_daily(data, compiled).data
    assert len(found.date) == 3_660
    assert found.population.tolist() == [1] * 3_660


def test_a_key_of_a_place_is_read_back():
    compiled = plan()
    for one in (
        Stood(5, None, compiled),
        Stood(-3, "left", compiled),
        Stood(7, "open", compiled, "talk / ask"),
    ):
        assert parse(one.key, compiled, batch([]).vocabulary) == one
    for wrong in ("open", "open@x", "gone@5", "outside/look@5", "open/@5", "open@" + "9" * 30):
        assert parse_stood(wrong, compiled) is None
