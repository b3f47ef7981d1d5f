"""What is counted of the lost agrees with the obvious way, and adds and subtracts."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import strategies as random_journeys
from tests.examples import examples
from tests.insights.test_compose import RANDOM
from tests.slow_twins import losses as slow
from trod.insights.answers import Channels
from trod.insights.delays import Stays
from trod.insights.losses import LossCounts, Losses, months_of
from trod.journeys.passage import compile_plan, passages
from trod.journeys.spec import Stage
from trod.testing import check_fold


def fold_for(journeys, spec=RANDOM):
    return Losses(journeys.vocabulary, compile_plan(spec, journeys), months_of(journeys))


def same(one: LossCounts, other: LossCounts) -> bool:
    names = (each.name for each in fields(LossCounts))
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in names)


@settings(max_examples=examples(60), deadline=None)
@given(a=random_journeys.customers, b=random_journeys.customers)
def test_reading_apart_then_adding_is_reading_together(a, b):
    batch = random_journeys.batch
    both = batch(a + b)
    fold = fold_for(random_journeys.journeys(both))
    one, other = fold.read(batch(a)), fold.read(batch(b, first=50))
    assert same(one + other, fold.read(both))
    assert same((one + other) - other, one)
    assert same(fold.empty() + one, one)
    channels = Channels(both.vocabulary)
    total = channels.read(batch(a)) + channels.read(batch(b))
    assert np.array_equal(total.cells, channels.read(both).cells)
    assert np.array_equal((total - channels.read(batch(b))).cells, channels.read(batch(a)).cells)


@settings(max_examples=examples(20), deadline=None)
@given(parts=st.lists(random_journeys.customers, min_size=1, max_size=3))
def test_folds_of_insights_keep_the_laws(parts):
    batches = [random_journeys.batch(p, first=50 * i) for i, p in enumerate(parts)]
    journeys = random_journeys.journeys(*batches)
    losses = fold_for(journeys)
    for fold in (losses, Channels(journeys.vocabulary), Stays(losses.plan, 0, ("visit", "mail"))):
        check_fold(fold, batches)


@settings(max_examples=examples(80), deadline=None)
@given(customers=random_journeys.customers, fails=st.booleans())
def test_agrees_with_slow_twin(customers, fails):
    spec = RANDOM.model_copy(update={"failure": ("mail",)} if fails else {})
    spec = spec.model_copy(
        update={"stages": (Stage(name="See", enter_on=("visit",)), *RANDOM.stages[1:])}
    )
    batch = random_journeys.batch(customers)
    fold = fold_for(random_journeys.journeys(batch), spec)
    walked = passages(batch, fold.plan)
    rows = [
        [
            (int(batch.code[i]), int(walked.stage[i]))
            for i in range(batch.offsets[c], batch.offsets[c + 1])
        ]
        for c in range(batch.n_customers)
    ]
    failing = {batch.vocabulary.touchpoints.index("mail")} if fails else set()
    had, rounds = slow.losses(rows, walked.furthest.tolist(), walked.status.tolist(), failing)
    state = fold.read(batch)
    assert {tuple(k): state.had[tuple(k)] for k in np.argwhere(state.had)} == had
    assert {tuple(k): state.rounds[tuple(k)] for k in np.argwhere(state.rounds)} == rounds
    month = state.months.sum(axis=(1, 2))
    assert (month <= [np.count_nonzero(walked.furthest >= s) for s in range(3)]).all()
