"""How customers move between touchpoints, as one typed value: nodes, links, what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.analyses.names import encode
from trod.analyses.touch import LeftAfter, Touches, TouchResult
from trod.analyses.transitions import Edge, Transitions, TransitionsResult
from trod.insights.journey_map import Count, Rate
from trod.insights.rates import apart, rate
from trod.insights.wording import SMALL_N
from trod.journeys.batch import Journeys
from trod.journeys.label import readable, units
from trod.journeys.passage import StagePlan, compile_plan
from trod.journeys.seen import Seen, SeenResult
from trod.journeys.spec import JourneySpec

DRAWN: Final = 24
"""About so many touchpoints are drawn in all; each lane has at least `LEAST_A_LANE`."""
LEAST_A_LANE: Final = 6
SPINE: Final = 12
"""About so many of them stand on the spine; each lane has at least one there."""
LEVELS: Final = ((85, 40), (95, 80), (99, 160))
"""For each detail the share of the moves between drawn touchpoints, in per cent, that its links
carry, and how many links it has at most."""
_HOUR_US, _DAY_US = 3_600_000_000, 86_400_000_000
SLOW_STEPS: Final = (
    *(n * 60_000_000 for n in (1, 5, 15)),
    *(n * _HOUR_US for n in (1, 3, 6, 12)),
    *(n * _DAY_US for n in (1, 2, 3, 7, 14, 30, 60, 90, 180, 365)),
)
_SLOW_PERCENT: Final = 15
_TRAIL_PERCENT: Final = 50
_LONGEST: Final = 84


@dataclass(frozen=True, slots=True)
class ProcessNode:
    """One touchpoint, in the lane of the stage in which most customers have it."""

    name: str
    kind: str  # "touch" | "failure" | "success": what ends a journey is no place to leave from
    lane: int  # index into lanes
    position: float  # 0 to 1: where in its stage it typically stands
    spine: bool  # among the busiest of its lane
    customers: Count  # who ever had it
    left: Count  # of them, left straight after it
    leave: Rate
    tone: float  # −1 leave more often than average, +1 never; 0 where it may be chance


@dataclass(frozen=True, slots=True)
class ProcessLink:
    """Customers who went from one touchpoint straight to another (indices into nodes)."""

    source: int
    target: int
    customers: Count
    moves: int
    median_us: int | None
    slow: bool
    level: int  # the least detail at which it is drawn


@dataclass(frozen=True, slots=True)
class ProcessLevel:
    """What is drawn at one detail."""

    links: int
    moves: int  # on these links
    coverage: float  # of all moves from one touchpoint to another, drawn or not


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """The process map. Pruning takes links away and never moves anything."""

    title: str  # the finding
    unit: str
    lanes: tuple[str, ...]  # the stages
    nodes: tuple[ProcessNode, ...]
    links: tuple[ProcessLink, ...]  # the most moves first
    levels: tuple[ProcessLevel, ...]  # from least to most detail
    moves: int  # from one touchpoint to another, of everybody
    slow_us: int | None  # a link is slow where half of its moves take longer
    average: Rate  # left straight after, of all who had a touchpoint
    n_other: int  # touchpoints not drawn
    small_n: int


class _Counts(NamedTuple):
    touches: TouchResult
    seen: SeenResult
    moves: TransitionsResult


def process_map(journeys: Journeys, spec: JourneySpec, plan: StagePlan | None = None) -> ProcessMap:
    """Compose the process map of a journey: the busiest touchpoints, and the moves between them.

    Parameters
    ----------
    journeys
        All journeys of one unit.
    spec
        The definition whose stages are the lanes.
    plan
        The same compiled, where that is at hand.

    Returns
    -------
    ProcessMap
        Frozen. The same for the same data, whatever the batches.

    Raises
    ------
    DefinitionError
        If the definition names touchpoints that no customer ever had.

    Notes
    -----
    A move is two different touchpoints of a customer that follow each other directly; the same one
    again is none. Each lane holds the six touchpoints most customers had, more where there are few
    lanes.
    """
    plan = plan or compile_plan(spec, journeys).remembering()
    found = _Counts(
        **fold.run(
            {
                "touches": Touches(journeys.vocabulary, plan),
                "seen": Seen(len(journeys.vocabulary.touchpoints)),
                "moves": Transitions(journeys.vocabulary),
            },
            journeys,
        )
    )
    drawn = _drawn(found)
    average = _average(found, plan)
    nodes = tuple(_node(found, plan, average, k, spine=k in drawn.spine) for k in drawn.codes)
    links = _links(found.moves, drawn.codes)
    slow = _slow(links)
    links = tuple(_marked(link, slow) for link in links)
    unit = units(journeys.unit)
    total = int(found.moves.n[_is_move(found.moves)].sum())
    return ProcessMap(
        title=_title(nodes, links, average, total, unit),
        unit=unit,
        lanes=plan.stages,
        nodes=nodes,
        links=links,
        levels=_levels(links, total),
        moves=total,
        slow_us=slow,
        average=average,
        n_other=int((found.seen.customers > 0).sum()) - len(nodes),
        small_n=SMALL_N,
    )


class _Drawn(NamedTuple):
    codes: tuple[int, ...]  # by lane, then busiest first
    spine: frozenset[int]


def _drawn(found: _Counts) -> _Drawn:
    """Choose the touchpoints of each lane: those most customers had; ties by code."""
    in_stage = found.touches.customers
    lane = in_stage.argmax(axis=0) if in_stage.size else np.zeros(0, np.int64)
    inside = in_stage.sum(axis=0) > 0
    codes: list[int] = []
    spine: set[int] = set()
    n = len(found.touches.stage)
    most, on_spine = max(LEAST_A_LANE, DRAWN // max(n, 1)), max(1, SPINE // max(n, 1))
    for s in range(n):
        here = np.flatnonzero(inside & (lane == s))
        ranked = here[np.lexsort((here, -found.seen.customers[here]))][:most].tolist()
        codes += ranked
        spine.update(ranked[:on_spine])
    return _Drawn(tuple(codes), frozenset(spine))


def _average(found: _Counts, plan: StagePlan) -> Rate:
    """Give how many of those who had a touchpoint left straight after it, over all of them."""
    open_ = ~(plan.success | plan.failure)
    left = int(found.touches.left_after[:, open_].sum())
    return rate(left, int(found.seen.customers[open_].sum()))


def _node(found: _Counts, plan: StagePlan, average: Rate, k: int, *, spine: bool) -> ProcessNode:
    name = found.touches.name[k]
    lane = int(found.touches.customers[:, k].argmax())
    n, left = int(found.seen.customers[k]), int(found.touches.left_after[:, k].sum())
    kind = "failure" if plan.failure[k] else "success" if plan.success[k] else "touch"
    leave = rate(left, n)
    return ProcessNode(
        name=name,
        kind=kind,
        lane=lane,
        position=round(float(found.touches.position[lane, k]), 6),
        spine=spine,
        customers=Count(n, f"did:{encode(name)}"),
        left=Count(left, LeftAfter(None, name, plan).key),
        leave=leave,
        tone=_tone(leave, average) if kind == "touch" else 0.0,
    )


def _tone(leave: Rate, average: Rate) -> float:
    """Place a leave rate against the average; three times the average is the worst there is."""
    if leave.whole < SMALL_N or not average.part or leave.low <= average.share <= leave.high:
        return 0.0
    gap = (average.share - leave.share) / average.share
    return round(max(-1.0, gap / 2) if gap < 0 else gap, 6)


def _is_move(moves: TransitionsResult) -> NDArray[np.bool_]:
    """Say which pairs are moves: neither start nor end, nor the same touchpoint again."""
    end = len(moves.names)
    return np.asarray(
        (moves.source < end) & (moves.target < end) & (moves.source != moves.target), np.bool_
    )


def _links(moves: TransitionsResult, codes: Sequence[int]) -> tuple[ProcessLink, ...]:
    """Give the links among the drawn touchpoints, the most moves first, each with its detail."""
    place = np.full(len(moves.names) + 1, -1, np.int64)
    place[list(codes)] = np.arange(len(codes))
    kept = np.flatnonzero(_is_move(moves) & (place[moves.source] >= 0) & (place[moves.target] >= 0))
    kept = kept[np.lexsort((moves.target[kept], moves.source[kept], -moves.n[kept]))]
    level = _details(moves, kept)
    links = []
    for e, detail in zip(kept.tolist(), level, strict=True):
        if detail is None:
            continue
        a, b = moves.names[moves.source[e]], moves.names[moves.target[e]]
        median = int(moves.median_us[e])
        links.append(
            ProcessLink(
                source=int(place[moves.source[e]]),
                target=int(place[moves.target[e]]),
                customers=Count(int(moves.customers[e]), Edge(a, b).key),
                moves=int(moves.n[e]),
                median_us=median if median >= 0 else None,
                slow=False,
                level=detail,
            )
        )
    return tuple(links)


def _details(moves: TransitionsResult, kept: NDArray[np.int64]) -> list[int | None]:
    """Give each link, the most moves first, the least detail that draws it; None draws it never.

    The least detail draws the busiest way into each touchpoint, so that none stands alone, and
    then the busiest of all.
    """
    details: list[int | None] = [None] * kept.size
    drawn, so_far, links = int(moves.n[kept].sum()), 0, 0
    met: set[int] = set()
    for rank, e in enumerate(kept.tolist()):
        if (target := int(moves.target[e])) not in met:
            met.add(target)
            details[rank], so_far, links = 0, so_far + int(moves.n[e]), links + 1
    for level, (percent, most) in enumerate(LEVELS):
        for rank, e in enumerate(kept.tolist()):
            if links >= most or so_far * 100 >= percent * drawn:
                break
            if details[rank] is None:
                details[rank], so_far, links = level, so_far + int(moves.n[e]), links + 1
    return details


def _levels(links: Sequence[ProcessLink], total: int) -> tuple[ProcessLevel, ...]:
    """Count what each detail draws."""
    levels = []
    for level in range(len(LEVELS)):
        here = [link for link in links if link.level <= level]
        moves = sum(link.moves for link in here)
        levels.append(ProcessLevel(len(here), moves, round(moves / total, 6) if total else 0.0))
    return tuple(levels)


def _slow(links: Sequence[ProcessLink]) -> int | None:
    """Give the shortest round time that at most 15 % of the drawn moves lie on slower links."""
    timed = [link for link in links if link.median_us is not None]
    moves = sum(link.moves for link in timed)
    for step in SLOW_STEPS if timed else ():
        slower = sum(link.moves for link in timed if (link.median_us or 0) > step)
        if slower * 100 <= _SLOW_PERCENT * moves:
            return step if slower else None
    return None


def _marked(link: ProcessLink, slow_us: int | None) -> ProcessLink:
    """Say of a link whether it is slow."""
    slow = slow_us is not None and link.median_us is not None and link.median_us > slow_us
    return replace(link, slow=slow)


def _title(
    nodes: Sequence[ProcessNode],
    links: Sequence[ProcessLink],
    average: Rate,
    total: int,
    unit: str,
) -> str:
    """Say after which touchpoints more leave than on average, and if moves follow one trail."""
    rated = [n for n in nodes if n.kind == "touch" and n.leave.whole >= SMALL_N]
    base = average.part, average.whole
    worse = [
        node
        for node in rated
        if node.leave.share > average.share
        and apart((node.leave.part, node.leave.whole), base, tests=len(rated))
    ]
    ranked = sorted(worse, key=lambda node: (-node.left.n, node.name))
    names = [readable(node.name) for node in ranked[:2]]
    trail = total >= SMALL_N and _on_trail(nodes, links) * 100 > _TRAIL_PERCENT * total
    said = [f"Most moves follow one trail; more leave after {' or '.join(names)}"] * trail
    said += [
        f"More {unit} than on average leave straight after {' or '.join(names)}",
        f"More than on average leave straight after {' or '.join(names)}",
        f"More than on average leave straight after {names[0] if names else ''}",
    ]
    if names:
        return next((text for text in said if len(text) <= _LONGEST), f"How {unit} move")
    if trail:
        return "Most moves follow one trail"
    if not total:
        return f"No moves between touchpoints: {unit} have one each"
    return f"How {unit} move from touchpoint to touchpoint"


def _on_trail(nodes: Sequence[ProcessNode], links: Sequence[ProcessLink]) -> int:
    """Count the moves that go forward along the spine."""
    place = {i: (node.lane, node.position) for i, node in enumerate(nodes) if node.spine}
    return sum(
        link.moves
        for link in links
        if link.source in place and link.target in place and place[link.source] < place[link.target]
    )
