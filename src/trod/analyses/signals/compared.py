"""What became of customers with and without signs, within each kind of customer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.strata import by_stratum
from trod.analyses.histogram import N_BINS
from trod.analyses.signals.halves import half_of
from trod.analyses.signals.outcome import Watch
from trod.analyses.signals.sign import Sign, placed
from trod.analyses.signals.strata import Strata
from trod.fold import Sums
from trod.journeys.batch import NO_VALUE, JourneyBatch

NEVER_HAD, HAD_LATER, HAD = 0, 1, 2


class Within(NamedTuple):
    """A table: one sign, within the levels of up to three strata, or of another sign."""

    sign: int
    strata: tuple[int, ...] = ()
    other: int = -1  # sign whose groups are strata: not at risk there, without, with


class ComparedResult(NamedTuple):
    """Tables and, by sign, what else is told of those with it and without it."""

    tables: tuple[NDArray[np.int64], ...]  # (n_levels, half, group (3), outcome (2)) each
    lead: NDArray[np.int64]  # (n_signs, 2, N_BINS) time from the mark to the outcome
    money: NDArray[np.int64]  # (n_signs, 2) value on record, of those at risk
    now: NDArray[np.int64]  # (n_signs, 2) customers at risk now, without and with


@dataclass(frozen=True, slots=True, eq=False)
class ComparedCounts(Sums):
    """Customers in all tables, flat, and the rest by sign."""

    counts: NDArray[np.int64]
    lead: NDArray[np.int64]
    money: NDArray[np.int64]
    now: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Compared:
    """Customers at risk at the mark of each sign, by stratum, group and outcome."""

    watch: Watch
    strata: Strata
    signs: tuple[Sign, ...]
    tables: tuple[Within, ...]

    def empty(self) -> ComparedCounts:
        """Give the counts of no data."""
        n = len(self.signs)
        return ComparedCounts(
            np.zeros(self._places()[-1], np.int64),
            np.zeros((n, 2, N_BINS), np.int64),
            np.zeros((n, 2), np.int64),
            np.zeros((n, 2), np.int64),
        )

    def read(self, batch: JourneyBatch) -> ComparedCounts:
        """Count one batch."""
        state, found = self.empty(), placed(batch, self.watch, self.signs)
        by_stratum(
            given(found.at, np.int8),
            half_of(batch),
            given(self.strata.levels(batch), np.int64),
            self._rows(),
            self.strata.n_levels(),
            state.counts,
        )
        state.lead[:] = found.lead
        value = np.where(batch.value == NO_VALUE, 0, batch.value)
        so_far = np.concatenate([[0], np.cumsum(value)])[batch.offsets]
        spent = np.diff(so_far)
        for g, (at, now) in enumerate(
            (
                ((found.at >= 0) & (found.at < 2 * HAD), (found.now >= 0) & (found.now < HAD)),
                (found.at >= 2 * HAD, found.now == HAD),
            )
        ):
            state.money[:, g] = spent @ at
            state.now[:, g] = np.count_nonzero(now, axis=0)
        return state

    def finish(self, state: ComparedCounts) -> ComparedResult:
        """Cut the counts into tables."""
        places = self._places()
        tables = tuple(state.counts[a:b].reshape(-1, 2, 3, 2) for a, b in pairwise(places))
        return ComparedResult(tables, state.lead, state.money, state.now)

    def _places(self) -> list[int]:
        """Give where each table begins in the flat counts, and where the last one ends."""
        n = self.strata.n_levels()
        size = [
            12 * int(np.prod(n[list(t.strata)], dtype=np.int64)) * (3 if t.other >= 0 else 1)
            for t in self.tables
        ]
        return [0, *np.cumsum(size, dtype=np.int64).tolist()]

    def _rows(self) -> NDArray[np.int64]:
        """Give the tables as the kernel reads them, (n_tables, 6)."""
        rows = [
            (t.sign, *t.strata, *([-1] * (3 - len(t.strata))), t.other, at)
            for t, at in zip(self.tables, self._places(), strict=False)
        ]
        return given(np.array(rows, np.int64).reshape(-1, 6), np.int64)
