"""What makes two sides unequal although chance drew them, and what is done against it."""

from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import sqlalchemy as sa

from tests.outcomes.test_plays import planned
from trod.actions.interventions.tables import INTERVENTION, INTERVENTION_EVENT
from trod.actions.playbooks.spec import PlaybookSpec, SuccessSpec
from trod.errors import DataError, DefinitionError, NotEnoughDataError
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec
from trod.outcomes.always_valid import always_valid
from trod.outcomes.break_even import break_even
from trod.outcomes.difference import difference
from trod.outcomes.judged import Asked, Rows, TooFew, judge
from trod.outcomes.kept import keep
from trod.outcomes.labels import treated_at
from trod.outcomes.ledger import Account, ledger, stop_list
from trod.outcomes.observed import success
from trod.outcomes.priors import expected
from trod.outcomes.rows import decided
from trod.outcomes.varied import by_groups, ranked
from trod.workspace import Workspace
from trod.workspace.acting import candidates, queue
from trod.workspace.acting.busy import measured
from trod.workspace.acting.contacted import as_known_now
from trod.workspace.acting.effects import effects, returned

DAY = 86_400_000_000


def test_X7_a_call_is_no_sign_of_life_so_an_idle_play_keeps_nobody():
    """Half come back after 55 days, which is leaving; those treated are rung up in between."""
    told = []
    for i in range(200):
        own = (0, 55, 70, 100) if i % 4 < 2 else (0, 30, 60, 90)
        told += [(f"c{i:03d}", "visit", d) for d in own]
        told += [(f"c{i:03d}", "Call (play)", 25)] if i % 2 else []
    told += [("last", "visit", 0), ("last", "buy", 200)]
    who, what, when = zip(*told, strict=True)
    times = [d * DAY for d in when]
    data = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": times}))
    stages = [{"name": "look", "enter_on": "visit"}, {"name": "own", "enter_on": "buy"}]
    spec = JourneySpec(name="x", stages=stages, left_after=timedelta(days=45))
    plan = compile_plan(spec, data)
    chosen = [
        planned(f"c{i:03d}", "treated" if i % 2 else "held back", DAY, design="randomised")
        for i in range(200)
    ]
    leaving = SuccessSpec(ends="left", within=timedelta(days=30))
    asked = Asked("Call", "Left", "share", "down", 0.03, plan.as_of_us)
    naive = judge(asked, decided(data, plan, success(leaving, plan, data), chosen).rows)
    assert (naive.effect.verdict, naive.effect.treated) == ("works", 0.0)
    wanted = success(leaving, plan, data, ours={"Call (play)", "never seen"})
    mended = judge(asked, decided(data, plan, wanted, chosen).rows)
    assert (mended.effect.treated, mended.effect.held_back) == (0.5, 0.5)
    late = [replace(one, decided_us=40 * DAY) for one in chosen]
    seen = decided(data, plan, wanted, late).rows  # nobody is less silent for having been called
    assert seen.already == 0
    days = seen.covariates[:, seen.names.index("days since the last one")]
    assert days[seen.treated].mean() == pytest.approx(days[~seen.treated].mean())


def test_X7_a_stratum_of_two_plans_is_two_draws():
    rng = np.random.default_rng(1)
    told, chosen = [("last", "visit", 200 * DAY)], []
    for k, (chance, share) in enumerate(((0.2, 0.1), (0.8, 0.6))):
        for i in range(400):
            name = f"w{k}c{i:03d}"
            told.append((name, "visit", 0))
            told += [(name, "buy", 5 * DAY)] if rng.random() < share else []
            arm = "treated" if rng.random() < chance else "held back"
            more = {"propensity": chance, "wave": f"w{k}", "stratum": "call · look"}
            chosen.append(planned(name, arm, DAY, **more))
    who, what, when = zip(*told, strict=True)
    data = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    stages = [{"name": "look", "enter_on": "visit"}, {"name": "own", "enter_on": "buy"}]
    plan = compile_plan(JourneySpec(name="shop", stages=stages, success="buy"), data)
    wanted = success(SuccessSpec(touchpoints="buy", within="30d"), plan, data)
    rows = decided(data, plan, wanted, chosen).rows
    assert len(set(rows.stratum.tolist())) == 2
    given = (rows.outcome, rows.treated)
    within = difference(*given, propensity=rows.propensity, stratum=rows.stratum)
    alone = difference(*given, propensity=rows.propensity)
    assert abs(within.estimate) < 3 * within.se
    assert within.se < 0.9 * alone.se


