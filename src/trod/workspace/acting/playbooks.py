"""Playbooks of a workspace: whom they fit today, and their messages filled in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trod.errors import DataError, of_name

if TYPE_CHECKING:
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.actions.queue.plan import Candidate
    from trod.workspace.acting.candidates import Weighed
    from trod.workspace.folder import Workspace


@dataclass(frozen=True, slots=True)
class Written:
    """One step of a playbook, for one customer."""

    do: str
    after_days: float
    channel: str
    words: str  # the message; "" where the step has none


def listed(workspace: Workspace, *, now_us: int) -> tuple[Weighed, ...]:
    """Weigh every playbook: whom it fits, whom it does not, and why.

    Raises
    ------
    DefinitionError
        If there is none.
    """
    from trod.workspace.acting.candidates import weighed

    people = {person.name: person.team for person in workspace.project.actions.people}
    with workspace.state() as state:
        return weighed(workspace, state, now_us, people)


def one(workspace: Workspace, name: str) -> PlaybookSpec:
    """Give a playbook by name.

    Raises
    ------
    DefinitionError
        If there is none of this name.
    """
    return of_name("playbook", name, workspace.project.actions.playbooks)


def preview(workspace: Workspace, name: str, customer: str, *, now_us: int) -> tuple[Written, ...]:
    """Fill in the messages of a playbook for one customer.

    Raises
    ------
    DataError
        If nobody has this id, or they never entered the journey.
    NotEnoughDataError
        If a merge field is not known of them.
    """
    from trod.actions.playbooks.merge import render

    spec = one(workspace, name)
    values = _values(workspace, spec, customer, now_us)
    return tuple(
        Written(
            step.do,
            step.after.total_seconds() / 86_400,
            step.channel or "",
            "" if step.template is None else render(step.template, values, customer),
        )
        for step in spec.steps
    )


def _values(
    workspace: Workspace, spec: PlaybookSpec, customer: str, now_us: int
) -> dict[str, str | None]:
    """Give what merge fields stand for."""
    from datetime import timedelta

    from trod.actions.playbooks.facts import facts
    from trod.analyses.stall import stall
    from trod.insights.wording import in_money
    from trod.workspace.acting.queue import today_of
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(spec.journey)
    journeys = workspace.journeys(declared.unit if declared else None)
    plan = plan_of(workspace, spec.journey, journeys)
    renews = workspace.project.actions.queue.renews
    found = facts(
        journeys,
        plan,
        [customer],
        renews=renews.touchpoints if renews else (),
        term_days=renews.every.days if renews else 0,
    )
    if customer not in found:
        raise DataError(f"nobody with the id {customer!r} has entered {plan.journey}.")
    about = found[customer]
    limit = stall(journeys, plan).data.threshold[plan.stage(about.stage)]
    beyond = None if limit is None else about.days - limit.stuck_us // 86_400_000_000
    made = _candidate(workspace, spec, customer, now_us)
    renewal = about.renews_in
    due = today_of(workspace, now_us) + timedelta(
        days=made.due_days if made else spec.deadline.days
    )
    worth = made.at_stake if made else None
    values = {
        "customer": customer,
        "stage": about.stage,
        "days": str(about.days),
        "days_stuck": str(beyond) if beyond is not None and beyond > 0 else None,
        "reason": made.why if made else None,
        "chance": None if made is None or made.chance is None else f"{100 * made.chance:.0f}%",
        "value": None if worth is None else in_money(worth, journeys.currency),
        "renews_in": str(renewal) if renewal is not None and renewal >= 0 else None,
        "last_touchpoint": about.last_touchpoint,
        "owner": _owner(spec, made),
        "due": due.isoformat(),
        "playbook": spec.name,
    }
    return {**values, **_attributes(workspace, spec, customer)}


def _owner(spec: PlaybookSpec, made: Candidate | None) -> str | None:
    if made is not None and made.owners:
        return made.owners[0]
    return spec.owner if spec.by_attribute is None else None


def _candidate(
    workspace: Workspace, spec: PlaybookSpec, customer: str, now_us: int
) -> Candidate | None:
    for each in listed(workspace, now_us=now_us):
        if each.spec.name == spec.name:
            return next((c for c in each.candidates if c.customer == customer), None)
    return None


def _attributes(workspace: Workspace, spec: PlaybookSpec, customer: str) -> dict[str, str | None]:
    """Give the attributes that templates name."""
    from trod.actions.playbooks.merge import attributes
    from trod.workspace.acting.candidates import attribute_of

    names = {name for step in spec.steps for name in attributes(step.template or "")}
    if not names:
        return {}
    declared = workspace.project.journey(spec.journey)
    journeys = workspace.journeys(declared.unit if declared else None)
    return {f"attribute:{n}": attribute_of(journeys, n).get(customer) for n in sorted(names)}
