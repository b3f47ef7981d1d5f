"""A week, month or quarter of the calendar, as people write it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

Grain = Literal["week", "month", "quarter"]
_FORM: Final = re.compile(r"(\d{4})-(?:[Ww](\d{2})|[Qq]([1-4])|(\d{2}))")


class Period(NamedTuple):
    """Days that follow each other, and what they are called."""

    text: str  # "2026-W40"
    words: str  # "week 40 of 2026"
    grain: Grain | Literal["period"]  # "period": other days
    first: date
    after: date  # first day after it


def written(text: str) -> Period | None:
    """Read a week, month or quarter; None where it is written otherwise.

    Raises
    ------
    ValueError, OverflowError
        If the calendar has no such week, month or quarter.

    Examples
    --------
    >>> written("2026-W40").first, written("2026-Q3").after, written("autumn")
    (datetime.date(2026, 9, 28), datetime.date(2026, 10, 1), None)
    """
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    if found[2]:
        return around(date.fromisocalendar(int(found[1]), int(found[2]), 1), "week")
    if found[3]:
        return around(date(int(found[1]), 3 * int(found[3]) - 2, 1), "quarter")
    return around(date(int(found[1]), int(found[4]), 1), "month")


def around(day: date, grain: Grain) -> Period:
    """Give the week, month or quarter that a day lies in.

    Examples
    --------
    >>> around(date(2026, 1, 1), "week").text, around(date(2026, 5, 9), "quarter").words
    ('2026-W01', 'Q2 2026')
    """
    if grain == "week":
        monday = day - timedelta(days=day.weekday())
        year, week, _ = monday.isocalendar()
        words = f"week {week} of {year}"
        return Period(f"{year}-W{week:02d}", words, grain, monday, monday + timedelta(days=7))
    if grain == "month":
        start = day.replace(day=1)
        return Period(f"{start:%Y-%m}", f"{start:%B %Y}", grain, start, _next_month(start))
    quarter = (day.month - 1) // 3 + 1
    start = date(day.year, 3 * quarter - 2, 1)
    after = _next_month(start + timedelta(days=62))
    return Period(f"{day.year}-Q{quarter}", f"Q{quarter} {day.year}", grain, start, after)


def complete(last: date, grain: Grain) -> Period:
    """Give the last week, month or quarter that is over once a day is.

    Examples
    --------
    >>> complete(date(2026, 6, 29), "month").text, complete(date(2026, 6, 30), "month").text
    ('2026-05', '2026-06')
    """
    found = around(last, grain)
    return found if found.after <= last + timedelta(days=1) else preceding(found)


def preceding(one: Period) -> Period:
    """Give the period of the same sort before one; of other days, as many of them.

    Examples
    --------
    >>> preceding(around(date(2026, 1, 1), "quarter")).text
    '2025-Q4'
    """
    if one.grain == "period":
        first = one.first - (one.after - one.first)
        text = f"{first}..{one.first - timedelta(days=1)}"
        return Period(text, text, one.grain, first, one.first)
    return around(one.first - timedelta(days=1), one.grain)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
