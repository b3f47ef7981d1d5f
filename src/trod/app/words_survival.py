"""How long customers stay as a terminal tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.app.say import fitting, folded
from trod.app.words_answer import told

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.survival import SurvivalResult
    from trod.insights.survival_view import SurvivalView


def survival(view: SurvivalView, found: Answer[SurvivalResult]) -> str:
    """Tell the share that is still there on round days, group by group."""
    rows = [["", "day", "not left", "95% range", "left by then", "still watched"]]
    for curve in view.curves:
        rows += [
            [
                curve.name if view.by else "",
                str(stone.day),
                _share(stone.staying),
                f"{_share(stone.low)} to {_share(stone.high)}",
                f"{stone.left:,}",
                f"{stone.watched:,}",
            ]
            for stone in curve.stones
        ]
    parts = [f"{folded(view.title)}."]
    if len(rows) > 1:
        parts.append(fitting(rows, right=range(1, 6)))
    return "\n\n".join([*parts, told(found, dated=True)])


def _share(of: float) -> str:
    """Say a share; with a decimal where rounding would make it nobody or everybody."""
    return f"{of:.1%}" if 0 < of < 0.005 or 0.995 <= of < 1 else f"{of:.0%}"
