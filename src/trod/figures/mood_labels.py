"""Names on the emotion row: each beside its mark, dropped before it would cover another."""

from __future__ import annotations

from math import hypot

from trod.figures.frame import Frame
from trod.figures.labels import label
from trod.figures.mood_line import FOOT, HEIGHT, Line, Spot, earlier, samples
from trod.figures.place import Box, Placed, Wish, place
from trod.figures.text import Face, width

NAME, STRONG, SMALL = Face(12, 500), Face(12, 600), Face(11)
PIN, GEM = 11.0, 9.0


def labels(line: Line, frame: Frame) -> tuple[list[Placed | None], list[Placed | None]]:
    """Find a place for the name of every spot, and of every pin at the foot, in their order."""
    legend = legend_box(line, frame) if line.spots else None
    wishes = [_wish(line.spots, i) for i in range(len(line.spots))]
    wishes += [
        Wish(label(pin.name), pin.x, FOOT, PIN, STRONG, upward=True, rank=0) for pin in line.loose
    ]
    placed = place(
        wishes,
        bounds=Box(2, 2, frame.wide - 2, HEIGHT - 3),
        marks=[*marks(line), *([legend] if legend else [])],
        line=samples(line.spots, line.runs),
        longest=min(150.0, max(frame.column * 0.8, 96.0)),
    )
    return placed[: len(line.spots)], placed[len(line.spots) :]


def marks(line: Line) -> list[Box]:
    """Give the rectangles of all marks and of the lines that lead down from pins."""
    boxes = []
    for spot in line.spots:
        r = radius(spot, 1.0)
        boxes.append(Box(spot.x - r, spot.y - r, spot.x + r, spot.y + r))
        if spot.rank:
            boxes.append(Box(spot.x - 4, spot.y, spot.x + 4, HEIGHT))
    return [*boxes, *(Box(pin.x - PIN, FOOT - PIN, pin.x + PIN, HEIGHT) for pin in line.loose)]


def leader(x: float, y: float, where: Placed) -> tuple[float, float] | None:
    """Give the end of a line from a pin to its name, None where the name stands beside it."""
    box = where.box
    to = min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)
    return to if hypot(to[0] - x, to[1] - y) > PIN + 12 else None


def radius(spot: Spot, share: float) -> float:
    """Size a mark: pins and diamonds are alike, a dot grows with its share of customers."""
    if spot.rank:
        return PIN
    return GEM if spot.matters else 4.2 + 2.4 * share


def legend_items(line: Line) -> list[tuple[str, str]]:
    """List the marks that need a word."""
    items = [("range", "95% range")]
    if line.was:
        items.append(("was", line.was))
    if any(spot.matters for spot in line.spots):
        items.append(("gem", "moment that matters"))
    if any(spot.rank for spot in line.spots) or line.loose:
        items.append(("pin", "friction"))
    return items


def legend_box(line: Line, frame: Frame) -> Box | None:
    """Find a free place for the legend at the foot of the row, leftmost first."""
    wide = sum(38 + width(text, SMALL) for _, text in legend_items(line))
    taken = [Box(spot.x - 16, spot.y - 13, spot.x + 16, spot.low + 13) for spot in line.spots]
    taken += marks(line)
    taken += [Box(x - 3, y - 3, x + 3, y + 3) for x, y in samples(line.spots, line.runs)]
    taken += [Box(x - 24, y - 6, x + 24, y + 6) for piece in earlier(line) for x, y in piece]
    for stage in line.unknown:
        left = frame.left(stage)
        taken.append(Box(left, HEIGHT - 24, left + frame.column, HEIGHT))
    for stage in range(frame.stages):
        x = frame.left(stage) + 14
        box = Box(x - 6, HEIGHT - 22, x + wide, HEIGHT - 2)
        if box.right < frame.wide and not any(box.overlaps(mark) for mark in taken):
            return box
    return None


def _wish(spots: tuple[Spot, ...], i: int) -> Wish:
    spot = spots[i]
    return Wish(
        label(spot.name),
        spot.x,
        spot.y,
        radius(spot, 1.0),
        STRONG if spot.rank or spot.matters else NAME,
        _upward(spots, i),
        0 if spot.rank else 1 if spot.matters else 2,
    )


def _upward(spots: tuple[Spot, ...], i: int) -> bool:
    """Say whether a spot is a peak, or lies on a slope whose free side is up."""
    before = spots[i - 1].y if i else spots[i].y
    after = spots[i + 1].y if i + 1 < len(spots) else spots[i].y
    return spots[i].y <= (before + after) / 2 if spots[i].rank is None else False
