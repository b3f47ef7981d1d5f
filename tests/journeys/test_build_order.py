import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deliveries import attributes, fingerprint, journeys_of, touchpoints
from tests.examples import examples
from tests.slow_twins import order as slow
from trod._kernels.order import count_broken, sort_customers
from trod._store.store import Store
from trod.journeys.shelf import TIE, Shelf

rows_of_customers = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob", "cid"]),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(0, 2),
    ),
    max_size=60,
)


@settings(deadline=None)
@given(rows_of_customers, st.integers(0, 60))
def test_a_shelf_agrees_with_slow_twin(rows, cut):
    names = sorted({row[0] for row in rows})
    counts = np.array([sum(row[0] == name for row in rows) for name in names], np.int64)
    zero = np.uint64(0)
    empty = {"time_us": np.int64(0), "code": np.uint16(0), "own": zero, TIE: zero}
    shelf = Shelf.of(counts, empty)
    for part in (rows[:cut], rows[cut:]):
        customer = np.array([names.index(row[0]) for row in part], np.int32)
        tie = np.array([row[3] for row in part], np.uint64)
        columns = {
            "time_us": np.array([row[1] for row in part], np.int64),
            "code": np.array([row[2] for row in part], np.uint16),
            "own": tie,
            TIE: tie,
        }
        shelf.put(customer, columns)
    found = shelf.sorted()
    columns = [found.columns[name].tolist() for name in ("time_us", "code", "own")]
    triples = list(zip(*columns, strict=True))
    assert {
        name: triples[found.offsets[at] : found.offsets[at + 1]] for at, name in enumerate(names)
    } == slow.journeys(rows)


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), max_size=300), st.booleans())
def test_long_journeys_are_sorted_too(times, backwards):
    times = sorted(times, reverse=True) if backwards else times
    time_us = np.array(times, np.int64)
    order = np.arange(time_us.size, dtype=np.int64)
    code = np.zeros(time_us.size, np.uint16)
    offsets = np.array([0, time_us.size], np.int64)
    none = np.zeros(0, np.uint64)
    broken = count_broken(offsets, time_us, code, none)
    sort_customers(offsets, time_us, code, none, order)
    assert time_us[order].tolist() == sorted(times)
    assert broken == (times != sorted(times))


def test_rows_of_nobody_are_left_out_and_what_is_not_given_stays_empty():
    empty = {"time_us": np.int64(0), "code": np.uint16(0), "score": np.int16(-9)}
    shelf = Shelf.of(np.array([1], np.int64), empty)
    code = np.zeros(3, np.uint16)
    shelf.put(np.array([-1, 0, -1], np.int32), {"time_us": np.array([7, 8, 9]), "code": code})
    columns = shelf.sorted().columns
    assert columns["time_us"].tolist() == [8]
    assert columns["score"].tolist() == [-9]


touchpoint = st.fixed_dictionaries(
    {
        "time_us": st.integers(0, 2),
        "touchpoint": st.sampled_from(["signup", "call", "mail"]),
        "channel": st.sampled_from(["web", "shop", None]),
        "value": st.sampled_from([None, 5, 7]),
        "score": st.sampled_from([None, -100, 300]),
        "text": st.sampled_from([None, "fine"]),
        "state.plan": st.sampled_from([None, "free", "paid"]),
        "id.customer": st.sampled_from(["ann", "bob", "cid", None]),
        "id.anonymous": st.sampled_from(["a1", "a2", "a3", None]),
    }
)
profile = st.fixed_dictionaries(
    {
        "id.customer": st.sampled_from(["ann", "bob", "cid"]),
        "id.anonymous": st.sampled_from(["a1", None]),
        "plan": st.sampled_from(["free", "paid", None]),
        "country": st.sampled_from(["DE", "PT", None]),
    }
)


def assert_order_does_not_matter(folder, rows, profiles, shuffled, cuts):
    """The same rows in another order and other batches give the same bytes."""
    prints = []
    for name, arriving, at in (("one", rows, ()), ("two", shuffled, cuts)):
        # A row that is there twice counts twice: in one delivery, or by ids of its own.
        crm = [attributes(profiles if name == "one" else profiles[::-1], cuts=at)]
        web = [touchpoints(arriving, cuts=at)]
        deliveries = [*web, *crm] if name == "one" else [*crm, *web]
        store = Store.create(folder / name)
        found, _ = journeys_of(store, deliveries, order=("signup", "mail"))
        prints.append(fingerprint(found))
    assert prints[0] == prints[1]


@settings(max_examples=examples(25), deadline=None)
@given(
    rows=st.lists(touchpoint, min_size=1, max_size=14),
    profiles=st.lists(profile, max_size=4),
    data=st.data(),
)
def test_R6_any_permutation_and_batching_gives_the_same_journeys(
    tmp_path_factory, rows, profiles, data
):
    shuffled = data.draw(st.permutations(rows))
    cuts = data.draw(st.lists(st.integers(0, len(rows)), max_size=3))
    folder = tmp_path_factory.mktemp("order")
    assert_order_does_not_matter(folder, rows, profiles, shuffled, cuts)


@settings(max_examples=examples(25), deadline=None)
@given(rows=st.lists(touchpoint, min_size=1, max_size=14), data=st.data())
def test_R6_any_cut_into_deliveries_gives_the_same_journeys(tmp_path_factory, rows, data):
    # Each id comes twice, mostly with another content, and some ids are missing.
    named = [
        {**row, "message_id": None if at == 7 else f"m{at // 2}"} for at, row in enumerate(rows)
    ]
    shuffled = data.draw(st.permutations(named))
    cut = data.draw(st.integers(0, len(rows)))
    folder = tmp_path_factory.mktemp("order")
    one, _ = journeys_of(Store.create(folder / "one"), [touchpoints(named)])
    store = Store.create(folder / "two")
    journeys_of(store, [touchpoints(shuffled[:cut]), touchpoints(shuffled[cut // 2 :])])
    two, _ = journeys_of(store, [touchpoints(shuffled[cut:]), touchpoints(shuffled[:cut])])
    assert fingerprint(one) == fingerprint(two)


@pytest.mark.slow
def test_R6_a_thousand_permutations_and_batchings_have_one_fingerprint(tmp_path):
    random = np.random.default_rng(6)
    rows = [
        {
            "time_us": int(random.integers(0, 30)),
            "touchpoint": f"touchpoint {random.integers(0, 6)}",
            "channel": ["web", "shop", None][random.integers(0, 3)],
            "score": [None, -500, 500][random.integers(0, 3)],
            "id.customer": [None, f"c{random.integers(0, 20)}"][random.integers(0, 2)],
            "id.anonymous": f"a{random.integers(0, 40)}",
            "message_id": f"m{at}",
        }
        for at in range(400)
    ]
    found = set()
    for run in range(1000):
        order = random.permutation(len(rows))
        edges = sorted({0, len(rows), *random.integers(0, len(rows), 3).tolist()})
        pieces = [
            touchpoints([rows[at] for at in order[start:end]], cuts=[(end - start) // 2])
            for start, end in pairwise(edges)
        ]
        journeys, _ = journeys_of(Store.create(tmp_path / str(run)), pieces)
        found.add(hashlib.sha256(b"".join(fingerprint(journeys))).hexdigest())
    assert len(found) == 1
