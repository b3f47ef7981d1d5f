"""The life of an alert: opened, told, acknowledged, snoozed, escalated, closed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from trod.actions.alerts.alert import Alert, AlertEvent, anomaly_from, id_of
from trod.actions.alerts.spec import AlertsSpec
from trod.actions.alerts.tables import ALERT, ALERT_EVENT, ALERT_WATCH
from trod.actions.messages.message import Message, put
from trod.errors import DefinitionError, unknown
from trod.events.masked import masked
from trod.insights.watching import words
from trod.insights.watching.anomaly import Anomaly, Happened
from trod.journeys.label import units

TROD: Final = "trod"
"""Who did what nobody asked for."""
SAME_DAYS: Final = 14
"""What was closed by a person and begins so near to it is the same thing."""


class Of(NamedTuple):
    """Whose alerts: a journey in a unit."""

    journey: str
    unit: str


_NOBODY: Final = Of("", "")


def take_in(
    con: sa.Connection, of: Of, happened: Sequence[Happened], spec: AlertsSpec, now_us: int
) -> tuple[Happened, ...]:
    """Write down what happened, each once, with the messages about it; give what was news.

    What is written already changes nothing, so that the same days can be looked at again.
    """
    return tuple(each for each in happened if _take(con, of, each, spec, now_us))


def _take(con: sa.Connection, of: Of, each: Happened, spec: AlertsSpec, now_us: int) -> bool:
    if each.what == "opened":
        return _open(con, of, each, spec, now_us)
    alert = _lasting(con, of, each.about)
    if alert is None or alert.day > each.day:
        return False
    if each.what == "worse":
        return _worse(con, alert, each, spec, now_us)
    _end(con, alert, each.what, each.day, spec, now_us)
    return True


def gone(
    con: sa.Connection, of: Of, lasting: Collection[str], day: str, spec: AlertsSpec, now_us: int
) -> tuple[Happened, ...]:
    """Close what the data do not show any more: rows came late, or days became known ones."""
    closed = [each for each in of_journey(con, of) if each.anomaly.about not in lasting]
    for each in closed:
        _end(con, each, "not in the data", day, spec, now_us)
    return tuple(Happened(day, "not in the data", each.anomaly.about, None) for each in closed)


def _open(con: sa.Connection, of: Of, each: Happened, spec: AlertsSpec, now_us: int) -> bool:
    found = each.anomaly
    assert found is not None
    named = _NOBODY if _of_all(each.about) else of
    id_ = id_of(named.journey, named.unit, each.about, each.day)
    known = con.execute(sa.select(ALERT.c.id).where(ALERT.c.id == id_)).first()
    if known is not None or _lasting(con, of, each.about) is not None:
        return False
    if _closed_near(con, of, each):
        return False
    row = {
        "id": id_,
        "about": each.about,
        "journey": of.journey,
        "unit": of.unit,
        "day": each.day,
        "told": asdict(found),
        "opened_us": now_us,
        "waits_us": now_us,
        "status": "open",
        "owner": owner_of(found, spec) or None,
        "step": 0,
    }
    con.execute(sa.insert(ALERT), [row])
    _note(con, id_, now_us, TROD, "opened", {"day": each.day})
    _tell(con, _one(con, id_), f"opened/{each.day}", spec, now_us)
    return True


def _closed_near(con: sa.Connection, of: Of, each: Happened) -> bool:
    """Say whether a person closed it: late rows may move its day a little, and it is the same."""
    return any(
        abs((date.fromisoformat(each.day) - date.fromisoformat(alert.day)).days) <= SAME_DAYS
        and each.day <= _closed_on(con, alert)
        for alert in list(_read(con, _about(of, each.about) & ALERT.c.closed_day.is_(None)))
    )


def _closed_on(con: sa.Connection, alert: Alert) -> str:
    """Give the date on which a person closed an alert."""
    at_us = [event.time_us for event in _one(con, alert.id).events if event.what == "closed"][-1]
    return datetime.fromtimestamp(at_us / 1e6, UTC).date().isoformat()


def owner_of(found: Anomaly, spec: AlertsSpec) -> str:
    """Say who owns an alert: of tracking who answers for the data, else the metric's owner."""
    if found.nature == "tracking" and spec.data:
        return spec.data
    return found.owner or spec.owner or ""


