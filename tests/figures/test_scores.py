"""Figures of scores: what was told and what came, and the scores of one customer."""

import json

import numpy as np

from trod.figures import figure_csv, figure_json, figure_svg
from trod.figures.scores import backtest_figure, history_figure
from trod.insights.rates import rate
from trod.insights.score_view import BacktestView, GivenScore, HistoryView, Taken, Told

DAY = 86_400_000_000


def backtest() -> BacktestView:
    told = tuple(Told(p, rate(round(200 * p), 200)) for p in (0.05, 0.2, 0.6))
    taken = tuple(Taken(s, min(1.0, 2 * s), round(600 * s), 10) for s in (0.1, 0.5, 1.0))
    return BacktestView("Churn", "The finding", "What was said", "How to read", told, taken)


def history(n: int) -> HistoryView:
    scores = tuple(GivenScore(f"2026-06-{i + 1:02d}", i * DAY, 0.1 * i, 1, "Use") for i in range(n))
    return HistoryView("ACC-1", "Churn of ACC-1", "By day", "Estimated.", scores, 0.5)


def test_M7_what_was_told_and_what_came_are_drawn_and_in_the_tables():
    figure = backtest_figure(backtest())
    drawn = figure_svg(figure)
    assert drawn.count("<circle") == 2 * 6
    assert "95% range" in figure.tables[0].head
    assert [row[0].text for row in figure.tables[0].rows] == ["5%", "20%", "60%"]
    told = json.loads(figure_json(figure))
    assert np.allclose([each["said"] for each in told["told"]], [0.05, 0.2, 0.6])
    assert figure_csv(figure).startswith("panel,x,y,n")


def test_M3_the_scores_of_a_customer_are_drawn_by_day():
    drawn = figure_svg(history_figure(history(4)))
    assert "2026-06-01" in drawn
    assert "2026-06-04" in drawn
    assert "pointed out" in drawn
    assert figure_svg(history_figure(history(1))).count("2026-06-01") >= 1


def test_a_customer_without_scores_has_a_figure_that_says_what_to_do():
    figure = history_figure(history(0))
    assert "trod score" in figure.empty
    assert "trod score" in figure_svg(figure)
