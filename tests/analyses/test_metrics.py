"""J4: every kind of metric is what was worked out by hand in `metrics/*.yml`."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from tests.analyses.plans import SPEC, plan
from tests.examples import examples
from tests.slow_twins import metrics as twin
from tests.strategies import batch, customers
from trod._kernels import metrics as k
from trod.analyses.metrics.figure import nps_moods, of_spending, scale_moods, squares_of
from trod.analyses.metrics.folds import Leaving, Money, moments
from trod.analyses.metrics.measure import Measured, Span, metrics
from trod.analyses.periods import Periods
from trod.analyses.predicate import parse
from trod.analyses.retention import NEVER, entry_us
from trod.analyses.spec import MetricSpec
from trod.analyses.stages import done_us
from trod.analyses.stall import left_us
from trod.errors import DefinitionError
from trod.journeys.batch import NO_SCORE, NO_STATE, NO_VALUE, Journeys
from trod.journeys.build import from_arrow
from trod.journeys.passage import StagePlan, compile_plan
from trod.journeys.predicate import count
from trod.journeys.spec import JourneySpec

FIXTURES = sorted((Path(__file__).parent / "metrics").glob("*.yml"))
DAY_US = 86_400_000_000
SALE = {
    "name": "sale",
    "stages": [{"name": "Look", "enter_on": "visit"}],
    "success": "buy",
    "left_after": "60d",
}


def at(day: object) -> int:
    moment = datetime.fromisoformat(str(day)).replace(tzinfo=UTC)
    return int(moment.timestamp()) * 1_000_000


def table(rows: list[list[Any]]) -> Journeys:
    """Read rows of customer, touchpoint, day, amount, mood."""
    full = [[*row, None, None][:5] for row in rows]
    who, what, when, value, score = zip(*full, strict=True)
    micros = [None if v is None else round(v * 1_000_000) for v in value]
    return from_arrow(
        pa.table(
            {
                "customer": list(who),
                "touchpoint": list(what),
                "time": [at(day) for day in when],
                "value": pa.array(micros, pa.int64()),
                "score": pa.array(list(score), pa.int16()),
            }
        ),
        currency="EUR",
    )


def asked(told: dict[str, Any]) -> tuple[Journeys, MetricSpec, dict[str | None, StagePlan]]:
    data = table(told["touchpoints"])
    plans: dict[str | None, StagePlan] = {}
    if "journey" in told or any(row[1] == "buy" for row in told["touchpoints"]):
        plans[None] = compile_plan(JourneySpec.model_validate(told.get("journey", SALE)), data)
    elif told["metric"]["kind"] == "time_to_value":
        spec = JourneySpec.model_validate(SALE | {"success": ()})
        plans[None] = compile_plan(spec, data)
    return data, MetricSpec.model_validate(told["metric"]), plans


def measured(told: dict[str, Any], by: Any = None, span: Span | None = None) -> Measured:
    data, spec, plans = asked(told)
    (found,) = metrics(data, [spec], plans, by=by, span=span).data.metrics
    return found


def read(file: Path) -> dict[str, Any]:
    told: dict[str, Any] = YAML(typ="safe").load(file)
    return told


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_J4_a_metric_is_what_was_worked_out_by_hand(file: Path):
    told = read(file)
    found = measured(told, told.get("by"))
    expect = dict(told["expect"])
    assert found.status == expect.pop("status")
    if "notes" in expect:
        assert any(note.startswith(expect["notes"]) for note in found.notes), found.notes
        del expect["notes"]
    for key, field in (("days", "value"), ("p90_days", "p90_us")):
        if key in expect:  # times are read from bins at most 1/32 wide
            days = getattr(found.figure, field) / DAY_US
            assert days == pytest.approx(expect.pop(key), rel=1 / 32)
    if "period" in expect:
        expect["period"] = str(expect["period"])
    for key in ("low", "high"):  # the hand gives six digits
        if expect.get(key) is not None:
            assert getattr(found.figure, key) == pytest.approx(expect.pop(key), abs=30)
    assert {key: getattr(found.figure, key) for key in expect} == expect
    series = {figure.period: figure for figure in found.series}
    for period, values in told.get("series", {}).items():
        figure = series[str(period)]
        assert {key: getattr(figure, key) for key in values} == values
    assert found.definition.endswith(".")
    assert found.formula


def test_J4_every_kind_has_a_fixture_worked_by_hand():
    kinds = {read(file)["metric"]["kind"] for file in FIXTURES}
    assert kinds == set(MetricSpec.model_fields["kind"].annotation.__args__)


def test_a_span_takes_only_those_who_entered_in_it():
    told = read(Path(__file__).parent / "metrics/conversion.yml")
    found = measured(told, span=Span(at("2025-01-02"), at("2025-01-04")))
    assert (found.figure.part, found.figure.whole, found.figure.period) == (0, 2, "span")


def test_months_of_retention_are_months_whatever_the_series():
    told = read(Path(__file__).parent / "metrics/retention_by_month.yml")
    by_week, by_month = measured(told, "week"), measured(told, "month")
    assert by_week.series == by_month.series
    assert by_week.figure == by_month.figure


def test_a_series_begins_with_the_first_whole_month_of_the_span():
    told = read(Path(__file__).parent / "metrics/revenue.yml")
    late = measured(told, "month", Span(at("2025-01-15"), at("2025-03-02")))
    assert [figure.period for figure in late.series] == ["2025-02"]


def test_a_span_takes_the_last_month_that_is_over_in_it():
    told = read(Path(__file__).parent / "metrics/grr.yml")
    found = measured(told, span=Span(at("2025-01-01"), at("2025-03-05")))
    assert found.figure.period == "2025-02"


def test_the_moods_of_answers_are_those_that_reading_a_score_gives():
    import duckdb

    from trod.events.pieces import ScoreSpec
    from trod.events.sql import Row, score_sql

    for spec, moods, low in (
        (ScoreSpec(column="x", scale="nps"), nps_moods(), 0),
        (ScoreSpec(column="x", scale="stars"), scale_moods(1, 5), 1),
    ):
        told = score_sql(spec, Row({"x": "BIGINT"}))
        with duckdb.connect() as con:
            rows = con.sql(f"SELECT {told} FROM range({low}, {low + len(moods)}) t(x) ORDER BY x")
            assert [row[0] for row in rows.fetchall()] == list(moods)
    assert len(set(nps_moods())) == 11


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "nps"}, "nps needs touchpoints"),
        ({"kind": "nps", "touchpoints": "survey", "within": "3d"}, "nps does not take within"),
        ({"kind": "retention"}, "retention needs one of after and months"),
        ({"kind": "conversion", "target": 25}, "target 25 is not a share. Write 25%"),
        ({"kind": "time_to_value", "target": "soon"}, "is not a time. Write 30min, 12h, 14d or 4w"),
        ({"kind": "nps", "touchpoints": "s", "target": "high"}, "is not a number. Write 40"),
        ({"kind": "churn", "of": "revenue"}, "churn of revenue needs touchpoints"),
        ({"kind": "ces", "touchpoints": "s", "scale": [7, 1]}, "from the lowest to the highest"),
    ],
)
def test_a_metric_that_cannot_be_is_refused_with_words(wrong: dict[str, Any], says: str):
    with pytest.raises(ValidationError, match=says):
        MetricSpec.model_validate({"name": "m", **wrong})


def test_a_metric_without_its_journey_or_stage_is_refused_with_words():
    rows = [["ann", "visit", "2025-01-01"], ["ann", "buy", "2025-01-02"]]
    data = table(rows)
    plan = compile_plan(JourneySpec.model_validate(SALE), data)
    spec = MetricSpec(name="m", kind="conversion")
    with pytest.raises(DefinitionError, match="conversion needs a journey"):
        metrics(data, [spec], {})
    later = MetricSpec.model_validate({"name": "m", "kind": "conversion", "to": "Look"})
    with pytest.raises(DefinitionError, match="Look is not later than its start"):
        metrics(data, [later], {None: plan})


@pytest.mark.parametrize("amount", [19_990_000, 29_990_000, -(2**24) + 1, 7 * 10**14, 2**61 - 1])
def test_the_spending_of_a_hundred_thousand_payers_keeps_its_spread(amount: int):
    """Sums of squares pass 64 bits from a few payers on; none of it may be lost."""
    limbs = np.zeros(k.N_MONEY, np.int64)
    n = 30_000
    for i in range(n):
        k._add_square.py_func(amount + i % 2, limbs[k.SQUARES :])
    assert squares_of(limbs.tolist()) == n // 2 * (amount**2 + (amount + 1) ** 2)


def test_J4_arpu_of_thirty_thousand_payers_has_an_interval():
    n = 30_000
    one = batch([[(3, 0, NO_SCORE, NO_STATE)] for _ in range(n)])
    value = np.where(np.arange(n) % 2, 19_990_000, 29_990_000).astype(np.int64)
    fold = Money(PERIODS, ("buy",), 1, 1)
    row = fold.finish(fold.read(replace(one, value=value)))[0]
    told = twin.money([[(3, int(v))] for v in value], PERIODS.start_us, PERIODS.end_us, 1, 1)
    assert squares_of(row.tolist()) == told[0]["squares"]
    found = of_spending("a", row)
    assert (found.value, found.n) == (24_990_000, n)
    assert found.low is not None
    assert found.high is not None
    # Half a gap of ten, 1.96 standard errors of 5 / sqrt(30,000): 0.0566 either way.
    assert 24_990_000 - found.low == found.high - 24_990_000 == pytest.approx(56_581, abs=5)


PERIODS = Periods("week", ("a", "b", "c", "d"), (2, 5, 8, 11), 14)
payments = st.lists(
    st.tuples(st.integers(0, 15), st.one_of(st.none(), st.integers(-(10**11), 10**11))), max_size=6
).map(lambda rows: sorted(rows, key=lambda row: row[0]))


@given(st.lists(payments, max_size=6), st.integers(1, 3), st.integers(1, 2))
def test_money_is_what_the_slow_twin_adds(made: list[Any], covers: int, over: int):
    one = batch([[(time, 0, NO_SCORE, NO_STATE) for time, _ in rows] for rows in made])
    value = [NO_VALUE if amount is None else amount for rows in made for _, amount in rows]
    one = replace(one, value=np.array(value, np.int64))
    fold = Money(PERIODS, ("buy",), covers, over)
    cells = fold.finish(fold.read(one))
    told = twin.money(made, PERIODS.start_us, PERIODS.end_us, covers, over)
    for p in range(4):
        row = [int(x) for x in cells[p]]
        squares = squares_of(row)
        assert row[k.REVENUE] == told[p]["revenue"]
        assert row[k.PAYERS] == told[p]["payers"]
        assert row[k.UNVALUED] == told[p]["unvalued"]
        assert squares == told[p]["squares"]
        assert (row[k.STARTED], row[k.START]) == (told[p]["started"], told[p]["start"])
        assert row[k.GONE] == told[p]["gone"]
        end = row[k.START] + row[k.EXPANSION] - row[k.CONTRACTION] - row[k.CHURNED]
        assert end == told[p]["end"]
        assert row[k.START] - row[k.CONTRACTION] - row[k.CHURNED] == told[p]["capped"]


@given(customers)
def test_leaving_and_moments_are_those_of_the_slow_twin(made: list[Any]):
    one = batch(made)
    walked = plan(one)
    arrays = (entry_us(one, walked), left_us(one, walked), done_us(one, walked))
    walks = [[None if x == NEVER else int(x) for x in row] for row in zip(*arrays, strict=True)]
    fold = Leaving(walked, PERIODS)
    assert fold.read(one).cells.tolist() == twin.leaving(walks, PERIODS.start_us, PERIODS.end_us)
    first, last = moments(one, ("call", "mail"), arrays[0])
    for c, events in enumerate(made):
        begun = walks[c][0]
        times = [time for time, code, *_ in events if code in {1, 2}]
        since = [time for time in times if begun is not None and time >= begun]
        assert last[c] == (max(times) if times else NEVER)
        assert first[c] == (min(since) if since else NEVER)


COUNTED = ("conversion", "time_to_value", "retention", "churn")


@pytest.mark.parametrize("by", [None, "month", "week"])
@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_a_count_of_customers_is_as_long_as_the_list_its_key_opens(file: Path, by: Any):
    told = read(file)
    data, spec, plans = asked(told)
    for span in (None, Span(at("2025-01-02"), at("2025-02-20"))):
        found = measured(told, by, span)
        for figure in (found.figure, *found.series):
            for key, n in ((figure.part_key, figure.part), (figure.whole_key, figure.whole)):
                if key is not None and spec.kind in COUNTED:
                    meant = parse(key, plans.get(None), data.vocabulary)
                    assert (meant.key, count(meant, data)) == (key, n)


COUNTS = [
    {"kind": "conversion"},
    {"kind": "conversion", "from": "look", "to": "pay", "within": "3d"},
    {"kind": "conversion", "to": "talk / ask", "within": "5d"},
    {"kind": "time_to_value", "from": "talk / ask"},
    {"kind": "time_to_value", "touchpoints": ["buy", "mail"]},
    {"kind": "retention", "after": "4d"},
    {"kind": "retention", "after": "2d", "touchpoints": ["visit", "mail"]},
    {"kind": "retention", "months": 1},
    {"kind": "churn", "period": "week"},
]


@pytest.mark.parametrize("told", COUNTS, ids=str)
@given(
    made=customers, late=st.booleans(), planned=st.booleans(), by=st.sampled_from([None, "week"])
)
@settings(max_examples=examples(60))
def test_whoever_came_when_a_count_is_as_long_as_its_list(
    told: dict[str, Any], made: list[Any], late: bool, planned: bool, by: Any
):
    one = batch(made, scale_us=3 * DAY_US)
    spec = SPEC.model_copy(update={"left_after": timedelta(days=9)})
    known = plan(one, spec=spec, as_of_us=50 * DAY_US)
    data = Journeys((one,), one.vocabulary, "person", "UTC")
    plans = {None: known} if planned or told["kind"] != "retention" else {}
    span = Span(7 * DAY_US, 40 * DAY_US) if late else None
    asked_for = [MetricSpec.model_validate({"name": "m", **told})]
    (found,) = metrics(data, asked_for, plans, by=by, span=span).data.metrics
    for figure in (found.figure, *found.series):
        assert (figure.whole_key is None) == (not figure.whole)
        for key, n in ((figure.part_key, figure.part), (figure.whole_key, figure.whole)):
            if key is not None:
                assert count(parse(key, plans.get(None), data.vocabulary), data) == n


def test_what_counts_customers_has_a_key_and_what_adds_money_has_none():
    keyed: dict[str, set[tuple[bool, bool]]] = {}
    for file in FIXTURES:
        found = measured(read(file))
        if found.figure.whole:
            has = found.figure.part_key is not None, found.figure.whole_key is not None
            keyed.setdefault(found.kind, set()).add(has)
    both, whole, none = (True, True), (False, True), (False, False)
    assert keyed == {
        "conversion": {both}, "time_to_value": {both}, "retention": {both, whole},
        "churn": {both, none}, "nps": {whole}, "csat": {whole}, "ces": {whole},
        "revenue": {none}, "arpu": {none}, "nrr": {none}, "grr": {none},
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["nps", "csat", "ces"])
def test_the_list_behind_answers_holds_those_who_answered(kind: str):
    data, spec, plans = asked(read(Path(__file__).parent / f"metrics/{kind}.yml"))
    (found,) = metrics(data, [spec], plans).data.metrics
    assert found.figure.part_key is None
    assert found.figure.whole_key is not None
    meant = parse(found.figure.whole_key, None, data.vocabulary)
    assert 0 < count(meant, data) <= found.figure.n


@pytest.mark.parametrize(
    "key",
    [
        "converted:Look", "converted:Look>", "converted:^>$@soon", "converted:^>=", "stayed:",
        "stayed:5=", "ontheway:", "gone:5", "gone:5..", "answered:nps@5..9", "answered:5..9=visit",
        "answered:5-1@5..9=visit", "answered:nps@5..9=",
        "entered:5..9=", "first:5..9=Look",
    ],
)  # fmt: skip
def test_a_key_that_is_written_wrong_is_refused_with_words(key: str):
    data = table([["ann", "visit", "2025-01-01"], ["ann", "buy", "2025-01-02"]])
    known = compile_plan(JourneySpec.model_validate(SALE), data)
    with pytest.raises(DefinitionError, match="names no customers"):
        parse(key, known, data.vocabulary)


@pytest.mark.parametrize("key", ["converted:Nowhere>$", "converted:^>Nowhere", "stayed:5=nothing"])
def test_a_key_of_what_is_not_there_is_refused_with_words(key: str):
    data = table([["ann", "visit", "2025-01-01"], ["ann", "buy", "2025-01-02"]])
    known = compile_plan(JourneySpec.model_validate(SALE), data)
    with pytest.raises(DefinitionError, match=r"Nowhere|nothing"):
        parse(key, known, data.vocabulary)
