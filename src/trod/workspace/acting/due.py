"""When something is due: a day, or so many days from now."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from trod.errors import DefinitionError
from trod.insights.wording import day

_AHEAD: Final = re.compile(r"(\d{1,4})\s*([dw])")
_DAYS: Final = {"d": 1, "w": 7}


def due_on(given: str, *, now_us: int, zone: str) -> str:
    """Give the day that 14d, 2w or 2026-12-31 means, as ISO date; "" where nothing is given.

    Raises
    ------
    DefinitionError
        If it is neither.

    Examples
    --------
    >>> due_on("2w", now_us=0, zone="UTC"), due_on("2026-12-31", now_us=0, zone="UTC")
    ('1970-01-15', '2026-12-31')
    """
    text = given.strip()
    if not text:
        return ""
    if ahead := _AHEAD.fullmatch(text):
        days = int(ahead[1]) * _DAYS[ahead[2]]
        return (date.fromisoformat(day(now_us, zone)) + timedelta(days=days)).isoformat()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise DefinitionError(
            [f"due {given!r} is not a day. Write 2026-12-31, 14d or 2w."]
        ) from None
