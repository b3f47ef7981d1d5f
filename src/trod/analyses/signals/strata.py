"""Kinds of customers that are compared with their like: by attribute, by how busy, by when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod.analyses.attributes import Attribute, attributes_of, rows_of
from trod.analyses.signals.ground import before
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.passage import StagePlan, passages

MOST_VALUES: Final = 50
BUSY: Final = ("little", "some", "much")
ERA: Final = ("earlier", "later")


class Stratum(NamedTuple):
    """One way to tell customers apart."""

    name: str
    labels: tuple[str, ...]
    stage: int = -1  # of those that are told at entering a stage


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """All ways to tell customers apart, and the level of every customer in each."""

    plan: StagePlan = field(repr=False)
    all: tuple[Stratum, ...]
    busy_cuts: tuple[tuple[int, int], ...]  # by stage
    era_us: tuple[int, ...]  # by stage: from when on entering is late
    _known: tuple[Attribute, ...] = field(repr=False, default=())
    _rows: pa.Array | None = field(repr=False, default=None)

    def n_levels(self) -> NDArray[np.int64]:
        """Give the number of levels of each, (n_strata,)."""
        return given(np.array([len(each.labels) for each in self.all], np.int64), np.int64)

    def attributes(self) -> range:
        """Give the places of those that are attributes."""
        return range(len(self._known))

    def busy(self, stage: int) -> int:
        """Give the place of how much customers did before a stage."""
        return len(self._known) + 2 * stage

    def era(self, stage: int) -> int:
        """Give the place of when customers entered a stage."""
        return len(self._known) + 2 * stage + 1

    def levels(self, batch: JourneyBatch) -> NDArray[np.int64]:
        """Give the level of every customer of a batch in each, (n_customers, n_strata)."""
        level = np.zeros((batch.n_customers, len(self.all)), np.int64)
        if self._rows is not None and self._known:
            row = rows_of(batch, self._rows)
            for q, each in enumerate(self._known):
                level[:, q] = np.where(row < 0, len(each.values), each.code[row])
        walked = passages(batch, self.plan)
        told = np.zeros((self.plan.failure.size, 2), np.int64)
        did = before(batch, walked, told)
        for s, (low, high) in enumerate(self.busy_cuts):
            level[:, self.busy(s)] = (did[:, s] > low).astype(np.int64) + (did[:, s] > high)
            level[:, self.era(s)] = walked.entered_us[:, s] >= self.era_us[s]
        return level


def strata(
    journeys: Journeys,
    plan: StagePlan,
    *,
    busy_cuts: tuple[tuple[int, int], ...],
    era_us: tuple[int, ...],
) -> Strata:
    """List the ways to tell customers apart that the data have.

    Attributes of 2 to 50 values, those without a value being one more; how many touchpoints a
    customer had before entering a stage, in thirds; whether they entered it in the earlier or the
    later half.
    """
    table = journeys.attributes
    known = tuple(
        each
        for each in attributes_of(table, MOST_VALUES)
        if len(each.values) + each.missing <= MOST_VALUES
    )
    told = [
        Stratum(name, labels, s)
        for s in range(plan.n_stages)
        for name, labels in (("how busy they were before", BUSY), ("when they came", ERA))
    ]
    named = tuple(Stratum(each.name, (*each.values, "no value")) for each in known)
    rows = table["customer"].combine_chunks() if table is not None else None
    return Strata(plan, (*named, *told), busy_cuts, era_us, known, rows)
