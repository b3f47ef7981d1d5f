from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.analyses.plans import plan
from tests.slow_twins.variants import paths as slow
from tests.strategies import NAMES, batch, customers, helpdesk, journeys, walk_of
from trod import fold
from trod.analyses.predicate import Did, both
from trod.analyses.stages import Done
from trod.analyses.variants import Variant, Variants, paths, spell
from trod.journeys.batch import NO_VALUE
from trod.journeys.predicate import count


def in_codes(path):
    return tuple(NAMES.index(name) for name in path)


@given(people=customers, top=st.integers(1, 4), collapse=st.booleans())
def test_p1_agrees_with_slow_twin(people, top, collapse):
    result = paths(journeys(batch(people)), top=top, collapse_loops=collapse).data
    expected = slow(people, collapse=collapse)
    shown = {in_codes(p): n for p, n in zip(result.path, result.customers, strict=True)}
    assert len(shown) == min(top, len(expected))
    assert shown.items() <= expected.items()
    ranks = sorted(((-n, len(path)) for path, n in expected.items()))
    assert sorted((-n, len(path)) for path, n in shown.items()) == ranks[:top]
    assert result.n_other_paths == len(expected) - len(shown)


@given(people=customers, collapse=st.booleans())
def test_p1_named_paths_and_other_sum_to_everyone(people, collapse):
    data = journeys(batch(people))
    done = Done(plan())
    result = paths(data, top=2, collapse_loops=collapse, outcome=done).data
    assert result.total == len(people)
    assert result.outcome.sum() + result.other_outcome == count(done, data)
    for path, n, won in zip(result.path, result.customers, result.outcome, strict=True):
        meant = Variant(path, collapse)
        assert count(meant, data) == n
        assert count(both(meant, done), data) == won


@given(people=customers, bits=st.sampled_from([0, 2, 64]), collapse=st.booleans())
def test_P5_money_stands_with_the_path_of_the_customers_who_spent_it(people, bits, collapse):
    plain = batch(people)
    value = np.where(np.arange(plain.n_events) % 3, np.arange(plain.n_events), NO_VALUE)
    data = journeys(replace(plain, value=value))
    asked = Variants(3, collapse, hash_bits=bits)
    result = spell(data, asked, fold.run({"it": asked}, data)["it"])
    for path, money in zip(result.path, result.money_micros.tolist(), strict=True):
        theirs = Variant(path, collapse).mask(data.batches[0])
        rows = np.repeat(theirs, np.diff(plain.offsets)) & (value != NO_VALUE)
        assert money == value[rows].sum()
    assert result.money_micros.sum() + result.other_money_micros == value[value != NO_VALUE].sum()


@given(people=customers, bits=st.integers(0, 3), collapse=st.booleans())
def test_colliding_hashes_change_nothing(people, bits, collapse):
    data = journeys(batch(people))
    trusted = paths(data, top=3, collapse_loops=collapse, outcome=Did("buy")).data
    asked = Variants(3, collapse, Did("buy"), hash_bits=bits)
    result = spell(data, asked, fold.run({"it": asked}, data)["it"])
    if bits == 0 and len(set(trusted.path)) + trusted.n_other_paths > 1:
        assert result.path == trusted.path
    assert result.total == trusted.total
    np.testing.assert_array_equal(result.customers, trusted.customers)


def test_p1_loops_are_kept_or_taken_as_one_step():
    data = journeys(batch([walk_of("visit call call buy"), walk_of("visit call buy")]))
    assert len(paths(data).data.path) == 2
    assert paths(data, collapse_loops=True).data.path == (("visit", "call", "buy"),)


def test_p1_equally_frequent_paths_come_shorter_first():
    data = journeys(batch([walk_of("visit call buy"), walk_of("visit buy"), walk_of("mail")]))
    assert [len(path) for path in paths(data).data.path] == [1, 2, 3]


def test_paths_of_real_data_reconcile():
    data = helpdesk()
    result = paths(data, top=10).data
    assert result.path[0] == ("1", "8", "6")
    assert result.total == 3804
    for path, n in zip(result.path, result.customers, strict=True):
        assert count(Variant(path), data) == n
