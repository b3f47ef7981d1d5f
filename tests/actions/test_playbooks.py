"""Playbooks: what may be written, whom they fit, and what their messages say."""

import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from trod.actions.playbooks.check import Known, check
from trod.actions.playbooks.fits import Busy, Rules, fits
from trod.actions.playbooks.merge import render
from trod.actions.playbooks.spec import ContraindicationSpec, PlaybookSpec
from trod.actions.playbooks.template import templates
from trod.actions.playbooks.words import kept_away
from trod.actions.queue.uplift import Measured, expected, fitting, uplift
from trod.actions.spec import ActionsSpec, PersonSpec
from trod.analyses.predicate import parse
from trod.errors import NotEnoughDataError
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import customers
from trod.journeys.spec import JourneySpec
from trod.project import load

DAY = 86_400_000_000
RULES = Rules(1, timedelta(days=14), ("Call",))
PEOPLE = (PersonSpec(name="Ann", hours=5.0, team="Success"),)


def company():
    rows = [
        ("ann", "visit", 0), ("ann", "Ticket", 40), ("bob", "visit", 1), ("bob", "Complaint", 38),
        ("cat", "visit", 2), ("cat", "Complaint", 30), ("cat", "Closed", 39),
        ("dan", "visit", 3), ("dan", "Call", 35), ("eve", "visit", 4), ("eve", "buy", 36),
        ("fay", "visit", 5), ("gus", "visit", 6), ("gus", "Ticket", 39),
    ]  # fmt: skip
    journeys = from_arrow(
        pa.table(
            {
                "customer": [row[0] for row in rows],
                "touchpoint": [row[1] for row in rows],
                "time": [row[2] * DAY for row in rows],
            }
        )
    )
    stages = [{"name": "Look", "enter_on": "visit"}, {"name": "Own", "enter_on": "buy"}]
    spec = JourneySpec(name="Purchase", stages=stages, left_after=timedelta(days=30))
    return journeys, compile_plan(spec, journeys)


def playbook(**more):
    told = {"name": "Call", "success": {"reaches": "Own"}, "trigger": {"stage": "Look"}, **more}
    return PlaybookSpec.model_validate_json(json.dumps(told))


def test_X4_a_playbook_fits_those_who_trigger_it_and_says_why_not_the_others():
    journeys, plan = company()
    spec = playbook(
        contraindications=[
            {"touchpoints": ["Complaint"], "until": ["Closed"], "why": "a complaint is open"},
            {"touchpoints": "Ticket", "within": "2d"},
        ]
    )
    busy = Busy(40 * DAY, frozenset({"ann"}))
    found = fits(spec, journeys, plan, busy, RULES)
    meant = customers(parse(found.key, plan, journeys.vocabulary), journeys)
    assert meant == sorted([*found.customers, *(c for b in found.barred for c in b.customers)])
    assert found.customers == ("cat",)
    why = {each.why: each.customers for each in found.barred}
    assert why == {
        "named under never": ("ann",),
        "a complaint is open": ("bob",),
        "contacted in the last 14 days": ("dan",),
        "had Ticket in the last 2 days": ("gus",),
    }
    assert found.triggered == len(found.customers) + sum(len(c) for c in why.values())


def test_X4_an_attribute_says_whom_a_playbook_is_for_and_whom_it_is_kept_from():
    journeys, plan = company()
    size = {"customer": ["bob", "cat", "dan", "gus"], "Size": ["small", "small", "large", "small"]}
    journeys = replace(
        journeys, attributes=pa.table({**size, "Land": ["Österreich", "A & B", None, None]})
    )
    spec = playbook(
        audience={"where": "attribute:Size=small"},
        contraindications=[{"where": "attribute:Land=A%20%26%20B", "why": "not there"}],
    )
    found = fits(spec, journeys, plan, Busy(40 * DAY), Rules(9, timedelta(days=14), ()))
    assert found.customers == ("bob", "gus")
    assert {each.why: each.customers for each in found.barred} == {"not there": ("cat",)}
    wrong = playbook(
        audience={"where": "attribute:Size=smal"}, contraindications=[{"where": "attribute:Lnd="}]
    )
    said = [(each.place, each.text) for each in check(wrong, Known((), PEOPLE, journeys, plan))]
    assert ("audience.where", "unknown Size value 'smal': did you mean 'small'? "
            "Known Size values: large, small.") in said  # fmt: skip
    assert any("unknown attribute 'Lnd': did you mean 'Land'?" in text for _, text in said)


