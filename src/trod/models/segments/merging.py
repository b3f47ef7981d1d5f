"""Groups that are none: too few members, or nothing by which anybody could tell them apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod.events.counted import count
from trod.models.segments.difference import Difference, differ
from trod.models.segments.grouping import nearest
from trod.models.segments.naming import TELLING, Conditions

FEWEST: Final = 30
_LEAST_SHARE: Final = 0.03
_STEPS: Final = 50

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """The groups that are left, and why others are not."""

    centres: Floats  # (n_groups, n_axes); one row or none: no structure
    reasons: tuple[str, ...] = field(default_factory=tuple)


def least(n: int) -> int:
    """Say how many members a segment needs among `n` customers: 30, and three in a hundred."""
    return max(FEWEST, int(np.ceil(_LEAST_SHARE * n)))


def merged(
    places: Floats, centres: Floats, asked: Conditions, ends: NDArray[np.int8]
) -> Kept:  # fmt: skip
    """Give up groups one by one until every one is large enough and can be told apart.

    - A group with fewer members than `least` goes to its neighbours.
    - So does one that no rule tells apart from all others.
    - Two groups that no rule tells apart, and that do not end differently, become one.

    After each step the centres move to the middle of their members again.

    Parameters
    ----------
    places
        Shape (n_customers, n_axes).
    centres
        Shape (n_groups, n_axes).
    asked
        What names are made of, of the same customers.
    ends
        Shape (n_customers,): how they ended, see `difference`.
    """
    reasons: list[str] = []
    while centres.shape[0] > 1:
        label = nearest(places, centres)
        step = _too_small(label, centres) or _unnamed(label, centres, asked)
        step = step or _twins(label, centres, asked, ends)
        if step is None:
            break
        centres, reason = step
        reasons.append(reason)
        centres = settled(places, centres)
    return Kept(centres, tuple(reasons))


_Step = tuple[Floats, str]


def _too_small(label: Labels, centres: Floats) -> _Step | None:
    sizes = np.bincount(label, minlength=centres.shape[0])
    small = int(sizes.argmin())
    needed = least(label.size)
    if sizes[small] >= needed:
        return None
    said = f"A group of {count(int(sizes[small]), 'member')} was given up: {needed} are needed."
    return np.delete(centres, small, axis=0), said


def _unnamed(label: Labels, centres: Floats, asked: Conditions) -> _Step | None:
    names = [asked.name(label == g) for g in range(centres.shape[0])]
    weakest = min(range(len(names)), key=lambda g: names[g].tells)
    name = names[weakest]
    if name.tells >= TELLING:
        return None
    said = (
        f"A group of {count(name.members.whole, 'member')} was given up: nothing tells it apart. "
        f"The best rule holds for {name.members.share:.0%} of them and {name.others.share:.0%} of "
        "the others."
    )
    return np.delete(centres, weakest, axis=0), said


def _twins(
    label: Labels, centres: Floats, asked: Conditions, ends: NDArray[np.int8]
) -> _Step | None:
    for a in range(centres.shape[0]):
        for b in range(a + 1, centres.shape[0]):
            one, other = label == a, label == b
            names = asked.name(one, other), asked.name(other, one)
            end = differ(np.where(one, 0, 1)[one | other], ends[one | other])
            if max(name.tells for name in names) < TELLING and not end.matters:
                joined = np.vstack([centres, _middle(centres, a, b, label)])
                return np.delete(joined, [a, b], axis=0), _of_twins(one, other, end)
    return None


def _middle(centres: Floats, a: int, b: int, label: Labels) -> Floats:
    weights = [np.count_nonzero(label == a), np.count_nonzero(label == b)]
    return np.average(centres[[a, b]], axis=0, weights=weights)


def _of_twins(one: NDArray[np.bool_], other: NDArray[np.bool_], end: Difference) -> str:
    sizes = [f"{int(np.count_nonzero(mask)):,}" for mask in (one, other)]
    return (
        f"Groups of {sizes[0]} and {sizes[1]} were made one: no rule tells them apart, and they "
        f"end alike (chance gives as much in {end.p:.0%} of cases)."
    )


def settled(places: Floats, centres: Floats) -> Floats:
    """Move centres to the middle of their members until nobody changes the group."""
    for _ in range(_STEPS):
        label = nearest(places, centres)
        members = np.bincount(label, minlength=centres.shape[0])
        sums = np.stack([np.bincount(label, x, minlength=members.size) for x in places.T], axis=1)
        moved = np.where(members[:, None] > 0, sums / np.maximum(members, 1)[:, None], centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return centres
