"""Spread people over the ids that were seen together.

Functions here take arrays and fill arrays. They check nothing, raise nothing and know no names.
`trod.identity.graph` builds the arrays; `tests/slow_twins/components.py` is the obvious version.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

NOBODY = -1
SEVERAL = -2


@njit(cache=True, nogil=True)
def neighbours(
    one: NDArray[np.int32],  # (n_edges,) ids seen together, each pair once
    other: NDArray[np.int32],  # (n_edges,)
    offsets: NDArray[np.int64],  # (n_ids + 1,) OUT: id i has neighbour[offsets[i]:offsets[i + 1]]
    neighbour: NDArray[np.int32],  # (2 * n_edges,) OUT
) -> None:
    """List the neighbours of each id."""
    offsets[:] = 0
    for e in range(one.size):
        offsets[one[e] + 1] += 1
        offsets[other[e] + 1] += 1
    for i in range(1, offsets.size):
        offsets[i] += offsets[i - 1]
    cursor = offsets[:-1].copy()
    for e in range(one.size):
        neighbour[cursor[one[e]]] = other[e]
        cursor[one[e]] += 1
        neighbour[cursor[other[e]]] = one[e]
        cursor[other[e]] += 1


@njit(cache=True, nogil=True)
def spread(
    offsets: NDArray[np.int64],  # (n_ids + 1,)
    neighbour: NDArray[np.int32],  # (offsets[-1],)
    apart_offsets: NDArray[np.int64],  # (n_ids + 1,) as above, of ids that are held apart
    apart: NDArray[np.int32],  # (apart_offsets[-1],)
    roots: NDArray[np.int32],  # (n_roots,) ids whose owner is given, from which to spread
    owner: NDArray[np.int32],  # (n_ids,) IN/OUT: person each id belongs to, NOBODY, or SEVERAL
) -> None:
    """Give each id to the person that is nearest, and to none if several are equally near.

    A person who has an id that is held apart from it is not near. An id that several people reach
    in the same number of steps becomes SEVERAL and passes nothing on. Two ids that are held apart
    and that one person reaches in the same number of steps stay undecided. All ids of one
    distance are decided together, so the order of ids does not matter. O(n_ids + n_edges).
    """
    front = roots.copy()
    reached = np.empty(owner.size, np.int32)
    while front.size:
        n = 0
        for id_ in front:
            for e in range(offsets[id_], offsets[id_ + 1]):
                n = _touch(owner[id_], neighbour[e], apart_offsets, apart, owner, reached, n)
        front = reached[: _settle(apart_offsets, apart, owner, reached, n)].copy()


@njit(cache=True, nogil=True)
def _touch(
    who: np.int32,
    near: np.int32,
    apart_offsets: NDArray[np.int64],
    apart: NDArray[np.int32],
    owner: NDArray[np.int32],  # IN/OUT
    reached: NDArray[np.int32],  # IN/OUT
    n: int,
) -> int:
    """Let a person reach an id; -3 - owner marks a candidate until the whole ring is seen."""
    state = owner[near]
    if state >= 0 or state in (SEVERAL, -3 - who):
        return n
    if _has_one_of(who, apart_offsets, apart, near, owner):
        return n
    if state == NOBODY:
        owner[near] = -3 - who
        reached[n] = near
        return n + 1
    owner[near] = SEVERAL
    return n


@njit(cache=True, nogil=True)
def _settle(
    apart_offsets: NDArray[np.int64],
    apart: NDArray[np.int32],
    owner: NDArray[np.int32],  # IN/OUT
    reached: NDArray[np.int32],  # IN/OUT
    n: int,
) -> int:
    """Decide the ids of a ring; keep those that have an owner now, and return how many."""
    for i in range(n):
        id_ = reached[i]
        if owner[id_] <= -3 and _has_one_of(owner[id_], apart_offsets, apart, id_, owner):
            reached[i] = -1 - id_
    kept = 0
    for i in range(n):
        id_ = reached[i]
        if id_ < 0:
            owner[-1 - id_] = NOBODY
        elif owner[id_] <= -3:
            owner[id_] = -3 - owner[id_]
            reached[kept] = id_
            kept += 1
    return kept


@njit(cache=True, nogil=True)
def _has_one_of(
    who: np.int32,
    apart_offsets: NDArray[np.int64],
    apart: NDArray[np.int32],
    id_: np.int32,
    owner: NDArray[np.int32],
) -> bool:
    """Say whether a person, or candidate, has an id that is held apart from `id_`."""
    found = False
    for e in range(apart_offsets[id_], apart_offsets[id_ + 1]):
        found |= owner[apart[e]] == who
    return found
