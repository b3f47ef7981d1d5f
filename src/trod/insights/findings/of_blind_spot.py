"""Blind spots as findings: what customers do that is not recorded."""

from __future__ import annotations

from collections.abc import Sequence

from trod.insights.blind_spots import BlindSpot
from trod.insights.claims import Figure, claim, counted
from trod.insights.findings.finding import Finding
from trod.insights.journey_map import Fact
from trod.insights.wording import money


def of_blind_spots(
    spots: Sequence[BlindSpot], *, as_of: str, currency: str | None
) -> tuple[Finding, ...]:
    """Make findings of gaps in tracking and of groups that a source never shows.

    A gap is about what fell silent and the day on which it did: the next one of the same source
    has another cause and another mending. A group is about source, attribute and value.
    """
    return tuple(_finding(each, as_of, currency) for each in spots)


def _finding(spot: BlindSpot, as_of: str, currency: str | None) -> Finding:
    statement, facts = _group(spot) if spot.group else _gap(spot)
    worth = money(spot.value_micros, currency)
    return Finding(
        kind="blind spot",
        about=_about(spot),
        journey="",
        unit="person",
        title=f"Not recorded: {spot.what if spot.group or spot.touchpoint else spot.source}",
        statement=f"{statement} They have {worth} on record." if spot.value_micros else statement,
        facts=(*facts, Fact("money", worth)),
        population=spot.customers,
        evidence="Observed",
        grade="moderate",
        cause="The export may have stopped, or may leave them out. It says nothing of customers."
        if spot.group is None
        else "The source may not reach them, or their ids may be lost on the way.",
        recommendation="Ask who runs the source whether these rows exist, and read them in."
        if spot.group is None
        else "Ask who runs the source whether it reaches them; until then compare nothing by it.",
        lever="",
        measure="Rows of this source on these days, or of these customers.",
        impact=None,
        since=spot.first_day,
        as_of=as_of,
        contrast="all",
    )


def _about(spot: BlindSpot) -> str:
    if spot.group is not None:
        return "\x1e".join((spot.source, *spot.group))
    return "\x1e".join((spot.source, spot.touchpoint or "", spot.first_day or ""))


def _gap(spot: BlindSpot) -> tuple[str, tuple[Fact, ...]]:
    figures = {
        "first": Figure(spot.first_day or ""),
        "last": Figure(spot.last_day or ""),
        "missing": Figure(f"{spot.missing:,}"),
        "customers": counted(spot.customers.n, spot.customers.key),
    }
    said = claim(
        "No row of {what} from {first} to {last}, where the weeks around it bring {missing}. "
        "{customers} customers were seen elsewhere meanwhile.",
        figures,
        what=spot.what if spot.touchpoint else spot.source,
    )
    return said.text, said.facts


def _group(spot: BlindSpot) -> tuple[str, tuple[Fact, ...]]:
    """Say it of a group; no key lists customers by an attribute, so its figures have none."""
    figures = {
        "customers": Figure(f"{spot.customers.n:,}"),
        "missing": Figure(f"{spot.missing:,}"),
    }
    said = claim(
        "{customers} customers, and hardly any shows in {source}; about {missing} would be usual.",
        figures,
        source=spot.source,
    )
    return said.text, said.facts
