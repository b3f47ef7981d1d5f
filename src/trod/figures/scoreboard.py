"""The scoreboard of plays: what each changed, a line for its range, a word for its verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from math import ceil
from typing import Any, Final

from trod.figures import numbers
from trod.figures.figure import Figure
from trod.figures.labels import plain
from trod.figures.links import Links, Tip
from trod.figures.markup import Markup, el, join
from trod.figures.tables import Cell, Table
from trod.figures.text import Face, fit, width
from trod.outcomes.board import Board, BoardRow

WIDE: Final = 740.0
ROW, TOP = 58.0, 34.0
MOST: Final = 12
_NAMES, _PLOT, _PLOT_END = 262.0, 280.0, 590.0
_CHIP: Final = 126.0
_NAME, _SMALL, _WORD = Face(13.5, 600), Face(12), Face(12, 600)
_TONES: Final = {"better": "pine", "worse": "clay", "even": "even"}


def scoreboard_figure(board: Board) -> Figure:
    """Make the figure of plays: those drawn are the best and the worst; the table has all."""
    shown = _shown(board)
    hidden = len(board.rows) - len(shown)
    more = f" {numbers.plural(hidden, 'plays')} in the table only." if hidden else ""
    return Figure(
        name="effects",
        title=board.title,
        subtitle=board.subtitle,
        alt=f"{board.title}. "
        + "; ".join(f"{plain(r.play)}: {_said(r)}, {r.verdict.lower()}" for r in board.rows),
        wide=WIDE,
        high=TOP + ROW * len(shown),
        draw=lambda links: _draw(shown, links),
        tables=_tables(board),
        records=_records(board),
        data=asdict(board),
        note=f"{board.note}{more}",
        least=620.0,
        empty=""
        if shown
        else "No play has an effect to draw yet. `trod effects` says what is missing.",
    )


def _shown(board: Board) -> tuple[BoardRow, ...]:
    if len(board.rows) <= MOST:
        return board.rows
    return board.rows[: MOST // 2] + board.rows[-MOST // 2 :]


def _draw(shown: tuple[BoardRow, ...], links: Links) -> Markup:
    at, reach = _scale(shown)
    bottom = TOP + ROW * len(shown) - 8
    axis = []
    for points in (-reach, 0, reach):
        said = "0" if not points else f"{_signed(points)} points"
        line = {"x1": at(points), "x2": at(points), "y1": TOP - 10, "y2": bottom}
        axis += [
            el("text", said, x=at(points), y=14, class_="fg c"),
            el("line", **line, class_="rl" if points else "zl"),
        ]
    rows = [_row(row, TOP + i * ROW, at, links) for i, row in enumerate(shown)]
    return join(*axis, *rows)


def _row(row: BoardRow, y: float, at: Callable[[float], float], links: Links) -> Markup:
    name, middle, tone = plain(row.play), y + 20, _TONES[row.tone]
    others = "held back" if row.evidence == "Tested" else "not treated"
    small = f"{numbers.count(row.n_treated)} treated, {numbers.count(row.n_held_back)} {others}"
    facts = (
        (row.metric, ""),
        ("Treated", numbers.percent(row.treated)),
        (others.capitalize(), numbers.percent(row.held_back)),
        ("Effect", _said(row)),
        ("Evidence", row.evidence),
    )
    return links.mark(
        None,
        Tip(name, facts),
        el("rect", x=0, y=y - 6, width=WIDE, height=ROW, class_="hit"),
        el("line", x1=0, x2=WIDE, y1=y - 6, y2=y - 6, class_="rl"),
        el("text", fit(name, _NAME, _NAMES), x=0, y=y + 16, class_="fl", font_weight=600),
        el("text", fit(small, _SMALL, _NAMES), x=0, y=y + 34, class_="fg"),
        el("line", x1=at(row.low), x2=at(row.high), y1=middle, y2=middle, class_=f"iv {tone}"),
        el("circle", cx=at(row.points), cy=middle, r=5.5, class_=f"ivd {tone}"),
        _chip(row, middle),
        class_="fig",
    )


def _chip(row: BoardRow, middle: float) -> Markup:
    word = fit(row.verdict, _WORD, _CHIP - 16)
    tone = row.tone if row.tone != "even" else ""
    x = WIDE - _CHIP
    return join(
        el("rect", x=x, y=middle - 13, width=_CHIP, height=26, rx=4, class_="pill"),
        el(
            "text", word, x=x + (_CHIP - width(word, _WORD)) / 2, y=middle + 4.5,
            class_=f"pt {tone}".strip(),
        ),
    )  # fmt: skip


def _scale(shown: tuple[BoardRow, ...]) -> tuple[Callable[[float], float], int]:
    """Give where points stand, and where the scale ends: a whole five that holds every range."""
    far = max((abs(x) for row in shown for x in (row.low, row.high)), default=5.0)
    reach = max(5, 5 * ceil(far / 5))
    middle, half = (_PLOT + _PLOT_END) / 2, (_PLOT_END - _PLOT) / 2
    return (lambda points: middle + half * points / reach), reach


def _signed(points: float) -> str:
    text = f"{abs(points):.1f}".removesuffix(".0")
    return text if text == "0" else f"{'+' if points > 0 else '−'}{text}"


def _said(row: BoardRow) -> str:
    return f"{_signed(row.points)} points ({_signed(row.low)} to {_signed(row.high)})"


def _tables(board: Board) -> tuple[Table, ...]:
    rows = tuple(
        (
            Cell(plain(row.play)),
            Cell(row.metric),
            Cell(numbers.count(row.n_treated), None, True),
            Cell(numbers.count(row.n_held_back), None, True),
            Cell(_said(row), None, True),
            Cell(row.verdict),
            Cell(row.evidence),
        )
        for row in board.rows
    )
    head = ("Play", "Judged by", "Treated", "Held back", "Better by", "Verdict", "Evidence")
    return (Table("What plays changed", head, rows),) if rows else ()


def _records(board: Board) -> tuple[dict[str, Any], ...]:
    return tuple(
        {
            "play": row.play,
            "metric": row.metric,
            "treated": row.n_treated,
            "held_back": row.n_held_back,
            "points": round(row.points, 6),
            "low": round(row.low, 6),
            "high": round(row.high, 6),
            "verdict": row.verdict,
            "evidence": row.evidence,
        }
        for row in board.rows
    )
