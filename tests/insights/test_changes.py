"""What changed between two periods: planted changes are found and told apart, chance is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import fisher_exact, norm

from tests.examples import examples
from tests.insights.months import DAY, MONTH_DAYS, START, USUAL, compared, journeys, plan_of
from trod.analyses.predicate import parse
from trod.errors import DefinitionError, NotEnoughDataError
from trod.insights.changes.change import Change
from trod.insights.changes.chosen import chosen
from trod.insights.changes.found import of_comparison
from trod.insights.changes.judging import Sums3, holm, judge, judge_mix, judge_number
from trod.insights.changes.lapse import Lapse
from trod.insights.changes.mix import split
from trod.insights.changes.telling import same_kinds
from trod.insights.findings.recount import verify
from trod.journeys.batch import Journeys
from trod.journeys.predicate import count

BEHAVIOUR = USUAL._replace(on=(0.6, 0.3, 0.7), large_on=(0.8, 0.5, 0.85))
MIX = USUAL._replace(large=0.6)


def recounted(made: Journeys, one: Change) -> None:
    """Every figure with customers behind it is counted again by its key."""
    plan = plan_of(made)
    for fact in one.facts:
        if fact.behind is not None:
            again = count(parse(fact.behind.key, plan, made.vocabulary, made.named), made)
            assert again == fact.behind.n, fact


def test_X10_one_change_of_behaviour_in_one_stage_is_the_one_thing_told() -> None:
    made = journeys(1, last=BEHAVIOUR)
    found = compared(made)
    (one,) = (*found.changes, *found.further)
    assert (one.kind, one.stage, one.told, one.tone) == ("went on", "Try", "behaviour", "worse")
    assert one.title.startswith("Fewer go on from Try: ")
    assert one.difference < -0.1
    assert one.low < one.difference < one.high < 0
    assert found.headline.startswith("One thing changed")
    recounted(made, one)
    (finding,) = of_comparison(found, "person")
    verify([finding], made, plan_of(made))  # as it is before anybody is shown it
    assert sum(bool(whole) for whole in finding.wholes) == 2
    assert (finding.kind, finding.about, finding.evidence) == (
        "change",
        "went on/Try/less",
        "Observed",
    )


def test_X10_a_pure_mix_shift_is_told_as_other_customers_and_nothing_else() -> None:
    made = journeys(1, last=MIX, each=900)
    found = compared(made)
    (one,) = (*found.changes, *found.further)
    assert (one.kind, one.told, one.split, one.tone) == ("mix", "mix", "size", "")
    assert "size large" in one.title
    assert any("by the mix" in each for each in one.also)
    recounted(made, one)
    assert [fact.behind.key.rpartition("&")[2] for fact in one.facts if "%" in fact.text] == [
        "attribute:size=large"
    ] * 2
    verify(of_comparison(found, "person"), made, plan_of(made))


def test_X10_behaviour_that_the_mix_hides_is_found_at_the_same_mix() -> None:
    hidden = BEHAVIOUR._replace(large=0.85, on=(0.6, 0.36, 0.7), large_on=(0.8, 0.61, 0.85))
    found = compared(journeys(2, last=hidden, each=900))
    told = {(one.kind, one.stage) for one in (*found.changes, *found.further)}
    assert told == {("mix", ""), ("went on", "Try")}
    (one,) = [each for each in found.changes if each.stage == "Try"]
    assert one.parts is not None
    mix, behaviour = one.parts
    assert mix.value > 0 > behaviour.high
    assert mix.value + behaviour.value == pytest.approx(one.difference)
    assert one.told == "both"


def test_X10_what_was_not_recorded_is_set_aside_with_its_reason() -> None:
    made = journeys(1, last=USUAL._replace(tickets=0.0))
    first, end = (int((START + MONTH_DAYS * m) * DAY) for m in (5, 6))
    lapse = Lapse("late", "tickets have not arrived", frozenset({"support ticket"}), first, end)
    assert compared(made).changes
    found = compared(made, lapses=(lapse,))
    assert not found.changes
    assert {each.sort for each in found.set_aside} == {"late"}
    assert any("support ticket" in each.title.lower() for each in found.set_aside)
    assert found.n_not_compared > 0


def test_X10_whom_the_company_wrote_to_is_its_own_doing_and_no_change() -> None:
    made = journeys(1, last=USUAL._replace(tickets=0.0))
    assert compared(made).changes
    found = compared(made, own=("support ticket",))
    assert {each.kind for each in found.changes} == {"help"}  # how often is no matter of one name
    assert {each.sort for each in found.set_aside} == {"own"}


def test_X10_the_same_kinds_are_named_and_without_any_nothing_is_claimed() -> None:
    (one,) = compared(journeys(1, last=BEHAVIOUR)).changes
    assert "the same kinds of customers came in both, by " in one.split_words
    assert "size" in one.split_words
    assert same_kinds((), "customers").startswith("Whether others came is not known")


def test_X10_a_touchpoint_under_a_new_name_is_no_change() -> None:
    made = journeys(1)
    found = compared(renamed(made, "support ticket", "ticket opened", month=5))
    assert not found.changes
    assert {each.sort for each in found.set_aside} == {"renamed"}


def renamed(made: Journeys, old: str, new: str, *, month: int) -> Journeys:
    """Give the same with another name for a touchpoint from a month on."""
    import pyarrow as pa

    from trod.journeys.build import from_arrow

    rows: dict[str, list[object]] = {"customer": [], "touchpoint": [], "time": []}
    since = (START + MONTH_DAYS * month) * DAY
    for batch in made:
        who = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
        names = [made.vocabulary.touchpoints[code] for code in batch.code]
        times = batch.time_us.tolist()
        rows["customer"] += batch.customer.take(pa.array(who)).to_pylist()
        rows["touchpoint"] += [
            new if n == old and t >= since else n for n, t in zip(names, times, strict=True)
        ]
        rows["time"] += times
    return from_arrow(pa.table(rows))


def test_X10_nothing_changed_is_an_answer() -> None:
    found = compared(journeys(3))
    assert found.changes == ()
    assert found.headline.startswith("Nothing changed")
    assert found.n_compared > 10
    assert all(one.why_not for one in found.seen)


def test_X10_pairs_of_months_in_which_nothing_changed_report_hardly_anything() -> None:
    reported = [bool(compared(journeys(100 + seed, each=250)).changes) for seed in range(8)]
    assert sum(reported) == 0


@pytest.mark.slow
def test_X10_at_most_five_in_a_hundred_null_pairs_report_anything() -> None:
    reported = [bool(compared(journeys(1000 + seed)).changes) for seed in range(300)]
    assert sum(reported) <= 15


def test_X10_each_customer_is_given_the_same_time_and_the_young_are_left_out() -> None:
    made = journeys(4, last=USUAL, after_days=0)
    found = compared(made)
    assert not [one for one in found.changes if one.kind in ("went on", "left")]
    assert all(0 < window <= MONTH_DAYS * DAY for _, window in found.windows)


def test_X10_going_on_more_slowly_is_not_going_on_less_where_all_had_the_time() -> None:
    slower = USUAL._replace(days=6.0)
    found = compared(journeys(3, last=slower, after_days=200))
    told = [(one.kind, one.stage) for one in (*found.changes, *found.further)]
    assert told == [("took", "Try")]
    assert found.changes[0].about == "took/Try/more"


def test_X10_a_busy_month_is_no_finding_where_months_are_like_that() -> None:
    steady = judge_number(1500, 1000.0, 1000, [1.0, 0.5, 0.8])
    wild = judge_number(1500, 1000.0, 1000, [150.0, 90.0, 120.0])
    assert steady.p < 0.001
    assert wild.p > 0.25
    assert wild.low < 0 < wild.high


def test_X10_periods_are_months_weeks_or_days_and_their_mistakes_are_told() -> None:
    day = DAY
    first, last = START * day, (START + 300) * day
    weeks = chosen(["2025-W11", "2025-W10"], first, last, "UTC")
    assert (weeks.before.words, weeks.grain) == ("week 10 of 2025", "week")
    spans = chosen(["2025-03-01..2025-03-10", "2025-03-11..2025-03-20"], first, last, "UTC")
    assert len(spans.spans.start_us) == 7
    assert chosen((), first, last, "UTC").now.words == "September 2025"
    for wrong in (["2025-13", "2025-01"], ["2025-01"], ["2025-01", "2025-01-15..2025-02-02"]):
        with pytest.raises(DefinitionError):
            chosen(wrong, first, last, "UTC")
    with pytest.raises(DefinitionError, match="nothing is on record in March 2027"):
        chosen(["2027-03", "2025-02"], first, last, "UTC")
    with pytest.raises(NotEnoughDataError, match="two complete months"):
        chosen((), first, first + 20 * day, "UTC")


CELL = st.tuples(st.integers(0, 50), st.floats(0, 1)).map(
    lambda cell: (cell[0], round(cell[0] * cell[1]), round(cell[0] * cell[1]))
)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6))
@settings(max_examples=examples(60))
def test_X10_mix_and_behaviour_add_up_exactly(cells: list[tuple[tuple[int, ...], ...]]) -> None:
    now, before = (np.array([pair[i] for pair in cells], np.int64) for i in (0, 1))
    if not (now[:, 0].sum() and before[:, 0].sum()):
        return
    found = split(now, before)
    whole = now[:, 1].sum() / now[:, 0].sum() - before[:, 1].sum() / before[:, 0].sum()
    assert found.mix + found.behaviour == pytest.approx(whole, abs=1e-12)
    same = split(now, now)
    assert (same.mix, same.behaviour) == (0.0, 0.0)


def test_X10_the_parts_have_intervals_that_cover() -> None:
    rng, inside = np.random.default_rng(5), 0
    for _ in range(300):
        rows = []
        for large in (0.3, 0.5):
            n = rng.multinomial(400, [1 - large, large])
            part = rng.binomial(n, [0.4, 0.7])
            rows.append(np.column_stack([n, part, part]))
        found = split(rows[1], rows[0])
        inside += abs(found.behaviour) <= norm.ppf(0.975) * found.behaviour_error
    assert 0.92 <= inside / 300 <= 0.98


def test_X10_shares_are_tested_exactly_and_holm_is_holm() -> None:
    found = judge(Sums3(40, 30, 30), Sums3(40, 19, 19), [], share=True)
    exact = fisher_exact([[30, 10], [19, 21]]).pvalue
    assert found.z == pytest.approx(norm.isf(exact / 2))
    assert found.p > exact  # what is usual is known from no earlier period
    assert holm([0.01, 0.01, 0.5]) == [0.03, 0.03, 0.5]
    assert judge_mix(np.array([[0, 0], [0, 0]])) == (0.0, 1.0)


def test_X10_the_answer_is_the_same_whatever_the_order_of_arrival() -> None:
    from dataclasses import replace

    made = journeys(1, last=BEHAVIOUR)
    turned = replace(made, batches=tuple(made.batches)[::-1])
    assert compared(made) == compared(turned)
