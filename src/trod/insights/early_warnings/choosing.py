"""Which day, for each touchpoint: chosen on one half of the customers alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import combinations
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.signals.halves import CHOSEN_ON
from trod.analyses.signals.ratio import pooled
from trod.analyses.signals.screen import Pair
from trod.analyses.signals.sign import ALONE, Sign
from trod.insights.wording import SMALL_N
from trod.journeys.passage import DAY_US

FEWEST: Final = SMALL_N
"""Customers needed with the sign and without it, in each half."""
FEWEST_HITS: Final = 10
_ORDERED: Final = 8  # touchpoints whose order is compared two by two
_STILL: Final = 0.6
_NEARLY: Final = 0.95


class Chosen(NamedTuple):
    """A sign with its day, or the most customers there were where they are too few."""

    code: int
    sign: Sign | None
    most: int  # customers in the smaller group of a half, on the best day


def alone(
    pair: Pair, table: NDArray[np.int64], days: tuple[int, ...], left_out: Collection[int]
) -> Iterator[Chosen]:
    """Choose a day for each touchpoint: where the halves told apart by it differ most surely.

    Parameters
    ----------
    table
        Shape (n_names, n_days, half, group, outcome), from `Screen`.
    """
    for k in range(table.shape[0]):
        if k in left_out:
            continue
        sizes = table[k].sum(axis=3).min(axis=(1, 2))  # (n_days,)
        hits = table[k, :, :, :, 1].sum(axis=(1, 2))
        enough = (sizes >= FEWEST) & (hits >= FEWEST_HITS)
        if not enough.any():
            if sizes.max(initial=0) > 0:
                yield Chosen(k, None, int(sizes.max()))
            continue
        found = [
            (pooled(table[k, d, CHOSEN_ON][None]), -d) for d in np.flatnonzero(enough).tolist()
        ]
        sure = [(round(abs(ratio.z), 9), d) for ratio, d in found if ratio is not None]
        if sure:
            day = days[-max(sure)[1]]
            sign = Sign(*pair, k, ALONE, day * DAY_US)
            yield Chosen(k, sign, int(sizes.max()))


def in_order(
    pair: Pair, table: NDArray[np.int64], days: tuple[int, ...], left_out: Collection[int]
) -> Iterator[Sign]:
    """Pair the touchpoints that most customers have, on a day that is not chosen by the outcome.

    It is the day by which nearly all had both who had both on the last day on which three in five
    of the customers of the first day are still there.
    """
    there = table[0].sum(axis=(1, 2, 3))  # the same for all touchpoints, nearly
    last = int(np.flatnonzero(there >= _STILL * there[0])[-1]) if there[0] else 0
    by_day = table[:, : last + 1, :, 1].sum(axis=(2, 3))  # (n_names, n_days)
    had = by_day[:, -1]
    some = [k for k in range(had.size) if k not in left_out and had[k] >= 4 * FEWEST]
    most = sorted(sorted(some, key=lambda k: (-int(had[k]), k))[:_ORDERED])
    for a, b in combinations(most, 2):
        nearly = (by_day[[a, b]] >= _NEARLY * had[[a, b], None]).all(axis=0)
        yield Sign(*pair, a, b, days[int(np.argmax(nearly))] * DAY_US)
