"""Plays that end by their stop rule: at success, where a key holds, or once known to harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trod._store.state.database import State
    from trod.actions.interventions.intervention import Intervention
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.journeys.batch import JourneyBatch, Journeys
    from trod.journeys.passage import StagePlan
    from trod.workspace.folder import Workspace


def stop_by_rule(workspace: Workspace, state: State, who: str, now_us: int) -> int:
    """Stop every play that is not over and whose rule says so; gives how many.

    Success counts from the decision on, as it does for effects.
    """
    from trod.actions.interventions.register import OPEN, TREATED, listed, stop
    from trod.workspace.acting.busy import known_effects, stopped

    plays = {spec.name: spec for spec in workspace.project.actions.playbooks}
    with state.read() as con:
        open_ = [one for one in listed(con, status=OPEN, arm=TREATED) if one.playbook in plays]
        effects = known_effects(con)
    why: dict[str, str] = {}
    for name in sorted({one.playbook for one in open_}):
        spec, mine = plays[name], [one for one in open_ if one.playbook == name]
        if said := stopped(spec, effects.get(name)):
            why |= {one.id: said for one in mine}
        else:
            why |= _by_data(workspace, spec, mine)
    with state.write() as con:
        for one, said in sorted(why.items()):
            stop(con, one, said, who, now_us)
    return len(why)


def _by_data(
    workspace: Workspace, spec: PlaybookSpec, mine: Sequence[Intervention]
) -> dict[str, str]:
    """Find those who have succeeded since, or for whom a key of the rule holds."""
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(spec.journey)
    journeys = workspace.journeys(declared.unit if declared else None)
    plan = plan_of(workspace, spec.journey, journeys)
    found = _succeeded(spec, journeys, plan, mine) if spec.stop.success else {}
    for key in spec.stop.where:
        there = _listed(key, journeys, plan)
        for one in mine:
            if one.customer in there:
                found.setdefault(one.id, f"{key} holds")
    return found


def _listed(key: str, journeys: Journeys, plan: StagePlan) -> frozenset[str]:
    from trod.analyses.predicate import parse
    from trod.analyses.stall import resolved
    from trod.journeys.predicate import customers

    asked = parse(resolved(key, journeys, plan), plan, journeys.vocabulary, journeys.named)
    return frozenset(customers(asked, journeys))


def _succeeded(
    spec: PlaybookSpec, journeys: Journeys, plan: StagePlan, mine: Sequence[Intervention]
) -> dict[str, str]:
    """Find those with whom it is over: what was aimed for has come, or they have left.

    Money comes in parts, and what is to be averted has no moment: `trod check` says so.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from trod.journeys.passage import NEVER

    success = spec.success
    if not success.has_a_moment:
        return {}
    wanted = pa.array(sorted({one.customer for one in mine}), pa.string())
    when: dict[str, int] = {}
    for batch in journeys:
        rows = np.flatnonzero(pc.is_in(batch.customer, value_set=wanted).to_numpy(False))
        if rows.size:
            names = batch.customer.take(pa.array(rows)).to_pylist()
            moment = _moments(spec, batch, plan)
            when |= dict(zip(names, moment[rows].tolist(), strict=True))
    said = "they have left" if success.ends == "left" else "success"
    return {
        one.id: said
        for one in mine
        if (at := when.get(one.customer, NEVER)) != NEVER and at > one.decided_us
    }


def _moments(spec: PlaybookSpec, batch: JourneyBatch, plan: StagePlan) -> NDArray[np.int64]:
    """Give when it came, (n_customers,), or NEVER; leaving by silence counts from today."""
    import numpy as np

    from trod.actions.playbooks.facts import gone, last_us
    from trod.journeys.passage import DONE, NEVER, passages

    success = spec.success
    if success.touchpoints:
        return last_us(batch, success.touchpoints)
    walked = passages(batch, plan)
    if success.reaches is not None:
        return np.asarray(walked.entered_us[:, plan.stage(success.reaches)])
    if success.ends == "left":
        return np.where(gone(batch, plan), plan.as_of_us, NEVER)
    return np.where(walked.status == DONE, walked.entered_us.max(axis=1), NEVER)
