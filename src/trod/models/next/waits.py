"""How long it usually takes until the next touchpoint: whichever it is, or a certain one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.histogram import N_BINS, sparse_quantiles
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

    def columns(self) -> dict[str, Any]:
        """Give one row per pair."""
        return self._asdict()


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
        whichever = (pair // size) * size + size - 1
        anything = Tally.of_keys(np.repeat(whichever * N_BINS + index, state.times.count[:, 0]))
        both = Tally(state.times.key, state.times.count) + anything
        pair, index = np.divmod(both.key, N_BINS)
        pairs, place = np.unique(pair, return_inverse=True)
        n = np.zeros(pairs.size, np.int64)
        np.add.at(n, place, both.count[:, 0])
        spans = (sparse_quantiles(pair, index, both.count[:, 0], share) for share in (MEDIAN, P90))
        return WaitsResult(*np.divmod(pairs, size), n, *spans)
