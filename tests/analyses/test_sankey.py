import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import plan
from tests.examples import examples
from tests.slow_twins.steps import path as slow_path
from tests.strategies import NAMES, batch, customers, helpdesk, journeys, walk_of
from trod.analyses import sankey as module
from trod.analyses.predicate import both, parse
from trod.analyses.sankey import LEFT, Anchor, StepSankey, sankey
from trod.analyses.stages import Done
from trod.analyses.step_matrix import AtStep, step_matrix
from trod.errors import DefinitionError
from trod.journeys.batch import NO_SCORE, NO_STATE
from trod.journeys.passage import DONE, OPEN, passages
from trod.journeys.passage import LEFT as GONE
from trod.journeys.predicate import count

names = st.sampled_from(NAMES)
anchors = st.one_of(
    st.builds(Anchor, names, st.just("after"), st.none(), st.booleans()),
    st.builds(Anchor, names, st.just("before"), st.none(), st.booleans()),
    st.builds(Anchor, names, st.just("between"), names, st.booleans()),
)


@given(people=customers, anchor=anchors, n_steps=st.integers(0, 6))
@settings(max_examples=examples(250))
def test_paths_agree_with_slow_twin(people, anchor, n_steps):
    who, path = anchor.paths(batch(people), n_steps)
    start, end = NAMES.index(anchor.name), NAMES.index(anchor.end or anchor.name)
    expected = {
        c: found
        for c, events in enumerate(people)
        if (
            found := slow_path(
                events,
                start,
                anchor.direction,
                end,
                n_steps,
                len(NAMES),
                collapse=anchor.collapse_loops,
            )
        )
    }
    assert dict(zip(who.tolist(), path.tolist(), strict=True)) == expected


def _reconciles(data, anchor, outcome, named, steps=3, plan=None):
    result = sankey(
        data,
        anchor.name,
        direction=anchor.direction,
        end=anchor.end,
        steps=steps,
        named=named,
        collapse_loops=anchor.collapse_loops,
        outcome=outcome,
        plan=plan,
    ).data
    n_links = len(result.links)
    for step in range(steps + 1):
        column = [node for node in result.nodes if node.step == step]
        assert sum(node.customers for node in column) == result.customers
        assert sum(node.outcome for node in column) == result.outcome
        assert len([node for node in column if node.name]) <= named
        left = sum(node.customers for node in column if node.name == LEFT)
        assert result.moving[step] == result.customers - left
    for i, node in enumerate(result.nodes):
        assert count(node.predicate, data) == node.customers
        assert count(both(node.predicate, outcome), data) == node.outcome
        inflow = sum(link.customers for link in result.links if link.target == i)
        outflow = sum(link.customers for link in result.links if link.source == i)
        assert inflow == (node.customers if node.step else 0)
        assert outflow == (node.customers if node.step < steps else 0)
    for link in result.links:
        assert count(link.predicate, data) == link.customers
        assert count(both(link.predicate, outcome), data) == link.outcome
    return n_links


@given(people=customers, anchor=anchors, named=st.integers(1, 5), told=st.booleans())
@settings(max_examples=examples(80))
def test_columns_sum_to_the_anchor_and_every_count_is_that_of_its_predicate(
    people, anchor, named, told
):
    data = journeys(batch(people))
    _reconciles(data, anchor, Done(plan()), named, plan=plan() if told else None)


@given(people=customers, name=names)
@settings(max_examples=examples(80))
def test_ends_are_told_apart_by_what_became_of_the_customer(people, name):
    data, asked = journeys(batch(people)), plan(as_of_us=8)
    result = sankey(data, name, steps=6, outcome=Done(asked), plan=asked).data
    plain = sankey(data, name, steps=6).data
    walked = passages(batch(people), asked)
    for step in range(7):
        ends = {n.kind: n for n in result.nodes if n.step == step and n.name == LEFT}
        merged = [n.customers for n in plain.nodes if n.step == step and n.name == LEFT]
        assert ends.keys() <= {"left", "open", "done"}
        assert sum(n.customers for n in ends.values()) == sum(merged)
        for kind, status in (("left", GONE), ("open", OPEN), ("done", DONE)):
            if kind not in ends:
                continue
            meant = ends[kind].predicate.mask(batch(people)) & (walked.furthest >= 0)
            assert (walked.status[meant] == status).all()
            assert ends[kind].outcome == (ends[kind].customers if kind == "done" else 0)
            assert ends[kind].predicate.key.endswith(f"=${kind}")


