"""Plays from the decision to the verdict: of the sample company, of the state, of real trials."""

from dataclasses import asdict, replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa

from tests.company import copied, known
from tests.strategies import DATA
from trod._store.state.database import State
from trod.actions.interventions.intervention import Intervention
from trod.actions.interventions.tables import INTERVENTION
from trod.actions.playbooks.spec import SuccessSpec
from trod.errors import DataError, DefinitionError
from trod.insights.findings.tables import FINDING
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec
from trod.models.outcomes.acted import Acted, untouched
from trod.models.outcomes.landmarks import landmarks
from trod.models.outcomes.outcome import outcome
from trod.models.outcomes.spec import OutcomeSpec
from trod.outcomes.kept import latest
from trod.outcomes.labels import treated_at
from trod.outcomes.ledger import ratio
from trod.outcomes.recorded import recorded
from trod.outcomes.rows import decided
from trod.outcomes.times import first_found, first_known, times
from trod.outcomes.trials import trial
from trod.workspace import Workspace
from trod.workspace.acting.effects import effects, returned
from trod.workspace.acting.experiment import experiment
from trod.workspace.fitting import acted

DAY = 86_400_000_000
needed = pytest.mark.skipif(not DATA.exists(), reason="the real data lie beside the project")
TRUE = {"Onboarding call offer": 0.16, "Win-back mail": 0.0, "Early renewal reminder": -0.06}
RIGHT = {
    "Onboarding call offer": {"works", "too early"},
    "Win-back mail": {"no effect found", "too early"},
    "Early renewal reminder": {"harms", "too early"},
}


def planned(customer: str, arm: str, decided_us: int, **more) -> Intervention:
    told = {
        "id": f"call/{customer}/{decided_us}", "playbook": "Call", "journey": "", "unit": "person",
        "customer": customer, "arm": arm, "design": "edge", "propensity": 0.5, "stratum": "",
        "wave": "w1", "decided_us": decided_us, "score": None, "expected": 0.0, "finding": "",
        "owner": "ann", "due": "2026-01-01", "status": "done", "minutes": 30,
    }  # fmt: skip
    return Intervention(**{**told, **more})


@pytest.fixture(scope="module")
def judged():
    return effects(known().workspace, keep=False)


def test_X7_the_planted_plays_get_the_right_verdict_or_an_honest_too_early(judged):
    assert {play.name for play in judged.plays} == set(TRUE)
    for play in judged.plays:
        e = play.effect
        assert e is not None
        assert e.low <= TRUE[play.name] <= e.high
        assert e.verdict in RIGHT[play.name]
        assert e.evidence == "Tested"
        assert e.needed is None or e.needed > 1000
    assert judged.stops == ()


def test_X7_the_sides_of_the_planted_plays_are_those_of_the_company(judged):
    truth = {play.name: play for play in known().truth.plays}
    for play in judged.plays:
        sides = truth[play.name].treated[1], truth[play.name].holdout[1]
        arms = [i.arm for i in play.interventions]
        assert abs(arms.count("treated") - sides[0]) <= 12
        assert abs(arms.count("held back") - sides[1]) <= 8
        e = play.effect
        assert e.n_treated + e.n_held_back + e.waiting <= len(arms)


@pytest.mark.slow
def test_X7_a_company_five_times_as_large_tells_which_play_works(tmp_path):
    from trod.sample import company

    company(tmp_path, customers=10_000)
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    found = {play.name: play.effect for play in effects(workspace).plays}
    assert found["Onboarding call offer"].verdict == "works"
    assert all(e.low <= TRUE[name] <= e.high for name, e in found.items())
    assert all(e.verdict in RIGHT[name] for name, e in found.items())


