"""`trod playbooks`, `trod queue` and `trod interventions` as a terminal shows them."""

import json

import pytest

from tests.app.terminal import trod
from tests.company import copied
from trod.actions.interventions import register
from trod.actions.interventions.intervention import Intervention
from trod.app.deciding import now_us
from trod.journeys.predicate import customers
from trod.workspace import Workspace
from trod.workspace.acting import interventions as acting
from trod.workspace.acting.stopping import stop_by_rule

DAY = 86_400_000_000
BY = ("--by", "Bram Visser")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("queue") / "tallyfern"
    copied(folder, 400)
    text = (folder / "trod.yml").read_text()
    (folder / "trod.yml").write_text(
        text.replace("{score: {outcome: Expansion}}", "{stage: Expand}")
    )
    return folder


def ended(company, *words):
    done = trod("-C", str(company), *words)
    return done.exit_code, done.output


def told(company, *words):
    code, said = ended(company, *words, "--json")
    assert code == 0, said
    return json.loads(said[min(i for i in (said.find("{"), said.find("[")) if i >= 0) :])


def test_X4_playbooks_say_whom_they_fit_and_why_not_the_others(company):
    code, said = ended(company, "playbooks")
    assert code == 0
    assert "Renewal review  fits" in said
    assert f'who: trod -C {company} export customers --where "open:Renew"' in said
    found = {each["playbook"]: each for each in told(company, "playbooks")}
    review = found["Renewal review"]
    barred = sum(len(each["customers"]) for each in review["not"])
    assert review["triggered"] == len(review["customers"]) + barred
    code, said = ended(company, "playbooks", "Renewal reveiw")
    assert (code, "did you mean 'Renewal review'" in said) == (1, True)


def test_X4_templates_are_printed_as_they_can_be_kept(company):
    code, said = ended(company, "playbooks", "--template", "set-up-call")
    assert code == 0
    assert "name: Set-up call" in said
    assert "name: Set-up call" in told(company, "playbooks", "--template", "set-up-call")["text"]
    assert "journey:" in told(company, "plan", "--template")["text"]


def test_X3_X7_a_week_is_planned_written_down_and_done(company):
    before = told(company, "queue")
    assert before["gap"] == 0
    assert before["written"] is None
    for hours in before["hours"]:
        assert hours["used"] <= hours["minutes"]
    code, said = ended(company, "queue", "--top", "3")
    assert code == 0
    assert "the line" in said
    assert "Another hour of" in said
    code, said = ended(company, "queue", "--commit", *BY)
    assert (code, "Wrote plan" in said) == (0, True)
    found = told(company, "interventions")
    treated = [one for one in found if one["arm"] == "treated"]
    held = [one for one in found if one["arm"] == "held back"]
    assert len(treated) == sum(row["fate"] == "treated" for row in before["rows"])
    assert len(held) == sum(row["fate"] == "held back" for row in before["rows"])
    code, said = ended(company, "queue", "--audit", before["week"])
    assert code == 0, said
    one = treated[0]["id"]
    for words in (["--start"], ["--note", "Rang twice"], ["--done", "--minutes", "20"]):
        code, said = ended(company, "interventions", one, *words, *BY)
        assert code == 0, said
    code, said = ended(company, "interventions", one)
    assert "Bram Visser: done, 20 min" in said
    code, said = ended(company, "interventions", one, "--skip")
    assert code == 1
    again = told(company, "queue")
    busy = {one["customer"] for one in found}
    assert not busy & {row["candidate"]["customer"] for row in again["rows"]}


