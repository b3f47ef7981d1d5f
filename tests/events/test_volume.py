"""Rows by day: counted as the standard library reads clocks, silence found, clocks doubted."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins.days import count_days as slow_count_days
from trod._kernels.arrays import given as as_given
from trod._kernels.days import count_days
from trod.events.clocks import hour_shifts, rows_apart
from trod.events.gaps import gaps
from trod.events.volume import DAY_US, Series, Volume, clock_changes, iso

ZONES = ["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]
FIRST = datetime(2024, 1, 1, tzinfo=UTC).toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
MOMENTS = st.integers(1_300_000_000_000_000, 1_450_000_000_000_000)


@given(st.lists(st.tuples(MOMENTS, st.integers(0, 3)), max_size=40), st.sampled_from(ZONES))
@settings(max_examples=examples(60))
def test_rows_are_counted_by_the_days_and_hours_of_the_zone(rows, zone):
    first, last = 1_300_000_000_000_000 // DAY_US - 1, 1_450_000_000_000_000 // DAY_US + 1
    moments, offsets = clock_changes(zone, first * DAY_US, last * DAY_US)
    days, hours = np.zeros((4, last - first + 1), np.int64), np.zeros((last - first + 1, 24), int)
    outside = count_days(
        as_given(np.array([t for t, _ in rows], np.int64), np.int64),
        as_given(np.array([c for _, c in rows], np.int32), np.int32),
        as_given(moments, np.int64),
        as_given(offsets, np.int64),
        first,
        days,
        hours,
    )
    by_day, by_hour = slow_count_days(rows, zone)
    assert outside == 0
    assert {(s, d + first): days[s, d] for s, d in zip(*days.nonzero(), strict=True)} == by_day
    assert {(d + first, h): hours[d, h] for d, h in zip(*hours.nonzero(), strict=True)} == by_hour


def volume_of(series, hours=None):
    """`series` maps (source, touchpoint) to rows by day, from 1 January 2024, a Monday."""
    names = sorted(series)
    days = np.array([series[name] for name in names], np.int64)
    return Volume("UTC", FIRST, tuple(Series(*n) for n in names), days, hours or {}, {}, {})


def usual(n_days=200, level=20.0, seed=1, weekend=1.0):
    rng = np.random.default_rng(seed)
    week = np.where(np.arange(n_days) % 7 < 5, 1.0, weekend)
    return rng.poisson(level * week)


def test_D4_days_without_any_row_are_a_gap_with_its_dates_and_what_is_missing():
    counts = usual()
    counts[60:69] = 0
    (gap,) = gaps(volume_of({("web", "visit"): counts}))
    assert (gap.source, gap.touchpoint, gap.days, gap.open_) == ("web", None, 9, False)
    assert (iso(gap.first_day), iso(gap.last_day)) == ("2024-03-01", "2024-03-09")
    assert 150 <= gap.expected <= 210


def test_D4_a_last_day_that_is_not_over_is_no_gap():
    morning, noon = usual(level=40), usual(level=40, seed=2)
    noon[-1] = 0  # comes in the afternoon, and the data end at ten
    series = {("web", "visit"): morning, ("desk", "ticket"): noon}
    assert gaps(volume_of(series)) == ()
    noon[-2] = 0
    (gap,) = gaps(volume_of(series))
    assert (gap.source, gap.days, gap.open_) == ("desk", 2, True)
    assert 20 <= gap.expected <= 60  # of the day that is over


def test_D4_one_touchpoint_that_is_missing_in_a_source_that_is_not():
    counts = usual(level=6, seed=2)
    counts[100:121] = 0
    (gap,) = gaps(volume_of({("app", "export"): counts, ("app", "login"): usual(seed=3)}))
    assert (gap.touchpoint, gap.days) == ("export", 21)


def test_weekends_and_rare_touchpoints_and_slow_starts_are_no_gaps():
    series = {
        ("desk", "ticket"): usual(weekend=0.0),
        ("crm", "visit"): usual(level=0.15, seed=4),
        ("app", "growing"): np.random.default_rng(5).poisson(np.linspace(0, 9, 200) ** 1.5),
    }
    assert gaps(volume_of(series)) == ()


def test_noise_alone_shows_no_gap_in_two_hundred_series():
    series = {("s", f"t{i}"): usual(level=3, seed=i) for i in range(200)}
    assert gaps(volume_of(series)) == ()


def test_a_source_that_fell_silent_lasts_to_the_end_of_the_data():
    counts = usual()
    counts[150:] = 0
    (gap,) = gaps(volume_of({("web", "visit"): counts, ("app", "login"): usual(seed=9)}))
    assert gap.open_
    assert gap.days == 50


def test_one_touchpoint_that_is_silent_for_a_season_may_have_paused():
    counts = usual(n_days=300, level=6, seed=2)
    counts[100:170] = 0
    series = {("app", "offer"): counts, ("app", "login"): usual(n_days=300, seed=3)}
    (gap,) = gaps(volume_of(series))
    assert gap.paused
    assert not gap.lost
    (whole,) = gaps(volume_of({("app", "offer"): counts, ("web", "visit"): usual(n_days=300)}))
    assert whole.lost
    (nothing,) = gaps(volume_of({("app", "offer"): counts}))
    assert nothing.everything
    assert nothing.paused


def hourly(n_days=200, seed=1):
    rng = np.random.default_rng(seed)
    share = np.exp(-((np.arange(24) - 14.5) ** 2) / 18)
    return rng.poisson(np.outer(np.ones(n_days), 6 * share / share.sum() * 10))


def test_D3_a_source_whose_hours_moved_beside_the_others_is_named_with_its_dates():
    hours = {name: hourly(seed=i) for i, name in enumerate(["app", "calls", "web"])}
    hours["calls"][91:161] = np.roll(hours["calls"][91:161], 1, axis=1)
    series = {(name, "t"): own.sum(axis=1) for name, own in hours.items()}
    (found,) = hour_shifts(volume_of(series, hours))
    assert (found.source, found.hours) == ("calls", 1)
    assert (iso(found.first_day), iso(found.last_day)) == ("2024-04-01", "2024-06-09")


def test_hours_that_move_in_all_sources_are_the_customers_not_a_clock():
    hours = {name: hourly(seed=i) for i, name in enumerate(["app", "calls", "web"])}
    for own in hours.values():
        own[91:161] = np.roll(own[91:161], 1, axis=1)
    series = {(name, "t"): own.sum(axis=1) for name, own in hours.items()}
    assert hour_shifts(volume_of(series, hours)) == ()


def test_dates_without_hours_are_no_shift():
    dates = np.zeros((200, 24), np.int64)
    dates[:, 1], dates[91:, 1], dates[91:, 2] = 9, 0, 9
    hours = {"app": hourly(), "deals": dates}
    series = {(name, "t"): own.sum(axis=1) for name, own in hours.items()}
    assert hour_shifts(volume_of(series, hours)) == ()


def test_few_rows_years_apart_are_a_clock_many_are_history():
    found = volume_of({("app", "t"): usual(), ("crm", "t"): usual(seed=2)})
    apart = {"app": (3, 0, DAY_US), "crm": (2_000, 0, DAY_US)}
    assert [one.source for one in rows_apart(found._replace(apart=apart))] == ["app"]
