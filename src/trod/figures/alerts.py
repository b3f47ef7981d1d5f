"""The alerts that last: each with its cause, its size and its owner; quiet ones fold away."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table
from trod.figures.text import Face, fit, wrap
from trod.insights.watching.view import AlertRow, AlertsView

_WIDE: Final = 620.0
_ROW: Final = 76.0
_WORDS: Final = 580.0
TONE: Final = {"better": "pine", "worse": "clay", "": "even"}
_TITLE, _SAID, _SMALL = Face(13.5, 600), Face(12.5), Face(12)


def alerts_figure(view: AlertsView) -> Figure:
    """Make the figure of the alerts that last."""
    hidden = f"{numbers.plural(view.hidden, 'more alerts')} not drawn." if view.hidden else ""
    return Figure(
        name="alerts",
        title=view.title,
        subtitle="Each alert names its cause, its size and its owner; quiet ones fold away.",
        alt=f"{view.title}. " + " ".join(f"{row.title}." for row in view.rows),
        wide=_WIDE,
        high=_ROW * max(len(view.rows), 1),
        draw=lambda links: _draw(view, links),
        tables=(_table(view),) if view.rows else (),
        records=tuple(asdict(row) for row in view.rows),
        data=asdict(view),
        note=f"Data to {view.as_of}. {hidden}".strip(),
        least=480.0,
        empty="" if view.rows else "Nothing is out of the ordinary. `trod watch` looks again.",
    )


def _draw(view: AlertsView, links: Links) -> Markup:
    return join(*(_row(row, i * _ROW, links) for i, row in enumerate(view.rows)))


def _row(row: AlertRow, y: float, links: Links) -> Markup:
    tone = TONE[row.direction if row.lasts else ""]
    sign = "!" if row.lasts else "✓"
    lines = wrap(row.said, _SAID, _WORDS, lines=1)
    return links.mark(
        None,
        Tip(row.title, (("Alert", row.id),), row.small),
        el("rect", x=0, y=y, width=_WIDE, height=_ROW - 6, class_="hit"),
        el("line", x1=0, x2=_WIDE, y1=y, y2=y, class_="rl"),
        el("circle", cx=9, cy=y + 21, r=8, class_=f"ivd {tone}"),
        el("text", sign, x=9, y=y + 25, class_="pinT c"),
        el("text", fit(row.title, _TITLE, _WORDS), x=30, y=y + 25, class_="nl"),
        *(el("text", line, x=30, y=y + 44 + 16 * i, class_="ns") for i, line in enumerate(lines)),
        el("text", fit(row.small, _SMALL, _WORDS), x=30, y=y + 62, class_="fg"),
        class_="fig",
    )


def _table(view: AlertsView) -> Table:
    rows = tuple(
        (Cell(row.id), Cell(row.title), Cell(row.said), Cell(row.small)) for row in view.rows
    )
    return Table("Alerts", ("Alert", "What", "Seen", "Standing"), rows)
