"""Interventions of a workspace: looked at, moved on, and put among the touchpoints once done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, get_args

if TYPE_CHECKING:
    import sqlalchemy as sa

    from trod._store.state.database import State
    from trod.actions.interventions.intervention import Intervention
    from trod.actions.interventions.register import Event
    from trod.workspace.folder import Workspace

SOURCE: Final = "trod"
"""Name of the source that interventions come from; no source of trod.yml may have it."""
TOUCHPOINT: Final = "{playbook} (play)"
"""Name of the touchpoint that an intervention becomes once it is done."""
_LANDED: Final = "landed"


class Told(NamedTuple):
    """One intervention with its history."""

    one: Intervention
    history: tuple[Event, ...]


def listed(
    workspace: Workspace,
    *,
    owner: str | None = None,
    playbook: str | None = None,
    status: str | None = None,
    customer: str | None = None,
) -> tuple[Intervention, ...]:
    """List interventions, the latest decided first.

    Those held back have a status of their own here: asked for what is planned, nobody gets the
    names of customers whom nobody should contact.

    Raises
    ------
    DefinitionError
        If there is no such status, person or playbook, not even in the past.
    """
    from trod.actions.interventions.intervention import Status
    from trod.actions.interventions.register import HELD_BACK, TREATED
    from trod.actions.interventions.register import listed as of_state
    from trod.errors import DefinitionError, unknown

    known = (*get_args(Status), HELD_BACK)
    if status is not None and status not in known:
        raise DefinitionError([unknown("state", status, known)])
    held = status == HELD_BACK
    with workspace.state() as state, state.read() as con:
        found = of_state(
            con,
            owner=owner,
            playbook=playbook,
            status=() if status is None or held else (status,),
            arm=None if status is None else HELD_BACK if held else TREATED,
            customer=customer,
        )
        every = found or of_state(con)
    actions = workspace.project.actions
    people = {person.name for person in actions.people} | {each.owner for each in every}
    plays = {spec.name for spec in actions.playbooks} | {each.playbook for each in every}
    asked = (("person", owner, people), ("playbook", playbook, plays))
    wrong = [unknown(what, n, sorted(k)) for what, n, k in asked if n is not None and n not in k]
    if wrong:
        raise DefinitionError(wrong)
    return found


def told(workspace: Workspace, given: str) -> Told:
    """Give an intervention with everything that happened to it.

    Raises
    ------
    DefinitionError
        If no id begins so.
    """
    from trod.actions.interventions.register import find, history

    with workspace.state() as state, state.read() as con:
        one = find(con, given)
        return Told(one, history(con, one.id))


def changed(
    workspace: Workspace, change: Callable[[sa.Connection], Intervention], now_us: int
) -> tuple[Told, int]:
    """Change an intervention by a function of the register; then put what is done in the log.

    Returns
    -------
    tuple
        The intervention, and how many came among the touchpoints with it.
    """
    from trod.actions.interventions.register import find, history

    with workspace.state() as state:
        with state.write() as con:
            one = change(con)
        n = land(workspace, state, now_us)
        with state.read() as con:
            return Told(find(con, one.id), history(con, one.id)), n


def step_of(workspace: Workspace, given: str, step: int) -> str:
    """Give the words of a step of the playbook of an intervention.

    Raises
    ------
    DefinitionError
        If its playbook has no such step.
    """
    from trod.errors import DefinitionError

    one = told(workspace, given).one
    specs = {spec.name: spec for spec in workspace.project.actions.playbooks}
    steps = specs[one.playbook].steps if one.playbook in specs else ()
    if not 0 < step <= len(steps):
        has = f"{len(steps)} step{'' if len(steps) == 1 else 's'}"
        raise DefinitionError([f"{one.playbook} has {has}: there is no step {step}."])
    return steps[step - 1].do


def land(workspace: Workspace, state: State, now_us: int) -> int:
    """Put interventions that are done among the touchpoints of their customers, each once.

    Only those of days that the record has reached: one of today would move the day that the data
    are as of, and make everybody look silent who has not been read in since.

    Returns
    -------
    int
        How many came to the log.
    """
    from trod.actions.interventions.register import landed, listed, noted

    if not workspace.store.manifest.of("touchpoints"):
        return 0
    with state.read() as con:
        done = listed(con, status=("done",))
        before = noted(con, _LANDED)
    new = [one for one in done if one.id not in before]
    if not new:
        return 0
    ready: list[Intervention] = []
    for unit in sorted({one.unit for one in new}):
        last = workspace.journeys(unit).span_us()[1]
        ready += [one for one in new if one.unit == unit and (one.done_us or 0) <= last]
    if not ready:
        return 0
    for unit in sorted({one.unit for one in ready}):
        _stored(workspace, [one for one in ready if one.unit == unit], unit)
    workspace.put_in_order()
    with state.write() as con:
        for one in ready:
            landed(con, one.id, SOURCE, now_us)
    return len(ready)


def land_done(workspace: Workspace, now_us: int) -> int:
    """Put what is done among the touchpoints, as `land`, where there are playbooks at all."""
    if not workspace.project.actions.playbooks:
        return 0
    with workspace.state() as state:
        return land(workspace, state, now_us)


def _stored(workspace: Workspace, some: Sequence[Intervention], unit: str) -> None:
    """Read interventions in like the rows of any source; their id makes repeats recognisable."""
    from trod.events.mapping import rows_delivered
    from trod.events.opened import File
    from trod.events.spec import SourceSpec
    from trod.workspace import ingesting

    kinds = _kinds(workspace, some, unit)
    for kind in sorted(set(kinds.values())):
        rows = [
            {
                kind: one.customer.removeprefix(f"{kind}:"),
                "id": one.id,
                "time": (one.done_us or 0) / 1e6,
                "touchpoint": TOUCHPOINT.format(playbook=one.playbook),
            }
            for one in some
            if kinds[one.customer] == kind
        ]
        spec = SourceSpec.model_validate(_source(kind))
        root = workspace.project.root
        offered = rows_delivered(spec, rows, File(root, root, workspace.zone, workspace.rules))
        ingesting.store(workspace, offered)


def _source(kind: str) -> dict[str, Any]:
    """Say how rows of interventions are read: by an id of one kind."""
    whose = {kind: kind} if kind in {"customer", "account"} else {"ids": {kind: kind}}
    return {
        **whose,
        "name": SOURCE,
        "rows": True,
        "message_id": "id",
        "time": {"column": "time", "unit": "s"},
        "touchpoint": "touchpoint",
        "channel": {"constant": "play"},
        "mood": False,
    }


def _kinds(workspace: Workspace, some: Sequence[Intervention], unit: str) -> dict[str, str]:
    """Say of which kind the canonical id of each customer is."""
    if unit == "account":
        return {one.customer: "account" for one in some}
    directory = workspace.who()
    found = {}
    for one in some:
        ids = directory.ids_of(one.customer)
        kinds = [kind for kind, value in ids if one.customer in (value, f"{kind}:{value}")]
        found[one.customer] = kinds[0] if kinds else "customer"
    return found
