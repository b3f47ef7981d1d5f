"""The fold behind coverage: need, contact and what came after, by stage and kind of customer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.changes.kinds import Kinds
from trod.analyses.coverage.need import MET, NONE, NOT_RECORDED, UNMET, WAITING, Rule, needs
from trod.analyses.histogram import N_BINS, Spread, fill, spread
from trod.analyses.spent import spent
from trod.analyses.stall import left_us
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch
from trod.journeys.passage import NEVER, StagePlan, passages

COLUMNS: Final = (
    "entered",
    "met",
    "unmet",
    "waiting",
    "not_recorded",
    "met_there",  # still there when the days were over
    "met_left",  # of them, left later
    "unmet_there",
    "unmet_left",
    "value",  # money on record of those who entered, in millionths
)


@dataclass(frozen=True, slots=True, eq=False)
class CoverageCounts(Sums):
    """Customers by stage, cell and column; times until a person was met."""

    cells: NDArray[np.int64]  # (n_stages, n_cells, len(COLUMNS))
    waits: NDArray[np.int64]  # (n_stages, N_BINS)


class CoverageResult(NamedTuple):
    """Cell [s, c] is stage s and kind c; kind 0 is everyone."""

    cells: NDArray[np.int64]  # (n_stages, n_cells, len(COLUMNS))
    wait: tuple[Spread | None, ...]  # by stage


@dataclass(frozen=True, slots=True)
class Coverage:
    """Need against contact in every stage."""

    plan: StagePlan
    rules: tuple[Rule, ...]  # by stage
    kinds: Kinds

    def empty(self) -> CoverageCounts:
        """Give the counts of no data."""
        shape = self.plan.n_stages, self.kinds.n_cells, len(COLUMNS)
        return CoverageCounts(
            np.zeros(shape, np.int64), np.zeros((self.plan.n_stages, N_BINS), np.int64)
        )

    def read(self, batch: JourneyBatch) -> CoverageCounts:
        """Count one batch."""
        state, walked = self.empty(), passages(batch, self.plan)
        cells, gone, money = self.kinds.cells(batch), left_us(batch, self.plan), spent(batch)
        for s, rule in enumerate(self.rules):
            found = needs(batch, self.plan, s, rule)
            end = np.where(found.state == NONE, 0, found.since_us) + rule.within_us
            there = (gone == NEVER) | (gone > end)
            met, unmet = found.state == MET, found.state == UNMET
            later = there & (gone != NEVER)
            value = np.column_stack(
                [
                    walked.entered_us[:, s] != NEVER,
                    met,
                    unmet,
                    found.state == WAITING,
                    found.state == NOT_RECORDED,
                    met & there & (end <= self.plan.as_of_us),
                    met & later & (end <= self.plan.as_of_us),
                    unmet & there,
                    unmet & later,
                    np.where(walked.entered_us[:, s] != NEVER, money, 0),
                ]
            ).astype(np.int64)
            for q in range(cells.shape[1]):
                np.add.at(state.cells[s], cells[:, q], value)
            row = np.where(met, 0, -1)
            waited = np.where(met, found.waited_us, 0)
            state.waits[s] = fill(waited, row.astype(np.int64), 1)[0]
        return state

    def finish(self, state: CoverageCounts) -> CoverageResult:
        """Read the times."""
        return CoverageResult(state.cells, tuple(spread(row) for row in state.waits))
