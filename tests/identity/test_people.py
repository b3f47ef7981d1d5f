"""People are what the definition in ADR 10 says."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.identity.worlds import RULES, SPEC, a_row, deliveries_of, draft_of, sayings, who_of
from tests.slow_twins import people as slow
from trod._store.store import Store
from trod.events.log import append
from trod.identity.resolve import resolve
from trod.identity.statements import add


@settings(max_examples=examples(100))
@given(rows=st.lists(a_row, min_size=1, max_size=12), said=sayings())
def test_D6_people_agree_with_slow_twin(tmp_path_factory, rows, said):
    store = Store.create(tmp_path_factory.mktemp("people"))
    append(store, deliveries_of(rows))
    statements = add((), [draft_of(each) for each in said], by="Ada", at_us=0, why="")
    found = who_of(resolve(store, SPEC, statements))
    # The log holds touchpoints before profiles.
    rows = sorted(rows, key=lambda row: row.time is None)
    expected = slow.resolve(rows, said, RULES)
    assert found.of_id == expected.of_id
    assert found.handed == expected.handed
    assert found.of_row == expected.of_row
