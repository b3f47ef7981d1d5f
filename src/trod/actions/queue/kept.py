"""Plans written down: interventions treated and held back, and all it takes to draw again."""

from __future__ import annotations

import sqlalchemy as sa

from trod.actions.interventions.intervention import Intervention
from trod.actions.interventions.register import decide, listed, name_of
from trod.actions.interventions.tables import INTERVENTION_EVENT
from trod.actions.queue.chance import Draw, winners
from trod.actions.queue.plan import Plan, Row, plan_of
from trod.actions.queue.tables import PLAN
from trod.errors import DefinitionError, StoreError, unknown

_MILLION = 1_000_000


def decisions(con: sa.Connection) -> int:
    """Count what was ever decided or done, to see whether somebody else did so meanwhile."""
    return con.execute(sa.select(sa.func.count()).select_from(INTERVENTION_EVENT)).scalar_one()


def commit(con: sa.Connection, plan: Plan, who: str, now_us: int, *, seen: int) -> int:
    """Write a plan down, with an intervention for everyone treated or held back.

    Parameters
    ----------
    con
        Of `State.write`.
    plan
        By `planned`.
    who, now_us
        Who decided, and when.
    seen
        `decisions` when it was planned.

    Returns
    -------
    int
        New interventions; 0 where the same plan was written before.

    Raises
    ------
    StoreError
        If anything was decided since: hours would be given out twice, and somebody held back by
        the one plan could be seen to by the other.
    """
    if con.execute(sa.select(PLAN.c.id).where(PLAN.c.id == plan.id)).first() is not None:
        return 0
    if decisions(con) != seen:
        raise StoreError(
            "somebody else decided meanwhile. Run it again: it plans with what is left."
        )
    row = {"id": plan.id, "week": plan.week, "made_us": now_us, "who": who, "told": plan.told()}
    con.execute(sa.insert(PLAN), [row])
    return decide(con, interventions(plan, now_us), who, now_us)


def interventions(plan: Plan, now_us: int) -> tuple[Intervention, ...]:
    """Give the interventions of a plan."""
    return tuple(_of(plan, row, now_us) for row in (*plan.treated, *plan.held_back))


def _of(plan: Plan, row: Row, now_us: int) -> Intervention:
    one = row.candidate
    return Intervention(
        id=name_of(plan.id, one.playbook, one.customer),
        playbook=one.playbook,
        journey=plan.journey,
        unit=plan.unit,
        customer=one.customer,
        arm="treated" if row.fate == "treated" else "held back",
        design=row.design,  # type: ignore[arg-type]
        propensity=row.propensity,
        stratum=row.stratum,
        wave=plan.id,
        decided_us=now_us,
        score=one.chance,
        expected=one.value,
        finding=one.finding,
        owner=row.owner,
        due=row.due,
        status="planned",
        minutes=one.minutes,
        cost_micros=round(one.cost * _MILLION),
        why=one.why,
    )


def written(con: sa.Connection, given: str | None = None) -> Plan:
    """Give a plan by the beginning of its id; the last one without.

    Raises
    ------
    DefinitionError
        If no plan has such an id, or none was written down.
    """
    query = sa.select(PLAN).order_by(PLAN.c.made_us.desc(), PLAN.c.id)
    rows = con.execute(query).all()
    if not rows:
        raise DefinitionError(["no plan was written down yet. Run `trod queue --commit`."])
    for row in rows:
        if given is None or row.id.startswith(given):
            return plan_of(row.told)
    raise DefinitionError([unknown("plan", given or "", [row.id for row in rows])])


def spent(con: sa.Connection, week: str) -> dict[str, int]:
    """Give the minutes that plans of a week have taken so far, by person."""
    waves = [row.id for row in con.execute(sa.select(PLAN.c.id).where(PLAN.c.week == week))]
    taken: dict[str, int] = {}
    for wave in waves:
        for one in listed(con, wave=wave, arm="treated"):
            if one.status != "skipped":
                taken[one.owner] = taken.get(one.owner, 0) + one.minutes
    return taken


def audit(con: sa.Connection, plan: Plan) -> tuple[str, ...]:
    """Draw the chance of a plan again, and give what does not agree with what was written.

    Parameters
    ----------
    con
        Of the state.
    plan
        As it was kept.

    Returns
    -------
    tuple of str
        One sentence each; empty where every draw comes out as it was written.
    """
    found = {one.customer: one for one in listed(con, wave=plan.id)}
    wrong = []
    for told in plan.draws:
        draw = Draw(*told)
        won = set(winners(draw, plan.id))
        for name in draw.members:
            arm = "treated" if name in won else "held back"
            one = found.get(name)
            if one is None:
                wrong.append(f"{name} was drawn, and no intervention says so.")
            elif one.arm != arm:
                wrong.append(f"{name} was drawn {arm}, and is written down as {one.arm}.")
            elif abs(one.propensity - draw.propensity) > 1e-12:
                wrong.append(f"{name}: propensity {one.propensity:g}, drawn {draw.propensity:g}.")
    drawn = {name for told in plan.draws for name in told[2]}
    wrong += [
        f"{one.customer} was not drawn, and has propensity {one.propensity:g}."
        for one in found.values()
        if one.drawn and one.customer not in drawn
    ]
    return tuple(sorted(wrong))
