"""What figures of watching show: a series with its band, and the alerts that last."""

from __future__ import annotations

from dataclasses import dataclass

from trod.insights.watching import words
from trod.insights.watching.anomaly import Anomaly
from trod.insights.watching.direction import Direction
from trod.insights.watching.judging import Judged
from trod.insights.watching.material import Material
from trod.insights.watching.series import COUNT, NUMBER

SHOWN = {"day": 126, "week": 52}
"""So many periods up to the last one are drawn."""


@dataclass(frozen=True, slots=True)
class Point:
    """One period: what was seen, and what was expected of it."""

    day: str  # ISO date of its first day
    value: float | None  # None: not judged
    usual: float
    low: float
    high: float
    seen: bool  # what the alert is about
    n: int


@dataclass(frozen=True, slots=True)
class SeriesView:
    """One series with its band, and since when it is another."""

    title: str
    subtitle: str
    note: str
    measure: str  # count, share or mean
    points: tuple[Point, ...]
    since: int | None  # index of the point from which on the level is another
    empty: str = ""
    direction: Direction = ""


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert in lines."""

    id: str
    title: str
    said: str
    small: str
    direction: Direction
    lasts: bool


@dataclass(frozen=True, slots=True)
class AlertsView:
    """The alerts that last, the newest first; then those that were closed last."""

    title: str
    rows: tuple[AlertRow, ...]
    hidden: int
    as_of: str


def series_view(material: Material, one: Judged | None, found: Anomaly) -> SeriesView:
    """Tell the series of an alert; of a silent source, or of something new, there is none."""
    title = words.title(found)
    if one is None:
        return SeriesView(title, words.statement(found), "", "count", (), None, words.source(found))
    grain, n = one.series.grain, one.series.value.size
    begin = max(0, n - SHOWN[grain])
    label, last = material.calendar.label, material.last_whole_day
    periods = [t for t in range(begin, n) if material.calendar.last_day(grain, t) <= last]
    points = tuple(_point(material, one, found, t) for t in periods)
    since = next((i for i, p in enumerate(points) if found.since and p.day >= found.since), None)
    whom = f" of {one.series.by} {one.series.group}" if one.series.by else ""
    of = {COUNT: "Count", NUMBER: "Mean"}.get(one.series.kind, "Share")
    subtitle = (
        f"{of} by {grain}{whom}, up to {words.day(label[last])}. Band: where 95 in 100 such"
        f" {grain}s lie, foretold from those before."
    )
    measure = {COUNT: "count", NUMBER: "mean"}.get(one.series.kind, "share")
    note, tone = words.source(found), found.direction
    return SeriesView(title, subtitle, note, measure, points, since, direction=tone)


def _point(material: Material, one: Judged, found: Anomaly, t: int) -> Point:
    day = material.calendar.label[material.calendar.first_day(one.series.grain, t)]
    weight = float(one.series.weight[t])
    if weight <= 0 or not one.known[t]:
        return Point(day, None, 0.0, 0.0, 0.0, False, 0)
    told = one.told(t)
    low, high = one.band(t)
    seen = found.window.first <= day <= found.window.last
    n = round(told.total if one.series.kind == COUNT else told.weight)
    return Point(day, told.value, told.usual, low, high, seen, n)
