"""Stages as a semi-Markov chain: where customers go from each stage, after how many days.

The chance of every way out of a stage by each day since entering it is its cumulative incidence
with the other ways competing and those still there censored [1]_. What is left at the end of the
record is *undecided*: nobody can say of it yet what it becomes. From a stage customers go on to
later stages only, so that the chain is walked once, front to back.

References
----------
.. [1] Aalen & Johansen (1978), "An empirical transition matrix for non-homogeneous Markov chains
   based on censored observations", Scandinavian Journal of Statistics 5:141-150.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.histogram import N_BINS, bin_bounds
from trod.journeys.passage import DAY_US
from trod.models.what_if.stays import StaysResult

INFLOW_DAYS: Final = 365
MOST_DAYS: Final = 3_660
"""Ten years: who stays longer in one stage is counted on the last day."""
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """What happens to customers in each stage, day by day. Targets: stages, done, left."""

    way: NDArray[np.float64]  # (n_stages, n_stages + 2, n_days) chance to go there on that day
    undecided: NDArray[np.float64]  # (n_stages,) chance of which the record says nothing
    entry: NDArray[np.float64]  # (n_stages,) share of all who ever came in at a stage
    inflow: NDArray[np.float64]  # (n_stages,) customers a day who come in at a stage
    waiting: NDArray[np.float64]  # (n_stages, n_days) customers there now, by days since entering
    pace: NDArray[np.float64]  # (n_stages, 2) going on after d days comes after d * [0] + [1] days

    @classmethod
    def of(cls, found: StaysResult, n: NDArray[np.float64] | None = None) -> Chain:
        """Estimate it from counts; `n` stands in for those counts where they are drawn again."""
        size, drawn = len(found.stage), found.n.astype(np.float64) if n is None else n
        table = np.zeros((size + 1, size + 3, N_BINS))
        table[found.source, found.target, found.bin] = drawn
        observed = np.zeros((size + 1, size + 3, N_BINS))
        observed[found.source, found.target, found.bin] = found.n
        ways, undecided = _incidence(table[:size, : size + 2], table[:size, size + 2])
        span = float(min(max(_last_day(observed[size]), 1), INFLOW_DAYS))
        came = table[size, :size].sum(axis=1)
        recent = _days() < INFLOW_DAYS
        return cls(
            _by_day(ways),
            undecided,
            came / max(float(came.sum()), _TINY),
            table[size, :size][:, recent].sum(axis=1) / span,
            _by_day(observed[:size, size + 2]),
            np.tile([1.0, 0.0], (size, 1)),
        )

    @property
    def n_stages(self) -> int:
        """How many stages there are."""
        return int(self.way.shape[0])

    def leaving(self) -> NDArray[np.float64]:
        """Give where customers go from each stage in the end, of those decided, (n, n + 2)."""
        share: NDArray[np.float64] = self.way.sum(axis=2)
        decided = share.sum(axis=1, keepdims=True)
        return np.where(decided > _TINY, share / np.maximum(decided, _TINY), 0.0)

    def conversion(self, stage: int) -> float:
        """Give the share of those decided who go on from a stage, or are done in it."""
        return float(self.leaving()[stage, :-1].sum())

    def in_the_end(self) -> NDArray[np.float64]:
        """Give who is done and who left in the end, by stage they are in, (n, 2)."""
        n = self.n_stages
        goes, ends = self.leaving(), np.zeros((n, 2))
        for s in range(n - 1, -1, -1):
            ends[s] = goes[s, n:] + goes[s, s + 1 : n] @ ends[s + 1 :]
        return ends

    def with_way(self, stage: int, way: NDArray[np.float64]) -> Chain:
        """Give the chain with another way out of one stage, (n_stages + 2, n_days)."""
        ways = self.way.copy()
        ways[stage] = way
        return replace(self, way=ways)

    def with_pace(self, stage: int, factor: float, days: float) -> Chain:
        """Give the chain in which going on from a stage takes `factor` of the time, and `days`."""
        pace = self.pace.copy()
        pace[stage] = pace[stage] * factor + [0, days]
        return replace(self, pace=pace)

    def at_pace(self, stage: int, way: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give what happens by days, (n_targets, n_days), at the pace of a stage.

        Going on to any place moves to another day, shared between the two whole days around it;
        leaving, the last target, stays. Those who wait now have the rest of their time changed.
        """
        factor, more = self.pace[stage].tolist()
        if (factor, more) == (1.0, 0.0):
            return way
        day = np.clip(np.arange(way.shape[1]) * factor + more, 0, way.shape[1] - 1)
        low = np.floor(day).astype(np.int64)
        high, part = np.minimum(low + 1, day.size - 1), day - low
        found = np.zeros_like(way)
        found[-1] = way[-1]
        for target in np.flatnonzero(way[:-1].any(axis=1)).tolist():
            found[target] = np.bincount(low, way[target] * (1 - part), day.size)
            found[target] += np.bincount(high, way[target] * part, day.size)
        return found


