"""The keys of a figure: the lists of customers that its part and its whole are counts of."""

from __future__ import annotations

from trod.analyses.metrics.counting import micros_of, scale_of
from trod.analyses.metrics.figure import Figure
from trod.analyses.metrics.whom import Answered, Converted, LeftBetween, OnTheWay, Stayed
from trod.analyses.periods import periods_of
from trod.analyses.retention import ActiveBetween, EnteredBetween
from trod.analyses.spec import MetricSpec
from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.journeys.predicate import Predicate

Sides = tuple[Predicate | None, Predicate]  # those of the part, where a key can name them; all


def with_keys(
    spec: MetricSpec,
    plan: StagePlan | None,
    journeys: Journeys,
    figure: Figure,
    from_us: int,
    to_us: int,
) -> Figure:
    """Give a figure with its keys, where what it counts are customers.

    Of answers the whole lists the customers who gave them, who may be fewer. Sums of money have
    no keys, and of retention after months in all cohorts only the whole has one: each cohort of
    it is asked about another moment.
    """
    if not figure.whole:
        return figure
    asked = _asked(spec, plan, journeys, figure.period, (from_us, to_us))
    if asked is None:
        return figure
    part, whole = asked
    inside = None if part is None else f"{whole.key}&{part.key}"
    return figure._replace(part_key=inside, whole_key=whole.key)


def _asked(
    spec: MetricSpec,
    plan: StagePlan | None,
    journeys: Journeys,
    period: str,
    span: tuple[int, int],
) -> Sides | None:
    match spec.kind:
        case "conversion" | "time_to_value" if plan is not None:
            return _on_a_way(spec, plan, span)
        case "retention" if spec.after is not None:
            return _staying(spec, plan, journeys, span)
        case "retention":
            return _months(spec, plan, journeys, period, span)
        case "churn" if plan is not None and not spec.touchpoints:
            return LeftBetween(*span, plan), OnTheWay(span[0], plan)
        case "nps" | "csat" | "ces":
            scale = None if spec.kind == "nps" else scale_of(spec)
            return None, Answered(scale, spec.touchpoints, *span)
    return None


def _on_a_way(spec: MetricSpec, plan: StagePlan, span: tuple[int, int]) -> Sides:
    within = None if spec.within is None else micros_of(spec.within)
    began = EnteredBetween(*_judged(span, plan.as_of_us, within or 0), plan, spec.from_)
    return Converted(spec.from_, spec.to, within, spec.touchpoints, plan), began


def _staying(
    spec: MetricSpec, plan: StagePlan | None, journeys: Journeys, span: tuple[int, int]
) -> Sides:
    assert spec.after is not None
    after = micros_of(spec.after)
    as_of = journeys.span_us()[1] if plan is None else plan.as_of_us
    entered = EnteredBetween(*_judged(span, as_of, after), plan)
    return Stayed(after, spec.touchpoints, plan), entered


def _months(
    spec: MetricSpec,
    plan: StagePlan | None,
    journeys: Journeys,
    period: str,
    span: tuple[int, int],
) -> Sides | None:
    """Name a cohort and who of it came back; of several cohorts those who entered in them."""
    periods, months = periods_of(journeys, "month"), spec.months or 1
    if period in periods.label:
        since = periods.start_us[periods.label.index(period) + months]
        names = spec.touchpoints or (None,)
        back = ActiveBetween(since, None, names[0]) if len(names) == 1 else None
        return back, EnteredBetween(*span, plan)
    over = periods.complete(journeys.span_us()[1] if plan is None else plan.as_of_us) - months
    begin = periods.start_us[0] if span[0] <= journeys.span_us()[0] else span[0]
    starts = periods.start_us[: max(over, 0)]
    inside = [i for i, start in enumerate(starts) if begin <= start < span[1]]
    if not inside:
        return None
    start, end = periods.start_us[inside[0]], periods.bounds(inside[-1])[1]
    return None, EnteredBetween(start, end, plan)


def _judged(span: tuple[int, int], as_of_us: int, time_us: int) -> tuple[int, int]:
    """Cut a span where who began in it has had less time than is asked about."""
    return span[0], min(span[1], as_of_us - time_us + 1) if time_us else span[1]
