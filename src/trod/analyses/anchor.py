"""Where paths start, and the places customers are at so many steps from there."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.steps import AFTER, BEFORE, BETWEEN, step_paths
from trod.analyses.names import codes_of, decode, encode
from trod.errors import DefinitionError
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.journeys.passage import LEFT as HAS_LEFT
from trod.journeys.passage import OPEN, StagePlan, passages

Direction = Literal["after", "before", "between"]
LEFT: Final = ""
"""Name of the places of those without a further touchpoint; their kind says what became of them."""
ENDS: Final = ("open", "left", "done")
"""Kinds of ends, by the status of a passage. Without a journey the kind is "end"."""

_DIRECTIONS: Final = {"after": AFTER, "before": BEFORE, "between": BETWEEN}


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where paths start and which way they are read.

    ``after``: from the customer's first `name` on. ``before``: from the customer's first `name`
    back. ``between``: from the first `name` to the first `end` after it, for customers who have
    both; from then on they stay at `end`. With `collapse_loops` the same touchpoint several times
    in a row is one step.
    """

    name: str
    direction: Direction = "after"
    end: str | None = None
    collapse_loops: bool = False

    @property
    def key(self) -> str:
        """Such as ``after:A``, ``between:A>B;collapsed``."""
        end = f">{encode(self.end)}" if self.end is not None else ""
        return f"{self.direction}:{encode(self.name)}{end}{';collapsed' * self.collapse_loops}"

    @property
    def names(self) -> tuple[str, ...]:
        """The touchpoints it names."""
        return (self.name,) if self.end is None else (self.name, self.end)

    def tells_ends(self, plan: StagePlan | None) -> bool:
        """Say whether the ends of its paths are told apart by what became of the customer."""
        return plan is not None and self.direction == "after"

    def paths(
        self, batch: JourneyBatch, n_steps: int, plan: StagePlan | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Give the customers with the anchor, (n,), and their paths by code, (n, n_steps + 1).

        The first step is the anchor itself; ``n_names`` stands where nothing follows. Where paths
        run forward and `plan` is given, the status of the customer (see `ENDS`) is added to it.
        """
        code, end = codes_of(batch.vocabulary, [self.name, self.end or self.name])
        who = np.empty(batch.n_customers, np.int64)
        path = np.empty((batch.n_customers, n_steps + 1), np.int32)
        n = step_paths(
            given(batch.offsets, np.int64),
            given(batch.code, np.uint16),
            code,
            end,
            _DIRECTIONS[self.direction],
            int(self.collapse_loops),
            given(self._ended(batch, plan), np.int32),
            who,
            path,
        )
        return who[:n], path[:n]

    def _ended(self, batch: JourneyBatch, plan: StagePlan | None) -> NDArray[np.int32]:
        """Give what stands at the end of each customer's path, (n_customers,)."""
        ended = np.full(batch.n_customers, len(batch.vocabulary.touchpoints), np.int32)
        if plan is not None and self.tells_ends(plan):
            ended += status_of(batch, plan)
        return ended


def status_of(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.int8]:
    """Give the status of each customer, (n_customers,): that of the passage.

    Customers who never entered the journey have left or are open by the same rule of silence.
    """
    walked = passages(batch, plan)
    if batch.n_events == 0:
        return walked.status
    silent = batch.time_us[batch.offsets[1:] - 1] <= plan.as_of_us - plan.left_after_us
    outside = np.where(silent, HAS_LEFT, OPEN)
    return np.where(walked.furthest < 0, outside, walked.status).astype(np.int8)


@dataclass(frozen=True, slots=True)
class Node:
    """One place in a column: a touchpoint, an end, or (name None) all touchpoints except some."""

    name: str | None
    but: tuple[str, ...] = ()
    end: str = ""  # of LEFT: one of ENDS, or all of them where it is empty

    @property
    def kind(self) -> str:
        """One of "touch", "other", "end", and of ENDS."""
        if self.name is None:
            return "other"
        return "touch" if self.name else self.end or "end"

    @property
    def key(self) -> str:
        """A name, ``$`` for nothing further, ``$left`` for such who left, ``*A,B`` for others."""
        if self.name is None:
            return "*" + ",".join(map(encode, self.but))
        return encode(self.name) if self.name else f"${self.end}"

    @property
    def names(self) -> tuple[str, ...]:
        """The touchpoints it names."""
        return self.but if self.name is None else (self.name,) if self.name else ()

    def holds(self, code: NDArray[np.int32], vocabulary: Vocabulary) -> NDArray[np.bool_]:
        """Say for each code whether it stands in this place."""
        boundary = len(vocabulary.touchpoints)
        if self.name is None:
            held = (code < boundary) & ~np.isin(code, codes_of(vocabulary, self.but))
        elif self.name:
            held = code == codes_of(vocabulary, [self.name])[0]
        else:
            held = code == boundary + ENDS.index(self.end) if self.end else code >= boundary
        return np.asarray(held, np.bool_)


@dataclass(frozen=True, slots=True)
class SankeyNode:
    """Customers at a place after so many steps from the anchor."""

    anchor: Anchor
    step: int
    node: Node
    plan: StagePlan | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``step:after:A@1=B``."""
        return f"step:{self.anchor.key}@{self.step}={self.node.key}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who is there."""
        who, path = self.anchor.paths(batch, self.step, self.plan)
        found = np.zeros(batch.n_customers, np.bool_)
        found[who[self.node.holds(path[:, self.step], batch.vocabulary)]] = True
        return found


@dataclass(frozen=True, slots=True)
class SankeyLink:
    """Customers who go from a place at one step to a place at the next."""

    anchor: Anchor
    step: int  # of the source
    source: Node
    target: Node
    plan: StagePlan | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """Such as ``step:after:A@1=B>C``."""
        return f"step:{self.anchor.key}@{self.step}={self.source.key}>{self.target.key}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who goes there."""
        who, path = self.anchor.paths(batch, self.step + 1, self.plan)
        found = np.zeros(batch.n_customers, np.bool_)
        here = self.source.holds(path[:, self.step], batch.vocabulary)
        found[who[here & self.target.holds(path[:, self.step + 1], batch.vocabulary)]] = True
        return found


_ENDS: Final = frozenset({"$", *(f"${end}" for end in ENDS)})
_KEY: Final = re.compile(
    r"(?P<direction>after|before|between):(?P<name>[^@;=>]+)(?:>(?P<end>[^@;=>]+))?"
    r"(?P<collapsed>;collapsed)?@(?P<step>\d{1,2})=(?P<source>[^@;=>]+)(?:>(?P<target>[^@;=>]+))?"
)


def parse_step(text: str, plan: StagePlan | None) -> SankeyNode | SankeyLink | None:
    """Read what follows ``step:`` in a key; None where it is not written so.

    Raises
    ------
    DefinitionError
        If it asks what became of customers where there is no journey, or no path forward.
    """
    if not (found := _KEY.fullmatch(text)):
        return None
    direction: Direction = "after"
    if found["direction"] != "after":
        direction = "before" if found["direction"] == "before" else "between"
    end = decode(found["end"]) if found["end"] else None
    anchor = Anchor(decode(found["name"]), direction, end, bool(found["collapsed"]))
    step, source = int(found["step"]), _node(found["source"])
    target = _node(found["target"]) if found["target"] is not None else None
    if any(n is not None and n.end for n in (source, target)) and not anchor.tells_ends(plan):
        raise DefinitionError(
            [f"'step:{text}' asks what became of customers: that needs a journey and `after:`."]
        )
    if target is None:
        return SankeyNode(anchor, step, source, plan)
    return SankeyLink(anchor, step, source, target, plan)


def _node(text: str) -> Node:
    if text in _ENDS:
        return Node(LEFT, end=text[1:])
    if text.startswith("*"):
        return Node(None, tuple(decode(name) for name in text[1:].split(",") if name))
    return Node(decode(text))
