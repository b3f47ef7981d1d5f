"""Journeys are those of the log and the rules of today, or are known not to be."""

from pathlib import Path

import numpy as np
import pytest

from tests.deliveries import attributes, fingerprint, journeys_of, touchpoints
from trod._store.store import Store
from trod.errors import StoreError
from trod.events.log import append
from trod.identity.resolve import resolve
from trod.identity.spec import IdentitySpec
from trod.journeys.build import build, load
from trod.journeys.origin import is_current

ROWS = [
    {"id.customer": f"c{at % 5}", "time_us": at, "touchpoint": "visit", "text": f"text {at}"}
    for at in range(40)
]


@pytest.fixture
def store(tmp_path):
    store = Store.create(tmp_path / ".trod")
    journeys_of(store, [touchpoints(ROWS)], order=["pay"])
    return store


def test_journeys_just_built_are_current(store):
    assert is_current(store, "person", identity=IdentitySpec(), order=["pay"])
    assert not is_current(store, "account", identity=IdentitySpec(), order=["pay"])


@pytest.mark.parametrize("more", [touchpoints([{"time_us": 99}]), attributes([{"plan": "free"}])])
def test_journeys_of_an_interrupted_ingest_are_not_current(store, more):
    append(store, [more])
    assert not is_current(store, "person", identity=IdentitySpec(), order=["pay"])


def test_journeys_made_by_other_rules_are_not_current(store):
    assert not is_current(store, "person", identity=IdentitySpec(illegal=("c1",)), order=["pay"])
    assert not is_current(store, "person", identity=IdentitySpec(), order=["visit", "pay"])


def test_R4_any_changed_byte_is_found_before_a_journey_is_shown(store):
    right = fingerprint(load(store, "person", zone="UTC"))
    random = np.random.default_rng(4)
    shown = [p for p in store.manifest.of("journeys/person") if p.facts["holds"] != "texts"]
    for part in shown:
        whole = store.path(part).read_bytes()
        for at in random.integers(0, len(whole), 3).tolist():
            _flip(store.path(part), whole, at)
            with pytest.raises(StoreError, match="damaged"):
                load(store, "person", zone="UTC")
        store.path(part).write_bytes(whole)
    assert fingerprint(load(store, "person", zone="UTC")) == right


def test_R4_a_changed_log_is_found_before_it_is_read_or_compared(store):
    (part,) = store.manifest.of("touchpoints")
    journeys = load(store, "person", zone="UTC")
    whole = store.path(part).read_bytes()
    found = 0
    for at in np.linspace(8, len(whole) - 1, 50).astype(int).tolist():
        _flip(store.path(part), whole, at)
        try:
            (report,) = append(store, [touchpoints(ROWS)])
            build(store, resolve(store, IdentitySpec()), unit="person", order=["pay"])
            texts = journeys.text(np.arange(40))
        except StoreError:
            found += 1
        else:  # a byte that nobody asked for
            assert report.duplicate == 40
            assert texts == [row["text"] for row in ROWS]
    assert found > 25


def _flip(path: Path, whole: bytes, at: int) -> None:
    path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