def test_what_became_of_customers_needs_a_journey_and_a_path_forward():
    data, asked = journeys(batch([walk_of("visit mail")])), plan()
    assert {n.kind for n in sankey(data, "visit").data.nodes} == {"touch", "end"}
    before = sankey(data, "visit", direction="before", plan=asked).data
    assert {n.kind for n in before.nodes} == {"touch", "end"}
    for key, its in (("step:after:visit@2=$open", None), ("step:before:visit@1=$left", asked)):
        with pytest.raises(DefinitionError, match="needs a journey"):
            parse(key, its, data.vocabulary)
    with pytest.raises(DefinitionError, match=r"unknown touchpoint '\$gone'"):
        parse("step:after:visit@1=$gone", asked, data.vocabulary)


def test_customers_who_never_entered_have_left_after_the_same_silence():
    asked = plan(as_of_us=20)
    people = [[(t, NAMES.index("buy"), NO_SCORE, NO_STATE)] for t in (1, 18)]
    result = sankey(journeys(batch(people)), "buy", steps=1, plan=asked).data
    shown = {(n.kind, n.customers) for n in result.nodes if n.step}
    assert shown == {("left", 1), ("open", 1)}


@pytest.mark.parametrize(
    "anchor", [Anchor("8"), Anchor("9", "before"), Anchor("1", "between", "6", True)]
)
def test_columns_sum_to_the_anchor_on_real_data(anchor):
    from trod.analyses.predicate import Did

    assert _reconciles(helpdesk(), anchor, Did("9"), 3) > 5


@given(people=customers)
def test_many_names_are_counted_alike(people):
    asked = StepSankey(batch([]).vocabulary, Anchor("visit"), outcome=Done(plan()))
    few = asked.read(batch(people))
    limit, module.DENSE_CELLS = module.DENSE_CELLS, 0
    try:
        many = asked.read(batch(people))
    finally:
        module.DENSE_CELLS = limit
    np.testing.assert_array_equal(few.links.key, many.links.key)
    np.testing.assert_array_equal(few.links.count, many.links.count)


def test_names_beyond_the_limit_are_summed_with_ties_by_code():
    people = [walk_of(f"visit {name}") for name in ("mail", "call", "buy", "mail")]
    result = sankey(journeys(batch(people)), "visit", steps=1, named=2).data
    shown = [(node.name, node.customers, node.n_names) for node in result.nodes if node.step]
    assert shown == [("mail", 2, 1), ("buy", 1, 1), (None, 1, 1)]


def test_the_end_of_a_path_between_anchors_is_always_named():
    people = [walk_of("visit mail buy"), walk_of("visit mail call buy"), walk_of("visit buy")]
    result = sankey(
        journeys(batch(people)), "visit", direction="between", end="buy", named=1, steps=2
    ).data
    assert [(n.name, n.customers) for n in result.nodes if n.step == 2] == [("buy", 2), (None, 1)]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"steps": 7}, "give 1 to 6"),
        ({"direction": "between"}, "give end with 'between'"),
        ({"end": "buy"}, "give end with 'between'"),
        ({"direction": "between", "end": "bye"}, "unknown touchpoint 'bye'"),
    ],
)
def test_impossible_questions_are_definition_errors(more, says):
    with pytest.raises(DefinitionError, match=says):
        sankey(journeys(batch([])), "visit", **more)


@given(people=customers, steps=st.integers(1, 5))
def test_every_row_of_the_step_matrix_sums_to_all_and_counts_its_predicates(people, steps):
    data = journeys(batch(people))
    result = step_matrix(data, steps=steps).data
    for k in range(steps):
        assert result.customers[k].sum() + result.ended[k] == len(people)
        at = [[code for _, code, *_ in events][k : k + 1] for events in people]
        for code, name in enumerate(NAMES):
            assert result.customers[k, code] == at.count([code])
            assert result.customers[k, code] == count(AtStep(k + 1, name), data)
        assert result.ended[k] == at.count([]) == count(AtStep(k + 1, None), data)


def test_a_step_matrix_without_steps_is_a_definition_error():
    with pytest.raises(DefinitionError, match="give 1 or more"):
        step_matrix(journeys(batch([])), steps=0)
