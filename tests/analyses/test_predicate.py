from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analyses.plans import plan
from tests.strategies import NAMES, VOCABULARY, batch, customers, journeys, walk_of
from trod.analyses.anchor import ENDS, Anchor, Node, SankeyLink, SankeyNode
from trod.analyses.funnel import Funnel, FunnelDepth
from trod.analyses.predicate import And, Did, Everyone, Valued, both, parse
from trod.analyses.stages import Done, Left, Open, Outside, Reached, Skipped
from trod.analyses.step_matrix import AtStep
from trod.analyses.touch import LeftAfter, TouchIn
from trod.analyses.transitions import Edge
from trod.analyses.unseen import Unseen
from trod.analyses.variants import Variant
from trod.errors import DefinitionError
from trod.journeys.batch import NO_VALUE
from trod.journeys.predicate import count
from trod.journeys.predicate import customers as customers_of

PLAN = plan()
name, stage, flag = st.sampled_from(NAMES), st.sampled_from(PLAN.stages), st.booleans()
step = st.integers(0, 6)
names = st.lists(name, min_size=1, max_size=4).map(tuple)
window = st.none() | st.integers(0, 10**15).map(lambda us: timedelta(microseconds=us))
anchor = st.one_of(
    st.builds(Anchor, name, st.sampled_from(["after", "before"]), st.none(), flag),
    st.builds(Anchor, name, st.just("between"), name, flag),
)
node = st.builds(Node, name | st.just("")) | st.builds(Node, st.none(), st.just(()) | names)
forward = st.builds(Anchor, name, st.just("after"), st.none(), flag)
end = st.builds(Node, st.just(""), st.just(()), st.sampled_from(["", *ENDS]))
of_stage = st.sampled_from([Reached, Skipped])
standing = st.sampled_from([Left, Open, Done])
predicates = st.one_of(
    st.builds(Everyone),
    st.builds(Outside, st.just(PLAN)),
    st.builds(Valued),
    st.builds(lambda kind, s: kind(PLAN, s), standing, st.none() | stage),
    st.builds(lambda kind, s: kind(s, PLAN), of_stage, stage),
    st.builds(Did, name),
    st.builds(Edge, st.none() | name, st.none() | name),
    st.builds(TouchIn, stage, name, st.just(PLAN)),
    st.builds(LeftAfter, stage, name, st.just(PLAN)),
    st.builds(AtStep, st.integers(1, 9), st.none() | name),
    st.builds(Variant, st.just(()) | names, flag),
    st.builds(
        FunnelDepth,
        st.builds(Funnel, names, window, st.sampled_from(["best", "first"]), flag),
        st.integers(0, 4),
        flag,
    ),
    st.builds(Unseen, names, st.integers(-(10**15), 10**15), st.integers(0, 10**15)),
    st.builds(SankeyNode, anchor, step, node),
    st.builds(SankeyLink, anchor, step, node, node),
    st.builds(SankeyNode, forward, step, end, st.just(PLAN)),
    st.builds(SankeyLink, forward, step, node, end, st.just(PLAN)),
)


@given(predicate=predicates)
def test_a_key_reads_back_as_its_predicate(predicate):
    assert parse(predicate.key, PLAN, VOCABULARY) == predicate
    assert " " not in predicate.key
    assert predicate.key.isascii()


@given(parts=st.lists(predicates, max_size=4))
def test_a_key_of_several_reads_back(parts):
    meant = both(*parts)
    assert parse(meant.key, PLAN, VOCABULARY) == meant
    assert parse(meant.key.replace("&", " & "), PLAN, VOCABULARY) == meant


@given(people=customers, one=predicates, other=predicates)
def test_several_predicates_mean_the_customers_all_of_them_mean(people, one, other):
    here = batch(people)
    expected = one.mask(here) & other.mask(here)
    np.testing.assert_array_equal(both(one, other).mask(here), expected)
    assert expected.dtype == bool
    assert expected.shape == (len(people),)


