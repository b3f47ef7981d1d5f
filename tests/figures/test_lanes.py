"""The figure of lanes: the same counts in the drawing, the table and the records."""

import csv
import json

from trod.actions.lanes.lane import TITLES
from trod.actions.lanes.view import Lanes, LaneView
from trod.figures import figure_csv, figure_json, figure_svg
from trod.figures.lanes import lanes_figure
from trod.insights.journey_map import Count

DAY = 86_400_000_000


def some(intervene: int, thriving: int, expand: int) -> Lanes:
    counts = {"intervene": intervene, "thriving": thriving, "expand": expand}
    whys = {"intervene": "score", "thriving": "use", "expand": "growth"}
    views = tuple(
        LaneView(
            lane, title, Count(counts[lane], f"lane:{lane}"), 5_000_000, 1, 2,
            ((whys[lane], counts[lane]),) if counts[lane] else (), (),
        )
        for lane, title in TITLES.items()
    )  # fmt: skip
    told = ("Trial", None, "account", "UTC", "EUR", 10 * DAY, 3 * DAY, sum(counts.values()))
    return Lanes(*told, views, (), (("Churn", "from", True),), (), ())


def test_X2_drawing_table_and_records_tell_the_same_counts():
    figure = lanes_figure(some(12, 300, 1))
    assert figure.title == "12 accounts need somebody now, 1 is ready to expand"
    drawn = figure_svg(figure)
    assert all(f">{n}<" in drawn for n in (12, 300, 1))
    assert [row[1].text for row in figure.tables[0].rows] == ["12", "300", "1"]
    rows = list(csv.DictReader(figure_csv(figure).splitlines()))
    assert [int(row["customers"]) for row in rows] == [12, 300, 1]
    assert json.loads(figure_json(figure))["n"] == 313


def test_X2_the_longest_bar_is_the_largest_lane():
    import re

    drawn = figure_svg(lanes_figure(some(10, 40, 20)))
    wide = [float(w) for w in re.findall(r'height="18"[^>]*width="([\d.]+)"', drawn)] or [
        float(w) for w in re.findall(r'width="([\d.]+)" height="18"', drawn)
    ]
    assert wide == [140.0, 560.0, 280.0]


def test_X2_nobody_there_is_said_and_nothing_is_drawn():
    figure = lanes_figure(some(0, 0, 0))
    assert "Nobody is there" in figure_svg(figure)
