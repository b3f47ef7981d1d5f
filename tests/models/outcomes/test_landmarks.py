"""Who is asked about at a moment, and what is known of them."""

import numpy as np
from hypothesis import given as drawn
from hypothesis import strategies as st

from tests.slow_twins.at_risk import Row
from tests.slow_twins.at_risk import at_risk as slowly
from trod._kernels.arrays import given
from trod._kernels.at_risk import NOT_AT_RISK, NOT_YET, at_risk

KINDS = ("touched", "reached", "leaves", "succeeds")
row = st.tuples(
    st.integers(0, 4), st.integers(-1, 2), st.sampled_from([-1, -1, -1, 1, 2]), st.booleans()
)
rows = st.lists(row, min_size=1, max_size=8).map(
    lambda told: [
        Row(int(t), p, o, h)
        for t, (_, p, o, h) in zip(np.cumsum([g for g, *_ in told]), told, strict=True)
    ]
)


@drawn(
    st.lists(rows, max_size=4),
    st.sampled_from(KINDS),
    st.sets(st.integers(0, 2)),
    st.lists(st.integers(0, 30), max_size=4, unique=True).map(sorted),
    st.booleans(),
)
def test_M3_the_compiled_loop_says_what_the_definition_says(customers, kind, stages, marks, done):
    flat = [r for one in customers for r in one]
    as_of = max([r.time for r in flat], default=0)
    out = np.empty((len(customers), len(marks)), np.int64)
    stood = np.empty(out.shape, np.int8)
    at_risk(
        given(np.cumsum([0, *map(len, customers)]), np.int64),
        given(np.array([r.hit for r in flat]), np.uint16),
        given(np.array([r.time for r in flat]), np.int64),
        given(np.array([r.position for r in flat]), np.int8),
        given(np.array([r.outcome for r in flat]), np.int8),
        given(np.array([False, True]), np.bool_),
        given(np.isin(np.arange(3), list(stages)), np.bool_),
        given(np.array([KINDS.index(kind), 1, 5, as_of, done]), np.int64),
        given(np.array(marks), np.int64),
        out,
        stood,
    )
    named = {NOT_AT_RISK: "not at risk", NOT_YET: "not yet"}
    for c, one in enumerate(customers):
        for m, mark in enumerate(marks):
            expected = slowly(
                one,
                mark,
                kind=kind,
                stage=1,
                stages=stages,
                silence=5,
                as_of=as_of,
                done_too=done,
            )
            past = [r.position for r in one if r.time <= mark]
            assert stood[c, m] == (-1 if expected == "not at risk" else past[-1])
            assert named.get(int(out[c, m]), int(out[c, m])) == expected
