"""D6, I2: what several people use joins none of them, and what was one person's stays theirs."""

from datetime import timedelta

import pyarrow as pa
import pytest

from tests.deliveries import attributes
from tests.identity.worlds import people_of, whose
from trod._store.store import Store
from trod.events.log import append
from trod.identity.report import report
from trod.identity.spec import IdentitySpec, is_made_up
from trod.workspace import nobody

DAY = 86_400_000_000


@pytest.fixture
def store(tmp_path):
    return Store.create(tmp_path / ".trod")


def seen(day: float, **ids: str) -> dict:
    return {"time_us": int(day * DAY), **{f"id.{kind}": value for kind, value in ids.items()}}


HANDED = (
    seen(0, device="d"),  # before anybody logged in
    seen(1, device="d", customer="ann"),
    seen(5, device="d"),
    seen(9, device="d", customer="ann"),
    seen(10, device="d"),  # whoever had it then
    seen(12, device="d", customer="bob"),
    seen(13, device="d"),
)


def test_D6_a_device_that_was_handed_over_keeps_the_history_of_its_first_owner(store):
    people = people_of(store, *HANDED)
    assert whose(people) == ["ann", "ann", "ann", "ann", "d", "bob", "d"]
    assert report(people).handed_over == (("device", "d", "ann"),)


def test_D6_rows_after_the_hand_over_belong_to_whoever_logged_in(store):
    people = people_of(store, *HANDED, seen(14, device="d", anonymous="b1", customer="bob"))
    assert whose(people)[-1] == "bob"


@pytest.mark.parametrize(
    "more",
    [
        seen(13, device="d", customer="ann"),  # both use it
        seen(20, device="d", customer="cid"),  # a third one: it goes round
    ],
)
def test_D6_a_device_that_people_use_in_turn_is_nobodys_before_and_after(store, more):
    people = people_of(store, *HANDED, more)
    assert [who for who, row in zip(whose(people), HANDED, strict=False) if len(row) == 2] == [
        "d"
    ] * 4


def test_D6_a_kiosk_used_one_after_the_other_on_one_day_is_nobodys(store):
    rows = [seen(0.1, device="d", customer="ann"), seen(0.2, device="d")]
    people = people_of(store, *rows, seen(0.3, device="d", customer="bob"))
    assert whose(people) == ["ann", "d", "bob"]


def test_D6_how_long_somebody_must_have_had_a_device_is_declared(store):
    spec = IdentitySpec(handover=timedelta(days=9))
    assert whose(people_of(store, *HANDED, spec=spec))[0] == "d"


def test_D6_a_device_in_a_profile_may_be_of_any_time_so_it_was_not_handed_over(store):
    append(store, [attributes([{"id.device": "d", "id.customer": "ann"}])])
    assert whose(people_of(store, *HANDED))[0] == "d"


def test_D6_a_number_that_was_given_to_somebody_else_is_handed_over_too(store):
    rows = [
        {name.replace("device", "phone"): value for name, value in row.items()} for row in HANDED
    ]
    assert whose(people_of(store, *rows))[2:5] == ["ann", "ann", "d"]


def test_D6_I2_a_mailbox_of_a_role_joins_nobody_even_where_only_one_login_uses_it(store):
    people = people_of(
        store,
        seen(0, email="Info@acme.com", customer="ann"),
        seen(1, email="info@acme.com", anonymous="a1"),
        seen(2, email="info@acme.com"),
        seen(3, email="customer-care+7@acme.com", anonymous="a2"),
    )
    assert whose(people) == ["ann", "a1", "info@acme.com", "a2"]
    assert people.shared.n_ids == 2


def test_D6_I2_ids_declared_as_shared_stand_for_themselves(store):
    spec = IdentitySpec(shared=("lobby-*",))
    rows = [seen(0, device="lobby-1", customer="ann"), seen(1, device="lobby-1")]
    assert whose(people_of(store, *rows, spec=spec)) == ["ann", "lobby-1"]


