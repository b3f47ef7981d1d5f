"""Signs at a mark: kernels agree with the definition, and counts with their lists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import BUY, CALL, MAIL, VISIT, plan
from tests.examples import examples
from tests.slow_twins import signals as slow
from tests.strategies import NAMES, VOCABULARY, batch, customers, journeys
from trod.analyses.histogram import N_BINS
from trod.analyses.predicate import both, parse
from trod.analyses.signals.compared import HAD, Compared, Within
from trod.analyses.signals.halves import Half, half_of
from trod.analyses.signals.outcome import LEAVES, Outcome, Watch
from trod.analyses.signals.own import own_rows
from trod.analyses.signals.ratio import differs, pooled
from trod.analyses.signals.screen import Pair, Screen
from trod.analyses.signals.sign import ALONE, Sign, WithSign, placed
from trod.analyses.signals.strata import Strata, strata
from trod.analyses.stages import success_us
from trod.errors import DefinitionError
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import DAY_US, LEFT, NEVER, OPEN, StagePlan, passages
from trod.journeys.predicate import count

AS_OF = 20
OUTCOMES = (Outcome(0), Outcome(1), Outcome(2), Outcome(0, CALL), Outcome(1, BUY))
codes = st.sampled_from([CALL, MAIL, VISIT])
signs = st.builds(
    Sign,
    st.integers(0, 1),
    st.integers(0, len(OUTCOMES) - 1),
    codes,
    st.one_of(st.just(ALONE), st.sampled_from([MAIL, VISIT])),
    st.integers(0, 9),
)


def watch(asked: StagePlan, need: int = 7) -> Watch:
    return Watch(asked, OUTCOMES, (need,) * len(OUTCOMES))


def walked(one: JourneyBatch, asked: StagePlan) -> list[slow.Customer]:
    """Give every customer as the slow twin reads them."""
    seen, own = passages(one, asked), own_rows(one)
    won = success_us(one, asked, seen)
    found = []
    for c in range(one.n_customers):
        at = range(int(one.offsets[c]), int(one.offsets[c + 1]))
        rows = [
            (int(one.time_us[i]), int(one.code[i]), int(seen.stage[i]), bool(own[i])) for i in at
        ]
        status = {OPEN: "open", LEFT: "left"}.get(int(seen.status[c]), "done")
        last = int(seen.last[c])
        found.append(
            slow.Customer(
                rows,
                [None if t == NEVER else int(t) for t in seen.entered_us[c]],
                int(seen.furthest[c]),
                status,
                status == "left" and last >= 0 and bool(asked.failure[one.code[last]]),
                None if won[c] == NEVER else int(won[c]),
                last - int(one.offsets[c]),
            )
        )
    return found


@given(
    people=customers,
    sign=signs,
    need=st.integers(1, 12),
    silence=st.integers(1, 9),
    alike=st.booleans(),
)
@settings(max_examples=examples(120))
def test_M9_places_agree_with_slow_twin(people, sign, need, silence, alike):
    asked, one = replace(plan(as_of_us=AS_OF), left_after_us=silence), batch(people)
    of = replace(watch(asked, need), alike=alike)
    found, outcome = placed(one, of, (sign,)), OUTCOMES[sign.outcome]
    question = slow.Question(
        sign.stage,
        sign.code,
        None if sign.other == ALONE else sign.other,
        sign.after_us,
        outcome.stage,
        None if outcome.code == LEAVES else outcome.code,
        need,
        AS_OF,
        silence,
        alike,
    )
    expected = [slow.place(who, question) for who in walked(one, asked)]
    assert list(zip(found.at[:, 0].tolist(), found.now[:, 0].tolist(), strict=True)) == expected
    assert found.lead.sum() == np.count_nonzero((found.at >= 0) & (found.at % 2 == 1))


@given(people=customers)
@settings(max_examples=examples(25))
def test_M9_one_scan_counts_what_every_sign_counts_alone(people):
    asked, one = plan(as_of_us=AS_OF), batch(people)
    of = watch(asked, need=9 * DAY_US)
    of = replace(of, plan=replace(asked, as_of_us=20 * DAY_US))
    late = replace(one, time_us=one.time_us * DAY_US)
    pairs = tuple(Pair(s, o) for s in (0, 1) for o in range(len(OUTCOMES)))
    screen = Screen(of, pairs, (1, 3, 6))
    counts, half = screen.finish(screen.read(late)), half_of(late)
    for p, pair in enumerate(pairs):
        for d, days in enumerate((1, 3, 6)):
            for k in (CALL, MAIL, VISIT):
                at = placed(late, of, (Sign(*pair, k, ALONE, days * DAY_US),)).at[:, 0]
                expected = np.zeros((2, 2, 2), np.int64)
                for c in np.flatnonzero(at >= 0):
                    expected[half[c], int(at[c] >= 2 * HAD), at[c] % 2] += 1
                np.testing.assert_array_equal(counts[p, k, d], expected)


def among(asked: StagePlan, table: pa.Table | None = None) -> Strata:
    data = replace(journeys(batch([])), attributes=table)
    n = asked.n_stages
    return strata(data, asked, busy_cuts=((0, 2),) * n, era_us=(4,) * n)


TABLE = pa.table(
    {
        "customer": [f"c{i:04d}" for i in range(200)],
        "size": [("small", "large", None)[i % 3] for i in range(200)],
        "one": ["same"] * 200,
    }
)
TWO = (Sign(0, 0, MAIL, ALONE, 2), Sign(0, 1, VISIT, MAIL, 4))


@given(people=customers)
@settings(max_examples=examples(25))
def test_M9_tables_count_everyone_in_their_stratum(people):
    asked, one = plan(as_of_us=AS_OF), batch(people)
    kinds = among(asked, TABLE)
    assert [each.name for each in kinds.all][:1] == ["size"]
    tables = (Within(0, (0,)), Within(1, (0, kinds.busy(0), kinds.era(0))), Within(1, (0,), 0))
    fold = Compared(watch(asked), kinds, TWO, tables)
    found, at = fold.finish(fold.read(one)), placed(one, watch(asked), TWO).at
    half, level = half_of(one), kinds.levels(one)
    for of, table in zip(tables, found.tables, strict=True):
        sizes = [len(kinds.all[q].labels) for q in of.strata] + [3] * (of.other >= 0)
        expected = np.zeros((*sizes, 2, 3, 2), np.int64)
        for c in np.flatnonzero(at[:, of.sign] >= 0):
            here = [int(level[c, q]) for q in of.strata]
            if of.other >= 0:
                other = at[c, of.other]
                here.append(0 if other < 0 else 1 if other < 2 * HAD else 2)
            group, hit = divmod(int(at[c, of.sign]), 2)
            expected[(*here, half[c], group, hit)] += 1
        np.testing.assert_array_equal(table.reshape(expected.shape), expected)


@given(people=customers, had=st.booleans(), which=st.sampled_from(["all", "later", "now"]))
@settings(max_examples=examples(25))
def test_M9_every_count_is_that_of_its_predicate(people, had, which):
    asked, one = plan(as_of_us=AS_OF), batch(people)
    of, kinds = watch(asked), among(asked, TABLE)
    fold = Compared(of, kinds, TWO, tuple(Within(m, (0,)) for m in range(2)))
    found = fold.finish(fold.read(one))
    for m, sign in enumerate(TWO):
        other = NAMES[sign.other] if sign.other >= 0 else None
        stages, end = asked.stages, asked.stages[OUTCOMES[sign.outcome].stage]
        who = WithSign(
            stages[0], end, None, NAMES[sign.code], other, sign.after_us, 7, had, which, asked
        )
        assert parse(who.key, asked, VOCABULARY) == who
        groups = [HAD] if had else [0, 1]
        table = found.tables[m].sum(axis=(0, 1))[groups].sum(axis=0)
        expected = {"all": table.sum(), "later": table[1], "now": found.now[m, int(had)]}
        assert count(who, [one]) == expected[which]
        halves = [count(both(who, Half(h)), [one]) for h in (0, 1)]
        assert sum(halves) == count(who, [one])


@pytest.mark.parametrize(
    "key",
    [
        "look/mail@2>left:look@7=with",
        "look@2>left:look@7=with/all",
        "look/mail@2>gone:look@7=with/all",
        "look/mail@x>left:look@7=with/all",
        "look/mail@2>had:look@7=with/all",
    ],
)
def test_M9_a_key_of_a_sign_that_cannot_be_read_is_refused(key):
    with pytest.raises(DefinitionError):
        parse(f"signal:{key}", plan(), VOCABULARY)


def test_M9_a_sign_of_an_unknown_touchpoint_is_refused():
    with pytest.raises(DefinitionError, match="unknown touchpoint 'mial'"):
        parse("signal:look/mial@2>left:look@7=with/all", plan(), VOCABULARY)


def test_M9_leaving_early_has_no_part_in_the_comparison():
    """Who left before the mark had no time to have it: they are in neither group."""
    visit, odd, mail = 3, 4, 2
    early = [(0, visit, -32768, 65535), (1, odd, -32768, 65535)]
    late = [(0, visit, -32768, 65535), (4, mail, -32768, 65535), (9, odd, -32768, 65535)]
    at = placed(batch([early, late]), watch(plan(), 12), (Sign(0, 0, MAIL, ALONE, 5),)).at[:, 0]
    assert at.tolist() == [-1, 2 * HAD + 1]


def test_M9_mantel_haenszel_gives_published_figures():
    """Smoking and death in 20 years, by age (Appleton, French & Vanderpump 1996): like with like
    turns the plain ratio of 0.76 round.
    """
    by_age = [  # non-smokers alive, dead; smokers alive, dead
        [[61, 1], [53, 2]],
        [[152, 5], [121, 3]],
        [[114, 7], [95, 14]],
        [[66, 12], [103, 27]],
        [[81, 40], [64, 51]],
        [[28, 101], [7, 29]],
        [[0, 64], [0, 13]],
    ]
    plain, within = pooled(np.array(by_age).sum(axis=0, keepdims=True)), pooled(np.array(by_age))
    assert plain is not None
    assert within is not None
    assert round(plain.value, 2) == 0.76
    assert plain.high < 1 < within.low < within.value < 1.35


def test_M9_one_stratum_is_the_plain_ratio_with_katz_interval():
    ratio = pooled(np.array([[[885, 115], [701, 299]]]))
    assert ratio is not None
    assert round(ratio.value, 3) == 2.6
    error = (1 / 299 - 1 / 1000 + 1 / 115 - 1 / 1000) ** 0.5
    assert ratio.low == pytest.approx(2.6 * np.exp(-1.959963985 * error))


def test_M9_nobody_to_compare_has_no_ratio():
    assert pooled(np.array([[[10, 5], [0, 0]], [[0, 0], [10, 5]]])) is None
    assert pooled(np.zeros((0, 2, 2), np.int64)) is None
    assert differs(np.array([[[10, 5], [9, 6]]])) is None


def test_lead_times_have_a_bin_for_every_length():
    assert placed(batch([]), watch(plan()), TWO).lead.shape == (2, 2, N_BINS)


def test_M9_a_small_group_that_nearly_all_left_is_no_surer_than_chance_allows():
    found = pooled(np.array([[[450, 550], [7, 28]]]))
    assert found is not None
    assert found.z == pytest.approx((28 - 35 * 578 / 1035) / 2.8891, rel=1e-4)
    assert found.z < np.log(found.value) / 0.0845