def test_X7_a_trial_that_is_not_in_the_data_is_said_so():
    workspace = known().workspace
    spec = workspace.project.outcomes.trials[0]
    journeys = workspace.journeys("account")
    with pytest.raises(DefinitionError, match="unknown state 'armm'"):
        trial(spec.model_copy(update={"arm": "armm"}), journeys, "")
    with pytest.raises(DataError, match="nobody was drawn"):
        trial(spec.model_copy(update={"name": "Another"}), journeys, "")
    with pytest.raises(DataError, match=r"all .* are on one side.*holdout, treated"):
        trial(spec.model_copy(update={"held_back": "nobody"}), journeys, "")


def shop(n: int = 240):
    """Customers who visit on day 0 and, of the even ones or of a third of the odd ones, buy."""
    told = [(f"c{i:03d}", "visit", 0) for i in range(n)]
    told += [(f"c{i:03d}", "buy", 5 * DAY) for i in range(n) if i % 2 == 0 or i % 3 == 0]
    told += [("late", "visit", 400 * DAY)]
    who, what, when = zip(*told, strict=True)
    data = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    stages = [{"name": "look", "enter_on": "visit"}, {"name": "own", "enter_on": "buy"}]
    return data, compile_plan(JourneySpec(name="shop", stages=stages, success="buy"), data)


def test_X7_who_waits_is_never_a_no_and_who_was_certain_is_not_compared():
    from trod.outcomes.judged import Asked, judge
    from trod.outcomes.observed import success

    data, plan = shop()
    wanted = success(SuccessSpec(ends="done"), plan, data)
    arms = [("treated" if i % 2 == 0 else "held back") for i in range(240)]
    chosen = [planned(f"c{i:03d}", arm, DAY) for i, arm in enumerate(arms)]
    chosen += [planned("late", "treated", 399 * DAY), planned("nobody", "treated", DAY)]
    chosen[0] = replace(chosen[0], propensity=1.0)
    laid = decided(data, plan, wanted, chosen)
    assert laid.rows.outcome.size == 240
    asked = Asked("Call", wanted.says, "share", "up", 0.03, plan.as_of_us)
    effect = judge(asked, laid.rows).effect
    assert (effect.n_treated, effect.n_held_back, effect.waiting) == (119, 120, 0)
    assert effect.design == "edge"
    assert effect.estimate == pytest.approx(1 - 1 / 3, abs=0.01)
    assert effect.verdict == "works"
    assert "1 were certain" in effect.caveats[0]
    waiting = decided(data, plan, wanted, [replace(i, decided_us=350 * DAY) for i in chosen])
    assert waiting.rows.waiting == 80
    drawn_late = (replace(i, decided_us=350 * DAY) for i in chosen[1:])
    certain = decided(data, plan, wanted, [chosen[0], *drawn_late]).rows
    assert (certain.outcome.size, certain.by_chance) == (1, True)
    assert "on each side are needed" in judge(asked, certain).why, "chance decided, and it waits"
    few = judge(asked, laid.rows.take(np.arange(240) < 30))
    assert few.why == "20 on each side are needed before anything can be said"


def test_X7_where_people_chose_others_are_compared_and_the_answer_is_an_estimate():
    from trod.outcomes.judged import Asked, Judged, judge
    from trod.outcomes.observed import success

    data, plan = shop(1200)
    wanted = success(SuccessSpec(touchpoints="buy", within="30d"), plan, data)
    rng = np.random.default_rng(1)
    some = sorted(rng.choice(1200, 300, replace=False).tolist())
    chosen = [planned(f"c{i:03d}", "treated", DAY, propensity=1.0, design="chosen") for i in some]
    laid = decided(data, plan, wanted, chosen)
    assert laid.rows.treated.sum() == 300
    assert (~laid.rows.treated).sum() == 900
    told = judge(Asked("Call", wanted.says, "share", "up", 0.03, plan.as_of_us), laid.rows)
    assert isinstance(told, Judged)
    assert told.effect.evidence == "Estimated"
    assert told.effect.design == "observed"
    assert any("an estimate, not a test" in c for c in told.effect.caveats)


