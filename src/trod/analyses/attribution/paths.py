"""Paths to conversion: what was met since the conversion before, and how often it led to one.

A **path** is the steps of one customer, in order, up to a conversion and since the one before it,
as far as they lie within the lookback. Steps after which no conversion came are a path without one,
a **null path**; its lookback counts from its last step. A conversion before which nothing was met
has an empty path: nobody is credited for it. A conversion is not a step of any path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.attribution import conversion_paths, decay_shares
from trod._kernels.variants import hash_paths
from trod.analyses.attribution.table import MILLION, PathTable
from trod.analyses.names import codes_of, wanted_channels
from trod.journeys.batch import NO_VALUE, JourneyBatch, Vocabulary
from trod.journeys.passage import DONE, StagePlan, passages

By = Literal["channel", "touchpoint"]
HASH_BITS: Final = 64
_NO_STEP: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class PathCounts:
    """Different paths, in order of their hash and then of their steps."""

    hashes: NDArray[np.uint64]  # (n_paths,)
    length: NDArray[np.int64]  # (n_paths,) steps
    step: NDArray[np.uint16]  # (sum of length,) path after path
    decay: NDArray[np.int64]  # (sum of length, 2) conversions, value; millionths by age of step
    counts: NDArray[np.int64]  # (n_paths, 4) conversions, null paths, value, with value

    def __add__(self, other: PathCounts) -> PathCounts:
        return _merged(_both(self, other, 1))

    def __sub__(self, other: PathCounts) -> PathCounts:
        return _merged(_both(self, other, -1))


def _both(one: PathCounts, other: PathCounts, sign: int) -> PathCounts:
    return PathCounts(
        np.concatenate([one.hashes, other.hashes]),
        np.concatenate([one.length, other.length]),
        np.concatenate([one.step, other.step]),
        np.concatenate([one.decay, sign * other.decay]),
        np.concatenate([one.counts, sign * other.counts]),
    )


def _merged(state: PathCounts) -> PathCounts:
    """Add up what stands on equal paths, and drop what comes to nothing."""
    if not state.hashes.size:
        return state
    start = np.concatenate([[0], np.cumsum(state.length)[:-1]])
    group, order = _groups(state, start)
    n = int(group.max()) + 1
    counts = np.zeros((n, 4), np.int64)
    np.add.at(counts, group, state.counts)
    first = np.full(n, -1, np.int64)
    first[group[order][::-1]] = order[::-1]
    at = np.concatenate([[0], np.cumsum(state.length[first])])
    decay = np.zeros((int(at[-1]), 2), np.int64)
    within = np.arange(state.step.size) - np.repeat(start, state.length)
    np.add.at(decay, np.repeat(at[:-1][group], state.length) + within, state.decay)
    there = counts[:, :2].any(axis=1)
    kept = np.repeat(there, state.length[first])
    steps = state.step[np.repeat(start[first], state.length[first]) + _ramp(state.length[first])]
    hashes = state.hashes[first][there]
    return PathCounts(hashes, state.length[first][there], steps[kept], decay[kept], counts[there])


def _ramp(length: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count from 0 within each path."""
    ends = np.cumsum(length)
    return np.arange(int(ends[-1]) if ends.size else 0) - np.repeat(ends - length, length)


