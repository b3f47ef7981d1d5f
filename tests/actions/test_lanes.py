"""Lanes: everyone in exactly one, at risk before ready to expand, and steady."""

import shutil
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.company import Known as Company
from tests.company import known
from trod.actions.interventions.tables import INTERVENTION
from trod.actions.lanes.deciding import decide, signs_bar
from trod.actions.lanes.lane import LANE_OF, LANES, NOWHERE, WHYS, Known
from trod.actions.lanes.looking import _stuck, look, mondays
from trod.actions.lanes.steady import steady, wobble
from trod.actions.playbooks.fits import Busy, Fits
from trod.actions.playbooks.spec import PlaybookSpec, SuccessSpec
from trod.actions.queue.plan import Candidate
from trod.actions.queue.uplift import expected
from trod.analyses.stall import Threshold, stall
from trod.errors import DataError, DefinitionError
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import count, customers
from trod.journeys.spec import JourneySpec
from trod.models.outcomes.scoring import end_of_day
from trod.models.outcomes.spec import OutcomeSpec
from trod.outcomes.effect import Effect, Verdict
from trod.outcomes.kept import keep
from trod.workspace import Workspace
from trod.workspace.acting import queue
from trod.workspace.acting.candidates import Weighed, _desk, _unproven
from trod.workspace.acting.expected import priced
from trod.workspace.acting.lanes import Ground, ground
from trod.workspace.acting.lanes_tested import lanes_tested
from trod.workspace.acting.lanes_view import lanes, view
from trod.workspace.acting.next_action import _brings, _misfit, next_action
from trod.workspace.acting.worth import Worths
from trod.workspace.fitting import fit
from trod.workspace.measured import plan_of
from trod.workspace.scoring import score

DAY = 86_400_000_000
MASKS = ("there", "danger", "safe", "scored", "stuck", "trouble", "fire", "growth", "used")
N = 16

known_of = st.fixed_dictionaries({name: arrays(np.bool_, N) for name in MASKS}).map(
    lambda told: Known(**told)
)
margins = st.lists(st.one_of(st.none(), st.floats(-3, 3, allow_nan=False)), min_size=1, max_size=6)


@given(known_of)
def test_X2_everyone_who_is_there_stands_in_exactly_one_lane_and_nobody_else_in_any(told: Known):
    found = decide(told)
    assert ((found.lane == NOWHERE) == ~told.there).all()
    counted = sum(int((found.lane == k).sum()) for k in range(len(LANES)))
    assert counted == told.there.sum()
    for lane, why in zip(found.lane, found.why, strict=True):
        assert lane == NOWHERE or LANES[lane] == LANE_OF[WHYS[why]]


@given(known_of)
def test_X2_at_risk_comes_before_ready_to_expand_and_nobody_unknown_is_left_alone(told: Known):
    lane = decide(told).lane
    expand = lane == LANES.index("expand")
    assert not (expand & (told.danger | told.fire)).any()
    assert not (expand & ~told.growth).any()
    thriving = lane == LANES.index("thriving")
    assert not (thriving & ~(told.used | told.safe)).any()


def slow_steady(row: list[float | None], bar: float, width: float) -> bool:
    inside = False
    for value in row:
        if value is None:
            inside = False
        elif value >= bar:
            inside = True
        elif value < bar - width:
            inside = False
    return inside


@given(st.lists(margins, min_size=1, max_size=4), st.floats(-2, 2), st.floats(0, 2))
def test_X2_a_lane_is_left_only_beyond_the_usual_wobble(rows, bar, width):
    size = min(map(len, rows))
    rows = [row[:size] for row in rows]
    given_ = np.array([[np.nan if v is None else v for v in row] for row in rows])
    assert steady(given_, bar, width).tolist() == [slow_steady(r, bar, width) for r in rows]


def test_X2_the_wobble_of_nobody_is_none():
    assert wobble(np.full((2, 3), np.nan)) == 0.0


def test_X2_signs_are_as_few_as_the_team_can_see_to_and_two_at_least():
    signs = np.array([[4], [3], [2], [1]])
    assert [signs_bar(signs, capacity) for capacity in (9, 2, 1)] == [2, 3, 4]


