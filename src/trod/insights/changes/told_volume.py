"""How many customers entered: a day, so that a short month is no change."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import sqrt
from typing import Final, NamedTuple

import numpy as np

from trod.insights.changes.change import Change, SetAside
from trod.insights.changes.ground import Ground
from trod.insights.changes.judging import LEVEL, Judged, judge_number, number_z
from trod.insights.changes.lapse import Lapse
from trod.insights.changes.telling import certainty
from trod.insights.claims import Figure, claim, counted
from trod.insights.journey_map import Count

_LEAST: Final = 0.10  # of the number before
_LOOKED: Final = 0.05
_FEWEST: Final = 30


class Volume(NamedTuple):
    """Customers who entered in both periods, judged."""

    before: int
    now: int
    expected: float  # what the weekdays of the later period would have brought at the rates before
    days: tuple[int, int]
    judged: Judged
    lapse: Lapse | None


def of_volume(ground: Ground) -> Volume | None:
    """Judge the number who entered; None where too few did."""
    spans = ground.asked.spans
    by_day = [_days(ground, p) for p in range(len(spans.start_us))]
    before, now = int(by_day[-2][1].sum()), int(by_day[-1][1].sum())
    if min(before, now) < _FEWEST:
        return None
    moved = []
    for one, other in pairwise(by_day[:-1]):
        expected = _expected(one, other[0])
        moved.append(number_z(int(other[1].sum()), expected, int(one[1].sum())) ** 2)
    expected = _expected(by_day[-2], by_day[-1][0])
    judged = judge_number(now, expected, before, moved)
    days = by_day[-2][0].size, by_day[-1][0].size
    return Volume(before, now, expected, days, judged, ground.lapse(None))


_Days = tuple[np.ndarray, np.ndarray]  # weekdays, customers of each day


def _days(ground: Ground, period: int) -> _Days:
    asked = ground.asked
    starts = np.array(asked.day_us[:-1], np.int64)
    inside = (starts >= asked.spans.start_us[period]) & (starts < asked.spans.end_us[period])
    weekday = (asked.first_day.weekday() + np.arange(starts.size)) % 7
    return weekday[inside], ground.found.days[inside]


def _expected(before: _Days, weekdays: np.ndarray) -> float:
    """Give what some days bring at the rates of the weekdays of another period."""
    weekday, came = before
    if weekday.size < 7:
        return float(came.mean() * weekdays.size) if came.size else 0.0
    rate = np.bincount(weekday, came, minlength=7) / np.bincount(weekday, minlength=7)
    return float(rate[weekdays].sum())


def changes(ground: Ground, some: Sequence[Volume], p: Sequence[float]) -> list[Change]:
    """Tell the number who entered, where it changed beyond what is usual."""
    return [
        _change(ground, one, each)
        for one, each in zip(some, p, strict=True)
        if each <= LEVEL and abs(one.judged.difference) >= _LEAST
    ]


def _change(ground: Ground, one: Volume, p: float) -> Change:
    told, asked, up = ground.told, ground.asked, one.judged.difference > 0
    rates = [f"{n / d:.1f}" for n, d in zip((one.before, one.now), one.days, strict=True)]
    keys = told.entered
    made = claim(
        "{n_before} {unit} entered in {then}, {before} a day; {n_now} did in {later}, {now} a day,"
        " where the same weekdays would have brought {expected}.",
        {
            "n_before": counted(one.before, keys[0]),
            "n_now": counted(one.now, keys[1]),
            "before": Figure(rates[0]),
            "now": Figure(rates[1]),
            "expected": Figure(f"{one.expected:,.0f}"),
        },
        unit=told.unit,
        then=asked.before.words,
        later=asked.now.words,
    )
    touched = abs(one.now - one.expected)
    return Change(
        kind="volume",
        stage="",
        touchpoint="",
        title=f"{'More' if up else 'Fewer'} entered: {rates[0]} to {rates[1]} a day",
        statement=made.text,
        facts=made.facts,
        size=f"about {touched:,.0f} {told.unit} {'more' if up else 'fewer'} than expected",
        told="behaviour",
        split="",
        parts=None,
        split_words="",
        cause="Look at what brings them in: campaigns, prices, search, partners.",
        also=(),
        certainty=certainty(p, asked.grain),
        p=p,
        difference=one.judged.difference,
        low=one.judged.low,
        high=one.judged.high,
        unit="customers a day",
        before=one.before / one.days[0],
        now=one.now / one.days[1],
        n_before=one.before,
        n_now=one.now,
        touched=touched,
        tone="better" if up else "worse",
        population=Count(one.now, keys[1]),
    )


def set_aside(ground: Ground, one: Volume | None) -> list[SetAside]:
    """Say where the number only seems to have changed: what was not recorded, or the calendar."""
    if one is None:
        return []
    plain = one.now / one.before - 1
    seems = abs(one.now - one.before) / sqrt(one.now + one.before) > 2 and abs(plain) >= _LOOKED
    title = f"{'More' if plain > 0 else 'Fewer'} entered: {one.before:,} to {one.now:,}"
    if one.lapse is not None:
        return [SetAside(title, one.lapse.sort, one.lapse.words)] * seems
    if one.expected and seems and abs(one.now / one.expected - 1) < abs(plain) / 2:
        days = f"{ground.asked.before.words} has {one.days[0]} days, {ground.asked.now.words}"
        why = f"{days} {one.days[1]}: the same weekdays bring {one.expected:,.0f} at the same rate"
        return [SetAside(title, "calendar", why)]
    return []
