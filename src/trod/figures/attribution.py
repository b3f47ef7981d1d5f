"""Attribution: a row a channel, a dot a method; the line between them is their disagreement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import label
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table
from trod.figures.text import Face, fit
from trod.insights.credit import SHOWN, CreditRow, CreditView

WIDE: Final = 740.0
ROW, TOP = 34.0, 30.0
_NAMES, _SHARES = 190.0, 70.0
_NAME: Final = Face(13.5, 450)
_DOT: Final = 6.0


def attribution_figure(view: CreditView) -> Figure:
    """Make the figure of credit by several methods."""
    shown = view.rows[:SHOWN]
    hidden = f" {numbers.plural(view.n_more, view.by + 's')} more in the table."
    return Figure(
        name="attribution",
        title=view.title,
        subtitle=view.subtitle,
        alt=f"{view.title}. Credit by {view.main}: "
        + "; ".join(f"{label(row.name)} {numbers.percent(max(row.main, 0))}" for row in shown)
        + ".",
        wide=WIDE,
        high=TOP + ROW * len(shown),
        draw=lambda links: _draw(view, shown, links),
        tables=_tables(view),
        records=_records(view),
        data=asdict(view),
        note=view.note + (hidden if view.n_more else ""),
        least=560.0,
    )


def _draw(view: CreditView, shown: tuple[CreditRow, ...], links: Links) -> Markup:
    at = _scale(view)
    bottom = TOP + ROW * len(shown)
    zero = el("line", x1=at(0), x2=at(0), y1=TOP - 4, y2=bottom, class_="rl")
    rows = [_row(row, TOP + i * ROW, at, links) for i, row in enumerate(shown)]
    return join(_key(view), zero, *rows)


def _key(view: CreditView) -> Markup:
    """Say which mark is which method."""
    x, y = WIDE, 10.0
    parts = []
    for words, mark in (
        ("last touch", _diamond),
        (view.main, _full),
        ("first touch", _ring),
    ):
        parts.append(el("text", words, x=x - 14, y=y + 4, class_="fg e"))
        parts.append(mark(x - 5, y))
        x -= 100
    return join(*parts)


def _row(row: CreditRow, y: float, at: Callable[[float], float], links: Links) -> Markup:
    middle = y + ROW / 2
    facts = tuple((method, _percent(share)) for method, share in row.by_method)
    spread = f"{_percent(row.low)} to {_percent(row.high)}"
    marks = [
        el("line", x1=at(row.least), x2=at(row.most), y1=middle, y2=middle, class_="whisker"),
        el("line", x1=at(row.low), x2=at(row.high), y1=middle, y2=middle, class_="iv even"),
    ]
    if row.first is not None:
        marks.append(_ring(at(row.first), middle))
    if row.last is not None:
        marks.append(_diamond(at(row.last), middle))
    return links.mark(
        None,
        Tip(label(row.name), (*facts, ("95% interval", spread))),
        el("rect", x=0, y=y, width=WIDE, height=ROW, class_="hit"),
        el("text", fit(label(row.name), _NAME, _NAMES - 14), x=0, y=middle + 4.5, class_="fl"),
        *marks,
        _full(at(row.main), middle),
        el("text", _percent(row.main), x=WIDE, y=middle + 5, class_="cnt e"),
        class_="fig",
    )


def _scale(view: CreditView) -> Callable[[float], float]:
    left, room = _NAMES + _DOT, WIDE - _NAMES - _SHARES - 2 * _DOT
    return lambda share: left + room * (share - view.begin) / (view.end - view.begin)


def _ring(x: float, y: float) -> Markup:
    return el("circle", cx=x, cy=y, r=4.5, class_="cro")


def _full(x: float, y: float) -> Markup:
    return el("circle", cx=x, cy=y, r=_DOT, class_="crd")


def _diamond(x: float, y: float) -> Markup:
    d = f"M{x - 5:.1f},{y:.1f}L{x:.1f},{y - 5:.1f}L{x + 5:.1f},{y:.1f}L{x:.1f},{y + 5:.1f}Z"
    return el("path", d=d, class_="cro")


def _percent(share: float) -> str:
    return f"−{numbers.percent(-share)}" if share < 0 else numbers.percent(share)


def _tables(view: CreditView) -> tuple[Table, ...]:
    methods = [method for method, _ in view.rows[0].by_method]
    rows = tuple(
        (
            Cell(label(row.name)),
            Cell(row.credit, None, True),
            *(Cell(_percent(share), None, True) for _, share in row.by_method),
            Cell(f"{_percent(row.low)} to {_percent(row.high)}", None, True),
        )
        for row in view.rows
    )
    head = (view.by.capitalize(), f"Credit, {view.main}", *methods, f"95% interval, {view.main}")
    return (Table(f"Credit by {view.by} and method, observed (association)", head, rows),)


def _records(view: CreditView) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            view.by: row.name,
            **{method: round(share, 6) for method, share in row.by_method},
            "low": round(row.low, 6),
            "high": round(row.high, 6),
            "evidence": "observed (association)",
        }
        for row in view.rows
    )
