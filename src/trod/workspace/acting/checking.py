"""Playbooks of a project held against its data: what `trod check` says of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trod.actions.playbooks.spec import PlaybookSpec
    from trod.journeys.finding import Finding
    from trod.project import Project
    from trod.workspace.folder import Workspace


def checked(project: Project, workspace: Workspace | None) -> Iterator[tuple[str, Finding]]:
    """Check every playbook, and what is said of all of them.

    Yields
    ------
    tuple
        Name of the playbook, empty for what concerns all, and what was found.
    """
    from trod.actions.playbooks.check import check, check_queue
    from trod.errors import unknown
    from trod.journeys.finding import Finding
    from trod.workspace.acting.interventions import SOURCE

    if any(source.name == SOURCE for source in project.sources):
        text = f"source {SOURCE!r} is what plays are read in by. Give it another name."
        yield "", Finding("error", "sources", text)
    journeys = [spec.name for spec in project.journeys]
    for spec in project.actions.playbooks:
        if spec.journey is not None and spec.journey not in journeys:
            yield spec.name, Finding("error", "journey", unknown("journey", spec.journey, journeys))
            continue
        known = _known(project, spec, workspace)
        for each in check(spec, known):
            yield spec.name, each
    if workspace is not None and project.actions.playbooks:
        unit = project.journey()
        for each in check_queue(project.actions, workspace.journeys(unit.unit if unit else None)):
            yield "", each


def _known(project: Project, spec: PlaybookSpec, workspace: Workspace | None):  # type: ignore[no-untyped-def]
    from trod.actions.playbooks.check import Known
    from trod.models.outcomes.outcome import declared
    from trod.workspace.measured import plan_of

    outcomes = tuple(each.name for each in declared(project.models.outcomes))
    people = project.actions.people
    if workspace is None:
        return Known(outcomes, people, None, None)
    journey = project.journey(spec.journey)
    journeys = workspace.journeys(journey.unit if journey else None)
    return Known(outcomes, people, journeys, plan_of(workspace, spec.journey, journeys))
