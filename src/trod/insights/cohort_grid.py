"""Retention as one typed value: cohorts, and how many of each are still active later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from trod.analyses.answer import Answer
from trod.analyses.retention import RetentionResult
from trod.events.counted import count, plural
from trod.insights.journey_map import Count, Rate
from trod.insights.rates import apart, rate
from trod.insights.wording import SMALL_N
from trod.journeys.label import units

_LATER: Final = (3, 2, 1)
_MONTHS: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)


@dataclass(frozen=True, slots=True)
class CohortCell:
    """Who of a cohort is still active so many periods later; nothing where it is not over."""

    active: Count | None
    share: Rate | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers who came in one period."""

    name: str  # Jan 2025, or the Monday: 31 Mar 2025
    size: Count
    cells: tuple[CohortCell, ...]  # from the period of entry on


@dataclass(frozen=True, slots=True)
class CohortGrid:
    """The cohort triangle; cohorts nobody came in are left out."""

    title: str  # the finding
    subtitle: str
    note: str
    unit: str
    grain: str  # "month" or "week"
    cohorts: tuple[Cohort, ...]
    small_n: int


def cohort_grid(found: Answer[RetentionResult]) -> CohortGrid:
    """Read the answer to a question of retention."""
    result = found.data
    unit = units(found.unit)
    cohorts = tuple(_cohort(result, i) for i in range(len(result.cohort)) if result.size[i])
    empty = len(result.cohort) - len(cohorts)
    gap = [f"{count(empty, result.grain)} in which nobody came left out."] if empty else []
    if any(cohort.size.n < SMALL_N for cohort in cohorts):
        gap.append(f"Of cohorts of fewer than {SMALL_N} the grid shows counts, in outlined cells.")
    return CohortGrid(
        title=_title(result, cohorts),
        subtitle=f"Share still active, by {result.grain}s since they came (per cent)."
        f" {plural(found.n, unit)}.",
        note=" ".join([found.method, *found.warnings, *gap]),
        unit=unit,
        grain=result.grain,
        cohorts=cohorts,
        small_n=SMALL_N,
    )


def _cohort(result: RetentionResult, i: int) -> Cohort:
    size = int(result.size[i])
    cells = []
    for k in range(len(result.cohort) - i):
        if not result.known[i, k]:
            cells.append(CohortCell(None, None))
            continue
        n = int(result.active[i, k])
        key = f"{result.key[i]}&{result.active_key[i + k]}"
        cells.append(CohortCell(Count(n, key), rate(n, size)))
    return Cohort(_name(result.cohort[i]), Count(size, result.key[i]), tuple(cells))


def _name(label: str) -> str:
    """Write a month as Jan 2025, a Monday as 31 Mar 2025."""
    day = date.fromisoformat(label if label.count("-") == 2 else f"{label}-01")
    month = f"{_MONTHS[day.month - 1]} {day.year}"
    return f"{day.day} {month}" if label.count("-") == 2 else month


def _title(result: RetentionResult, cohorts: tuple[Cohort, ...]) -> str:
    """Say whether later cohorts stay longer than earlier ones; else how many stay at all."""
    if not cohorts:
        return "Nobody came yet"
    for since in _LATER:
        known = [c for c in cohorts if len(c.cells) > since and c.cells[since].share]
        half = len(known) // 2
        if half < 2:
            continue
        early, late = _pooled(known[:half], since), _pooled(known[-half:], since)
        if min(early[1], late[1]) < SMALL_N or not apart(early, late, tests=len(_LATER)):
            continue
        worse = late[0] * early[1] < early[0] * late[1]
        when = f"{result.grain.capitalize()} {since}"
        what = "worse" if worse else "better"
        shares = f"from {_percent(early)} to {_percent(late)}"
        return f"{when} got {what}: {shares} in the later half of the cohorts"
    for since in _LATER:
        part, whole = result.pooled(since)
        if whole >= SMALL_N:
            after = count(since, result.grain)
            return f"{_percent((part, whole))} are still active after {after}"
    return f"Too few have been here for a {result.grain} to say who stays"


def _pooled(cohorts: list[Cohort], since: int) -> tuple[int, int]:
    shares = [cohort.cells[since].share for cohort in cohorts]
    return sum(s.part for s in shares if s), sum(s.whole for s in shares if s)


def _percent(share: tuple[int, int]) -> str:
    return f"{100 * share[0] / share[1]:.0f}%"