def test_D6_whoever_has_an_id_of_a_test_account_is_no_customer(store):
    spec = IdentitySpec(tests=("*@Our.com",))
    rows = [
        seen(0, email="joe@our.com", customer="joe"),
        seen(1, customer="joe"),
        seen(2, customer="ann", email="ann@acme.com"),
    ]
    people = people_of(store, *rows, spec=spec)
    assert whose(people) == [None, None, "ann"]
    assert people.persons.to_pylist() == ["ann"]
    assert people.canonical("customer", ["joe"]) == [None]
    assert (people.tests.n_ids, people.tests.n_rows) == (2, 3)
    assert nobody.reasons(store, people)["person"] == {nobody.TESTS: 2}


def test_D6_a_login_whose_only_address_is_made_up_is_a_test_account_where_that_is_declared(store):
    rows = [seen(0, customer="q1", email="Qa+test1@our.com"), seen(1, customer="q1")]
    other = seen(2, customer="ann", email="ann+test@acme.com")  # a customer's own
    spec = IdentitySpec(tests=("*@our.com",))
    people = people_of(store, *rows, other, spec=spec)
    assert whose(people) == [None, None, "ann"]
    assert report(people).made_up == (("ann+test@acme.com", 1),)


def test_D6_what_is_declared_to_be_no_id_marks_no_test_account(store):
    spec = IdentitySpec(tests=("*@our.com",), illegal=("qa+test@our.com",))
    row = seen(0, customer="ann", email="qa+test@our.com")
    assert whose(people_of(store, row, spec=spec)) == ["ann"]


def test_D6_a_test_account_is_in_no_account_view_either(store):
    spec = IdentitySpec(tests=("joe",))
    people = people_of(store, seen(0, customer="joe", account="acme"), spec=spec)
    (part,) = people.ids.parts
    assert people.of_rows(part, "account").tolist() == [-1]


@pytest.mark.parametrize("value", ["ann+test@acme.com", "ann+QA2@acme.com", "test3@acme.com"])
def test_I2_addresses_made_up_to_test_are_no_ids_and_are_listed(store, value):
    assert IdentitySpec().refused("email", pa.array([value])).tolist() == [True]
    people = people_of(store, seen(0, customer="ann", email=value), seen(1, email=value))
    assert whose(people) == ["ann", None]
    assert report(people).made_up == ((value, 2),)


@pytest.mark.parametrize("value", ["contest@acme.com", "ann+tester-club@acme.com", "atest@b.com"])
def test_addresses_that_only_look_like_tests_are_ids(value):
    assert not is_made_up(value)


# As PostHog and Segment publish them: values that must never identify anybody.
PUBLISHED = (
    *("anonymous", "guest", "distinctid", "distinct_id", "id", "not_authenticated", "email"),
    *("undefined", "true", "false", "null", "none", "0", "nan", "NaN", "Infinity"),
    *("[object Object]", "NULL", "None", "-1", "", " ", '""', "''", "(null)", "void"),
)


@pytest.mark.parametrize("value", PUBLISHED)
@pytest.mark.parametrize("kind", ["customer", "anonymous", "device"])
def test_I2_published_values_for_nobody_are_no_ids(kind, value):
    assert IdentitySpec().refused(kind, pa.array([value])).tolist() == [True]


def test_D6_households_list_people_with_logins_who_share_ids(store):
    rows = [
        seen(day, customer=who, **{kind: value})
        for day, (kind, value) in enumerate([("device", "tv"), ("phone", "+49 1"), ("device", "x")])
        for who in ("ann", "bob")
        if value != "x" or who == "ann"
    ]
    told = report(people_of(store, *rows))
    (house,) = told.households
    assert (house.people, house.ids) == (("ann", "bob"), 2)
    assert [(each.id, each.people) for each in told.common] == [("+49 1", 2), ("tv", 2)]


def test_I2_the_report_warns_of_people_with_more_than_fifty_ids(store):
    rows = [seen(0, customer="bot", anonymous=f"a{at}") for at in range(50)]
    assert report(people_of(store, *rows)).crowded == (("bot", 51),)


def test_D6_merges_are_counted_by_rule(store):
    people = people_of(
        store,
        *[seen(0, customer="ann", anonymous="a1")] * 2,
        seen(1, customer="bob", anonymous="b1"),
        seen(2, email="e@x.com", phone="+49 7"),
    )
    assert [(r.rule, r.pairs, r.rows) for r in report(people).rules] == [
        ("customer and anonymous in one row", 2, 3),
        ("email and phone in one row", 1, 1),
    ]
