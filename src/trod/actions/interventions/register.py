"""The register of interventions: decided, started, done, stopped, skipped; history only grows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from trod.actions.interventions.intervention import Intervention, Status
from trod.actions.interventions.tables import INTERVENTION, INTERVENTION_EVENT
from trod.errors import DefinitionError, unknown

OPEN: Final = ("planned", "started")
TREATED: Final = "treated"
HELD_BACK: Final = "held back"
_NAMES: Final = tuple(field.name for field in fields(Intervention))
_MAY: Final[Mapping[str, tuple[str, ...]]] = {
    "started": ("planned",),
    "step done": OPEN,
    "done": OPEN,
    "stopped": OPEN,
    "skipped": OPEN,
}
"""What may happen to an intervention, and to those in which status."""


class Event(NamedTuple):
    """Something that happened to an intervention."""

    time_us: int
    who: str
    what: str
    told: Mapping[str, Any]


def name_of(wave: str, playbook: str, customer: str) -> str:
    """Name an intervention: the same decision has the same id, however often it is written.

    Examples
    --------
    >>> name_of("2026-W27-1a2b3c", "Set-up call", "ACC-00001")
    'iv-bb66466da6'
    """
    told = "\x1f".join((wave, playbook, customer))
    return f"iv-{hashlib.sha256(told.encode()).hexdigest()[:10]}"


def decide(con: sa.Connection, chosen: Sequence[Intervention], who: str, now_us: int) -> int:
    """Write down who was decided on; what is there already stays as it is.

    Parameters
    ----------
    con
        Of `State.write`.
    chosen
        Treated and held back.
    who, now_us
        Who decided, and when.

    Returns
    -------
    int
        How many are new.

    Raises
    ------
    DefinitionError
        If somebody is in another play that is not over.
    """
    known = {row.id for row in con.execute(sa.select(INTERVENTION.c.id))}
    new = [one for one in chosen if one.id not in known]
    busy = {one.customer: one for one in listed(con, status=OPEN, arm=TREATED)}
    taken = {one.customer for one in new if one.customer in busy and one.arm == TREATED}
    twice = _twice([one.customer for one in new])
    if taken or twice:
        raise DefinitionError(
            [
                *(f"{c} is in {busy[c].playbook} ({busy[c].id}) already." for c in sorted(taken)),
                *(f"{c} would be in two plays at once." for c in twice),
            ]
        )
    if new:
        con.execute(sa.insert(INTERVENTION), [asdict(one) for one in new])
    for one in new:
        _happened(con, one.id, who, "planned", {"arm": one.arm, "wave": one.wave}, now_us)
    return len(new)


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def find(con: sa.Connection, given: str) -> Intervention:
    """Give an intervention by its id, or by the beginning of it.

    Raises
    ------
    DefinitionError
        If there is none, or several.
    """
    wanted = INTERVENTION.c.id.startswith(given, autoescape=True)
    found = con.execute(sa.select(INTERVENTION).where(wanted).order_by(INTERVENTION.c.id)).all()
    if len(found) == 1:
        return _read(found[0])
    if not found:
        ids = [row.id for row in con.execute(sa.select(INTERVENTION.c.id))]
        raise DefinitionError([unknown("intervention", given, ids)])
    some = ", ".join(row.id for row in found[:5])
    raise DefinitionError([f"{given!r} begins several ids: {some}. Write more of it."])


def listed(
    con: sa.Connection,
    *,
    owner: str | None = None,
    playbook: str | None = None,
    status: Sequence[str] = (),
    arm: str | None = None,
    customer: str | None = None,
    wave: str | None = None,
) -> tuple[Intervention, ...]:
    """List interventions, the latest decided first."""
    table = INTERVENTION.c
    query = sa.select(INTERVENTION).order_by(table.decided_us.desc(), table.customer, table.id)
    asked = {"owner": owner, "playbook": playbook, "arm": arm, "customer": customer, "wave": wave}
    for name, value in asked.items():
        if value is not None:
            query = query.where(table[name] == value)
    if status:
        query = query.where(table.status.in_(status))
    return tuple(_read(row) for row in con.execute(query))


def history(con: sa.Connection, one: str) -> tuple[Event, ...]:
    """Give everything that happened to an intervention, oldest first."""
    table = INTERVENTION_EVENT.c
    rows = con.execute(
        sa.select(INTERVENTION_EVENT).where(table.intervention == one).order_by(table.number)
    )
    return tuple(Event(row.time_us, row.who, row.what, row.told) for row in rows)


def start(con: sa.Connection, given: str, who: str, now_us: int) -> Intervention:
    """Begin an intervention.

    Raises
    ------
    DefinitionError
        If it is not planned, or its customer is held back; see `contacted`.
    """
    one = _allowed(con, given, "started")
    return _changed(con, one, who, "started", {}, now_us, status="started", started_us=now_us)


def step_done(
    con: sa.Connection, given: str, step: int, do: str, who: str, now_us: int
) -> Intervention:
    """Note that a step was taken; the first one begins the intervention."""
    one = _allowed(con, given, "step done")
    change: dict[str, Any] = {}
    if one.started_us is None:
        change = {"status": "started", "started_us": now_us}
    return _changed(con, one, who, "step done", {"step": step, "do": do}, now_us, **change)


def done(
    con: sa.Connection, given: str, minutes: int | None, who: str, now_us: int
) -> Intervention:
    """Say that an intervention is done, and what time it took; as planned where nobody says.

    Raises
    ------
    DefinitionError
        If it is over already, or its customer is held back.
    """
    one = _allowed(con, given, "done")
    if minutes is not None and minutes < 0:
        raise DefinitionError([f"{minutes} minutes cannot be spent. Write 0 or more."])
    spent = one.minutes if minutes is None else minutes
    change = {
        "status": "done",
        "done_us": now_us,
        "started_us": now_us if one.started_us is None else one.started_us,
        "minutes": spent,
    }
    return _changed(con, one, who, "done", {"minutes": spent}, now_us, **change)


def stop(con: sa.Connection, given: str, why: str, who: str, now_us: int) -> Intervention:
    """End an intervention before its last step, with the reason."""
    return _ended(con, given, "stopped", why, who, now_us)


def skip(con: sa.Connection, given: str, why: str, who: str, now_us: int) -> Intervention:
    """Say that an intervention will not take place, with the reason.

    It stays among the treated: effects are of what was decided, not of what was convenient.
    """
    return _ended(con, given, "skipped", why, who, now_us)


def note(con: sa.Connection, given: str, text: str, who: str, now_us: int) -> Intervention:
    """Write something down."""
    one = find(con, given)
    if not text.strip():
        raise DefinitionError(["a note needs words."])
    _happened(con, one.id, who, "note", {"text": text}, now_us)
    return one


def contacted(con: sa.Connection, given: str, why: str, who: str, now_us: int) -> Intervention:
    """Say that somebody who is held back was contacted all the same.

    They stay held back: effects are of what was decided. How many they were is said beside them.

    Raises
    ------
    DefinitionError
        If they are not held back.
    """
    one = find(con, given)
    if one.arm != HELD_BACK:
        raise DefinitionError([f"{one.id}: {one.customer} is not held back. Write --start."])
    _happened(con, one.id, who, "contacted", {"why": why}, now_us)
    return one


def contaminated(con: sa.Connection) -> frozenset[str]:
    """Give the ids of those who were held back and contacted all the same."""
    return noted(con, "contacted")


def noted(con: sa.Connection, what: str) -> frozenset[str]:
    """Give the ids of interventions to which something ever happened, such as ``landed``."""
    table = INTERVENTION_EVENT.c
    rows = con.execute(sa.select(table.intervention).where(table.what == what))
    return frozenset(row.intervention for row in rows)


def landed(con: sa.Connection, one: str, who: str, now_us: int) -> None:
    """Note that an intervention stands among the touchpoints of its customer."""
    _happened(con, one, who, "landed", {}, now_us)


def _ended(
    con: sa.Connection, given: str, status: Status, why: str, who: str, now_us: int
) -> Intervention:
    if not why.strip():
        raise DefinitionError([f"why was it {status}? Write --why TEXT."])
    one = _allowed(con, given, status)
    minutes = one.minutes if one.started_us is not None else 0
    change = {"status": status, "minutes": minutes}
    return _changed(con, one, who, status, {"why": why}, now_us, **change)


def _allowed(con: sa.Connection, given: str, what: str) -> Intervention:
    one = find(con, given)
    if one.arm == HELD_BACK:
        raise DefinitionError(
            [
                f"{one.id}: {one.customer} is held back, so that it can be told whether "
                f"{one.playbook} helps. If somebody was in touch all the same, write "
                "--contacted --why TEXT."
            ]
        )
    if one.status not in _MAY[what]:
        raise DefinitionError([f"{one.id} is {one.status}: it cannot be {what} any more."])
    return one


def _changed(
    con: sa.Connection,
    one: Intervention,
    who: str,
    what: str,
    told: Mapping[str, Any],
    now_us: int,
    **change: Any,
) -> Intervention:
    if change:
        con.execute(sa.update(INTERVENTION).where(INTERVENTION.c.id == one.id).values(**change))
    _happened(con, one.id, who, what, told, now_us)
    return find(con, one.id)


def _happened(
    con: sa.Connection, one: str, who: str, what: str, told: Mapping[str, Any], now_us: int
) -> None:
    row = {"intervention": one, "time_us": now_us, "who": who, "what": what, "told": dict(told)}
    con.execute(sa.insert(INTERVENTION_EVENT), [row])


def _read(row: sa.Row[Any]) -> Intervention:
    return Intervention(**{name: getattr(row, name) for name in _NAMES})
