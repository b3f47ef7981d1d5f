"""Statements: what they come to, and that they cannot be changed behind anybody's back."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.deliveries import journeys_of, touchpoints
from tests.examples import examples
from tests.identity.worlds import sayings, taken_back, whose
from trod._store.store import Store
from trod.errors import DefinitionError, StoreError
from trod.events.log import append
from trod.identity.resolve import People, resolve
from trod.identity.spec import IdentitySpec
from trod.identity.statements import (
    KIND,
    Draft,
    IdOf,
    link,
    read,
    retract,
    retracted,
    separate,
    state,
)
from trod.journeys.origin import is_current

ANN, BOB, CID = (IdOf("customer", name) for name in ("ann", "bob", "cid"))
COOKIE, TABLET = IdOf("anonymous", "a1"), IdOf("device", "tablet")
ROWS = [
    {"id.customer": "ann", "id.anonymous": "a1"},
    {"id.anonymous": "a1"},
    {"id.anonymous": "a1", "id.device": "d1"},
    {"id.customer": "ann", "id.device": "tablet"},
    {"id.customer": "bob", "id.device": "tablet"},
    {"id.device": "tablet"},
    {"id.customer": "cid"},
]


@pytest.fixture
def store(tmp_path):
    store = Store.create(tmp_path / ".trod")
    append(store, [touchpoints([{"time_us": at, **row} for at, row in enumerate(ROWS)])])
    return store


def say(store: Store, *drafts: Draft, why: str = "") -> People:
    state(store, drafts, by="Ada", at_us=5, why=why)
    return resolve(store, IdentitySpec())


def test_D6_a_link_makes_two_logins_one_person_and_its_retraction_two_again(store):
    before = whose(resolve(store, IdentitySpec()))
    merged = say(store, link(ANN, BOB))
    assert merged.canonical("customer", ["ann", "bob", "cid"]) == ["ann", "ann", "cid"]
    # What both of them used joins nobody else, so it is theirs.
    assert whose(merged) == ["ann"] * 6 + ["cid"]
    assert whose(say(store, retract(1))) == before


def test_D6_a_split_takes_along_what_hangs_on_the_id_and_leaves_rows_with_a_login(store):
    people = say(store, separate(COOKIE, ANN))
    assert whose(people) == ["ann", "a1", "a1", "ann", "bob", "tablet", "cid"]


def test_D6_a_shared_tablet_goes_to_whoever_is_stated_to_own_it(store):
    assert whose(say(store, link(TABLET, BOB)))[5] == "bob"


def test_D6_a_shared_tablet_that_is_not_anns_is_bobs(store):
    assert whose(say(store, separate(TABLET, ANN)))[5] == "bob"


def test_the_later_statement_about_a_pair_wins(store):
    people = say(store, link(ANN, BOB), separate(ANN, BOB))
    assert people.stated.overruled == (1,)
    assert people.canonical("customer", ["bob"]) == ["bob"]
    people = say(store, link(ANN, BOB))
    assert people.stated.overruled == (2,)
    assert people.canonical("customer", ["bob"]) == ["ann"]


def test_a_later_separation_wins_over_a_chain_of_links(store):
    people = say(store, link(ANN, BOB), link(BOB, CID), separate(ANN, CID))
    assert people.stated.overruled == (1,)
    assert people.canonical("customer", ["ann", "bob", "cid"]) == ["ann", "bob", "bob"]


def test_an_overruled_statement_counts_again_when_the_newer_one_is_retracted(store):
    people = say(store, link(ANN, BOB), separate(ANN, BOB), retract(2))
    assert people.stated.standing(1) == "in force"
    assert people.stated.standing(2) == "retracted"


def test_a_retraction_can_be_retracted(store):
    people = say(store, link(ANN, BOB), retract(1), retract(2))
    assert people.canonical("customer", ["bob"]) == ["ann"]


def test_a_statement_about_an_id_that_is_not_there_waits_for_it(store):
    people = say(store, link(CID, IdOf("email", "cid@x.com")))
    assert people.stated.waiting == (1,)
    append(store, [touchpoints([{"time_us": 9, "id.email": "Cid@X.com"}])])
    people = resolve(store, IdentitySpec())
    assert people.stated.standing(1) == "in force"
    assert people.canonical("email", ["cid@x.com"]) == ["cid"]


@pytest.mark.parametrize(
    ("drafts", "said"),
    [
        ([retract(1)], r"no statement has number 1. There is none."),
        ([link(ANN, BOB), retract(3)], r"There are statements 1 to 1."),
        ([link(ANN, BOB), retract(1), retract(1)], r"statement 1 was retracted by statement 2."),
    ],
)
def test_only_what_was_said_can_be_taken_back(store, drafts, said):
    with pytest.raises(DefinitionError, match=said):
        state(store, drafts, by="Ada", at_us=0)
    assert read(store) == ()


def test_a_statement_needs_a_name_and_two_ids(store):
    with pytest.raises(DefinitionError, match="--by NAME"):
        state(store, [link(ANN, BOB)], by=" ", at_us=0)
    with pytest.raises(DefinitionError, match="given twice"):
        link(ANN, ANN)


def test_statements_are_kept_with_name_time_and_reason_and_none_is_dropped(store):
    say(store, link(ANN, BOB), why="one passport")
    say(store, retract(1), why="two passports")
    first, second = read(store)
    assert (first.by, first.at_us, first.why) == ("Ada", 5, "one passport")
    assert (second.number, second.of) == (2, 1)
    assert len(store.manifest.of(KIND)) == 2


@pytest.mark.parametrize("line", [0, 1])
def test_a_changed_or_missing_statement_is_found(store, line):
    say(store, link(ANN, BOB), link(BOB, CID))
    (part,) = store.manifest.of(KIND)
    lines = store.path(part).read_bytes().splitlines(keepends=True)
    told = json.loads(lines[line])
    lines[line] = (json.dumps({**told, "by": "Eve"}) + "\n").encode()
    for changed in (b"".join(lines), lines[1 - line]):
        store.path(part).write_bytes(changed)
        digest = hashlib.sha256(changed).hexdigest()
        forged = replace(part, bytes=len(changed), sha256=digest)
        rest = tuple(each for each in store.manifest.parts if each.kind != KIND)
        store.manifest = replace(store.manifest, parts=(*rest, forged))
        if changed == lines[0]:  # the last one is missing: the first is as it was
            continue
        with pytest.raises(StoreError, match="was changed, or one before it is missing"):
            read(store)


def test_journeys_made_before_a_statement_are_not_current(store):
    journeys_of(store)
    assert is_current(store, "person", identity=IdentitySpec())
    state(store, [link(ANN, BOB)], by="Ada", at_us=0)
    assert not is_current(store, "person", identity=IdentitySpec())


@settings(max_examples=examples(200))
@given(said=sayings(10))
def test_what_may_be_taken_back_is_what_is_in_force(said):
    from tests.identity.worlds import draft_of
    from trod.identity.statements import add

    made = add((), [draft_of(each) for each in said], by="Ada", at_us=0, why="")
    gone = retracted(made)
    assert [each.number for each in made if each.number not in gone] == taken_back(said)
    assert [each.signature for each in made] == sorted(
        {each.signature for each in made}, key=[each.signature for each in made].index
    )
