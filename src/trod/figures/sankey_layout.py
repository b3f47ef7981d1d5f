"""Places of the path figure: columns of nodes, ends on the floor, ribbons that do not cross more
than they must.

Heights are linear in customers and the same in all columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from trod.insights.journey_map import Rate, Sankey, SankeyLink, SankeyNode

WIDE = 1010.0
HEIGHT = 440.0
TOP, FLOOR = 44.0, 426.0
NODE = 10.0
GAP = 16.0
_LEFT_EDGE, _RIGHT_ROOM = 8.0, 150.0


class NodeBox(NamedTuple):
    """A node at its place."""

    node: SankeyNode
    x: float
    y: float
    height: float
    tone: float  # −1 to 1: outcome against others at the same step
    room: float  # below it, to the next node of the column


class Ribbon(NamedTuple):
    """A link at its place: left and right ends, each from top to bottom."""

    link: SankeyLink
    x0: float
    y0: float
    x1: float
    y1: float
    height: float
    tone: float


class Layout(NamedTuple):
    """The whole figure."""

    nodes: tuple[NodeBox, ...]  # in the order of the sankey
    ribbons: tuple[Ribbon, ...]  # widest first, so that thin ones lie on top
    columns: tuple[tuple[float, int], ...]  # x and step, left to right


#: Ends of a path as they lie on the floor, from the lowest up.
ENDS = ("left", "end", "open", "done")


def is_end(node: SankeyNode) -> bool:
    """Say whether a node lies on the floor: nothing came next."""
    return node.kind in ENDS


def shown(sankey: Sankey) -> Sankey:
    """Leave out the steps after the first in which nobody moves: they only repeat it."""
    moving = {node.step for node in sankey.nodes if node.customers.n and not is_end(node)}
    last = max(moving, default=0) + 1
    kept = [i for i, node in enumerate(sankey.nodes) if node.step <= last]
    place = {old: new for new, old in enumerate(kept)}
    links = tuple(
        replace(link, source=place[link.source], target=place[link.target])
        for link in sankey.links
        if link.source in place and link.target in place
    )
    nodes = tuple(sankey.nodes[i] for i in kept)
    return replace(sankey, steps=sankey.steps[: last + 1], nodes=nodes, links=links)


def lay_out(sankey: Sankey, small_n: int) -> Layout:
    """Give every node and link its place."""
    last = max((node.step for node in sankey.nodes), default=0)
    span = (WIDE - _LEFT_EDGE - _RIGHT_ROOM - NODE) / max(last, 1)

    def x_of(step: int) -> float:
        at = last - step if sankey.direction == "before" else step
        return _LEFT_EDGE + span * at

    tones = node_tones(sankey, small_n)
    scale = _scale(sankey, last)
    places: dict[int, tuple[float, float, float]] = {}
    for step in range(last + 1):
        places.update(_column(sankey, step, scale))
    nodes = tuple(
        NodeBox(node, x_of(node.step), places[i][0], places[i][1], tones[i], places[i][2])
        for i, node in enumerate(sankey.nodes)
    )
    return Layout(
        nodes,
        tuple(_ribbons(sankey, nodes, scale, small_n)),
        tuple(sorted((x_of(step), step) for step in range(last + 1))),
    )


def node_tones(sankey: Sankey, small_n: int) -> list[float]:
    """Compare each node's outcome with that of everybody on the way there."""
    return _tones(
        [(max(node.step - 1, 0), node.outcome, is_end(node)) for node in sankey.nodes],
        sankey,
        small_n,
    )


def link_tones(sankey: Sankey, small_n: int) -> list[float]:
    """Compare each link's outcome with everybody's at the same step."""
    return _tones(
        [
            (
                sankey.nodes[link.source].step,
                link.outcome,
                is_end(sankey.nodes[link.target]),
            )
            for link in sankey.links
        ],
        sankey,
        small_n,
    )


