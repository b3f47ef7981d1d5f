"""Rows by local day and hour, one at a time, as the standard library reads clocks."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def count_days(rows, zone):
    """`rows` are (time_us, series) pairs. Gives counts by (series, day) and by (day, hour)."""
    days, hours = Counter(), Counter()
    for time_us, series in rows:
        local = (EPOCH + timedelta(microseconds=time_us)).astimezone(ZoneInfo(zone))
        day = local.date().toordinal() - EPOCH.date().toordinal()
        days[series, day] += 1
        hours[day, local.hour] += 1
    return days, hours
