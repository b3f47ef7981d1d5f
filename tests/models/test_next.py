"""What comes next: exact counts, chances from them, and judging without looking ahead."""

from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.examples import examples
from tests.models.grounds import SPEC, ground_of
from tests.slow_twins import grams as slow
from tests.strategies import NAMES, VOCABULARY, batch, customers, walk_of
from trod._kernels.grams import since_of
from trod.models.next.chance import PRIORS, Came, Chances, Setting, weights
from trod.models.next.fit import fit
from trod.models.next.grams import Grams, contexts
from trod.models.next.judged import blocks, choose, judge, surprise
from trod.models.next.model import NextModel
from trod.models.next.moves import moves, scored
from trod.models.next.waits import Waits

WEEK = slow.WEEK_US
DAY = WEEK // 7
N = len(NAMES)


def counted(people, order=2, as_of=10**18, left_after=4):
    fold = Grams(VOCABULARY, order, as_of, left_after)
    return fold.finish(fold.read(batch(people)))


@given(customers=customers, order=st.integers(0, 5), as_of=st.integers(0, 30))
@settings(max_examples=examples(100))
def test_M1_grams_are_those_of_the_slow_twin(customers, order, as_of):
    found = counted(customers, order, as_of, 4)
    expected = slow.grams(customers, order, as_of, 4)
    got = {}
    for context, following, n in zip(found.context, found.following, found.n, strict=True):
        for age, settled in zip(*np.nonzero(n), strict=True):
            got[int(context), int(following), int(age), bool(settled)] = int(n[age, settled])
    assert got == {
        (slow.number(context, N, order), N + 1 if name == slow.END else name, age, settled): n
        for (context, name, age, settled), n in expected.items()
    }


@given(customers=customers)
@settings(max_examples=examples(60))
def test_M1_contexts_are_those_of_the_slow_twin(customers):
    customers = [[(time * DAY, *rest) for time, *rest in rows] for rows in customers]
    data = batch(customers)
    rows = np.arange(data.n_events)
    found = contexts(data, data.code, rows, N + 3, 4)
    expected = []
    for rows_of in customers:
        seen = [(time, code) for time, code, *_ in rows_of]
        for i in range(1, len(seen) + 1):
            told = slow.contexts([code for _, code in seen[:i]], 4)
            numbers = [slow.number(c, N, 4) for c in told] + [-1] * (5 - len(told))
            expected.append([*numbers, slow.number(slow.lasting(seen[:i]), N, 4)])
    assert found.tolist() == expected


