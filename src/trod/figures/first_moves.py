"""Outcome by first move: of those who did this first, how many reached the outcome."""

from __future__ import annotations

from typing import NamedTuple

from trod.figures import meaning, numbers
from trod.figures.labels import label
from trod.figures.links import Drill, Tip
from trod.figures.tokens import step
from trod.insights.journey_map import JourneyMap

SHOWN = 7


class Bar(NamedTuple):
    """One first move."""

    name: str
    value: str
    size: str
    share: float  # 0 to 100
    low: float | None  # 95 % range, None where too few
    high: float | None
    tone: int
    drill: Drill
    tip: Tip


def bars(m: JourneyMap) -> tuple[Bar, ...]:
    """Give a bar for each first move, best outcome first, "nothing more" last.

    Lengths are shares of 100 %, so two maps can be laid side by side. The colour compares with
    all of them together; a move of fewer than `small_n` customers stays neutral.
    """
    whole = sum(move.outcome.whole for move in m.first_moves)
    base = sum(move.outcome.part for move in m.first_moves) / whole if whole else 0.0
    gaps = [
        move.outcome.share - base if move.outcome.whole >= m.small_n else 0.0
        for move in m.first_moves
    ]
    full = 1.15 * max([0.01, min(0.08, base / 2), *(abs(gap) for gap in gaps)])
    answer = []
    for move, gap in zip(m.first_moves, gaps, strict=True):
        name = label(move.name) if move.name else "Did nothing more"
        certain = move.outcome.whole >= max(m.small_n, 1)
        facts = meaning.rate_facts(m, label(m.outcome_name), move.outcome)
        answer.append(
            Bar(
                name,
                numbers.rate(move.outcome, m.small_n),
                numbers.plural(move.customers.n, m.unit),
                100 * move.outcome.share,
                100 * move.outcome.low if certain else None,
                100 * move.outcome.high if certain else None,
                step(gap / full),
                meaning.first_move(move, name),
                Tip(name, ((m.unit.capitalize(), numbers.count(move.customers.n)), *facts)),
            )
        )
    order = sorted(
        range(len(answer)),
        key=lambda i: (
            not m.first_moves[i].name,
            -m.first_moves[i].outcome.share,
            -m.first_moves[i].customers.n,
            answer[i].name,
        ),
    )
    return tuple(answer[i] for i in order)
