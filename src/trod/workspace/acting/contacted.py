"""What a company does by itself, set apart from what its customers do, before plays are judged."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from trod.events.counted import count
from trod.workspace.acting.interventions import TOUCHPOINT

if TYPE_CHECKING:
    from trod.actions.interventions.intervention import Intervention
    from trod.actions.playbooks.spec import SuccessSpec
    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace


def ours(workspace: Workspace, plays: Collection[str]) -> frozenset[str]:
    """Give the touchpoints that the company brings about: plays, contacts, draws of other tools.

    Those of every play, on both sides: who was held back from one may be called in another.
    """
    landed = {TOUCHPOINT.format(playbook=name) for name in plays}
    drawn = {trial.touchpoint for trial in workspace.project.outcomes.trials}
    return frozenset(landed | drawn | set(workspace.project.actions.queue.contacts))


def as_known_now(
    workspace: Workspace, journeys: Journeys, chosen: Sequence[Intervention]
) -> list[Intervention]:
    """Give interventions by the ids that their people have now.

    Who was found to be the same as somebody else since the decision may go by another id. Leaving
    them out would leave out those most who come back and log in: more of one side than the other.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if journeys.unit != "person":
        return list(chosen)
    gone = pa.array(sorted({one.customer for one in chosen}), pa.string())
    for batch in journeys:
        gone = gone.filter(pc.invert(pc.is_in(gone, value_set=batch.customer)))
    if not len(gone):
        return list(chosen)
    directory = workspace.who()
    now = {name: directory.person(name) or name for name in gone.to_pylist()}
    return [replace(one, customer=now.get(one.customer, one.customer)) for one in chosen]


def caveats(
    workspace: Workspace,
    success: SuccessSpec,
    compared: Sequence[Intervention],
    contaminated: Collection[str],
) -> tuple[str, ...]:
    """Say what contacts do to a comparison."""
    said = []
    if n := sum(one.id in contaminated for one in compared):
        said.append(
            f"{count(n, 'customer')} held back had contact all the same and still count as held "
            "back, which draws the effect towards nothing."
        )
    if success.ends == "left" and not workspace.project.actions.queue.contacts:
        said.append(
            "Contacts that your people record end a silence like a customer's own touchpoints; "
            "`contacts` of `actions: queue:` in trod.yml names those that must not."
        )
    return tuple(said)
