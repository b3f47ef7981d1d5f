"""How long customers stay: a step curve for each group, with its band where there is one group."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import label
from trod.figures.links import Drill, Links, Tip
from trod.figures.markup import Markup, el, join, number
from trod.figures.share_axis import share_lines, spot
from trod.figures.tables import Cell, Table
from trod.figures.text import Face, fit
from trod.insights.survival_view import Stay, StayCurve, SurvivalView

WIDE: Final = 720.0
HIGH: Final = 260.0
_LEFT, _RIGHT, _FOOT = 40.0, 128.0, 30.0
_PLOT: Final = WIDE - _LEFT - _RIGHT
_DASHES: Final = ("", "7 4", "2 4", "10 3 2 3", "1 3")
_APART: Final = 17.0


def survival_figure(view: SurvivalView) -> Figure:
    """Make the figure of how long customers stay."""
    return Figure(
        name="survival",
        title=view.title,
        subtitle=view.subtitle,
        alt=f"{view.title}. {_alt(view)}",
        wide=WIDE,
        high=HIGH + _FOOT,
        draw=lambda links: _draw(view, links),
        tables=(_table(view),),
        records=_records(view),
        data=asdict(view),
        note=view.note,
        least=520.0,
    )


def _draw(view: SurvivalView, links: Links) -> Markup:
    most = max(curve.days[-1].day for curve in view.curves) or 1
    drawn = [_grid(most)]
    if len(view.curves) == 1:
        drawn.append(_band(view.curves[0], most))
    drawn += [_line(curve, i, most) for i, curve in enumerate(view.curves)]
    drawn += [
        _stone(view, curve, stone, most, links) for curve in view.curves for stone in curve.stones
    ]
    return join(*drawn, _names(view))


def _x(day: int, most: int) -> float:
    return _LEFT + _PLOT * day / most


def _y(share: float) -> float:
    return HIGH * (1 - share)


def _grid(most: int) -> Markup:
    """Draw the shares as hairlines and round days below; zero stands firm."""
    parts = share_lines(_LEFT, _PLOT, HIGH)
    for day in _ticks(most):
        x = _x(day, most)
        words = "enters" if day == 0 else f"day {day}"
        parts += [
            el("line", x1=x, x2=x, y1=HIGH, y2=HIGH + 4, class_="zl"),
            el("text", words, x=x, y=HIGH + 20, class_="fs c"),
        ]
    return join(*parts)


def _ticks(most: int) -> list[int]:
    """Choose at most seven round days.

    Examples
    --------
    >>> _ticks(40), _ticks(500)
    ([0, 7, 14, 21, 28, 35], [0, 90, 180, 270, 360, 450])
    """
    steps = (1, 7, 14, 30, 60, 90, 180, 365, 730)
    step = next((step for step in steps if most // step <= 6), steps[-1])
    return list(range(0, most + 1, step))


def _steps(points: list[tuple[float, float]], *, back: bool = False) -> str:
    """Write a path that keeps its height until the next point."""
    n = number
    if back:
        moves = [
            f"V{n(y)}H{n(points[i - 1][0])}" if i else f"V{n(y)}"
            for i, (_, y) in reversed(list(enumerate(points)))
        ]
        return "".join(moves)
    first, *rest = points
    return f"M{n(first[0])},{n(first[1])}" + "".join(f"H{n(x)}V{n(y)}" for x, y in rest)


def _band(curve: StayCurve, most: int) -> Markup:
    high = [(_x(s.day, most), _y(s.high)) for s in curve.days]
    low = [(_x(s.day, most), _y(s.low)) for s in curve.days]
    return el("path", d=f"{_steps(high)}{_steps(low, back=True)}Z", class_="ci key")


def _line(curve: StayCurve, place: int, most: int) -> Markup:
    points = [(_x(s.day, most), _y(s.staying)) for s in curve.days]
    return el(
        "path",
        d=_steps([(_x(0, most), _y(1.0)), *points]),
        class_="sv",
        stroke_dasharray=_DASHES[place % len(_DASHES)] or None,
    )


def _stone(view: SurvivalView, curve: StayCurve, stone: Stay, most: int, links: Links) -> Markup:
    """Mark a round day: what it says on hover, and who had left by then."""
    x, y = _x(stone.day, most), _y(stone.staying)
    name = f"{label(curve.name)}, day {stone.day}" if view.by else f"Day {stone.day}"
    facts = (
        ("Not left", numbers.percent(stone.staying)),
        ("95% range", f"{numbers.percent(stone.low)}–{numbers.percent(stone.high)}"),
        ("Left so far", numbers.count(stone.left)),
        ("Still watched", numbers.count(stone.watched)),
    )
    return links.mark(
        _lost(stone),
        Tip(name, facts),
        *spot(x, y),
        class_="fig",
    )


def _lost(stone: Stay) -> Drill | None:
    if not stone.key:
        return None
    return Drill(stone.key, f"Left by day {stone.day}", "Left so many days after.", stone.left)


def _names(view: SurvivalView) -> Markup:
    """Name each curve at its end, moved apart where they would touch."""
    ends = sorted((_y(curve.days[-1].staying), i) for i, curve in enumerate(view.curves))
    parts: list[Markup] = []
    floor = -_APART
    for y, i in ends:
        curve = view.curves[i]
        floor = max(y + 4, floor + _APART)
        share = numbers.percent(curve.days[-1].staying)
        words = f"{share} {label(curve.name)}" if view.by else f"{share} not left"
        parts.append(
            el(
                "text",
                fit(words, Face(12, 550), _RIGHT - 12),
                x=_LEFT + _PLOT + 10,
                y=floor,
                class_="tpl",
            )
        )
    return join(*parts)


def _alt(view: SurvivalView) -> str:
    told = []
    for curve in view.curves:
        at = ", ".join(f"{numbers.percent(s.staying)} after {s.day} days" for s in curve.stones)
        told.append(f"{label(curve.name)}: {at}" if view.by else at)
    return "; ".join(told) + "."


def _table(view: SurvivalView) -> Table:
    rows = []
    for curve in view.curves:
        for stone in curve.stones:
            rows.append(
                (
                    Cell(label(curve.name)),
                    Cell(str(stone.day), None, True),
                    Cell(numbers.percent(stone.staying), None, True),
                    Cell(f"{numbers.percent(stone.low)}–{numbers.percent(stone.high)}", None, True),
                    Cell(numbers.count(stone.left), _lost(stone), True),
                    Cell(numbers.count(stone.watched), None, True),
                )
            )
    head = ("Group", "Day", "Not left", "95% range", "Left by then", "Still watched")
    return Table("Who is still there", head, tuple(rows))


def _records(view: SurvivalView) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"group": curve.name, **asdict(day)} for curve in view.curves for day in curve.days
    )
