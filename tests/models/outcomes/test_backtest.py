"""Asking scores of the past: nothing that came later has a say."""

from dataclasses import replace

import numpy as np
import pytest

from trod.models.features.catalog import Catalog
from trod.models.features.tempo import Tempo
from trod.models.outcomes.backtest import backtest
from trod.models.outcomes.cases import Cases
from trod.models.outcomes.champion import contest
from trod.models.outcomes.judged import alarmed, judged
from trod.models.outcomes.landmarks import NOT_YET, WEEK_US, grid
from trod.models.outcomes.leaks import late_touchpoints
from trod.models.outcomes.outcome import REACHED, Outcome
from trod.models.outcomes.spec import OutcomeSpec
from trod.models.outcomes.timing import WEEKS, Timing, timing

KNOWN_AFTER_US = 6 * WEEK_US


@pytest.fixture(scope="module")
def rows() -> Cases:
    """Two hundred customers at thirty weeks; one column foretells, four do not."""
    rng = np.random.default_rng(4)
    customer = np.repeat(np.arange(200), 30)
    moment_us = np.tile(np.arange(30) * WEEK_US, 200)
    x = rng.normal(size=(customer.size, 5)).astype(np.float32)
    label = rng.random(customer.size) < 1 / (1 + np.exp(2.5 - 1.5 * x[:, 0]))
    event_us = np.where(label, moment_us + 2 * WEEK_US, NOT_YET)
    stage = np.zeros(customer.size, np.int8)
    return Cases(x, label, event_us, moment_us, customer, stage)


def test_M3_outcomes_that_came_after_a_block_began_have_no_say_in_what_was_said_of_it(rows):
    honest = backtest(rows, KNOWN_AFTER_US)
    assert honest is not None
    last = honest.block == honest.block.max()
    begin = honest.cases.moment_us[last].min()
    unknown = rows.moment_us + KNOWN_AFTER_US > begin
    turned = replace(rows, label=np.where(unknown, ~rows.label, rows.label))
    other = backtest(turned, KNOWN_AFTER_US)
    assert other is not None
    np.testing.assert_array_equal(honest.margin[last], other.margin[last])


def test_M2_customers_are_pointed_out_once_and_right_half_of_the_time(rows):
    found = backtest(rows, KNOWN_AFTER_US)
    assert found is not None
    alarms = alarmed(found)
    assert alarms is not None
    assert alarms.precision >= 0.5
    assert alarms.n <= 200
    assert (alarms.event_us - alarms.said_us == 2 * WEEK_US).all()


def test_M7_a_version_in_use_is_kept_where_the_new_way_does_worse(rows):
    from trod.models.calibration import calibrated
    from trod.models.outcomes.model import OutcomeModel
    from trod.models.outcomes.scorer import train

    catalog = Catalog((Tempo(),))
    width = len(catalog.features)
    padding = np.zeros((rows.n, width - 5), np.float32)
    wide = replace(rows, x=np.hstack([rows.x, padding]))
    seen_us = int(rows.moment_us.max() // 2)
    learned = wide.take(wide.moment_us + KNOWN_AFTER_US <= seen_us)
    scorer = train(learned.x, learned.label)
    spec = OutcomeSpec(name="Churn", ends="left")
    nothing = np.empty((0, 0), np.float32)
    counts = np.ones((1, WEEKS), np.int64)
    model = OutcomeModel(
        spec,
        "person",
        "all",
        catalog,
        scorer,
        calibrated(scorer.margin(wide.x), wide.label),
        Timing(counts, counts),
        None,
        passed=False,
        usual=np.empty(0),
        sample=nothing,
        margins=np.empty(0),
        tested=nothing,
    )
    asked = {"known_after_us": KNOWN_AFTER_US, "share": 0.5}
    # What the new way may learn from is turned round; the version in use learned the truth.
    early = wide.moment_us + KNOWN_AFTER_US <= seen_us + WEEK_US
    worse = replace(wide, label=np.where(early, wide.x[:, 0] < 0, wide.label))
    found = contest(worse, catalog, model, seen_us, 3, **asked)
    assert (found.verdict, found.difference is not None) == ("kept", True)
    same = contest(wide, catalog, model, seen_us, 3, **asked)
    assert same.verdict == "replaced"
    none = contest(wide, catalog, model, int(rows.moment_us.max()), 3, **asked)
    assert "0 outcomes came after the data of version 3" in none.why


def test_M3_a_score_that_ranks_worse_than_a_coin_is_no_better_than_a_worse_one(rows):
    """Students of October behave unlike those of February: both scores rank the wrong way round."""
    none = np.zeros(1, np.bool_)
    spec = OutcomeSpec(name="Starts", reaches="Working")
    asked = Outcome(spec, REACHED, none, 0, ~none, done_too=False, silence_us=0)
    test = backtest(rows, KNOWN_AFTER_US)
    assert test is not None
    truth = test.cases.label.astype(float)
    noise = np.random.default_rng(5).random(truth.size)
    usual = 0.6 - 0.4 * truth + noise * 0.01
    assert judged(test._replace(margin=test.margin, usual=usual), asked).better
    worse = judged(test._replace(margin=-test.margin, usual=usual), asked)
    assert (worse.better, worse.passed) == (False, False)


def test_M10_the_hazard_by_weeks_says_when(rows):
    """The outcome comes in the tenth week of the stage, hardly before."""
    days = np.tile(np.arange(0, 140, 7), 50).astype(np.float32)
    moment_us = np.zeros(days.size, np.int64)
    event_us = np.where(days == 63, 3 * WEEK_US // 7, NOT_YET)
    found = timing(np.zeros(days.size, np.int8), days, moment_us, event_us, 1)
    assert int(np.argmax(found.events[0])) == 9
    window = found.window(0, 35.0, 0.4, horizon_days=60, value=1_000.0)
    assert window.first_day <= 28 <= window.last_day
    assert window.value == pytest.approx(1_000 * window.probability)
    near = found.window(0, 63.0, 0.4, horizon_days=60)
    assert near.first_day == 0


def test_marks_are_whole_weeks_back_and_never_too_many():
    marks = grid(0, 10 * WEEK_US + 5)
    assert (np.diff(marks) == WEEK_US).all()
    assert marks[-1] == 10 * WEEK_US + 5
    assert grid(0, 3_000 * WEEK_US).size <= 80
    assert grid(5, 4).tolist() == [4]


def test_M7_a_touchpoint_that_comes_before_is_not_named():
    first = np.array([[5, 9], [5, 9]] * 8)
    told = late_touchpoints(first, np.array([7, 7] * 8), ["before", "after"], never_us=99)
    assert [leak.name for leak in told] == ["after"]
    assert late_touchpoints(first[:6], np.array([7] * 6), ["a", "b"], never_us=99) == ()
