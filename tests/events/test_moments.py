"""R13: clock times are what Python's zoneinfo says, by the rule for hours repeated or skipped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.events.test_mapping import one, us
from tests.examples import examples
from trod.events.clock_times import Clocks
from trod.events.moments import (
    KINDS,
    REFUSED,
    REPEATED,
    SKIPPED,
    Rules,
    stretches,
)
from trod.sources.engine import engine

EPOCH = datetime(1970, 1, 1)
SECOND = timedelta(seconds=1)
ZONES = sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc", "posix")))


def read(clock: datetime, zone: str, rules: Rules) -> tuple[int, int]:
    """Give moment and kind of a clock time from the stretches, by looking at all of them."""
    shown_s = (clock - EPOCH) // SECOND
    (_, offset_s, kind) = [each for each in stretches(zone, rules) if each.begin_s <= shown_s][-1]
    return shown_s - offset_s, kind


def expected(clock: datetime, zone: str, rules: Rules) -> tuple[int, int]:
    """Say what zoneinfo makes of a clock time: by definition of `fold`."""
    both = [clock.replace(tzinfo=ZoneInfo(zone), fold=fold) for fold in (0, 1)]
    first, second = (int(each.timestamp()) for each in both)
    if first == second:
        return first, 0
    if datetime.fromtimestamp(first, ZoneInfo(zone)).replace(tzinfo=None) == clock:
        return (second if rules.repeated_hour == "second" else first), REPEATED
    return first, REFUSED if rules.skipped_hour == "quarantine" else SKIPPED


RULES = [Rules(), Rules("first", "quarantine")]


@settings(max_examples=examples(60), deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    rules=st.sampled_from(RULES),
    nth=st.integers(0, 10_000),
    beside_s=st.integers(-9000, 9000),
)
def test_R13_clock_times_around_changes_are_what_zoneinfo_says(zone, rules, nth, beside_s):
    found = stretches(zone, rules)
    begin_s = found[nth % len(found)].begin_s
    if begin_s < -(1 << 40):
        begin_s = 0
    clock = EPOCH + timedelta(seconds=begin_s + beside_s)
    assert read(clock, zone, rules) == expected(clock, zone, rules)


@settings(max_examples=examples(40), deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    clock=st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)).map(
        lambda each: each.replace(microsecond=0)
    ),
)
def test_R13_clock_times_of_any_day_are_what_zoneinfo_says(zone, clock):
    for rules in RULES:
        assert read(clock, zone, rules) == expected(clock, zone, rules)


@pytest.mark.slow
@pytest.mark.parametrize("zone", ZONES)
def test_R13_every_change_of_every_zone_is_what_zoneinfo_says(zone):
    for rules in RULES:
        for begin_s in [each.begin_s for each in stretches(zone, rules)][1:]:
            for beside_s in (-3601, -1, 0, 1, 1799, 3599):
                clock = EPOCH + timedelta(seconds=begin_s + beside_s)
                assert read(clock, zone, rules) == expected(clock, zone, rules), clock


@pytest.mark.parametrize(
    "zone",
    ["Australia/Lord_Howe", "Europe/Berlin", "America/New_York", "Africa/Casablanca", "Asia/Tokyo"],
)
def test_R13_the_query_reads_what_the_stretches_say(zone):
    rules = RULES[1]
    clocks = [
        EPOCH + timedelta(seconds=each.begin_s + beside_s)
        for each in stretches(zone, rules)[1:]
        for beside_s in (-1, 0, 1000)
    ]
    clocks += [datetime(year, 1, day) for year in range(1900, 2230) for day in (1, 2)]
    listed = ", ".join(f"(TIMESTAMP '{clock}')" for clock in clocks)
    asked = Clocks()
    moment = asked.moment("n", zone, rules)
    query = f"SELECT {moment} FROM ({asked.staged(f'SELECT n FROM (VALUES {listed}) AS t(n)')})"
    with engine() as duck:
        found = [int(str(coded)) for (coded,) in duck.rows(query)]
    told = [read(clock, zone, rules) for clock in clocks]
    assert [(each // KINDS // 1_000_000, each % KINDS) for each in found] == told


HEAD = "who,what,at\n"
BERLIN = {"zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("keys", "said", "moment", "moved"),
    [
        ({}, "2024-10-27 02:30", "2024-10-27T01:30:00", {"repeated_hour": 1}),
        ({"repeated_hour": "first"}, "2024-10-27 02:30", "2024-10-27T00:30", {"repeated_hour": 1}),
        ({}, "2024-03-31 02:30", "2024-03-31T01:30", {"skipped_hour": 1}),
        ({}, "2024-03-31 03:30", "2024-03-31T01:30", {}),
        ({}, "2024-10-27T02:30+02:00", "2024-10-27T00:30", {}),
        ({}, "2024-10-27 01:59:59", "2024-10-26T23:59:59", {}),
        ({}, "2017-01-01 00:59:60", "2016-12-31T23:59:59", {"leap_second": 1}),
        ({}, "2016-12-31T23:59:60Z", "2016-12-31T23:59:59", {"leap_second": 1}),
    ],
)
def test_R13_times_that_a_rule_reads_are_counted(tmp_path, keys, said, moment, moved):
    rows, report = one(tmp_path, f"{HEAD}1,a,{said}\n", **BERLIN, **keys)
    assert [row["time_us"] for row in rows] == [us(moment)]
    assert report.moved == moved
    assert len(report.unread_words()) == len(moved)


def test_R13_a_time_that_no_clock_showed_is_quarantined_where_that_is_the_rule(tmp_path):
    text = f"{HEAD}1,a,2024-03-31 02:30\n2,a,2024-03-31 03:00\n"
    rows, report = one(tmp_path, text, **BERLIN, skipped_hour="quarantine")
    assert [row["id.customer"] for row in rows] == ["2"]
    assert report.quarantined == {"time_in_skipped_hour": (1, ("line 2: '2024-03-31 02:30'",))}
    time = {"column": "at", "skipped_hour": "forward"}
    rows, _ = one(tmp_path, text, **BERLIN, skipped_hour="quarantine", time=time)
    assert len(rows) == 2


def test_a_second_of_60_that_is_no_leap_second_is_not_read(tmp_path):
    rows, report = one(tmp_path, f"{HEAD}1,a,2024-03-31 02:31:60\n")
    assert rows == []
    assert list(report.quarantined) == ["clock_does_not_exist"]


def test_times_with_and_without_a_zone_may_stand_in_one_column(tmp_path):
    text = f"{HEAD}1,a,2024-07-01 10:00\n2,a,2024-07-01T10:00:00+05:00\n3,a,2024-07-01T10:00:00Z\n"
    rows, _ = one(tmp_path, text, **BERLIN)
    assert [row["time_us"] for row in rows] == [us(f"2024-07-01T{h}") for h in ("08", "05", "10")]
    text = f"{HEAD}1,a,01.07.2024 10:00\n2,a,01.07.2024 10:00 +0500\n"
    time = {"column": "at", "format": ["%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M %z"]}
    rows, _ = one(tmp_path, text, **BERLIN, time=time)
    assert [row["time_us"] for row in rows] == [us("2024-07-01T08:00"), us("2024-07-01T05:00")]


def test_units_that_are_mixed_in_a_column_are_told_by_the_size_of_each_number(tmp_path):
    said = [
        "1704448800",
        "1704448800123",
        "1704448800123456",
        "1704448800123456789",
        "1704448800.5",
    ]
    text = HEAD + "".join(f"{i},a,{each}\n" for i, each in enumerate([*said, "17", "17044488001"]))
    rows, report = one(tmp_path, text, time={"column": "at", "unit": "auto"})
    at = us("2024-01-05T10:00:00")
    assert [row["time_us"] - at for row in rows] == [0, 123_000, 123_456, 123_456, 500_000]
    assert {code: n for code, (n, _) in report.quarantined.items()} == {
        "time_is_a_number": 1,
        "time_in_other_unit": 1,
    }


def test_dates_far_out_are_refused_and_break_nothing(tmp_path):
    far = ["290000-01-01", "0001-01-01 00:00:00", "9999-12-31 23:59:59", "5000000000000000000"]
    text = HEAD + "1,a,2024-01-05\n" + "".join(f"2,b,{each}\n" for each in far)
    for keys in ({}, BERLIN):
        rows, report = one(tmp_path, text, **keys)
        assert len(rows) == 1
        assert report.n_quarantined == len(far)


def test_stretches_of_utc_are_one():
    assert len(stretches("Etc/UTC", Rules())) == 1
    assert datetime(1970, 1, 1, tzinfo=UTC).timestamp() == 0
