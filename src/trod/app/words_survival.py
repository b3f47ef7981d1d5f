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
                f"{stone.staying:.0%}",
                f"{stone.low:.0%} to {stone.high:.0%}",
                f"{stone.left:,}",
                f"{stone.watched:,}",
            ]
            for stone in curve.stones
        ]
    parts = [f"{folded(view.title)}."]
    if len(rows) > 1:
        parts.append(fitting(rows, right=range(1, 6)))
    return "\n\n".join([*parts, told(found, dated=True)])
