"""Sums of periods, and the keys that list whom they count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import plan
from tests.examples import examples
from tests.slow_twins import needs as slow_needs
from tests.slow_twins import summed as slow
from tests.strategies import NAMES, VOCABULARY, Customer, batch, customers
from trod._kernels.summed import add_up
from trod.analyses.changes.soon import GoneBy, HadSoon
from trod.analyses.coverage.need import KINDS, InNeed, Rule, needs
from trod.analyses.predicate import parse
from trod.analyses.stages import success_us
from trod.analyses.stall import left_us
from trod.errors import DefinitionError
from trod.journeys.batch import NO_SCORE
from trod.journeys.passage import NEVER, passages

PLAN = plan()
STATES = ("none", "met", "unmet", "waiting", "not recorded")
values = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 3), st.integers(0, 1), st.integers(-9, 9)),
    max_size=20,
)
names = st.lists(st.sampled_from(NAMES), max_size=3, unique=True).map(tuple)
rules = st.builds(
    Rule,
    names,
    names,
    st.integers(0, 9),
    st.none() | st.integers(0, 9),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20)), max_size=2).map(tuple),
)
stages = st.sampled_from(PLAN.stages)


@given(values)
def test_X10_values_are_added_up_as_the_slow_twin_does(some: list[tuple[int, ...]]) -> None:
    cells = np.array([[0, 1], [0, 2], [0, 1], [0, 3]], np.int64)
    sums = np.zeros((3, 2, 4, 3), np.int64)
    rows = np.array(some, np.int64).reshape(-1, 4)
    add_up(*(np.ascontiguousarray(rows[:, i]) for i in (0, 1, 2, 3)), cells, sums)
    expected = slow.add_up([(r, c, p, v) for r, c, p, v in some], cells.tolist())
    found = {
        (int(r), int(p), int(c)): tuple(int(x) for x in sums[r, p, c])
        for r, p, c in zip(*np.nonzero(sums[..., 0]), strict=True)
    }
    assert found == expected


@given(customers, stages, st.sampled_from(NAMES), st.integers(0, 9))
def test_X10_who_had_it_soon_and_who_left_by_then(
    people: list[Customer], stage: str, name: str, within: int
) -> None:
    one, s = batch(people), PLAN.stage(stage)
    walked, gone = passages(one, PLAN), left_us(one, PLAN)
    soon, left = [], []
    for c in range(one.n_customers):
        begun = int(walked.entered_us[c, s])
        rows = range(one.offsets[c], one.offsets[c + 1])
        soon.append(
            begun != NEVER
            and any(
                NAMES[one.code[i]] == name
                and walked.stage[i] == s
                and 0 <= one.time_us[i] - begun <= within
                for i in rows
            )
        )
        stayed = walked.furthest[c] == s and gone[c] != NEVER and begun != NEVER
        left.append(bool(stayed and gone[c] - begun <= within))
    assert HadSoon(stage, name, within, PLAN).mask(one).tolist() == soon
    assert GoneBy(stage, within, PLAN).mask(one).tolist() == left


@given(customers, stages, rules)
def test_X11_who_is_met_and_who_is_not_is_what_the_slow_twin_says(
    people: list[Customer], stage: str, rule: Rule
) -> None:
    one, s = batch(people), PLAN.stage(stage)
    found, walked, gone = needs(one, PLAN, s, rule), passages(one, PLAN), left_us(one, PLAN)
    done = success_us(one, PLAN, walked)
    for c in range(one.n_customers):
        begun = int(walked.entered_us[c, s])
        events = [
            (
                int(one.time_us[i]),
                bool(
                    walked.stage[i] == s
                    and (
                        NAMES[one.code[i]] in rule.needs
                        or (one.score[i] != NO_SCORE and one.score[i] <= -300)
                    )
                ),
                NAMES[one.code[i]] in rule.contacts,
            )
            for i in range(one.offsets[c], one.offsets[c + 1])
        ]
        stuck = None
        if rule.stuck_us is not None and begun != NEVER:
            then = begun + rule.stuck_us
            later = [int(x) for x in walked.entered_us[c, s + 1 :] if x != NEVER]
            moved = bool(later) and min(later) <= then
            left = gone[c] != NEVER and gone[c] <= then
            arrived = done[c] != NEVER and done[c] <= then
            waits = not (moved or left or arrived)
            stuck = then if waits and then <= PLAN.as_of_us else None
        expected = slow_needs.state(events, stuck, rule.within_us, PLAN.as_of_us, [*rule.off_us])
        assert STATES[found.state[c] + 1] == expected


@given(st.sampled_from([*KINDS]), stages, rules, st.sampled_from(NAMES), st.integers(0, 10**15))
@settings(max_examples=examples(60))
def test_X10_X11_keys_read_back(kind: str, stage: str, rule: Rule, name: str, us: int) -> None:
    for one in (
        InNeed(kind, stage, rule, PLAN),
        HadSoon(stage, name, us, PLAN),
        GoneBy(stage, us, PLAN),
    ):
        assert parse(one.key, PLAN, VOCABULARY) == one


@pytest.mark.parametrize(
    "key",
    ["soon:look", "soon:look/call", "soon:look/call@x", "goneby:look", "unmet:look@5", "met:look",
     "unmet:look@5=call/mail*x", "unmet:look@5=call/mail!5", "needed:look@=call/mail"],
)  # fmt: skip
def test_X10_X11_keys_that_are_not_written_so_are_refused(key: str) -> None:
    with pytest.raises(DefinitionError, match="names no customers"):
        parse(key, PLAN, VOCABULARY)


def test_X11_a_key_names_only_touchpoints_that_are_known() -> None:
    with pytest.raises(DefinitionError, match="unknown touchpoint 'bye'"):
        parse("unmet:look@5=call/bye", PLAN, VOCABULARY)
