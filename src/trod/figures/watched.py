"""A series over time with the band of what was expected, and the periods that stood out."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.alerts import TONE
from trod.figures.figure import Figure
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join, number
from trod.figures.tables import Cell, Table
from trod.insights.watching import words
from trod.insights.watching.view import Point, SeriesView

WIDE: Final = 900.0
HIGH: Final = 220.0
_LEFT: Final = 56.0
_FOOT: Final = 34.0


def watched_figure(view: SeriesView) -> Figure:
    """Make the figure of one series."""
    judged = [p for p in view.points if p.value is not None]
    return Figure(
        name="watched",
        title=view.title,
        subtitle=view.subtitle,
        alt=f"{view.title}. {view.note}",
        wide=WIDE,
        high=HIGH + _FOOT,
        draw=lambda links: _draw(view, links),
        tables=(_table(view),) if judged else (),
        records=tuple(asdict(each) for each in view.points),
        data=asdict(view),
        note=view.note,
        least=560.0,
        empty="" if judged else view.empty or "Too little history to draw.",
    )


def _draw(view: SeriesView, links: Links) -> Markup:
    judged = [(i, p) for i, p in enumerate(view.points) if p.value is not None]
    low, high = _ends(view, [p for _, p in judged])

    def x_of(i: int) -> float:
        return _LEFT + (WIDE - _LEFT - 8) * (i + 0.5) / len(view.points)

    def y_of(value: float) -> float:
        return HIGH * (1 - (value - low) / (high - low))

    lines = [
        part
        for value in (low, (low + high) / 2, high)
        for part in (
            el("line", x1=_LEFT, x2=WIDE, y1=y_of(value), y2=y_of(value), class_="rl"),
            el("text", _said(view, value), x=_LEFT - 8, y=y_of(value) + 4, class_="fs e"),
        )
    ]
    bands, seen = [], []
    for run in _runs(judged):
        upper = "L".join(f"{number(x_of(i))},{number(y_of(p.high))}" for i, p in run)
        lower = "L".join(f"{number(x_of(i))},{number(y_of(p.low))}" for i, p in reversed(run))
        line = "L".join(f"{number(x_of(i))},{number(y_of(p.value or 0.0))}" for i, p in run)
        bands.append(el("path", d=f"M{upper}L{lower}Z", class_="band"))
        seen.append(el("path", d=f"M{line}", class_="sv"))
    parts = [*lines, *bands]
    if view.since is not None:
        x = x_of(view.since)
        end = x > WIDE - 130
        tone = f"fg {view.direction}".rstrip()
        parts += [
            el("line", x1=x, x2=x, y1=0, y2=HIGH, class_="drop"),
            el(
                "text",
                f"since {words.day(view.points[view.since].day)}",
                x=x - 6 if end else x + 6,
                y=-6,
                class_=f"{tone} e" if end else tone,
            ),
        ]
    parts += seen
    parts += [_mark(view, p, x_of(i), y_of(p.value or 0.0), links) for i, p in judged if p.seen]
    ends = [judged[0], judged[-1]] if len(judged) > 1 else judged
    parts += [
        el("text", words.day(p.day), x=x_of(i), y=HIGH + 22, class_="fs" if k == 0 else "fs e")
        for k, (i, p) in enumerate(ends)
    ]
    return join(*parts)


def _runs(judged: list[tuple[int, Point]]) -> list[list[tuple[int, Point]]]:
    """Cut where periods were not judged: nothing is drawn across a gap."""
    runs: list[list[tuple[int, Point]]] = []
    for i, p in judged:
        if runs and runs[-1][-1][0] == i - 1:
            runs[-1].append((i, p))
        else:
            runs.append([(i, p)])
    return runs


def _ends(view: SeriesView, judged: list[Point]) -> tuple[float, float]:
    """Give the ends of the scale: from zero where counts or shares are drawn."""
    values = [v for p in judged for v in (p.value or 0.0, p.low, p.high)]
    low = min(values) if view.measure == "mean" else 0.0
    high = max(values)
    return low, high if high > low else low + 1.0


def _mark(view: SeriesView, p: Point, x: float, y: float, links: Links) -> Markup:
    facts = (
        ("Seen", _said(view, p.value or 0.0)),
        ("Usual", _said(view, p.usual)),
        ("Expected", f"{_said(view, p.low)}–{_said(view, p.high)}"),
        ("n", numbers.count(p.n)),
    )
    tip = Tip(words.day(p.day), facts)
    return links.mark(
        None,
        tip,
        el("circle", cx=x, cy=y, r=5.5, class_=f"ivd {TONE[view.direction]} dot"),
        class_="fig",
    )


def _said(view: SeriesView, value: float) -> str:
    if view.measure == "share":
        return words.percent(value)
    return f"{value:+.2f}" if view.measure == "mean" else f"{value:,.0f}"


def _table(view: SeriesView) -> Table:
    rows = tuple(
        (
            Cell(p.day),
            Cell(_said(view, p.value or 0.0), None, True),
            Cell(_said(view, p.usual), None, True),
            Cell(f"{_said(view, p.low)}–{_said(view, p.high)}", None, True),
            Cell(numbers.count(p.n), None, True),
            Cell("yes" if p.seen else ""),
        )
        for p in view.points
        if p.value is not None
    )
    head: tuple[Any, ...] = ("From", "Seen", "Usual", "Expected", "n", "Stood out")
    return Table("Seen and expected", head, rows)