def _worse(con: sa.Connection, alert: Alert, each: Happened, spec: AlertsSpec, now_us: int) -> bool:
    assert each.anomaly is not None
    if _noted(con, alert.id, "worse", each.day):
        return False
    awake = {"status": "open", "snoozed_us": None} if alert.status == "snoozed" else {}
    _set(con, alert.id, told=asdict(each.anomaly), **awake)
    _note(con, alert.id, now_us, TROD, "worse", {"day": each.day, "size": each.anomaly.size})
    _tell(con, _one(con, alert.id), f"worse/{each.day}", spec, now_us)
    return True


def _end(
    con: sa.Connection, alert: Alert, why: str, day: str, spec: AlertsSpec, now_us: int
) -> None:
    _set(con, alert.id, status="closed", why=why, closed_day=day, snoozed_us=None)
    _note(con, alert.id, now_us, TROD, "closed", {"day": day, "why": why})
    _tell(con, _one(con, alert.id), "closed", spec, now_us)


def acknowledge(con: sa.Connection, id_: str, who: str, now_us: int) -> Alert:
    """Say that somebody has seen it and looks after it."""
    alert = _still(con, id_)
    _set(con, alert.id, status="acknowledged", snoozed_us=None, owner=alert.owner or who)
    _note(con, alert.id, now_us, who, "acknowledged", {})
    return _one(con, alert.id)


def snooze(con: sa.Connection, id_: str, until_us: int, who: str, now_us: int) -> Alert:
    """Let it rest until a moment; it wakes up by itself, or where it becomes worse."""
    alert = _still(con, id_)
    _set(con, alert.id, status="snoozed", snoozed_us=until_us)
    _note(con, alert.id, now_us, who, "snoozed", {"until_us": until_us})
    return _one(con, alert.id)


def close(con: sa.Connection, id_: str, why: str, who: str, now_us: int) -> Alert:
    """Close it for a reason."""
    alert = _still(con, id_)
    _set(con, alert.id, status="closed", why=why, snoozed_us=None)
    _note(con, alert.id, now_us, who, "closed", {"why": why})
    return _one(con, alert.id)


def move_on(con: sa.Connection, spec: AlertsSpec, now_us: int) -> None:
    """Wake what was snoozed until now, and hand on what nobody has acknowledged."""
    after_us = int(spec.after.total_seconds() * 1e6)
    for alert in _read(con, ALERT.c.status == "snoozed"):
        if alert.snoozed_us is not None and alert.snoozed_us <= now_us:
            _set(con, alert.id, status="open", snoozed_us=None, waits_us=now_us)
            _note(con, alert.id, now_us, TROD, "awake", {})
    for alert in _read(con, ALERT.c.status == "open"):
        due = now_us - alert.waits_us >= after_us
        if due and alert.step < len(spec.escalate):
            to = spec.escalate[alert.step]
            _set(con, alert.id, owner=to, step=alert.step + 1, waits_us=now_us)
            _note(con, alert.id, now_us, TROD, "escalated", {"to": to, "from": alert.owner})
            _tell(con, _one(con, alert.id), f"escalated/{alert.step + 1}", spec, now_us)


def alerts(con: sa.Connection, *, closed: bool = False) -> tuple[Alert, ...]:
    """Give the alerts that last, or all of them; the newest first."""
    which = sa.true() if closed else ALERT.c.status != "closed"
    return tuple(_read(con, which))


def of_journey(con: sa.Connection, of: Of) -> tuple[Alert, ...]:
    """Give the alerts of a journey that last."""
    return tuple(each for each in alerts(con) if (each.journey, each.unit) == of)


def alert(con: sa.Connection, id_: str) -> Alert:
    """Give one alert with everything that happened to it, by its id or the beginning of it.

    Raises
    ------
    DefinitionError
        If there is no such alert, or several begin so.
    """
    found = [each for each in alerts(con, closed=True) if each.id.startswith(id_)]
    if len(found) == 1:
        return _one(con, found[0].id)
    if found:
        raise DefinitionError([f"{id_!r} is the beginning of {len(found)} alerts. Write more."])
    known = [each.id for each in alerts(con, closed=True)]
    if not known:
        raise DefinitionError([f"there is no alert {id_!r}. `trod watch` looks for some."])
    raise DefinitionError([unknown("alert", id_, known)])


def looked(con: sa.Connection, of: Of) -> str | None:
    """Give the day of the data up to which was looked; None where that never happened."""
    found = sa.select(ALERT_WATCH.c.day).where(ALERT_WATCH.c.id == f"{of.unit}/{of.journey}")
    day: str | None = con.execute(found).scalar()
    return day


