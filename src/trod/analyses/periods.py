"""Months and weeks of the calendar, in the zone of the journeys."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from trod.journeys.batch import Journeys

Grain = Literal["month", "week"]
MOST_PERIODS: Final = 600
"""Fifty years of months: more are not a table anybody reads."""


class Periods(NamedTuple):
    """Periods that follow each other without a gap."""

    grain: Grain
    label: tuple[str, ...]  # 2025-03 for a month; the Monday, 2025-03-31, for a week
    start_us: tuple[int, ...]  # first moment of each
    end_us: int  # first moment after the last one

    def bounds(self, index: int) -> tuple[int, int]:
        """Give the first moment of a period, and the first after it."""
        after = self.start_us[index + 1] if index + 1 < len(self.start_us) else self.end_us
        return self.start_us[index], after

    def complete(self, as_of_us: int) -> int:
        """Count the periods that are over at a moment."""
        return sum(self.bounds(i)[1] <= as_of_us for i in range(len(self.start_us)))


def periods_of(journeys: Journeys, grain: Grain) -> Periods:
    """Give the periods from the first moment on record to the last; the latest 600 of them.

    Examples
    --------
    >>> from trod.journeys.batch import Vocabulary
    >>> periods_of(Journeys((), Vocabulary((), ()), "person", "UTC"), "month").label
    ('1970-01',)
    """
    return periods_between(*journeys.span_us(), zone=journeys.zone, grain=grain)


def periods_between(first_us: int, last_us: int, *, zone: str, grain: Grain) -> Periods:
    """Give the periods from one moment to another; the latest 600 of them.

    Examples
    --------
    >>> weeks = periods_between(0, 8 * 86_400_000_000, zone="UTC", grain="week")
    >>> weeks.label, weeks.bounds(0)
    (('1969-12-29', '1970-01-05'), (-259200000000, 345600000000))
    """
    place = ZoneInfo(zone)
    day = _first_day(day_of(last_us, place), grain)
    end_us = midnight_us(_after(day, grain), place)
    days = [day]
    while midnight_us(days[-1], place) > first_us and len(days) < MOST_PERIODS:
        days.append(_first_day(days[-1] - timedelta(days=1), grain))
    days.reverse()
    label = tuple(f"{d:%Y-%m}" if grain == "month" else d.isoformat() for d in days)
    return Periods(grain, label, tuple(midnight_us(d, place) for d in days), end_us)


def _first_day(day: date, grain: Grain) -> date:
    return day.replace(day=1) if grain == "month" else day - timedelta(days=day.weekday())


def _after(first: date, grain: Grain) -> date:
    if grain == "week":
        return first + timedelta(days=7)
    return (first + timedelta(days=32)).replace(day=1)


def day_of(moment_us: int, place: ZoneInfo) -> date:
    """Give the day of a moment.

    Examples
    --------
    >>> day_of(86_400_000_000, ZoneInfo("UTC"))
    datetime.date(1970, 1, 2)
    """
    return datetime.fromtimestamp(moment_us // 1_000_000, place).date()


def midnight_us(day: date, place: ZoneInfo) -> int:
    """Give the first moment of a day.

    Examples
    --------
    >>> midnight_us(date(1970, 1, 2), ZoneInfo("UTC"))
    86400000000
    """
    return int(datetime(day.year, day.month, day.day, tzinfo=place).timestamp()) * 1_000_000
