"""How long customers stay."""

import numpy as np
import pyarrow as pa
import pytest

from trod.analyses.survival import survival
from trod.errors import DefinitionError, NotEnoughDataError
from trod.figures import figure_svg
from trod.figures.survival import survival_figure
from trod.insights.drill import drill_lists
from trod.insights.survival_view import survival_view
from trod.journeys.bare import from_arrow
from trod.journeys.passage import compile_plan
from trod.journeys.spec import JourneySpec

DAY = 86_400_000_000
# Freireich et al. (1963), weeks of remission under 6-MP; those marked were still in remission.
GONE = [6, 6, 6, 7, 10, 13, 16, 22, 23]
WATCHED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
STAGES = [{"name": "use", "enter_on": "start"}]
SPEC = JourneySpec(name="use", stages=STAGES, failure="gone", success="done", left_after="40000d")


def watched(gone, watched=(), done=()):
    """Give journeys that all begin so many days before the same last day as they were watched."""
    ends = [(d, "gone") for d in gone] + [(d, "done") for d in done] + [(d, "") for d in watched]
    last = max(d for d, _ in ends)
    rows = []
    for i, (days, how) in enumerate(ends):
        rows.append((f"c{i:03d}", "start", (last - days) * DAY))
        if how:
            rows.append((f"c{i:03d}", how, last * DAY))
    # So that the record ends on the last day, and each name is known; "zz" never entered.
    rows += [("zz", "look", last * DAY), ("yy", "gone", 0), ("yy", "done", 0)]
    who, what, when = zip(*rows, strict=True)
    journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    return journeys, compile_plan(SPEC, journeys)


def curve(*asked):
    return survival(*watched(*asked)).data.curves[0]


def test_the_curve_of_kaplan_and_meier_is_the_published_one(monkeypatch):
    monkeypatch.setattr("trod.analyses.survival.FEWEST", 1)
    found = curve(GONE, WATCHED)
    told = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {day: round(float(found.staying[day]), 3) for day in told} == told
    # Interval on the log(-log) scale, as R's survfit(conf.type = "log-log") prints it.
    ends = {6: (0.620, 0.952), 10: (0.503, 0.889), 23: (0.188, 0.680)}
    for day, (low, high) in ends.items():
        assert found.low[day] == pytest.approx(low, abs=0.0006)
        assert found.high[day] == pytest.approx(high, abs=0.0006)
    assert found.half_left == 23


def test_success_ends_the_watch_and_is_no_leaving():
    found = curve([10] * 10, [40] * 15, [5] * 25)
    # Nobody is watched without an end before day 10: the share is of all who entered.
    assert found.staying[10] == pytest.approx(1 - 10 / 50)
    assert found.done[:11].sum() == 25


def test_without_success_the_interval_is_that_of_greenwood():
    found = curve([3] * 5 + [7] * 6, [20] * 30)
    at_risk, left = np.array([41, 36]), np.array([5, 6])
    greenwood = (1 - 11 / 41) ** 2 * (left / (at_risk * (at_risk - left))).sum()
    share = found.staying[7]
    half = 1.959963984540054 * np.sqrt(greenwood) / abs(share * np.log(share))
    assert found.low[7] == pytest.approx(share ** np.exp(half))


def test_the_curve_ends_where_fewer_than_ten_are_watched():
    found = curve([2], [5] * 20 + [30] * 9)
    assert found.staying.size == 6
    assert found.at_risk[-1] == 29


def test_too_few_to_tell_is_said():
    with pytest.raises(NotEnoughDataError, match="fewer than 10 customers entered use"):
        survival(*watched([1, 2], [3]))


def test_who_left_by_a_day_is_whom_the_key_lists(tallyfern):
    space = tallyfern.workspace
    journeys = space.journeys("account")
    plan = compile_plan(space.project.journey(), journeys).remembering()
    view = survival_view(survival(journeys, plan), plan)
    shown = {stone.key: stone.left for stone in view.curves[0].stones}
    listed = drill_lists(journeys, plan, shown, limit=1)
    assert {key: each.total for key, each in listed.items()} == shown
    drawn = figure_svg(survival_figure(view))
    assert view.title in drawn
    assert "nan" not in drawn


def test_groups_add_up_and_an_unknown_attribute_is_named(tallyfern):
    space = tallyfern.workspace
    journeys = space.journeys("person")
    plan = compile_plan(space.project.journey(), journeys).remembering()
    whole = survival(journeys, plan).data.curves[0]
    parts = survival(journeys, plan, by="Size").data.curves
    assert sum(part.entered for part in parts) == whole.entered
    with pytest.raises(DefinitionError, match="Size"):
        survival(journeys, plan, by="Sise")


def test_who_entered_is_whom_the_key_lists_by_any_stage_and_name():
    """A later stage is entered by some only, and its name may hold what keys are made of."""
    rows = [(f"c{i:03d}", "start", i * DAY) for i in range(40)]
    rows += [(f"c{i:03d}", "half", (i + 1) * DAY) for i in range(30)]
    rows += [(f"c{i:03d}", "full", (i + 2) * DAY) for i in range(20, 40)]
    who, what, when = zip(*rows, strict=True)
    journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    names = {"Use & try": "start", "Half > 1": "half", "All: 100%": "full"}
    stages = [{"name": name, "enter_on": on} for name, on in names.items()]
    plan = compile_plan(JourneySpec(name="use", stages=stages, left_after="40d"), journeys)
    for stage, n in (("Use & try", 40), ("Half > 1", 30), ("All: 100%", 20)):
        view = survival_view(survival(journeys, plan, stage=stage), plan)
        listed = drill_lists(journeys, plan, [view.entered.key], limit=1)
        assert (view.entered.n, listed[view.entered.key].total) == (n, n)


def test_who_reached_the_last_stage_is_done_where_no_touchpoint_is_success():
    """A closed ticket is silent for good, and must not stand as a customer who stays for years."""
    rows = [(f"c{i:03d}", "open", 0) for i in range(60)]
    rows += [(f"c{i:03d}", "close", 5 * DAY) for i in range(45)] + [("zz", "open", 900 * DAY)]
    who, what, when = zip(*rows, strict=True)
    journeys = from_arrow(pa.table({"customer": who, "touchpoint": what, "time": when}))
    stages = [{"name": name, "enter_on": name} for name in ("open", "close")]
    plan = compile_plan(JourneySpec(name="ticket", stages=stages, left_after="30d"), journeys)
    found = survival(journeys, plan).data.curves[0]
    assert found.done.sum() == 45
    assert found.at_risk[6] == 15  # and none of those who are done
    assert found.staying[-1] == pytest.approx(1 - 15 / 60, abs=0.01)