def test_X2_the_mondays_are_the_same_all_week():
    week = [mondays(4 * DAY + k * DAY + 1, "UTC") for k in range(7)]  # 1970-01-05 was a Monday
    assert all(one == other for one, other in pairwise(week))
    assert week[0][-1] == 4 * DAY


PLAYBOOKS = """
insights:
  objectives: [{name: Keep, serves: kept, worth: 2800}, {name: Grow, serves: expanded, worth: 600}]

actions:
  people: [{name: Ines Maas, hours: 168}]
  playbooks:
    - name: Renewal review
      trigger: {where: "lane:intervene"}
      contraindications: [{played: 60d}]
      success: {ends: left}
      holdout: {none: the test wants everybody}
    - {name: Gift basket, trigger: {where: "lane:intervene"}, success: {ends: left}}
    - name: Seats offer
      trigger: {score: {outcome: Expansion}}
      contraindications: [{where: "lane:intervene", why: no selling into a fire}]
      success: {touchpoints: Seats added}
      holdout: {none: the test wants everybody}
"""
NOW = 1_782_864_000_000_000  # 2026-07-01


def effect(name: str, low: float, high: float, verdict: Verdict) -> Effect:
    """Leaving became less by so much, as chance told."""
    ends = (-high, -low)
    return Effect(
        name, "Churn within 60 days", "share", "down", "randomised", 400, 400, 0, 0.10, 0.15,
        sum(ends) / 2, *ends, *ends, verdict, None, 0.02, 0, "by chance",
    )  # fmt: skip


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    """The company with its score of growth fitted."""
    folder = tmp_path_factory.mktemp("lanes") / "company"
    shutil.copytree(known().folder, folder)
    definition = (folder / "trod.yml").read_text(encoding="utf-8")
    models = """models:
  outcomes:
    - {name: Churn, ends: left, stages: [Adopt, Renew], capacity: 15}
    - {name: Expansion, touchpoints: Seats added, stages: Expand, capacity: 10}
"""
    head = definition.partition("models:")[0] + models + PLAYBOOKS
    (folder / "trod.yml").write_text(head, encoding="utf-8")
    workspace = Workspace.open(folder)
    fit(workspace, ["outcomes"])
    with workspace.state() as state, state.write() as con:
        keep(con, effect("Renewal review", 0.02, 0.08, "works"))
        keep(con, effect("Gift basket", -0.04, -0.01, "harms"))
    return Company(folder, workspace, known().truth)


@pytest.fixture(scope="module")
def told(company: Company) -> Ground:
    return ground(company.workspace)


def test_X2_the_counts_are_those_of_the_lists_and_add_up_to_everyone_still_there(company, told):
    found = view(told)
    journeys = company.workspace.journeys()
    assert journeys.named is not None
    listed = {v.lane: customers(journeys.named(v.customers.key), journeys) for v in found.views}
    for each in found.views:
        assert len(listed[each.lane]) == each.customers.n
    everyone = sorted(who for some in listed.values() for who in some)
    assert len(set(everyone)) == len(everyone) == found.n
    assert count(journeys.named("lane:none"), journeys) == journeys.n_customers - found.n
    assert {move.n for move in found.moved} == {m.n for m in found.moved}
    came = sum(v.came for v in found.views)
    assert came == sum(move.n for move in found.moved if move.after != "gone")
    with pytest.raises(DefinitionError, match="did you mean 'expand'"):
        journeys.named("lane:expan")


def test_X2_the_lanes_of_last_week_are_those_that_were_told_last_week(told):
    """History is a function of the data: nothing later has a say."""
    from trod.actions.lanes.looking import decided, look

    zone, then = told.journeys.zone, told.before_us
    moments = [*mondays(then, zone), then]
    looked = look(told.journeys, told.plan, moments, told.voices, told.standing, told.bad)
    alone = decided(looked, told.voices, then, zone, told.bad.capacity)
    for one in (told.now, told.then, alone):
        everyone = sum(int((one.lane == k).sum()) for k in range(len(LANES)))
        assert everyone == int((one.lane >= 0).sum())
    assert int((told.now.lane >= 0).sum()) == int(told.looked.there[:, -1].sum())
    ids = looked.customer.to_pylist()
    here = [told.looked.customer.to_pylist().index(who) for who in ids]
    assert alone.lane.tolist() == told.then.lane[here].tolist()
    assert end_of_day(told.plan.as_of_us, zone) == told.moment_us


