"""Lifetime value: both models, their published answers, their backtests."""

import csv
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.slow_twins import purchases as slow
from tests.strategies import DATA
from trod._kernels import purchases as kernel
from trod._kernels.arrays import given as as_given
from trod.errors import DefinitionError, NotEnoughDataError
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec
from trod.journeys.suggest import suggest
from trod.models.ground import Ground
from trod.models.spec import ModelsSpec
from trod.models.stored import Stored
from trod.models.value import bgnbd, contract, gamma_gamma, open_ended
from trod.models.value.ask import value
from trod.models.value.fit import basis, fit
from trod.models.value.purchases import Calendar, purchases

CDNOW = DATA / "cdnow"
published = pytest.mark.skipif(not CDNOW.exists(), reason="the real data lie beside the project")
DAY_US = 86_400_000_000
rows = st.lists(
    st.tuples(st.sampled_from([0, 1, 1, 2]), st.integers(0, 3), st.integers(-3, 6)), max_size=10
)


@given(customers=st.lists(rows, max_size=5), cut=st.integers(0, 12), length=st.integers(0, 12))
def test_M5_purchases_are_those_of_the_slow_twin(customers, cut, length):
    walked = [
        [(kind, int(day), money) for (kind, _, money), day in zip(one, days, strict=True)]
        for one in customers
        for days in [np.cumsum([gap for _, gap, _ in one])]
    ]
    flat = np.array([row for one in walked for row in one], np.int64).reshape(-1, 3)
    found = np.empty((len(walked), 8), np.int64)
    kernel.purchases(
        as_given(np.cumsum([0, *map(len, walked)]), np.int64),
        as_given(flat[:, 0], np.uint8),
        as_given(flat[:, 1], np.int64),
        as_given(flat[:, 2], np.int64),
        cut,
        cut + length,
        found,
    )
    assert found.tolist() == [slow.purchases(one, cut, cut + length) for one in walked]


def cdnow():
    """Give the published sample as journeys: one touchpoint for each line of the file."""
    lines = [line.split() for line in (CDNOW / "CDNOW_sample.txt").read_text().splitlines()]
    times = [datetime.strptime(line[2], "%Y%m%d").replace(tzinfo=UTC) for line in lines]
    return from_arrow(
        pa.table({
            "customer": [line[1] for line in lines],
            "touchpoint": ["purchase"] * len(lines),
            "time": pa.array(times, pa.timestamp("us", "UTC")),
            "value": [round(float(line[4]) * 1_000_000) for line in lines],
        }),
        currency="USD",
    )  # fmt: skip


@published
def test_M5_bgnbd_meets_the_published_parameters_and_holdout():
    journeys = cdnow()
    calendar = Calendar.of(journeys)
    cut = (date(1997, 9, 30) - date(1997, 1, 1)).days
    seen = purchases(journeys, calendar, cut=cut)
    assert seen.n == 2357
    at = open_ended.Seen.of(seen)
    model = bgnbd.fit(at.x, at.recency, at.age).model
    assert [round(p, 3) for p in model] == [0.243, 4.414, 0.793, 2.426]
    errors, money, whole = open_ended.backtest(seen, cut + 39 * 7)
    assert errors.value <= 0.79
    assert round(errors.baseline_value, 3) == 1.024
    assert money.value < money.baseline_value
    assert abs(whole.value - 1) < abs(whole.baseline_value - 1)


@published
def test_M5_gamma_gamma_meets_the_published_parameters_and_expectations():
    with (CDNOW / "cdnow_customers_summary_with_transactions.csv").open() as file:
        table = np.array([[float(v) for v in row.values()] for row in csv.DictReader(file)])
    _, x, recency, age, mean = table.T
    found = gamma_gamma.fit(x, mean)
    assert found.n == 946
    assert [round(p, 2) for p in found.model] == pytest.approx([6.25, 3.74, 15.44], abs=0.011)
    first = bgnbd.fit(x, recency, age).model.expected(39, x[:1], recency[:1], age[:1])
    assert first == pytest.approx([1.226], abs=0.001)  # the worked example of the paper


def test_M5_expectation_does_not_overflow_for_those_who_buy_every_day():
    model = bgnbd.BgNbd(0.243, 4.414, 0.793, 2.426)
    often = np.array([3000.0])
    expected = model.expected(52, often, np.array([500.0]), np.array([500.0]))
    assert 0 < expected[0] < 3000 / 500 * 52
    assert model.alive(often, np.array([100.0]), np.array([500.0]))[0] < 1e-9


