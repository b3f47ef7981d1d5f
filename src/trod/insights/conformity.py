"""Conformance as one typed value: who follows the path, who deviates, what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from trod.analyses.answer import Answer
from trod.analyses.conformance import ConformanceResult, DeviationView
from trod.events.counted import count, plural
from trod.insights.journey_map import Count, Rate
from trod.insights.rates import rate
from trod.insights.wording import SMALL_N
from trod.journeys.label import readable, units

_LONGEST: Final = 84


@dataclass(frozen=True, slots=True)
class Difference:
    """Share done with a deviation less without it, in points of a hundred, with its 95 % range."""

    points: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class DeviationRow:
    """One way of leaving the path."""

    kind: str  # "skipped", "late", "repeated", "inserted" or "stopped"
    says: str
    customers: Count
    with_it: Rate  # done, of those still on the way who had deviated by the landmark
    without: Rate  # done, of those who had not
    difference: Difference | None  # None where too few can be compared, or they left
    after_us: int | None  # the landmark


@dataclass(frozen=True, slots=True)
class Conformity:
    """The intended path. follows + deviates + on the way = who entered."""

    title: str  # the finding
    subtitle: str
    note: str
    unit: str
    steps: tuple[str, ...]
    follows: Count
    share: Rate  # follows, of those who follow or deviate
    deviates: Count
    on_the_way: Count
    deviations: tuple[DeviationRow, ...]  # the most customers first
    n_others: int
    small_n: int


def conformity(found: Answer[ConformanceResult]) -> Conformity:
    """Read the answer to a question of conformance."""
    result = found.data
    unit = units(found.unit)
    follows, deviates, on_the_way = (
        Count(n, key)
        for n, key in zip(
            (result.follows, result.deviates, result.on_the_way), result.keys, strict=True
        )
    )
    path = (
        "stages in order"
        if result.by_stages
        else f"{count(len(result.steps), 'touchpoint')} in order"
    )
    return Conformity(
        title=_title(result, unit),
        subtitle=f"The intended path: {path}. {plural(result.entered, unit)} entered."
        " Right: done with the deviation less without it, of those on the way at the same moment.",
        note=f"{found.method} Observed, which is not the cause.",
        unit=unit,
        steps=result.steps,
        follows=follows,
        share=rate(result.follows, result.follows + result.deviates),
        deviates=deviates,
        on_the_way=on_the_way,
        deviations=tuple(_row(view) for view in result.deviations),
        n_others=result.n_others,
        small_n=SMALL_N,
    )


def _row(view: DeviationView) -> DeviationRow:
    gap = view.difference
    return DeviationRow(
        kind=view.kind,
        says=_says(view),
        customers=Count(view.customers, view.key),
        with_it=rate(*view.with_it),
        without=rate(*view.without),
        difference=Difference(*(round(100 * x, 4) for x in gap)) if gap else None,
        after_us=view.after_us,
    )


_DOES: Final = {"inserted": "had", "late": "did"}


def _says(view: DeviationView) -> str:
    """Say a deviation with names as people read them."""
    return view.wording.format(*map(readable, view.names))


def _title(result: ConformanceResult, unit: str) -> str:
    """Say how many follow the path, and the commonest way of leaving it."""
    whole = result.follows + result.deviates
    if not whole:
        return "Nobody has come far enough to follow the path or leave it"
    share = (
        f"{100 * result.follows / whole:.0f}%"
        if whole >= SMALL_N
        else f"{result.follows:,} of {plural(whole, unit)}"
    )
    said = f"{share} follow the intended path"
    if not result.deviations:
        return said
    most = result.deviations[0]
    says, does = _says(most), _DOES.get(most.kind)
    more = f"{said}; {most.customers:,} {f'{does} {says}' if does else says[:1].lower() + says[1:]}"
    return more if len(more) <= _LONGEST else said
