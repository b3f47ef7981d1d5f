"""Silence before an outcome: worked by hand, and held to the definition on random journeys."""

from dataclasses import replace

import numpy as np
from hypothesis import given

from tests.analyses.plans import plan
from tests.strategies import batch, customers
from trod.analyses.before_outcome import BeforeOutcome
from trod.journeys.passage import DONE, LEFT, passages

PLAN = plan()


@given(customers)
def test_D5_unseen_and_met_agree_with_the_definition(some):
    one = batch(some)
    one = replace(one, channel=(np.arange(one.n_events) % 3).astype(np.uint8))
    fold = BeforeOutcome(PLAN, (True, False, False), 4)
    state = fold.read(one)
    walked = passages(one, PLAN)
    ended, first, met = [0, 0], [0, 0], [0, 0]
    for c in range(one.n_customers):
        end, start = int(walked.last[c]), int(one.offsets[c])
        if end < 0:
            continue
        if walked.status[c] == LEFT and PLAN.failure[one.code[end]]:
            kind = 0
        elif walked.status[c] == DONE and PLAN.success[one.code[end]]:
            kind = 1
        else:
            continue
        ended[kind] += 1
        first[kind] += end == start
        before = [i for i in range(start, end) if one.channel[i] == 0]
        met[kind] += bool(before) and one.time_us[end] - one.time_us[before[-1]] <= 4
    assert (state.ended.tolist(), state.first.tolist(), state.met.tolist()) == (ended, first, met)
    assert state.unseen.sum(axis=1).tolist() == [n - f for n, f in zip(ended, first, strict=True)]
