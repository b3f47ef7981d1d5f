"""The segments of a workspace, as they were found at the last fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from trod.errors import DefinitionError, unknown
from trod.workspace.lists import segmentation

if TYPE_CHECKING:
    from trod.insights.segments_view import Contrast, SegmentRow, SegmentsView
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate


class Compared(NamedTuple):
    """Two segments side by side."""

    a: SegmentRow
    b: SegmentRow
    rows: tuple[Contrast, ...]


def segments(workspace: Workspace, journey: str | None = None) -> tuple[SegmentsView, Plate]:
    """Tell the segments of the last fit, counted on the journeys as they are, and draw them.

    Members are those of the fit; stages and ends are those of today.

    Raises
    ------
    NotEnoughDataError
        If segments were never looked for, or there was too little to look at.
    """
    from trod.figures.segments import segments_figure
    from trod.insights.segments_view import segments_view
    from trod.workspace.measured import plan_of
    from trod.workspace.plate import Plate, setting

    card, found = segmentation(workspace.store)
    journeys = workspace.journeys(card.unit)
    plan = plan_of(workspace, journey, journeys)
    view = segments_view(journeys, plan, card, found)
    figure = segments_figure(view)
    return view, Plate((figure,), setting(journeys, plan.journey), journeys, plan)


def compared(view: SegmentsView, one: str, other: str) -> Compared:
    """Put two segments side by side; ``all`` stands for everyone.

    Raises
    ------
    DefinitionError
        If there is no such segment.
    """
    from trod.insights.segments_view import EVERYONE, contrasts

    rows = {row.id: row for row in view.segments} | {EVERYONE: view.everyone}
    if wrong := [name for name in (one, other) if name not in rows]:
        raise DefinitionError(unknown("segment", name, list(rows)) for name in wrong)
    return Compared(rows[one], rows[other], contrasts(rows[one], rows[other]))
