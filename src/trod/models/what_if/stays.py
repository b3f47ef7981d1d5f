"""Stays in stages: how long, and what ended them; who came in when; what customers brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.stays import stay_keys
from trod.analyses.histogram import N_BINS, fill
from trod.analyses.stages import success_us
from trod.analyses.stall import left_us
from trod.analyses.tally import Tally
from trod.fold import Sums
from trod.journeys.batch import NO_VALUE, JourneyBatch
from trod.journeys.passage import StagePlan, passages


class StaysResult(NamedTuple):
    """Row i is some stays that ended alike. Done, left and open are stages n, n + 1 and n + 2."""

    stage: tuple[str, ...]
    source: NDArray[np.int64]  # (n,) stage; n_stages is coming in
    target: NDArray[np.int64]  # (n,) stage, done, left or open
    bin: NDArray[np.int64]  # (n,) of the time in the stage; of those coming in, of the time since
    n: NDArray[np.int64]  # (n,) customers
    customers: NDArray[np.int64]  # (3,) by OPEN, LEFT, DONE
    money: NDArray[np.int64]  # (3,) their money on record, in millionths
    by_money: NDArray[np.int64]  # (3, N_BINS) customers by money on record

    def columns(self) -> dict[str, Any]:
        """Give one row per kind of stay."""
        return {"source": self.source, "target": self.target, "bin": self.bin, "n": self.n}

    def moved(self, source: int) -> NDArray[np.int64]:
        """Count the customers of one source by target, (n_stages + 3,)."""
        here = self.source == source
        found = np.zeros(len(self.stage) + 3, np.int64)
        np.add.at(found, self.target[here], self.n[here])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class StayCounts(Sums):
    """Stays by source, target and bin; customers and money by status."""

    stays: Tally
    customers: NDArray[np.int64]  # (3,)
    money: NDArray[np.int64]  # (3,)
    by_money: NDArray[np.int64]  # (3, N_BINS)


@dataclass(frozen=True, slots=True)
class Stays:
    """What became of customers in each stage, and when."""

    plan: StagePlan

    def empty(self) -> StayCounts:
        """Give the counts of no data."""
        none = np.zeros(3, np.int64)
        return StayCounts(Tally.empty(1), none, none.copy(), np.zeros((3, N_BINS), np.int64))

    def read(self, batch: JourneyBatch) -> StayCounts:
        """Count one batch."""
        walked = passages(batch, self.plan)
        keys = np.empty(batch.n_customers * (self.plan.n_stages + 1), np.int64)
        n = stay_keys(
            given(walked.entered_us, np.int64),
            given(walked.furthest, np.int8),
            given(walked.status, np.int8),
            given(success_us(batch, self.plan, walked), np.int64),
            given(left_us(batch, self.plan), np.int64),
            self.plan.as_of_us,
            keys,
        )
        inside = walked.furthest >= 0
        status, money = walked.status[inside].astype(np.int64), _money(batch)[inside]
        sums = np.zeros(3, np.int64)
        np.add.at(sums, status, money)
        customers = np.bincount(status, minlength=3)
        return StayCounts(Tally.of_many(keys[:n]), customers, sums, fill(money, status, 3))

    def finish(self, state: StayCounts) -> StaysResult:
        """Take the numbers apart."""
        move, index = np.divmod(state.stays.key, N_BINS)
        source, target = np.divmod(move, self.plan.n_stages + 3)
        n = state.stays.count[:, 0]
        money = state.customers, state.money, state.by_money
        return StaysResult(self.plan.stages, source, target, index, n, *money)


def _money(batch: JourneyBatch) -> NDArray[np.int64]:
    """Sum the money of each customer, (n_customers,)."""
    known = np.where(batch.value == NO_VALUE, 0, batch.value)
    so_far = np.concatenate([np.zeros(1, np.int64), known.cumsum()])
    return np.asarray(so_far[batch.offsets[1:]] - so_far[batch.offsets[:-1]], np.int64)
