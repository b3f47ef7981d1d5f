"""Deliveries laid beside what was there give the journeys of one build from the beginning."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deliveries import attributes, fingerprint, touchpoints
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
@settings(max_examples=40, deadline=None)
def test_R6_any_deliveries_give_the_journeys_of_one_build(deliveries, data, names, compact_at):
    check(deliveries, data.draw(st.permutations(deliveries)), names, compact_at)


@pytest.mark.slow
@the_law
@settings(max_examples=3_000, deadline=None)
def test_R6_many_deliveries_give_the_journeys_of_one_build(deliveries, data, names, compact_at):
    check(deliveries, data.draw(st.permutations(deliveries)), names, compact_at)