def test_X2_those_pointed_out_by_a_score_that_passed_stand_in_its_lane(told):
    voices = {each.name: each for each in told.voices}
    assert set(voices) == {"Churn", "Expansion"}
    churn = voices["Churn"]
    high = told.looked.margins["Churn"][:, -1] >= churn.bar(told.looked.margins["Churn"])
    assert high.any()
    assert (told.now.lane[high] == LANES.index("intervene")).all()
    expand = told.now.lane == LANES.index("expand")
    assert expand.any()
    assert np.isfinite(told.looked.margins["Expansion"][expand, -1]).all()


def test_X2_every_customer_shown_has_reasons_with_their_evidence(told):
    found = view(told, top=4)
    assert {each.lane for each in found.shown} == {"intervene", "expand"}
    for each in found.shown:
        assert each.reasons
        assert {reason.evidence for reason in each.reasons} <= {"Observed", "Estimated"}


def test_X1_a_next_action_has_a_range_a_grade_a_contraindication_and_a_time(company, told):
    shown = view(told, only="intervene", top=2).shown
    found = [next_action(company.workspace, each.customer, now_us=NOW) for each in shown]
    for each in found:
        best = each.best
        assert best is not None
        assert best.expected is not None
        assert best.expected.low <= best.expected.high
        assert best.evidence == "Tested"
        assert best.when_not == "if in a play in the last 60 days"
        assert all(o.evidence in ("Observed", "Estimated", "Assumed") for o in each.others)
        assert dict(each.refused)["Gift basket"] == "Gift basket is stopped: tested, and it harms"
        assert dict(each.refused)["Seats offer"] in ("no selling into a fire", "not for them today")
    assert all(each.placed.window is not None for each in found if each.placed.why == "score")


def test_X1_the_next_action_is_what_the_queue_says_of_the_same_customer(company, told):
    """One customer, one answer: the same play, person, day and money."""
    plan = queue.planned(company.workspace, now_us=NOW)
    assert {row.candidate.playbook for row in plan.treated} == {"Renewal review", "Seats offer"}
    grown = next(r for r in plan.treated if r.candidate.playbook == "Seats offer")
    for row in (plan.treated[0], grown):
        one = row.candidate
        found = next_action(company.workspace, one.customer, now_us=NOW)
        assert found.best.name == one.playbook
        assert f"In this week's queue: {row.owner}, by {row.due}" in found.best.why
        assert (found.best.expected.low, found.best.expected.high) == pytest.approx(
            (one.low, one.high)
        )
        assert one.stake_from in found.best.expected.formula


def test_X1_a_chance_by_a_score_that_has_not_passed_its_backtest_is_called_rough(company, told):
    spec = company.workspace.project.actions.playbooks[0]
    desk = _desk(company.workspace, None, Busy(NOW), {}, {})
    (one,) = view(told, only="intervene", top=1).shown
    (scored,) = score(company.workspace, ["Churn"], top=1)
    chances = {scored.shown[0].customer: None}
    assert _unproven(desk, spec, chances) == ()
    given = desk.chances.score("Churn")
    desk.chances._scores["Churn"] = replace(given, model=replace(given.model, passed=False))
    (remark,) = _unproven(desk, spec, chances)
    assert remark.startswith("Renewal review: the score of Churn has not passed its backtest.")
    assert _unproven(desk, spec, {"of another stage": None}) == ()
    fits = Fits(spec.name, "", 1, ("ACC-1",), ())
    weighed = Weighed(spec, fits, expected(spec.prior, None), (), (remark,), "account")
    assert _misfit(weighed, one.customer) == "not for them today"


def test_X1_a_play_that_brings_nothing_is_not_proposed():
    one = Candidate("c", "Call", "Renew", ("Ann",), 30, 5.0, 0.0, 9.0, 0.3, "", 0.01, "", "", 5.0)
    spec = PlaybookSpec(name="Call", success={"ends": "left"})
    assert _brings(one, spec) > 0, "values count customers: a cost in money is no part of them"
    assert _brings(replace(one, at_stake=500.0), spec) == 0
    assert priced(None, -0.0, -0.001, "", None).formula == "0 to 0 points"