def test_X7_many_strata_leave_room_for_what_was_known_before():
    rng = np.random.default_rng(2)
    n = 1200
    x, week, treated = rng.normal(size=n), np.arange(n) % 30, np.arange(n) // 30 % 2 == 0
    y = 3 * x + rng.normal(size=n)
    found = difference(y, treated, stratum=week, covariates=x)
    assert found.se < 0.5 * difference(y, treated, stratum=week).se


def test_X7_customers_drawn_together_are_never_surer_than_apart():
    account = np.repeat(np.arange(80), 10)
    treated = account % 2 == 0
    nobody = always_valid(difference(np.zeros(800), treated, cluster=account))
    assert nobody.low < -0.005
    assert nobody.high > 0.005
    with pytest.raises(NotEnoughDataError, match="3 treated and 77 held back: 20 of each"):
        difference(np.zeros(800), account < 3, cluster=account)


def test_X7_groups_of_customers_drawn_together_do_not_differ_by_chance():
    account, differs, found = np.repeat(np.arange(120), 7), 0, 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        treated = (rng.random(120) < 0.5)[account]
        y = rng.normal(size=120)[account] + 0.3 * rng.normal(size=840)
        plan, x = rng.choice(["small", "large"], 120)[account], rng.normal(size=(120, 2))[account]
        kinds = by_groups(y, treated, {"plan": plan}, cluster=account)
        differs += any(kind.differs for kind in kinds)
        found += ranked(y, treated, x, cluster=account).found
    assert differs <= 3
    assert found <= 3


