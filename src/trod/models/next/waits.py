"""How long it usually takes until the next touchpoint: whichever it is, or a certain one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.histogram import N_BINS, bin_index, sparse_quantiles
from trod.analyses.tally import Tally
from trod.analyses.transitions import TransitionCounts, Transitions
from trod.journeys.batch import JourneyBatch, Vocabulary

MEDIAN, P90 = (1, 2), (9, 10)


class WaitsResult(NamedTuple):
    """Row i is a pair of touchpoints that followed each other; `target` n_names is any."""

    source: NDArray[np.int64]  # (n,) code
    target: NDArray[np.int64]  # (n,) code, or n_names for whichever came
    n: NDArray[np.int64]  # (n,) times on record
    median_us: NDArray[np.int64]  # (n,)
    p90_us: NDArray[np.int64]  # (n,)
    cell: NDArray[np.int64]  # (n_cells,) source * N_BINS + bin of the time to whichever came
    cell_n: NDArray[np.int64]  # (n_cells,) times on record

    def columns(self) -> dict[str, Any]:
        """Give one row per pair."""
        return dict(zip(self._fields[:5], self[:5], strict=True))

    def longer(self, source: int, waited_us: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give the share of times after a touchpoint that were longer than some waits, (n,).

        1 where nothing is known of the touchpoint.
        """
        begin, end = np.searchsorted(self.cell, [source * N_BINS, (source + 1) * N_BINS])
        n, index = self.cell_n[begin:end], self.cell[begin:end] - source * N_BINS
        if n.size == 0:
            return np.ones(waited_us.size)
        above = np.append(n[::-1].cumsum()[::-1], 0)
        bins = np.array([bin_index(us) for us in waited_us.tolist()], np.int64)
        return np.asarray(above[np.searchsorted(index, bins, side="right")] / above[0], np.float64)


@dataclass(frozen=True, slots=True)
class Waits:
    """Times between touchpoints that follow each other, of those whose next one has come."""

    vocabulary: Vocabulary

    def empty(self) -> TransitionCounts:
        """Give the counts of no data."""
        return Transitions(self.vocabulary).empty()

    def read(self, batch: JourneyBatch) -> TransitionCounts:
        """Count one batch."""
        return Transitions(self.vocabulary).read(batch)

    def finish(self, state: TransitionCounts) -> WaitsResult:
        """Read medians and 90th percentiles, of pairs and of all that follow a touchpoint."""
        size = len(self.vocabulary.touchpoints) + 1
        pair, index = np.divmod(state.times.key, N_BINS)
        whichever = np.repeat((pair // size) * N_BINS + index, state.times.count[:, 0])
        anything = Tally.of_keys(whichever)
        source, index = np.divmod(anything.key, N_BINS)
        of_any = Tally((source * size + size - 1) * N_BINS + index, anything.count)
        both = state.times + of_any
        pair, index = np.divmod(both.key, N_BINS)
        pairs, place = np.unique(pair, return_inverse=True)
        n = np.zeros(pairs.size, np.int64)
        np.add.at(n, place, both.count[:, 0])
        median, p90 = (
            sparse_quantiles(pair, index, both.count[:, 0], share) for share in (MEDIAN, P90)
        )
        source, target = np.divmod(pairs, size)
        return WaitsResult(source, target, n, median, p90, anything.key, anything.count[:, 0])
