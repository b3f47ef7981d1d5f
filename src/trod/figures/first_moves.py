"""Outcome by first move: of those who did this first, how many reached the outcome."""

from __future__ import annotations

from typing import NamedTuple

from trod.figures import meaning, numbers
from trod.figures.labels import label
from trod.figures.links import Drill, Tip
from trod.figures.sankey import end_name
from trod.figures.sankey_layout import ENDS
from trod.figures.tokens import step
from trod.insights.journey_map import FirstMove, JourneyMap


class Bar(NamedTuple):
    """One first move."""

    name: str
    value: str
    size: str
    share: float  # 0 to 100
    low: float | None  # 95 % range, None where too few
    high: float | None
    tone: str  # class of its colour
    end: bool  # nothing came next: the outcome goes without saying
    drill: Drill
    tip: Tip


def bars(m: JourneyMap) -> tuple[Bar, ...]:
    """Give a bar for each first move, best outcome first, few customers later, ends last.

    Lengths are shares of 100 %, so two maps can be laid side by side. The colour compares with
    all of them together; a move of fewer than `small_n` customers stays neutral.
    """
    whole = sum(move.outcome.whole for move in m.first_moves)
    base = sum(move.outcome.part for move in m.first_moves) / whole if whole else 0.0
    moves = sorted(m.first_moves, key=lambda move: _place(move, m.small_n))
    gaps = [move.outcome.share - base if _certain(move, m.small_n) else 0.0 for move in moves]
    full = 1.15 * max([0.01, min(0.08, base / 2), *(abs(gap) for gap in gaps)])
    answer = []
    for move, gap in zip(moves, gaps, strict=True):
        ends = move.kind in ENDS
        name = end_name(move.kind) if ends else label(move.name or "")
        certain = _certain(move, m.small_n) and not ends
        facts = () if ends else meaning.rate_facts(m, label(m.outcome_name), move.outcome)
        answer.append(
            Bar(
                name,
                "not yet" if move.kind == "open" else numbers.rate(move.outcome, m.small_n),
                numbers.plural(move.customers.n, m.unit),
                100 * move.outcome.share,
                100 * move.outcome.low if certain else None,
                100 * move.outcome.high if certain else None,
                f"to-{move.kind}" if ends else f"f{step(gap / full)}",
                ends,
                meaning.first_move(m, move, name),
                Tip(
                    name,
                    ((m.unit.capitalize(), numbers.count(move.customers.n)), *facts),
                    meaning.end(m, move),
                ),
            )
        )
    return tuple(answer)


def _certain(move: FirstMove, small_n: int) -> bool:
    return move.outcome.whole >= max(small_n, 1)


def _place(move: FirstMove, small_n: int) -> tuple[int, bool, float, int, str]:
    end = 1 + ENDS[::-1].index(move.kind) if move.kind in ENDS else 0
    few = not _certain(move, small_n)
    share = 0.0 if few else -move.outcome.share
    return end, few, share, -move.customers.n, move.name or ""
