"""Findings at the command line: two commands, an owner, a date, and a second month."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.app.terminal import told, trod
from trod.actions.alerts.life import Of, look_on
from trod.outcomes.effect import Effect
from trod.outcomes.kept import keep
from trod.workspace import Workspace

YML = """\
sources:
- {name: shop, files: "*.csv", customer: id, time: time, touchpoint: event}
journeys:
- name: Sale
  left_after: 10d
  stages:
  - {name: Look, enter_on: visit}
  - {name: Join, enter_on: sign up}
  - {name: Buy, enter_on: buy}
insights:
  objectives: [{name: Sell, serves: converted, worth: 40, owner: Ann Bell}]
actions:
  people: [{name: Ann Bell}, {name: Cem Day}]
"""
IDEAS = """\
hypotheses:
- {statement: Joining loses many., source: Ann, test: {stage: Join, loses_over: 20%}}
"""


def month(number: int, customers: int, lost: int = 3) -> str:
    """Customers of a month; one in three, or in more, stops after joining."""
    rows = ["id,event,time"]
    for c in range(customers):
        for event, day in (("visit", 1), ("sign up", 3), ("buy", 9)):
            if event != "buy" or (c + 1) % lost:
                rows.append(f"m{number}c{c},{event},2026-{number:02d}-{day:02d}T09:00:00Z")
    return "\n".join([*rows, f"m{number}last,visit,2026-{number:02d}-28T09:00:00Z\n"])


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "trod.yml").write_text(YML)
    (tmp_path / "m3.csv").write_text(month(3, 90))
    return tmp_path


def findings(shop: Path, *more: str) -> list[dict[str, object]]:
    return told("-C", shop, "findings", *more)["findings"]


def test_X5_a_leader_needs_two_commands_and_nothing_goes_without_owner_and_date(shop: Path):
    shown = trod("-C", shop, "findings")
    assert shown.exit_code == 0, shown.output
    assert "1 open, none accepted" in shown.stdout
    assert "33% leave in Join (30 of 90)." in shown.stdout
    assert "None of these." in trod("-C", shop, "findings", "--owner", "Cem Day").stdout
    (found,) = findings(shop)
    id_ = str(found["id"])
    assert f'trod -C {shop} accept {id_} --owner "Ann Bell" --due 14d' in shown.stdout

    for given, said in (
        ([], "no owner: nothing is accepted without one"),
        (["--owner", "Ann Bell"], "no due date: nothing is accepted without one"),
        (["--due", "14d"], "no owner"),
        (["--owner", "Ann", "--due", "14d"], "did you mean 'Ann Bell'"),
        (["--owner", "Ann Bell", "--due", "2020-01-01"], "is over"),
        (["--owner", "Ann Bell", "--due", "soon"], "is not a day. Write 2026-12-31, 14d or 2w."),
        (["--dismiss"], "without a reason"),
        (["--dismiss", "--why", "bad \udcff"], "byte ff of what was written is not UTF-8"),
        (["--done"], "is open, not accepted"),
    ):
        refused = trod("-C", shop, "accept", id_, *given)
        assert refused.exit_code == 1
        assert said in refused.stderr
    assert findings(shop)[0]["status"] == "open"

    done = trod("-C", shop, "accept", id_, "--owner", "ann bell", "--due", "14d")
    assert done.exit_code == 0
    it = told("-C", shop, "findings", id_)
    assert (it["status"], it["owner"]) == ("accepted", "Ann Bell")
    assert abs(date.fromisoformat(it["due"]) - date.today() - timedelta(days=14)).days <= 1


def test_J6_a_second_month_finds_the_same_thing_again(shop: Path):
    (first,) = findings(shop)
    trod("-C", shop, "accept", first["id"], "--owner", "Cem Day", "--due", "14d", "--by", "Ann")
    trod("-C", shop, "findings", first["id"], "--comment", "Looks real.", "--by", "Ann")
    (shop / "m4.csv").write_text(month(4, 120))
    trod("-C", shop, "ingest")
    shown = trod("-C", shop, "findings").stdout
    assert "Looked again, because data or trod.yml changed: nothing new." in shown
    assert "33% leave in Join (70 of 210)." in shown
    it = told("-C", shop, "findings", first["id"])
    assert (it["id"], it["owner"], it["times"]) == (first["id"], "Cem Day", 2)
    assert [e["what"] for e in it["history"]] == ["found", "accepted", "comment", "found"]
    whole = trod("-C", shop, "findings", str(first["id"])[:5]).stdout
    assert "Ann: accepted for Cem Day" in whole
    assert "Looks real." in whole


def test_J7_an_objective_that_reaches_no_stage_is_refused(shop: Path):
    (shop / "trod.yml").write_text(YML.replace("worth: 40", "reaches: Bye"))
    refused = trod("-C", shop, "findings")
    assert refused.exit_code == 1
    assert "insights.objectives.0.reaches: unknown stage 'Bye'" in refused.stderr


def test_M8_people_are_drawn_asked_and_their_answers_stand_with_the_finding(shop: Path):
    id_ = str(findings(shop)[0]["id"])
    (shop / "trod.yml").write_text(YML + "  never: [m3c2, m3c5]\n")
    drawn = told("-C", shop, "interview", id_, "--n", 40)
    assert Counter(d["whose"] for d in drawn["listed"]) == {"concerned": 27, "contrast": 13}
    assert drawn["left_out"] == [{"why": "never, by trod.yml", "customers": 2}]
    again = told("-C", shop, "interview", id_, "--n", 40)
    assert (again["listed"], again["drawn_now"]) == (drawn["listed"], 0)
    who = drawn["listed"][-1]["customer"]
    said = "I rang +49 30 1234567 and nobody came."
    there = ("-C", shop, "interview", id_)
    kept = trod(*there, "--answer", who, "--said", said, "--supports", "yes")
    assert kept.exit_code == 0
    assert "I rang [number] and nobody came." in kept.stderr
    assert "1 of 40 asked, 1 say so" in trod("-C", shop, "findings", id_).stdout
    wrong = trod(*there, "--answer", "nobody", "--said", "x")
    assert wrong.exit_code == 1
    assert "is not on the list of" in wrong.stderr


def test_J6_hypotheses_are_tested_listed_and_tested_again(shop: Path):
    (shop / "ideas.yml").write_text(IDEAS)
    tested = trod("-C", shop, "hypotheses", "ideas.yml")
    assert tested.exit_code == 0, tested.output
    assert "SUPPORTED  Joining loses many.  (Ann)" in tested.stdout
    assert "33% leave in Join (30 of 90)" in tested.stdout
    assert trod("-C", shop, "hypotheses").stdout == tested.stdout
    (shop / "m4.csv").write_text(month(4, 300, lost=1000))
    trod("-C", shop, "ingest")
    now = trod("-C", shop, "hypotheses", "ideas.yml").stdout
    assert "REFUTED  Joining loses many." in now
    assert "it was supported before." in now
    (shop / "ideas.yml").write_text(IDEAS.replace("20%", "1%"))
    changed = trod("-C", shop, "hypotheses", "ideas.yml").stdout
    assert "SUPPORTED" in changed
    assert "FLIPPED" not in changed  # another question, not another answer
    assert "Its test was changed" in changed
    (shop / "ideas.yml").write_text(IDEAS.replace("Join,", "Jion,"))
    wrong = trod("-C", shop, "hypotheses", "ideas.yml")
    assert wrong.exit_code == 1
    assert (
        "ideas.yml: hypotheses.0.test: unknown stage 'Jion': did you mean 'Join'?" in wrong.stderr
    )


def not_looked_at(shop: Path) -> set[str]:
    return {each["what"] for each in told("-C", shop, "findings")["not_looked_at"]}


def test_J6_findings_are_looked_for_again_once_somebody_has_watched(shop: Path):
    assert "alerts" in not_looked_at(shop)
    with Workspace.open(shop).state() as state, state.write() as con:
        look_on(con, Of("Sale", "person"), "2026-03-28", 0)
    assert "alerts" not in not_looked_at(shop)


def test_J7_a_tested_effect_is_told_as_such_where_it_answers_a_finding(shop: Path):
    play = "{name: Call, stage: Join, touchpoint: visit, arm: a, held_back: no, "
    trials = f"outcomes:\n  trials:\n  - {play}success: {{reaches: Buy, within: 10d}}}}\n"
    (shop / "trod.yml").write_text(YML + trials)
    shares = 0.7, 0.6, 0.1
    ends = 0.02, 0.18, 0.02, 0.18
    works = Effect(
        "Call", "Reached Buy", "share", "up", "randomised", 150, 150, 0, *shares, *ends,
        "works", None, 0.1, 0, "by hand", se=0.04,
    )  # fmt: skip
    with Workspace.open(shop).state() as state, state.write() as con:
        keep(con, works)
    (one,) = findings(shop)
    assert one["by_effect"]["play"] == "Call"
    assert one["evidence"] == "Observed"
    shown = " ".join(trod("-C", shop, "findings").stdout.split())
    assert "by the effect of Call, tested on 300, for Sell. Observed" in shown
    assert "at most" not in shown