def test_X1_who_is_held_back_or_never_to_be_asked_is_left_alone(company, told):
    (one,) = view(told, only="intervene", top=1).shown
    with company.workspace.state() as state, state.write() as con:
        con.execute(
            sa.insert(INTERVENTION),
            [
                {
                    "id": "w1/1", "playbook": "Renewal review", "journey": "j", "unit": "account",
                    "customer": one.customer, "arm": "held back", "design": "edge",
                    "propensity": 0.5, "stratum": "", "wave": "w1", "decided_us": NOW - DAY,
                    "expected": 1.0, "finding": "", "owner": "Ines Maas", "due": "2026-07-10",
                    "status": "planned", "minutes": 30, "cost_micros": 0, "why": "",
                }
            ],
        )  # fmt: skip
    try:
        found = next_action(company.workspace, one.customer, now_us=NOW)
        assert found.best is None
        assert "held back from Renewal review by chance" in found.why_none
        later = next_action(company.workspace, one.customer, now_us=NOW + 60 * DAY)
        assert later.best.name == "Renewal review"
    finally:
        with company.workspace.state() as state, state.write() as con:
            con.execute(sa.delete(INTERVENTION))


def test_X1_who_does_well_alone_is_left_alone_and_who_is_not_there_has_no_lane(company, told):
    shown = view(told, only="thriving", top=1).shown
    assert next_action(company.workspace, shown[0].customer, now_us=NOW).best is None
    with pytest.raises(DataError, match="nobody has the id 'ACC-99999'"):
        next_action(company.workspace, "ACC-99999", now_us=NOW)
    left = customers(company.workspace.journeys().named("lane:none"), company.workspace.journeys())
    with pytest.raises(DataError, match="stands in no lane"):
        next_action(company.workspace, left[0], now_us=NOW)


def test_X1_one_customer_is_worth_the_same_to_the_queue_and_to_the_ledger(company):
    """An objective's worth is that of the average customer; each counts in proportion."""
    journeys = company.workspace.journeys()
    plan = plan_of(company.workspace, None, journeys)
    worths = Worths(company.workspace, journeys, plan)
    left = SuccessSpec(ends="left")
    assert worths.declared(left) == (2800, "worth of Keep")
    paid = [name for b in journeys for name in b.customer.to_pylist() if worths._own(name)]
    assert np.mean([worths.of(left, name).money for name in paid]) == pytest.approx(2800)
    assert worths.declared(SuccessSpec(ends="left", worth=7)).money == 7
    assert worths.declared(SuccessSpec(touchpoints="Seats added")).money == 600
    assert worths.declared(SuccessSpec(touchpoints="dashboard_viewed")) is None
    assert worths.of(SuccessSpec(touchpoints="dashboard_viewed"), paid[0]) is None


def test_X2_without_scores_standing_signs_and_use_say_it_and_nobody_is_sold_to(tmp_path):
    shutil.copytree(known(100).folder, tmp_path / "small")
    found = lanes(Workspace.open(tmp_path / "small"))
    by = {each.lane: each.customers.n for each in found.views}
    assert by["expand"] == 0
    assert sum(by.values()) == found.n
    assert {why for _, why in found.silent} == {"not fitted yet: `trod fit outcomes`"}


def test_X2_nobody_is_stuck_where_days_alone_lead_on(tmp_path):
    shutil.copytree(known(100).folder, tmp_path / "small")
    file = tmp_path / "small" / "trod.yml"
    days = """  - name: Lifecycle
    unit: account
    left_after: 30d
    stages: [{name: First, days: 0-30}, {name: Then, days: 31+}]

metrics:
"""
    file.write_text(file.read_text().replace("metrics:\n", days, 1))
    found = lanes(Workspace.open(tmp_path / "small"), "Lifecycle")
    assert found.n > 0
    assert not [why for view in found.views for why, _ in view.whys if why == "stuck"]
    assert found.views[0].customers.key == "lane:intervene/Lifecycle"


