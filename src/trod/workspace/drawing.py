"""The journey map of a workspace: of everyone, or of one segment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from trod.events.counted import plural
from trod.journeys.label import units

if TYPE_CHECKING:
    from trod.insights.changes.chosen import Chosen
    from trod.insights.journey_map import JourneyMap
    from trod.journeys.batch import Journeys
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace
    from trod.workspace.picture import Map


def drawn(
    workspace: Workspace,
    journey: str | None,
    unit: str | None,
    segment: str | None,
    as_of: str | None = None,
    since: str | None = None,
) -> Map:
    """Draw the map of a journey; see `Workspace.map`."""
    from trod.insights.changes.chosen import around
    from trod.journeys.suggest import suggest
    from trod.workspace.picture import Map
    from trod.workspace.pointing import pointing
    from trod.workspace.standing import of_then, read_day, stood

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    about = workspace.notes(journeys.unit)
    if as_of is not None:
        last_us = journeys.span_us()[1]
        journeys = stood(journeys, as_of, declared)
        about = (of_then(as_of, last_us, journeys.zone), *about)
    asked = None if since is None else around(read_day(since), *journeys.span_us(), journeys.zone)
    workspace.progress.stage("Drawing the map")
    spec = declared or suggest(journeys)
    if segment is not None:
        journeys, spec = narrowed(journeys, spec, segment)
        about = (_only(workspace, journeys, segment), *about)
    data = _composed(workspace, journeys, spec, about, declared is None, segment, as_of)
    if asked is not None:
        data = _beside(workspace, data, journeys, spec, asked)
    workspace.progress.done()
    return Map(pointing(workspace, data, journeys), spec, journeys, workspace)


def _composed(
    workspace: Workspace,
    journeys: Journeys,
    spec: JourneySpec,
    about: tuple[str, ...],
    suggested: bool,
    segment: str | None,
    as_of: str | None,
) -> JourneyMap:
    from trod.insights.compose import journey_map
    from trod.workspace.auditing.grading import grade_answers

    made = journey_map(
        journeys,
        spec,
        suggested=suggested,
        notes=about,
        graded=None if segment else lambda asked: grade_answers(workspace, asked, until=as_of),
        segment=segment or "",
    )
    return replace(made, until=as_of) if as_of else made


def _beside(
    workspace: Workspace, data: JourneyMap, journeys: Journeys, spec: JourneySpec, asked: Chosen
) -> JourneyMap:
    """Lay what changed since a day over a map."""
    from trod.insights.lately import since
    from trod.journeys.passage import compile_plan
    from trod.workspace.acting.lapsed import lapses

    plan = compile_plan(spec, journeys).remembering()
    away = lapses(workspace, asked.spans, until=data.until or None)
    more = _options(workspace, journeys, spec)
    return replace(data, since=since(data, journeys, plan, asked, lapses=away, compare=more))


def _options(workspace: Workspace, journeys: Journeys, spec: JourneySpec) -> str | None:
    """Give the options of `trod compare` for the same journey; bare files have no such command."""
    from trod.insights.listing import about

    if workspace.home is not None:
        return None
    first = workspace.project.journey()
    if first is None or (first.name, first.unit) == (spec.name, journeys.unit):
        return "" if first else about(journeys.unit)
    return about(journeys.unit, spec.name)


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
