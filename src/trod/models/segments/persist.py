"""Segments over refits: which of today's is which of before, and who moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

_SAME: Final = 1 / 3
"""Overlap from which two segments are the same one: half of each, were they of one size."""
_MOST_OF: Final = 0.5

What = Literal["born", "ended", "split off", "merged into"]


class Change(NamedTuple):
    """What became of a segment since the last fit."""

    what: What
    segment: str  # its id
    other: str  # where its members were, or went; "" where that is many places
    members: int


class Carried(NamedTuple):
    """Ids of today's segments, and what changed."""

    ids: tuple[str, ...]
    next_id: int  # so that the id of a segment that ended is never given again
    changes: tuple[Change, ...]
    moved: tuple[tuple[str, str, int], ...]  # from, to, customers; of segments that go on
    both: int  # customers judged both times


def carried(
    before: Sequence[str], next_id: int, was: NDArray[np.int64], now: NDArray[np.int64], n: int
) -> Carried:
    """Give today's segments their ids: those of before where most members are the same.

    Pairs of a segment of before and one of today are matched so that the sum of their overlaps is
    largest, each at most once; a pair counts with an overlap (Jaccard: in both, of in either) of a
    third or more.

    Parameters
    ----------
    before
        Ids of the segments of before.
    next_id
        First number that was never an id.
    was, now
        Shape (n_customers,): place of the segment of each customer who was judged both times.
    n
        How many segments there are today.

    References
    ----------
    .. [1] Greene, Doyle & Cunningham (2010), "Tracking the evolution of communities in dynamic
       social networks", ASONAM 2010:176-183.

    Examples
    --------
    Five customers were one segment; two of them, with a third, are a segment of their own now.

    >>> was, now = np.array([0, 0, 0, 0, 0, 1]), np.array([0, 0, 0, 1, 1, 1])
    >>> found = carried(["s1"], 2, was[:5], now[:5], 2)
    >>> found.ids, found.changes, found.moved
    (('s1', 's2'), (Change(what='split off', segment='s2', other='s1', members=2),), ())
    """
    from scipy.optimize import linear_sum_assignment

    cells = np.zeros((len(before), n), np.int64)
    np.add.at(cells, (was, now), 1)
    either = cells.sum(axis=1, keepdims=True) + cells.sum(axis=0) - cells
    overlap = cells / np.maximum(either, 1)
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    same = {int(b): int(a) for a, b in zip(rows, columns, strict=True) if overlap[a, b] >= _SAME}
    ids, left = [], next_id
    for b in range(n):
        if b in same:
            ids.append(before[same[b]])
        else:
            ids.append(f"s{left}")
            left += 1
    changes = [_born(b, ids, before, cells) for b in range(n) if b not in same]
    gone = [a for a in range(len(before)) if a not in same.values()]
    changes += [_ended(a, ids, before, cells) for a in gone]
    moved = [
        (before[a], ids[b], int(cells[a, b]))
        for b, _ in sorted(same.items())
        for a in sorted(same.values())
        if cells[a, b] and before[a] != ids[b]
    ]
    return Carried(tuple(ids), left, tuple(changes), tuple(moved), int(was.size))


def _born(
    b: int, ids: Sequence[str], before: Sequence[str], cells: NDArray[np.int64]
) -> Change:  # fmt: skip
    here = cells[:, b]
    total = int(here.sum())
    if total and here.max() > _MOST_OF * total:
        return Change("split off", ids[b], before[int(here.argmax())], int(here.max()))
    return Change("born", ids[b], "", total)


def _ended(
    a: int, ids: Sequence[str], before: Sequence[str], cells: NDArray[np.int64]
) -> Change:  # fmt: skip
    there = cells[a]
    total = int(there.sum())
    if total and there.max() > _MOST_OF * total:
        return Change("merged into", before[a], ids[int(there.argmax())], int(there.max()))
    return Change("ended", before[a], "", total)


def told(found: Carried) -> dict[str, Any]:
    """Give the changes as JSON."""
    return {
        "changes": [change._asdict() for change in found.changes],
        "moved": [{"from": a, "to": b, "customers": n} for a, b, n in found.moved],
        "both": found.both,
    }
