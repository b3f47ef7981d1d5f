"""Kinds of customers: what a course that has just begun says, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from tests.insights.stories import DAY, told
from trod import fold
from trod.analyses.signals.ends import Ends
from trod.analyses.signals.strata import strata
from trod.insights.blind_spots import of_groups
from trod.insights.early_warnings.judging import tells
from trod.journeys.batch import Journeys
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec, Stage

MODULE = JourneySpec(
    name="Module",
    stages=(Stage(name="Study", enter_on=("start",)), Stage(name="End", enter_on=("pass",))),
    success=("pass",),
    failure=("withdraw",),
)


def begun() -> Journeys:
    """Last year's course has ended; of this year's only those who withdrew have.

    Module E is taught this year only.
    """
    story, year, module = {}, {}, {}
    for i in range(400):
        late = i % 2
        ends = "withdraw" if i % 5 == 0 else "" if late else "pass"
        begin = 200 * DAY * late
        moments = [("start", begin), *([(ends, begin + 90 * DAY)] if ends else [])]
        name = f"c{i:03}"
        story[name] = [*moments, ("visit", begin + 80 * DAY)]
        year[name], module[name] = ("2014" if late else "2013"), ("E" if late and i % 3 else "A")
    who = [*story]
    table = pa.table(
        {"customer": who, "year": [year[c] for c in who], "module": [module[c] for c in who]}
    )
    return replace(told(story), attributes=table)


def test_M8_a_course_that_has_just_begun_is_no_reason_of_leaving():
    """Everyone of this year whose journey has ended has left; most are still on the way."""
    journeys = begun()
    plan = compile_plan(MODULE, journeys)
    among = strata(journeys, plan, busy_cuts=((0, 0),) * 2, era_us=(0, 0))
    ends = fold.run({"it": Ends(among)}, journeys)["it"]
    assert [tells(ends[q]) for q in among.attributes()] == [False, False]


def test_D4_a_group_within_a_group_that_a_source_never_shows_is_told_once():
    """Results of this year are missing, so those of the module that is taught this year only."""
    journeys = begun()
    passed = journeys.vocabulary.touchpoints.index("pass")
    seen = [np.add.reduceat(b.code == passed, b.offsets[:-1]) > 0 for b in journeys]
    found = of_groups(journeys, {"results": seen}, {})
    assert [spot.group for spot in found] == [("year", "2014")]