def _groups(
    state: PathCounts, start: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number equal paths alike, in order of hash and steps; give the order as well.

    Paths of one hash are compared step by step; where a hash is shared, the steps decide.
    """
    order = np.lexsort((state.length, state.hashes))
    alike = np.zeros(order.size, np.bool_)
    alike[1:] = (state.hashes[order][1:] == state.hashes[order][:-1]) & (
        state.length[order][1:] == state.length[order][:-1]
    )
    run = np.cumsum(~alike) - 1
    head = order[~alike][run]  # the first path of the run each stands in
    length = state.length[order]
    one = np.repeat(start[order], length) + _ramp(length)
    other = np.repeat(start[head], length) + _ramp(length)
    if not np.array_equal(state.step[one], state.step[other]):
        return _by_steps(state, start)
    group = np.empty(order.size, np.int64)
    group[order] = run
    return group, order


def _by_steps(
    state: PathCounts, start: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Do the same without trusting a hash."""
    keys = [
        (int(h), int(n), tuple(state.step[s : s + n].tolist()))
        for h, n, s in zip(state.hashes, state.length, start, strict=True)
    ]
    number = {key: k for k, key in enumerate(sorted(set(keys)))}
    group = np.array([number[key] for key in keys], np.int64)
    return group, np.argsort(group, kind="stable")


@dataclass(frozen=True, slots=True)
class ConversionPaths:
    """Paths to a conversion: a touchpoint, or the success of a journey."""

    vocabulary: Vocabulary
    to: tuple[str, ...] = ()  # touchpoints that are conversions; none: success of the plan
    plan: StagePlan | None = None
    by: By = "channel"
    only: tuple[str, ...] = ()  # touchpoints that may be steps; none: all but conversions
    lookback_us: int = 90 * 86_400_000_000
    every: bool = True  # each conversion of a customer, or the first
    collapse: bool = False
    half_life_us: int = 7 * 86_400_000_000
    channels: tuple[str, ...] = ()  # channels whose touchpoints may be steps; none: all
    hash_bits: int = HASH_BITS  # fewer make collisions, for tests

    @property
    def names(self) -> tuple[str, ...]:
        """What steps are called."""
        return getattr(self.vocabulary, f"{self.by}s")  # type: ignore[no-any-return]

    def empty(self) -> PathCounts:
        """Give the counts of no data."""
        none = np.zeros(0, np.int64)
        return PathCounts(
            none.astype(np.uint64),
            none,
            none.astype(np.uint16),
            np.zeros((0, 2), np.int64),
            np.zeros((0, 4), np.int64),
        )

    def read(self, batch: JourneyBatch) -> PathCounts:
        """Count one batch."""
        step, converts = self._rows(batch)
        n = batch.n_events
        ends, last, rows = (np.empty(n, np.int64) for _ in range(3))
        n_paths = conversion_paths(
            given(batch.offsets, np.int64),
            given(batch.time_us, np.int64),
            given(step, np.int32),
            given(converts, np.bool_),
            self.lookback_us,
            int(self.every and not self._once),
            int(self.collapse),
            ends,
            last,
            rows,
        )
        at = np.concatenate([[0], ends[:n_paths]])
        return self._counted(batch, step, at, last[:n_paths], rows[: at[-1]])

    @property
    def _once(self) -> bool:
        return not self.to

    def _counted(
        self,
        batch: JourneyBatch,
        step: NDArray[np.int32],
        at: NDArray[np.int64],
        last: NDArray[np.int64],
        rows: NDArray[np.int64],
    ) -> PathCounts:
        """Lay the paths of a batch out as a state."""
        won = last >= 0
        money = np.zeros(last.size, np.int64)
        money[won] = batch.value[last[won]]
        valued = won & (money != NO_VALUE)
        money[~valued] = 0
        taken = step[rows].astype(np.uint16)
        length = np.diff(at)
        age = np.repeat(np.where(won, batch.time_us[last] if last.size else 0, 0), length)
        age -= batch.time_us[rows]
        decay = np.zeros((rows.size, 2), np.int64)
        for k, amount in enumerate((won * MILLION, money)):
            share = np.zeros(rows.size, np.int64)
            decay_shares(
                given(at, np.int64),
                given(age, np.int64),
                self.half_life_us,
                given(amount, np.int64),
                share,
            )
            decay[:, k] = share
        hashes = np.empty(last.size, np.uint64)
        hash_paths(
            given(at, np.int64), given(taken, np.uint16), 0, hashes, np.empty(last.size, np.int64)
        )
        if self.hash_bits < HASH_BITS:
            hashes &= np.uint64((1 << self.hash_bits) - 1)
        counts = np.column_stack([won, ~won, money, valued]).astype(np.int64)
        return _merged(PathCounts(hashes, length, taken, decay, counts))

    def _rows(self, batch: JourneyBatch) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Say of each row which step it is, and whether it is a conversion."""
        n_names = len(self.vocabulary.touchpoints)
        ends = np.zeros(n_names, np.bool_)
        if self.to:
            ends[list(codes_of(self.vocabulary, self.to))] = True
            converts = ends[batch.code]
        elif self.plan is not None:
            ends |= self.plan.success
            converts = _successes(batch, self.plan)
        else:
            raise AssertionError("neither a touchpoint nor a journey to convert to.")
        counts = ~ends
        if self.only:
            counts = np.zeros(n_names, np.bool_)
            counts[list(codes_of(self.vocabulary, self.only))] = True
            counts &= ~ends
        column = batch.channel if self.by == "channel" else batch.code
        some = counts[batch.code] & ~converts
        if self.channels:
            some &= wanted_channels(self.vocabulary, self.channels)[batch.channel]
        return np.where(some, column.astype(np.int32), np.int32(_NO_STEP)), converts

    def finish(self, state: PathCounts) -> PathTable:
        """Name the steps; names that no path has are left out."""
        met = np.unique(state.step)
        return PathTable(
            names=tuple(self.names[code] for code in met),
            offsets=np.concatenate([[0], np.cumsum(state.length)]).astype(np.int64),
            step=np.searchsorted(met, state.step).astype(np.int64),
            conversions=state.counts[:, 0],
            nulls=state.counts[:, 1],
            value=state.counts[:, 2],
            n_valued=int(state.counts[:, 3].sum()),
            decay=state.decay,
        )


def _successes(batch: JourneyBatch, plan: StagePlan) -> NDArray[np.bool_]:
    """Mark the row with which each customer who is done got there."""
    found = np.zeros(batch.n_events, np.bool_)
    walked = passages(batch, plan)
    done = np.flatnonzero(walked.status == DONE)
    if plan.has_success:
        found[walked.last[done]] = True
        return found
    owner = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    late = np.flatnonzero(batch.time_us >= walked.entered_us[owner, -1])
    late = late[walked.status[owner[late]] == DONE]
    _, first = np.unique(owner[late], return_index=True)
    found[late[first]] = True
    return found
