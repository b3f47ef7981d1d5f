"""What customers do step by step after an anchor, before it, or between two anchors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.anchor import ENDS, LEFT, Anchor, Direction, Node, SankeyLink, SankeyNode
from trod.analyses.answer import Answer, answer
from trod.analyses.names import codes_of
from trod.analyses.tally import Tally
from trod.errors import DefinitionError
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary
from trod.journeys.passage import StagePlan
from trod.journeys.predicate import Predicate

__all__ = [
    "LEFT",
    "Anchor",
    "LinkCount",
    "Node",
    "NodeCount",
    "SankeyLink",
    "SankeyNode",
    "SankeyResult",
    "StepCounts",
    "StepSankey",
    "sankey",
]

MOST_STEPS: Final = 6
DENSE_CELLS: Final = 1 << 22
"""Up to so many cells steps are counted in a table; beyond it they are sorted."""


class NodeCount(NamedTuple):
    """One node: `name` is None for all others together, and LEFT for nothing further.

    `kind` is "touch", "other", or what became of those for whom nothing follows: "left", "open"
    (still there), "done"; "end" where no journey tells.
    """

    step: int
    name: str | None
    customers: int
    outcome: int  # of them, with the outcome asked for
    n_names: int  # how many touchpoints are summed here; 0 for ends
    predicate: SankeyNode
    kind: str = "touch"


class LinkCount(NamedTuple):
    """One link between nodes, by their place in the list of nodes."""

    source: int
    target: int
    customers: int
    outcome: int
    predicate: SankeyLink


class SankeyResult(NamedTuple):
    """Nodes by step, the most customers first, then others, then ends; each column sums alike."""

    anchor: Anchor
    customers: int  # at the anchor
    outcome: int  # of them, with the outcome asked for
    moving: tuple[int, ...]  # (n_steps + 1,) customers not at an end, by step
    nodes: tuple[NodeCount, ...]
    links: tuple[LinkCount, ...]

    def columns(self) -> dict[str, Any]:
        """Give one row per link."""
        ends = [(self.nodes[link.source], self.nodes[link.target]) for link in self.links]
        return {
            "step": [a.step for a, _ in ends],
            "from": [_shown(a) for a, _ in ends],
            "to": [_shown(b) for _, b in ends],
            "customers": [link.customers for link in self.links],
            "outcome": [link.outcome for link in self.links],
        }


@dataclass(frozen=True, slots=True, eq=False)
class StepCounts(Sums):
    """Customers and outcomes by step, touchpoint there, and touchpoint at the next step."""

    total: NDArray[np.int64]  # (2,) customers at the anchor, of them with the outcome
    links: Tally  # key (step * n_places + a) * n_places + b; ends are places after the names


@dataclass(frozen=True, slots=True)
class StepSankey:
    """Steps from an anchor; at most `named` touchpoints a column, the rest summed."""

    vocabulary: Vocabulary
    anchor: Anchor
    steps: int = 4
    named: int = 5
    outcome: Predicate | None = None
    plan: StagePlan | None = None  # tells ends apart: who left, is still there, is done

    @property
    def ends(self) -> tuple[str, ...]:
        """Kinds of ends, in the order of their codes; one nameless kind without a journey."""
        return ENDS if self.anchor.tells_ends(self.plan) else ("",)

    @property
    def n_places(self) -> int:
        """How many codes a step of a path may have."""
        return len(self.vocabulary.touchpoints) + len(self.ends)

    def empty(self) -> StepCounts:
        """Give the counts of no data."""
        return StepCounts(np.zeros(2, np.int64), Tally.empty(2))

    def read(self, batch: JourneyBatch) -> StepCounts:
        """Count one batch."""
        who, path = self.anchor.paths(batch, self.steps, self.plan)
        won = self.outcome.mask(batch)[who] if self.outcome else np.zeros(who.size, np.bool_)
        size = self.n_places
        step = np.arange(self.steps)
        keys = (step * size + path[:, :-1]) * size + path[:, 1:]
        total = np.array([who.size, np.count_nonzero(won)], np.int64)
        cells = self.steps * size * size
        if cells > DENSE_CELLS:
            return StepCounts(total, Tally.of_keys(keys.reshape(-1), np.repeat(won, self.steps)))
        return StepCounts(
            total,
            Tally.of_dense(
                np.bincount(keys.reshape(-1), minlength=cells),
                np.bincount(keys[won].reshape(-1), minlength=cells),
            ),
        )

    def finish(self, state: StepCounts) -> SankeyResult:
        """Choose the names of each column; sum the rest."""
        size = self.n_places
        place, target = np.divmod(state.links.key, size)
        step, source = np.divmod(place, size)
        nodes, starts, where = self._nodes(self._columns(state, step, target))
        joined: dict[tuple[int, int], NDArray[np.int64]] = {}
        for s, a, b, row in zip(step, source, target, state.links.count, strict=True):
            ends = starts[s] + int(where[s][a]), starts[s + 1] + int(where[s + 1][b])
            joined[ends] = joined.get(ends, 0) + row
        customers, outcome = state.total.tolist()
        ended = [0] * (self.steps + 1)
        for node in nodes:
            ended[node.step] += node.customers if node.name == LEFT else 0
        return SankeyResult(
            anchor=self.anchor,
            customers=customers,
            outcome=outcome,
            moving=tuple(customers - n for n in ended),
            nodes=nodes,
            links=tuple(self._link(nodes, a, b, joined[a, b]) for a, b in sorted(joined)),
        )

    def _link(
        self, nodes: tuple[NodeCount, ...], a: int, b: int, sums: NDArray[np.int64]
    ) -> LinkCount:
        source, target = nodes[a].predicate, nodes[b].predicate
        question = SankeyLink(self.anchor, source.step, source.node, target.node, self.plan)
        return LinkCount(a, b, int(sums[0]), int(sums[1]), question)

    def _columns(
        self,
        state: StepCounts,
        step: NDArray[np.int64],
        target: NDArray[np.int64],
    ) -> list[NDArray[np.int64]]:
        """Give for each column customers and outcomes by code, (n_places, 2)."""
        size = self.n_places
        columns = [np.zeros((size, 2), np.int64) for _ in range(self.steps + 1)]
        if state.total[0]:
            columns[0][codes_of(self.vocabulary, [self.anchor.name])[0]] = state.total
        for k in range(self.steps):
            here = step == k
            np.add.at(columns[k + 1], target[here], state.links.count[here])
        return columns

    def _nodes(
        self, columns: list[NDArray[np.int64]]
    ) -> tuple[tuple[NodeCount, ...], list[int], list[NDArray[np.int64]]]:
        """Give nodes, where each column starts among them, and the place of each code in it."""
        nodes: list[NodeCount] = []
        starts, where = [], []
        for step, column in enumerate(columns):
            starts.append(len(nodes))
            where.append(self._place(step, column, nodes))
        return tuple(nodes), starts, where

    def _place(
        self, step: int, column: NDArray[np.int64], nodes: list[NodeCount]
    ) -> NDArray[np.int64]:
        """Append the nodes of one column; give the place of each code in the column."""
        names, boundary = self.vocabulary.touchpoints, len(self.vocabulary.touchpoints)
        occurring = np.flatnonzero(column[:boundary, 0])
        order = occurring[np.argsort(-column[occurring, 0], kind="stable")].tolist()
        shown = self._shown(order)
        rest = [code for code in order if code not in shown]
        place = np.zeros(self.n_places, np.int64)
        places = [(Node(names[code]), [code]) for code in shown]
        if rest:
            places.append((Node(None, tuple(names[code] for code in shown)), rest))
        # Who left stands last: on the floor of a figure.
        for end in sorted(self.ends):
            code = boundary + self.ends.index(end)
            if column[code, 0]:
                places.append((Node(LEFT, end=end), [code]))
        for at, (node, codes) in enumerate(places):
            place[codes] = at
            customers, outcome = column[codes].sum(axis=0).tolist()
            n_names = 0 if node.name == LEFT else len(codes)
            question = SankeyNode(self.anchor, step, node, self.plan)
            nodes.append(
                NodeCount(step, node.name, customers, outcome, n_names, question, node.kind)
            )
        return place

    def _shown(self, order: list[int]) -> list[int]:
        """Choose whom to name; the end of a path between two anchors is always named."""
        shown = order[: self.named]
        if self.anchor.end is not None:
            end = codes_of(self.vocabulary, [self.anchor.end])[0]
            if end in order and end not in shown:
                shown = [*shown[:-1], end]
        return shown


def _shown(node: NodeCount) -> str:
    if node.name is None:
        return f"({node.n_names} others)"
    return node.name or {"open": "(still there)"}.get(node.kind, f"({node.kind})")


def sankey(
    journeys: Journeys,
    anchor: str,
    *,
    direction: Direction = "after",
    end: str | None = None,
    steps: int = 4,
    named: int = 5,
    collapse_loops: bool = False,
    outcome: Predicate | None = None,
    plan: StagePlan | None = None,
) -> Answer[SankeyResult]:
    """Show what customers do step by step after an anchor, before it, or on the way to another.

    Every column holds every customer of the anchor: at a named touchpoint, among the others, or
    at an end: left, still there, or done. So columns sum alike, and what flows into a node flows
    out of it.

    Parameters
    ----------
    journeys
        The data.
    anchor
        Touchpoint at which paths start; each customer's first one.
    direction
        ``"after"``, ``"before"``, or ``"between"`` the anchor and `end`.
    end
        Touchpoint at which paths between two anchors end.
    steps
        How many steps, 1 to 6.
    named
        How many touchpoints a column names; the most customers first, ties by code.
    collapse_loops
        Whether the same touchpoint several times in a row is one step.
    outcome
        Predicate counted on every node and link, such as `trod.analyses.stages.Done`.
    plan
        The journey: customers for whom nothing follows are then told apart by what became of
        them. Without one, and before the anchor, they stand at one end.

    Returns
    -------
    Answer
        With a `SankeyResult`; each node and link carries its predicate.

    Raises
    ------
    DefinitionError
        If a touchpoint is not known, `end` is missing or not wanted, or `steps` is out of range.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> result = sankey(journeys, "visit", steps=2).data
    >>> [(node.step, node.name, node.customers) for node in result.nodes]
    [(0, 'visit', 2), (1, 'call', 2), (2, 'buy', 1), (2, '', 1)]
    """
    problems = []
    if not 1 <= steps <= MOST_STEPS:
        problems.append(f"steps is {steps}: give 1 to {MOST_STEPS}.")
    if (direction == "between") != (end is not None):
        problems.append(f"direction is {direction!r} and end is {end!r}: give end with 'between'.")
    if problems:
        raise DefinitionError(problems)
    place = Anchor(anchor, direction, end, collapse_loops)
    codes_of(journeys.vocabulary, place.names)
    result = fold.run(
        {"it": StepSankey(journeys.vocabulary, place, steps, named, outcome, plan)}, journeys
    )["it"]
    return answer(
        "sankey",
        result,
        journeys,
        n=result.customers,
        population=f"Customers with {anchor!r}" + (f" and later {end!r}" if end else ""),
        method=f"Touchpoints {direction} each customer's first {anchor!r}, one step at a time.",
    )
