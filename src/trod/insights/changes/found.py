"""Changes as findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from trod.insights.changes.change import Change, Comparison
from trod.insights.findings.finding import Finding
from trod.insights.journey_map import Fact

_STRONG: Final = 0.001


def of_comparison(found: Comparison, unit: str) -> tuple[Finding, ...]:
    """Make a finding of each of the changes that are told."""
    return tuple(_finding(found, one, unit) for one in found.changes)


def _finding(found: Comparison, one: Change, unit: str) -> Finding:
    return Finding(
        kind="change",
        about=one.about,
        journey=found.journey,
        unit=unit,
        title=one.title,
        statement=one.statement,
        facts=one.facts,
        wholes=_wholes(one.facts),
        population=one.population,
        evidence="Observed",
        grade="moderate" if one.p <= _STRONG else "weak",
        cause=one.cause,
        recommendation="",
        lever="",
        measure=f"The same figure next {found.grain}, by `trod compare`.",
        impact=None,
        stage=one.stage,
        as_of=found.as_of,
    )


def _wholes(facts: Sequence[Fact]) -> tuple[str, ...]:
    """Give the key of those whom each share is of: the customers of its own period."""
    keys = {fact.name: fact.behind.key for fact in facts if fact.behind is not None}
    return tuple(keys.get(f"n {fact.name}", "") if fact.name in keys else "" for fact in facts)
