"""Customers by what an attribute says of them: the key lists exactly the group that is counted."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import plan
from tests.company import Known
from tests.examples import examples
from tests.strategies import VOCABULARY, batch, walk_of
from tests.strategies import journeys as of
from trod.analyses.predicate import Did, both, parse
from trod.analyses.survival import survival
from trod.errors import DefinitionError
from trod.journeys.batch import Journeys
from trod.journeys.described import key_of
from trod.journeys.grouping import by_attribute
from trod.journeys.passage import compile_plan
from trod.journeys.predicate import Predicate, count, customers
from trod.journeys.subset import subset
from trod.journeys.until import until
from trod.workspace.tables import listed

PLAN = plan()
N = 9
ids = [f"c{i:04d}" for i in range(N)]
EVERYONE = of(
    batch([walk_of("visit buy" if i % 2 else "visit") for i in range(4)]),
    batch([walk_of("visit") for _ in range(4, N)], first=4),
)
texts = st.sampled_from(["small", "large", "a & b>c=d|e%", "not known", "other", "ä", "", None])
tables = st.builds(
    lambda who, name, said, more: pa.table(
        {
            "customer": pa.array(sorted(who), pa.string()),
            name: pa.array(said[: len(who)], pa.string()),
            "seats": pa.array(more[: len(who)], pa.int64()),
            "trial": pa.array([m is not None and m > 2 for m in more[: len(who)]], pa.bool_()),
        }
    ),
    st.sets(st.sampled_from([*ids, "nobody here"])),
    st.sampled_from(["Size", "Plan & price=net>gross"]),
    st.lists(texts, min_size=N + 1, max_size=N + 1),
    st.lists(st.none() | st.integers(0, 4), min_size=N + 1, max_size=N + 1),
)


def named(journeys: Journeys, key: str) -> Predicate:
    return parse(key, PLAN, journeys.vocabulary, journeys.named)


@settings(max_examples=examples(60), deadline=None)
@given(table=tables)
def test_a_key_counts_and_lists_exactly_the_group_of_its_value(table: pa.Table) -> None:
    journeys = replace(EVERYONE, attributes=table)
    for name in table.column_names[1:]:
        grouped = by_attribute(journeys, name, most=99)
        sizes = pc.value_counts(pa.concat_arrays([pa.array(grouped.of(b)) for b in journeys]))
        n = {each["values"].as_py(): each["counts"].as_py() for each in sizes}
        said = []
        for at, group in enumerate(grouped.groups):
            value = "" if at == grouped.rest else group
            key = key_of(name, value)
            predicate = named(journeys, key)
            assert predicate.key == key
            assert named(journeys, f" {key} ") == predicate
            assert count(predicate, journeys) == n.get(at, 0)
            assert len(customers(predicate, journeys)) == n.get(at, 0)
            said.append((value, n.get(at, 0)))
        assert sum(size for _, size in said) == N
        some = said[::2]
        several = named(journeys, key_of(name, *(value for value, _ in some)))
        assert count(several, journeys) == sum(size for _, size in some)


def test_attributes_go_with_the_journeys_wherever_those_go() -> None:
    sizes = pa.table({"customer": ids[:3], "Size": ["small", "large", "small"]})
    journeys = replace(EVERYONE, attributes=sizes)
    small = named(journeys, "attribute:Size=small")
    assert customers(small, journeys) == ["c0000", "c0002"]
    for other in (subset(journeys, small), until(journeys, 0)):
        assert customers(named(other, "attribute:Size=small"), other) == ["c0000", "c0002"]
    assert named(journeys, "attribute:Size=large & did:buy") == both(
        named(journeys, "attribute:Size=large"), Did("buy")
    )


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("attribute:Sise=small", "unknown attribute 'Sise': did you mean 'Size'? Known"),
        ("attribute:customer=c0000", "unknown attribute 'customer'"),
        ("attribute:parts=1", "unknown attribute 'parts'"),
        ("attribute:Size=smal", "unknown Size value 'smal': did you mean 'small'? Known Size v"),
        ("attribute:Size=small>big", "unknown Size value 'big'"),
        ("attribute:Size", "'attribute:Size' says no value. Write attribute:Size=small, or"),
        ("attribute", "unknown attribute '': Known attributes: Size."),
    ],
)
def test_what_is_not_known_is_named_with_what_is(key: str, says: str) -> None:
    table = pa.table({"customer": ids[:1], "Size": ["small"], "parts": [[1]]})
    with pytest.raises(DefinitionError) as told:
        named(replace(EVERYONE, attributes=table), key)
    assert says in str(told.value)
    with pytest.raises(DefinitionError, match="Known attributes: none"):
        named(EVERYONE, "attribute:Size=small")
    with pytest.raises(DefinitionError, match="attribute:…"):
        parse("nothing:1", PLAN, VOCABULARY)


@pytest.mark.parametrize("unit", ["account", "person"])
def test_the_groups_of_a_figure_by_an_attribute_are_those_of_its_keys(
    tallyfern: Known, unit: str
) -> None:
    space = tallyfern.workspace
    journeys = space.journeys(unit)
    steps = compile_plan(space.project.journey(), journeys).remembering()
    first = steps.stages[0]
    for curve in survival(journeys, steps, by="Size").data.curves:
        value = "" if curve.group == "not known" else curve.group
        key = f"reached:{first} & {key_of('Size', value)}"
        meant = parse(key, steps, journeys.vocabulary, journeys.named)
        assert count(meant, journeys) == curve.entered
        assert listed(space, key, unit=unit).read_all().num_rows == curve.entered
