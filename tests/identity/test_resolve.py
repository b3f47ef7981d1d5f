from itertools import product

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.deliveries import attributes, journeys_of, touchpoints
from tests.examples import examples
from tests.identity.worlds import people_of, whose
from trod._store.store import Store
from trod.errors import DefinitionError
from trod.events.log import append
from trod.identity.resolve import resolve
from trod.identity.spec import IdentitySpec, KindSpec, normal

NOBODY_WRITES = (
    *("undefined", "NULL", "None", "nan", "anonymous", "guest", "", " ", "0", "0000", "-1"),
    *("unknown", "0000-0000", "(not set)", "[object Object]", "---", "xxx", "{{user_id}}"),
)


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / ".trod")


def seen(**ids: str | None) -> dict[str, str | None]:
    return {f"id.{kind}": value for kind, value in ids.items()}


def test_D6_history_from_before_the_login_is_attached(store):
    people = people_of(
        store, seen(anonymous="a1"), seen(anonymous="a1", customer="ann"), seen(anonymous="a1")
    )
    assert whose(people) == ["ann"] * 3


def test_D6_a_login_that_arrives_late_in_another_file_takes_the_history_along(store):
    append(store, [touchpoints([{"time_us": 1, **seen(anonymous="a1")}])])
    assert resolve(store, IdentitySpec()).persons.to_pylist() == ["a1"]
    late = [{"time_us": 0, **seen(anonymous="a1", customer="ann")}]
    append(store, [touchpoints(late, source="crm", file="crm.csv")])
    people = resolve(store, IdentitySpec())
    assert people.persons.to_pylist() == ["ann"]
    assert [people.of_rows(part, "person").tolist() for part in people.ids.parts] == [[0], [0]]


def test_D6_one_person_on_two_devices_is_one_person(store):
    people = people_of(
        store,
        seen(anonymous="phone", customer="ann"),
        seen(anonymous="laptop", email="ann@acme.com"),
        seen(email=" Ann@Acme.com ", customer="ann"),
    )
    assert whose(people) == ["ann"] * 3


def test_D6_I2_two_logins_on_one_device_stay_two_people_and_the_device_is_reported(store):
    people = people_of(
        store,
        seen(device="tablet", customer="ann"),
        seen(device="tablet", customer="bob"),
        seen(device="tablet"),
    )
    assert whose(people) == ["ann", "bob", "tablet"]
    assert people.ambiguous.examples == (("device", "tablet", 3),)


def test_D6_I2_a_mailbox_of_two_people_joins_nobody_who_writes_from_it(store):
    people = people_of(
        store,
        seen(email="info@acme.com", customer="ann"),
        seen(email="info@acme.com", customer="bob"),
        seen(email="info@acme.com", anonymous="a1"),
    )
    assert whose(people) == ["ann", "bob", "a1"]


def test_I2_an_id_seen_with_too_many_people_is_used_for_nobody_and_reported(store):
    rows = [seen(device="kiosk", customer=f"c{at}") for at in range(4)] + [seen(device="kiosk")]
    people = people_of(store, *rows, spec=IdentitySpec(max_people_per_id=3))
    assert whose(people) == ["c0", "c1", "c2", "c3", None]
    assert people.unused.examples == (("device", "kiosk", 5),)
    assert people.canonical("device", ["kiosk"]) == [None]


def test_I2_values_that_are_no_ids_join_nobody_and_are_counted(store):
    people = people_of(
        store,
        seen(anonymous="undefined", customer="ann"),
        seen(anonymous="UNDEFINED ", customer="bob"),
        seen(anonymous="00000000-0000-0000-0000-000000000000"),
    )
    assert whose(people) == ["ann", "bob", None]
    assert (people.refused.n_ids, people.refused.n_rows) == (3, 3)


def test_without_a_known_id_an_e_mail_address_makes_the_person(store):
    people = people_of(
        store, seen(email="b@x.com", anonymous="a1"), seen(anonymous="a1", device="d1")
    )
    assert whose(people) == ["b@x.com"] * 2


def test_without_known_id_and_address_ids_that_were_seen_together_are_one_visitor(store):
    people = people_of(store, seen(anonymous="a1", device="d"), seen(device="d"))
    assert whose(people) == ["a1", "a1"]


def test_an_illegal_id_declared_in_the_project_is_refused(store):
    people = people_of(store, seen(customer="Staff"), spec=IdentitySpec(illegal=("staff",)))
    assert whose(people) == [None]


def test_known_ids_of_two_systems_that_belong_only_to_each_other_are_one_person(store):
    spec = IdentitySpec(kinds=({"name": "crm", "known": True},))
    people = people_of(
        store, seen(crm="17", customer="ann"), seen(crm="17"), seen(customer="ann"), spec=spec
    )
    assert whose(people) == ["17", "17", "17"]


def test_I2_known_ids_of_two_systems_never_merge_two_of_one_system(store):
    spec = IdentitySpec(kinds=(KindSpec(name="crm", known=True),))
    rows = [seen(crm="17", customer="ann"), seen(crm="17", customer="bob"), seen(customer="ann")]
    people = people_of(store, *rows, spec=spec)
    assert whose(people)[2] == "ann"
    assert len(set(people.canonical("customer", ["ann", "bob"]))) == 2
    assert people.split.n_ids == 3


def test_the_same_text_as_two_kinds_of_id_is_two_people(store):
    people = people_of(store, seen(customer="7"), seen(anonymous="7"))
    assert whose(people) == ["7", "anonymous:7"]


def test_I2_a_person_with_more_than_fifty_ids_is_pointed_out(store):
    rows = [seen(customer="bot", anonymous=f"a{at}") for at in range(50)]
    people = people_of(store, *rows, seen(customer="ann", anonymous="mine"))
    assert people.crowded == (("bot", 51),)