def test_X4_plays_of_before_keep_a_customer_out_for_as_long_as_they_should():
    journeys, plan = company()
    spec = playbook(contraindications=[{"played": "20d"}])
    busy = Busy(
        40 * DAY,
        in_play={"ann": "Review"},
        held_back={"bob": frozenset({"left", "Own"}), "cat": frozenset({"left"})},
        contacts={"cat": (30 * DAY,), "gus": (25 * DAY,)},
        played={"gus": ((21 * DAY, "Review"),)},
    )
    found = fits(spec, journeys, plan, busy, RULES)
    why = {each.why: each.customers for each in found.barred}
    assert why["in Review already"] == ("ann",)
    assert why["held back, so that a play can be judged"] == ("bob",)
    assert why["contacted in the last 14 days"] == ("cat", "dan")
    assert why["in a play in the last 20 days"] == ("gus",)


def test_X4_plays_and_other_contacts_count_together():
    journeys, plan = company()
    rules = Rules(2, timedelta(days=14), ("Call",))
    twice = Busy(40 * DAY, contacts={"dan": (30 * DAY,), "cat": (30 * DAY,)})
    found = fits(playbook(), journeys, plan, twice, rules)
    assert [(b.why, b.customers) for b in found.barred] == [
        ("contacted in the last 14 days", ("dan",))
    ]


def test_X4_a_stop_rule_that_nothing_can_fulfil_is_refused():
    known = Known((), PEOPLE, None, None)
    money = playbook(success={"money": True}, stop={"success": True})
    assert [f.place for f in check(money, known)] == ["stop.success"]
    assert check(playbook(success={"money": True}), known) == ()
    assert check(playbook(success={"ends": "left"}, stop={"success": True}), known) == ()


def test_X3_two_people_of_one_name_are_refused():
    people = [{"name": "Ann", "hours": 8}, {"name": "Ann", "hours": 4}]
    with pytest.raises(ValidationError, match="people share a name: Ann"):
        ActionsSpec.model_validate({"people": people})


def test_X4_what_happened_lately_triggers_a_playbook_and_what_is_long_past_does_not():
    journeys, plan = company()
    late = playbook(trigger={"lately": {"touchpoint": "Ticket", "within": "1d"}})
    found = fits(late, journeys, plan, Busy(plan.as_of_us), RULES)
    assert found.customers == ("ann", "gus")  # on the last day and the day before
    early = playbook(trigger={"lately": {"touchpoint": "Complaint", "within": "3d"}})
    asked = fits(early, journeys, plan, Busy(plan.as_of_us), RULES)
    assert asked.customers == ("bob",)
    assert customers(parse(asked.key, plan, journeys.vocabulary), journeys) == ["bob"]


def test_X7_a_narrow_belief_yields_to_a_trial_that_contradicts_it_and_not_to_noise():
    sure = (0.01, 0.03)
    harmed = expected(sure, Measured(-0.06, -0.09, -0.03, "Tested", 2000))
    assert harmed.high < 0
    noise = expected(sure, Measured(-0.06, -0.16, 0.04, "Tested", 200))
    assert 0.01 < noise.middle < 0.02


def test_X4_who_has_what_the_play_is_for_is_kept_out_of_it():
    journeys, plan = company()
    found = fits(playbook(trigger={"where": "all"}), journeys, plan, Busy(40 * DAY), RULES)
    assert {each.why: each.customers for each in found.barred}["has reached Own already"] == (
        "eve",
    )
    ends = playbook(trigger={"where": "all"}, success={"ends": "done"})
    barred = fits(ends, journeys, plan, Busy(40 * DAY), RULES).barred
    assert {each.why: each.customers for each in barred}["has completed already"] == ("eve",)


def test_X4_a_finding_triggers_a_playbook_for_those_whom_it_is_about():
    journeys, plan = company()
    spec = playbook(trigger={"finding": {"kind": "friction"}})
    found = fits(spec, journeys, plan, Busy(40 * DAY), RULES, found=["did:Ticket", "did:Closed"])
    assert found.customers == ("ann", "cat", "gus")
    assert fits(spec, journeys, plan, Busy(40 * DAY), RULES).customers == ()


def test_X4_a_gap_is_never_sent():
    with pytest.raises(NotEnoughDataError, match="c1: renews_in and owner not known"):
        render("{renews_in} {owner} {stage}", {"stage": "Look", "owner": None}, "c1")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"steps": [{"do": "Ring", "template": "Dear {custmer}"}]}, "did you mean 'customer'"),
        ({"steps": [{"do": "Ring", "template": "Dear {customer"}]}, "brace"),
        ({"trigger": {}}, "says nothing"),
        ({"contraindications": [{"played": "3d", "touchpoints": "x"}]}, "exactly one of"),
        ({"contraindications": [{"played": "3d", "within": "2d"}]}, "belong to touchpoints"),
        ({"prior": [0.2, 0.1]}, "low end comes first"),
        ({"prior": [2, 10]}, "at most 1"),
        ({"success": {"ends": "left", "reaches": "Own"}}, "exactly one"),
    ],
)
def test_X4_what_is_written_wrong_is_refused_with_what_to_write(told, said):
    with pytest.raises(ValidationError, match=said):
        playbook(**told)


