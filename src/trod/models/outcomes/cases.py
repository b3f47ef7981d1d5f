"""What is known of customers at marks, and what came: rows that several outcomes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trod.journeys.batch import Journeys
from trod.journeys.passage import StagePlan
from trod.models.features.build import features
from trod.models.features.catalog import Catalog
from trod.models.features.moments import Moments
from trod.models.outcomes.landmarks import Landmarks
from trod.models.outcomes.outcome import Outcome

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Rows of one outcome, by customer and then by mark."""

    x: NDArray[np.float32]  # (n_rows, n_features)
    label: NDArray[np.bool_]  # (n_rows,) whether the outcome came within reach
    event_us: Ints  # (n_rows,) moment of it whenever it came, NOT_YET without one
    moment_us: Ints  # (n_rows,) the mark
    customer: Ints  # (n_rows,)
    stage: NDArray[np.int8]  # (n_rows,)

    def take(self, which: NDArray[np.bool_] | Ints) -> Cases:
        """Give some of the rows."""
        return Cases(
            self.x[which],
            self.label[which],
            self.event_us[which],
            self.moment_us[which],
            self.customer[which],
            self.stage[which],
        )

    def without(self, columns: Sequence[int]) -> Cases:
        """Give the same rows, some columns of which say nothing."""
        if not columns:
            return self
        x = self.x.copy()
        x[:, list(columns)] = 0.0
        return replace(self, x=x)

    @property
    def n(self) -> int:
        """How many rows there are."""
        return self.label.size

    @property
    def events(self) -> int:
        """How many rows have the outcome within reach."""
        return int(self.label.sum())

    @property
    def leavers(self) -> int:
        """How many customers have it within reach of some mark."""
        return int(np.unique(self.customer[self.label]).size)


def cases(
    journeys: Journeys,
    plan: StagePlan,
    chosen: Catalog,
    asked: Sequence[tuple[Outcome, Landmarks]],
) -> list[Cases]:
    """Look at the rows of several outcomes, each row once.

    Parameters
    ----------
    journeys, plan, chosen
        The data, the stages, and the features.
    asked
        Outcomes with their rows.

    Notes
    -----
    The rows of all outcomes are put together first: most customers stand at a mark for several.
    """
    places: list[list[Ints]] = [[] for _ in asked]
    joined, base = [], 0
    for b in range(len(journeys.batches)):
        parts = [rows.moments[b] for _, rows in asked]
        both, back = _union(parts)
        joined.append(both)
        for found, place in zip(places, back, strict=True):
            found.append(place + base)
        base += both.customer.size
    x = features(journeys, plan, joined, chosen).values
    none = np.empty(0, np.int64)
    return [
        Cases(
            x[np.concatenate([none, *place])],
            rows.within(outcome.within_us),
            rows.event_us,
            rows.moment_us,
            rows.customer,
            rows.stage,
        )
        for (outcome, rows), place in zip(asked, places, strict=True)
    ]


def _union(parts: Sequence[Moments]) -> tuple[Moments, list[Ints]]:
    """Join rows by customer and moment; give where those of each part have gone."""
    customer = np.concatenate([part.customer for part in parts])
    moment = np.concatenate([part.moment_us for part in parts])
    order = np.lexsort((moment, customer))
    new = np.ones(order.size, np.bool_)
    new[1:] = (np.diff(customer[order]) != 0) | (np.diff(moment[order]) != 0)
    place = np.empty(order.size, np.int64)
    place[order] = np.cumsum(new) - 1
    ends = np.cumsum([part.customer.size for part in parts])[:-1]
    both = Moments(customer[order][new], moment[order][new])
    return both, np.split(place, ends)
