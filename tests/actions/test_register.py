"""The register of interventions: what may happen to them, on SQLite and PostgreSQL."""

import json
from dataclasses import replace
from datetime import date

import pytest

from tests.actions.test_planned import BOOKS, WEEK, candidates
from trod.actions.interventions import register
from trod.actions.interventions.intervention import Intervention
from trod.actions.playbooks.spec import PlaybookSpec
from trod.actions.queue import kept
from trod.actions.queue.planned import planned
from trod.errors import DefinitionError, StoreError
from trod.insights.findings.finding import Finding
from trod.insights.findings.register import Looked, record
from trod.insights.journey_map import Count
from trod.workspace.acting.busy import populations

ONE = Intervention(
    id="iv-1a", playbook="Call", journey="Trial", unit="account", customer="c1", arm="treated",
    design="chosen", propensity=1.0, stratum="", wave="w", decided_us=10, score=0.2, expected=5.0,
    finding="", owner="Ann", due="2026-07-06", status="planned", minutes=30,
)  # fmt: skip
HELD = replace(ONE, id="iv-2b", customer="c2", arm="held back", design="edge", propensity=0.5)


def test_X4_an_intervention_is_decided_started_and_done(state) -> None:
    with state.write() as con:
        assert register.decide(con, [ONE, HELD], "Bram", 10) == 2
        assert register.decide(con, [ONE, HELD], "Bram", 11) == 0
        register.start(con, "iv-1", "Ann", 20)
        register.step_done(con, "iv-1", 1, "Ring", "Ann", 21)
        register.note(con, "iv-1", "Wants a quote", "Ann", 22)
        done = register.done(con, "iv-1", 45, "Ann", 30)
    assert (done.status, done.started_us, done.done_us, done.minutes) == ("done", 20, 30, 45)
    with state.read() as con:
        told = register.history(con, ONE.id)
        assert [each.what for each in told] == ["planned", "started", "step done", "note", "done"]
        assert [each.who for each in told][:2] == ["Bram", "Ann"]
        assert register.listed(con, status=("done",)) == (done,)
        assert register.listed(con, arm="held back") == (HELD,)


def test_X7_who_is_held_back_and_contacted_all_the_same_stays_held_back(state) -> None:
    with state.write() as con:
        register.decide(con, [HELD], "Bram", 10)
        with pytest.raises(DefinitionError, match="--contacted --why"):
            register.start(con, HELD.id, "Ann", 20)
        register.contacted(con, HELD.id, "they rang us", "Ann", 21)
        assert register.find(con, HELD.id).arm == "held back"
        assert register.contaminated(con) == {HELD.id}


def test_X4_one_customer_is_in_one_play_at_a_time(state) -> None:
    other = replace(ONE, id="iv-9", playbook="Review")
    with state.write() as con:
        register.decide(con, [ONE], "Bram", 10)
        with pytest.raises(DefinitionError, match="c1 is in Call"):
            register.decide(con, [other], "Bram", 11)
        register.skip(con, ONE.id, "on holiday", "Ann", 12)
        assert register.decide(con, [other], "Bram", 13) == 1


def test_X4_mistakes_say_what_to_write(state) -> None:
    with state.write() as con:
        register.decide(con, [ONE, HELD], "Bram", 10)
        for wrong, said in (
            (lambda: register.skip(con, ONE.id, " ", "Ann", 11), "--why"),
            (lambda: register.find(con, "iv-x"), "unknown intervention"),
            (lambda: register.find(con, "iv-"), "begins several ids"),
            (lambda: register.done(con, ONE.id, -1, "Ann", 11), "0 or more"),
            (lambda: register.contacted(con, ONE.id, "x", "Ann", 11), "not held back"),
        ):
            with pytest.raises(DefinitionError, match=said):
                wrong()
        register.done(con, ONE.id, None, "Ann", 12)
        with pytest.raises(DefinitionError, match="is done: it cannot be stopped"):
            register.stop(con, ONE.id, "late", "Ann", 13)


def test_X7_a_plan_that_was_written_can_be_drawn_again(state) -> None:
    plan = planned(WEEK, candidates(3))
    with state.write() as con:
        new = kept.commit(con, plan, "Bram", 50, seen=0)
        assert new == len(plan.treated) + len(plan.held_back)
        assert kept.commit(con, plan, "Bram", 60, seen=0) == 0
    with state.read() as con:
        again = kept.written(con, plan.id[:9])
        assert again == plan
        assert kept.audit(con, again) == ()
        found = register.listed(con, wave=plan.id)
        drawn = [one for one in found if one.drawn]
        assert {one.customer for one in drawn} == {n for _, _, some, _ in plan.draws for n in some}
        assert all(one.stratum for one in drawn)
        taken = kept.spent(con, WEEK.week)
        assert taken == {each.name: each.used for each in plan.hours}


def test_X3_of_two_plans_made_at_once_only_one_is_written(state) -> None:
    """Else hours are given out twice, and the one plan sees to whom the other holds back."""
    one, two = planned(WEEK, candidates(3)), planned(WEEK, candidates(3)[1:])
    with state.read() as con:
        seen = kept.decisions(con)
    with state.write() as con:
        assert kept.commit(con, one, "Bram", 50, seen=seen)
    with state.write() as con, pytest.raises(StoreError, match="Run it again"):
        kept.commit(con, two, "Ines", 51, seen=seen)


def test_X7_a_draw_that_was_tampered_with_is_seen(state) -> None:
    plan = planned(WEEK, candidates(3))
    cell, stratum, members, places = plan.draws[0]
    with state.write() as con:
        kept.commit(con, plan, "Bram", 50, seen=0)
    wrong = replace(plan, draws=((cell, f"{stratum}?", members, places), *plan.draws[1:]))
    with state.read() as con:
        told = kept.audit(con, replace(wrong, id=plan.id))
        renamed = kept.audit(con, replace(plan, draws=plan.draws[1:]))
    assert told or renamed
    assert any("was not drawn" in each for each in renamed)


def test_X4_a_playbook_is_triggered_by_findings_that_are_open_and_still_found(state) -> None:
    nobody: tuple = ()
    found = [
        Finding("friction", about, "Trial", "account", "", "", nobody, Count(3, f"did:{about}"),
                "Observed", "weak", "", "", "close_the_loop", "", None, stage="Onboard")
        for about in ("Ticket", "Chat")
    ]  # fmt: skip
    trigger = {"finding": {"stage": "Onboard", "lever": "close_the_loop"}}
    spec = PlaybookSpec(name="Call back", success={"ends": "left"}, trigger=trigger)
    looked = [Looked("friction", "Trial", "account")]
    with state.write() as con:
        record(con, found, looked, 1)
        assert sorted(populations(con, spec)) == ["did:Chat", "did:Ticket"]
        record(con, found[:1], looked, 2)
        assert populations(con, spec) == ("did:Ticket",)


def test_the_playbooks_of_these_tests_are_what_trod_yml_may_hold() -> None:
    assert all(json.dumps(spec.model_dump(mode="json")) for spec in BOOKS.values())
    assert date.fromisoformat(ONE.due)
