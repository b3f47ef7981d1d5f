"""Where labels go: beside their mark, inside the figure, never over another label or mark.

A greedy solver in a total order. A label that fits nowhere is shortened once, then dropped: its
mark keeps the name for hover, focus and the table, so nothing is lost but ink. What must be named
is put further away instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from trod.figures.text import Face, fit, width


class Box(NamedTuple):
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Box) -> bool:
        """Say whether two rectangles share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: Box) -> bool:
        """Say whether this rectangle lies in the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )

    def holds(self, x: float, y: float) -> bool:
        """Say whether a point lies in the rectangle."""
        return self.left < x < self.right and self.top < y < self.bottom


class Wish(NamedTuple):
    """A label that wants a place beside a mark at (x, y) of some radius."""

    text: str
    x: float
    y: float
    radius: float
    face: Face
    upward: bool  # where the mark is a peak, the label would rather sit above
    rank: int  # lower is placed first; 0 must be named, further away if need be


class Placed(NamedTuple):
    """A label at its place; `y` is the baseline."""

    text: str
    x: float
    y: float
    anchor: str  # "start" | "middle" | "end"
    box: Box


SHORTEST = 5  # a label cut below this many signs says nothing
MOST_HIDDEN = 6  # points of the line a label may cover
_ROOM = 5.0  # between a mark and its label


def place(
    wishes: Sequence[Wish],
    *,
    bounds: Box,
    marks: Iterable[Box] = (),
    line: Sequence[tuple[float, float]] = (),
    longest: float = 150.0,
) -> list[Placed | None]:
    """Find a place for each wish, or None where there is none.

    Parameters
    ----------
    wishes
        Labels in any order; the answer has the same order.
    bounds
        The figure.
    marks
        Rectangles no label may cover.
    line
        Points on a curve; a place that hides fewer of them is better.
    longest
        Width in pixels after which a label is shortened from the start.

    Examples
    --------
    >>> wish = Wish("Sign-up", 50, 50, 5, Face(12), upward=True, rank=0)
    >>> spot = place([wish], bounds=Box(0, 0, 100, 100))[0]
    >>> spot.anchor, spot.y
    ('middle', 37.0)
    """
    taken = list(marks)
    answer: list[Placed | None] = [None] * len(wishes)
    order = sorted(range(len(wishes)), key=lambda i: (wishes[i].rank, wishes[i].x, wishes[i].text))
    for i in order:
        wish = wishes[i]
        texts = _texts(wish, longest)
        tries = [_best(text, wish, bounds, taken, line) for text in texts]
        if wish.rank == 0:
            tries += [_nearest(text, wish, bounds, taken) for text in texts]
        spot = next(filter(None, tries), None)
        if spot:
            answer[i] = spot
            taken.append(spot.box)
    return answer


def _texts(wish: Wish, longest: float) -> list[str]:
    """Give a label in full and shortened, unless too little would be left of it."""
    limits = [longest * 1.35] * (wish.rank == 0) + [longest, longest * 0.66]
    fitted = [fit(wish.text, wish.face, limit) for limit in limits]
    return [
        text
        for text in dict.fromkeys(fitted)
        if text == wish.text or len(text) >= SHORTEST or wish.rank == 0
    ]


def _nearest(text: str, wish: Wish, bounds: Box, taken: Sequence[Box]) -> Placed | None:
    """Take the nearest free place further away, whatever it hides of the line."""
    for away in range(14, int(bounds.bottom - bounds.top), 7):
        raised = [_candidates(text, wish._replace(y=wish.y + dy)) for dy in (-away, away)]
        for spot in [spot for group in raised for spot in group]:
            if spot.box.inside(bounds) and not any(spot.box.overlaps(box) for box in taken):
                return spot
    return None


def _best(
    text: str,
    wish: Wish,
    bounds: Box,
    taken: Sequence[Box],
    line: Sequence[tuple[float, float]],
) -> Placed | None:
    """Take the free candidate that hides least of the line; the first wins a tie."""
    best: tuple[float, Placed] | None = None
    for preference, spot in enumerate(_candidates(text, wish)):
        if not spot.box.inside(bounds) or any(spot.box.overlaps(box) for box in taken):
            continue
        hidden = sum(spot.box.holds(x, y) for x, y in line)
        if hidden > MOST_HIDDEN:
            continue
        cost = hidden * 3 + preference
        if best is None or cost < best[0]:
            best = (cost, spot)
    return best[1] if best else None


def _candidates(text: str, wish: Wish) -> list[Placed]:
    """List eight places around the mark, the likeliest first."""
    wide = width(text, wish.face)
    high, rise = wish.face.size * 1.3, wish.face.size * 0.98
    gap = wish.radius + _ROOM
    above, below = wish.y - gap - 3, wish.y + gap + rise
    level = wish.y + wish.face.size * 0.36
    side, near = gap * 0.72, gap * 0.45

    def at(x: float, y: float, anchor: str) -> Placed:
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
        return Placed(text, x, y, anchor, Box(left - 1, y - rise, left + wide + 1, y - rise + high))

    upper = [
        at(wish.x, above, "middle"),
        at(wish.x - near, above + 3, "end"),
        at(wish.x + near, above + 3, "start"),
    ]
    lower = [
        at(wish.x, below, "middle"),
        at(wish.x + near, below - 2, "start"),
        at(wish.x - near, below - 2, "end"),
    ]
    beside = [at(wish.x + gap + 1, level, "start"), at(wish.x - gap - 1, level, "end")]
    slanted = [
        at(wish.x - side, wish.y - gap * 0.8, "end"),
        at(wish.x + side, wish.y - gap * 0.8, "start"),
        at(wish.x + side, wish.y + gap * 0.8 + rise * 0.6, "start"),
        at(wish.x - side, wish.y + gap * 0.8 + rise * 0.6, "end"),
    ]
    first, second = (upper, lower) if wish.upward else (lower, upper)
    return [*first, *beside, *slanted, *second]
