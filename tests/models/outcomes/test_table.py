"""Scores from plain tables: published figures, and columns that tell too much."""

import warnings

import duckdb
import numpy as np
import pytest

from tests import real_data
from tests.strategies import DATA
from trod.errors import DataError, NotEnoughDataError
from trod.models.outcomes.table import TableModel, learn
from trod.models.quality import auc

TELCO = "telco_churn/Telco-Customer-Churn.csv.gz"
SHOPPERS = "online_shoppers/online_shoppers_intention.csv.gz"


def read(path: str, label: str) -> tuple[dict[str, np.ndarray], np.ndarray]:
    columns = duckdb.sql(f"SELECT * FROM '{DATA / path}'").fetchnumpy()
    truth = np.asarray(columns.pop(label)).astype(bool)
    return {name: np.asarray(column) for name, column in columns.items()}, truth


def folds(label: np.ndarray, seed: int, n: int = 5) -> np.ndarray:
    """Give the fold of each row, each with its share of both kinds."""
    fold, rng = np.empty(label.size, int), np.random.default_rng(seed)
    for kind in (label, ~label):
        fold[kind] = rng.permutation(np.arange(kind.sum()) % n)
    return fold


def crossed(columns, label, seed: int, n: int = 5, **more) -> float:
    """Give the mean AUC of rows that a score was not learned from."""
    fold, told = folds(label, seed, n), []
    for f in range(n):
        part = {name: column[fold != f] for name, column in columns.items()}
        rest = {name: column[fold == f] for name, column in columns.items()}
        model = learn(part, label[fold != f], **more)
        told.append(auc(model.margin(rest), label[fold == f]).value)
    return float(np.mean(told))


@real_data.needed
@pytest.mark.slow
def test_M2_churn_of_a_telecom_is_foretold_as_well_as_it_can_be():
    """Five seeds of five folds; regression has 0.8447 to 0.8457, more than 0.88 would be a leak."""
    columns, label = read(TELCO, "Churn")
    found = np.mean([crossed(columns, label, seed) for seed in range(5)])
    assert 0.844 <= found <= 0.88


@real_data.needed
def test_M2_churn_of_a_telecom_with_one_fold_held_back():
    columns, label = read(TELCO, "Churn")
    held = folds(label, 0) == 0
    model = learn({n: c[~held] for n, c in columns.items()}, label[~held])
    rest = {n: c[held] for n, c in columns.items()}
    found = auc(model.margin(rest), label[held])
    assert found.low < 0.845 < found.high
    assert (model.refused, model.left_out) == ((), ("customerID",))
    told = model.explain(rest)
    whole = np.sum(list(told.values()), axis=0) + model.scorer.average()
    np.testing.assert_allclose(whole, model.margin(rest), atol=1e-9)


@real_data.needed
@pytest.mark.slow
def test_M7_page_values_of_a_shop_is_named_as_leaking_and_it_is_still_foretold():
    columns, label = read(SHOPPERS, "Revenue")
    model = learn(columns, label)
    assert [leak.name for leak in model.refused] == ["PageValues"]
    assert "0.863" in model.refused[0].why
    assert "PageValues" not in {column.name for column in model.columns}
    assert crossed(columns, label, 0) >= 0.78
    allowed = learn(columns, label, allow=["PageValues"])
    assert allowed.refused == ()


def made(n: int = 900, seed: int = 0):
    rng = np.random.default_rng(seed)
    use, plan = rng.normal(size=n), rng.choice(["free", "paid"], n)
    left = rng.random(n) < 1 / (1 + np.exp(1.0 + 1.2 * use + (plan == "paid")))
    return {"use": use, "plan": plan}, left


def test_M7_a_column_that_is_filled_in_afterwards_is_named_and_used_only_if_allowed():
    columns, left = made()
    reason = np.where(left & (np.arange(left.size) % 8 > 0), "price", "")
    late = {**columns, "reason": reason, "note": np.where(left, "gone", "here")}
    model = learn(late, left)
    assert {leak.name for leak in model.refused} == {"reason", "note"} - set(model.left_out)
    assert {c.name for c in learn(late, left, allow=["note"]).columns} >= {"note"}
    with pytest.raises(DataError, match="did you mean 'note'"):
        learn(late, left, allow=["notes"])


def test_a_column_that_is_merely_good_is_not_named():
    columns, left = made()
    assert learn(columns, left).refused == ()


def test_the_same_table_gives_the_same_bytes_and_reads_back():
    columns, left = made()
    one, two = learn(columns, left), learn(columns, left)
    assert one.stored().to_bytes() == two.stored().to_bytes()
    again = TableModel.of(one.stored())
    np.testing.assert_array_equal(again.probability(columns), one.probability(columns))


def test_M6_too_few_rows_of_one_kind_are_said():
    columns, left = made(40)
    with pytest.raises(NotEnoughDataError, match="30 are needed"):
        learn(columns, left)
    with pytest.raises(DataError, match="plan has 3"):
        learn({**columns, "plan": ["a", "b", "c"]}, left)


def test_values_never_seen_and_gaps_are_scored():
    columns, left = made()
    model = learn(columns, left)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        told = model.probability({"use": [np.nan, 99.0], "plan": ["gold", None]})
    assert np.all((told > 0) & (told < 1))
    with pytest.raises(DataError, match="unknown column 'plan'"):
        model.probability({"use": [1.0]})
