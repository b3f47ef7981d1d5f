import duckdb
import numpy as np
import pytest
from hypothesis import given

from tests.slow_twins.transitions import transitions as slow
from tests.strategies import DATA, NAMES, VOCABULARY, batch, customers, helpdesk, journeys, walk_of
from trod.analyses import transitions as module
from trod.analyses.histogram import fill, quantile
from trod.analyses.transitions import Edge, Transitions, transitions
from trod.errors import DefinitionError
from trod.journeys.predicate import count
from trod.journeys.predicate import customers as list_of

N = len(NAMES)


def edges(result):
    return {
        (int(a), int(b)): (int(n), int(who))
        for a, b, n, who in zip(
            result.source, result.target, result.n, result.customers, strict=True
        )
    }


@given(people=customers)
def test_agrees_with_slow_twin(people):
    result = transitions(journeys(batch(people, scale_us=1000))).data
    expected, times = slow(people, N)
    assert edges(result) == expected
    for i, pair in enumerate(edges(result)):
        if pair not in times:
            assert result.median_us[i] == -1
            continue
        spans = fill(np.array(times[pair]) * 1000, np.zeros(len(times[pair])), 1)[0]
        assert result.median_us[i] == quantile(spans, (1, 2))
        assert result.p90_us[i] == quantile(spans, (9, 10))


@given(people=customers)
def test_many_names_are_counted_alike(people):
    few = Transitions(VOCABULARY).read(batch(people))
    limit, module.DENSE_NAMES = module.DENSE_NAMES, 0
    try:
        many = Transitions(VOCABULARY).read(batch(people))
    finally:
        module.DENSE_NAMES = limit
    np.testing.assert_array_equal(few.pairs.key, many.pairs.key)
    np.testing.assert_array_equal(few.pairs.count, many.pairs.count)


@given(people=customers)
def test_p3_probabilities_leaving_a_touchpoint_sum_to_1(people):
    result = transitions(journeys(batch(people))).data
    sums = result.matrix(result.probability).sum(axis=1)
    leaving = result.matrix(result.n).sum(axis=1) > 0
    np.testing.assert_allclose(sums[leaving], 1)
    assert not sums[~leaving].any()


def inflow_is_outflow_plus_exits(data):
    result = transitions(data, times=False).data
    table = result.matrix(result.n)
    seen = np.bincount(np.concatenate([one.code for one in data]), minlength=len(result.names))
    np.testing.assert_array_equal(table.sum(axis=0)[:-1], seen)
    np.testing.assert_array_equal(table.sum(axis=1)[:-1], seen)
    assert table[-1].sum() == table[:, -1].sum() <= data.n_customers


@given(people=customers)
def test_inflow_is_outflow_plus_exits_at_every_touchpoint(people):
    inflow_is_outflow_plus_exits(journeys(batch(people)))


def test_inflow_is_outflow_plus_exits_on_real_data():
    inflow_is_outflow_plus_exits(helpdesk())


@given(people=customers)
def test_the_customers_of_an_edge_are_those_of_its_predicate(people):
    data = journeys(batch(people))
    for (a, b), (_, who) in edges(transitions(data).data).items():
        edge = Edge(None if a == N else NAMES[a], None if b == N else NAMES[b])
        assert count(edge, data) == who == len(list_of(edge, data))


def test_known_answer():
    answer = transitions(journeys(batch([walk_of("visit call call buy", every_us=10)])))
    table = answer.to_arrow().to_pylist()
    assert [(row["from"], row["to"], row["n"], row["median_us"]) for row in table] == [
        ("buy", "(end)", 1, None),
        ("call", "buy", 1, 10),
        ("call", "call", 1, 10),
        ("visit", "call", 1, 10),
        ("(start)", "visit", 1, None),
    ]


def test_the_help_desk_log_has_9906_transitions_each_as_duckdb_counts_it():
    data = helpdesk()
    result = transitions(data).data
    ours = {
        (data.vocabulary.touchpoints[a], data.vocabulary.touchpoints[b]): row
        for (a, b), row in edges(result).items()
        if max(a, b) < len(data.vocabulary.touchpoints)
    }
    path = DATA / "process_tax2017" / "helpdesk.parquet"
    with duckdb.connect() as con:
        rows = con.sql(f"""
            with steps as (
                select CaseID, ActivityID::varchar as a, lead(ActivityID::varchar) over (
                    partition by CaseID order by CompleteTimestamp::timestamp, ActivityID) as b
                from '{path}')
            select a, b, count(*), count(distinct CaseID) from steps
            where b is not null group by all
        """).fetchall()
    assert ours == {(a, b): (n, who) for a, b, n, who in rows}
    assert sum(n for n, _ in ours.values()) == 9906


def test_an_edge_with_an_unknown_name_is_a_definition_error():
    with pytest.raises(DefinitionError, match="did you mean 'call'"):
        count(Edge("calls", None), journeys(batch([walk_of("call")])))