def drawn(name: str, share: tuple[float, float], n: int = 4000, worth: float | None = 10.0):
    """Give an account of a play, after which so many of those treated and held back buy."""
    treated = np.arange(n) % 2 == 0
    y = (np.arange(n) // 2 % 1000 < 1000 * np.where(treated, *share)) * 1.0
    ids = tuple(f"c{i:04d}" for i in range(n))
    rows = Rows(
        ids, y, treated, np.full(n, 0.5), np.full(n, ""), np.empty((n, 0)), (), np.zeros(n, int)
    )
    judged = judge(Asked(name, "Buys", "share", "up", 0.1, 0), rows)
    done = tuple(planned(i, "treated", 0) for i, t in zip(ids, treated, strict=True) if t)
    return Account(judged, done, frozenset(one.id for one in done), worth)


def test_X8_the_total_of_one_play_is_that_play_and_what_is_not_in_it_is_named():
    for share in ((0.2, 0.1), (0.0, 0.0)):
        told = ledger([drawn("Call", share)], hour_costs=60)
        assert told.value == pytest.approx(told.lines[0].value)
    told = ledger([drawn("Call", (0.2, 0.1)), drawn("Mail", (0.2, 0.1), worth=None)], hour_costs=60)
    assert told.left_out == ("Mail",)


def test_X8_what_works_is_not_to_be_stopped_however_little_it_does():
    little, idle = drawn("Mail", (0.15, 0.10)), drawn("Call", (0.1, 0.1))
    assert little.judged.effect.verdict == "works"
    assert little.judged.effect.high < 0.1
    assert [stop.playbook for stop in stop_list([little, idle], 30 * DAY)] == ["Call"]


def test_X7_who_goes_by_another_id_since_the_decision_is_still_compared(tmp_path):
    (tmp_path / "trod.yml").write_text(
        "sources:\n  - {name: visits, files: v.csv, ids: {email: email, device: device}, time: at,"
        " touchpoint: what}\n"
    )
    (tmp_path / "v.csv").write_text(
        "device,email,at,what\nd1,,2026-01-01,visit\nd1,a@x.example,2026-01-02,login\n"
        "d2,,2026-01-01,visit\n"
    )
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    journeys = workspace.journeys("person")
    known = {name for batch in journeys for name in batch.customer.to_pylist()}
    chosen = [planned(name, "treated", DAY) for name in ("d1", "a@x.example", "d2", "d9")]
    ids = [one.customer for one in as_known_now(workspace, journeys, chosen)]
    assert ids[0] == ids[1]
    assert set(ids[:3]) <= known
    assert ids[3] == "d9"


def shop(folder: Path) -> Workspace:
    """Give sixty customers in three kinds, of whom twelve bought, and a play for each kind."""
    plays = [
        f"    - {{name: {name}, trigger: {{stage: look}}, minutes: 30, prior: [0.0, 0.2],"
        f" audience: {{where: 'did:{word}'}}, success: {{touchpoints: buy}}}}\n"
        for name, word in (("Call", "call"), ("Mail", "mail"), ("Visit", "walk"))
    ]
    (folder / "trod.yml").write_text(
        "sources:\n  - {name: shop, files: v.csv, customer: who, time: at, touchpoint: what,"
        " states: {side: what}}\n"
        "journeys:\n  - name: shop\n    left_after: 200d\n    stages:\n"
        "      - {name: look, enter_on: [call, mail, walk]}\n      - {name: own, enter_on: buy}\n"
        "actions:\n  people: [{name: Ann, hours: 5}]\n  playbooks:\n" + "".join(plays)
    )
    words = ("call", "mail", "walk")
    lines = [f"c{i:02d},2026-01-{1 + i % 9:02d},{words[i % 3]}\n" for i in range(60)]
    lines += [f"c{i:02d},2026-01-12,buy\n" for i in range(12)] + ["c00,2026-06-01,buy\n"]
    (folder / "v.csv").write_text("who,at,what\n" + "".join(lines))
    workspace = Workspace.open(folder)
    workspace.ingest()
    return workspace


def test_X7_X3_what_is_known_of_plays_moves_the_queue(tmp_path):
    workspace = shop(tmp_path)
    now = workspace.journeys("person").span_us()[1]

    def weighed() -> dict[str, float]:
        with workspace.state() as state:
            found = candidates.weighed(workspace, state, now, {"Ann": None})
        return {c.playbook: c.value for each in found for c in each.candidates}

    before = weighed()
    assert set(before) == {"Call", "Mail", "Visit"}
    with workspace.state() as state, state.write() as con:
        for name, share, verdict in (("Call", (0.5, 0.2), "works"), ("Mail", (0.1, 0.3), "harms")):
            known = drawn(name, share).judged.effect
            assert known.verdict == verdict
            keep(con, known)
    after = weighed()
    assert after["Call"] > 1.5 * before["Call"]
    assert "Mail" not in after
    assert after["Visit"] == before["Visit"]
    planned = queue.planned(workspace, now_us=now)
    assert {row.candidate.playbook for row in planned.treated} <= {"Call", "Visit"}


def test_X7_for_ranking_an_effect_is_drawn_towards_the_others_and_counts_only_what_is_asked():
    effects = {n: drawn(n, s).judged.effect for n, s in (("A", (0.5, 0.2)), ("B", (0.1, 0.3)))}
    spec = PlaybookSpec.model_validate({"name": "A", "success": {"touchpoints": "buy"}})
    found = measured(spec, effects["A"], expected(effects))
    assert 0.25 < found.estimate < 0.3
    other = PlaybookSpec.model_validate({"name": "A", "success": {"ends": "left"}})
    money = PlaybookSpec.model_validate({"name": "A", "success": {"money": True}})
    assert measured(other, effects["A"], expected(effects)) is None
    assert measured(money, effects["A"], expected(effects)) is None


def test_X7_who_was_held_back_and_contacted_is_told_and_no_label(tmp_path):
    workspace = shop(tmp_path)
    ids = [f"c{i:02d}" for i in range(60)]
    moment = workspace.journeys("person").span_us()[0] + 10 * DAY
    rows = [
        planned(name, "treated" if k % 2 else "held back", moment, journey="shop")
        for k, name in enumerate(ids)
    ]
    with workspace.state() as state, state.write() as con:
        con.execute(sa.insert(INTERVENTION), [asdict(one) for one in rows])
        event = {"time_us": moment + DAY, "who": "ann", "what": "contacted", "told": {}}
        told = [{**event, "intervention": one.id} for one in rows[:6:2]]
        con.execute(sa.insert(INTERVENTION_EVENT), told)
        labels = treated_at(con, "person")
    assert ("c00", moment + DAY) in labels
    (play,) = effects(workspace).plays
    assert play.effect.n_held_back == 30
    assert "3 customers held back had contact all the same" in " ".join(play.effect.caveats)


def test_X7_a_trial_that_has_not_begun_stands_in_nobodys_way(tmp_path):
    workspace = shop(tmp_path)
    file, text = tmp_path / "trod.yml", (tmp_path / "trod.yml").read_text()
    trial = "outcomes:\n  trials:\n    - {name: NAME, touchpoint: drawn, arm: side, held_back: y,"
    trial += " success: {touchpoints: buy}}\n"
    file.write_text(text + trial.replace("NAME", "Letter"))
    workspace = Workspace.open(tmp_path)
    with pytest.raises(DataError, match="Letter: nobody was drawn"):
        effects(workspace)
    one = planned("c01", "treated", workspace.journeys("person").span_us()[0], journey="shop")
    with workspace.state() as state, state.write() as con:
        con.execute(sa.insert(INTERVENTION), [asdict(one)])
    told = effects(workspace)
    assert [play.name for play in told.plays] == ["Call"]
    assert "Letter: nobody was drawn" in told.remarks[0]
    with pytest.raises(DataError, match="Letter: nobody was drawn"):
        effects(workspace, "Letter")
    file.write_text(text + trial.replace("NAME", "Call"))
    with pytest.raises(DefinitionError, match="Call is a playbook as well"):
        effects(Workspace.open(tmp_path))


def test_X8_where_nobody_drew_the_hours_of_those_compared_are_in_the_account(tmp_path):
    day = "2026-01-{:02d}"
    (tmp_path / "trod.yml").write_text(
        "sources:\n  - {name: shop, files: v.csv, customer: who, time: at, touchpoint: what}\n"
        "journeys:\n  - name: shop\n    stages: [{name: look, enter_on: visit}, {name: own,"
        " enter_on: buy}]\nactions:\n  playbooks:\n"
        "    - {name: Call, success: {touchpoints: buy, within: 20d}}\n"
    )
    rng = np.random.default_rng(1)
    lines = [f"c{i:03d},{day.format(d)},visit\n" for i in range(300) for d in (1, 2 + i % 7)]
    lines += [f"c{i:03d},{day.format(20)},buy\n" for i in np.flatnonzero(rng.random(300) < 0.4)]
    lines.append("c000,2026-06-01,visit\n")
    (tmp_path / "v.csv").write_text("who,at,what\n" + "".join(lines))
    workspace = Workspace.open(tmp_path)
    workspace.ingest()
    moment = workspace.journeys("person").span_us()[0] + 10 * DAY
    more = {"journey": "shop", "design": "chosen", "propensity": 1.0}
    rows = [planned(f"c{i:03d}", "treated", moment, **more) for i in range(0, 300, 2)]
    with workspace.state() as state, state.write() as con:
        con.execute(sa.insert(INTERVENTION), [asdict(one) for one in rows])
    made = returned(workspace)
    (line,) = made.ledger.lines
    assert (line.evidence, line.spent.customers, line.elsewhere.customers) == ("Estimated", 150, 0)
    assert made.ledger.value is None


def test_X7_an_effect_worth_having_pays_at_least_for_the_time_it_takes():
    one = planned("ann", "treated", 0)
    assert break_even([one], worth=600.0, hour_costs=60.0) == 30 / 600
    assert break_even([replace(one, arm="held back")], worth=600.0, hour_costs=60.0) is None
    assert break_even([one], worth=600.0, hour_costs=None) is None
    assert break_even([replace(one, minutes=0)], worth=600.0, hour_costs=None) is None


def test_X7_of_a_play_whose_outcomes_nobody_knows_yet_it_is_said_so_and_not_that_nobody_drew():
    none = np.empty(0)
    rows = Rows(
        (), none, none > 0, none, none.astype(str), np.empty((0, 1)), ("score",),
        none.astype(np.int64), waiting=3, already=2,
    )  # fmt: skip
    told = judge(Asked("Call", "Left", "share", "down", 0.03, 0), rows)
    assert isinstance(told, TooFew)
    assert told.why.startswith("nobody's outcome is known yet. 2 had nothing left to wait for")


def test_X3_a_worth_without_a_currency_is_not_said_to_be_unknown(tmp_path):
    (tmp_path / "trod.yml").write_text("sources: []\n")
    space = Workspace.open(tmp_path)
    play = PlaybookSpec(name="Call", success=SuccessSpec(ends="left", worth=1500))
    assert "Write `currency: EUR`, or yours" in queue._unpriced(space, [play], ["Call"], None)
    assert "not known for Call" in queue._unpriced(space, [play], ["Call"], "EUR")
