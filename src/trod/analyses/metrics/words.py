"""What each metric means, in one sentence, and its formula."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from trod.analyses.spec import MetricSpec

_FORMULAS: Final = {
    "conversion": "reached the end, in time / all who started and had the time",
    "time_to_value": "median of (end - start), of those who got there",
    "retention": "still active / all who entered long enough ago",
    "nps": "100 * (answers 9 and 10 - answers 0 to 6) / answers",
    "csat": "satisfied answers / answers",
    "ces": "sum of answers / answers",
    "revenue": "sum of payments, refunds subtracted",
    "arpu": "revenue / customers with a payment",
    "nrr": "(start + expansion - contraction - churn) / start",
    "grr": "(start - contraction - churn) / start",
}
_SAYS: Final = {
    "conversion": "Share of those who {start} that {end}{within}.",
    "time_to_value": "Time from when customers {start} until they {value}.",
    "retention": "Share of those who {start} that {active} {later} later or after it.",
    "churn": "Share of customers on the way through {journey} when a {period} began that left in "
    "it.",
    "churn of customers": "Share of customers with recurring money of {named} in one {period} that "
    "have none in the next.",
    "churn of revenue": "Recurring money of {named} lost in a {period}, of that of the one before.",
    "nps": "Promoters less detractors per hundred answers at {named}.",
    "csat": "Share of answers at {named} that are satisfied.",
    "ces": "Mean answer at {named}.",
    "revenue": "Money of {named} in the {period}, refunds subtracted.",
    "arpu": "Money of {named} in the {period} per customer who paid in it.",
    "nrr": "Recurring money of {named}, {apart} later, of the customers who had some at start; new "
    "customers are not counted.",
    "grr": "Recurring money of {named}, {apart} later, of the customers who had some at start, "
    "none counted for more than then; new customers are not counted.",
}
_UNITS: Final = {"time_to_value": "days", "nps": "points", "ces": "answer"}


def unit_of(spec: MetricSpec, currency: str | None) -> str:
    """Give the unit a metric is shown in."""
    if spec.unit:
        return spec.unit
    if spec.kind in {"revenue", "arpu"}:
        return currency or "currency not declared"
    return _UNITS.get(spec.kind, "%")


def formula(spec: MetricSpec) -> str:
    """Give the formula of a metric."""
    if spec.kind != "churn":
        return _FORMULAS[spec.kind]
    if spec.of == "revenue":
        return "(contraction + churn) / start"
    return "left in the period / all there when it began"


def definition(spec: MetricSpec, journey: str | None) -> str:
    """Say in one sentence what is measured."""
    named = ", ".join(spec.touchpoints)
    end = f"reached {spec.to}" if spec.to else f"completed {journey}"
    words = {
        "named": named,
        "journey": journey,
        "period": spec.period,
        "start": f"reached {spec.from_}" if spec.from_ else _entered(journey),
        "end": end,
        "value": f"first had {named}" if named else end,
        "within": f" within {_length(spec.within)}" if spec.within else "",
        "active": f"had {named}" if named else "had any touchpoint",
        "later": _later(spec),
        "apart": f"{spec.over} {spec.period}s" if spec.over > 1 else f"one {spec.period}",
    }
    return _SAYS[_reading(spec)].format(**words)


def _reading(spec: MetricSpec) -> str:
    """Give the key of a definition: the kind, and of churn what it counts."""
    if spec.kind != "churn" or not spec.touchpoints:
        return spec.kind
    return f"churn of {spec.of}"


def _entered(journey: str | None) -> str:
    return f"entered {journey}" if journey else "came"


def _later(spec: MetricSpec) -> str:
    if spec.after is not None:
        return _length(spec.after)
    return "1 month" if spec.months == 1 else f"{spec.months} months"


def _length(time: timedelta) -> str:
    hours = time.total_seconds() / 3600
    if hours % 24 == 0:
        return f"{hours / 24:g} days" if hours != 24 else "1 day"
    return f"{hours:g} h"