def test_X4_a_play_that_is_done_stands_among_the_touchpoints_once(company):
    space = Workspace.open(company)
    last = space.journeys("account").span_us()[1]
    with space.state() as state:
        with state.read() as con:
            one = register.listed(con, status=("planned",), arm="treated")[0]
        with state.write() as con:
            register.done(con, one.id, None, "Ann", last - 3_600_000_000)
        assert acting.land(space, state, last) == 1
        assert acting.land(space, state, last) == 0
    journeys = space.journeys("account")
    assert journeys.span_us()[1] == last, "a play must not move the day that the data are as of"
    code = journeys.vocabulary.touchpoint(f"{one.playbook} (play)")
    had = [
        batch.customer[c].as_py()
        for batch in journeys
        for c in range(batch.n_customers)
        if (batch.code[batch.offsets[c] : batch.offsets[c + 1]] == code).any()
    ]
    assert had == [one.customer]


def test_X4_a_play_of_today_waits_until_the_data_have_come_so_far(company):
    space = Workspace.open(company)
    with space.state() as state:
        with state.read() as con:
            one = register.listed(con, status=("planned",), arm="treated")[0]
        with state.write() as con:
            register.done(con, one.id, None, "Ann", now_us())
        assert acting.land(space, state, now_us()) == 0


def test_X4_a_play_judged_by_who_leaves_ends_once_they_have_left(company):
    space = Workspace.open(company)
    journeys = space.journeys("account")
    gone = customers(journeys.named("lane:none"), journeys)[0]
    known = {one.customer for one in acting.listed(space)}
    there = next(c for c in customers(journeys.named("lane:thriving"), journeys) if c not in known)
    told = {
        "playbook": "Renewal review", "journey": "", "unit": "account", "arm": "treated",
        "design": "chosen", "propensity": 1.0, "stratum": "", "wave": "w", "decided_us": DAY,
        "score": None, "expected": 0.0, "finding": "", "owner": "Bram Visser",
        "due": "2026-07-01", "status": "planned", "minutes": 60,
    }  # fmt: skip
    some = [Intervention(id=f"iv-{who}", customer=who, **told) for who in (gone, there)]
    with space.state() as state:
        with state.write() as con:
            register.decide(con, some, "Ann", DAY)
        stop_by_rule(space, state, "trod", 2 * DAY)
    after = {one.customer: one.status for one in acting.listed(space) if one.wave == "w"}
    assert after == {gone: "stopped", there: "planned"}


def test_X7_whom_nobody_should_contact_is_not_among_what_is_planned(company):
    every = told(company, "interventions")
    held = {one["id"] for one in every if one["arm"] == "held back"}
    assert held
    assert held.isdisjoint(o["id"] for o in told(company, "interventions", "--status", "planned"))
    assert held == {o["id"] for o in told(company, "interventions", "--status", "held back")}


def test_X3_a_week_has_one_name_and_old_data_are_said_to_be_old(company):
    plan = told(company, "queue", "--week", "2030-W5")
    assert plan["week"] == "2030-W05"
    assert any("The data end" in remark for remark in plan["remarks"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["queue", "--owner", "Ines"], "did you mean 'Ines Maas'"),
        (["queue", "--owner", "Ines Maas", "--commit"], "Leave out --owner"),
        (["interventions", "--status", "open"], "unknown state"),
        (["interventions", "iv-0", "--minutes", "5"], "Add --done"),
        (["queue", "--hours", "Ines=5"], "did you mean 'Ines Maas'"),
        (["queue", "--hours", "many"], "is no number of hours"),
        (["queue", "--week", "next"], "is no week"),
        (["queue", "--week", "2020-W01"], "is over"),
        (["queue", "--audit", "2020"], "unknown plan"),
        (["interventions", "--done"], "needs the ID"),
        (["interventions", "--step", "1"], "--step needs the ID"),
        (["interventions", "--owner", "Ines"], "did you mean 'Ines Maas'"),
        (["interventions", "--playbook", "Set-up cal"], "did you mean 'Set-up call'"),
        (["interventions", "iv-0", "--done", "--start"], "one thing at a time"),
        (["playbooks", "--preview", "ACC-00001"], "needs the name"),
    ],
)
def test_mistakes_say_what_to_write(company, words, says):
    code, said = ended(company, *words)
    assert code != 0
    assert says in said
