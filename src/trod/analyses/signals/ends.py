"""How the customers of each kind ended: a kind that is known only of those who left tells on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod.analyses.signals.strata import Strata
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import LEFT, passages


@dataclass(frozen=True, slots=True, eq=False)
class EndCounts(Sums):
    """Customers who entered, by attribute, level, and whether they left."""

    counts: NDArray[np.int64]  # (n_attributes, most levels, 2)


@dataclass(frozen=True, slots=True)
class Ends:
    """Customers who left, and who did not or not yet, by each attribute.

    Those still on the way are among them: of a course that has just begun only those who left have
    ended, and its name would pass for a reason of leaving.
    """

    strata: Strata

    def empty(self) -> EndCounts:
        """Give the counts of no data."""
        sizes = [len(self.strata.all[q].labels) for q in self.strata.attributes()]
        return EndCounts(np.zeros((len(sizes), max(sizes, default=0), 2), np.int64))

    def read(self, batch: JourneyBatch) -> EndCounts:
        """Count one batch."""
        state, walked = self.empty(), passages(batch, self.strata.plan)
        level = self.strata.levels(batch)
        entered = walked.furthest >= 0
        left = (walked.status == LEFT).astype(np.int64)
        for q in self.strata.attributes():
            np.add.at(state.counts[q], (level[entered, q], left[entered]), 1)
        return state

    def finish(self, state: EndCounts) -> NDArray[np.int64]:
        """Give the counts."""
        return state.counts
