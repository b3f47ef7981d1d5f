"""Clock times as moments, by the rules for hours that clocks repeat or skip.

What the time zone database says is cut into stretches, so that it is the same as in Python's
`zoneinfo` wherever times are read, and faster than asking for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

REPEATED: Final = 1
SKIPPED: Final = 2
REFUSED: Final = 3  # skipped, and quarantined by the rule
LEAP: Final = 4
KINDS: Final = 8
"""A moment is written as microseconds times KINDS, and what is special about it added."""
_FIRST: Final = datetime(1899, 12, 20, tzinfo=UTC)
_LAST: Final = datetime(2200, 1, 10, tzinfo=UTC)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(days=3)


RepeatedHour = Literal["second", "first"]
SkippedHour = Literal["forward", "quarantine"]


class Rules(NamedTuple):
    """How clock times are read that a change of clocks makes two of, or none."""

    repeated_hour: RepeatedHour = "second"
    skipped_hour: SkippedHour = "forward"


class Stretch(NamedTuple):
    """Clock times, from this one on, that are read with one offset."""

    begin_s: int  # since 1970, as the clock shows it
    offset_s: int
    kind: int


@lru_cache(maxsize=64)
def stretches(zone: str, rules: Rules) -> tuple[Stretch, ...]:
    """Cut the clock times of a zone from 1900 to 2200 into stretches with one offset each.

    Examples
    --------
    >>> some = stretches("Europe/Berlin", Rules())
    >>> [one[1:] for one in some if one.begin_s >= 1711850400][:4]
    [(3600, 2), (7200, 0), (3600, 1), (3600, 0)]
    """
    changed = _changed(zone)
    found = [Stretch(-(1 << 62), changed[0][1] if changed else offset_s(ZoneInfo(zone), _FIRST), 0)]
    for at_s, before_s, after_s in changed:
        if after_s > before_s:
            kind = REFUSED if rules.skipped_hour == "quarantine" else SKIPPED
            found.append(Stretch(at_s + before_s, before_s, kind))
        else:
            read_s = after_s if rules.repeated_hour == "second" else before_s
            found.append(Stretch(at_s + after_s, read_s, REPEATED))
        found.append(Stretch(at_s + max(before_s, after_s), after_s, 0))
    return tuple(found)


@lru_cache(maxsize=64)
def _changed(zone: str) -> tuple[tuple[int, int, int], ...]:
    return tuple(changes(ZoneInfo(zone)))


def changes(
    zone: ZoneInfo, first: datetime = _FIRST, last: datetime = _LAST
) -> Iterator[tuple[int, int, int]]:
    """Give moment, offset before and offset after of every change of clocks, in seconds.

    From a moment on, up to the first look at or after another one; looks are three days apart.
    """
    at, offset = first, offset_s(zone, first)
    while at < last:
        after = offset_s(zone, at + _STEP)
        if after != offset:
            low, high = at, at + _STEP
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if offset_s(zone, middle) == offset else (low, middle)
            yield (high - _EPOCH) // timedelta(seconds=1), offset, offset_s(zone, high)
            at, offset = high, offset_s(zone, high)
        else:
            at += _STEP


def offset_s(zone: ZoneInfo, moment: datetime) -> int:
    """Give how many seconds the clocks of a zone are ahead of UTC."""
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(seconds=1)
