"""The life of an alert, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest
import sqlalchemy as sa

from trod._store.state.database import State
from trod.actions.alerts import life
from trod.actions.alerts.spec import AlertsSpec
from trod.actions.messages.tables import OUTBOX
from trod.actions.spec import ActionsSpec
from trod.analyses.predicate import parse
from trod.errors import DefinitionError
from trod.insights.watching.anomaly import Anomaly, Carrier, Happened, Window
from trod.insights.watching.series import Thing
from trod.journeys.bare import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import count
from trod.journeys.spec import JourneySpec
from trod.workspace.acting.watched import sized

HOUR = 3_600_000_000
OF = life.Of("Trial", "account")
SPEC = AlertsSpec(to=("slack", "mail"), escalate=("Bram", "Ines"), owner="Ann", data="Dee")
FELL = Anomaly(
    about="volume/Login/fell", thing=Thing("volume", "Login"), way="fell", day="2026-05-04",
    window=Window("2026-05-04", "2026-05-04", 0, 1), value=4.0, usual=40.0, low=28.0, high=52.0,
    n=4, size=0.9, p=1e-9, tested=300, by="", group="", nature="behaviour", since="2026-05-04",
    since_first="2026-05-04", since_last="2026-05-04",
    carriers=(Carrier("connector", "ERP", 0.97, 1.0, 36.0),), evidence=(), also=(), customers=4,
    key="active:0..1=Login", money_micros=5_000_000,
)  # fmt: skip
OPENED = Happened("2026-05-04", "opened", FELL.about, FELL)


def test_N1_an_alert_seen_in_a_group_counts_and_lists_that_group() -> None:
    login = {"customer": ["a", "b", "c"], "touchpoint": ["Login"] * 3, "time": [0, 0, 5]}
    made = from_arrow(pa.table(login))
    stages = [{"name": "Use", "enter_on": "Login"}]
    plan = compile_plan(JourneySpec(name="Use", stages=stages, left_after="9d"), made)
    sizes = pa.table({"customer": ["a", "c"], "Size": ["small", "small"]})
    journeys = replace(made, attributes=sizes)
    for group, n, key in (("small", 1, "small"), ("not known", 1, "")):
        found = sized(replace(FELL, by="Size", group=group), journeys, plan)
        assert (found.customers, found.key) == (n, f"active:0..1=Login&attribute:Size={key}")
        assert count(parse(found.key, plan, made.vocabulary, journeys.named), journeys) == n
    for by, group in (("", ""), ("Size", "other"), ("segment", "s9"), ("plan", "paid")):
        found = sized(replace(FELL, by=by, group=group), journeys, plan)
        assert (found.customers, found.key) == (2, "active:0..1=Login")


def replace_escalation(*names: str) -> AlertsSpec:
    return AlertsSpec(to=SPEC.to, escalate=names)


def take(state: State, *happened: Happened, now_us: int = 0) -> int:
    with state.write() as con:
        return len(life.take_in(con, OF, happened, SPEC, now_us))


def outbox(state: State) -> list[str]:
    with state.read() as con:
        return sorted(con.execute(sa.select(OUTBOX.c.key)).scalars())


def the_one(state: State):
    with state.read() as con:
        return life.alert(con, "al-")


def test_N2_an_alert_is_opened_once_and_told_to_every_destination(state: State) -> None:
    assert take(state, OPENED) == 1
    assert take(state, OPENED, now_us=5) == 0
    found = the_one(state)
    assert (found.status, found.owner, found.anomaly) == ("open", "Ann", FELL)
    assert outbox(state) == [f"alert/{found.id}/opened/2026-05-04/{to}" for to in ("mail", "slack")]
    # While it lasts another opening is the same alert.
    assert take(state, replace(OPENED, day="2026-05-09")) == 0
    with state.read() as con:
        assert len(life.alerts(con, closed=True)) == 1


def test_N2_a_source_is_one_alert_for_every_journey(state: State) -> None:
    silent = replace(FELL, about="source/web/silent", thing=Thing("source", "web"))
    opened = Happened(silent.day, "opened", silent.about, silent)
    back = Happened("2026-05-09", "recovered", silent.about, None)
    other = life.Of("Renewal", "person")
    assert take(state, opened, OPENED) == 2
    with state.write() as con:
        assert life.take_in(con, other, (opened,), SPEC, 1) == ()
        assert len(life.take_in(con, other, (OPENED,), SPEC, 1)) == 1  # a count is of its journey
        assert len(life.take_in(con, other, (back,), SPEC, 2)) == 1
    # Told again by either it is the same alert, closed or not.
    assert take(state, opened, back, now_us=3) == 0
    with state.read() as con:
        assert [a.anomaly.about for a in life.alerts(con, closed=True)].count(silent.about) == 1


def test_N2_worse_is_told_again_and_wakes_what_was_snoozed(state: State) -> None:
    take(state, OPENED)
    with state.write() as con:
        life.snooze(con, "al-", 100 * HOUR, "Cid", HOUR)
    worse = Happened("2026-05-06", "worse", FELL.about, replace(FELL, size=2.0))
    take(state, worse, worse, now_us=2 * HOUR)
    found = the_one(state)
    assert (found.status, found.anomaly.size) == ("open", 2.0)
    assert [e.what for e in found.events] == ["opened", "snoozed", "worse"]
    assert len(outbox(state)) == 4


def test_N2_what_nobody_acknowledges_goes_on_until_somebody_does(state: State) -> None:
    take(state, OPENED)
    for hours, owner in ((23, "Ann"), (24, "Bram"), (47, "Bram"), (48, "Ines"), (99, "Ines")):
        with state.write() as con:
            life.move_on(con, SPEC, hours * HOUR)
        assert the_one(state).owner == owner
    with state.write() as con:
        life.acknowledge(con, "al-", "Cid", 99 * HOUR)
        life.move_on(con, replace_escalation("Dee", "Eve", "Fay"), 999 * HOUR)
    assert (the_one(state).status, the_one(state).owner) == ("acknowledged", "Ines")
    with state.write() as con:
        life.snooze(con, "al-", 10 * HOUR, "Cid", 3 * HOUR)
        life.move_on(con, SPEC, 9 * HOUR)
    assert the_one(state).status == "snoozed"
    with state.write() as con:
        life.move_on(con, SPEC, 10 * HOUR)
    assert the_one(state).status == "open"


def test_N2_it_closes_by_itself_or_by_a_person_with_a_reason(state: State) -> None:
    take(state, OPENED, Happened("2026-05-09", "recovered", FELL.about, None))
    assert (the_one(state).why, the_one(state).closed_day) == ("recovered", "2026-05-09")
    with state.write() as con, pytest.raises(DefinitionError, match="is closed: recovered"):
        life.close(con, "al-", "The form was repaired.", "Cid", HOUR)
    again = replace(OPENED, day="2026-06-01")
    assert take(state, again) == 1
    with state.read() as con, pytest.raises(DefinitionError, match="unknown alert 'al-9x'"):
        life.alert(con, "al-9x")


def test_N2_what_late_rows_take_back_is_closed_and_told(state: State) -> None:
    take(state, OPENED)
    with state.write() as con:
        assert life.gone(con, OF, {FELL.about}, "2026-05-09", SPEC, HOUR) == ()
        other = life.Of("Trial", "person")
        assert life.gone(con, other, (), "2026-05-09", SPEC, HOUR) == ()
        (told,) = life.gone(con, OF, (), "2026-05-09", SPEC, HOUR)
    assert (told.what, the_one(state).why) == ("not in the data", "not in the data")
    assert len(outbox(state)) == 4


def test_N2_what_a_person_closed_is_not_opened_again_where_late_rows_move_its_day(state) -> None:
    take(state, OPENED)
    noon = 1_778_000_000_000_000  # 5 May 2026
    with state.write() as con:
        life.close(con, "al-", "Known.", "Cid", noon)
    assert take(state, replace(OPENED, day="2026-05-03")) == 0
    assert take(state, replace(OPENED, day="2026-05-12")) == 1  # after it was closed: once more


def test_N2_alerts_go_to_destinations_that_are_declared() -> None:
    slack = {"name": "slack", "webhook": "https://hooks.example/T1"}
    with pytest.raises(ValueError, match=r"alerts.to: unknown destination 'slak': did you mean"):
        ActionsSpec.model_validate({"destinations": [slack], "alerts": {"to": ["slak"]}})
    spec = ActionsSpec.model_validate({"destinations": [slack], "alerts": {"to": ["slack"]}})
    assert spec.alerts.to == ("slack",)


def test_N2_tracking_belongs_to_who_answers_for_the_data() -> None:
    assert life.owner_of(replace(FELL, nature="tracking"), SPEC) == "Dee"
    assert life.owner_of(replace(FELL, owner="Gus"), SPEC) == "Gus"


def test_N2_a_reason_leaves_in_messages_without_addresses_and_numbers(state: State) -> None:
    take(state, OPENED)
    with state.write() as con:
        closed = life.close(con, "al-", "ann@mail.example rang: +49 30 1234567.", "Cid", HOUR)
    assert closed.why == "ann@mail.example rang: +49 30 1234567."  # at rest as it was written
    assert "Closed: [e-mail] rang: [number]" in life.message(closed, "closed", "slack").body
