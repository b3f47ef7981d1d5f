"""Grades of the stages of a journey, from gaps, quarantine and rows of nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trod.events.gaps import Gap
from trod.insights.answers import Answers
from trod.insights.completeness import StageGrade, grades
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.workspace.auditing.kept import kept_gaps
from trod.workspace.auditing.rows import LogSources
from trod.workspace.auditing.sources import held

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace


def grade_answers(
    workspace: Workspace, asked: Answers, *, until: str | None = None
) -> tuple[StageGrade, ...]:
    """Grade the stages of a journey that was asked about; `until` a day by what came by then."""
    if until is not None:
        return _graded_then(workspace, asked, until)
    log = LogSources.of(workspace.store)
    found = kept_gaps(workspace.store, workspace.zone)
    journeys = asked.journeys
    people = journeys if journeys.unit == "person" else named(workspace)
    return graded(journeys, asked.plan, log, found, held(workspace.store), log.nobodys(people))


def _graded_then(workspace: Workspace, asked: Answers, until: str) -> tuple[StageGrade, ...]:
    """Grade by rows up to a day; rows in quarantine have no day and count in proportion."""
    from trod.events.gaps import gaps
    from trod.events.volume import volume
    from trod.journeys.until import until as cut
    from trod.workspace.measured import midnight

    log = LogSources.of(workspace.store)
    found = volume(workspace.store, zone=workspace.zone).until(date.fromisoformat(until))
    rows = np.array([found.of_source(name).sum() for name in log.names], np.int64)
    people = asked.journeys
    if people.unit != "person":
        people = cut(named(workspace), midnight(until, people.zone, after=1) - 1)
    then = replace(log, rows=rows)
    whole = dict(zip(log.names, log.rows.tolist(), strict=True))
    part = dict(zip(log.names, rows.tolist(), strict=True))
    quarantined = {
        name: n * part.get(name, 0) // max(whole.get(name, 0), 1)
        for name, n in held(workspace.store).items()
    }
    nobodys = np.maximum(then.nobodys(people), 0)
    return graded(asked.journeys, asked.plan, then, gaps(found), quarantined, nobodys)


def named(workspace: Workspace) -> Journeys:
    """Give the journeys of whom touchpoints name: of persons, of accounts where of nobody else."""
    people = workspace.journeys("person")
    return people if people.n_customers else workspace.journeys()


def graded(
    journeys: Journeys,
    plan: StagePlan,
    log: LogSources,
    gaps: Sequence[Gap],
    quarantined: Mapping[str, int],
    nobodys: NDArray[np.int64],
) -> tuple[StageGrade, ...]:
    """Grade the stages of a journey.

    Parameters
    ----------
    journeys, plan
        The journeys, and the definition whose stages are graded.
    log
        Which source each row came from.
    gaps
        What was silent. What never came back, or paused for a season, may have been switched off
        on purpose: it is a remark of the audit, and lowers no grade.
    quarantined
        Rows in quarantine by source.
    nobodys
        Rows of each source that lead to nobody, shape (n_sources,).
    """
    counts = log.by_stage(journeys, plan)
    unseen = np.zeros(plan.n_stages, np.int64)
    for gap in gaps:
        if gap.lost and gap.source in log.names:
            unseen += _spread(counts, journeys, log, gap)
    lost = np.array([quarantined.get(name, 0) for name in log.names], np.int64)
    inside = counts[:-1].sum(axis=2)
    # Rows outside of all stages take their share of what is missing.
    share = inside.sum(axis=0), np.maximum(counts.sum(axis=(0, 2)), 1)
    lost, theirs = (n * share[0] // share[1] for n in (lost, nobodys))
    return grades(plan.stages, inside, unseen, lost, theirs)


def _spread(
    counts: NDArray[np.int64], journeys: Journeys, log: LogSources, gap: Gap
) -> NDArray[np.int64]:
    """Spread the rows that a gap kept away over the stages, as the rows of its kind are."""
    mine = counts[:, log.names.index(gap.source)]
    if gap.touchpoint is not None:
        code = journeys.vocabulary.touchpoint(gap.touchpoint)
        if code is None:
            return np.zeros(len(counts) - 1, np.int64)
        mine = mine[:, [code]]
    by_stage = mine.sum(axis=1)
    spread: NDArray[np.int64] = gap.expected * by_stage[:-1] // max(int(by_stage.sum()), 1)
    return spread
