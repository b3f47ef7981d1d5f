"""Choosing a setting and judging it, always on what came later than what was learned from.

The time on record is cut at shares of its touchpoints. Each block of moves after a cut is foretold
from what was known at the cut, by the setting that did best on the blocks before it; so nothing
that is judged was ever learned from or chosen by.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.models.next.chance import HALF_LIVES, PRIORS, Came, Chances, Setting
from trod.models.next.grams import Grams, GramsResult
from trod.models.next.moves import Moves, Scored, endings, moves, scored, scored_endings

CUTS: Final = (0.4, 0.55, 0.7, 0.85, 1.0)
"""Shares of touchpoints in order of time between which the blocks lie."""
POPULARITY: Final = Setting(0, None, 2)
FIRST_ORDER: Final = Setting(1, None, 2)
_PLAIN: Final = (FIRST_ORDER, POPULARITY)
_LEAST_GAIN: Final = 1e-9


class Block(NamedTuple):
    """Some moves, and what was known before them."""

    counts: GramsResult
    moves: Moves
    endings: Moves  # of those touchpoints after which the end could be seen


class Judged(NamedTuple):
    """The same moves, foretold in three ways; the same touchpoints, whether they were the last."""

    chosen: Scored
    first_order: Scored
    popularity: Scored
    endings: Scored  # by the chosen setting
    endings_alike: Scored  # by the share after any touchpoint


def counted(
    batches: Sequence[JourneyBatch],
    vocabulary: Vocabulary,
    order: int,
    as_of_us: int,
    left_after_us: int,
) -> GramsResult:
    """Count what followed what, as it was known at a moment."""
    asked = {"it": Grams(vocabulary, order, as_of_us, left_after_us)}
    found: GramsResult = fold.run(asked, batches)["it"]
    return found


def blocks(
    batches: Sequence[JourneyBatch], vocabulary: Vocabulary, order: int, left_after_us: int
) -> tuple[Block, ...]:
    """Cut the time on record; blocks without a move are left out."""
    times = np.sort(np.concatenate([np.empty(0, np.int64), *(b.time_us for b in batches)]))
    if times.size == 0:
        return ()
    settled_us = int(times[-1]) - left_after_us
    edges = [int(times[min(int(cut * times.size), times.size - 1)]) for cut in CUTS]
    found = (
        Block(
            counted(batches, vocabulary, order, start, left_after_us),
            moves(batches, order, start, end),
            endings(batches, order, start, min(end, settled_us)),
        )
        for start, end in pairwise(edges)
        if start < end
    )
    return tuple(block for block in found if block.moves.came.size)


def surprise(block: Block) -> NDArray[np.float64]:
    """Sum ``-log(chance of what came)`` over a block for every setting that is tried.

    Returns
    -------
    array
        Shape (n_half_lives, n_priors, 2, order + 1); the third axis is `Setting.lasting`.
    """
    pairs, times = np.unique(
        np.column_stack([block.moves.context, block.moves.came]), axis=0, return_counts=True
    )
    came = Came.of(block.counts, pairs[:, :-1], pairs[:, -1])
    return np.array(
        [
            [(-np.log(found) * times).sum(axis=-1) for found in came.chances(days, PRIORS)]
            for days in HALF_LIVES
        ]
    )


def choose(surprises: Sequence[NDArray[np.float64]]) -> Setting:
    """Give the setting under which what came surprised least; of equal ones the simpler."""
    total = reduce(add, surprises)
    best, least = FIRST_ORDER, float(np.inf)
    for h, p, lasting, order in np.ndindex(total.shape):
        if order and total[h, p, lasting, order] < least - _LEAST_GAIN:
            best = Setting(order, HALF_LIVES[h], PRIORS[p], bool(lasting))
            least = float(total[h, p, lasting, order])
    return best


def judge(on: Sequence[Block], surprises: Sequence[NDArray[np.float64]]) -> Judged:
    """Foretell every block but the first by the setting that did best on those before it.

    The plain ways lean on shorter contexts as much as the chosen one, so that what is gained is
    gained by memory and by recency.
    """
    chosen = [choose(surprises[:k]) for k in range(1, len(on))]
    ways = [[way, *(one._replace(prior=way.prior) for one in _PLAIN)] for way in chosen]
    per_way = zip(
        *(_ways(block, way) for block, way in zip(on[1:], ways, strict=True)), strict=True
    )
    return Judged(*(_together(parts) for parts in per_way))


def _ways(block: Block, ways: Sequence[Setting]) -> list[Scored]:
    chosen, first_order, popularity = (Chances.of(block.counts, way) for way in ways)
    return [
        *(scored(chances, block.moves) for chances in (chosen, first_order, popularity)),
        *(scored_endings(chances, block.endings) for chances in (chosen, popularity)),
    ]


def _together(parts: Sequence[Scored]) -> Scored:
    return Scored(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