def test_every_link_has_a_rule_and_a_source(store):
    people = people_of(store, *[seen(anonymous="a1", customer="ann")] * 2, seen(customer="bob"))
    assert people.edges.to_pylist() == [
        {
            "rule": "customer and anonymous in one row",
            "kind": "customer",
            "id": "ann",
            "with_kind": "anonymous",
            "with_id": "a1",
            "source": "web",
            "rows": 2,
        }
    ]


def test_profile_rows_are_evidence_too(store):
    append(store, [attributes([seen(email="ann@acme.com", customer="ann") | {"plan": "free"}])])
    append(store, [touchpoints([seen(email="ANN@acme.com")])])
    people = resolve(store, IdentitySpec())
    assert people.canonical("email", ["Ann@ACME.com", "no@acme.com", None]) == ["ann", None, None]


def test_D7_a_touchpoint_without_account_goes_to_the_only_account_of_its_person(store):
    rows = [
        seen(customer="ann", account="acme"),
        seen(customer="ann"),
        seen(customer="bob", account="acme"),
        seen(customer="bob", account="brick"),
        seen(customer="bob"),
    ]
    numbered = [{"time_us": at, **row} for at, row in enumerate(rows)]
    journeys, people = journeys_of(store, [touchpoints(numbered)], unit="account")
    found = {
        name: int(batch.offsets[at + 1] - batch.offsets[at])
        for batch in journeys
        for at, name in enumerate(batch.customer.to_pylist())
    }
    assert found == {"acme": 3, "brick": 1}
    assert people.names("account").to_pylist() == ["acme", "brick"]


def test_an_unknown_kind_of_id_says_which_there_are(store):
    people = people_of(store, seen(customer="ann"))
    with pytest.raises(DefinitionError, match=r"unknown kind of id 'mail'.*customer"):
        people.canonical("mail", ["x"])


def test_an_empty_log_has_no_people(store):
    people = resolve(store, IdentitySpec())
    assert len(people.persons) == len(people.accounts) == people.edges.num_rows == 0


rows_with_ids = st.lists(
    st.tuples(
        st.sampled_from([None, None, "ann", "bob", "cid"]),
        st.sampled_from([None, "e1@x.com", "e2@x.com", "null"]),
        st.sampled_from([None, "a1", "a2", "a3"]),
        st.sampled_from([None, "d1", "d2"]),
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=examples(40), deadline=None)
@given(rows=rows_with_ids, data=st.data())
def test_I1_people_do_not_depend_on_the_order_of_arrival(tmp_path_factory, rows, data):
    kinds = ("customer", "email", "anonymous", "device")
    plain = [seen(**dict(zip(kinds, row, strict=True))) for row in rows]
    numbered = [{"time_us": at, **row} for at, row in enumerate(plain)]
    order = data.draw(st.permutations(range(len(rows))))
    cut = data.draw(st.integers(0, len(rows)))
    folder = tmp_path_factory.mktemp("people")
    one, two = Store.create(folder / "one"), Store.create(folder / "two")
    append(one, [touchpoints(numbered)])
    shuffled = [numbered[at] for at in order]
    append(two, [touchpoints(shuffled[:cut])])
    append(two, [touchpoints(shuffled[cut:])])
    first, second = (resolve(store, IdentitySpec()) for store in (one, two))
    values = {kind: sorted({row[at] for row in rows if row[at]}) for at, kind in enumerate(kinds)}
    for kind in first.ids.kinds:
        assert first.canonical(kind, values[kind]) == second.canonical(kind, values[kind])
    assert first.persons.equals(second.persons)
    assert first.edges.equals(second.edges)
    assert (first.ambiguous, first.refused) == (second.ambiguous, second.refused)


@settings(max_examples=examples(40), deadline=None)
@given(rows=rows_with_ids)
def test_I2_two_known_logins_are_never_one_person(tmp_path_factory, rows):
    kinds = ("customer", "email", "anonymous", "device")
    store = Store.create(tmp_path_factory.mktemp("people"))
    plain = [seen(**dict(zip(kinds, row, strict=True))) for row in rows]
    people = people_of(store, *plain)
    logins = sorted({row[0] for row in rows if row[0]})
    if logins:
        assert people.canonical("customer", logins) == logins
    for row, owner in zip(plain, whose(people), strict=True):
        assert row["id.customer"] in (None, owner)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *product(["customer", "anonymous"], NOBODY_WRITES),
        *product(["email"], ["test@acme.com", "test+3@acme.com", "@", "a@", "noreply@acme.com"]),
    ],
)
def test_I2_what_programs_write_for_nobody_is_no_id(kind, value):
    assert IdentitySpec().refused(kind, pa.array([value])).tolist() == [True]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("customer", "1"),
        ("customer", "1000"),
        ("customer", "7777"),
        ("customer", "ann"),
        ("customer", "Анна"),
        ("customer", "山田"),
        ("customer", "0·7"),
        ("customer", "testa"),
        ("email", "ann@example.com"),
        ("email", "5d41402abc4b2a76b9719d911017c592"),
        ("email", "contest@acme.com"),
    ],
)
def test_what_may_be_an_id_is_not_refused(kind, value):
    assert IdentitySpec().refused(kind, pa.array([value])).tolist() == [False]


def test_addresses_count_without_case_and_other_ids_with_it():
    both = pa.array([" A@X.com ", "a@x.com"])
    assert normal("email", both).to_pylist() == ["a@x.com", "a@x.com"]
    assert normal("customer", both).to_pylist() == ["A@X.com", "a@x.com"]
