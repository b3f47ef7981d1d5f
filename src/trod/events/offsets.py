"""What to take from a clock time, as short an expression as the calendar allows.

Clocks change by rules that name a weekday, so years alike in length and first weekday have the
same changes, and 28 years in a row hold all of them. Later years are looked up there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from trod.events.moments import KINDS, Rules, Stretch, stretches

_SECOND: Final = 1_000_000
_YEARS: Final = range(1900, 2200)
_CYCLE: Final = 28  # years after which weekdays and leap years repeat, within a century


class Shift(NamedTuple):
    """Clock times, up to this one, that are looked up so much earlier."""

    end_s: int
    earlier_s: int


class Folded(NamedTuple):
    """The stretches of the years that differ, and where those of later years are found."""

    stretches: tuple[Stretch, ...]
    shifts: tuple[Shift, ...]
    last_s: int  # stands for all clock times beyond


@lru_cache(maxsize=64)
def like_sql(us: str, zone: str, rules: Rules) -> str:
    """Write the clock time, in microseconds since 1970, at which to look up another one."""
    short = folded(stretches(zone, rules))
    if short is None:
        return us
    cases = " ".join(
        f"WHEN {us} < {end_s * _SECOND} THEN {us}"
        + (f" - {earlier_s * _SECOND}" if earlier_s else "")
        for end_s, earlier_s in short.shifts
    )
    return f"CASE {cases} ELSE {short.last_s * _SECOND} END"


@lru_cache(maxsize=64)
def offset_sql(like: str, zone: str, rules: Rules) -> str:
    """Write offset times KINDS, less the kind, of what `like_sql` wrote."""
    every = stretches(zone, rules)
    short = folded(every)
    return _tree(like, every if short is None else short.stretches)


def _tree(us: str, some: tuple[Stretch, ...]) -> str:
    """Write a search of the stretches by halves."""
    if len(some) == 1:
        (_, offset_s, kind) = some[0]
        return str(offset_s * _SECOND * KINDS - kind)
    half = len(some) // 2
    return (
        f"CASE WHEN {us} < {some[half].begin_s * _SECOND} "
        f"THEN {_tree(us, some[:half])} ELSE {_tree(us, some[half:])} END"
    )


@lru_cache(maxsize=64)
def folded(every: tuple[Stretch, ...]) -> Folded | None:
    """Leave out the years that are like earlier ones; None where there are none to leave out."""
    first = _first_repeated(every)
    end = first + _CYCLE
    like: dict[tuple[int, int], int] = {}
    for year in range(first, end):
        like.setdefault(_sort(year), year)
    if end >= _YEARS.stop or any(_sort(year) not in like for year in range(end, _YEARS.stop)):
        return None
    kept = tuple(one for one in every if one.begin_s < _new_year_s(end))
    last = next((one.begin_s for one in reversed(kept) if one[1:] == every[-1][1:]), None)
    if last is None or every[-1].begin_s >= _new_year_s(_YEARS.stop):
        return None
    return Folded(kept, tuple(_shifts(first, like)), last)


def _first_repeated(every: tuple[Stretch, ...]) -> int:
    """Give the year from which on years of one sort have the same stretches."""
    same: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    begins = [one.begin_s for one in every]
    for year in reversed(_YEARS):
        start, end = _new_year_s(year), _new_year_s(year + 1)
        some = every[bisect_right(begins, start) - 1 : bisect_right(begins, end - 1)]
        own = [(max(one.begin_s - start, 0), one.offset_s, one.kind) for one in some]
        if same.setdefault(_sort(year), own) != own:
            return year + 1
    return _YEARS.start


def _shifts(first: int, like: dict[tuple[int, int], int]) -> Iterator[Shift]:
    """Give for all years the way to a year like them; one way serves as many years as it can."""
    end, earlier_s = first + _CYCLE, 0
    to = {_new_year_s(year): year for year in range(first, end)}
    for year in range(end, _YEARS.stop):
        start = _new_year_s(year)
        reached = to.get(start - earlier_s)
        if reached is None or _sort(reached) != _sort(year):
            yield Shift(start, earlier_s)
            earlier_s = start - _new_year_s(like[_sort(year)])
    yield Shift(_new_year_s(_YEARS.stop), earlier_s)


def _sort(year: int) -> tuple[int, int]:
    """Give first weekday and length of a year."""
    first = date(year, 1, 1)
    return first.weekday(), (date(year + 1, 1, 1) - first).days


def _new_year_s(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())
