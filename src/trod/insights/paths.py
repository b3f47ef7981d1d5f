"""What customers did after the touchpoint that matters most, step by step."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from statistics import NormalDist
from typing import Final

import numpy as np

from trod import fold
from trod.analyses.sankey import LEFT, Anchor, NodeCount, SankeyResult, StepSankey
from trod.analyses.stages import Done
from trod.insights.answers import Answers
from trod.insights.journey_map import Count, FirstMove, Friction, Sankey, SankeyLink, SankeyNode
from trod.insights.rates import difference, rate
from trod.insights.wording import SMALL_N
from trod.journeys.label import readable

_STEPS: Final = 4
_NAMED: Final = 5
_LONGEST: Final = 84


def paths_after(asked: Answers, found: Sequence[Friction]) -> Sankey | None:
    """Draw what customers did after the touchpoint of the first friction; None without data.

    The anchor is the touchpoint at which the first friction loses customers; without one, or where
    lacking it is what goes with leaving, the touchpoint most customers have in its stage; without a
    friction, in the first stage. The same touchpoint several times in a row is one step.
    """
    anchor = _anchor(asked, found)
    if anchor is None:
        return None
    place = Anchor(anchor, "after", collapse_loops=True)
    question = StepSankey(
        asked.journeys.vocabulary, place, _STEPS, _NAMED, Done(asked.plan), asked.plan
    )
    result: SankeyResult = fold.run({"it": question}, asked.journeys)["it"]
    if not result.customers:
        return None
    ending = {
        name
        for name, ends in zip(
            asked.journeys.vocabulary.touchpoints,
            asked.plan.success | asked.plan.failure,
            strict=True,
        )
        if ends
    }
    return Sankey(
        anchor=anchor,
        direction="after",
        title=_title(result, ending, asked),
        customers=Count(result.customers, f"did:{result.nodes[0].predicate.node.key}"),
        steps=result.moving,
        nodes=tuple(
            SankeyNode(
                step=node.step,
                name=node.name,
                customers=Count(node.customers, node.predicate.key),
                share=round(node.customers / result.customers, 6),
                outcome=rate(node.outcome, node.customers),
                n_names=node.n_names,
                kind=node.kind,
            )
            for node in result.nodes
        ),
        links=tuple(
            SankeyLink(
                source=link.source,
                target=link.target,
                customers=Count(link.customers, link.predicate.key),
                outcome=rate(link.outcome, link.customers),
            )
            for link in result.links
        ),
    )


def first_moves(sankey: Sankey | None) -> tuple[FirstMove, ...]:
    """Give the outcome by first move after the anchor, the best first; all moves, none dropped."""
    if sankey is None:
        return ()
    nodes = [node for node in sankey.nodes if node.step == 1]
    ranked = sorted(nodes, key=_best_first)
    return tuple(
        FirstMove(_move_name(node), node.customers, node.outcome, node.kind) for node in ranked
    )


def _best_first(node: SankeyNode) -> tuple[float, int, str, str]:
    return -node.outcome.share, -node.customers.n, node.name or "", node.kind


def _move_name(node: SankeyNode) -> str | None:
    if node.name is None:
        return f"{node.n_names} other steps" if node.n_names > 1 else "1 other step"
    return node.name if node.name != LEFT else None


def _anchor(asked: Answers, found: Sequence[Friction]) -> str | None:
    stage = found[0].stage if found else 0
    if found and found[0].touchpoint is not None and not found[0].helps:
        return found[0].touchpoint
    here = asked.touches.customers[stage]
    # Where touchpoints end the journey nothing comes after them.
    here = np.where(asked.plan.success | asked.plan.failure, 0, here)
    if here.size == 0 or not here.max():
        return None
    return asked.touches.name[int(here.argmax())]


def _title(result: SankeyResult, ending: Collection[str], asked: Answers) -> str:
    """Say which moves go with a better or worse outcome than everyone else's at that step."""
    anchor = readable(result.anchor.name)
    first = [n for n in result.nodes if n.step == 1]
    goers = [n for n in first if n.kind in {"touch", "other"} and n.name not in ending]
    moves = [n for n in goers if n.name and n.customers >= SMALL_N]
    against = {n.name or "": _against_the_rest(n, goers, tests=len(moves)) for n in moves}
    out = [readable(name) for name, side in against.items() if side < 0][:2]
    on = [readable(name) for name, side in against.items() if side > 0][:1]
    # Both sides say more than two names of one.
    none: list[str] = []
    choices = ((out, on), (out[:1], on), (out, none), (none, on), (out[:1], none))
    goal, unit = _goal(asked), asked.unit
    said = [_said(*choice, goal) for choice in sorted(choices, key=lambda c: not all(c))]
    found = [f"After {place}, {words}" for words in said if words for place in (anchor, "it")]
    plain = [f"What {unit} did after {anchor}", f"What {unit} did next"]
    whole = [text for text in (*found, *plain) if len(text) <= _LONGEST]
    return whole[0]


def _goal(asked: Answers) -> str:
    """Say what succeeding is: reaching the last stage, where that is entered by it."""
    spec = asked.spec
    last = spec.stages[-1]
    entered = not spec.success or set(last.alone) == set(spec.success)
    return f"reach {last.name}" if entered else "succeed"


def _said(out: Sequence[str], on: Sequence[str], goal: str) -> str:
    """Say with which moves more, and with which fewer, succeed."""
    fewer = f"fewer of those with {' or '.join(out)}"
    if on and out:
        return f"more of those with {on[0]} {goal}; {fewer}"
    if on:
        return f"more of those with {on[0]} {goal}"
    return f"{fewer} {goal}" if out else ""


def _against_the_rest(move: NodeCount, moves: Sequence[NodeCount], *, tests: int) -> int:
    """Say whether the outcome after a move is better (1) or worse (-1) than after the others.

    0 where it may be chance, at 95 % over all comparisons.
    """
    n, won = sum(m.customers for m in moves), sum(m.outcome for m in moves)
    rest = won - move.outcome, n - move.customers
    if rest[1] < SMALL_N:
        return 0
    z = NormalDist().inv_cdf(1 - 0.025 / max(1, tests))
    low, high = difference((move.outcome, move.customers), rest, z)
    return int(low > 0) - int(high < 0)
