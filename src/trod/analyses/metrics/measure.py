"""Metrics of trod.yml, measured: figure, interval, target and definition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels import metrics as money
from trod.analyses.answer import Answer, answer
from trod.analyses.metrics import figure as figures
from trod.analyses.metrics.counting import COUNT, scale_of
from trod.analyses.metrics.figure import Figure, Status, status
from trod.analyses.metrics.keys import with_keys
from trod.analyses.metrics.words import definition, formula, unit_of
from trod.analyses.periods import Grain, Periods, periods_of
from trod.analyses.spec import MetricSpec, target_micros
from trod.events.counted import count
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan

LEVELS: Final = ("churn", "revenue", "arpu", "nrr", "grr")
"""Kinds that are measured for a period that is over, not for those who entered in it."""
AMOUNTS: Final = ("revenue", "nrr", "grr")
"""Kinds without an interval."""
MONEY: Final = ("revenue", "arpu", "nrr", "grr")


class Measured(NamedTuple):
    """One metric: its figure now, the figures by period, and what it means."""

    name: str
    kind: str
    unit: str  # it is shown in
    owner: str | None
    better: str  # "up" or "down"
    target: int | None
    status: Status
    figure: Figure
    series: tuple[Figure, ...]
    definition: str
    formula: str
    notes: tuple[str, ...]
    whom: str  # "person" or "account": who is counted
    journey: str | None = None  # whose stages its keys name


class MetricsResult(NamedTuple):
    """Metrics in the order of trod.yml."""

    metrics: tuple[Measured, ...]

    def columns(self) -> dict[str, Any]:
        """Give one row per metric and period; the figure of now comes first."""
        rows = [(m, f) for m in self.metrics for f in (m.figure, *m.series)]
        return {
            "metric": [m.name for m, _ in rows],
            "kind": [m.kind for m, _ in rows],
            "period": [f.period for _, f in rows],
            "value": [f.value for _, f in rows],
            "low": [f.low for _, f in rows],
            "high": [f.high for _, f in rows],
            "n": [f.n for _, f in rows],
            "part": [f.part for _, f in rows],
            "whole": [f.whole for _, f in rows],
            "p90_us": [f.p90_us for _, f in rows],
            "unit": [m.unit for m, _ in rows],
            "owner": [m.owner for m, _ in rows],
            "better": [m.better for m, _ in rows],
            "target": [m.target for m, _ in rows],
            "status": [m.status if f is m.figure else None for m, f in rows],
            "definition": [m.definition for m, _ in rows],
            "formula": [m.formula for m, _ in rows],
            "notes": [" ".join(m.notes) for m, _ in rows],
            "counted": [m.whom for m, _ in rows],
            "journey": [m.journey for m, _ in rows],
            "part_key": [f.part_key for _, f in rows],
            "whole_key": [f.whole_key for _, f in rows],
        }


class Span(NamedTuple):
    """Moments that count, in microseconds; `to_us` is not included."""

    from_us: int
    to_us: int


def metrics(
    journeys: Journeys,
    specs: Sequence[MetricSpec],
    plans: Mapping[str | None, StagePlan],
    *,
    by: Grain | None = None,
    span: Span | None = None,
) -> Answer[MetricsResult]:
    """Measure metrics, each with its interval, its definition, and how it stands to its target.

    Parameters
    ----------
    journeys
        The data.
    specs
        The metrics, as written in trod.yml.
    plans
        Compiled journeys by name; that without a name is the first one declared.
    by
        Also give figures by month or by week; of churn and money by the period of the metric.
    span
        Entries, answers and periods that count; all on record by default.

    Returns
    -------
    Answer
        With a `MetricsResult`.

    Raises
    ------
    DefinitionError
        If a metric names a stage or touchpoint that is not known.

    Notes
    -----
    `trod.analyses.metrics.words` holds the definitions. Cohort metrics take those who entered in
    the span and have had the time they need; churn and money take the last period that is over.
    """
    chosen = span or _all(journeys)
    found = MetricsResult(tuple(_measured(journeys, spec, plans, by, chosen) for spec in specs))
    return answer(
        "metrics",
        found,
        journeys,
        population="All customers; each metric says who is counted",
        method="Exact counts by period; shares with Wilson's interval, means with Student's, "
        "medians with that of their order statistics.",
    )


def _all(journeys: Journeys) -> Span:
    first, last = journeys.span_us()
    return Span(first, last + 1)


def _measured(
    journeys: Journeys,
    spec: MetricSpec,
    plans: Mapping[str | None, StagePlan],
    by: Grain | None,
    span: Span,
) -> Measured:
    plan = plans.get(spec.journey)
    counted, periods, at = _ask(journeys, spec, plan, None, span)
    listed = partial(with_keys, spec, plan, journeys)
    now = _nothing(spec)
    if at is not None:
        now = listed(_figure(spec, counted, periods, at), *periods.bounds(at))
    series: tuple[Figure, ...] = ()
    if by is not None:
        if spec.kind not in LEVELS:  # a level was counted by its own period already
            counted, periods, _ = _ask(journeys, spec, plan, by, span)
        first, last = _in_span(periods, span, journeys.span_us())
        series = tuple(
            listed(_figure(spec, counted, periods, i), *periods.bounds(i))
            for i in range(first, last)
        )
    target = target_micros(spec.kind, spec.target)
    return Measured(
        name=spec.name,
        kind=spec.kind,
        unit=unit_of(spec, journeys.currency),
        owner=spec.owner,
        better=spec.better,
        target=target,
        status=status(now, target, spec.better, interval=_has_interval(spec)),
        figure=now,
        series=series,
        definition=definition(spec, plan.journey if plan else None),
        formula=formula(spec),
        notes=_notes(spec, counted, now, journeys),
        whom=journeys.unit,
        journey=plan.journey if plan else None,
    )


def _has_interval(spec: MetricSpec) -> bool:
    return spec.kind not in AMOUNTS and spec.of == "customers"


def _nothing(spec: MetricSpec) -> Figure:
    return Figure(f"no {spec.period} is over", None, None, None, 0, 0, 0)


def _ask(
    journeys: Journeys,
    spec: MetricSpec,
    plan: StagePlan | None,
    by: Grain | None,
    span: Span,
) -> tuple[NDArray[np.int64], Periods, int | None]:
    """Count by period; give the counts, the periods, and which one is the figure of now."""
    level = spec.kind in LEVELS
    if level:
        periods = periods_of(journeys, spec.period)
    elif by is not None or spec.months is not None:
        periods = periods_of(journeys, by if by and spec.months is None else "month")
    else:
        label = "all" if span == _all(journeys) else "span"
        periods = Periods("month", (label,), (span.from_us,), span.to_us)
    counted: NDArray[np.int64] = COUNT[spec.kind](journeys, spec, plan, periods)
    if not level:
        return _pooled(spec, counted, periods, by, span, journeys.span_us())
    first, last = _in_span(periods, span, journeys.span_us())
    first = max(first, spec.over if spec.kind in {"nrr", "grr"} else 0)
    return counted, periods, last - 1 if last > first else None


def _pooled(
    spec: MetricSpec,
    counted: NDArray[np.int64],
    periods: Periods,
    by: Grain | None,
    span: Span,
    on_record: tuple[int, int],
) -> tuple[NDArray[np.int64], Periods, int | None]:
    """Add the cohorts of months that lie in the span, where no series is asked for."""
    if by is not None or spec.months is None:
        return counted, periods, 0
    begin = _begin(periods, span, on_record)
    inside = [i for i, start in enumerate(periods.start_us) if begin <= start < span.to_us]
    one = Periods("month", ("all",), (span.from_us,), span.to_us)
    return counted[inside].sum(axis=0, keepdims=True), one, 0


def _begin(periods: Periods, span: Span, on_record: tuple[int, int]) -> int:
    """Give the moment from which periods lie in the span: the first is whole from its beginning."""
    return periods.start_us[0] if span.from_us <= on_record[0] else span.from_us


def _in_span(periods: Periods, span: Span, on_record: tuple[int, int]) -> tuple[int, int]:
    """Give the first period that begins in the span, and the one after the last that is over."""
    n = len(periods.label)
    begin = _begin(periods, span, on_record)
    first = next((i for i in range(n) if periods.start_us[i] >= begin), n)
    over = periods.complete(min(on_record[1], span.to_us))
    return first, max(over, first)


def _figure(spec: MetricSpec, counted: NDArray[np.int64], periods: Periods, at: int) -> Figure:
    """Make the figure of one period."""
    row, label = counted[at], periods.label[at]
    cells = [int(x) for x in row]
    match spec.kind:
        case "conversion" | "retention":
            return figures.of_share(label, cells[0], cells[1])
        case "time_to_value":
            return figures.of_times(label, row)
        case "nps" | "csat" | "ces":
            return of_answers(spec, label, cells[:-1])
        case "arpu":
            return figures.of_spending(label, row)
    return _of_money(spec, label, cells)


def of_answers(spec: MetricSpec, label: str, counts: list[int]) -> Figure:
    """Give NPS, CSAT or CES of the counts of each answer."""
    if spec.kind == "nps":
        return figures.of_nps(label, counts)
    low, high = scale_of(spec)
    if spec.kind == "ces":
        return figures.of_mean(label, range(low, high + 1), counts)
    satisfied = high - 1 if spec.satisfied is None else spec.satisfied
    return figures.of_share(label, sum(counts), sum(counts[satisfied - low :]))


def _of_money(spec: MetricSpec, label: str, cells: list[int]) -> Figure:
    if spec.kind == "churn" and not spec.touchpoints:
        return figures.of_share(label, cells[0], cells[1])
    if spec.kind == "revenue":
        n, total = cells[money.PAYERS], cells[money.REVENUE]
        return Figure(label, total if n else None, None, None, n, total, 1)
    n, start = cells[money.STARTED], cells[money.START]
    lost = cells[money.CONTRACTION] + cells[money.CHURNED]
    if spec.kind == "churn" and spec.of == "customers":
        return figures.of_share(label, n, cells[money.GONE])
    if spec.kind == "churn":
        return figures.of_amounts(label, n, lost, start)
    more = cells[money.EXPANSION] if spec.kind == "nrr" else 0
    return figures.of_amounts(label, n, start + more - lost, start)


def _notes(
    spec: MetricSpec, counted: NDArray[np.int64], now: Figure, journeys: Journeys
) -> tuple[str, ...]:
    """Say what a reader must know about a figure."""
    notes = []
    if spec.kind in {"nps", "csat", "ces"} and (odd := int(counted[:, -1].sum())):
        one = "score is no whole answer on the scale and is left out."
        many = "scores are no whole answer on the scale and are left out."
        notes.append(count(odd, one, many))
    if spec.kind == "time_to_value" and now.whole:
        notes.append(f"Of those who got there: {now.n:,} of {now.whole:,}.")
    if spec.kind in MONEY or (spec.kind == "churn" and spec.touchpoints):
        if missing := int(counted[:, money.UNVALUED].sum()):
            one = "payment has no amount in the currency and is left out."
            many = "payments have no amount in the currency and are left out."
            notes.append(count(missing, one, many))
        if journeys.currency is None:
            notes.append("The currency is not declared: amounts are added as they are.")
    return tuple(notes)