def ground(journeys, *, failure=(), **asked):
    """Give what the model is fitted on, with cancellation or without."""
    if failure:
        names = [n for n in journeys.vocabulary.touchpoints if n not in failure]
        stages = [{"name": "Paying", "enter_on": names[0]}, {"name": "Later", "days": "400-500"}]
        spec = JourneySpec.model_validate({"name": "j", "stages": stages, "failure": failure})
    else:
        spec = suggest(journeys)
    models = ModelsSpec.model_validate({"value": asked})
    return Ground(journeys, compile_plan(spec, journeys).remembering(), models)


def subscribers(n=600, *, seed=0):
    """Customers who pay every 30 days; one in ten cancels each time, one in four if small."""
    rng = np.random.default_rng(seed)
    found = []
    for c in range(n):
        at, start = 0, int(rng.integers(0, 300))
        leaves = 0.25 if c % 2 else 0.1
        while True:
            found.append((f"c{c:04d}", "pay", start + at, 10_000_000))
            at += 30
            if rng.random() < leaves:
                found.append((f"c{c:04d}", "cancel", start + at - 1, None))
                break
            if start + at > 720:
                break
    who, what, day, money = zip(*[row for row in found if row[2] <= 720], strict=True)
    table = pa.table({
        "customer": who,
        "touchpoint": what,
        "time": [d * DAY_US for d in day],
        "value": pa.array(money, pa.int64()),
    })  # fmt: skip
    size = {"customer": [f"c{c:04d}" for c in range(n)], "size": ["big", "small"] * (n // 2)}
    return replace(from_arrow(table, currency="EUR"), attributes=pa.table(size))


def test_M5_contracts_are_seen_in_the_data_and_groups_keep_their_planted_retention():
    on = ground(subscribers(), failure=["cancel"], by="size", horizon="90d", discount=0.0)
    (one,) = fit(on)
    assert one.card.verdict == "fitted"
    assert one.stored.facts["kind"] == "contract"
    for each in one.card.measures[:2]:
        assert each.value < each.baseline_value
    curves = contract.Contracts.of(Stored.of_bytes(one.stored.to_bytes()))
    assert curves.groups == ("all", "big", "small")
    assert curves.goes_on  # they pay every month for as long as they stay
    for group, stays in (("big", 0.9), ("small", 0.75)):
        share, low, high, n = curves.curves[curves.groups.index(group)].share(95)
        assert low < stays**3 < high
        assert low < share < high
        assert n > 100
    found = value(on, one.card, one.stored, top=3).data
    top = found.columns()
    assert top["expected"][0] <= 30.0  # three payments of ten at most
    assert all(low <= high for low, high in zip(top["low"], top["high"], strict=True))
    gone = found.outlook.alive == 0
    assert gone.any()
    assert not np.isin(found.outlook.top(10_000), np.flatnonzero(gone)).any()
    assert (found.outlook.expected[gone] == 0).all()


def test_M5_the_interval_of_a_total_holds_what_comes():
    journeys = subscribers(seed=1)
    on = ground(journeys, failure=["cancel"], discount=0.0)
    at = basis(on)
    seen = at.seen(540)
    kept = contract.fit(seen, at.paid_on(seen))._replace(goes_on=True)
    found = contract.outlook(kept, seen, None, days=180, discount=0.0)
    came = float(seen.spent_after[seen.ended < 0].sum()) / 1e6
    assert found.total_low < came < found.total_high


def buyers(n=1500, seed=3):
    """Customers who buy as BG/NBD says, for amounts as gamma-gamma says."""
    rng = np.random.default_rng(seed)
    who, day, money = [], [], []
    for c in range(n):
        at, rate, leaves = float(rng.integers(0, 90)), rng.gamma(0.8, 1 / 40), rng.beta(1, 4)
        scale = 1 / rng.gamma(4, 1 / 60)
        while at < 500:
            who.append(f"c{c:04d}")
            day.append(int(at))
            money.append(round(rng.gamma(6, scale) * 1e6))
            if rng.random() < leaves:
                break
            at += rng.exponential(1 / rate)
    return from_arrow(pa.table({
        "customer": who,
        "touchpoint": ["buy"] * len(who),
        "time": [d * DAY_US for d in day],
        "value": money,
    }))  # fmt: skip


def test_M5_without_cancellation_the_other_model_fits_and_beats_everyone_goes_on():
    on = ground(buyers(), horizon="182d")
    (one,) = fit(on)
    assert one.stored.facts["kind"] == "no contract"
    assert one.card.settings["contract"] == "no"
    for each in one.card.measures[:2]:
        assert each.value < each.baseline_value
    found = value(on, one.card, one.stored, top=5)
    assert found.data.outlook.total_low < found.data.outlook.total < found.data.outlook.total_high
    columns = found.data.columns()
    assert sorted(columns["expected"], reverse=True) == list(columns["expected"])
    assert (columns["low"] <= columns["expected"]).all()
    assert fit(on)[0].stored.to_bytes() == one.stored.to_bytes()


def test_M5_too_little_is_said_with_what_is_missing():
    (one,) = fit(ground(buyers(60)))
    assert one.card.verdict == "not enough data"
    assert "100 are needed" in one.card.remarks[0]
    bare = from_arrow(pa.table({"customer": ["ann"], "touchpoint": ["visit"], "time": [0]}))
    (none,) = fit(ground(bare))
    assert "No touchpoint has money on record" in none.card.remarks[0]
    with pytest.raises(NotEnoughDataError):
        gamma_gamma.fit([1, 2], [3.0, 4.0])
    with pytest.raises(DefinitionError, match="no `failure` touchpoint"):
        fit(ground(buyers(60), contract="yes"))
    with pytest.raises(DefinitionError, match="unknown touchpoint 'by'"):
        fit(ground(buyers(60), touchpoints=["by"]))
    with pytest.raises(DefinitionError, match="unknown attribute 'plan'"):
        fit(ground(subscribers(200), failure=["cancel"], by="plan"))


@pytest.mark.parametrize(
    ("a", "b"), [(1_000.0, 9_000.0), (100_000.0, 110_000.0), (160_000.0, 1e-5)]
)
def test_M5_expectation_is_a_number_where_all_leave_with_much_the_same_chance(a, b):
    model = bgnbd.BgNbd(0.24, 4.4, a, b)
    x, age = np.array([0.0, 30.0]), np.array([20.0, 20.0])
    expected = model.expected(52, x, age, age) / model.alive(x, age, age)
    chance = a / (a + b + x)  # of leaving, of everybody
    alike = (1 - (1 + chance * 52 / (4.4 + age)) ** -(0.24 + x)) / chance
    assert expected == pytest.approx(alike, rel=0.002)


def test_M5_expectation_has_no_seam_where_another_formula_begins():
    x, age = np.array([0.0, 3.0, 200.0]), np.array([20.0, 40.0, 300.0])
    below, above = (
        bgnbd.BgNbd(0.8, 9.0, a, 700.0).expected(52, x, age, age) for a in (300, 300.001)
    )
    assert below == pytest.approx(above, rel=1e-4)


def test_M5_a_few_large_spenders_do_not_make_everybody_one():
    rng = np.random.default_rng(1)
    usual, x = rng.lognormal(3, 2, 800), rng.integers(1, 6, 800)
    mean = np.array([rng.gamma(2, m / 2, n).mean() for m, n in zip(usual, x, strict=True)])
    found = gamma_gamma.fit(x, mean)
    assert found.wild
    nobody = np.zeros(1)
    assert found.model.expected(nobody, nobody) == pytest.approx(mean.mean())
    again = [gamma_gamma.drawn(found.model, found.covariance, rng) for _ in range(200)]
    drawn = np.array([each.expected(nobody, nobody)[0] for each in again])
    assert mean.mean() / 3 < drawn.min() < mean.mean() < drawn.max() < 3 * mean.mean()


def test_M5_one_price_for_everybody_is_told_as_that_price():
    found = gamma_gamma.fit(np.full(100, 3.0), np.full(100, 29.99))
    draws = np.random.default_rng(0)
    for model in (found.model, gamma_gamma.drawn(found.model, found.covariance, draws)):
        of = model.expected(np.array([0.0, 3.0]), np.array([0.0, 29.99]))
        assert of == pytest.approx(29.99, rel=0.01)


def test_M5_parameters_without_an_end_are_drawn_within_what_is_looked_for():
    model, flat = bgnbd.BgNbd(0.7, 2.2, 104_000.0, 115_000.0), np.eye(4) * 25.0
    draws = np.random.default_rng(0)
    x, age = np.array([0.0, 9.0]), np.array([0.0, 60.0])
    for _ in range(100):
        expected = bgnbd.drawn(model, flat, draws).expected(52, x, age, age)
        assert (expected >= 0).all()
        assert (expected < np.inf).all()