def standing(con: sa.Connection) -> list[list[str]]:
    """Give how far was looked, and what lasts as it was last told: equal where nothing changed."""
    days = sa.select(ALERT_WATCH.c.id, ALERT_WATCH.c.day)
    last = sa.select(ALERT.c.id, ALERT.c.told).where(ALERT.c.status != "closed")
    rows = [*con.execute(days), *con.execute(last)]
    return sorted([str(id_), repr(told)] for id_, told in rows)


def look_on(con: sa.Connection, of: Of, day: str, now_us: int) -> None:
    """Note up to which day was looked."""
    id_ = f"{of.unit}/{of.journey}"
    con.execute(sa.delete(ALERT_WATCH).where(ALERT_WATCH.c.id == id_))
    con.execute(sa.insert(ALERT_WATCH), [{"id": id_, "day": day, "time_us": now_us}])


def _still(con: sa.Connection, id_: str) -> Alert:
    found = alert(con, id_)
    if not found.lasts:
        raise DefinitionError([f"{found.id} is closed: {found.why}."])
    return found


def _lasting(con: sa.Connection, of: Of, about: str) -> Alert | None:
    return next(_read(con, _about(of, about) & (ALERT.c.status != "closed")), None)


def _of_all(about: str) -> bool:
    """Say whether it is the same for every journey and unit: rows of a source belong to none."""
    return about.startswith("source/")


def _about(of: Of, about: str) -> sa.ColumnElement[bool]:
    if _of_all(about):
        return ALERT.c.about == about
    return sa.and_(ALERT.c.about == about, ALERT.c.journey == of.journey, ALERT.c.unit == of.unit)


def _one(con: sa.Connection, id_: str) -> Alert:
    from dataclasses import replace

    found = next(_read(con, ALERT.c.id == id_))
    rows = con.execute(
        sa.select(ALERT_EVENT).where(ALERT_EVENT.c.alert == id_).order_by(ALERT_EVENT.c.number)
    ).mappings()
    events = tuple(AlertEvent(r["time_us"], r["who"], r["what"], r["told"]) for r in rows)
    return replace(found, events=events)


def _read(con: sa.Connection, which: Any) -> Iterator[Alert]:
    rows = con.execute(
        sa.select(ALERT).where(which).order_by(ALERT.c.day.desc(), ALERT.c.id)
    ).mappings()
    for row in list(rows):
        known = {name: row[name] for name in row if name not in ("about", "told")}
        yield Alert(anomaly=anomaly_from(row["told"]), **known)


def _set(con: sa.Connection, id_: str, **values: Any) -> None:
    con.execute(sa.update(ALERT).where(ALERT.c.id == id_).values(**values))


def _note(
    con: sa.Connection, id_: str, now_us: int, who: str, what: str, told: dict[str, Any]
) -> None:
    row = {"alert": id_, "time_us": now_us, "who": who, "what": what, "told": told}
    con.execute(sa.insert(ALERT_EVENT), [row])


def _noted(con: sa.Connection, id_: str, what: str, day: str) -> bool:
    return any(e.what == what and e.told.get("day") == day for e in _one(con, id_).events)


def _tell(con: sa.Connection, alert: Alert, what: str, spec: AlertsSpec, now_us: int) -> None:
    """Put a message into the outbox for each destination: once for what happened."""
    for to in spec.to:
        put(con, message(alert, what, to), now_us)


def message(alert: Alert, what: str, to: str) -> Message:
    """Write the message about what happened to an alert."""
    found, head = alert.anomaly, what.partition("/")[0]
    before = {"worse": "Worse: ", "escalated": "Nobody took it: ", "closed": "Closed: "}
    lines = [
        words.statement(found, units(alert.unit)),
        words.source(found),
        f"Owner: {alert.owner}." if alert.owner else "Nobody owns it.",
        f"Closed: {masked(alert.why or '')}." if head == "closed" else "",
        f"trod alerts {alert.id}",
    ]
    return Message(
        key=f"alert/{alert.id}/{what}/{to}",
        to=to,
        kind="alert",
        title=before.get(head, "") + words.title(found),
        body="\n".join(line for line in lines if line),
        facts={"alert": alert.id, "what": head, **asdict(found)},
        level="info" if head == "closed" else "warning",
    )
