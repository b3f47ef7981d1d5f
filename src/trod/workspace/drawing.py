"""The journey map of a workspace: of everyone, or of one segment."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from trod.events.counted import plural
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.journeys.batch import Journeys
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace
    from trod.workspace.picture import Map


def drawn(
    workspace: Workspace, journey: str | None, unit: str | None, segment: str | None
) -> Map:  # fmt: skip
    """Draw the map of a journey; see `Workspace.map`."""
    from trod.insights.compose import journey_map
    from trod.journeys.suggest import suggest
    from trod.workspace.auditing.grading import grade_answers
    from trod.workspace.picture import Map
    from trod.workspace.pointing import pointing

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    workspace.progress.stage("Drawing the map")
    spec = declared or suggest(journeys)
    about = workspace.notes(journeys.unit)
    if segment is not None:
        journeys, spec = narrowed(journeys, spec, segment)
        about = (_only(workspace, journeys, segment), *about)
    data = journey_map(
        journeys,
        spec,
        suggested=declared is None,
        notes=about,
        graded=None if segment is not None else lambda asked: grade_answers(workspace, asked),
        segment=segment or "",
    )
    workspace.progress.done()
    return Map(pointing(workspace, data, journeys), spec, journeys, workspace)


def narrowed(
    journeys: Journeys, spec: JourneySpec, segment: str
) -> tuple[Journeys, JourneySpec]:  # fmt: skip
    """Give the journeys of a segment, and a definition that judges them as it judges everyone.

    The silence that counts as leaving is that of all customers, so that counts of the segments and
    of those in none add up to those of everyone.
    """
    from trod.analyses.predicate import parse
    from trod.journeys.passage import compile_plan
    from trod.journeys.subset import subset

    plan = compile_plan(spec, journeys)
    members = parse(f"segment:{segment}", plan, journeys.vocabulary, journeys.named)
    silence = timedelta(microseconds=plan.left_after_us)
    return subset(journeys, members), spec.model_copy(update={"left_after": silence})


def _only(workspace: Workspace, journeys: Journeys, which: str) -> str:
    """Say whom the map is about."""
    from trod.workspace.lists import NO_SEGMENT, segmentation

    many = plural(journeys.n_customers, units(journeys.unit))
    if which == NO_SEGMENT:
        return f"Only the {many} in no segment: they did too little to be judged."
    found = segmentation(workspace.store)[1]
    named = {one.id: one.name.words for one in found.segments}
    named |= {one.id: f"those who {one.words}" for one in found.rising}
    return f"Only the {many} of segment {which}: {named[which]}."