def test_X4_names_that_nobody_knows_are_found_with_the_nearest_right_one():
    journeys, plan = company()
    known = Known(("Churn",), PEOPLE, journeys, plan)
    spec = playbook(
        success={"reaches": "Won"}, owner="Anne", lever="win_bak", deadline="90d",
        trigger={"score": {"outcome": "Chrun"}},
        contraindications=[{"touchpoints": "Complain"}],
    )  # fmt: skip
    told = {each.place: each.text for each in check(spec, known)}
    assert "did you mean 'Own'" in told["success.reaches"] or "Own" in told["success.reaches"]
    assert "did you mean 'Ann'" in told["owner"]
    assert "did you mean 'win_back'" in told["lever"]
    assert "did you mean 'Churn'" in told["trigger.score.outcome"]
    assert "did you mean 'Complaint'" in told["contraindications.0.touchpoints"]
    assert "Shorten deadline" in told["deadline"]
    assert check(playbook(owner="Success", trigger={"where": "did:visit"}), known) == ()


def test_X4_every_template_is_a_playbook_and_is_clean_but_for_names(tmp_path):
    folder = tmp_path / "playbooks"
    folder.mkdir()
    for each in templates():
        (folder / f"{each.name}.yml").write_text(each.text)
    (tmp_path / "trod.yml").write_text("actions:\n  people: [{name: Ann, hours: 4}]\n")
    read = load(tmp_path).actions.playbooks
    assert len(read) == len(templates()) >= 4
    assert all(spec.trigger and spec.steps for spec in read)
    found = [f for spec in read for f in check(spec, Known(("Expansion",), (), None, None))]
    assert {f.level for f in found} <= {"note"}


def test_X3_risk_is_not_uplift():
    gain = uplift([0.03, 0.4, 0.97], 0.1, bad=True)
    assert gain[1] > 3 * gain[0]
    assert gain[1] > 3 * gain[2]
    assert (gain <= [0.03, 0.4, 0.97]).all()
    harm = uplift([0.2, 0.5], -0.05, bad=True)
    assert (harm < 0).all()
    # Of something hoped for, the gain never exceeds what is still to be had.
    assert (uplift([0.5, 0.99], 0.3, bad=False) <= [0.5, 0.01 + 1e-9]).all()


def test_X4_names_in_reasons_to_keep_away_are_told_as_people_write_them():
    assert kept_away(ContraindicationSpec(where="did:Worked%20on")) == "did:Worked on holds"


@pytest.mark.parametrize("bad", [True, False])
def test_X7_an_effect_for_which_there_is_no_room_makes_no_step_without_end(bad):
    chances = np.linspace(0.0, 1.0, 101)
    for size in (0.005, 0.05, 0.1, 0.3, 0.6):
        for at in (0.001, 0.04, 0.1, 0.5, 0.9, 0.96, 0.999):
            told = fitting((0.0, size), at, bad=bad)[1]
            room = at if bad else 1 - at
            assert 0 < told <= min(size, room)
            gain = uplift(chances, told, bad=bad, at=at)
            assert (gain <= (chances if bad else 1 - chances) + 1e-5).all()
            # A step that halves the odds of a few moves whoever is at even odds by a sixth or so.
            assert gain.max() < max(size, 0.34) + 1e-9
            larger = uplift(chances, fitting((0.0, size * 1.1), at, bad=bad)[1], bad=bad, at=at)
            assert (larger >= gain - 1e-9).all()
    # What was believed to bring 0 to 10 points is not worth a quarter of a customer.
    first = uplift([0.02, 0.03, 0.04, 0.26], 0.1, bad=True, at=0.04, most=0.5)
    assert first[-1] < 0.13
    assert uplift([0.26], sum(fitting((0.0, 0.1), 0.04, bad=True)) / 2, bad=True, at=0.04) < 0.1


def test_X7_a_belief_is_told_as_far_as_its_chance_leaves_room():
    assert fitting((0.02, 0.1), 0.3, bad=True) == (0.02, 0.1)
    low, high = fitting((0.1, 0.6), 0.6, bad=False)
    assert low == 0.1
    assert 0.2 < high < 0.4


def test_X7_what_was_measured_weighs_as_much_as_it_is_sure():
    few = expected((0.0, 0.1), Measured(-0.2, -0.6, 0.2, "Tested", 20))
    many = expected((0.0, 0.1), Measured(-0.05, -0.06, -0.04, "Tested", 9_000))
    assert 0.03 < few.middle < 0.05
    assert -0.05 < many.middle < -0.045
    assert (few.evidence, expected((0.0, 0.1)).evidence) == ("Tested", "Assumed")
