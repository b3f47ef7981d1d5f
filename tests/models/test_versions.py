"""Models at rest."""

import numpy as np
import pytest

from tests.conftest import SOURCE
from trod._store.store import Store
from trod.errors import NotEnoughDataError, StoreError
from trod.models.card import Card, Measure
from trod.models.fitted import Fitted
from trod.models.stored import Stored
from trod.models.versions import keep, latest, versions


def card(verdict="fitted", **more) -> Card:
    measures = (Measure("AUC", 0.8, 100, baseline="the base rate", baseline_value=0.5),)
    return Card("next", "What comes next.", verdict, "person", 9, 0, 1, "later", measures, **more)


def test_M7_each_fit_is_a_version_and_the_last_one_speaks(tmp_path):
    store = Store.create(tmp_path / ".trod")
    for order in (2, 3):
        with store.write() as tx:
            keep(tx, [Fitted(card(), Stored({"order": order}, {"counts": np.arange(order)}))])
            tx.commit()
    assert [v.card.version for v in versions(store)] == [1, 2]
    told, stored = latest(store, "next")
    assert (told.version, stored.facts["order"], stored.arrays["counts"].size) == (2, 3, 3)
    assert told.measures == card().measures


def test_a_model_that_could_not_be_fitted_says_why_when_it_is_asked(tmp_path):
    store = Store.create(tmp_path / ".trod")
    with store.write() as tx:
        keep(tx, [Fitted(card("not enough data", remarks=("12 customers left; 50 are needed.",)))])
        tx.commit()
    with pytest.raises(NotEnoughDataError, match="12 customers left"):
        latest(store, "next")


def test_a_model_that_was_never_fitted_names_the_command(tmp_path):
    with pytest.raises(NotEnoughDataError, match="Run `trod fit`"):
        latest(Store.create(tmp_path / ".trod"), "next")


def test_the_same_model_gives_the_same_bytes_and_objects_are_refused():
    one = Stored({"b": 1, "a": 2}, {"y": np.ones(3), "x": np.arange(2)})
    other = Stored({"a": 2, "b": 1}, {"x": np.arange(2), "y": np.ones(3)})
    assert one.to_bytes() == other.to_bytes()
    with pytest.raises(ValueError, match="pickle"):
        Stored({}, {"x": np.array([object()])}).to_bytes()


def test_a_file_with_a_pickle_in_it_is_damage_and_nothing_is_run():
    import io

    file = io.BytesIO()
    np.savez(file, **{"facts.json": np.frombuffer(b"{}", np.uint8), "x": np.array([object()])})
    with pytest.raises(StoreError, match="damaged"):
        Stored.of_bytes(file.getvalue())


def test_M7_the_suite_fails_where_trod_reads_a_pickle():
    """`tests/conftest.py` watches all of it; here it is seen to."""
    import pickle
    from decimal import Decimal

    told = pickle.dumps(Decimal(1))
    code = compile("import pickle\npickle.loads(told)", f"{SOURCE}/models/planted.py", "exec")
    with pytest.raises(AssertionError, match=r"planted\.py:2 reads a pickle"):
        exec(code, {"told": told})
    assert pickle.loads(told) == 1
