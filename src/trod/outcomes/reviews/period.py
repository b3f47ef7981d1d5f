"""Which period a review is about: a week, month or quarter, and the one before it."""

from __future__ import annotations

from datetime import date
from typing import Final

from trod.analyses.calendar_period import Grain, Period, complete, preceding, written
from trod.errors import DefinitionError, NotEnoughDataError
from trod.outcomes.reviews.review import Pack

GRAINS: Final[dict[Pack, Grain]] = {
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "executive": "month",
}
_FORMS: Final = "Write 2026-W40, 2026-09 or 2026-Q3."


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
        now = complete(last, grain)
        if now.first < first:
            raise NotEnoughDataError(
                f"no complete {grain} is on record: it goes from {first} to {last}. "
                "Name a shorter period."
            )
    return now, preceding(now)


def _read(given: str) -> Period:
    try:
        if found := written(given.strip()):
            return found
    except (ValueError, OverflowError):
        pass
    raise DefinitionError([f"{given!r} is no period of a review. {_FORMS}"])
