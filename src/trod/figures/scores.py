"""Whether scores were right: calibration beside gain; and the scores of one customer over time."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import label
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join, number
from trod.figures.share_axis import QUARTERS, share_lines, spot
from trod.figures.tables import Cell, Table
from trod.insights.score_view import BacktestView, GivenScore, HistoryView, Taken, Told

WIDE: Final = 720.0
_SIDE: Final = 270.0  # of each square
_LEFT: Final = 44.0
_GAP: Final = 88.0
_TOP: Final = 22.0
_FOOT: Final = 40.0


def backtest_figure(view: BacktestView) -> Figure:
    """Make the figure of a backtest."""
    return Figure(
        name="backtest",
        title=view.title,
        subtitle=view.subtitle,
        alt=f"{view.title}. Two squares: what was told against what came, and the share of"
        " outcomes in the top of the list. The tables below have every point.",
        wide=WIDE,
        high=_TOP + _SIDE + _FOOT,
        draw=lambda links: _draw(view, links),
        tables=(_told_table(view), _taken_table(view)),
        records=_records(view),
        data=asdict(view),
        note=view.note,
        least=560.0,
    )


def _draw(view: BacktestView, links: Links) -> Markup:
    first, second = _LEFT, _LEFT + _SIDE + _GAP
    return join(
        _square(first, "Told", "came"),
        *(_told(first, each, links) for each in view.told),
        _square(second, "Top of the list", "of all outcomes"),
        _gained(second, view),
        *(_taken(second, each, links) for each in view.taken),
    )


def _y(share: float) -> float:
    return _TOP + _SIDE * (1 - share)


def _square(x0: float, along: str, up: str) -> Markup:
    """Draw a square of shares, with the line on which both agree."""
    below = _TOP + _SIDE + 18
    parts = [
        el("text", up, x=x0, y=12, class_="fg"),
        *share_lines(x0, _SIDE, _SIDE, top=_TOP),
        *(
            el("text", f"{percent}%", x=x0 + _SIDE * percent / 100, y=below, class_="fs c")
            for percent in QUARTERS
        ),
        el("text", along, x=x0 + _SIDE / 2, y=_TOP + _SIDE + 36, class_="fg c"),
        el(
            "line",
            x1=x0,
            y1=_y(0),
            x2=x0 + _SIDE,
            y2=_y(1),
            class_="zl",
            stroke_dasharray="3 4",
        ),
    ]
    return join(*parts)


def _told(x0: float, each: Told, links: Links) -> Markup:
    x, y = x0 + _SIDE * each.said, _y(each.came.share)
    facts = (
        ("Told", numbers.percent(each.said)),
        ("Came", numbers.percent(each.came.share)),
        ("95% range", f"{numbers.percent(each.came.low)}–{numbers.percent(each.came.high)}"),
        ("Cases", numbers.count(each.came.whole)),
    )
    return links.mark(
        None,
        Tip("Told the same", facts),
        el("line", x1=x, x2=x, y1=_y(each.came.low), y2=_y(each.came.high), class_="sv"),
        *spot(x, y),
        class_="fig",
    )


def _gained(x0: float, view: BacktestView) -> Markup:
    points = [(0.0, 0.0), *((each.share, each.found) for each in view.taken)]
    path = "L".join(f"{number(x0 + _SIDE * a)},{number(_y(b))}" for a, b in points)
    return el("path", d=f"M{path}", class_="sv")


def _taken(x0: float, each: Taken, links: Links) -> Markup:
    x, y = x0 + _SIDE * each.share, _y(each.found)
    facts = (
        ("Of all outcomes", numbers.percent(each.found)),
        ("Outcomes", numbers.count(each.outcomes)),
        ("Cases", numbers.count(each.cases)),
    )
    return links.mark(
        None,
        Tip(f"Top {numbers.percent(each.share)}", facts),
        el("circle", cx=x, cy=y, r=8, class_="hit"),
        el("circle", cx=x, cy=y, r=2.5, class_="svd"),
        class_="fig",
    )


def _told_table(view: BacktestView) -> Table:
    rows = tuple(
        (
            Cell(numbers.percent(t.said), None, True),
            Cell(numbers.percent(t.came.share), None, True),
            Cell(f"{numbers.percent(t.came.low)}–{numbers.percent(t.came.high)}", None, True),
            Cell(numbers.count(t.came.part), None, True),
            Cell(numbers.count(t.came.whole), None, True),
        )
        for t in view.told
    )
    head = ("Told", "Came", "95% range", "Outcomes", "Cases")
    return Table("What was told, and what came", head, rows)


def _taken_table(view: BacktestView) -> Table:
    rows = tuple(
        (
            Cell(numbers.percent(t.share), None, True),
            Cell(numbers.percent(t.found), None, True),
            Cell(numbers.count(t.outcomes), None, True),
            Cell(numbers.count(t.cases), None, True),
        )
        for t in view.taken
    )
    head = ("Top of the list", "Of all outcomes", "Outcomes", "Cases")
    return Table("What the top of the list holds", head, rows)


def _records(view: BacktestView) -> tuple[dict[str, Any], ...]:
    told = [
        {"panel": "calibration", "x": t.said, "y": t.came.share, "n": t.came.whole}
        for t in view.told
    ]
    taken = [{"panel": "gain", "x": t.share, "y": t.found, "n": t.cases} for t in view.taken]
    return (*told, *taken)


_HIGH: Final = 220.0
_PLOT: Final = WIDE - _LEFT - 60.0


def history_figure(view: HistoryView) -> Figure:
    """Make the figure of the scores of one customer."""
    return Figure(
        name="scores",
        title=view.title,
        subtitle=view.subtitle,
        alt=f"{view.title}. {_spoken(view)}",
        wide=WIDE,
        high=_HIGH + _FOOT,
        draw=lambda links: _history(view, links),
        tables=(_scores_table(view),),
        records=tuple(asdict(each) for each in view.scores),
        data=asdict(view),
        note=view.note,
        least=480.0,
        empty="" if view.scores else "No score was given yet. Run `trod score`.",
    )


def _spoken(view: HistoryView) -> str:
    told = (f"{numbers.percent(each.probability)} on {each.day}" for each in view.scores)
    return f"{'; '.join(told)}."


def _history(view: HistoryView, links: Links) -> Markup:
    first, last = view.scores[0].moment_us, view.scores[-1].moment_us
    parts = share_lines(_LEFT, _PLOT, _HIGH)
    if view.high is not None:
        y = _HIGH * (1 - view.high)
        parts += [
            el("line", x1=_LEFT, x2=_LEFT + _PLOT, y1=y, y2=y, class_="zl", stroke_dasharray="3 4"),
            el("text", "pointed out", x=_LEFT + _PLOT, y=y - 6, class_="fs e"),
        ]
    places = [(_place(each, first, last), each) for each in view.scores]
    if len(places) > 1:
        points = "L".join(
            f"{number(x)},{number(_HIGH * (1 - each.probability))}" for x, each in places
        )
        parts.append(el("path", d=f"M{points}", class_="sv"))
    ends = {0, len(places) - 1}
    for i, (x, each) in enumerate(places):
        parts.append(_score(x, each, links))
        if i in ends:
            parts.append(el("text", each.day, x=x, y=_HIGH + 20, class_="fs c"))
    return join(*parts)


def _place(each: GivenScore, first: int, last: int) -> float:
    """Give where a day stands; one alone stands in the middle."""
    if first == last:
        return _LEFT + _PLOT / 2
    return _LEFT + 30 + (_PLOT - 60) * (each.moment_us - first) / (last - first)


def _score(x: float, each: GivenScore, links: Links) -> Markup:
    y = _HIGH * (1 - each.probability)
    facts = (
        ("Probability", numbers.percent(each.probability)),
        ("Stage", label(each.stage)),
        ("Version", str(each.version)),
    )
    return links.mark(
        None,
        Tip(each.day, facts),
        *spot(x, y),
        class_="fig",
    )


def _scores_table(view: HistoryView) -> Table:
    rows = tuple(
        (
            Cell(each.day),
            Cell(numbers.percent(each.probability), None, True),
            Cell(label(each.stage)),
            Cell(str(each.version), None, True),
        )
        for each in view.scores
    )
    return Table("Scores so far", ("Day", "Probability", "Stage", "Version"), rows)
