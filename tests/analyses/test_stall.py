"""P4: after how long customers are stuck, and who stands where."""

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.analyses.plans import SPEC, plan
from tests.analyses.test_conformance import one_by_one
from tests.slow_twins.stall import LOST, THERE, WENT_ON, incidence, threshold, times
from tests.strategies import VOCABULARY, batch, customers, journeys
from trod.analyses.histogram import N_BINS
from trod.analyses.predicate import parse
from trod.analyses.stages import success_us
from trod.analyses.stall import Stall, StallCounts, left_us, resolved, stall, waited_us
from trod.errors import DefinitionError, NotEnoughDataError
from trod.journeys.build import from_arrow
from trod.journeys.passage import NEVER, compile_plan, passages
from trod.journeys.predicate import customers as listed
from trod.journeys.spec import JourneySpec

DAY_US = 86_400_000_000


@given(made=customers)
def test_times_in_stages_are_those_of_the_slow_twin(made):
    one = batch(made)
    walked_by = plan(one)
    walked = passages(one, walked_by)
    expected = np.zeros((3, 3, N_BINS), int)
    success, left = success_us(one, walked_by, walked), left_us(one, walked_by)
    for c, passage in enumerate(one_by_one(one, walked)):
        moment = None if success[c] == NEVER else int(success[c])
        for s, (fate, time) in times(passage, moment, int(left[c]), 20).items():
            expected[s, fate, time] += 1  # times below 64 have a bin of their own
    assert np.array_equal(Stall(walked_by).read(one).times, expected)


ended = st.lists(
    st.tuples(st.sampled_from([WENT_ON, WENT_ON, WENT_ON, LOST, THERE]), st.integers(0, 63)),
    min_size=30,
    max_size=90,
)


def counted(found) -> StallCounts:
    counts = np.zeros((3, 3, N_BINS), np.int64)
    for fate, time in found:
        counts[0, fate, time] += 1
    return StallCounts(counts)


@given(ended)
def test_P4_the_threshold_is_that_of_the_slow_twin(found):
    result = Stall(plan()).finish(counted(found))
    limit = result.threshold[0]
    if result.went_on[0] < 30:
        assert limit is None
        assert result.standing[0].tolist() == [0, 0, 0, result.there[0]]
        return
    stuck, behind = threshold(found, Fraction(9, 10)), threshold(found, Fraction(3, 4))
    assert (limit.stuck_us, limit.behind_us) == (stuck, behind)
    assert limit.low_us <= limit.stuck_us
    assert limit.high_us is None or limit.high_us >= limit.stuck_us
    waits = [time for fate, time in found if fate == THERE]
    assert result.standing[0].tolist() == [
        sum(t <= behind for t in waits),
        sum(behind < t <= stuck for t in waits),
        sum(t > stuck for t in waits),
        0,
    ]
    assert limit.chance == pytest.approx(float(incidence(found)[-1][1]))


def test_without_anybody_still_there_the_incidence_is_a_plain_share():
    found = [(WENT_ON, t) for t in range(40)] + [(LOST, t) for t in range(10)]
    limit = Stall(plan()).finish(counted(found)).threshold[0]
    assert limit.chance == pytest.approx(0.8)
    assert limit.stuck_us == 35  # 36 of 40 had gone on by 35
    assert limit.chance_stuck == pytest.approx(1.0)  # the 4 still there then all went on


def test_a_record_too_short_has_no_upper_end():
    found = [(WENT_ON, t) for t in range(40)] + [(THERE, 41)] * 100
    limit = Stall(plan()).finish(counted(found)).threshold[0]
    assert limit.high_us is None


def test_P4_planted_stall_is_found_and_those_stuck_are_listed():
    """Nearly all who go on do so within 8 days; 25 wait for 20 days and more, 15 for two."""
    rows = []
    for c in range(100):
        days = 1 + c // 12 if c < 96 else 12
        rows += [(f"on{c:02d}", "visit", 0), (f"on{c:02d}", "call", days * DAY_US)]
    for c in range(25):
        rows += [(f"stuck{c:02d}", "visit", (5 - c // 10) * DAY_US)]
        rows += [(f"stuck{c:02d}", "mail", 24 * DAY_US)]
    rows += [(f"new{c:02d}", "visit", 23 * DAY_US) for c in range(15)]
    rows += [("last", "mail", 25 * DAY_US)]
    who, what, when = zip(*rows, strict=True)
    data = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    spec = JourneySpec(
        name="sale",
        stages=[{"name": "Look", "enter_on": "visit"}, {"name": "Talk", "enter_on": "call"}],
        left_after=timedelta(days=20),
    )
    made = compile_plan(spec, data)
    found = stall(data, made).data
    limit = found.threshold[0]
    assert 8 * DAY_US <= limit.stuck_us <= 8 * DAY_US * (1 + 1 / 32)
    assert found.standing[0].tolist() == [15, 0, 25, 0]
    key = resolved("stuck:Look", data, made)
    stuck = listed(parse(key, made, data.vocabulary), data)
    assert stuck == [f"stuck{c:02d}" for c in range(25)]
    assert found.keys[0][2] == key


@given(made=customers)
def test_P4_standings_sum_to_the_open_and_every_count_is_its_list(made):
    one = batch([*made, *made, *made])
    data, walked_by = journeys(one), plan(one)
    found = stall(data, walked_by).data
    for s, stage in enumerate(walked_by.stages):
        there = parse(f"open:{stage.replace('/', '%2F')}", walked_by, VOCABULARY)
        assert found.standing[s].sum() == len(listed(there, data))
        for n, key in zip(found.standing[s], found.keys[s], strict=True):
            if key:
                who = parse(key, walked_by, VOCABULARY)
                assert who.key == key
                assert len(listed(who, data)) == n
    assert (waited_us(one, walked_by) >= 0).all()


def test_too_few_is_said_not_guessed():
    one = batch([])
    with pytest.raises(NotEnoughDataError, match="0 customers went on from it, 30 are needed"):
        resolved("valued & stuck:look", journeys(one), plan(one, spec=SPEC))
    with pytest.raises(DefinitionError, match="needs a stage"):
        resolved("stuck", journeys(one), plan(one, spec=SPEC))
    assert resolved("left:look", journeys(one), plan()) == "left:look"