def test_X2_who_has_arrived_is_stuck_no_longer():
    rows = [("ann", "visit", 0), ("ann", "solved", 1), ("ann", "closed", 6)]
    rows += [("bob", "visit", 0), ("bob", "solved", 1), ("zoe", "visit", 30)]
    columns = zip(*rows, strict=True)
    told = dict(zip(("customer", "touchpoint", "time"), map(list, columns), strict=True))
    journeys = from_arrow(pa.table({**told, "time": [day * DAY for day in told["time"]]}))
    stages = [{"name": "Asked", "enter_on": "visit"}, {"name": "Solved", "enter_on": "solved"}]
    spec = JourneySpec(name="ticket", stages=stages, success="closed", left_after="90d")
    plan = compile_plan(spec, journeys)
    standing = stall(journeys, plan).data
    limit = Threshold(4 * DAY, 5 * DAY, 4 * DAY, None, 0.9, 0.5)
    standing = standing._replace(threshold=(None, limit))
    bad = OutcomeSpec(name="Leaves", ends="left")
    found = look(journeys, plan, [5 * DAY, 30 * DAY], [], standing, bad)
    stuck = dict(zip(found.customer.to_pylist(), found.stuck.tolist(), strict=True))
    assert (stuck["ann"], stuck["bob"]) == ([False, False], [False, True])


def test_X2_nobody_is_stuck_where_all_who_went_on_had_done_so_before_they_came():
    """Of a journey by days that ends in a purchase: the last stage takes buyers no time at all."""
    ids = [f"c{i:02}" for i in range(60)]
    bought = [name for name in ids if int(name[1:]) % 3]
    columns = {
        "customer": [*ids, *bought, "zoe", "zoe"],
        "touchpoint": ["visit"] * 60 + ["buy"] * len(bought) + ["visit"] * 2,
        "time": [0] * 60 + [31 * DAY] * len(bought) + [0, 40 * DAY],
    }
    journeys = from_arrow(pa.table(columns))
    stages = [{"name": "First", "days": (0, 30)}, {"name": "Then", "days": (31, None)}]
    plan = compile_plan(JourneySpec(name="trial", stages=stages, success="buy"), journeys)
    found = _stuck(plan, np.array([1], np.int8), np.array([9.0]), stall(journeys, plan).data)
    assert not found.any()


def test_X2_outcomes_that_are_not_declared_cannot_speak(tmp_path):
    shutil.copytree(known(100).folder, tmp_path / "small")
    file = tmp_path / "small" / "trod.yml"
    lanes_ = "\nactions:\n  lanes: {intervene: [Chrun], expand: Churn}\n"
    file.write_text(file.read_text().replace("\nactions:\n", lanes_, 1))
    with pytest.raises(DefinitionError) as problem:
        lanes(Workspace.open(tmp_path / "small"))
    assert "did you mean 'Churn'" in str(problem.value)
    assert "Churn is bad: write it under intervene." in str(problem.value)


def test_X2_too_few_blocks_for_scores_of_the_past_are_said_so():
    found = lanes_tested(known(400).workspace)
    assert found.tested == ()
    assert ("Churn", "58 customers had it, too few to ask scores of the past.") in found.not_tested


def test_X2_expansion_by_the_lane_beats_the_manual_rule_out_of_time(company):
    (found,) = (
        each
        for each in lanes_tested(company.workspace, against="seats_full").tested
        if not each.bad
    )
    assert found.rule is not None
    assert found.rule.better[0] > 0
    score, rule, listed = found.rule.as_many
    assert listed >= 50
    assert score > rule
    assert found.missed.high < found.right.low


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 8, 9])
def test_X2_at_three_seeds_the_lane_of_growth_beats_the_rule_and_few_are_missed(seed):
    tested = lanes_tested(known(2_000, seed).workspace, against="seats_full").tested
    by = {each.outcome: each for each in tested}
    assert by["Expansion"].rule.better[0] > 0
    assert by["Churn"].right.low > by["Churn"].usual.high
    assert by["Churn"].missed.high < by["Churn"].usual.low
    assert by["Churn"].lead_days >= 21
