"""What if: exact stays, a chain that says what was seen, changes that keep every customer."""

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.analyses.plans import plan as plan_over
from tests.examples import examples
from tests.models.grounds import SPEC, ground_of
from tests.slow_twins import stays as slow
from tests.strategies import NAMES, NO_SCORE, NO_STATE, batch, customers
from trod import fold
from trod.analyses.stages import stages, success_us
from trod.analyses.stall import left_us
from trod.errors import DefinitionError, NotEnoughDataError
from trod.journeys.passage import DONE, LEFT, NEVER, OPEN, passages
from trod.journeys.spec import JourneySpec
from trod.models.what_if.answer import what_if
from trod.models.what_if.chain import Chain, forecast
from trod.models.what_if.change import changed, parse_change
from trod.models.what_if.stays import Stays

DAY = 86_400_000_000
VISIT, CALL, BUY = (NAMES.index(name) for name in ("visit", "call", "buy"))
STAGES = ("Look", "Talk")


def person(start: int, *days_and_codes: tuple[int, int]):
    return [((start + d) * DAY, code, NO_SCORE, NO_STATE) for d, code in days_and_codes]


def company(n=200, *, ending=True):
    """One looks every day; of ten six talk after 3 days, and four of those buy 5 days later."""
    people = []
    for c in range(n):
        steps = [(0, VISIT)]
        if c % 10 < 6:
            steps.append((3, CALL))
        if c % 10 < 4:
            steps.append((8, BUY))
        people.append(person(c, *steps))
    if ending:  # the record goes on until the end of everybody is known
        people.append(person(n + 100, (0, NAMES.index("mail"))))
    return people


def chain_of(people, **more) -> Chain:
    ground = ground_of(people, **more)
    return Chain.of(fold.run({"it": Stays(ground.plan)}, ground.journeys)["it"])


@given(customers=customers)
@settings(max_examples=examples(100))
def test_M12_stays_are_those_of_the_slow_twin(customers):
    data, plan = batch(customers), plan_over()
    walked = passages(data, plan)
    won, gone = success_us(data, plan, walked), left_us(data, plan)
    fates = {OPEN: slow.OPEN, LEFT: slow.LEFT, DONE: slow.DONE}
    told = []
    for c in range(data.n_customers):
        entered = {s: int(at) for s, at in enumerate(walked.entered_us[c]) if at != NEVER}
        fate = fates[int(walked.status[c])]
        moment = {slow.DONE: won[c], slow.LEFT: gone[c], slow.OPEN: NEVER}[fate]
        told.append((entered, fate, None if moment == NEVER else int(moment)))
    found = Stays(plan).finish(Stays(plan).read(data))
    names = {len(found.stage): slow.DONE, len(found.stage) + 1: slow.LEFT}
    names[len(found.stage) + 2] = slow.OPEN
    rows = zip(found.source, found.target, found.bin, found.n, strict=True)
    assert {
        (slow.ENTRY if a == len(found.stage) else a, names.get(b, b), index): n
        for a, b, index, n in (map(int, row) for row in rows)
    } == slow.stays(told, plan.as_of_us)


@given(customers=customers)
@settings(max_examples=examples(60))
def test_M12_where_nobody_is_on_the_way_the_chain_says_exactly_what_was_seen(customers):
    data, plan = batch(customers), plan_over(as_of_us=10**6)
    found = Stays(plan).finish(Stays(plan).read(data))
    chain = Chain.of(found)
    n = len(found.stage)
    came = found.moved(n)[:n].astype(float)
    ended = came @ chain.in_the_end()
    assert not found.customers[OPEN]
    np.testing.assert_allclose(ended, [found.customers[DONE], found.customers[LEFT]], atol=1e-9)


def test_M12_on_the_sample_company_predicted_shares_are_the_observed_ones(tallyfern):
    from trod.journeys.passage import compile_plan

    journeys = tallyfern.workspace.journeys("account")
    spec = tallyfern.workspace.project.journey(None)
    plan = compile_plan(spec, journeys, as_of_us=journeys.span_us()[1] + 365 * DAY)
    seen = stages(journeys, plan).data
    chain = Chain.of(fold.run({"it": Stays(plan)}, journeys)["it"])
    share = chain.entry @ chain.in_the_end()
    entered = seen.reached[0]
    np.testing.assert_allclose(share, [seen.done.sum() / entered, seen.left.sum() / entered])


def test_M12_no_change_makes_exactly_no_difference():
    ground = ground_of(company())
    for text in ("look conversion +0pt", "look time -0d", "talk conversion +0%", "talk time +0%"):
        found = what_if(ground.journeys, ground.plan, [text])
        assert all(
            (each.difference, each.low, each.high) == (0, 0, 0) and each.now == each.then
            for each in found.outcomes
        )


def test_M12_if_every_stage_kept_everyone_everyone_would_be_done():
    ground = ground_of(company())
    asked = ["Look conversion to 100%", "Talk conversion to 100%"]
    found = {each.name: each for each in what_if(ground.journeys, ground.plan, asked).outcomes}
    assert found["done in the end, of those who come in"].then == pytest.approx(1)
    assert found["left within 180 days"].then == pytest.approx(0)


def test_M12_if_a_stage_kept_nobody_nobody_would_come_further():
    ground = ground_of(company())
    found = what_if(ground.journeys, ground.plan, ["Look conversion to 0%"])
    shares = {each.name: each for each in found.outcomes}
    assert shares["done in the end, of those who come in"].then == 0


