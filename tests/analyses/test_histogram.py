from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trod.analyses.histogram import (
    LARGEST,
    N_BINS,
    bin_bounds,
    bin_index,
    fill,
    quantile,
    sparse_quantiles,
    spread,
)
from trod.analyses.tally import Tally

values = st.one_of(st.integers(0, 200), st.integers(0, LARGEST))


@given(value=values)
def test_a_value_lies_in_its_bin_and_the_bin_is_narrow(value):
    low, high = bin_bounds(bin_index(value))
    assert low <= value <= high
    assert high - low + 1 <= max(1, value / 32)


def test_bins_follow_each_other_without_gaps():
    bounds = [bin_bounds(index) for index in range(N_BINS)]
    assert bounds[0] == (0, 0)
    assert all(low == before + 1 for (_, before), (low, _) in pairwise(bounds))
    assert bounds[-1][1] == LARGEST


def test_values_beyond_the_last_bin_and_below_zero_are_kept():
    assert bin_index(2**62) == N_BINS - 1
    assert bin_index(-5) == 0


@given(told=st.lists(values, min_size=1, max_size=50))
def test_quantiles_are_within_half_a_bin_of_the_exact_ones(told):
    counts = fill(np.array(told), np.zeros(len(told)), 1)[0]
    for part, whole in ((1, 2), (9, 10)):
        exact = sorted(told)[-(-part * len(told) // whole) - 1]
        assert abs(quantile(counts, (part, whole)) - exact) <= exact / 64
    assert spread(counts).n == len(told)


@given(told=st.lists(st.tuples(st.integers(0, 3), values), max_size=60))
def test_sparse_quantiles_are_the_dense_ones(told):
    row = np.array([r for r, _ in told], np.int64)
    value = np.array([v for _, v in told], np.int64)
    dense = fill(value, row, 4)
    keys = Tally.of_many(row * N_BINS + np.array([bin_index(v) for v in value], np.int64))
    rows, index = np.divmod(keys.key, N_BINS)
    for share in ((1, 2), (9, 10)):
        expected = [quantile(dense[r], share) for r in np.unique(row)]
        assert sparse_quantiles(rows, index, keys.count[:, 0], share).tolist() == expected


def test_nothing_has_no_spread():
    assert spread(np.zeros(N_BINS, np.int64)) is None


keyed = st.dictionaries(st.integers(-5, 5), st.tuples(st.integers(1, 3), st.integers(0, 2)))


def tally(counts):
    keys = sorted(counts)
    rows = [counts[key] for key in keys]
    return Tally(np.array(keys, np.int64), np.array(rows, np.int64).reshape(-1, 2))


@given(a=keyed, b=keyed)
def test_tallies_add_and_subtract_like_dictionaries(a, b):
    both = tally(a) + tally(b)
    expected = {key: tuple(np.add(a.get(key, (0, 0)), b.get(key, (0, 0)))) for key in sorted(a | b)}
    assert dict(zip(both.key.tolist(), map(tuple, both.count.tolist()), strict=True)) == expected
    back = both - tally(b)
    np.testing.assert_array_equal(back.key, tally(a).key)
    np.testing.assert_array_equal(back.count, tally(a).count)


@given(keys=st.lists(st.integers(-3, 3)))
def test_counting_many_keys_is_counting_keys(keys):
    many, few = Tally.of_many(np.array(keys, np.int64)), Tally.of_keys(np.array(keys, np.int64))
    np.testing.assert_array_equal(many.key, few.key)
    np.testing.assert_array_equal(many.count, few.count)
