"""Figures and dates as they stand in sentences."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

SMALL_N: Final = 30
"""Below so many customers a count is shown, not a share."""
_SYMBOLS: Final = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
_THIN: Final = "\u202f"


def share(part: int, whole: int) -> str:
    """Say a share: in per cent, or as a count where fewer than 30 stand behind it.

    Examples
    --------
    >>> share(1301, 5717), share(3, 12), share(1, 4000), share(4000, 4000)
    ('23%', '3 of 12', 'under 1%', '100%')
    """
    if whole < SMALL_N:
        return f"{part:,} of {whole:,}"
    if 0 < part * 200 < whole:
        return "under 1%"
    if part < whole and part * 200 >= whole * 199:
        return "over 99%"
    return f"{(part * 200 + whole) // (2 * whole)}%"


def chance(probability: float) -> str:
    """Say an estimated probability in per cent, without a certainty that no estimate has.

    Examples
    --------
    >>> chance(0.234), chance(0.004), chance(0.996), chance(0.0)
    ('23%', 'under 1%', 'over 99%', '0%')
    """
    if 0 < probability < 0.01:
        return "under 1%"
    if 0.99 < probability < 1:
        return "over 99%"
    return f"{100 * probability:.0f}%"


def duration(time_us: int) -> str:
    """Say a time in the largest unit that leaves it at least one.

    Examples
    --------
    >>> duration(362_880_000_000), duration(120_000_000), duration(40 * 86_400_000_000)
    ('4.2 days', '2 min', '40 days')
    """
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s")):
        if time_us >= size * 1_000_000:
            n = time_us / (size * 1_000_000)
            text = f"{n:.0f}" if n >= 10 else f"{n:.1f}".removesuffix(".0")
            return f"{text} {'day' if (text, unit) == ('1', 'days') else unit}"
    return "under 1 s"


def about(time_us: int) -> str:
    """Say a time as closely as the bins it is read from allow: in whole units, two at least.

    Examples
    --------
    >>> about(593_000_000_000), about(126_000_000_000), about(1_500_000)
    ('about 7 days', 'about 35 h', 'about 2 s')
    """
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min"), (1, "s")):
        n = (2 * time_us + size * 1_000_000) // (2 * size * 1_000_000)
        if n >= 2:
            return f"about {n:,} {unit}"
    return "about 1 s"


def money(micros: int, currency: str | None) -> str:
    """Say money with its currency: large amounts in thousands or millions, small ones with cents.

    Examples
    --------
    >>> money(14_700_000_000_000, "USD"), money(912_000_000, None), money(-45_300_000_000, "EUR")
    ('$14.7M', '912', '-€45.3k')
    >>> money(422_300_000_000, "EUR"), money(912_000_000, "DKK")
    ('€422k', 'DKK\u202f912')
    >>> money(1_250_000, "USD"), money(500_000, "EUR"), money(3_000_000, "EUR")
    ('$1.25', '€0.50', '€3')
    """
    amount = abs(micros) / 1_000_000
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if amount >= size * 0.9995:
            value = amount / (1e3 if unit == "k" else size)
            text = f"{value:,.0f}" if value >= 99.95 else f"{value:.1f}".removesuffix(".0")
            text += unit
            break
    else:
        cents = 0 < amount < 9.995 and abs(amount - round(amount)) >= 0.005
        text = f"{amount:.2f}" if cents else f"{amount:,.0f}"
    sign = "-" if micros < 0 else ""
    if not currency:
        return sign + text
    return f"{sign}{_SYMBOLS.get(currency, currency + _THIN)}{text}"


def in_money(amount: float, currency: str | None) -> str:
    """Say an amount that is not kept in millionths: what is expected, declared or estimated.

    Examples
    --------
    >>> in_money(422_300.0, "EUR"), in_money(-12.4, None)
    ('€422k', '-12')
    """
    return money(round(amount * 1_000_000), currency)


def day(time_us: int, zone: str) -> str:
    """Give the ISO date of a moment in a zone.

    Examples
    --------
    >>> day(1_700_000_000_000_000, "Europe/Berlin")
    '2023-11-14'
    """
    moment = datetime.fromtimestamp(time_us // 1_000_000, UTC)
    return moment.astimezone(ZoneInfo(zone)).date().isoformat()


def day_ended(end_us: int, zone: str) -> str:
    """Give the ISO date of the day that a moment ends: at midnight, the day before.

    Examples
    --------
    >>> midnight = 1_700_006_400_000_000
    >>> day_ended(midnight, "UTC"), day(midnight, "UTC")
    ('2023-11-14', '2023-11-15')
    """
    return day(end_us - 1, zone)


def in_words(names: list[str], *, most: int = 3, last: str = "or") -> str:
    """Join names the way people do.

    Examples
    --------
    >>> in_words(["a"]), in_words(["a", "b"]), in_words(["a", "b", "c", "d"])
    ('a', 'a or b', 'a, b, c or 1 more')
    """
    if len(names) > most:
        return f"{', '.join(names[:most])} {last} {len(names) - most} more"
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"


def of_unit(text: str, unit: str) -> str:
    """Say of accounts what a sentence says of customers.

    Examples
    --------
    >>> of_unit("Help a customer who waits; customers leave.", "accounts")
    'Help an account who waits; accounts leave.'
    """
    if unit == "customers":
        return text
    text = re.sub(r"\b([Aa]) customer\b", r"\1n account", text)
    return text.replace("customer", "account").replace("Customer", "Account")
