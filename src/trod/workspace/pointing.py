"""The map's row of scores: whom they point out in each stage, as of the last day on record."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trod.insights.journey_map import JourneyMap, PointedOut
    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace


def pointing(workspace: Workspace, data: JourneyMap, journeys: Journeys) -> JourneyMap:
    """Lay the scores over a map; older ones than its last day stay away, with a note.

    Only scores that were given are shown: a map never scores anybody by itself.
    """
    from trod.models.outcomes.scoring import end_of_day
    from trod.workspace.score_history import given_scores

    given = given_scores(workspace.store, data.journey, journeys.unit)
    today = end_of_day(journeys.span_us()[1], journeys.zone)
    fresh = [name for name, moment_us in given.items() if moment_us == today]
    notes = data.notes
    if given and len(fresh) < len(given):
        notes = (*notes, "Scores are of an older day: `trod score` gives new ones.")
    stages = tuple(
        replace(stage, pointed_out=_of(workspace, journeys, fresh, stage.name))
        for stage in data.stages
    )
    return replace(data, stages=stages, notes=notes)


def _of(
    workspace: Workspace, journeys: Journeys, names: list[str], stage: str
) -> tuple[PointedOut, ...]:
    """Count whom each score points out in a stage, of the journeys of this map."""
    from trod.analyses.names import encode
    from trod.insights.journey_map import Count, PointedOut
    from trod.journeys.predicate import Among, count
    from trod.workspace.score_history import pointed_out

    found = []
    for name in names:
        scored = pointed_out(workspace.store, name)
        if not scored.sure or stage not in scored.stages:
            continue
        key = f"score:{encode(name)}/{encode(stage)}"
        n = count(Among(key, scored.of(stage)), journeys)
        asked = count(Among(key, scored.asked(stage)), journeys)
        if asked:
            found.append(PointedOut(name, scored.bad, Count(n, key), asked))
    return tuple(found)
