"""Which periods are compared, as people write them: months, weeks, spans of days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from trod.analyses.calendar_period import Period, complete, preceding, written
from trod.analyses.changes.measures import Spans
from trod.analyses.periods import day_of, midnight_us
from trod.errors import DefinitionError, NotEnoughDataError

MOST_EARLIER: Final = 12
"""Periods before the two that say what is usual."""
_FORMS: Final = "Write 2026-09, 2026-W40, 2026-Q3 or 2026-09-01..2026-09-15"


class Chosen(NamedTuple):
    """Two periods and those before them."""

    before: Period
    now: Period
    spans: Spans  # earlier ones, then the two
    day_us: tuple[int, ...]  # first moments of all days from the first period on, and the end
    first_day: date  # the first of these days
    cut: bool  # the later period is not over

    @property
    def grain(self) -> str:
        """The word for a period."""
        return self.now.grain if self.now.grain == self.before.grain else "period"


def chosen(asked: Sequence[str], first_us: int, last_us: int, zone: str) -> Chosen:
    """Read two periods; without any, the last two complete months.

    Parameters
    ----------
    asked
        Two texts, or none.
    first_us, last_us
        First and last moment on record.
    zone
        IANA zone whose days count.

    Raises
    ------
    DefinitionError
        If a period is not written as above, both overlap, or nothing is on record in one.
    NotEnoughDataError
        If there are no two complete months.

    Examples
    --------
    >>> found = chosen(["1970-02", "1970-03"], 0, 86_400_000_000 * 100, "UTC")
    >>> found.before.words, found.now.words, len(found.spans.start_us)
    ('February 1970', 'March 1970', 3)
    """
    place = ZoneInfo(zone)
    first, last = day_of(first_us, place), day_of(last_us, place)
    if len(asked) not in (0, 2):
        raise DefinitionError([f"two periods are compared, or none is named. {_FORMS}, twice."])
    pair = [_read(text) for text in asked] or _last_months(first, last)
    before, now = sorted(pair, key=lambda each: each.first)
    _check(before, now, first, last)
    end = min(now.after, last + timedelta(days=1))
    rows = [*_earlier(before, first), (before.first, before.after), (now.first, end)]
    spans = Spans(*(tuple(midnight_us(d, place) for d in side) for side in zip(*rows, strict=True)))
    n_days = (end - rows[0][0]).days
    days = tuple(midnight_us(rows[0][0] + timedelta(days=i), place) for i in range(n_days + 1))
    return Chosen(before, now, spans, days, rows[0][0], cut=end < now.after)


def around(day: date, first_us: int, last_us: int, zone: str) -> Chosen:
    """Give the days since a day, and as many before it; fewer where the record begins later.

    Raises
    ------
    DefinitionError
        If nothing is on record before the day, or since it.

    Examples
    --------
    >>> found = around(date(1970, 4, 1), 0, 86_400_000_000 * 99, "UTC")
    >>> found.before.words, found.now.words
    ('1970-03-22..1970-03-31', '1970-04-01..1970-04-10')
    """
    place = ZoneInfo(zone)
    first, last = day_of(first_us, place), day_of(last_us, place)
    if not first < day <= last:
        lacks = "since" if day > last else "before"
        raise DefinitionError(
            [
                f"no touchpoint {lacks} {day}: the record goes from {first} to {last}. "
                "Name a day in between."
            ]
        )
    start = max(first, day - (last - day) - timedelta(days=1))
    pair = (start, day - timedelta(days=1)), (day, last)
    return chosen([f"{a}..{b}" for a, b in pair], first_us, last_us, zone)


def _read(text: str) -> Period:
    try:
        if found := written(text):
            return found
        start, dots, end = text.partition("..")
        first, last = date.fromisoformat(start), date.fromisoformat(end if dots else start)
    except (ValueError, OverflowError):
        raise DefinitionError([f"{text!r} is no period. {_FORMS}."]) from None
    if last < first:
        raise DefinitionError([f"{text}: it ends before it begins. Turn the days round."])
    words = f"{first}..{last}" if dots else f"{first}"
    return Period(words, words, "period", first, last + timedelta(1))


def _last_months(first: date, last: date) -> list[Period]:
    now = complete(last, "month")
    before = preceding(now)
    if before.first < first.replace(day=1):
        raise NotEnoughDataError(
            f"two complete months are compared, and the record goes from {first} to {last}. "
            f"Name two shorter periods. {_FORMS}."
        )
    return [before, now]


def _check(before: Period, now: Period, first: date, last: date) -> None:
    problems = []
    if now.first < before.after:
        problems.append(f"{before.words} and {now.words} overlap. Name two periods apart.")
    for each in (before, now):
        if each.after <= first or each.first > last:
            problems.append(
                f"nothing is on record in {each.words}: the record goes from {first} to {last}. "
                "Name periods inside it."
            )
    if problems:
        raise DefinitionError(problems)


def _earlier(before: Period, first: date) -> list[tuple[date, date]]:
    """List complete periods of the same length before the earlier one, oldest first."""
    found: list[tuple[date, date]] = []
    each = before
    while len(found) < MOST_EARLIER:
        each = preceding(each)
        if each.first < first:
            break
        found.append((each.first, each.after))
    return found[::-1]
