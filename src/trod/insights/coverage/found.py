"""Gaps in coverage as findings."""

from __future__ import annotations

from typing import Final

from trod.insights.claims import Figure, claim, counted
from trod.insights.coverage.view import CoverageView, Row
from trod.insights.findings.finding import Finding
from trod.insights.wording import SMALL_N, duration, share

_HALF: Final = 0.5
MOST: Final = 3


def of_coverage(found: CoverageView, unit: str) -> tuple[Finding, ...]:
    """Make findings of stages in which half of those in need, or more, met nobody in time.

    The three largest gaps at most: where nobody is ever called, every stage is one. A stage that
    none of those who met nobody left later, such as the last one, has nothing to close.
    """
    wide = [
        row
        for row in found.ranked
        if row.unmet.n >= SMALL_N and row.share.share >= _HALF and row.unmet_left.part
    ]
    return tuple(_finding(found, row, unit) for row in wide[:MOST])


def _finding(found: CoverageView, row: Row, unit: str) -> Finding:
    figures = {
        "met": counted(row.met.n, row.met.key),
        "unmet": counted(row.unmet.n, row.unmet.key),
        "window": Figure(duration(found.within_us)),
        "unmet_left": Figure(share(row.unmet_left.part, row.unmet_left.whole)),
        "met_left": Figure(share(row.met_left.part, row.met_left.whole)),
    }
    beside = ", and {met_left} of the others" if row.met_left.whole else ""
    made = claim(
        "{unmet} {unit} who showed in {stage} that they need somebody met nobody within {window};"
        f" {{met}} met somebody. Of those still there then, {{unmet_left}} left later{beside}.",
        figures,
        unit=found.unit,
        stage=row.stage,
    )
    dark = f" {' '.join(found.dark)}" if found.dark else ""
    return Finding(
        kind="coverage gap",
        about=row.stage,
        journey=found.journey,
        unit=unit,
        title=f"In {row.stage}, {share(row.share.part, row.share.whole)} of those in need meet"
        " nobody",
        statement=made.text,
        facts=made.facts,
        population=row.unmet,
        evidence="Observed",
        grade="weak",
        cause="Perhaps nobody is told of the need, or nobody has the time. Or contacts are not on"
        f" record.{dark}",
        recommendation=f"Have somebody call those in need in {row.stage} within"
        f" {duration(found.within_us)}.",
        lever="",
        measure=f"The share not met in {row.stage}, by `trod coverage`.",
        impact=None,
        stage=row.stage,
        as_of=found.as_of,
    )
