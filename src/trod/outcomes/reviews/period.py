"""Which period a review is about: a week, month or quarter, and the one before it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from trod.errors import DefinitionError, NotEnoughDataError
from trod.outcomes.reviews.review import Pack

GRAINS: Final[dict[Pack, str]] = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "executive": "month",
}
_FORM: Final = re.compile(r"(\d{4})-(?:[Ww](\d{2})|[Qq]([1-4])|(\d{2}))")
_FORMS: Final = "Write 2026-W40, 2026-09 or 2026-Q3."


class Period(NamedTuple):
    """A week, month or quarter."""

    text: str  # "2026-W40"
    words: str
    first: date
    after: date  # first day after it


def period(given: str | None, pack: Pack, first: date, last: date) -> tuple[Period, Period]:
    """Give the period of a review, and the one before; by default the last complete one on record.

    Parameters
    ----------
    given
        As people write it; None for the default of the pack.
    first, last
        First and last day on record.

    Raises
    ------
    DefinitionError
        If it is written otherwise, or nothing is on record in it.
    NotEnoughDataError
        If no complete period is on record.

    Examples
    --------
    >>> now, before = period(None, "monthly", date(2025, 1, 6), date(2026, 6, 29))
    >>> now.text, before.text
    ('2026-05', '2026-04')
    >>> period("2026-Q1", "weekly", date(2025, 1, 6), date(2026, 6, 30))[1].words
    'Q4 2025'
    """
    if given is not None:
        now = _read(given)
        if now.after <= first or now.first > last:
            raise DefinitionError(
                [f"nothing is on record in {now.text}: the record goes from {first} to {last}."]
            )
    else:
        grain = GRAINS[pack]
        now = _of(grain, last)
        if now.after > last + timedelta(days=1):
            now = _of(grain, now.first - timedelta(days=1))
        if now.first < first:
            raise NotEnoughDataError(
                f"no complete {grain} is on record: it goes from {first} to {last}. "
                "Name a shorter period."
            )
    return now, _of(_grain(now), now.first - timedelta(days=1))


def _read(given: str) -> Period:
    found = _FORM.fullmatch(given.strip())
    try:
        if found and found[2]:
            return _of("week", date.fromisocalendar(int(found[1]), int(found[2]), 1))
        if found and found[3]:
            return _of("quarter", date(int(found[1]), 3 * int(found[3]) - 2, 1))
        if found:
            return _of("month", date(int(found[1]), int(found[4]), 1))
    except ValueError:
        pass
    raise DefinitionError([f"{given!r} is no period of a review. {_FORMS}"])


def _of(grain: str, day: date) -> Period:
    """Give the period that a day lies in."""
    if grain == "week":
        monday = day - timedelta(days=day.weekday())
        year, week, _ = monday.isocalendar()
        return Period(
            f"{year}-W{week:02d}", f"week {week} of {year}", monday, monday + timedelta(days=7)
        )
    if grain == "month":
        start = day.replace(day=1)
        after = (start + timedelta(days=32)).replace(day=1)
        return Period(f"{start:%Y-%m}", f"{start:%B %Y}", start, after)
    quarter = (day.month - 1) // 3
    start = date(day.year, 3 * quarter + 1, 1)
    after = (start + timedelta(days=95)).replace(day=1)
    return Period(f"{day.year}-Q{quarter + 1}", f"Q{quarter + 1} {day.year}", start, after)


def _grain(one: Period) -> str:
    if "W" in one.text:
        return "week"
    return "quarter" if "Q" in one.text else "month"
