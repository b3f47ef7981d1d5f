"""What became of customers after a decision about them."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.slow_twins import watched as slowly
from tests.slow_twins.watched import Row
from trod._kernels import watched as at
from trod._kernels.arrays import given
from trod._kernels.passage import NEVER
from trod.actions.playbooks.spec import SuccessSpec
from trod.journeys.build import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec
from trod.outcomes.observed import success, watch

KINDS = ("touched", "reached", "leaves", "succeeds")
DAY = 86_400_000_000
row = st.tuples(
    st.integers(0, 4),
    st.integers(-1, 2),
    st.sampled_from([-1, -1, -1, 1, 2]),
    st.booleans(),
    st.one_of(st.none(), st.integers(-3, 9)),
)
rows = st.lists(row, min_size=1, max_size=8).map(
    lambda told: [
        Row(int(t), *rest)
        for t, (_, *rest) in zip(np.cumsum([g for g, *_ in told]), told, strict=True)
    ]
)


@drawn(
    st.lists(st.tuples(rows, st.integers(-2, 25)), min_size=1, max_size=4),
    st.sampled_from(KINDS),
    st.integers(0, 12),
)
def test_X7_the_compiled_loop_says_what_the_definition_says(customers, kind, within):
    flat = [r for one, _ in customers for r in one]
    as_of = max(r.time for r in flat)
    out = np.empty((len(customers), at.N_FACTS), np.int64)
    at.watched(
        given(np.cumsum([0, *(len(one) for one, _ in customers)]), np.int64),
        given(np.array([r.hit for r in flat]), np.uint16),
        given(np.array([r.time for r in flat]), np.int64),
        given(np.array([NEVER if r.value is None else r.value for r in flat]), np.int64),
        given(np.array([r.position for r in flat]), np.int8),
        given(np.array([r.outcome for r in flat]), np.int8),
        given(np.array([False, True]), np.bool_),
        given(np.array([KINDS.index(kind), 1, 5, as_of, within]), np.int64),
        given(np.arange(len(customers)), np.int64),
        given(np.array([now for _, now in customers]), np.int64),
        out,
    )
    for (one, now), facts in zip(customers, out, strict=True):
        past = [r for r in one if r.time <= now]
        rules = {"kind": kind, "stage": 1, "silence": 5}
        expected = slowly.happened(one, now, as_of=as_of, within=within, **rules)
        assert facts[at.HAPPENED] == expected
        assert facts[at.ALREADY] == slowly.already(one, now, **rules)
        assert facts[at.MONEY_BEFORE] == slowly.money(one, now - within, now)
        assert facts[at.STOOD] == (past[-1].position if past else -1)
        assert facts[at.BEFORE] == len(past)
        assert facts[at.MONEY_AFTER] == slowly.money(one, now, now + within)


def test_X7_one_microsecond_decides_and_a_silence_has_to_last_before_it_is_known():
    told = [("a", 0), ("a", 10 * DAY), ("b", 0), ("b", 10 * DAY + 1), ("z", 0), ("z", 60 * DAY)]
    data = from_arrow(
        pa.table(
            {
                "customer": [who for who, _ in told],
                "touchpoint": ["visit" if not t else "buy" for _, t in told],
                "time": [t for _, t in told],
            }
        )
    )
    stages = [{"name": "look", "enter_on": "visit"}, {"name": "own", "enter_on": "buy"}]
    spec = JourneySpec(name="shop", stages=stages, success="buy", left_after=timedelta(days=20))
    plan = compile_plan(spec, data)
    bought = success(SuccessSpec(ends="done", within=timedelta(days=9)), plan, data)
    found = watch(data, plan, bought, ["a", "b", "nobody"], np.array([DAY, DAY, DAY]))
    assert found.outcome.tolist() == [1.0, 0.0, 0.0]
    assert found.there.tolist() == [True, True, False]

    last = compile_plan(spec.model_copy(update={"success": ()}), data)
    for ends, came in (("done", [1.0, 1.0]), ("left", [0.0, 0.0])):
        asked = success(SuccessSpec(ends=ends, within=timedelta(days=30)), last, data)
        assert watch(data, last, asked, ["a", "b"], np.array([DAY, DAY])).outcome.tolist() == came

    left = success(SuccessSpec(ends="left", within=timedelta(days=30)), plan, data)
    found = watch(data, plan, left, ["z"] * 3, np.array([10 * DAY, 10 * DAY + 1, 20 * DAY]))
    assert found.known.tolist() == [True, False, False]  # 30 days, and 20 of silence, before day 60
    assert found.outcome[:2].tolist() == [1.0, 1.0]
    assert found.already.tolist() == [False, False, True]
