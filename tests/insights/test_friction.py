"""Friction from events: what is planted is found, and nothing is said that is not counted."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.insights.stories import DAY, ONBOARDING, onboarding, told
from trod.app.words import evidence
from trod.insights.answers import ask
from trod.insights.compose import journey_map
from trod.insights.contrast import contrasts
from trod.insights.drill import command
from trod.insights.friction import frictions, moves_for
from trod.insights.levers import SIGNALS, for_signals, library
from trod.insights.quotes import masked, quotes
from trod.insights.signals import own
from trod.insights.since import since_month
from trod.journeys.label import readable
from trod.journeys.spec import JourneySpec, Stage

NUMBER = re.compile(r"\d[\d,.]*\d%?|\d%?")


@pytest.fixture(scope="module")
def planted():
    return frictions(ask(onboarding(), ONBOARDING))


def test_F1_planted_friction_comes_first(planted):
    first = planted[0]
    assert first.stage == 1
    assert first.before[0][0] == "support_ticket"
    assert first.compare_rate is not None
    assert first.compare_rate.share < 0.15
    assert first.title == "Support ticket before leaving"
    assert first.evidence == "Observed"
    assert first.evidence_grade == "moderate"  # observed: strong is for tests


def test_F1_since_when_is_found(planted):
    assert planted[0].since in {"1970-12-01", "1971-01-01", "1971-02-01"}
    asked = ask(onboarding(), ONBOARDING)
    assert since_month(asked.losses.months[0]) is None


def test_F1_money_lost_is_the_value_so_far_of_the_lost(planted):
    assert planted[0].money_lost_micros == planted[0].lost.n * 1_000_000


def test_F1_quotes_are_word_for_word_and_masked(planted):
    for quote in planted[0].quotes:
        assert re.fullmatch(
            r"Permission error \d+\. Write to me at \[e-mail\] please\.", quote.text
        )
        assert quote.touchpoint == "support_ticket"
    assert len({q.text for q in planted[0].quotes}) == 2


def test_F1_mood_and_signals_say_what_it_looks_like(planted):
    assert planted[0].mood is not None
    assert planted[0].mood.high is not None
    assert planted[0].mood.high < 0
    assert {"support_before", "negative_mood", "since_known"} <= set(planted[0].signals)
    for friction in planted:
        assert set(friction.signals) <= SIGNALS.keys()


def test_F3_cause_is_a_hypothesis_and_impact_an_interval_with_its_formula(planted):
    for friction in planted:
        low, high = friction.value_of_recovery
        assert 0 <= low <= high <= friction.lost.n
        assert " may " in friction.cause or "do not say why" in friction.cause
        assert friction.recovery_formula.endswith(
            "upper bound if the recovered behave like the rest"
        )


def test_F3_words_are_those_of_association(planted):
    said = " ".join(f"{f.title} {f.statement}" for f in planted)
    assert not re.search(r"\b(because|causes?|caused|due to|leads? to|drives?|results? in)\b", said)


def test_every_number_in_a_statement_is_a_fact(planted):
    names = {readable(n) for n in onboarding(10).vocabulary.touchpoints}
    for friction in planted:
        text = friction.statement
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "")
        facts = " ".join(fact.text for fact in friction.facts)
        for number in NUMBER.findall(text):
            assert number in facts.split() or number in facts


def test_customers_still_there_are_not_lost():
    story = {
        f"a{i}": [("sign_up", 0), ("connect_source", DAY), ("renewed", 5 * DAY)] for i in range(40)
    }
    story |= {f"b{i}": [("sign_up", 95 * DAY)] for i in range(60)}
    story |= {"z": [("sign_up", 0), ("connect_source", 100 * DAY), ("first_report", 100 * DAY)]}
    spec = ONBOARDING.model_copy(update={"failure": (), "left_after": timedelta(days=30)})
    made = journey_map(told(story), spec)
    assert made.stages[0].still_there.n == 60
    assert made.frictions == ()
    assert "".join(piece.text for piece in made.headline) == (
        "Nobody has left. The longest stage is Connect: 4 days for the middle customer."
    )


def test_small_samples_are_counts_not_percentages():
    story = {f"a{i}": [("sign_up", i * DAY), ("connect_source", i * DAY + 1)] for i in range(8)}
    story |= {f"b{i}": [("sign_up", 0)] for i in range(4)} | {"z": [("sign_up", 400 * DAY)]}
    spec = ONBOARDING.model_copy(
        update={"success": (), "failure": (), "stages": ONBOARDING.stages[:2]}
    )
    found = frictions(ask(told(story), spec))
    assert found[0].statement == "4 of 13 left in Sign up; 1 is still there."
    assert found[0].evidence_grade == "weak"
    assert found[0].value_of_recovery == (0.0, 0.0)


def test_nothing_is_found_where_nothing_is():
    """40 touchpoints that say nothing about leaving: a 5 % test would find two."""
    chance = random.Random(7)
    story = {}
    for i in range(2_000):
        moments = [
            ("sign_up", 0),
            *((f"page_{k}", k + 1) for k in range(40) if chance.random() < 0.5),
        ]
        if chance.random() < 0.7:
            moments.append(("renewed", 100))
        story[f"c{i}"] = moments
    story["last"] = [("sign_up", 900 * DAY), ("renewed", 900 * DAY)]
    spec = JourneySpec(
        name="N", stages=(Stage(name="Start", enter_on=("sign_up",)),), success=("renewed",)
    )
    assert contrasts(ask(told(story), spec), [0]) == {0: ()}


def test_a_step_of_the_way_is_not_a_contrast():
    """Everybody who went on opened the report: lacking it is leaving by another name."""
    assert contrasts(ask(onboarding(), ONBOARDING), [2]) == {2: ()}


LOOK = JourneySpec(
    name="Look",
    stages=(Stage(name="Look", enter_on=("start",)), Stage(name="Buy", enter_on=("buy",))),
    failure=("bye",),
    left_after=timedelta(days=30),
)


def looking(n: int, *, effect: float, early: float, seed: int = 4):
    """Customers of whom some leave on day 1 and some on day 20; half have a late call on day 10.

    `early` leave on day 1 whatever they would have done. A call takes `effect` off the chance of
    leaving later. All visit every day they are there.
    """
    chance = random.Random(seed)
    story = {}
    for i in range(n):
        calls = chance.random() < 0.5
        later = chance.random() < 0.3 - (effect if calls else 0.0)
        end = 1 if chance.random() < early else 20 if later else 25
        moments = [("start", 0)] + [("visit", day * DAY) for day in range(1, end + 1)]
        if calls and end > 10:
            moments.append(("call", 10 * DAY))
        if end == 25:
            moments.append(("buy", 25 * DAY + 1))
        elif chance.random() < 0.5:
            moments.append(("bye", end * DAY + 1))
        story[f"c{i:04}"] = moments
    story["last"] = [("start", 400 * DAY), ("buy", 400 * DAY)]
    return told(story)


def test_leaving_early_does_not_pass_for_the_lack_of_what_comes_late():
    """Half of all leave on day 1; the late call changes nothing, yet few with it leave."""
    asked = ask(looking(3_000, effect=0.0, early=0.5), LOOK)
    call = asked.touches.name.index("call")
    left, n = int(asked.losses.had[0, call, 0]), int(asked.touches.customers[0, call])
    others = (int(asked.stages.left[0]) - left) / (int(asked.stages.reached[0]) - n)
    assert others - left / n > 0.3  # what a naive comparison says
    assert call not in {c.code for c in contrasts(asked, [0])[0]}
    assert frictions(asked)[0].title == "Leaving in Look"


def test_what_keeps_people_is_found_at_the_landmark_and_said_to_be_one():
    asked = ask(looking(3_000, effect=0.25, early=0.5), LOOK)
    first = frictions(asked)[0]
    assert first.title == "Without Call"
    assert first.helps
    assert first.worse_rate is not None
    assert first.compare_rate is not None
    assert first.worse_rate.share == pytest.approx(0.3, abs=0.05)
    assert first.compare_rate.share == pytest.approx(0.05, abs=0.03)
    assert first.landmark_us == pytest.approx(10 * DAY, rel=0.04)
    assert re.fullmatch(
        r"\d\d% leave in Look \([\d,]+ of 3,001\)\. Of those still there after 10 days, "
        r"\d\d% without Call left later; with it \d+%\.",
        first.statement,
    )
    assert first.evidence_note.startswith("Landmark comparison 10 days after entering: ")
    made = journey_map(looking(3_000, effect=0.25, early=0.5), LOOK)
    said = "".join(piece.text for piece in made.headline)
    worse, better = (f"{r.share:.0%}" for r in (first.worse_rate, first.compare_rate))
    assert said.endswith(f"left in Look. Without Call, {worse} leave; with it {better}.")
    assert "went on" not in said + first.statement


def test_what_whole_groups_can_never_have_is_no_contrast():
    """Only those of group B can call: that others did not says which group they are of."""
    journeys = looking(3_000, effect=0.25, early=0.5)
    call = journeys.vocabulary.touchpoints.index("call")
    who, calls = [], []
    for batch in journeys:
        had = np.add.reduceat(batch.code == call, batch.offsets[:-1]) > 0
        who += batch.customer.to_pylist()
        calls += had.tolist()
    chance = random.Random(1)
    mixed = [chance.choice("AB") for _ in calls]
    apart = ["B" if had else letter for had, letter in zip(calls, mixed, strict=True)]
    for group, found in ((mixed, True), (apart, False)):
        table = pa.table({"customer": who, "group": group})
        asked = ask(replace(journeys, attributes=table), LOOK)
        assert (call in {c.code for c in contrasts(asked, [0])[0]}) == found
    ignoring = LOOK.model_copy(update={"ignore": ("call",)})
    assert call not in {c.code for c in contrasts(ask(journeys, ignoring), [0])[0]}


def test_F1_a_contrast_that_turns_round_within_every_kind_is_none():
    """Course B has hard work and loses many; within each course those who hand it in stay."""
    story, course = {}, {"last": "A"}
    for i in range(1_200):
        letter, works = "AB"[i % 2], i // 2 % 10 < (2 if i % 2 == 0 else 8)
        among = {("A", False): 12, ("A", True): 6, ("B", False): 70, ("B", True): 55}
        leaves = i // 20 * 37 % 100 < among[letter, works]
        moments = [("start", 0)] + [("visit", day * DAY) for day in range(1, 12)]
        moments += [("work", 5 * DAY)] * works
        story[f"c{i:04}"] = [*moments, ("bye" if leaves else "buy", 12 * DAY)]
        course[f"c{i:04}"] = letter
    story["last"] = [("start", 40 * DAY), ("buy", 41 * DAY)]
    journeys = told(story)
    work = journeys.vocabulary.touchpoints.index("work")
    table = pa.table({"customer": [*course], "course": [*course.values()]})
    for asked, found in (
        (ask(journeys, LOOK), True),
        (ask(replace(journeys, attributes=table), LOOK), False),
    ):
        assert (work in {c.code for c in contrasts(asked, [0])[0]}) == found


def test_F1_nothing_is_quoted_from_what_the_lost_lacked():
    asked = ask(onboarding(), ONBOARDING)
    ticket = asked.touches.name.index("support_ticket")
    assert quotes(asked, 1)
    assert quotes(asked, 1, lacked=[ticket]) == ()


def test_too_few_at_the_landmark_is_no_contrast():
    asked = ask(looking(60, effect=0.25, early=0.5), LOOK)
    assert contrasts(asked, [0]) == {0: ()}


def leaving(n: int, lost: int, *, still: int = 0):
    story = {f"a{i:05}": [("start", 0), ("buy", DAY)] for i in range(n - lost - still)}
    story |= {f"b{i:05}": [("start", 0)] for i in range(lost)}
    story |= {f"c{i:05}": [("start", 399 * DAY)] for i in range(still)}
    return told(story | {"last": [("start", 400 * DAY), ("buy", 400 * DAY)]})


@pytest.mark.parametrize(
    ("n", "lost", "shown"),
    [(1_000, 40, False), (1_000, 60, True), (200, 19, False), (40, 6, True), (40, 3, False)],
)
def test_only_a_material_loss_is_a_friction(n, lost, shown):
    made = journey_map(leaving(n, lost), LOOK.model_copy(update={"failure": ()}))
    assert bool(made.frictions) == shown
    said = "".join(piece.text for piece in made.headline)
    if not shown:
        assert said == f"{lost} of {n + 1:,} customers left, and no stage stands out."


def test_what_everybody_has_is_no_explanation():
    (only,) = frictions(ask(leaving(1_000, 100), LOOK.model_copy(update={"failure": ()})))
    assert (only.touchpoint, only.title) == (None, "Leaving in Look")
    assert only.signals == ("unexplained", "fell_silent")
    assert moves_for([only])[0].lever == "ask_why"
    assert only.value_of_recovery == (0.0, 0.0)
    assert only.recovery_formula == ("not known: nothing tells those who left from the others")


def test_rates_are_out_of_all_who_reached_the_stage_and_those_still_there_are_told():
    spec = LOOK.model_copy(update={"failure": ()})
    (only,) = frictions(ask(leaving(1_000, 100, still=200), spec))
    assert only.statement == "10% leave in Look (100 of 1,001); 200 are still there."
    assert (only.leave_rate.part, only.leave_rate.whole) == (100, 1_001)


def test_loops_are_counted_and_told():
    chance = random.Random(3)
    story = {}
    for i in range(600):
        loops = i % 3 == 0
        moments = [("sign_up", 0)] + [("error", k) for k in range(1, 5 if loops else 2)]
        if chance.random() < (0.3 if loops else 0.8):
            moments.append(("renewed", 50))
        story[f"c{i:03}"] = moments
    story["last"] = [("sign_up", 900 * DAY), ("renewed", 900 * DAY)]
    spec = JourneySpec(
        name="N", stages=(Stage(name="Start", enter_on=("sign_up",)),), success=("renewed",)
    )
    first = frictions(ask(told(story), spec))[0]
    assert first.loops == 200
    assert "loops" in first.signals
    assert moves_for([first])[0].lever == "call_at_second_try"
    assert moves_for([first])[0].high == 0.0


@pytest.mark.parametrize(
    ("name", "helps", "lever"),
    [
        ("connection_error", False, "mend_error"),
        ("page_viewed", False, "look_at_what_hurts"),
        ("colleague_invited", True, "invite_a_colleague"),
        ("call", True, "copy_what_works"),
    ],
)
def test_the_number_under_a_move_is_that_of_its_own_touchpoint(planted, name, helps, lever):
    signals = (*own(name, helps=helps), *own("call", helps=True), "loops")
    first = replace(planted[0], touchpoint=name, helps=helps, signals=signals, before=())
    (move,) = moves_for([first])
    assert (move.lever, move.low, move.high) == (lever, *first.value_of_recovery)
    assert first.value_of_recovery[1] > 0
    if lever in {"look_at_what_hurts", "copy_what_works"}:
        assert readable(name) in move.sentence
    second = replace(first, signals=("loops",))
    assert (moves_for([second])[0].low, moves_for([second])[0].high) == (0.0, 0.0)


def test_no_month_is_named_where_the_rate_only_wobbles():
    chance = np.random.default_rng(5)
    for _ in range(40):
        n = chance.integers(50, 300, 24)
        lost = chance.binomial(n, 0.1)
        assert since_month(np.column_stack([lost, n - lost, np.zeros(24, int)])) is None


def test_months_with_many_still_there_are_not_judged():
    months = [[10, 190, 0]] * 6 + [[60, 40, 100]] * 6
    assert since_month(np.array(months)) is None


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("ring 0049 170 1234567 now", "ring [number] now"),
        ("card 4111-1111-1111-1111.", "card [number]."),
        ("a.b+c@mail.example.com!", "[e-mail]!"),
        ("see https://x.example/?id=7", "see [link]"),
        ("It took 45 minutes and 3 tries in 2024.", "It took 45 minutes and 3 tries in 2024."),
    ],
)
def test_personal_data_is_masked_in_quotes(written, shown):
    assert masked(written) == shown


def test_levers_name_known_signals_and_no_numbers():
    for lever in library():
        named = {*lever.signals.any, *lever.signals.all, *lever.signals.none}
        assert named <= SIGNALS.keys()
        assert not re.search(r"\d\s*(%|percent|times|x\b)", f"{lever.do} {lever.why} {lever.when}")
        assert lever.when_not
        assert lever.measure
    assert 15 <= len(library()) <= 25
    assert len({lever.id for lever in library()}) == len(library())


def test_some_lever_always_fits():
    assert for_signals(())[0].id == "ask_why"
    assert for_signals(("payment_failure", "fell_silent"))[0].id == "retry_payment"
    assert for_signals(("support_before", "negative_mood"))[0].id == "close_the_loop"


def test_moves_are_one_for_each_friction_on_the_page_and_none_twice():
    moves = moves_for(frictions(ask(onboarding(elsewhere=0.12), ONBOARDING)))
    assert [m.friction for m in moves] == [1, 2, 3]
    assert len({m.lever for m in moves}) == 3
    assert {m.evidence for m in moves} == {"Observed"}


def test_F1_where_nobody_leaves_time_is_what_is_lost():
    chance = random.Random(11)
    story = {}
    for i in range(600):
        waits = i % 3 == 0
        end = chance.randrange(6, 12) if waits else chance.randrange(1, 4)
        moments = [("opened", i), ("working", i + DAY)]
        moments += [("waiting_for_user", i + DAY + 1)] if waits else []
        story[f"c{i:03}"] = [*moments, ("closed", i + (1 + end) * DAY)]
    spec = JourneySpec(
        name="Case",
        stages=(
            Stage(name="Opened", enter_on=("opened",)),
            Stage(name="Work", enter_on=("working",)),
        ),
        success=("closed",),
    )
    made = journey_map(told(story), spec)
    (only,) = made.frictions
    assert (only.touchpoint, only.lost.n, only.stage) == ("waiting_for_user", 0, 1)
    assert re.fullmatch(
        r"200 had Waiting for user in Work: the middle one stayed \S+ days; without it \S+ days\.",
        only.statement,
    )
    assert made.moves == ()
    assert (only.who.n, only.who.key) == (200, "touch:Work/waiting_for_user")
    assert f"Who: {command(made, only.who.key)}" in evidence(made)
    assert only.evidence_grade == "weak"
    assert "without a landmark" in only.evidence_note
    said = "".join(piece.text for piece in made.headline)
    assert re.fullmatch(
        r"200 customers with Waiting for user took about \d days longer in Work\.", said
    )


def test_no_slowness_is_found_where_stays_are_alike():
    chance = random.Random(12)
    story = {
        f"c{i:03}": [
            ("opened", i),
            *([("noise", i + 1)] if chance.random() < 0.5 else []),
            ("closed", i + chance.randrange(1, 9) * DAY),
        ]
        for i in range(400)
    }
    spec = JourneySpec(
        name="Case", stages=(Stage(name="Open", enter_on=("opened",)),), success=("closed",)
    )
    assert journey_map(told(story), spec).frictions == ()