def test_M1_ages_double_from_a_week_on():
    for weeks, age in ((0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (255, 8), (256, 9), (5000, 9)):
        people = [[(0, 0, 0, 0), (0, 1, 0, 0)]]
        assert counted(people, 0, weeks * WEEK, 10**18).n[0, age, 0] == 1


@pytest.mark.parametrize(
    ("days", "step"), [(0, 0), (1, 2), (2, 3), (3, 4), (4, 4), (5, 5), (180, 14), (10**6, 39)]
)
def test_M1_how_long_a_journey_has_lasted_is_told_in_halves_of_doublings(days, step):
    assert since_of(days * DAY) == since_of(days * DAY + DAY - 1) == step


@given(
    customers=customers,
    order=st.integers(1, 4),
    prior=st.sampled_from(PRIORS),
    lasting=st.booleans(),
)
@settings(max_examples=examples(60))
def test_M1_chances_sum_to_one_and_agree_with_those_used_to_choose(
    customers, order, prior, lasting
):
    counts = counted(customers, 4, 20, 4)
    setting = Setting(order, 28, prior, lasting)
    asked = moves([batch(customers)], 4, -1, 10**6)
    if asked.came.size == 0:
        return
    table = Chances.of(counts, setting).table(asked.context)
    np.testing.assert_allclose(table.chance.sum(axis=1), 1, atol=1e-12)
    assert ((table.end > 0) & (table.end < 1)).all()
    own = table.chance[np.arange(asked.came.size), asked.came]
    (quick,) = Came.of(counts, asked.context, asked.came).chances(28, [prior])
    np.testing.assert_allclose(quick[int(lasting), order], own, atol=1e-12)
    np.testing.assert_allclose(scored(Chances.of(counts, setting), asked).chance, own)


def test_M1_a_chance_by_hand():
    people = [walk_of("visit call"), walk_of("visit call"), walk_of("visit mail"), walk_of("buy")]
    counts = counted(people, 1)
    visit = NAMES.index("visit")
    at = np.array([[0, visit + 1, -1]])
    found = Chances.of(counts, Setting(1, None, 2)).table(at)
    after_any = (2 + 2 / N) / (3 + 2)  # call came 2 of 3 times; a prior of 2 on all being alike
    assert found.chance[0, NAMES.index("call")] == pytest.approx((2 + 2 * after_any) / (3 + 2))
    assert (found.length[0], found.seen[0]) == (1, 3)
    # Of 7 touchpoints 4 were the last; of 3 visits none was.
    assert found.end[0] == pytest.approx((0 + 2 * 4.5 / 8) / (3 + 2))


def test_M1_old_counts_weigh_less_by_half_lives():
    assert weights(7)[0] == pytest.approx(0.5**0.5)  # middle of the first week
    assert weights(None).tolist() == [1.0] * 10
    assert (np.diff(weights(28)) < 0).all()


def changing(n=400):
    """After a visit came a call in the first half of the record, and mail in the second."""
    people = []
    for c in range(n):
        begin = c * DAY
        then = NAMES.index("call") if c < n // 2 else NAMES.index("mail")
        visit, buy = NAMES.index("visit"), NAMES.index("buy")
        people.append([(begin, visit, 0, 0), (begin + 1, then, 0, 0), (begin + 2, buy, 0, 0)])
    return people


def test_M1_where_ways_change_what_is_recent_is_chosen_to_foretell():
    cut = blocks([batch(changing())], VOCABULARY, 3, 30 * DAY)
    surprises = [surprise(block) for block in cut]
    setting = choose(surprises)
    assert setting.half_life_days is not None
    seen = judge(cut, surprises)
    ours, theirs = (-np.log(each.chance).mean() for each in (seen.chosen, seen.first_order))
    assert ours < theirs


def test_M1_a_block_is_foretold_from_what_was_known_before_it_alone():
    people = changing()
    cut = blocks([batch(people)], VOCABULARY, 2, 30 * DAY)
    times = sorted(row[0] for rows in people for row in rows)
    start = times[int(0.85 * len(times))]
    earlier = [[row for row in rows if row[0] <= start] for rows in people]
    fold = Grams(VOCABULARY, 2, start, 30 * DAY)
    alone = fold.finish(fold.read(batch([rows for rows in earlier if rows])))
    for name in ("context", "following", "n"):
        np.testing.assert_array_equal(getattr(cut[-1].counts, name), getattr(alone, name))


def test_M1_too_few_moves_are_said_with_their_number():
    (found,) = fit(ground_of(changing(20)))
    assert found.card.verdict == "not enough data"
    assert "200 are needed" in found.card.remarks[0]


def test_M1_a_model_comes_back_from_the_store_as_it_was_and_the_same_data_give_the_same_bytes():
    (one,), (other,) = fit(ground_of(changing())), fit(ground_of(changing()))
    assert one.stored.to_bytes() == other.stored.to_bytes()
    again = NextModel.of(type(one.stored).of_bytes(one.stored.to_bytes()))
    data = batch([walk_of("visit")])
    look = again.outlook(data, 0)
    assert look == NextModel.of(one.stored).outlook(data, 0)
    assert look.guesses[0].touchpoint == "mail"
    assert look.guesses[0].wait.n == 200
    assert look.guesses[0].wait.median_us == 1


def test_M1_the_card_shows_popularity_and_first_order_beside_it():
    (found,) = fit(ground_of(changing()))
    beside = {(each.name, each.baseline) for each in found.card.measures}
    for name in ("top-1 hit rate", "top-3 hit rate", "log loss"):
        assert {(name, "the last touchpoint only"), (name, "popularity")} <= beside
    assert found.card.verdict == "fitted"
    assert all(each.low <= each.value <= each.high for each in found.card.measures)


def test_M1_ways_that_never_change_and_have_no_memory_are_no_better_than_the_last_touchpoint():
    codes = np.random.default_rng(1).integers(0, N, (300, 6))
    people = [
        [(c * DAY + i, int(code), 0, 0) for i, code in enumerate(row)]
        for c, row in enumerate(codes)
    ]
    (found,) = fit(ground_of(people))
    assert found.card.verdict == "no better than the baseline"


def test_M1_silence_makes_the_end_likelier():
    (found,) = fit(ground_of(changing()))
    model, data = NextModel.of(found.stored), batch([walk_of("visit")])
    soon, late = (model.outlook(data, 0, waited).end for waited in (0, DAY))
    assert soon < late == 1.0


def test_M1_a_touchpoint_the_model_never_saw_leaves_the_word_to_shorter_histories():
    (found,) = fit(ground_of(changing()))
    model = NextModel.of(found.stored)
    unseen = batch([walk_of("é&>/ visit")])
    assert model.outlook(unseen, 1).after == ("visit",)
    assert model.outlook(unseen, 0).after == ()


@given(customers=customers)
@settings(max_examples=examples(40))
def test_M1_times_to_whichever_comes_are_all_times_after_a_touchpoint(customers):
    fold = Waits(VOCABULARY)
    found = fold.finish(fold.read(batch(customers)))
    for code in range(N):
        gaps = [b[0] - a[0] for rows in customers for a, b in pairwise(rows) if a[1] == code]
        any_ = np.flatnonzero((found.source == code) & (found.target == N))
        assert (found.n[any_].tolist() or [0]) == [len(gaps)]
        if gaps:
            assert found.median_us[any_[0]] == sorted(gaps)[(len(gaps) - 1) // 2]
            share = sum(gap > 1 for gap in gaps) / len(gaps)
            assert found.longer(code, np.array([1]))[0] == pytest.approx(share)


def test_M1_no_figure_of_endings_where_the_record_is_too_short_to_see_one():
    people = [[(c * DAY + k * WEEK, k % 3, 0, 0) for k in range(6)] for c in range(200)]
    (one,) = fit(ground_of(people, SPEC.model_copy(update={"left_after": timedelta(days=300)})))
    assert one.card.usable
    assert "log loss of nothing coming" not in {each.name for each in one.card.measures}
