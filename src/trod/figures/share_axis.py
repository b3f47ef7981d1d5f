"""The scale of shares that curves stand on: hairlines at each quarter, zero drawn firmly."""

from __future__ import annotations

from typing import Final

from trod.figures.markup import Markup, el

QUARTERS: Final = (0, 25, 50, 75, 100)


def share_lines(x0: float, wide: float, high: float, *, top: float = 0.0) -> list[Markup]:
    """Draw the lines from 0 to 100 %, each with its share to the left."""
    parts = []
    for percent in QUARTERS:
        y = top + high * (1 - percent / 100)
        of = "zl" if percent == 0 else "rl"
        parts += [
            el("line", x1=x0, x2=x0 + wide, y1=y, y2=y, class_=of),
            el("text", f"{percent}%", x=x0 - 8, y=y + 4, class_="fs e"),
        ]
    return parts


def spot(x: float, y: float) -> tuple[Markup, Markup]:
    """Draw a dot of a curve, and around it a place that a finger can hit."""
    return (
        el("circle", cx=x, cy=y, r=13, class_="hit"),
        el("circle", cx=x, cy=y, r=4.5, class_="svd"),
    )