@given(people=customers, predicate=predicates)
def test_the_count_shown_is_the_length_of_the_list_behind_it(people, predicate):
    data = journeys(batch(people), batch(people, first=100))
    assert count(predicate, data) == len(customers_of(predicate, data))


@given(people=customers)
def test_who_stands_anywhere_is_the_sum_of_who_stands_in_each_stage(people):
    here = journeys(batch(people))
    for kind in (Left, Open, Done):
        assert count(kind(PLAN), here) == sum(count(kind(PLAN, s), here) for s in PLAN.stages)
    standing_somewhere = sum(count(kind(PLAN), here) for kind in (Outside, Left, Open, Done))
    assert standing_somewhere == len(people)


@given(people=customers)
def test_valued_means_customers_with_money_on_record(people):
    here = batch(people)
    known = here.value != NO_VALUE
    ends = zip(here.offsets[:-1], here.offsets[1:], strict=True)
    expected = [bool(known[start:end].any()) for start, end in ends]
    assert Valued().mask(here).tolist() == expected


@given(people=customers, wanted=name)
def test_did_means_customers_who_ever_had_it(people, wanted):
    code = NAMES.index(wanted)
    expected = [any(row[1] == code for row in events) for events in people]
    assert Did(wanted).mask(batch(people)).tolist() == expected


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("", "names no customers"),
        ("nobody", "names no customers"),
        ("edge:visit", "names no customers"),
        ("at:0=visit", "names no customers"),
        ("funnel:visit", "names no customers"),
        ("step:after:visit", "names no customers"),
        ("path:visit;often", "names no customers"),
        ("touch:look", "names no customers"),
        ("reached:", "names no customers"),
        ("all:of", "names no customers"),
        ("valued:of", "names no customers"),
        ("outside:of", "names no customers"),
        ("did:visits", "did you mean 'visit'"),
        ("reached:looks", "did you mean 'look'"),
        ("left:looks", "did you mean 'look'"),
        ("done:looks", "did you mean 'look'"),
        ("step:after:visit@1=*bye", "unknown touchpoint 'bye'"),
        ("did:%FF", "unknown touchpoint"),
    ],
)
def test_a_key_that_cannot_be_read_is_a_definition_error(key, says):
    with pytest.raises(DefinitionError, match=says):
        parse(key, PLAN, VOCABULARY)


@given(key=st.text(alphabet="adefgnlpstw:>@=;,*$^&%/09viscalbuy#é ") | st.text())
def test_any_other_text_is_a_definition_error(key):
    try:
        predicate = parse(key, PLAN, VOCABULARY)
    except DefinitionError:
        return
    assert parse(predicate.key, PLAN, VOCABULARY) == predicate


@pytest.mark.parametrize(
    "key",
    [
        "funnel:visit@1;999999999999999999d",
        "at:99999999999999999999=visit",
        "step:after:visit@999999999=buy",
        "funnel:visit@99999999999",
    ],
)
def test_numbers_without_measure_are_definition_errors(key):
    with pytest.raises(DefinitionError, match="names no customers"):
        parse(key, PLAN, VOCABULARY)


def test_a_key_that_names_a_stage_needs_a_journey():
    with pytest.raises(DefinitionError, match="there is no journey"):
        parse("reached:look", None, VOCABULARY)


def test_keys_are_readable():
    funnel = Funnel(("visit", "call"), timedelta(days=7), "first", True)
    assert FunnelDepth(funnel, 2).key == "funnel:visit>call@2;7d;first;strict"
    assert Edge(None, "buy").key == "edge:^>buy"
    assert TouchIn("talk / ask", "call", PLAN).key == "touch:talk%20%2F%20ask/call"
    assert And((Did("buy"), Done(PLAN))).key == "did:buy&done"


def test_lists_are_ordered_by_customer():
    data = journeys(batch([walk_of("buy")], first=7), batch([walk_of("buy"), walk_of("call")]))
    assert customers_of(Did("buy"), data) == ["c0000", "c0007"]
