"""From events of the walk to anomalies with everything that a person asks about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np

from trod.insights.watching.anomaly import Anomaly, Happened, Window
from trod.insights.watching.cause import Days, carriers, nature
from trod.insights.watching.change import Change, changes
from trod.insights.watching.direction import direction
from trod.insights.watching.judging import Judged
from trod.insights.watching.material import Material
from trod.insights.watching.series import COUNT, Thing
from trod.insights.watching.sight import Sight
from trod.insights.watching.walking import Event

LOOKED_BACK: Final = {"day": 182, "week": 52}
"""So many periods back a change of level is looked for."""


def happened(material: Material, event: Event, owners: Mapping[Thing, str]) -> Happened:
    """Tell one event; what was opened or became worse with its size, date and cause.

    Nothing later than the day of the event is looked at.
    """
    label = material.calendar.label
    told = event.what in ("opened", "worse")
    anomaly = anomaly_of(material, event, owners) if told else None
    return Happened(label[event.day], event.what, event.subject.about, anomaly)


def anomaly_of(material: Material, event: Event, owners: Mapping[Thing, str]) -> Anomaly:
    """Tell an event as an anomaly."""
    sight, subject = event.sight, event.subject
    days = _days(material, sight, event.day)
    found = nature(material, subject, sight.judged, days)
    since = _since(material, sight)
    seen = _figures(material, sight, days)
    own = sight.judged.series if sight.judged else None
    label = material.calendar.label
    return Anomaly(
        about=subject.about,
        thing=subject.thing,
        way=subject.way,
        day=material.calendar.label[event.day],
        window=_window(material, days),
        size=sight.size,
        p=sight.p,
        tested=event.tested,
        by=own.by if own else "",
        group=own.group if own else "",
        nature=found.nature,
        carriers=carriers(material, subject, days),
        evidence=found.evidence,
        also=tuple(each.subject.thing.name for each in event.also),
        owner=owners.get(subject.thing, ""),
        value=seen.value,
        usual=seen.usual,
        low=seen.low,
        high=seen.high,
        n=seen.n,
        since=label[since.at],
        since_first=label[since.first],
        since_last=label[since.last],
        direction="" if found.nature == "tracking" else direction(material, subject),
    )


def _days(material: Material, sight: Sight, day: int) -> Days:
    """Give the days in which it was seen."""
    calendar = material.calendar
    if sight.judged is not None:
        grain = sight.judged.series.grain
        first = sight.period - sight.span + 1
        return Days(calendar.first_day(grain, first), calendar.last_day(grain, sight.period))
    if sight.newcomers is not None:
        month = [
            i for i, label in enumerate(calendar.label) if label.startswith(sight.newcomers.since)
        ]
        return Days(month[0], month[-1])
    rows = material.of_source(sight.subject.thing.name)
    some = np.flatnonzero(rows[: day + 1])
    first = int(some[-1]) + 1 if some.size else 0
    while first < day and not rows[max(first - 28, 0) : first][-7::-7].any():
        first += 1  # a weekday on which nothing is usual is not missing
    return Days(first, day)


def _window(material: Material, days: Days) -> Window:
    calendar = material.calendar
    end = calendar.start_us[days.last + 1] if days.last + 1 < calendar.n_days else calendar.end_us
    return Window(
        calendar.label[days.first], calendar.label[days.last], calendar.start_us[days.first], end
    )


class _Figures(NamedTuple):
    """What was seen beside what is usual, as people say it."""

    value: float
    usual: float
    low: float
    high: float
    n: int


class _Since(NamedTuple):
    """Days of the calendar: the change, and between which two it may lie."""

    at: int
    first: int
    last: int


def _figures(material: Material, sight: Sight, days: Days) -> _Figures:
    """Give what was seen beside what is usual."""
    one = sight.judged
    if one is not None:
        told = one.told(sight.period, sight.span)
        low, high = one.band(sight.period, sight.span)
        n = round(told.total if one.series.kind == COUNT else told.weight)
        return _Figures(told.value, told.usual, low, high, n)
    if sight.newcomers is not None:
        new = sight.newcomers
        share = new.customers / max(new.newcomers, 1)
        usual = new.before / max(new.came_before, 1)
        return _Figures(share, usual, 0.0, usual, new.newcomers)
    rows = material.of_source(sight.subject.thing.name)
    then = rows[max(0, days.first - 28) : days.first]
    usual = float(then.mean() * (days.last + 1 - days.first)) if then.size else 0.0
    return _Figures(0.0, usual, 0.0, usual, 0)


def _since(material: Material, sight: Sight) -> _Since:
    """Say since when the level is another, and between which days that began."""
    one = sight.judged
    if one is None:
        first = _days(material, sight, sight.period).first
        return _Since(first, first, first)
    found = last_change(one, sight.period, sight.span)
    seen = sight.period - sight.span + 1
    at, first, last = (seen,) * 3 if found is None else (found.at, found.first, found.last)
    first_day, grain = material.calendar.first_day, one.series.grain
    return _Since(first_day(grain, at), first_day(grain, first), first_day(grain, last))


def last_change(one: Judged, t: int, span: int = 1) -> Change | None:
    """Find the last change of level before a period, not later than what was seen began.

    None where the change is too young, or too small, to be dated: it is where it was seen.
    """
    grain = one.series.grain
    begin = max(0, t + 1 - LOOKED_BACK[grain])
    some = slice(begin, t + 1)
    weight = one.series.weight[some] * (one.factor[some] if one.series.kind == COUNT else 1.0)
    there = np.flatnonzero(weight > 0)
    if there.size < 8:
        return None
    spread = float(np.median(one.spread[some][there]))
    found = changes(one.series.kind, one.series.value[some][there], weight[there], spread)
    told = one.told(t, span)
    rose = told.value > told.usual
    fitting = [c for c in found if (c.after > c.before) == rose]
    if not fitting:
        return None
    last = fitting[-1]
    at, first, end = (begin + int(there[i]) for i in (last.at, last.first, last.last))
    return Change(at, first, end, last.before, last.after)