def test_M12_a_change_of_conversion_moves_the_end_in_proportion():
    ground = ground_of(company())
    found = what_if(ground.journeys, ground.plan, ["looking conversion +10pt"])
    (moved,) = found.changes
    assert (moved.entered, moved.went_on, moved.left, moved.still_there) == (200, 120, 80, 0)
    assert (moved.conversion_now, moved.conversion_then) == pytest.approx((0.6, 0.7))
    share = found.outcomes[-1]
    assert (share.now, share.then) == pytest.approx((0.4, 0.4 * 7 / 6))
    assert share.low < share.difference < share.high


@given(
    text=st.sampled_from(["Look conversion to 90%", "Talk conversion -30%", "Look time -50%"]),
    days=st.integers(1, 120),
)
@settings(max_examples=examples(20))
def test_M12_nobody_is_lost_or_counted_twice(text, days):
    chain = chain_of(company(40))
    then = changed(chain, parse_change(text, STAGES), STAGES)
    end = forecast(then, days)
    waiting = float(then.waiting.sum()) - end.never
    total = float(then.inflow.sum()) * days + waiting
    assert end.done_in_the_end + end.left_in_the_end == pytest.approx(total)
    assert end.done <= end.done_in_the_end + 1e-9
    assert end.left <= end.left_in_the_end + 1e-9


def test_M12_less_time_brings_the_same_outcomes_sooner():
    ground = ground_of(company(ending=False))
    found = what_if(ground.journeys, ground.plan, ["talk time -4d"], days=30)
    done = {each.name: each for each in found.outcomes}
    assert done["done within 30 days"].difference > 1
    assert done["done in the end, of the same customers"].difference == 0
    assert done["done in the end, of those who come in"].difference == 0


def test_M12_a_forecast_by_hand():
    chain = chain_of(company())
    a_day = float(chain.inflow[0])
    assert a_day == pytest.approx(200 / 300, rel=1 / 32)  # the first came in 300 days ago
    end = forecast(chain, 20)
    # Who comes in on day d from 0 to 19 is done on day d + 8; four in ten are.
    assert end.done == pytest.approx(12 * 0.4 * a_day)
    assert end.left == 0  # silence of 30 days counts as left
    assert end.done_in_the_end == pytest.approx(20 * 0.4 * a_day)


def test_M12_the_same_data_and_seed_give_the_same_answer():
    ground = ground_of(company())
    asked = ["look conversion +5pt"]
    one, other = (what_if(ground.journeys, ground.plan, asked) for _ in range(2))
    assert one == other


def test_M12_the_counts_are_those_of_their_keys():
    from trod.analyses.predicate import parse

    ground = ground_of(company(95, ending=False))
    (moved,) = what_if(ground.journeys, ground.plan, ["look conversion +5pt"]).changes
    for name, key in moved.keys.items():
        who = parse(key, ground.plan, ground.journeys.vocabulary)
        n = sum(int(who.mask(data).sum()) for data in ground.journeys)
        assert n == getattr(moved, name), name


@pytest.mark.parametrize(
    ("text", "stage", "what", "how", "amount"),
    [
        ("Look conversion +5pt", 0, "conversion", "by", 0.05),
        ("LOOK conversion - 5 points", 0, "conversion", "by", -0.05),
        ("talking conversion to 60%", 1, "conversion", "to", 0.6),
        ("'talk' conversion -10%", 1, "conversion", "times", 0.9),
        ("talk time -3d", 1, "time", "by", -3),
        ("talk time +12h", 1, "time", "by", 0.5),
        ("talk time -20%", 1, "time", "times", 0.8),
        ("talk time to 2w", 1, "time", "to", 14),
    ],
)
def test_M12_changes_are_read_as_people_write_them(text, stage, what, how, amount):
    found = parse_change(text, STAGES)
    assert (found.stage, found.what, found.how) == (stage, what, how)
    assert found.amount == pytest.approx(amount)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Lok conversion +5pt", "did you mean 'Look'"),
        ("look conversion 5pt", "more or less"),
        ("look conversion +5d", "conversion is not told in d"),
        ("look time +5pt", "time is not told in pt"),
        ("look time to 20%", "can come to"),
        ("look time -120%", "more than there is"),
        ("look better", "no change of a stage"),
        ("look conversion +50pt", "it is 60.0% now and would be 110.0%"),
    ],
)
def test_M12_what_is_not_a_change_is_said_with_what_to_write(text, said):
    ground = ground_of(company())
    with pytest.raises(DefinitionError, match=said):
        what_if(ground.journeys, ground.plan, [text])


def test_M12_few_customers_and_ways_nobody_took_are_said():
    ground = ground_of(company(20))
    with pytest.raises(NotEnoughDataError, match="20 stays in it ended, 30 are needed"):
        what_if(ground.journeys, ground.plan, ["look conversion +5pt"])
    everyone = [person(c, (0, VISIT), (1, CALL), (2, BUY)) for c in range(40)]
    ground = ground_of(everyone)
    with pytest.raises(NotEnoughDataError, match="nobody left Look yet"):
        what_if(ground.journeys, ground.plan, ["look conversion -5pt"])


def test_M12_a_journey_without_success_is_done_in_its_last_stage():
    spec = JourneySpec(name="short", stages=SPEC.stages, left_after=timedelta(days=30))
    ground = ground_of(company(), spec)
    found = what_if(ground.journeys, ground.plan, ["look conversion to 50%"])
    share = found.outcomes[-1]
    assert (share.now, share.then) == pytest.approx((0.6, 0.5))
