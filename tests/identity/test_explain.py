"""D6: every id says why it belongs to its person, and what was not used."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deliveries import attributes, touchpoints
from tests.examples import examples
from tests.identity.worlds import IDS, SPEC, a_row, deliveries_of, draft_of, sayings
from trod._store.store import Store
from trod.errors import DataError
from trod.events.log import append
from trod.identity.explain import compare, explain
from trod.identity.links import ROW, STATED
from trod.identity.moments import Sighting
from trod.identity.named import named
from trod.identity.resolve import People, resolve
from trod.identity.spec import IdentitySpec
from trod.identity.statements import IdOf, add, link, separate, state

DAY = 86_400_000_000
ANN, BOB = IdOf("customer", "ann"), IdOf("customer", "bob")
ROWS = [
    {"id.customer": "ann", "id.anonymous": "a1", "time_us": 2 * DAY},
    {"id.customer": "ann", "id.anonymous": "a1", "time_us": 4 * DAY},
    {"id.anonymous": "a1", "id.device": "d1"},
    {"id.customer": "ann", "id.device": "tablet"},
    {"id.customer": "bob", "id.device": "tablet"},
]


@pytest.fixture
def store(tmp_path):
    store = Store.create(tmp_path / ".trod")
    append(store, [touchpoints(ROWS)])
    append(store, [attributes([{"id.anonymous": "a1", "id.customer": "ann", "plan": "free"}])])
    return store


def asked(store: Store, one: str, other: str | None = None, spec: IdentitySpec | None = None):
    people = resolve(store, spec or IdentitySpec())
    if other is None:
        return explain(people, store, named(people.ids, one))
    return compare(people, store, *(named(people.ids, each) for each in (one, other)))


def test_D6_the_chain_leads_from_the_id_to_the_person_with_source_rows_and_times(store):
    told = asked(store, "d1")
    assert told.person == "ann"
    assert [(step.one.value, step.other.value, step.rule) for step in told.chain] == [
        ("d1", "a1", ROW),
        ("a1", "ann", ROW),
    ]
    assert told.chain[1].seen == (
        Sighting("crm", 1, None, None),
        Sighting("web", 2, "1970-01-03T00:00:00+00:00", "1970-01-05T00:00:00+00:00"),
    )
    assert told.not_used == ()


def test_D6_a_shared_device_says_with_whom_it_was_seen_and_why_it_joins_nobody(store):
    told = asked(store, "tablet")
    assert "joins none of them" in told.standing
    assert [step.other for step in told.not_used] == [ANN, BOB]
    assert {step.not_used for step in told.not_used} == {
        "device tablet is equally near to several people"
    }


def test_D6_two_people_say_where_the_chain_between_them_breaks(store):
    told = asked(store, "a1", "bob")
    assert not told.one_person
    assert told.why == "Two people: device tablet is equally near to several people."
    assert [step.not_used is None for step in told.chain] == [True, False, False]


def test_D6_two_ids_of_one_person_show_the_shortest_chain_between_them(store):
    told = asked(store, "ann", "d1")
    assert told.one_person
    assert told.why == "One person, 2 links apart."


def test_two_people_whom_nothing_joins_say_so(store):
    append(store, [touchpoints([{"id.customer": "cid", "time_us": 9}])])
    told = asked(store, "cid", "ann")
    assert told.chain == ()
    assert told.why.endswith("no chain of rows or statements leads from one to the other.")


def test_D6_a_statement_stands_in_the_chain_with_name_and_reason(store):
    state(store, [link(ANN, BOB)], by="Ada", at_us=0, why="one passport")
    (step,) = asked(store, "bob").chain
    assert (step.rule, step.seen) == (STATED, ())
    assert step.statement is not None
    assert (step.statement.by, step.statement.why) == ("Ada", "one passport")


def test_D6_a_split_says_which_statement_holds_the_two_apart(store):
    state(store, [separate(ANN, IdOf("anonymous", "a1"))], by="Ada", at_us=0)
    (step,) = asked(store, "a1").not_used
    assert step.not_used == "statement 1 says that they are not one person"
    assert asked(store, "a1", "ann").why == "Two people: statement 1 says so."


def test_D6_a_kiosk_a_mailbox_and_a_test_account_say_what_they_are(store):
    rows = [{"id.customer": f"c{at}", "id.device": "kiosk"} for at in range(3)]
    rows += [{"id.customer": "c0", "id.email": "info@x.com"}]
    append(store, [touchpoints(rows)])
    spec = IdentitySpec(max_people_per_id=2, tests=("bob",))
    assert "more than 2 people" in asked(store, "kiosk", spec=spec).standing
    assert "shared by its name" in asked(store, "info@x.com", spec=spec).standing
    assert "test account" in asked(store, "bob", spec=spec).standing
    told = asked(store, "c0", spec=spec)
    assert [step.not_used for step in told.not_used] == [
        "email info@x.com is shared by its name",
        "device kiosk was seen with more than 2 people",
    ]


def test_known_ids_that_would_make_two_of_a_kind_one_say_so(store):
    spec = IdentitySpec(kinds=({"name": "crm", "known": True},))
    rows = [{"id.crm": "17", "id.customer": who} for who in ("ann", "bob")]
    append(store, [touchpoints(rows)])
    assert "never merged" in asked(store, "ann", "17", spec=spec).why


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("an", r"no row of the log has the id 'an', among 5 ids. Did you mean 'ann'\?"),
        ("undefined", "'undefined' is no id of anybody"),
    ],
)
def test_an_id_that_is_not_there_is_said_with_the_nearest(store, given_, said):
    append(store, [touchpoints([{"id.anonymous": "undefined"}])])
    with pytest.raises(DataError, match=said):
        asked(store, given_)


def test_an_id_may_be_named_with_its_kind(store):
    append(store, [touchpoints([{"id.anonymous": "ann"}])])
    assert asked(store, "anonymous:ann").id == IdOf("anonymous", "ann")
    assert asked(store, "ann").id == ANN


def links_of(people: People, store: Store, number: int) -> None:
    """Check what every explanation promises."""
    told = explain(people, store, number)
    root = int(people.found.owner[number])
    way = [told.id, *(step.other for step in told.chain)]
    assert way[-1] == people.ids.name(root)
    assert all(step.not_used is None for step in told.chain)
    assert all(step.seen or step.statement for step in told.chain)
    assert all(step.not_used for step in told.not_used if step.rule == ROW)


@settings(max_examples=examples(12))
@given(rows=st.lists(a_row, min_size=1, max_size=10), said=sayings())
def test_D6_every_id_of_any_world_has_a_whole_chain_to_its_person(tmp_path_factory, rows, said):
    store = Store.create(tmp_path_factory.mktemp("people"))
    append(store, deliveries_of(rows))
    made = add((), [draft_of(each) for each in said], by="Ada", at_us=0, why="")
    people = resolve(store, SPEC, made)
    for number in range(people.ids.n_ids):
        links_of(people, store, number)
    there = [id_ for id_ in IDS if people.ids.numbers(id_[0], [id_[1]])[0] >= 0][:4]
    for one in there:
        for other in there:
            a, b = (int(people.ids.numbers(kind, [value])[0]) for kind, value in (one, other))
            told = compare(people, store, a, b)
            same = people.found.owner[a] == people.found.owner[b] and not people.found.unused[a]
            assert told.one_person == bool(same)
            assert same or not told.chain or any(step.not_used for step in told.chain)
