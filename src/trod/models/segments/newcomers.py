"""Who came when, and how they began."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.periods import periods_of
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.label import readable

STEPS: Final = 3


class Newcomers(NamedTuple):
    """Customers in the order of the batches."""

    period: NDArray[np.int64]  # (n_customers,) month of the first touchpoint
    label: tuple[str, ...]  # of each period, such as 2026-05
    path: NDArray[np.int64]  # (n_customers,) the first three different touchpoints, -1 for fewer
    n_names: int

    def steps(self, path: int) -> tuple[int, ...]:
        """Give the codes of the touchpoints of a path."""
        codes = []
        for _ in range(STEPS):
            path, code = divmod(path, self.n_names)
            codes.append(code)
        return tuple(reversed(codes))


def newcomers(journeys: Journeys, within_us: int | None = None) -> Newcomers:
    """Say of everyone in which month they came, and with which touchpoints they began.

    With `within_us` only what they did so long after their first touchpoint is how they began: so
    much is known when that time is over, and it is the same whenever it is asked.

    Notes
    -----
    O(n_touchpoints log n_touchpoints). A touchpoint that comes again is not counted again, so that
    one who looks twice has begun like one who looked once.
    """
    months = periods_of(journeys, "month")
    starts = np.array(months.start_us, np.int64)
    n_names = len(journeys.vocabulary.touchpoints)
    period, path = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for batch in journeys:
        some = np.diff(batch.offsets) > 0
        first = np.zeros(batch.n_customers, np.int64)
        first[some] = batch.time_us[batch.offsets[:-1][some]]
        period.append(np.maximum(np.searchsorted(starts, first, side="right") - 1, 0))
        path.append(_paths(batch, n_names, within_us))
    return Newcomers(np.concatenate(period), months.label, np.concatenate(path), n_names)


def _paths(batch: JourneyBatch, n_names: int, within_us: int | None) -> NDArray[np.int64]:
    """Give the first three different touchpoints of each customer as one number."""
    own = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    first = np.sort(np.unique(own * n_names + batch.code, return_index=True)[1])
    if within_us is not None:
        came_us = batch.time_us[batch.offsets[own[first]]]
        first = first[batch.time_us[first] - came_us <= within_us]
    who = own[first]
    nth = np.arange(first.size) - np.searchsorted(who, who)
    path = np.zeros(batch.n_customers, np.int64)
    for step in range(STEPS):
        at = nth == step
        path[who[at]] = path[who[at]] * n_names + batch.code[first[at]]
    path[np.bincount(who, minlength=batch.n_customers) < STEPS] = -1
    return path


def words(codes: tuple[int, ...], names: tuple[str, ...]) -> str:
    """Say how somebody began."""
    return "begin with " + ", then ".join(readable(names[code]) for code in codes)
