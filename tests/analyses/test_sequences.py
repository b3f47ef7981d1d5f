"""Exact sequences from a touchpoint on, held against the walk of each customer."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings

from tests.examples import examples
from tests.strategies import NAMES, VOCABULARY, batch, customers
from trod.analyses.anchor import Anchor
from trod.analyses.sequences import Sequences


def walked(events: list[str], anchor: str, steps: int, *, before: bool) -> tuple[str, ...] | None:
    """The obvious way: cut each customer's list at the first anchor."""
    if anchor not in events:
        return None
    at = events.index(anchor)
    if before:
        found = events[max(at - steps, 0) : at + 1]
        return tuple(found) if len(found) > steps else ("(nothing before)", *found)
    found = events[at : at + steps + 1]
    return tuple(found) if len(found) > steps else (*found, "(nothing more)")


@pytest.mark.parametrize("before", [False, True], ids=["after", "before"])
@given(who=customers)
@settings(max_examples=examples(40))
def test_P1_sequences_are_those_of_each_customers_own_list(who, before):
    made = batch(who)
    lists = [
        [NAMES[code] for code in made.code[made.offsets[c] : made.offsets[c + 1]].tolist()]
        for c in range(made.n_customers)
    ]
    paths = (walked(events, "visit", 2, before=before) for events in lists)
    expected = Counter(path for path in paths if path is not None)
    anchor = Anchor("visit", "before" if before else "after")
    asked = Sequences(VOCABULARY, anchor, 2, 1_000)
    found = asked.finish(asked.empty() + asked.read(made))
    assert dict(zip(found.path, found.customers.tolist(), strict=True)) == expected
    few = Sequences(VOCABULARY, anchor, 2, 1)
    assert few.finish(few.read(made)).total == sum(expected.values())
