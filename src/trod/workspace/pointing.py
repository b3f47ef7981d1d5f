"""The map's row of scores: whom they point out in each stage, as of the last day on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trod.insights.journey_map import JourneyMap, PointedOut
    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace
    from trod.workspace.score_history import Pointed


def pointing(workspace: Workspace, data: JourneyMap, journeys: Journeys) -> JourneyMap:
    """Lay the scores over a map; those of another day than its last stay away, with a note.

    Only scores that were given are shown: a map never scores anybody by itself.
    """
    from trod.models.outcomes.scoring import end_of_day
    from trod.workspace.score_history import given_scores, pointed_out

    given = given_scores(workspace.store, data.journey, journeys.unit)
    today = end_of_day(journeys.span_us()[1], journeys.zone)
    fresh = [name for name, moment_us in given.items() if moment_us == today]
    notes = data.notes
    if given and len(fresh) < len(given) and not data.until:
        notes = (*notes, "Scores are of an older day: `trod score` gives new ones.")
    scored = [pointed_out(workspace.store, name) for name in fresh]
    stages = tuple(
        replace(stage, pointed_out=_of(journeys, scored, stage.name)) for stage in data.stages
    )
    return replace(data, stages=stages, notes=notes)


def _of(journeys: Journeys, scored: Sequence[Pointed], stage: str) -> tuple[PointedOut, ...]:
    """Count whom each score points out in a stage, of the journeys of this map."""
    from trod.analyses.names import encode
    from trod.insights.journey_map import Count, PointedOut
    from trod.journeys.predicate import Among, count

    found = []
    for each in scored:
        if not each.sure or stage not in each.stages:
            continue
        key = f"score:{encode(each.outcome)}/{encode(stage)}"
        asked = each.asked(stage)
        if n_asked := count(Among(key, asked), journeys) if len(asked) else 0:
            n = count(Among(key, each.of(stage)), journeys)
            found.append(PointedOut(each.outcome, each.bad, Count(n, key), n_asked))
    return tuple(found)
