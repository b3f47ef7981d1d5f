"""The shortest way from one id to another, over what joined them or what did not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def shortest(pairs: NDArray[np.int32], n_ids: int, start: int, end: int) -> tuple[int, ...]:
    """Give the ids on a shortest way from `start` to `end`; nothing where there is none.

    Among ways of one length the one of the smallest ids is taken, from the end on.

    Examples
    --------
    >>> shortest(np.array([[0, 1, 0], [1, 2, 3]], np.int32), 4, 2, 3)
    (2, 1, 0, 3)
    >>> shortest(np.array([[0], [1]], np.int32), 4, 0, 3)
    ()
    """
    both = np.concatenate([pairs, pairs[::-1]], axis=1)
    distance = np.full(n_ids, -1, np.int64)
    distance[start] = 0
    front = np.array([start])
    while front.size and distance[end] < 0:
        at_front = distance[both[0]] == distance[front[0]]
        near = both[1, at_front]
        front = np.unique(near[distance[near] < 0])
        distance[front] = distance[both[0, at_front]].max(initial=0) + 1
    if distance[end] < 0:
        return ()
    way = [end]
    while way[-1] != start:
        before = both[0, both[1] == way[-1]]
        way.append(int(before[distance[before] == distance[way[-1]] - 1].min()))
    return tuple(way[::-1])
