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
    roots: NDArray[np.int32],  # (n_roots,) ids whose owner is given, from which to spread
    owner: NDArray[np.int32],  # (n_ids,) IN/OUT: person each id belongs to, NOBODY, or SEVERAL
) -> None:
    """Give each id to the person that is nearest, and to none if several are equally near.

    An id that several people reach in the same number of steps becomes SEVERAL and passes nothing
    on. All ids of one distance are decided together, so the order of ids does not matter.
    O(n_ids + n_edges).
    """
    front = roots.copy()
    reached = np.empty(owner.size, np.int32)
    while front.size:
        n = 0
        for id_ in front:
            for e in range(offsets[id_], offsets[id_ + 1]):
                near = neighbour[e]
                if owner[near] == NOBODY:
                    # Not decided before the whole ring is seen: -3 - owner marks a candidate.
                    owner[near] = -3 - owner[id_]
                    reached[n] = near
                    n += 1
                elif owner[near] <= -3 and owner[near] != -3 - owner[id_]:
                    owner[near] = SEVERAL
        kept = 0
        for i in range(n):
            id_ = reached[i]
            if owner[id_] <= -3:
                owner[id_] = -3 - owner[id_]
                reached[kept] = id_
                kept += 1
        front = reached[:kept].copy()
