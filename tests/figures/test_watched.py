"""Figures of watching: a series with its band, and the alerts that last."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tests.figures.edges import EVIL
from trod.figures.alerts import alerts_figure
from trod.figures.figure import Figure, figure_csv, figure_json, figure_svg
from trod.figures.watched import watched_figure
from trod.insights.watching.view import AlertRow, AlertsView, Point, SeriesView


def series(*values: float | None, title: str = "Logins fell", measure: str = "count") -> Figure:
    points = tuple(
        Point(f"2026-05-{i + 1:02d}", v, 5.0, 3.0, 7.0, i == len(values) - 1, 5)
        for i, v in enumerate(values)
    )
    return watched_figure(SeriesView(title, "Count by day", "", measure, points, 0))


def alerts(*titles: str) -> Figure:
    ways = ("worse", "better", "")
    rows = tuple(AlertRow(f"al-{i}", t, t, t, ways[i % 3], i < 2) for i, t in enumerate(titles))
    return alerts_figure(AlertsView("Alerts are open", rows, 0, "2026-05-04"))


@pytest.mark.parametrize(
    "figure",
    [
        series(4.0, 5.0, None, 6.0, 0.0),
        series(0.0, measure="share"),
        series(-0.2, 0.4, 0.1, measure="mean"),
        series(None, None),
        series(1.0, title=EVIL[0]),
        alerts("One", "Two", "Three"),
        alerts(*EVIL[:6]),
        alerts(),
    ],
    ids=["usual", "one point", "mean", "not judged", "evil", "alerts", "evil alerts", "no alert"],
)
def test_N2_a_figure_goes_out_in_every_format(figure: Figure) -> None:
    drawn = figure_svg(figure)
    ElementTree.fromstring(drawn)
    assert figure_svg(figure) == drawn
    assert "nan" not in drawn
    assert figure_json(figure).startswith("{")
    assert isinstance(figure_csv(figure), str)


def test_N2_what_became_better_is_not_drawn_as_a_loss() -> None:
    drawn = figure_svg(alerts("Mood fell", "Onboard rose", "Visits rose"))
    assert [drawn.count(f'"ivd {tone}"') for tone in ("clay", "pine", "even")] == [1, 1, 1]


def test_N1_nothing_is_drawn_across_days_that_were_not_judged() -> None:
    assert figure_svg(series(4.0, 5.0, 6.0)).count('class="sv"') == 1
    assert figure_svg(series(4.0, None, 6.0)).count('class="sv"') == 2
