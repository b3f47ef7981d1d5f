"""What is new among newcomers, as findings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trod.insights.claims import Figure, claim, counted, shared
from trod.insights.findings.finding import Finding
from trod.insights.journey_map import Count
from trod.insights.wording import share
from trod.journeys.label import units
from trod.models.segments.segmentation import Rising


def of_emerging(
    rising: Sequence[Rising],
    *,
    journey: str,
    unit: str,
    as_of: str,
    month: Callable[[str], str],
    counted_by: Callable[[str], int],
) -> tuple[Finding, ...]:
    """Make findings of what came up among the newcomers of the last two months.

    A finding is about what they do, in words: ids of segments are given anew where one was lost.

    Parameters
    ----------
    rising
        What stood out at the last fit; only what is new now becomes a finding.
    month
        Gives the key of the newcomers of a month, such as "2026-05".
    counted_by
        Counts the customers behind a key, as the data are today.
    """
    return tuple(
        _finding(one, journey, unit, as_of, month(one.since), counted_by)
        for one in rising
        if one.now
    )


def _finding(
    one: Rising, journey: str, unit: str, as_of: str, month: str, count: Callable[[str], int]
) -> Finding:
    whole, members = units(unit), f"segment:{one.id}"
    then = f"{members}&{month}"
    n, came, all_ = count(then), count(month), count(members)
    figures: dict[str, Figure] = {
        "month": Figure(one.since),
        "now": shared(n, came, then, month),
        "before": Figure(share(one.before, one.came_before)),
        "so_far": counted(all_, members),
    }
    said = claim(
        "{now} of the newcomers of {month} {words}; {before} of all who came before. "
        "{so_far} {unit} by now.",
        figures,
        words=one.words,
        unit=whole,
    )
    return Finding(
        kind="emerging segment",
        about=one.words,
        journey=journey,
        unit=unit,
        title=f"New: {whole} who {one.words}",
        statement=said.text,
        facts=said.facts,
        population=Count(all_, members),
        evidence="Observed",
        grade="moderate",
        cause="A campaign, a partner or a change of the product may bring them.",
        recommendation="Find out where they come from, and whether the journey fits them.",
        lever="",
        measure=f"How far they get, beside the other newcomers: `trod map --segment {one.id}`.",
        impact=None,
        since=f"{one.since}-01",
        as_of=as_of,
        wholes=tuple(month if fact.name == "now" else "" for fact in said.facts),
        contrast=month,
    )