def _tones(rated: Sequence[tuple[int, Rate, bool]], sankey: Sankey, small_n: int) -> list[float]:
    """Scale differences of outcome at a step to −1 … 1; too few customers say nothing."""
    base = {step: _base(sankey, step) for step, *_ in rated}
    gaps = [
        rate.share - base[step] if rate.whole >= max(small_n, 1) else 0.0 for step, rate, _ in rated
    ]
    named = [abs(gap) for gap, (*_, end) in zip(gaps, rated, strict=True) if not end]
    start = max((node.outcome.share for node in sankey.nodes if node.step == 0), default=0.0)
    full = 1.15 * max([0.01, min(0.08, start / 2), *named])
    return [max(-1.0, min(1.0, gap / full)) for gap in gaps]


def _base(sankey: Sankey, step: int) -> float:
    """Give the outcome of all who were still moving at a step: what others there are held to.

    Without those who had stopped before, or all survivors would look better to the right.
    """
    moving = [node.outcome for node in sankey.nodes if node.step == step and not is_end(node)]
    whole = sum(rate.whole for rate in moving)
    return sum(rate.part for rate in moving) / whole if whole else 0.0


def _scale(sankey: Sankey, last: int) -> float:
    """Pixels for a customer, so that the fullest column fits."""
    scale = None
    for step in range(last + 1):
        here = [node.customers.n for node in sankey.nodes if node.step == step]
        if sum(here):
            fits = (FLOOR - TOP - GAP * max(len(here) - 1, 0)) / sum(here)
            scale = fits if scale is None else min(scale, fits)
    return scale or 0.0


def _order(node: SankeyNode) -> tuple[bool, float, int, str]:
    """Best outcome first; the sum of the rest after the named ones."""
    return (node.name is None, -node.outcome.share, -node.customers.n, node.name or "")


def _column(sankey: Sankey, step: int, scale: float) -> dict[int, tuple[float, float, float]]:
    """Stack one column from the top, ends on the floor: index to (y, height, room)."""
    here = [i for i, node in enumerate(sankey.nodes) if node.step == step]
    stacked = sorted(
        (i for i in here if not is_end(sankey.nodes[i])), key=lambda i: _order(sankey.nodes[i])
    )
    places = {}
    y = TOP
    for i in stacked:
        height = sankey.nodes[i].customers.n * scale
        places[i] = (y, height, GAP)
        y += height + GAP
    floor, room = FLOOR, 0.0
    for i in sorted(set(here) - set(stacked), key=lambda i: ENDS.index(sankey.nodes[i].kind)):
        height = sankey.nodes[i].customers.n * scale
        floor -= height
        places[i] = (floor, height, room)
        floor, room = floor - GAP, GAP
    if stacked:
        i = stacked[-1]
        top, height, _ = places[i]
        places[i] = (top, height, max(floor + GAP - top - height, 0.0) if room else 30.0)
    return places


def _ribbons(sankey: Sankey, nodes: Sequence[NodeBox], scale: float, small_n: int) -> list[Ribbon]:
    """Attach links to nodes in the order of their other ends, so that few cross."""
    tones = link_tones(sankey, small_n)
    used_out, used_in = [0.0] * len(nodes), [0.0] * len(nodes)
    starts, ends = {}, {}
    for i in _by_ends(sankey.links, nodes, first="source"):
        starts[i] = nodes[sankey.links[i].source].y + used_out[sankey.links[i].source]
        used_out[sankey.links[i].source] += sankey.links[i].customers.n * scale
    for i in _by_ends(sankey.links, nodes, first="target"):
        ends[i] = nodes[sankey.links[i].target].y + used_in[sankey.links[i].target]
        used_in[sankey.links[i].target] += sankey.links[i].customers.n * scale
    ribbons = []
    for i, link in enumerate(sankey.links):
        one, other = (nodes[link.source].x, starts[i]), (nodes[link.target].x, ends[i])
        (x0, y0), (x1, y1) = sorted((one, other))
        height = link.customers.n * scale
        ribbons.append(Ribbon(link, x0 + NODE, y0, x1, y1, height, tones[i]))
    return sorted(ribbons, key=lambda r: (-r.link.customers.n, r.link.source, r.link.target))


def _by_ends(links: Sequence[SankeyLink], nodes: Sequence[NodeBox], *, first: str) -> list[int]:
    """Order links by one end and then by the height of the other."""

    def place(i: int) -> tuple[int, float, int]:
        link = links[i]
        here, there = (
            (link.source, link.target) if first == "source" else (link.target, link.source)
        )
        return here, nodes[there].y, there

    return sorted(range(len(links)), key=place)
