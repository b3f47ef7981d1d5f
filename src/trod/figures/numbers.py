"""Numbers as people read them: counts, rates, money, times and moods."""

from __future__ import annotations

from datetime import date as _date

from trod.events.counted import plural
from trod.insights.journey_map import Rate
from trod.insights.wording import duration, money

__all__ = [
    "between",
    "count",
    "day",
    "duration",
    "money",
    "mood",
    "percent",
    "plural",
    "rate",
    "share",
    "short",
]
_MINUS = "−"


def count(n: int) -> str:
    """Write a whole number with thousands apart.

    Examples
    --------
    >>> count(8412)
    '8,412'
    """
    return f"{n:,}"


def short(n: int) -> str:
    """Write a whole number in at most five signs, for narrow places.

    Examples
    --------
    >>> short(8412), short(84120), short(3_260_000)
    ('8,412', '84.1k', '3.3M')
    """
    if abs(n) < 10_000:
        return count(n)
    return _scaled(n)


def percent(share: float) -> str:
    """Write a share without claiming a certainty that rounding made.

    Examples
    --------
    >>> percent(0.704), percent(0.002), percent(0.999), percent(1.0), percent(0.0)
    ('70%', '<1%', '>99%', '100%', '0%')
    """
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{share * 100:.0f}%"


def rate(value: Rate, small_n: int) -> str:
    """Write a rate, as a count where it stands for fewer than `small_n`.

    Examples
    --------
    >>> rate(Rate(3, 12, 0.09, 0.53), 30), rate(Rate(75, 100, 0.66, 0.82), 30)
    ('3 of 12', '75%')
    """
    if not value.whole:
        return "–"
    if value.whole < small_n:
        return f"{count(value.part)} of {count(value.whole)}"
    return percent(value.share)


def between(value: Rate, small_n: int) -> str:
    """Write the 95 % range of a rate, or nothing where the count stands alone.

    Examples
    --------
    >>> between(Rate(75, 100, 0.66, 0.82), 30), between(Rate(9000, 9000, 0.9996, 1.0), 30)
    ('66–82%', '100%')
    """
    if value.whole < max(small_n, 1):
        return ""
    low, high = f"{value.low * 100:.0f}", f"{value.high * 100:.0f}"
    return f"{low}–{high}%" if low != high else f"{low}%"


def share(part: int, whole: int, small_n: int) -> str:
    """Write part of a whole under the same small-number rule as `rate`."""
    return rate(Rate(part, whole, 0.0, 0.0), small_n)


def mood(value: float) -> str:
    """Write a mood from −1 to +1 with its sign.

    Examples
    --------
    >>> mood(0.583), mood(-0.5), mood(0.0)
    ('+0.58', '−0.50', '0.00')
    """
    text = f"{abs(value):.2f}"
    if text == "0.00":
        return text
    return (_MINUS if value < 0 else "+") + text


def day(iso: str) -> str:
    """Write an ISO date or moment as a day.

    Examples
    --------
    >>> day("2026-11-21"), day("2026-11-21T09:30:00+01:00"), day("never")
    ('21 Nov 2026', '21 Nov 2026', 'never')
    """
    try:
        when = _date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def _scaled(n: float) -> str:
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(n) >= size * 0.9995:
            value = n / size
            return f"{value:.0f}{letter}" if abs(value) >= 99.95 else f"{value:.1f}{letter}"
    return f"{n:,.0f}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
