"""Everything that looks for findings, in one place: a line here adds a sort."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DataError, NotEnoughDataError

if TYPE_CHECKING:
    from trod.insights.findings.finding import Finding, Kind
    from trod.insights.findings.register import Looked
    from trod.workspace.acting.about import About
    from trod.workspace.folder import Workspace

Find = Callable[["Workspace", "About"], "tuple[Finding, ...]"]
"""Takes a workspace and the journey that is looked at; raises `NotEnoughDataError` where it cannot
tell yet."""


class Gatherer(NamedTuple):
    """What looks for one or more sorts of findings."""

    what: str  # in words, for people
    kinds: tuple[Kind, ...]
    find: Find
    of_a_journey: bool = True  # its findings name the journey; else they belong to none


class Gathered(NamedTuple):
    """What was found, what was looked for, and what could not be."""

    found: tuple[Finding, ...]
    looked: tuple[Looked, ...]
    not_looked: tuple[tuple[str, str], ...]  # what, and why not


def frictions(workspace: Workspace, on: About) -> tuple[Finding, ...]:
    """Find where customers are lost, as the map does."""
    from trod.insights.answers import ask
    from trod.insights.findings.of_friction import of_frictions
    from trod.insights.friction import frictions as found
    from trod.insights.slowness import slowness
    from trod.workspace.auditing.grading import grade_answers

    asked = ask(on.journeys, on.spec, on.plan)
    return of_frictions(asked, found(asked, grade_answers(workspace, asked)) or slowness(asked))


def early_warnings(_workspace: Workspace, on: About) -> tuple[Finding, ...]:
    """Find signs before customers leave or grow, as `trod signals` does."""
    from trod.insights.early_warnings import early_warnings as found
    from trod.insights.findings.of_early_warning import of_early_warnings

    return of_early_warnings(found(on.journeys, on.plan, ignore=on.spec.ignore))


def emerging(workspace: Workspace, on: About) -> tuple[Finding, ...]:
    """Tell what is new among newcomers, as the last `trod fit segments` found it."""
    from trod.insights.findings.of_segment import of_emerging
    from trod.insights.wording import day
    from trod.workspace.lists import segmentation

    card, found = segmentation(workspace.store)
    if card.unit != on.unit:
        raise NotEnoughDataError(
            f"segments are of {card.unit}s. Run `trod fit segments` for these."
        )
    return of_emerging(
        found.rising,
        journey=on.spec.name,
        unit=on.unit,
        as_of=day(on.plan.as_of_us, on.journeys.zone),
        month=lambda label: _newcomers_of(on, label),
        counted_by=lambda key: _count(on, key),
    )


def _newcomers_of(on: About, label: str) -> str:
    """Give the key of the newcomers of a month."""
    from trod.analyses.periods import periods_of
    from trod.analyses.retention import EnteredBetween

    months = periods_of(on.journeys, "month")
    start, end = months.bounds(months.label.index(label))
    return EnteredBetween(start, end, None, None).key


def _count(on: About, key: str) -> int:
    from trod.insights.claims import recounted

    return recounted([key], on.journeys, on.plan)[key]


def blind_spots(workspace: Workspace, _on: About) -> tuple[Finding, ...]:
    """Find what is not recorded, as `trod audit` does."""
    from trod.insights.findings.of_blind_spot import of_blind_spots
    from trod.insights.wording import day
    from trod.workspace.auditing.audit import blind_spots as found
    from trod.workspace.auditing.grading import named

    people = named(workspace)
    as_of = day(people.span_us()[1], people.zone)
    return of_blind_spots(found(workspace), as_of=as_of, currency=people.currency)


def anomalies(workspace: Workspace, on: About) -> tuple[Finding, ...]:
    """Give the alerts that last, as `trod watch` opened them."""
    from trod.workspace.acting.watched import findings

    return findings(workspace, on.named, on.unit)


def changes(workspace: Workspace, on: About) -> tuple[Finding, ...]:
    """Find what changed between the last two complete months, as `trod compare` does."""
    from trod.workspace.acting.compared import findings

    return findings(workspace, on.named, on.unit)


def coverage_gaps(workspace: Workspace, on: About) -> tuple[Finding, ...]:
    """Find where customers in need meet nobody, as `trod coverage` does."""
    from trod.workspace.acting.covered import findings

    return findings(workspace, on.named, on.unit)


GATHERERS: Final[tuple[Gatherer, ...]] = (
    Gatherer("frictions", ("friction",), frictions),
    Gatherer("early warnings", ("early warning",), early_warnings),
    Gatherer("new segments", ("emerging segment",), emerging),
    Gatherer("alerts", ("anomaly",), anomalies),
    Gatherer("changes", ("change",), changes),
    Gatherer("coverage gaps", ("coverage gap",), coverage_gaps),
    Gatherer("blind spots", ("blind spot",), blind_spots, of_a_journey=False),
)


def gathered(workspace: Workspace, on: About) -> Gathered:
    """Look for everything; what cannot be told yet is named with the reason."""
    from trod.insights.findings.register import Looked

    found: list[Finding] = []
    looked: list[Looked] = []
    not_looked: list[tuple[str, str]] = []
    for each in GATHERERS:
        workspace.progress.stage(f"Looking for {each.what}")
        about = (on.spec.name, on.unit) if each.of_a_journey else ("", "person")
        try:
            found += each.find(workspace, on)
        except (NotEnoughDataError, DataError) as why:
            not_looked.append((each.what, str(why)))
        else:
            looked += [Looked(kind, *about) for kind in each.kinds]
    workspace.progress.done()
    return Gathered(tuple(found), tuple(looked), tuple(not_looked))
