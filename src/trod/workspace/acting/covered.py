"""Need against contact in a workspace: what shows a need, what meets it, what is not recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trod.errors import DefinitionError, NotEnoughDataError, unknown
from trod.events.counted import count

if TYPE_CHECKING:
    from trod.analyses.coverage.need import Rule
    from trod.insights.coverage.view import CoverageView
    from trod.insights.findings.finding import Finding
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.workspace.auditing.rows import LogSources
    from trod.workspace.folder import Workspace

_MUCH: Final = 20
"""A source that brings one in so many contacts leaves a hole where it is not recorded."""


def covered(
    workspace: Workspace,
    *,
    journey: str | None = None,
    unit: str | None = None,
    by: str | None = None,
) -> CoverageView:
    """Count who needed a person in each stage of a journey, and who met one in time.

    Raises
    ------
    DefinitionError
        If trod.yml names touchpoints under `insights: coverage:` that nobody ever had, or no
        attribute has the name `by`.
    NotEnoughDataError
        If no touchpoint is contact with a person: who is met cannot be told.
    """
    from trod.insights.coverage.view import coverage
    from trod.workspace.auditing.rows import LogSources
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    workspace.progress.stage("Counting needs and contacts")
    needs, contacts = _names(workspace, journeys)
    log = LogSources.of(workspace.store)
    bring = _bring(log, journeys, contacts)
    off, words = _off(workspace, bring, contacts)
    view = coverage(
        journeys,
        plan,
        _rules(workspace, journeys, plan, needs, contacts, off),
        by=by,
        dark=_dark(workspace, log, journeys, bring),
        also_dark=words,
    )
    workspace.progress.done()
    return view


def findings(workspace: Workspace, journey: str | None, unit: str | None) -> tuple[Finding, ...]:
    """Give the gaps in coverage as findings.

    Raises
    ------
    NotEnoughDataError
        If no contact with a person is on record.
    """
    from trod.insights.coverage.found import of_coverage
    from trod.journeys.label import unit_of

    found = covered(workspace, journey=journey, unit=unit)
    return of_coverage(found, unit_of(found.unit))


def _names(
    workspace: Workspace, journeys: Journeys
) -> tuple[tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    """Give the touchpoints that show a need, and those with a person: declared, or by name."""
    from trod import fold
    from trod.insights.answers import Channels
    from trod.insights.coverage.human import told_apart

    spec, known = workspace.project.insights.coverage, journeys.vocabulary.touchpoints
    if wrong := [n for n in (*spec.needs, *spec.contacts) if n not in known]:
        raise DefinitionError(unknown("touchpoint", n, known) for n in wrong)
    channels = fold.run({"it": Channels(journeys.vocabulary)}, journeys)["it"]
    needs, contacts = told_apart(known, channels)
    made = spec.needs or needs, spec.contacts or contacts
    if not made[1]:
        raise NotEnoughDataError(
            "no touchpoint is contact with a person, so who is met cannot be told. Name some under "
            "`insights: coverage: contacts:` in trod.yml, or connect calls and meetings."
        )
    return made


def _rules(
    workspace: Workspace,
    journeys: Journeys,
    plan: StagePlan,
    needs: tuple[str, ...],
    contacts: tuple[str, ...],
    off: tuple[tuple[int, int], ...],
) -> tuple[Rule, ...]:
    from datetime import timedelta

    from trod.analyses.coverage.need import Rule
    from trod.analyses.stall import stall

    within = workspace.project.insights.coverage.within // timedelta(microseconds=1)
    limits = stall(journeys, plan).data.threshold
    return tuple(
        Rule(needs, contacts, within, None if limit is None else limit.stuck_us, off)
        for limit in limits
    )


def _bring(log: LogSources, journeys: Journeys, contacts: tuple[str, ...]) -> frozenset[str]:
    """Name the sources that bring much of the contacts."""
    import numpy as np

    codes = [journeys.vocabulary.touchpoints.index(name) for name in contacts]
    counts = np.zeros(len(log.names), np.int64)
    for batch in journeys:
        mine = np.isin(batch.code, codes)
        counts += np.bincount(log.of_row[batch.row[mine]], minlength=counts.size)
    much = counts * _MUCH >= max(int(counts.sum()), 1)
    return frozenset(name for name, found in zip(log.names, much, strict=True) if found)


def _off(
    workspace: Workspace, bring: frozenset[str], contacts: tuple[str, ...]
) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    """Give the times in which contacts were not recorded, and say so."""
    from trod.workspace.acting.lapsed import of_gap
    from trod.workspace.auditing.kept import gaps_of, volume_of

    found = volume_of(workspace)
    spans: dict[tuple[int, int], str] = {}
    for gap in gaps_of(workspace):
        if gap.paused or gap.source not in bring or gap.touchpoint not in (None, *contacts):
            continue
        lapse = of_gap(found, gap)
        spans[lapse.first_us, lapse.end_us] = f"{lapse.words[:1].upper()}{lapse.words[1:]}."
    return tuple(sorted(spans)), tuple(words for _, words in sorted(spans.items()))


def _dark(
    workspace: Workspace, log: LogSources, journeys: Journeys, bring: frozenset[str]
) -> dict[tuple[str, str], str]:
    """Give the groups whom a source of contacts never shows, though it shows the others."""
    from trod.insights.blind_spots import of_groups

    left_out = {one.name: one.where for one in workspace.project.sources if one.where}
    shown = {name: masks for name, masks in log.shown(journeys).items() if name in bring}
    made: dict[tuple[str, str], str] = {}
    for spot in of_groups(journeys, shown, left_out):
        if spot.group is not None:
            group, value = spot.group
            known = count(spot.customers.n, "account" if journeys.unit == "account" else "customer")
            made[spot.group] = (
                f"{spot.source} of {known} whose {group} is {value} are not recorded: whether"
                " anybody spoke to them is not known."
            )
    return made
