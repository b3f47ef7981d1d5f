"""Attribution: paths, methods, sums, costs."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.slow_twins import attribution as slow
from tests.strategies import DATA, NAMES, VOCABULARY, batch, customers
from trod import fold
from trod.analyses.attribution.ask import attribution
from trod.analyses.attribution.costs import NO_CREDIT, UNDER_COST, read_costs, spent
from trod.analyses.attribution.credit import MODELS, USUAL, credited
from trod.analyses.attribution.exact import shared_out
from trod.analyses.attribution.markov import markov
from trod.analyses.attribution.paths import ConversionPaths
from trod.analyses.attribution.shapley import equal, shapley
from trod.analyses.attribution.table import path_table, read_paths
from trod.analyses.attribution.weights import Weights
from trod.errors import DataError, DefinitionError, NotEnoughDataError
from trod.journeys.build import from_arrow

FILE = DATA / "channel_attribution" / "Data.csv"
published = pytest.mark.skipif(not FILE.exists(), reason="the real data lie beside the project")
names = st.sampled_from("abc")
some_paths = st.lists(
    st.tuples(st.lists(names, min_size=1, max_size=4), st.integers(0, 3), st.integers(0, 3)),
    min_size=1,
    max_size=6,
).filter(lambda paths: any(won for _, won, _ in paths))


def table_of(paths):
    return path_table(*zip(*paths, strict=True))


def weights_of(table):
    return Weights(*(each.astype(float) for each in (table.conversions, table.nulls, table.value)))


def credit(method, table):
    """Give the credit of one method by name, unscaled, of conversions."""
    found = method.credit(weights_of(table), np.random.default_rng(0))[0]
    return dict(zip(table.names, found, strict=True))


@given(
    customers=customers,
    lookback=st.integers(0, 9),
    every=st.booleans(),
    collapse=st.booleans(),
    hash_bits=st.sampled_from([64, 1]),
)
def test_A1_paths_are_those_of_the_slow_twin(customers, lookback, every, collapse, hash_bits):
    asked = ConversionPaths(
        VOCABULARY, ("buy",), None, "touchpoint", ("call", "mail"), lookback, every, collapse,
        hash_bits=hash_bits,
    )  # fmt: skip
    table = asked.finish(asked.read(batch(customers)))
    buy, steps = NAMES.index("buy"), {NAMES.index("call"), NAMES.index("mail")}
    expected = slow.paths(customers, {buy}, steps, lookback, every=every, collapse=collapse)
    found = Counter()
    for p in range(table.conversions.size):
        codes = table.step[table.offsets[p] : table.offsets[p + 1]]
        path = tuple(NAMES.index(table.names[k]) for k in codes)
        found[path, True] += int(table.conversions[p])
        found[path, False] += int(table.nulls[p])
    assert +found == expected


@given(
    rows=st.lists(
        st.tuples(st.sampled_from("pq"), st.sampled_from(["web", "app", "Mail"]), st.booleans()),
        min_size=1,
        max_size=14,
    )
)
@settings(max_examples=examples(40))
def test_A1_credit_of_some_channels_is_as_if_nothing_else_had_come_before(rows):
    met = [(who, "buy" if buys else "call", by, k) for k, (who, by, buys) in enumerate(rows)]
    met += [("z", name, by, 0) for name, by in (("buy", "web"), ("call", "web"), ("call", "Mail"))]
    kept = [row for row in met if row[1] == "buy" or row[2] != "app"]
    assert _paths(met, channels=("Web", "mail")) == _paths(kept)


def _paths(met, **asked):
    """Count the channel paths of rows: steps, conversions, null paths."""
    who, what, by, when = zip(*met, strict=True)
    columns = {"customer": who, "touchpoint": what, "channel": by, "time": when}
    journeys = from_arrow(pa.table(columns))
    table = fold.run({"it": ConversionPaths(journeys.vocabulary, ("buy",), **asked)}, journeys)[
        "it"
    ]
    steps = np.split(table.step, table.offsets[1:-1])
    named = (tuple(table.names[k] for k in path) for path in steps)
    return sorted(zip(named, table.conversions, table.nulls, strict=True))


@given(
    paths=some_paths, order=st.integers(1, 3), nulls=st.booleans(), most=st.sampled_from([0, 200])
)
@settings(max_examples=examples(60))
def test_A1_removal_is_what_the_absorbing_chain_gives_by_fractions(paths, order, nulls, most):
    table = table_of(paths)
    found = credit(replace(markov(table, order, nulls=nulls), most_solved=most), table)
    listed = [(tuple(steps), won, lost) for steps, won, lost in paths]
    whole = slow.chance_to_win(slow.chain_of(listed, order, nulls=nulls))
    for name, lost in slow.removal(listed, table.names, order, nulls=nulls).items():
        assert found[name] == pytest.approx(float(lost * whole), abs=1e-10)


@given(paths=some_paths)
@settings(max_examples=examples(60))
def test_A1_shapley_is_the_average_over_all_orders_and_equal_shares_are_one_of_it(paths):
    table = table_of(paths)
    listed = [(tuple(steps), won, lost) for steps, won, lost in paths]
    rates = slow.shapley(slow.rate_worth(listed), table.names)
    alone = slow.shapley(slow.conversions_within(listed), table.names)
    found, shares = credit(shapley(table), table), credit(equal(table), table)
    for name in table.names:
        assert found[name] == pytest.approx(float(rates[name]), abs=1e-9)
        assert shares[name] == pytest.approx(float(alone[name]), abs=1e-9)


def test_A1_orders_drawn_by_chance_come_near_the_exact_value():
    paths = [("abc"[:k] + "d", 4 + k, 3) for k in range(4)] + [("d", 1, 9), ("ca", 5, 2)]
    table = table_of([(list(steps), won, lost) for steps, won, lost in paths])
    exact = credit(shapley(table), table)
    drawn = credit(shapley(table, most_exact=2), table)
    assert sum(drawn.values()) == pytest.approx(sum(exact.values()))
    for name in table.names:
        assert drawn[name] == pytest.approx(exact[name], abs=0.6)


def test_A1_beyond_twelve_names_shapley_is_drawn_and_still_adds_up():
    paths = [[f"n{k:02d}", f"n{(k * 5 + 1) % 14:02d}"] for k in range(14)]
    table = path_table(paths, range(1, 15), [3] * 14)
    found = credited(table, ["shapley"], resamples=5).of("shapley")
    assert found.conversions.sum() == 105_000_000
    assert (found.low <= found.high).all()


@given(paths=some_paths, value=st.integers(0, 10**12))
@settings(max_examples=examples(20))
def test_A1_every_method_adds_up_to_the_total_to_the_millionth(paths, value):
    steps, won, lost = zip(*paths, strict=True)
    table = path_table(steps, won, lost, [value * n for n in won])
    result = credited(table, MODELS, resamples=2)
    assert result.conversions == sum(won)
    for each in result.by_model:
        sums = int(each.conversions.sum()), int(each.value.sum())
        assert sums == (sum(won) * 1_000_000, value * sum(won))


@given(parts=st.lists(st.integers(0, 10**9), min_size=1, max_size=9), total=st.integers(0, 10**15))
def test_A1_what_is_shared_out_adds_up_and_no_part_is_off_by_one(parts, total):
    found = shared_out(np.array(parts, float), total)
    if sum(parts):
        exact = [Fraction(total) * part / sum(parts) for part in parts]
        assert found.sum() == total
        assert all(
            abs(a - b) <= 1 + total * 1e-15 for a, b in zip(found.tolist(), exact, strict=True)
        )


def test_A1_rules_share_by_place_and_age():
    rows = pa.table({
        "customer": ["ann"] * 5,
        "touchpoint": ["a", "b", "c", "d", "buy"],
        "time": [day * 86_400_000_000 for day in (0, 7, 14, 21, 28)],
        "value": pa.array([None, None, None, None, 30_000_000], pa.int64()),
    })  # fmt: skip
    found = attribution(from_arrow(rows), "buy", by="touchpoint").data
    place = [found.names.index(name) for name in "abcd"]

    def shares(model):
        return [int(found.of(model).conversions[k]) for k in place]

    assert shares("first") == [1_000_000, 0, 0, 0]
    assert shares("last") == [0, 0, 0, 1_000_000]
    assert shares("linear") == [250_000] * 4
    assert shares("position") == [400_000, 100_000, 100_000, 400_000]
    assert shares("decay") == [66_666, 133_333, 266_666, 533_335]  # halves after 7 days
    assert [int(found.of("decay").value[k]) for k in place] == [2e6, 4e6, 8e6, 16e6]


def test_A1_each_conversion_ends_a_path_and_what_nobody_preceded_is_told():
    rows = pa.table({
        "customer": ["ann", "ann", "ann", "bob", "cem"],
        "touchpoint": ["ad", "buy", "buy", "ad", "buy"],
        "time": [0, 1, 2, 0, 5],
    })  # fmt: skip
    found = attribution(from_arrow(rows), "buy", by="touchpoint").data
    assert (found.conversions, found.uncredited, found.nulls) == (1, 2, 1)
    once = attribution(from_arrow(rows), "buy", by="touchpoint", first=True).data
    assert (once.conversions, once.uncredited, once.nulls) == (1, 1, 1)


def test_A1_too_little_and_impossible_questions_are_said(tmp_path):
    rows = pa.table({"customer": ["ann"], "touchpoint": ["ad"], "time": [0]})
    journeys = from_arrow(rows)
    with pytest.raises(DefinitionError, match="which touchpoint is a conversion"):
        attribution(journeys)
    with pytest.raises(DefinitionError, match="unknown touchpoint 'by'"):
        attribution(journeys, "by")
    with pytest.raises(DefinitionError, match="lookback"):
        attribution(journeys, "ad", lookback=timedelta(0))
    with pytest.raises(NotEnoughDataError, match="no conversion has a step before it"):
        attribution(journeys, "ad")
    with pytest.raises(DefinitionError, match="unknown model 'markov'"):
        credited(path_table([["a"]], [1]), ["markov"])
    file = tmp_path / "paths.csv"
    file.write_text("path,won\na,1\n")
    with pytest.raises(DataError, match=r"paths.csv:1: no column 'conversions'"):
        read_paths(file)
    file.write_text("path,conversions\na,1.5\n")
    with pytest.raises(DataError, match=r"paths.csv:2: '1.5' is not a count"):
        read_paths(file)


@published
def test_A1_published_totals_and_credits_are_met():
    result = credited(read_paths(FILE), [*USUAL, "markov-1-converters"], resamples=20)
    assert (result.conversions, result.nulls) == (19_785, 68_602)
    assert round(result.value / 1e6, 2) == 74_802.97
    alpha, eta = result.names.index("alpha"), result.names.index("eta")

    def both(model):
        return [int(result.of(model).conversions[k]) / 1e6 for k in (alpha, eta)]

    assert both("first") == [6308, 3164]
    assert both("last") == [8447, 4167]
    assert [round(x, 2) for x in both("linear")] == [7574.72, 3539.95]
    assert both("markov-1") == pytest.approx([5344.9, 3340.8], rel=1e-3)
    assert both("markov-1-converters") == pytest.approx([5260.1, 3347.8], rel=1e-3)
    for each in result.by_model:
        assert int(each.conversions.sum()) == 19_785_000_000
        assert int(each.value.sum()) == result.value
    main = result.main
    assert (
        (main.low <= main.conversions / 1e6) & (main.conversions / 1e6 <= main.high)
    ).mean() > 0.8


def test_A1_credit_does_not_depend_on_the_order_of_paths():
    paths = [(["a", "b"], 3, 4), (["b"], 2, 9), (["a"], 1, 1), (["c", "a"], 5, 0)]
    one, other = (credited(table_of(p), resamples=1) for p in (paths, paths[::-1]))
    assert one.names == other.names
    for a, b in zip(one.by_model, other.by_model, strict=True):
        assert a.conversions.tolist() == b.conversions.tolist()


def test_A2_costs_give_cpa_roas_and_a_list_of_waste(tmp_path):
    file = tmp_path / "costs.csv"
    file.write_text(
        "channel;cost;period\nmail;60;2025-01\nmail;40;2025-02\nfax;5;\nshow;900;\nrare;8;\n"
        "mail;999;2019\n"
    )
    costs = read_costs(file, "2025-01-10", "2025-02-20")
    assert costs.outside == ("2019",)
    assert [(each.name, each.cost) for each in costs.spend] == [
        ("fax", 5_000_000), ("mail", 100_000_000), ("rare", 8_000_000), ("show", 900_000_000)
    ]  # fmt: skip
    table = path_table(
        [["mail"], ["show"], ["rare"]], [400, 100, 1], [9, 9, 0],
        [800_000_000, 200_000_000, 2_000_000],
    )  # fmt: skip
    made = spent(credited(table, ["first", "last"]), costs)
    mail = next(each for each in made.returns if (each.name, each.model) == ("mail", "last"))
    assert (mail.cpa, mail.roas) == (0.25, 8.0)
    assert mail.cpa_low < 0.25 < mail.cpa_high
    assert mail.roas_low < 8 < mail.roas_high
    assert [(w.name, w.why) for w in made.waste[:2]] == [("show", UNDER_COST), ("rare", NO_CREDIT)]
    assert made.waste[2].name == "fax"
    assert made.total == 1_013_000_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,cost\n", "no column 'channel'"),
        ("channel,cost\nmail,ten\n", "costs.csv:2: cost 'ten' is not a number"),
        ("channel,cost\nmail,-3\n", "costs.csv:2: cost '-3' is not spend"),
        ("channel,cost,period\nmail,3,May\n", "costs.csv:2: period 'May' is not known"),
    ],
)
def test_A2_a_wrong_cost_file_is_told_with_its_line(tmp_path, text, said):
    file = tmp_path / "costs.csv"
    file.write_text(text)
    with pytest.raises(DataError, match=said):
        read_costs(file)


def test_A1_channels_that_nothing_names_are_not_credited_as_unknown():
    rows = [("ann", "visit", 0), ("ann", "buy", 10), ("bob", "visit", 5)]
    who, what, when = zip(*rows, strict=True)
    journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    with pytest.raises(NotEnoughDataError, match="names a channel"):
        attribution(journeys, "buy")
    assert attribution(journeys, "buy", by="touchpoint").data.names == ("visit",)
