"""The sample company says who is who: how well do the rules find that out?"""

from collections import Counter
from collections.abc import Hashable, Iterable
from math import comb

import pyarrow as pa
import pytest

from tests.company import Known
from trod.identity.report import report
from trod.identity.spec import normal


def pairs(groups: Iterable[Hashable]) -> int:
    """How many pairs of ids lie in one group."""
    return sum(comb(n, 2) for n in Counter(groups).values())


@pytest.fixture(scope="module")
def found(tallyfern: Known):
    return tallyfern.truth, tallyfern.workspace.people()


def test_D6_I2_people_of_the_sample_company_are_found(found):
    truth, people = found
    real = {
        (kind, normal(kind, pa.array([value])).to_pylist()[0]): number
        for number, person in enumerate(truth.people)
        for kind, values in person.ids.items()
        for value in values
        if value
    }
    ids = list(real)
    by_kind = {
        kind: people.canonical(kind, [v for k, v in ids if k == kind])
        for kind in sorted({kind for kind, _ in ids})
    }
    given = {kind: iter(names) for kind, names in by_kind.items()}
    # An id that belongs to nobody stands alone.
    who = [next(given[kind]) or f"nobody {kind} {value}" for kind, value in ids]
    right = pairs(zip(who, real.values(), strict=True))
    precision, recall = right / pairs(who), right / pairs(real.values())
    assert precision >= 0.999
    assert recall >= 0.97


def test_I2_shared_ids_of_the_sample_company_join_nobody_and_are_reported(found):
    truth, people = found
    shared = {value for values in truth.shared_ids.values() for value in values}
    assert people.ambiguous.n_ids + people.unused.n_ids > 0
    reported = {value for _, value, _ in (*people.ambiguous.examples, *people.unused.examples)}
    assert reported <= shared
    assert {value for _, value, _ in people.refused.examples} == set(truth.illegal_ids)


def test_D6_I2_no_id_that_several_people_share_leads_to_one_of_them(found):
    truth, people = found
    for kind, values in truth.shared_ids.items():
        numbers = [number for number in people.ids.numbers(kind, values).tolist() if number >= 0]
        assert not people.found.own[numbers].any()


def test_D6_a_device_handed_over_goes_first_to_whoever_had_it_first(found):
    truth, people = found
    sharing = {(one.kind, one.id): one for one in truth.sharing}
    assert people.handed.id_.size
    for id_, owner in zip(people.handed.id_, people.handed.owner, strict=True):
        planted = sharing[people.ids.name(int(id_))]
        # What an office or a household shares may look handed over for as long as it was so.
        assert people.person_of(int(owner)) in planted.people


def test_D6_test_accounts_of_the_sample_company_are_nobody(found):
    truth, people = found
    logins = [one.customer for one in truth.test_accounts]
    assert people.canonical("customer", logins) == [None] * len(logins)
    made_up = [one.email for one in truth.test_accounts if one.what == "test"]
    assert made_up
    assert (people.ids.numbers("email", made_up) >= 0).all()
    assert people.canonical("email", made_up) == [None] * len(made_up)


def test_D6_households_of_the_sample_company_are_listed(found):
    truth, people = found
    planted = {one.id: set(one.people) for one in truth.sharing if one.how == "household"}
    told = report(people)
    assert told.n_households >= len({frozenset(own) for own in planted.values() if len(own) > 1})
    for id_, own in planted.items():
        kind = next(one.kind for one in truth.sharing if one.id == id_)
        number = int(people.ids.numbers(kind, [id_])[0])
        if len(own) > 1 and number >= 0:
            assert people.found.several[number]
