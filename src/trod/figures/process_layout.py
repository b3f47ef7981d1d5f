"""Where the dots, names and lines of a process map go. Nothing here depends on the detail shown.

Stages are lanes. The busiest touchpoints of each lane stand on one straight spine, in the order
in which customers typically meet them; the others stand above and below it. A name is shortened
before it touches another, and dropped where nothing of it would be left.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Final, NamedTuple

from trod.figures.labels import label
from trod.figures.markup import number
from trod.figures.place import Box
from trod.figures.text import Face, fit, width
from trod.insights.process_map import ProcessLink, ProcessMap, ProcessNode

SHEET: Final = 1340.0
NARROWEST: Final = 176.0  # a lane that holds one column of names
GAP: Final = 10.0
TOP: Final = 30.0  # of the lanes; their names stand above
ROW: Final = 76.0
BOWS: Final = 98.0  # room for the highest line above the spine, and the lowest below it
STAGGER: Final = 24.0  # how much further out every second column stands
NAME, NUMBER = Face(12, 600), Face(11.5)
_LEAST_R, _MORE_R = 6.0, 9.2
_LIMITS: Final = (170.0, 128.0, 100.0, 80.0, 62.0)


class Lane(NamedTuple):
    """The ground of one stage."""

    name: str
    x: float
    wide: float


class Dot(NamedTuple):
    """One touchpoint at its place."""

    node: int  # index into the nodes of the map
    x: float
    y: float
    r: float
    column: int  # over all lanes
    row: int  # 0 on the spine, negative above it


class Words(NamedTuple):
    """Name and numbers of a dot, each with its baseline; empty where nothing fits."""

    name: str
    name_y: float
    said: str
    said_y: float


class Layout(NamedTuple):
    """Everything at its place."""

    lanes: tuple[Lane, ...]
    dots: tuple[Dot, ...]  # in the order of the nodes
    words: tuple[Words | None, ...]
    paths: tuple[str, ...]  # in the order of the links
    wide: float
    high: float


def lay_out(made: ProcessMap, said: Sequence[str]) -> Layout:
    """Give every dot, name and line its place.

    Parameters
    ----------
    made
        The process map.
    said
        What stands under the name of each node.
    """
    n = max(len(made.lanes), 1)
    wide = max(SHEET, n * NARROWEST)
    lane_wide = (wide - GAP * (n - 1) - 2) / n
    lanes = tuple(
        Lane(name, 1 + i * (lane_wide + GAP), lane_wide) for i, name in enumerate(made.lanes)
    )
    places = _places(made, lanes)
    outs = [_out(column, row) for _, column, row in places.values()]
    spine = TOP + max(52 - min(outs, default=0.0), BOWS)
    high = spine + max(62 + max(outs, default=0.0), BOWS)
    most = max((node.customers.n for node in made.nodes), default=1) or 1
    dots = tuple(
        Dot(
            i,
            places[i][0],
            spine + _out(places[i][1], places[i][2]),
            _LEAST_R + _MORE_R * sqrt(node.customers.n / most),
            places[i][1],
            places[i][2],
        )
        for i, node in enumerate(made.nodes)
    )
    words = _words(made.nodes, dots, said, Box(0, TOP + 2, wide, high - 2))
    return Layout(lanes, dots, words, tuple(_path(link, dots) for link in made.links), wide, high)


def _out(column: int, row: int) -> float:
    """Give the distance from the spine, downwards."""
    if not row:
        return 0.0
    away = abs(row) * ROW + (STAGGER if column % 2 else 0.0)
    return away if row > 0 else -away


def _places(made: ProcessMap, lanes: Sequence[Lane]) -> dict[int, tuple[float, int, int]]:
    """Give each node its x, its column over all lanes, and its row."""
    places: dict[int, tuple[float, int, int]] = {}
    first = 0
    for s, lane in enumerate(lanes):
        here = [i for i, node in enumerate(made.nodes) if node.lane == s]
        spine = sorted(
            (i for i in here if made.nodes[i].spine), key=lambda i: (made.nodes[i].position, i)
        )
        columns = max(len(spine), 1)
        pitch = lane.wide / columns
        filled = [0] * columns
        for c, i in enumerate(spine):
            places[i] = (lane.x + pitch * (c + 0.5), first + c, 0)
        for i in (i for i in here if not made.nodes[i].spine):
            c = _column(made.nodes[i], [made.nodes[j] for j in spine], filled)
            filled[c] += 1
            places[i] = (lane.x + pitch * (c + 0.5), first + c, _row(filled[c]))
        first += columns
    return places


def _column(node: ProcessNode, spine: Sequence[ProcessNode], filled: Sequence[int]) -> int:
    """Choose the column whose touchpoint stands nearest in time among the emptiest."""
    least = min(filled)
    free = [c for c, n in enumerate(filled) if n == least]
    if not spine:
        return free[0]
    return min(free, key=lambda c: (abs(spine[c].position - node.position), c))


def _row(nth: int) -> int:
    """Give the row of the nth touchpoint off the spine: below, above, further below, and so on."""
    return (nth + 1) // 2 if nth % 2 else -(nth // 2)


def _words(
    nodes: Sequence[ProcessNode], dots: Sequence[Dot], said: Sequence[str], bounds: Box
) -> tuple[Words | None, ...]:
    """Write names and numbers so that none touches another or a dot, busiest first."""
    taken = [Box(d.x - d.r - 1, d.y - d.r - 1, d.x + d.r + 1, d.y + d.r + 1) for d in dots]
    answer: list[Words | None] = [None] * len(dots)
    for i in sorted(range(len(dots)), key=lambda i: (-nodes[i].customers.n, i)):
        others = taken[:i] + taken[i + 1 :]
        for words, boxes in _tries(label(nodes[i].name), said[i], dots[i]):
            free = all(
                box.inside(bounds) and not any(box.overlaps(other) for other in others)
                for box in boxes
            )
            if free:
                answer[i] = words
                taken += boxes
                break
    return tuple(answer)


def _tries(name: str, said: str, dot: Dot) -> list[tuple[Words, list[Box]]]:
    """List ways to write a name and its numbers, the likeliest first."""
    above, under = dot.y - dot.r - 7, dot.y + dot.r + 15
    split, low, high = (above, under), (under, under + 14), (above - 14, above)
    orders = (low, split, high) if dot.row or dot.column % 2 else (split, low, high)
    tries = []
    for text in (said, ""):
        for limit in _LIMITS:
            short = fit(name, NAME, limit)
            if len(short) < 4 and short != name:
                continue
            for name_y, said_y in orders:
                at = name_y if text or name_y != above - 14 else above
                boxes = [_box(short, NAME, dot.x, at)]
                if text:
                    boxes.append(_box(text, NUMBER, dot.x, said_y))
                tries.append((Words(short, at, text, said_y), boxes))
    return tries


def _box(text: str, face: Face, x: float, y: float) -> Box:
    half = width(text, face) / 2 + 2
    return Box(x - half, y - face.size * 0.95, x + half, y + face.size * 0.28)


def _path(link: ProcessLink, dots: Sequence[Dot]) -> str:
    """Draw a line from dot to dot: forwards above what it passes, backwards below it."""
    a, b = dots[link.source], dots[link.target]
    if a.column == b.column:
        return _beside(a, b)
    forward = b.x > a.x
    if abs(a.y - b.y) < 1:
        between = sum(1 for d in dots if abs(d.y - a.y) < 1 and min(a.x, b.x) < d.x < max(a.x, b.x))
        if forward and not between:
            return f"M{_at(a.x + a.r + 2, a.y)}L{_at(b.x - b.r - 6, b.y)}"
        return _arc(a, b, between, up=forward)
    side, shift = (1, -2) if forward else (-1, 3)
    x0, x1 = a.x + side * (a.r + 2), b.x - side * (b.r + 6)
    middle = side * max(abs(x1 - x0) * 0.5, 26)
    return (
        f"M{_at(x0, a.y + shift)}C{_at(x0 + middle, a.y + shift)}"
        f" {_at(x1 - middle, b.y + shift)} {_at(x1, b.y + shift)}"
    )


def _arc(a: Dot, b: Dot, between: int, *, up: bool) -> str:
    """Bow over, or under, what stands between two dots on one row."""
    side = -1 if up else 1
    way = 1 if b.x > a.x else -1
    bow = side * (30 + 8 * min(between, 8))
    x0, x1 = a.x + way * a.r * 0.6, b.x - way * b.r * 0.6
    y0, y1 = a.y + side * (a.r + 1), b.y + side * (b.r + 5)
    reach = (x1 - x0) * 0.22
    return f"M{_at(x0, y0)}C{_at(x0 + reach, y0 + bow)} {_at(x1 - reach, y1 + bow)} {_at(x1, y1)}"


def _beside(a: Dot, b: Dot) -> str:
    """Bow to the side between two dots of one column: down on the right, up on the left."""
    down = 1 if b.y > a.y else -1
    bow = down * (18 + abs(b.y - a.y) * 0.1)
    x0, x1 = a.x + down * a.r * 0.7, b.x + down * b.r * 0.5
    y0, y1 = a.y + down * a.r * 0.75, b.y - down * (b.r + 4)
    rise = (y1 - y0) * 0.3
    return f"M{_at(x0, y0)}C{_at(x0 + bow, y0 + rise)} {_at(x1 + bow, y1 - rise)} {_at(x1, y1)}"


def _at(x: float, y: float) -> str:
    return f"{number(x)},{number(y)}"