def test_M7_a_score_does_not_learn_that_customers_are_safe_who_were_saved_by_a_call():
    """Six in ten of those with an error leave; of those called, none. Half of them are called."""
    told = []
    for i in range(400):
        called, leaves = i % 2 == 0, (i // 2) % 10 < 6
        told += [(f"c{i:03d}", "visit", 0), (f"c{i:03d}", "error", DAY)]
        told += [(f"c{i:03d}", "visit", d * DAY) for d in (20, 60) if called or not leaves]
    told.append(("last", "visit", 130 * DAY))
    who, what, when = zip(*told, strict=True)
    data = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    stages = [{"name": "look", "enter_on": "visit"}, {"name": "stuck", "enter_on": "error"}]
    spec = JourneySpec(name="x", stages=stages, left_after=timedelta(days=45))
    plan = compile_plan(spec, data)
    leaving = OutcomeSpec(name="Leaves", ends="left", stages="look", within=timedelta(days=30))
    compiled = outcome(leaving, plan, data.vocabulary)
    rows = landmarks(data, plan, compiled, np.array([DAY // 2, 25 * DAY], np.int64))
    calls = Acted.of((f"c{i:03d}", 2 * DAY) for i in range(0, 400, 2))
    mended = untouched(rows, data, calls, compiled.within_us)
    assert rows.moment_us.size > mended.moment_us.size > 0
    first = lambda r: r.within(compiled.within_us)[r.moment_us == DAY // 2].mean()  # noqa: E731
    assert first(rows) == pytest.approx(0.3)
    assert first(mended) == pytest.approx(0.6)


def test_X7_interventions_are_judged_kept_once_and_told_to_the_models(tmp_path):
    workspace = copied(tmp_path / "company")
    people = [b.customer.to_pylist() for b in workspace.journeys("account")]
    ids = sorted(name for batch in people for name in batch)
    first = workspace.journeys("account").span_us()[0]
    rows = [
        planned(name, "treated" if k % 2 else "held back", first + 200 * DAY, unit="account",
                journey="New customer to renewal", score=0.5, started_us=first + 201 * DAY)
        for k, name in enumerate(ids)
    ]  # fmt: skip
    definition = workspace.project.root / "trod.yml"
    call = "{name: Call, success: {touchpoints: dashboard_viewed, within: 60d, worth: 100}}"
    definition.write_text(
        definition.read_text().replace("  playbooks:\n", f"  playbooks:\n    - {call}\n")
    )
    workspace = Workspace.open(workspace.project.root)
    with workspace.state() as state, state.write() as con:
        con.execute(sa.insert(INTERVENTION), [asdict(i) for i in rows])
    told = effects(workspace, "Call")
    assert [play.name for play in told.plays] == ["Call"]
    effects(workspace, "Call")
    with workspace.state() as state, state.read() as con:
        kept = latest(con)
        n = con.execute(sa.text("SELECT count(*) FROM effect")).scalar()
    assert n == (1 if told.plays[0].effect else 0)
    assert set(kept) <= {"Call"}
    found = acted(workspace, "account")
    assert found is not None
    assert len(found.customer) == sum(i.arm == "treated" for i in rows)
    assert acted(workspace, "person") is None
    with pytest.raises(DefinitionError, match="unknown play 'Cal': did you mean 'Call'"):
        effects(workspace, "Cal")
    made = returned(workspace)
    assert [line.playbook for line in made.ledger.lines][:1] == ["Call"]


def test_X12_times_from_finding_to_decision_to_done_to_verdict(state: State):
    rows = [
        planned("a", "treated", 10 * DAY, finding="fr-1", done_us=12 * DAY),
        planned("b", "treated", 14 * DAY, finding="fr-1", done_us=15 * DAY),
        planned("c", "held back", 14 * DAY),
    ]
    finding = {
        "id": "fr-1", "kind": "friction", "journey": "", "unit": "person", "about": "", "told": {},
        "first_us": 4 * DAY, "last_us": 4 * DAY, "times": 1, "status": "open",
    }  # fmt: skip
    with state.write() as con:
        con.execute(sa.insert(INTERVENTION), [asdict(i) for i in rows])
        con.execute(sa.insert(FINDING), [finding])
    with state.read() as con:
        back = recorded(con)
        (took,) = times(back, first_found(con), {**first_known(con), "Call": 100 * DAY})
        treated = treated_at(con, "person")
    assert sorted(back, key=lambda i: i.id) == sorted(rows, key=lambda i: i.id)
    assert (took.to_decide, took.n_to_decide) == (8.0, 2)
    assert (took.to_act, took.to_know) == (1.5, 90.0)
    assert treated == (("a", 10 * DAY), ("b", 14 * DAY))


def test_X8_what_one_more_costs_has_an_end_only_where_the_effect_is_sure():
    rng = np.random.default_rng(1)
    ends = ratio(10, 1, 0.1, 0.02, z=1.96)
    tops, bottoms = rng.normal(10, 1, 100_000), rng.normal(0.1, 0.02, 100_000)
    inside = np.mean((tops - ends.low * bottoms >= 0) & (tops - ends.high * bottoms <= 0))
    assert ends.low < 100 < ends.high
    assert 0.9 < inside < 0.99
    assert ratio(10, 1, 0.1, 0.06, z=1.96) is None
    assert ratio(10, 1, -0.1, 0.02, z=1.96) is None


@needed
def test_X7_the_mails_of_hillstrom_and_the_training_of_lalonde_have_their_published_effects():
    from trod.outcomes.table import Columns

    known_before = ("recency", "history", "mens", "womens", "zip_code", "newbie", "channel")
    file = DATA / "hillstrom" / "hillstrom_half_A.csv.gz"
    asked = Columns("segment", "visit", "No E-Mail")
    men, women = experiment(file, asked, worth_having=0.03).plays
    for play, points in ((men, 7.84), (women, 5.11)):
        e = play.effect
        assert 100 * e.estimate == pytest.approx(points, abs=0.005)
        assert 100 * (e.fixed_high - e.fixed_low) / 2 <= 1.0
        assert e.verdict == "works"
    asked = Columns("segment", "conversion", "No E-Mail", known_before)
    for play in experiment(file, asked, worth_having=0.003).plays:
        assert play.groups
        assert not any(kind.differs for kind in play.groups)
        assert not play.ranked.found

    table = DATA / "lalonde_nsw" / "nsw_mixtape.parquet"
    (play,) = experiment(table, Columns("treat", "re78"), worth_having=0.03).plays
    assert play.effect.estimate == pytest.approx(1794.34, abs=0.01)
    assert play.effect.fixed_low == pytest.approx(474, abs=1)
    assert play.effect.fixed_high == pytest.approx(3115, abs=1)
    more = ("re74", "re75", "age", "educ", "black", "hisp", "marr", "nodegree")
    (play,) = experiment(table, Columns("treat", "re78", None, more), worth_having=0.03).plays
    assert 1500 < play.effect.estimate < 1800
    assert play.effect.fixed_low > 0


def test_X7_a_table_that_nobody_can_read_is_said_so(tmp_path):
    from trod.outcomes.table import Columns, experiments

    file = tmp_path / "trial.csv"
    file.write_text("who,arm,left\na,red,1\nb,blue,0\n")
    with pytest.raises(DefinitionError, match="unknown column 'leaves'"):
        experiments(file, Columns("arm", "leaves"))
    with pytest.raises(DefinitionError, match="which of blue, red in arm were held back"):
        experiments(file, Columns("arm", "left"))
    with pytest.raises(DataError, match="who is not a column of numbers"):
        experiments(file, Columns("arm", "who", "red"))
    (play,) = experiment(file, Columns("arm", "left", "red"), worth_having=0.03).plays
    assert play.effect is None
