"""Names under `models: outcomes:` held against stages and touchpoints, as fitting does it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.models.outcomes.spec import OutcomeSpec
    from trod.workspace.folder import Workspace


def unknown_in_outcomes(workspace: Workspace) -> Iterator[tuple[int, str]]:
    """Say which outcomes name stages or touchpoints that are not known.

    An outcome is of one journey: where it fits any that is declared, it is right.

    Yields
    ------
    tuple
        Place of the outcome in the list, and what is wrong with it.
    """
    journeys: list[str | None] = [spec.name for spec in workspace.project.journeys]
    for at, spec in enumerate(workspace.project.models.outcomes):
        wrong = [_wrong(workspace, spec, journey) for journey in journeys or [None]]
        if all(wrong):
            yield from ((at, text) for text in wrong[0])


def _wrong(workspace: Workspace, spec: OutcomeSpec, journey: str | None) -> tuple[str, ...]:
    from trod.models.outcomes.outcome import outcome
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(declared.unit if declared else None)
    try:
        outcome(spec, plan_of(workspace, journey, journeys), journeys.vocabulary)
    except DefinitionError as problem:
        return tuple(each.removeprefix("models.outcomes: ") for each in problem.problems)
    return ()
