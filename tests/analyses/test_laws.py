"""Laws every fold keeps. A new analysis joins by adding one line to FOLDS."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from tests.analyses.plans import plan
from tests.examples import examples
from tests.strategies import NAMES, VOCABULARY, batch, customers, helpdesk, journeys
from trod.analyses import ANALYSES
from trod.analyses.after_deviation import AfterDeviation, DeviationDelays
from trod.analyses.attribution.paths import ConversionPaths
from trod.analyses.before_outcome import BeforeOutcome
from trod.analyses.changes.kinds import kinds
from trod.analyses.changes.measures import Measure, Spans
from trod.analyses.changes.tallies import Tallies
from trod.analyses.conformance import Conformance
from trod.analyses.coverage.counts import Coverage
from trod.analyses.coverage.need import Rule
from trod.analyses.elsewhere import Elsewhere
from trod.analyses.emotion import Emotion
from trod.analyses.funnel import Funnel
from trod.analyses.intended import Deviation, Intended
from trod.analyses.metrics.folds import Conversion, Leaving, Money, Replies, StillActive, TimeTo
from trod.analyses.occupancy import Dates, StageDaily
from trod.analyses.over_time import Days, OverTime
from trod.analyses.periods import Periods
from trod.analyses.retention import Retention
from trod.analyses.sankey import Anchor, StepSankey
from trod.analyses.scores_by import ScoresBy
from trod.analyses.sequences import Sequences
from trod.analyses.signals.compared import Compared, Within
from trod.analyses.signals.ends import Ends
from trod.analyses.signals.ground import Ground
from trod.analyses.signals.outcome import Outcome, Watch
from trod.analyses.signals.screen import Pair, Screen
from trod.analyses.signals.sign import ALONE, Sign
from trod.analyses.signals.strata import strata
from trod.analyses.stages import Done, Stages
from trod.analyses.stall import Stall
from trod.analyses.step_matrix import StepMatrix
from trod.analyses.survival import Survival
from trod.analyses.touch import Touches
from trod.analyses.transitions import Transitions
from trod.analyses.variants import Variants
from trod.journeys.grouping import everyone
from trod.models.next.grams import Grams
from trod.models.next.waits import Waits
from trod.models.voice.counts import TopicWeeks
from trod.models.voice.preceding import Preceding
from trod.models.what_if.stays import Stays
from trod.testing import check_fold

PLAN = plan()
PERIODS = Periods("week", ("a", "b", "c", "d"), (0, 3, 8, 11), 15)
DAYS = Days(("a", "b", "c"), (0, 3, 8), 15)
PATH = Intended(("visit", "mail", "buy"))
DEVIATIONS = (Deviation(0, 1), Deviation(1, 0, 1), Deviation(2, 0), Deviation(3, 1, 1))
WITHIN = timedelta(microseconds=5)
LABELS = np.arange(200).astype(np.int16) % 4 % 3 - 1
WATCH = Watch(PLAN, (Outcome(0), Outcome(1), Outcome(0, 1)), (9, 9, 9))
KNOWN = pa.table({"customer": [f"c{i:04d}" for i in range(9)], "size": list("aababbaab")})
KINDS = strata(
    replace(journeys(batch([])), attributes=KNOWN),
    PLAN,
    busy_cuts=((0, 2),) * 3,
    era_us=(4,) * 3,
)
SIGNS = (Sign(0, 0, 2, ALONE, 2), Sign(0, 1, 3, 2, 4))
GROUPS = kinds(replace(journeys(batch([])), attributes=KNOWN))
MEASURES = (
    Measure("entered", 0, -1, -1, 5),
    Measure("went on", 0, -1, 0, 5),
    Measure("took", 0, -1, -1, 5),
    Measure("left", 0, -1, -1, 9),
    Measure("had", 0, 2, 0, 5),
    Measure("first", 0, 2, 0, 5),
    Measure("help", 0, -1, 0, 5),
    Measure("mood", 0, 2, -1, 0),
    Measure("stood", 0, -1, -1, 0),
    Measure("paid", 0, -1, 8, 0),
    Measure("amount", -1, 0, -1, 0),
    Measure("reach", 0, 3, 8, 0),
    Measure("nps", -1, -1, -1, 0, "NPS", (1, 2)),
)
NEEDS = (Rule(("call",), ("mail",), 4, 6), Rule((), ("mail",), 4, None, ((2, 5),)))
TABLES = (Within(0, (0,)), Within(1, (0, KINDS.era(0))), Within(1, (), 0))
FOLDS = {
    "transitions": Transitions(VOCABULARY),
    "transitions without times": Transitions(VOCABULARY, times=False),
    "paths": Variants(3, outcome=Done(PLAN)),
    "paths without loops": Variants(3, collapse_loops=True),
    "paths with colliding hashes": Variants(3, hash_bits=2),
    "sankey after": StepSankey(VOCABULARY, Anchor("visit"), outcome=Done(PLAN)),
    "sankey with ends": StepSankey(VOCABULARY, Anchor("visit"), plan=PLAN),
    "sankey before": StepSankey(VOCABULARY, Anchor("buy", "before"), named=2),
    "sankey between": StepSankey(VOCABULARY, Anchor("visit", "between", "buy", True), named=2),
    "sequences after": Sequences(VOCABULARY, Anchor("visit"), 3, 2, Done(PLAN)),
    "sequences before": Sequences(VOCABULARY, Anchor("buy", "before", None, True), 2, 2),
    "step matrix": StepMatrix(VOCABULARY, 4),
    "funnel": Funnel(("visit", "call", "buy"), WITHIN),
    "funnel of one name": Funnel(("call", "call"), timedelta(0)),
    "funnel first attempt": Funnel(("visit", "call", "buy"), WITHIN, "first"),
    "funnel strict": Funnel(("visit", "call"), None, "best", True),
    "stages": Stages(PLAN),
    "stages by day": StageDaily(PLAN, Dates(("a", "b", "c"), (1, 4, 20))),
    "touches": Touches(VOCABULARY, PLAN),
    "emotion": Emotion(VOCABULARY, PLAN),
    "emotion without stages": Emotion(VOCABULARY),
    "conformance with stages": Conformance(VOCABULARY, PLAN),
    "conformance with touchpoints": Conformance(VOCABULARY, PLAN, PATH),
    "delays of deviations": DeviationDelays(PLAN, PATH, DEVIATIONS),
    "fates after deviations": AfterDeviation(VOCABULARY, PLAN, PATH, DEVIATIONS, (0, 0, 2, 1)),
    "stall": Stall(PLAN),
    "survival": Survival(PLAN, 1),
    "conversion": Conversion(PLAN, PERIODS, within_us=4),
    "conversion of stages": Conversion(PLAN, PERIODS, 0, 1),
    "time to a stage": TimeTo(PLAN, PERIODS, 0, 1),
    "time to a touchpoint": TimeTo(PLAN, PERIODS, touchpoints=("call",)),
    "still active": StillActive(PERIODS, 3, 20, ("mail", "buy"), PLAN),
    "leaving": Leaving(PLAN, PERIODS),
    "replies": Replies(PERIODS, ("call",), (-1000, 0, 1000)),
    "scores by": ScoresBy(VOCABULARY, PLAN, ("call",), (-1000, 0, 1000)),
    "topics by week": TopicWeeks(PERIODS, LABELS, 2),
    "what precedes topics": Preceding(VOCABULARY, LABELS, 2, 20_000_000),
    "money": Money(PERIODS, ("buy", "call"), 2, 1),
    "retention": Retention(VOCABULARY, PERIODS, 12),
    "retention of a touchpoint": Retention(VOCABULARY, PERIODS, 12, "call", True, PLAN),
    "grams": Grams(VOCABULARY, 3, 20, 4),
    "grams of names too many for a table": Grams(VOCABULARY, 5, 9, 2),
    "waits": Waits(VOCABULARY),
    "stays": Stays(PLAN),
    "paths to a touchpoint": ConversionPaths(
        VOCABULARY, ("buy",), None, "touchpoint", lookback_us=4, half_life_us=2
    ),
    "paths to success": ConversionPaths(VOCABULARY, (), PLAN, "touchpoint", half_life_us=2),
    "paths with colliding hashes to a touchpoint": ConversionPaths(
        VOCABULARY, ("buy",), None, "touchpoint", collapse=True, hash_bits=1
    ),
    "ground of signs": Ground(WATCH, PERIODS, 1),
    "signs at every mark": Screen(WATCH, (Pair(0, 0), Pair(0, 1), Pair(0, 2)), (0, 1)),
    "signs like with like": Compared(WATCH, KINDS, SIGNS, TABLES),
    "ends by attribute": Ends(KINDS),
    "figures of periods": Tallies(
        PLAN, Spans((0, 5), (5, 12)), MEASURES, GROUPS, np.arange(5) == 1, np.array([0, 5, 12])
    ),
    "coverage": Coverage(PLAN, (*NEEDS, NEEDS[0]), GROUPS),
    "before outcomes": BeforeOutcome(PLAN, (True, False), 3),
    "known from elsewhere": Elsewhere(DAYS, ("a", "b", "c"), np.arange(1000) % 3),
    "over time": OverTime(
        PLAN, DAYS, len(NAMES), everyone(), (4,) * 9, (2,) * 9, (0, 1), ((0, 1), (3,)), 5
    ),
    "over time by a state": OverTime(
        PLAN,
        DAYS,
        len(NAMES),
        replace(everyone(), groups=("free", "paid")),
        (4,) * 9,
        (2,) * 9,
        state="plan",
    ),
}


def test_every_analysis_is_held_to_the_laws():
    held = {type(fold) for fold in FOLDS.values()}
    assert {analysis.load_fold() for analysis in ANALYSES} <= held


@pytest.mark.parametrize("name", FOLDS)
@given(a=customers, b=customers, c=customers)
@settings(max_examples=examples(15))
def test_a_fold_keeps_the_laws(name, a, b, c):
    batches = [batch(a), batch(b, first=100), batch([*c, []], first=200)]
    check_fold(FOLDS[name], batches)


@pytest.mark.parametrize("name", FOLDS)
def test_a_fold_answers_no_data(name):
    fold = FOLDS[name]
    fold.finish(fold.empty())
    check_fold(fold, [])


def test_a_fold_over_real_data_keeps_the_laws():
    data = helpdesk()
    small = Funnel(("1", "8", "6"), timedelta(days=7))
    assert len(data.batches) == 3
    check_fold(small, data.batches[2:])
    states = [Transitions(data.vocabulary).read(batch) for batch in data]
    both = states[0] + states[1]
    assert ((both - states[1]).times.key == states[0].times.key).all()


def test_names_are_those_of_the_strategies():
    assert VOCABULARY.touchpoints == NAMES
