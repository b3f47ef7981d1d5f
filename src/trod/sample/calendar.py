"""The days of the sample company: a fixed span, office hours, one local zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

ZONE = "Europe/Amsterdam"
HOUR = 3_600
DAY = 24 * HOUR
_WEEK = 7 * DAY
_MONDAY = 4 * DAY  # 1970-01-05 was a Monday
START_S = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())
END_S = int(datetime(2026, 7, 1, tzinfo=UTC).timestamp())  # nothing happens at or after it
RELEASE_S = int(datetime(2025, 7, 1, tzinfo=UTC).timestamp())  # connecting gets harder
NEVER = np.iinfo(np.int64).max

Seconds = NDArray[np.int64]


def office_time(time_s: Seconds) -> Seconds:
    """Move moments into Monday to Friday, 7:00 to 19:00 UTC, keeping their order."""
    week, within = np.divmod(time_s - _MONDAY, _WEEK)
    day, second = np.divmod(within * 5, _WEEK)  # `second` runs over one seventh of five weeks
    moved = week * _WEEK + _MONDAY + day * DAY + 7 * HOUR + second * (12 * HOUR) // _WEEK
    return np.where(time_s == NEVER, NEVER, moved)


def local(time_s: Seconds) -> Seconds:
    """Give the wall clock of the company's zone, as seconds without a zone."""
    zone = ZoneInfo(ZONE)
    first = datetime.fromtimestamp(START_S, UTC)
    hours = (END_S - START_S) // HOUR
    # One look-up an hour, so that no zone database is needed beyond Python's own.
    offset = np.array(
        [
            int(((first + timedelta(hours=h)).astimezone(zone).utcoffset() or timedelta(0)).seconds)
            for h in range(hours)
        ],
        np.int64,
    )
    return time_s + offset[(time_s - START_S) // HOUR]


def at(moment: str) -> int:
    """Read a day, or a moment such as 2025-03-01T09:30, in UTC."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp())


def iso(time_s: Seconds, *, suffix: str = "", sep: str = "T") -> list[str]:
    """Write moments as 2025-03-01T09:30:00, with `suffix` behind each."""
    text = np.datetime_as_string(time_s.astype("datetime64[s]")).tolist()
    if sep != "T":
        return [t.replace("T", sep) + suffix for t in text]
    return [t + suffix for t in text] if suffix else text