class Forecast(NamedTuple):
    """What becomes of those who are on the way now and of those who come in within some days."""

    done: float  # customers, within the days
    left: float
    done_in_the_end: float  # of the same customers, whenever
    left_in_the_end: float
    never: float  # on the way now, and in a stage for longer than anybody before them


def forecast(chain: Chain, days: int) -> Forecast:
    """Say what becomes of customers within so many days, and in the end.

    Parameters
    ----------
    chain
        The stages.
    days
        How far to look, 1 or more. Customers come in evenly, as many a day as lately.

    Notes
    -----
    O(n_stages^2 * days^2).
    """
    n, ends = chain.n_stages, chain.in_the_end()
    come = np.zeros((n + 2, days)) + np.append(chain.inflow, [0, 0])[:, None]
    last = (chain.inflow * days) @ ends
    never = 0.0
    for s in range(n):
        soon, goes, stuck = _of_waiting(chain, s, days)
        never += stuck
        come += soon
        last = last + goes[n:] + goes[:n] @ ends
    for s in range(n):
        ways = chain.at_pace(s, chain.way[s])[:, :days]
        for target in np.flatnonzero(ways.any(axis=1)).tolist():
            come[target] += np.convolve(come[s], ways[target])[:days]
    within = come[n:].sum(axis=1)
    return Forecast(float(within[0]), float(within[1]), float(last[0]), float(last[1]), never)


def _of_waiting(
    chain: Chain, stage: int, days: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Give where those in a stage go by days from now; in the end; and how many nobody preceded.

    Who has waited so long goes where others went who waited as long, at the pace they then had.
    """
    way, waiting = chain.way[stage], chain.waiting[stage]
    soon, goes, never = np.zeros(way.shape), np.zeros(way.shape[0]), 0.0
    tails = way[:, ::-1].cumsum(axis=1)[:, ::-1]
    for waited in np.flatnonzero(waiting).tolist():
        n, tail = float(waiting[waited]), float(tails[:, waited].sum())
        if tail <= _TINY:
            never += n
            continue
        share = n / (tail + chain.undecided[stage])
        soon[:, : way.shape[1] - waited] += way[:, waited:] * share
        goes += tails[:, waited] * (n / tail)
    return chain.at_pace(stage, soon)[:, :days], goes, never


def _incidence(
    ended: NDArray[np.float64],  # (n_stages, n_targets, N_BINS)
    there: NDArray[np.float64],  # (n_stages, N_BINS)
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the chance of each way out by bin, and what stays undecided."""
    out = ended.sum(axis=1)
    every = out + there
    at_risk = np.maximum(every[:, ::-1].cumsum(axis=1)[:, ::-1], _TINY)
    kept = np.cumprod(np.clip(1 - out / at_risk, 0, 1), axis=1)
    before = np.concatenate([np.ones((kept.shape[0], 1)), kept[:, :-1]], axis=1)
    return ended * (before / at_risk)[:, None, :], kept[:, -1]


@cache
def _days() -> NDArray[np.int64]:
    """Give the day of the middle of each bin, (N_BINS,)."""
    middles = [sum(bin_bounds(index)) // 2 // DAY_US for index in range(N_BINS)]
    days: NDArray[np.int64] = np.minimum(middles, MOST_DAYS - 1).astype(np.int64)
    days.flags.writeable = False
    return days


@cache
def _first_bins() -> NDArray[np.int64]:
    """Give the first bin of every day on which a bin begins."""
    days = _days()
    return np.flatnonzero(np.concatenate([[True], days[1:] != days[:-1]]))


def _by_day(by_bin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum the last axis over the bins of each day."""
    first = _first_bins()
    found = np.zeros((*by_bin.shape[:-1], MOST_DAYS))
    found[..., _days()[first]] = np.add.reduceat(by_bin, first, axis=-1)
    return found


def _last_day(by_bin: NDArray[np.float64]) -> int:
    """Give the days up to the last bin that holds anybody."""
    some = np.flatnonzero(by_bin.reshape(-1, N_BINS).sum(axis=0))
    return int(_days()[some[-1]]) + 1 if some.size else 0
