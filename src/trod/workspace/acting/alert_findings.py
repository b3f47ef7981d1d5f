"""Alerts as findings: the same statement, figures and owner, for ranking beside the others."""

from __future__ import annotations

from trod.actions.alerts.alert import Alert
from trod.insights.findings.finding import Finding
from trod.insights.journey_map import Count, Fact
from trod.insights.watching import words
from trod.insights.watching.anomaly import Anomaly
from trod.journeys.label import units

_LOOK = {
    "tracking": "Ask whoever sends these rows what changed on that day, and read the days again.",
    "behaviour": "Look at the customers of these days, and at what changed for them on that day.",
    "not told": "Find out whether it is not recorded, or does not happen any more.",
}
_NEW = "Find out where they come from, and whether the journey fits them."
_ROWS = "Ask whoever sends these rows whether fewer or more happened, or were sent."
_STRONG = 1e-6


def finding(alert: Alert, found: Anomaly) -> Finding:
    """Make a finding of an alert, and of what it is about as it is counted now."""
    behind = Count(found.customers, found.key)
    seen, usual = _figure(found, found.value), _figure(found, found.usual)
    whom = (Fact("customers", f"{found.customers:,}", behind),) if found.key else ()
    return Finding(
        kind="anomaly",
        about=found.about,
        journey=alert.journey,
        unit=alert.unit,
        title=words.title(found),
        statement=words.statement(found, units(alert.unit)),
        facts=(Fact("seen", seen), Fact("usual", usual), *whom),
        population=behind,
        evidence="Observed",
        grade="strong" if found.p < _STRONG else "moderate",
        cause=words.source(found),
        recommendation=_look(found),
        lever="",
        measure="It is back to what is usual, and the alert closes by itself.",
        impact=None,
        stage=found.thing.name if found.thing.sort in ("entries", "conversion", "dwell") else "",
        since=found.since,
        as_of=found.day,
    )


def _look(found: Anomaly) -> str:
    """Say what to look into first."""
    if found.nature == "tracking":
        return _LOOK["tracking"]
    if found.way == "new":
        return _NEW
    return _ROWS if found.thing.sort == "source" else _LOOK[found.nature]


def _figure(found: Anomaly, value: float) -> str:
    if found.thing.sort in ("volume", "source", "entries"):
        return f"{value:,.0f}"
    return f"{value:+.2f}" if found.thing.sort == "mood" else words.percent(value)
