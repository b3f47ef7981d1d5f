"""How the customers of each kind ended: a kind that is known only of those who left tells on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trod.analyses.signals.strata import Strata
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import LEFT, OPEN, Passages, passages


@dataclass(frozen=True, slots=True, eq=False)
class EndCounts(Sums):
    """Customers who entered, by attribute, level, and how they ended."""

    counts: NDArray[np.int64]  # (n_attributes, most levels, 3)


@dataclass(frozen=True, slots=True)
class Ends:
    """Customers who stayed to the end, who left, and who are still on the way, by each attribute.

    Those on the way are counted apart: of a course that has just begun only those who left have
    ended, and its name would pass for a reason of leaving.
    """

    strata: Strata

    def empty(self) -> EndCounts:
        """Give the counts of no data."""
        sizes = [len(self.strata.all[q].labels) for q in self.strata.attributes()]
        return EndCounts(np.zeros((len(sizes), max(sizes, default=0), 3), np.int64))

    def read(self, batch: JourneyBatch) -> EndCounts:
        """Count one batch."""
        state, walked = self.empty(), passages(batch, self.strata.plan)
        level = self.strata.levels(batch)
        entered = walked.furthest >= 0
        end = ended(walked)
        for q in self.strata.attributes():
            np.add.at(state.counts[q], (level[entered, q], end[entered]), 1)
        return state

    def finish(self, state: EndCounts) -> NDArray[np.int64]:
        """Give the counts."""
        return state.counts


def ended(walked: Passages) -> NDArray[np.int64]:
    """Say of each customer: 0 stayed to the end, 1 left, 2 still on the way, (n_customers,)."""
    return np.where(walked.status == LEFT, 1, np.where(walked.status == OPEN, 2, 0))
