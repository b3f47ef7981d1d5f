"""Features: what was known of customers at a moment, and nothing that came later."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import SPEC
from tests.examples import examples
from tests.slow_twins import features as slow
from tests.strategies import NAMES
from trod.errors import DataError, DefinitionError
from trod.journeys.batch import NO_SCORE, NO_STATE, NO_VALUE, JourneyBatch, Journeys, Vocabulary
from trod.journeys.help import asks_for_help
from trod.journeys.passage import NO_STAGE, StagePlan, compile_plan, course
from trod.journeys.spec import JourneySpec
from trod.models.features.build import features
from trod.models.features.catalog import Catalog, catalog
from trod.models.features.moments import Moments, after_entering, everyone_at, total
from trod.models.features.table import FeatureTable

DAY = slow.DAY
HOURS = 3_600_000_000
START = 1_709_900_000_000_000  # March 2024: clocks of Amsterdam change on the 31st
CHANNELS = ("chat", "shop", "unknown")
STAGES = [
    {"name": "look", "enter_on": ("visit", "mail")},
    {"name": "talk", "enter_on": ("call",), "optional": True},
    {"name": "pay", "enter_when": {"state": "plan", "is": ("paid",)}},
    {"name": "stay", "days": "20+"},
]
AGAIN = JourneySpec(
    name="again", stages=STAGES[:3], success=("buy",), failure=(NAMES[4],), left_after="40d",
    reentry="last",
)  # fmt: skip

touch = st.tuples(
    st.sampled_from([0, 0, 1, 24, 24 * 3, 24 * 7, 24 * 30]),  # hours since the one before
    st.integers(0, len(NAMES) - 1),
    st.integers(0, 2),
    st.sampled_from([NO_VALUE, NO_VALUE, -2_000_000, 0, 12_500_000]),
    st.sampled_from([NO_SCORE, NO_SCORE, -1000, 0, 400, 1000]),
    st.sampled_from([NO_STATE, NO_STATE, 0, 1]),
    st.integers(-1, 3),  # person
)
people = st.lists(st.lists(touch, max_size=14), min_size=1, max_size=5)


def told(customers, *, batches: int = 1, unit: str = "account") -> Journeys:
    """Lay customers out in some batches."""
    words = Vocabulary(NAMES, CHANNELS, {"plan": ("free", "paid")})
    persons = np.array([t[6] for rows in customers for t in rows], np.int32)
    cut = np.linspace(0, len(customers), batches + 1).astype(int)
    made, first = [], 0
    for low, high in pairwise(cut):
        some = customers[low:high]
        rows = np.array([t for rows in some for t in rows], np.int64).reshape(-1, 7)
        times = [START + np.cumsum([t[0] for t in rows], dtype=np.int64) * HOURS for rows in some]
        n = rows.shape[0]
        made.append(
            JourneyBatch(
                vocabulary=words,
                customer=pa.array([f"c{low + k:03d}" for k in range(len(some))], pa.string()),
                offsets=np.cumsum([0, *map(len, some)], dtype=np.int64),
                code=rows[:, 1].astype(np.uint16),
                time_us=np.concatenate([np.empty(0, np.int64), *times]),
                channel=rows[:, 2].astype(np.uint8),
                value=rows[:, 3],
                score=rows[:, 4].astype(np.int16),
                row=np.arange(first, first + n, dtype=np.int64),
                states={"plan": rows[:, 5].astype(np.uint16)},
            )
        )
        first += n
    return Journeys(
        tuple(made), words, unit, "Europe/Amsterdam", currency="EUR", people=lambda at: persons[at]
    )


def at_moments(data: Journeys, hours: list[int]) -> tuple[Moments, ...]:
    """Ask of everyone at each of some moments, whether they had begun or not."""
    moments = np.sort(np.array(hours, np.int64)) * HOURS + START
    return tuple(
        Moments(np.repeat(np.arange(b.n_customers), moments.size), np.tile(moments, b.n_customers))
        for b in data
    )


def rows_of(data: Journeys, plan: StagePlan) -> list[list[slow.Touch]]:
    """Give the touchpoints of every customer as the slow twin reads them."""
    found = []
    for one in data:
        stood = course(one, plan)
        who = data.people(one.row)
        for c in range(one.n_customers):
            found.append(
                [
                    slow.Touch(
                        int(one.time_us[i]),
                        NAMES[one.code[i]],
                        CHANNELS[one.channel[i]],
                        None if one.value[i] == NO_VALUE else int(one.value[i]),
                        None if one.score[i] == NO_SCORE else int(one.score[i]),
                        int(who[i]),
                        int(stood.position[i]),
                        int(stood.outcome[i]),
                        None if plan.enter_code[one.code[i]] == NO_STAGE
                        else int(plan.enter_code[one.code[i]]),
                    )
                    for i in range(one.offsets[c], one.offsets[c + 1])
                ]
            )  # fmt: skip
    return found


def expected(rows: list[slow.Touch], moment: int, plan: StagePlan) -> dict[str, float | None]:
    known = [row for row in rows if row.time <= moment]
    asks = [asks_for_help(row.name) or asks_for_help(row.channel) for row in known]
    needed = [not plan.is_optional(s) for s in range(plan.n_stages)]
    return {
        **slow.tempo(known, moment, "Europe/Amsterdam"),
        **slow.distinct(known, moment, "breadth:touchpoints", "name"),
        **slow.distinct(known, moment, "breadth:channels", "channel"),
        **slow.distinct(known, moment, "seats:people", "person"),
        **slow.mood(known, moment),
        **slow.money(known, moment),
        **slow.support(known, moment, asks),
        **slow.stage(known, moment, needed),
        **slow.named(known, moment, list(NAMES), list(CHANNELS)),
    }


def same(one: FeatureTable, other: FeatureTable) -> None:
    assert one.features == other.features
    assert one.customer.equals(other.customer)
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.moment_us, other.moment_us)


moment = st.integers(0, 100).map(lambda days: 24 * days) | st.integers(0, 24 * 100)
hours = st.lists(moment, min_size=1, max_size=3, unique=True)
specs = st.sampled_from([SPEC, AGAIN, JourneySpec(name="days", stages=STAGES, left_after="7d")])


@given(customers=people, hours=hours, spec=specs)
@settings(max_examples=examples(60))
def test_M1_every_feature_is_what_its_definition_says(customers, hours, spec):
    data = told(customers)
    plan = compile_plan(spec, data)
    chosen = catalog(data, plan, most=200, until_us=START + 10**16)
    table = features(data, plan, at_moments(data, hours), chosen)
    rows = rows_of(data, plan)
    for r in range(table.n):
        wanted = expected(rows[r // len(hours)], int(table.moment_us[r]), plan)
        for k, feature in enumerate(table.features):
            value = wanted[feature.key]
            np.testing.assert_allclose(
                table.values[r, k],
                np.nan if value is None else value,
                rtol=1e-5,
                atol=1e-6,
                err_msg=feature.key,
            )


@given(customers=people, later=people, hours=hours, spec=specs)
@settings(max_examples=examples(40))
def test_M1_nothing_later_than_the_moment_changes_a_feature(customers, later, hours, spec):
    moments = sorted(hours)
    whole = told(customers)
    plan = compile_plan(spec, whole)
    chosen = catalog(whole, plan, most=200, until_us=START + 10**16)
    known = []
    for k, rows in enumerate(customers):
        ends = np.cumsum([t[0] for t in rows])
        kept = [t for t, end in zip(rows, ends, strict=True) if end <= moments[-1]]
        gap = moments[-1] + 1 - int(ends[len(kept) - 1] if kept else 0)
        other = [(gap + t[0], *t[1:]) if i == 0 else t for i, t in enumerate(later[k % len(later)])]
        known.append(kept + other)
    changed = told(known)
    now = features(whole, plan, at_moments(whole, hours), chosen)
    then = features(changed, plan, at_moments(changed, hours), chosen)
    same(now, then)


@given(customers=people, hours=hours, batches=st.integers(1, 4), threads=st.integers(1, 3))
@settings(max_examples=examples(25))
def test_M1_features_do_not_depend_on_batches_and_threads(customers, hours, batches, threads):
    one, some = told(customers), told(customers, batches=batches)
    plan = compile_plan(AGAIN, one)
    chosen = catalog(one, plan)
    assert catalog(some, plan) == chosen
    same(
        features(one, plan, at_moments(one, hours), chosen),
        features(some, plan, at_moments(some, hours), chosen, threads=threads),
    )


@given(
    customers=people, stage=st.integers(0, 2), days=st.sampled_from([0, 1, 3, 7, 8, 30]), spec=specs
)
@settings(max_examples=examples(80))
def test_M2_customers_still_in_a_stage_are_so_by_what_was_known_then(customers, stage, days, spec):
    data = told(customers)
    plan = compile_plan(spec, data)
    found = after_entering(data, plan, plan.stages[stage], days)[0]
    wanted = [
        (c, mark)
        for c, rows in enumerate(rows_of(data, plan))
        for mark in slow.still_in_stage(rows, stage, days * DAY, plan.as_of_us, plan.left_after_us)
    ]
    assert list(zip(found.customer.tolist(), found.moment_us.tolist(), strict=True)) == wanted


def test_M1_a_catalog_comes_back_from_json_and_makes_the_same_columns(tallyfern):
    import json

    from trod.workspace.fitting import ground

    on = ground(tallyfern.workspace)
    chosen = catalog(on.journeys, on.plan, attributes=True)
    again = Catalog.of(json.loads(json.dumps(chosen.told())))
    assert again == chosen
    same(features(on.journeys, on.plan, None, again), features(on.journeys, on.plan, None, chosen))


def test_M1_names_nobody_has_any_more_count_zero_and_say_nothing_of_the_last():
    data = told([[(0, 1, 0, NO_VALUE, NO_SCORE, NO_STATE, 0)]])
    plan = compile_plan(SPEC, data)
    told_before = catalog(data, plan).told()
    for family in told_before:
        if family["family"] == "touchpoints":
            family["names"] = ["gone for good"]
    table = features(data, plan, None, Catalog.of(told_before))
    assert table.column("count:gone for good@ever").tolist() == [0]
    assert np.isnan(table.column("since:gone for good")).all()


def test_M1_the_catalog_is_chosen_without_what_came_later():
    early = [(0, 0, 0, NO_VALUE, NO_SCORE, NO_STATE, 0)]
    late = [*early, (24 * 50, 3, 1, 12_500_000, 1000, NO_STATE, 1)]
    plan = compile_plan(SPEC, told([late]))
    until = START + DAY
    assert catalog(told([late]), plan, until_us=until) == catalog(
        told([early]), plan, until_us=until
    )


def test_M1_a_catalog_keeps_to_the_number_asked_for(tallyfern):
    from trod.workspace.fitting import ground

    on = ground(tallyfern.workspace)
    sizes = [len(catalog(on.journeys, on.plan, most=most).features) for most in (0, 20, 50, 100)]
    assert sizes[0] == 0
    assert all(0 < size <= most for size, most in zip(sizes[1:], (20, 50, 100), strict=True))
    assert sizes[3] >= 98


def test_M1_features_have_different_keys_and_words_without_codes(tallyfern):
    from trod.workspace.fitting import ground

    on = ground(tallyfern.workspace)
    found = catalog(on.journeys, on.plan, most=150, attributes=True).features
    assert len({each.key for each in found}) == len(found)
    assert len({each.words for each in found}) == len(found)
    assert not [each.words for each in found if "@" in each.words or "_" in each.words[:30]]


def test_M1_profiles_are_left_out_unless_asked_for(tallyfern):
    from trod.workspace.fitting import ground

    on = ground(tallyfern.workspace)
    groups = {each.group for each in catalog(on.journeys, on.plan).features}
    assert "attribute" not in groups
    assert {"seats", "money", "mood", "support", "stage", "tempo"} <= groups


def test_M1_seats_are_the_people_of_an_account_counted_from_the_log(tallyfern, sql):
    from trod.workspace.fitting import ground

    space = tallyfern.workspace
    on = ground(space)
    table = features(on.journeys, on.plan, None, catalog(on.journeys, on.plan))
    persons = space.journeys("person")
    owner = {}
    for batch in persons:
        who = np.repeat(np.array(batch.customer.to_pylist()), np.diff(batch.offsets))
        owner |= dict(zip(batch.row.tolist(), who.tolist(), strict=True))
    wanted = [
        len({owner[row] for row in batch.row[low:high].tolist() if row in owner})
        for batch in on.journeys
        for low, high in pairwise(batch.offsets)
    ]
    assert table.column("seats:people@ever").tolist() == wanted
    assert max(wanted) > 1


def test_M1_moments_out_of_order_are_refused():
    data = told([[(0, 0, 0, NO_VALUE, NO_SCORE, NO_STATE, 0)]] * 2)
    plan = compile_plan(SPEC, data)
    for who, when in (([1, 0], [5, 5]), ([0, 0], [6, 5]), ([0, 2], [5, 5])):
        moments = (Moments(np.array(who), np.array(when)),)
        with pytest.raises(DataError, match=r"moments\[0\]"):
            features(data, plan, moments)
    with pytest.raises(DataError, match="need one each"):
        features(data, plan, ())
    with pytest.raises(DefinitionError, match="days is -1"):
        after_entering(data, plan, "look", -1)


def test_M1_everyone_is_asked_about_who_had_begun():
    data = told([[(10, 0, 0, NO_VALUE, NO_SCORE, NO_STATE, 0)], []])
    assert total(everyone_at(data, START + 9 * HOURS)) == 0
    assert total(everyone_at(data, START + 10 * HOURS)) == 1
    empty = replace(data, batches=())
    assert features(empty, compile_plan(SPEC, data), None, None).n == 0


def test_M1_a_touchpoint_at_the_moment_counts_and_one_a_window_old_does_not():
    call = (0, 1, 0, NO_VALUE, NO_SCORE, NO_STATE, 0)
    data = told([[call, (24 * 7, *call[1:]), (1, *call[1:])]])
    plan = compile_plan(SPEC, data)
    table = features(data, plan, at_moments(data, [24 * 7]), catalog(data, plan))
    assert table.column("count:call@ever").tolist() == [2]
    assert table.column("tempo:touchpoints@7d").tolist() == [1]
    assert table.column("count:call@7d").tolist() == [1]


def test_M2_whoever_has_been_silent_for_as_long_as_counts_as_left_is_in_no_stage():
    look = (0, 3, 0, NO_VALUE, NO_SCORE, NO_STATE, 0)
    data = told([[look, (24 * 60, *look[1:])]])
    plan = replace(compile_plan(SPEC, data), left_after_us=9 * DAY)
    there = [total(after_entering(data, plan, "look", days)) for days in (8.99, 9, 10)]
    assert there == [1, 0, 0]
