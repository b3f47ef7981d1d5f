"""The metrics of a workspace, each over the journeys of its unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.metrics.measure import Measured, MetricsResult, Span
    from trod.analyses.periods import Grain
    from trod.analyses.spec import MetricSpec
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace


class Days(NamedTuple):
    """Days that count, as ISO dates in the zone of the workspace; None for no limit."""

    first: str | None = None
    last: str | None = None  # included


def chosen(workspace: Workspace, names: Sequence[str]) -> tuple[MetricSpec, ...]:
    """Give some metrics of trod.yml by name; all without names.

    Raises
    ------
    DefinitionError
        If no metric is declared, or none has one of the names.
    """
    specs = workspace.project.metrics
    if not specs:
        raise DefinitionError(
            [
                "trod.yml: no metric is declared. Add one under `metrics:`, such as "
                "{name: Sales, kind: conversion}."
            ]
        )
    return by_name(specs, names)


def by_name(specs: Sequence[MetricSpec], names: Sequence[str]) -> tuple[MetricSpec, ...]:
    """Give those of some metrics that are named; all without names.

    Raises
    ------
    DefinitionError
        If none of them has one of the names.
    """
    known = [spec.name for spec in specs]
    if wrong := [name for name in names if name not in known]:
        raise DefinitionError(unknown("metric", name, known) for name in wrong)
    return tuple(spec for spec in specs if not names or spec.name in names)


def measured(
    workspace: Workspace,
    specs: Sequence[MetricSpec],
    *,
    by: Grain | None = None,
    days: Days = Days(),  # noqa: B008  a tuple cannot change
    unit: str | None = None,
) -> Answer[MetricsResult]:
    """Measure metrics, each in the unit its journey declares, or all in one.

    Raises
    ------
    DefinitionError
        If a metric names a journey, stage or touchpoint that is not known, or a day is none.
    """
    from dataclasses import replace

    from trod.analyses.metrics.measure import MetricsResult, metrics

    made: list[Measured] = []
    answer: Answer[MetricsResult] | None = None
    opened: dict[str, Journeys] = {}
    compiled: dict[tuple[str | None, str], StagePlan] = {}
    for spec in specs:
        declared = workspace.project.journey(spec.journey)
        wanted = unit or (declared.unit if declared else "person")
        if wanted not in opened:
            opened[wanted] = workspace.journeys(wanted)
        journeys, asked = opened[wanted], (spec.journey, wanted)
        if declared and asked not in compiled:
            compiled[asked] = plan_of(workspace, spec.journey, journeys)
        plans = {spec.journey: compiled[asked]} if declared else {}
        answer = metrics(journeys, [spec], plans, by=by, span=_span(days, journeys))
        made += answer.data.metrics
    if answer is None:
        raise DefinitionError(["no metric was chosen."])
    units = {each.whom for each in made}
    shown = units.pop() if len(units) == 1 else "mixed"
    return replace(answer, data=MetricsResult(tuple(made)), unit=shown, n=answer.n)


def plan_of(workspace: Workspace, journey: str | None, journeys: Journeys) -> StagePlan:
    """Compile a declared journey, or suggested stages."""
    return defined(workspace, journey, journeys)[1]


def defined(
    workspace: Workspace, journey: str | None, journeys: Journeys
) -> tuple[JourneySpec, StagePlan]:
    """Give a declared journey, or suggested stages, and its plan: all who ask share its walks."""
    from trod.journeys.passage import compile_plan
    from trod.journeys.suggest import suggest

    declared = workspace.project.journey(journey)

    def made() -> tuple[JourneySpec, StagePlan]:
        spec = declared or suggest(journeys)
        return spec, compile_plan(spec, journeys).remembering()

    question = ("plan", declared.name if declared else None, journeys)
    return workspace.opened.once(workspace, question, made)


def _span(days: Days, journeys: Journeys) -> Span | None:
    """Give the moments of some days."""
    from trod.analyses.metrics.measure import Span

    if days == Days():
        return None
    first, last = journeys.span_us()
    start = first if days.first is None else midnight(days.first, journeys.zone)
    end = last + 1 if days.last is None else midnight(days.last, journeys.zone, after=1)
    if end <= start:
        raise DefinitionError([_no_days(days, first, last, journeys.zone)])
    return Span(start, end)


def _no_days(days: Days, first: int, last: int, zone: str) -> str:
    """Say why no moment lies between two days."""
    from trod.insights.wording import day

    if days.first is not None and days.last is not None:
        return f"{days.last} comes before {days.first}. Turn them round."
    asked = f"from {days.first} on" if days.last is None else f"up to {days.last}"
    begin, end = day(first, zone), day(last, zone)
    return f"no touchpoint {asked}: the record goes from {begin} to {end}. Write a day of it."


def midnight(day: str, zone: str, *, after: int = 0) -> int:
    """Give the first moment of a day, or of one so many days later, in microseconds.

    Raises
    ------
    DefinitionError
        If it is not written as a day is.

    Examples
    --------
    >>> midnight("1970-01-02", "UTC"), midnight("1970-01-01", "UTC", after=1)
    (86400000000, 86400000000)
    """
    from datetime import timedelta

    from trod.analyses.periods import midnight_us

    try:
        date = datetime.strptime(day, "%Y-%m-%d").date() + timedelta(days=after)
    except (ValueError, OverflowError):
        raise DefinitionError([f"{day!r} is not a day. Write 2025-03-31."]) from None
    return midnight_us(date, ZoneInfo(zone))
