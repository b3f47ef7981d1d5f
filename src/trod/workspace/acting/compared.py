"""Two periods of a workspace beside each other, and the changes as findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from trod.events.counted import count

if TYPE_CHECKING:
    from trod.analyses.changes.measures import Replies
    from trod.insights.changes.change import Comparison
    from trod.insights.changes.chosen import Chosen
    from trod.insights.findings.finding import Finding
    from trod.journeys.batch import Journeys
    from trod.workspace.folder import Workspace
    from trod.workspace.plate import Plate


def compared(
    workspace: Workspace,
    periods: Sequence[str] = (),
    *,
    journey: str | None = None,
    unit: str | None = None,
    by: str | None = None,
) -> Comparison:
    """Compare two periods of a journey.

    Parameters
    ----------
    workspace
        An ingested workspace.
    periods
        Two of them: months as 2026-09, weeks as 2026-W40, days as 2026-09-01..2026-09-15. By
        default the last two complete months.
    journey
        Name of a journey; the first, or the suggested one, by default.
    unit
        "person" or "account"; as the journey declares by default.
    by
        Attribute that changes are split by; the one by which most moved by default.

    Raises
    ------
    DefinitionError
        If a period is none, both overlap, or the attribute is not known.
    NotEnoughDataError
        If there are no two complete months.
    """
    from trod.insights.changes.chosen import chosen
    from trod.insights.changes.compare import compare
    from trod.workspace.acting.lapsed import lapses
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    asked = chosen(periods, *journeys.span_us(), journeys.zone)
    workspace.progress.stage("Comparing")
    found = compare(
        journeys,
        plan_of(workspace, journey, journeys),
        asked,
        by=by,
        lapses=lapses(workspace, asked.spans),
        replies=_replies(workspace, journeys),
        own=workspace.project.actions.queue.contacts,
        notes=_stated_since(workspace, asked),
    )
    workspace.progress.done()
    return found


def findings(workspace: Workspace, journey: str | None, unit: str | None) -> tuple[Finding, ...]:
    """Give the changes of the last two complete months as findings.

    Raises
    ------
    NotEnoughDataError
        If there are no two complete months.
    """
    from trod.insights.changes.found import of_comparison
    from trod.journeys.label import unit_of

    found = compared(workspace, journey=journey, unit=unit)
    return of_comparison(found, unit_of(found.unit))


def figure(workspace: Workspace, found: Comparison, journey: str | None, unit: str | None) -> Plate:
    """Draw the changes."""
    from trod.figures.changes import changes_figure
    from trod.workspace.measured import plan_of
    from trod.workspace.plate import Plate, setting

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    return Plate((changes_figure(found),), setting(journeys, found.journey), journeys, plan)


def _replies(workspace: Workspace, journeys: Journeys) -> tuple[Replies, ...]:
    """Give the declared metrics of answers from 0 to 10 whose touchpoints are on record."""
    from trod.analyses.changes.measures import Replies

    names = journeys.vocabulary.touchpoints
    return tuple(
        Replies(one.name, tuple(names.index(name) for name in one.touchpoints))
        for one in workspace.project.metrics
        if one.kind == "nps" and all(name in names for name in one.touchpoints)
    )


def _stated_since(workspace: Workspace, asked: Chosen) -> tuple[str, ...]:
    """Say how many statements about who is who were made after the later period."""
    from trod.identity.statements import read

    n = sum(one.at_us >= asked.spans.end_us[-1] for one in read(workspace.store))
    if not n:
        return ()
    said = count(n, "statement")
    return (f"{said} about who is who came later. Both periods are counted by who is who today.",)
