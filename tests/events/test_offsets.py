"""R13: a year looked up in another one, of the same length and first weekday, has its changes."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime

import pytest

from tests.events.test_moments import EPOCH, SECOND, ZONES
from trod.events.moments import Rules, stretches
from trod.events.offsets import Folded, folded, offset_sql

NEW_YEARS = [(datetime(year, 1, 1) - EPOCH) // SECOND for year in range(1890, 2300)]


def looked_up(short: Folded, clock_s: int) -> tuple[int, int]:
    """Give offset and kind of a clock time the short way."""
    at = next((clock_s - way.earlier_s for way in short.shifts if clock_s < way.end_s), None)
    at = short.last_s if at is None else at
    found = bisect_right(short.stretches, at, key=lambda one: one.begin_s)
    return short.stretches[found - 1][1:]


def holds(zone: str) -> bool:
    """Compare the short way with the long one around every change and every new year."""
    for rules in (Rules(), Rules("first", "quarantine")):
        every = stretches(zone, rules)
        short = folded(every)
        if short is None:
            continue
        begins = [one.begin_s for one in every]
        clocks = [at + beside for at in begins[1:] for beside in (-1, 0, 1, 3599)]
        clocks += [at + beside for at in NEW_YEARS for beside in (-1, 0, 40 * 86_400)]
        for at in clocks:
            if looked_up(short, at) != every[bisect_right(begins, at) - 1][1:]:
                return False
    return True


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_R13_later_years_are_looked_up_in_years_like_them(zone):
    assert holds(zone)
    assert folded(stretches(zone, Rules())) is not None


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_R13_later_years_are_looked_up_in_years_like_them_in_every_zone(zone):
    assert holds(zone)


def test_a_zone_whose_years_differ_for_long_is_written_in_full():
    every = stretches("Africa/Casablanca", Rules())
    assert folded(every) is None
    assert offset_sql("x", "Africa/Casablanca", Rules()).count("CASE") == len(every) - 1
