"""Deliveries laid beside what was there give the journeys of one build from the beginning."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deliveries import attributes, fingerprint, touchpoints
from tests.examples import examples
from tests.slow_twins import splice as slow
from trod._kernels import splice as loops
from trod._kernels.arrays import given as frozen
from trod._store.store import Store
from trod.events.log import append
from trod.events.names import NamesSpec
from trod.identity.resolve import resolve
from trod.identity.spec import IdentitySpec
from trod.journeys.batch import Journeys
from trod.journeys.build import build, load
from trod.journeys.origin import is_current
from trod.journeys.refresh import COMPACT_AT, refresh

UNITS = ("person", "account")
SPEC = IdentitySpec(max_people_per_id=2)
ORDER = ("pay", "visit")
NEVER, ALWAYS = 1e9, 0.0


def _maybe(*values: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *values])


a_row = st.fixed_dictionaries(
    {
        "id.customer": _maybe("ann", "bob", "cid", "dan", "é"),
        "id.email": _maybe("e1@x.com", "e2@x.com", "e3@x.com"),
        "id.anonymous": _maybe("a1", "a2", "a3"),
        "id.account": _maybe("acme", "bolt"),
        "time_us": st.integers(0, 3),
        "touchpoint": st.sampled_from(["visit", "call", "pay", "Pay", "abc", "zoo"]),
        "channel": _maybe("web", "app", "shop"),
        "value": st.sampled_from([None, 5, 7]),
        "score": st.sampled_from([None, -1000, 400]),
        "text": st.uuids().map(str),
    },
    optional={"state.plan": _maybe("free", "paid"), "state.tier": _maybe("b", "a")},
)
a_profile = st.fixed_dictionaries(
    {
        "id.customer": _maybe("ann", "bob", "cid"),
        "id.email": _maybe("e1@x.com", "e2@x.com"),
        "plan": _maybe("free", "paid"),
    }
)
a_delivery = st.one_of(
    st.tuples(st.just(touchpoints), st.lists(a_row, min_size=1, max_size=9)),
    st.tuples(st.just(touchpoints), st.lists(a_row, min_size=1, max_size=9)),
    st.tuples(st.just(attributes), st.lists(a_profile, min_size=1, max_size=3)),
)
some_deliveries = st.lists(a_delivery, min_size=2, max_size=6)
Deliveries = Sequence[tuple[Any, Sequence[dict[str, Any]]]]


def journeys(store: Store) -> list[Journeys]:
    return [load(store, unit, zone="UTC") for unit in UNITS]


def step_by_step(
    folder: Path, deliveries: Deliveries, names: NamesSpec, compact_at: float
) -> tuple[Store, list[Journeys]]:
    """Deliver one after the other, and put each in order at once."""
    store = Store.create(folder)
    for at, (kind, rows) in enumerate(deliveries):
        append(store, [kind(rows, file=f"{at}.csv")])
        people = resolve(store, SPEC)
        refresh(store, people, UNITS, order=ORDER, names=names, compact_at=compact_at)
    return store, journeys(store)


def from_the_beginning(
    folder: Path, deliveries: Deliveries, names: NamesSpec
) -> tuple[Store, list[Journeys]]:
    """Deliver everything, then sort it once."""
    store = Store.create(folder)
    append(store, [kind(rows, file=f"{at}.csv") for at, (kind, rows) in enumerate(deliveries)])
    people = resolve(store, SPEC)
    for unit in UNITS:
        build(store, people, unit=unit, order=ORDER, names=names)
    return store, journeys(store)


def texts(journeys: Journeys) -> list[list[str | None]]:
    """What was written at every touchpoint: each row of the log leads to its own text."""
    return [journeys.text(batch.row) for batch in journeys]


def check(
    deliveries: Deliveries, shuffled: Deliveries, names: NamesSpec, compact_at: float
) -> None:
    with tempfile.TemporaryDirectory() as made:
        store, found = step_by_step(Path(made) / "a", deliveries, names, compact_at)
        _, wanted = from_the_beginning(Path(made) / "b", shuffled, names)
        for one, other in zip(found, wanted, strict=True):
            assert fingerprint(one) == fingerprint(other)
            assert texts(one) == texts(other)
            assert is_current(store, one.unit, identity=SPEC, order=ORDER, names=names)


the_law = given(
    deliveries=some_deliveries,
    data=st.data(),
    names=st.sampled_from([NamesSpec(), NamesSpec(fold=True), NamesSpec(most=3)]),
    compact_at=st.sampled_from([NEVER, NEVER, 0.4, COMPACT_AT, ALWAYS]),
)


@the_law
@settings(max_examples=examples(16), deadline=None)
def test_R6_any_deliveries_give_the_journeys_of_one_build(deliveries, data, names, compact_at):
    check(deliveries, data.draw(st.permutations(deliveries)), names, compact_at)


@pytest.mark.slow
@the_law
@settings(max_examples=examples(3_000), deadline=None)
def test_R6_many_deliveries_give_the_journeys_of_one_build(deliveries, data, names, compact_at):
    check(deliveries, data.draw(st.permutations(deliveries)), names, compact_at)


@given(st.data())
@settings(max_examples=examples(60), deadline=None)
def test_rows_put_between_others_are_where_the_slow_twin_puts_them(data):
    old = data.draw(st.lists(st.integers(0, 99), max_size=12))
    gone = sorted(data.draw(st.sets(st.integers(0, len(old) - 1)))) if old else []
    before = sorted(data.draw(st.lists(st.integers(0, len(old)), max_size=8)))
    new = data.draw(st.lists(st.integers(100, 199), min_size=len(before), max_size=len(before)))
    out = np.empty(len(old) - len(gone) + len(new), np.uint64)
    made = [np.array(it, np.uint64) for it in (old, new)]
    places = [np.array(it, np.int64) for it in (gone, before)]
    loops.splice(
        frozen(made[0], np.uint64),
        frozen(places[0], np.int64),
        frozen(made[1], np.uint64),
        frozen(places[1], np.int64),
        out,
    )
    assert out.tolist() == slow.splice(old, gone, new, before)


a_key = st.tuples(st.integers(0, 3), st.integers(0, 2))


@given(st.lists(st.lists(a_key, max_size=6), min_size=1, max_size=4), st.data())
@settings(max_examples=examples(60), deadline=None)
def test_places_of_new_rows_are_those_of_the_slow_twin(customers, data):
    old = [key for keys in customers for key in sorted(keys)]
    ends = np.cumsum([0, *(len(keys) for keys in customers)])
    who = data.draw(st.lists(st.integers(0, len(customers) - 1), max_size=8))
    new = data.draw(st.lists(a_key, min_size=len(who), max_size=len(who)))
    low, high = np.empty((2, len(who)), np.int64)
    tied = loops.between(
        *(frozen(it, np.int64) for it in (ends[:-1][who], ends[1:][who])),
        *_columns(old),
        *_columns(new),
        low,
        high,
    )
    wanted = slow.between(ends[:-1][who].tolist(), ends[1:][who].tolist(), old, new)
    assert (low.tolist(), high.tolist()) == wanted
    assert tied == int((low < high).sum())


def _columns(keys):
    times, codes = np.array(keys, np.int64).reshape(-1, 2).T
    return frozen(times, np.int64), frozen(codes, np.uint16)


def test_a_small_delivery_leaves_the_base_as_it_is_and_a_larger_one_becomes_a_new_base(tmp_path):
    store = Store.create(tmp_path / ".trod")
    rows = [{"id.customer": f"c{at % 20}", "time_us": at} for at in range(1_000)]

    def deliver(n: int, first: int) -> set[str]:
        more = [{"id.customer": f"c{at % 23}", "time_us": 7 * at} for at in range(first, first + n)]
        append(store, [touchpoints(more, file=f"{first}.csv")])
        refresh(store, resolve(store, SPEC), UNITS)
        parts = store.manifest.of("journeys/person")
        return {part.path for part in parts if part.facts["holds"] in ("events", "customers")}

    append(store, [touchpoints(rows)])
    refresh(store, resolve(store, SPEC), UNITS)
    base = deliver(9, 2_000)
    assert base == deliver(9, 3_000)
    assert any(part.facts["holds"] == "delta" for part in store.manifest.of("journeys/person"))
    assert not base & deliver(9, 4_000)
    assert not any(part.facts["holds"] == "delta" for part in store.manifest.of("journeys/person"))


def test_R4_where_the_journeys_kept_are_damaged_a_delivery_sorts_all_again(tmp_path):
    deliveries = [(touchpoints, [{"id.customer": "ann", "time_us": at}]) for at in range(4)]
    store, wanted = from_the_beginning(tmp_path / "a", deliveries, NamesSpec())
    store, _ = step_by_step(tmp_path / "b", deliveries[:3], NamesSpec(), NEVER)
    part = next(p for p in store.manifest.of("journeys/person") if p.facts["holds"] == "events")
    store.path(part).write_bytes(bytes(part.bytes))
    append(store, [touchpoints(deliveries[3][1], file="3.csv")])
    refresh(store, resolve(store, SPEC), UNITS, order=ORDER)
    assert [fingerprint(one) for one in journeys(store)] == [fingerprint(one) for one in wanted]
