"""Cohorts: who is still active so many months after entering."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given

from tests.analyses.plans import plan
from tests.slow_twins.retention import cohorts
from tests.strategies import VOCABULARY, batch, customers, journeys
from trod.analyses.periods import Periods, periods_between
from trod.analyses.predicate import parse
from trod.analyses.retention import NEVER, Retention, entry_us, retention
from trod.errors import DefinitionError
from trod.journeys.build import from_arrow
from trod.journeys.predicate import customers as listed

DAY_US = 86_400_000_000
PERIODS = Periods("week", ("a", "b", "c", "d"), (0, 3, 8, 11), 15)


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1_000_000


def few(rows: list[tuple[str, str, str]]):
    who, what, when = zip(*rows, strict=True)
    return from_arrow(
        pa.table({"customer": who, "touchpoint": what, "time": [at(day) for day in when]})
    )


SHOP = few(
    [
        ("ann", "visit", "2025-01-05"),
        ("ann", "buy", "2025-01-20"),
        ("ann", "visit", "2025-03-02"),
        ("bob", "visit", "2025-01-31"),
        ("cem", "visit", "2025-02-01"),
        ("cem", "buy", "2025-02-02"),
        ("dee", "visit", "2025-01-07"),
        ("dee", "visit", "2025-02-07"),
        ("eve", "visit", "2025-04-10"),
    ]
)


@given(made=customers)
def test_retention_is_what_the_slow_twin_counts(made):
    one = batch(made)
    walked = plan(one)
    for touch, where in ((None, None), ("call", walked)):
        fold = Retention(VOCABULARY, PERIODS, 12, touch, False, where)
        codes = range(5) if touch is None else [VOCABULARY.touchpoints.index(touch)]
        entries = [None if e == NEVER else int(e) for e in entry_us(one, where)]
        size, within, later = cohorts(made, entries, PERIODS.start_us, codes)
        state = fold.read(one)
        found = fold.finish(state)
        for i in range(4):
            assert found.size[i] == size[i]
            for k in range(4 - i):
                assert state.within[i, k] == within[i, k]
                assert found.active[i, k] == (later[i, k] if i + k < 3 else 0)
                assert found.known[i, k] == (i + k < 3)


def test_a_customer_who_comes_back_was_not_gone():
    found = retention(SHOP).data
    assert found.cohort == ("2025-01", "2025-02", "2025-03", "2025-04")
    assert found.size.tolist() == [3, 1, 0, 1]
    # Of January: all in January; Ann (March) and Dee in or after February; Ann in March.
    assert found.active[0].tolist() == [3, 2, 1, 0]
    assert found.known[0].tolist() == [True, True, True, False]
    assert found.pooled(1) == (2, 4)


def test_in_period_counts_only_those_active_in_that_very_month():
    found = retention(SHOP, in_period=True).data
    assert found.active[0].tolist() == [3, 1, 1, 0]


def test_a_named_touchpoint_says_who_is_active():
    found = retention(SHOP, touchpoint="buy").data
    assert found.active[0].tolist() == [1, 0, 0, 0]
    assert found.active[1].tolist() == [1, 0, 0, 0]


def test_a_month_that_is_not_over_is_not_known():
    rows = retention(SHOP).to_arrow().to_pylist()
    last = [row for row in rows if row["cohort"] == "2025-04"]
    assert last == [last[0]]
    assert last[0]["customers"] == 1
    assert (last[0]["known"], last[0]["active"], last[0]["low"]) == (False, None, None)


def test_P2_every_cell_opens_the_customers_behind_it():
    for in_period in (False, True):
        for touchpoint in (None, "visit"):
            asked = retention(SHOP, in_period=in_period, touchpoint=touchpoint)
            for row in asked.to_arrow().to_pylist():
                if row["known"]:
                    who = listed(parse(row["key"], None, SHOP.vocabulary), SHOP)
                    assert len(who) == row["active"], row


@given(made=customers)
def test_the_keys_of_a_journey_list_those_counted(made):
    one = batch(made)
    walked = plan(one)
    data = journeys(one)
    found = Retention(VOCABULARY, PERIODS, 20, "buy", True, walked)
    result = found.finish(found.read(one))
    for i, k in ((0, 0), (0, 2), (1, 1)):
        key = f"{result.key[i]}&{result.active_key[i + k]}"
        assert len(listed(parse(key, walked, VOCABULARY), data)) == result.active[i, k]


@pytest.mark.parametrize("grain", ["month", "week"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "Pacific/Apia"])
def test_periods_cover_the_span_without_a_gap_in_their_zone(grain, zone):
    first, last = at("2011-11-20"), at("2012-04-02T12:00:00")
    found = periods_between(first, last, zone=zone, grain=grain)
    assert found.start_us[0] <= first < found.bounds(0)[1]
    assert found.start_us[-1] <= last < found.end_us
    assert all(a < b for a, b in pairwise(found.start_us))
    for label, start in zip(found.label, found.start_us, strict=True):
        here = datetime.fromtimestamp(start // 1_000_000, ZoneInfo(zone))
        assert here.isoformat().startswith(label)
        assert (here.hour, here.minute) == (0, 0)


def test_too_long_a_record_shows_its_latest_periods_and_leaves_earlier_customers_out():
    long = few([("old", "visit", "1950-01-01"), ("new", "visit", "2020-01-01")])
    found = retention(long).data
    assert len(found.cohort) == 600
    assert found.size.sum() == 1


def test_an_unknown_touchpoint_is_named():
    with pytest.raises(DefinitionError, match="did you mean 'buy'"):
        retention(SHOP, touchpoint="buyy")


def test_nobody_gives_an_empty_triangle():
    found = retention(journeys()).data
    assert found.size.sum() == 0
    assert np.array_equal(found.active, np.zeros((1, 1)))


def test_P3_customers_before_the_latest_600_weeks_are_counted_in_a_warning():
    rows = [("ann", "visit", "2005-01-05"), ("bob", "visit", "2006-01-05")]
    made = few([*rows, ("cem", "visit", "2025-01-05"), ("ann", "visit", "2025-01-06")])
    by_week = retention(made, by="week")
    assert by_week.data.size.sum() == 1
    assert any(w.startswith("2 customers who came before 2013-") for w in by_week.warnings)
    assert not any("left out" in w for w in retention(made, by="month").warnings)
