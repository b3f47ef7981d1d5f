"""A review as one page: A4 first, headline, changes, decisions, then the rest; nothing fetched."""

from __future__ import annotations

from typing import Final

from trod.figures import river, shell
from trod.figures.attribution import attribution_figure
from trod.figures.figure import Figure
from trod.figures.frame import Frame
from trod.figures.links import Drill, Linked
from trod.figures.prose import coded
from trod.figures.scoreboard import scoreboard_figure
from trod.figures.text import ASSETS
from trod.insights.credit import CreditView
from trod.insights.journey_map import JourneyMap
from trod.outcomes.board import Board
from trod.outcomes.reviews.review import Reported, Review, figure_line

BAND: Final = 888.0
_HALF: Final = ("due", "last", "channels", "spend", "stop", "hour")
"""Parts that stand two beside each other."""


def review_html(
    review: Review,
    m: JourneyMap,
    *,
    board: Board | None = None,
    credit: CreditView | None = None,
    theme: str = "auto",
) -> str:
    """Render a review as a page that needs nothing else: no network, no other file.

    Parameters
    ----------
    review
        What to show.
    m
        The map whose band is its thumbnail.
    board, credit
        Plays and channels to draw above their tables.
    theme
        ``"auto"`` follows the reader's system and has a switch; ``"light"`` and ``"dark"`` start
        so.
    """
    linked = Linked()
    setting = shell.Setting(
        review.journey, review.unit, review.as_of, review.zone, m.zone_assumed, review.currency,
        review.options,
    )  # fmt: skip
    rules = (ASSETS / "review.css").read_text(encoding="utf-8")
    drawn = figures(board, credit)

    def drill(figure: Reported) -> Drill | None:
        if not figure.where:
            return None
        return Drill(figure.where, figure.name, figure.definition or figure.basis, figure.total)

    values = shell.view(setting, linked, theme=theme, rules=rules) | {
        "review": review,
        "half": _HALF,
        "band": river.draw(m, Frame(len(m.stages), BAND, m.small_n, m.unit), linked, "r"),
        "band_box": f"0 0 {BAND:g} {river.HEIGHT:g}",
        "stages": m.stages,
        "drawn": {name: (one, one.draw(linked)) for name, one in drawn.items()},
        "drill": drill,
        "figure_line": figure_line,
        "coded": coded,
        "is_figure": _is_figure,
    }
    return shell.page("review.html.j2", values, setting, linked, {})


def figures(board: Board | None, credit: CreditView | None) -> dict[str, Figure]:
    """Give the figures above the tables of a review, by the part that they stand in."""
    made = {}
    if board is not None:
        made["plays"] = scoreboard_figure(board)
    if credit is not None:
        made["credit"] = attribution_figure(credit)
    return {name: one for name, one in made.items() if not one.empty}


def _is_figure(cell: object) -> bool:
    return isinstance(cell, Reported)
