"""Whose each row of the log was when the journeys were written, and whose it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod._store.threads import in_parallel
from trod.journeys.assemble import BUCKETS
from trod.journeys.delta import Delta
from trod.journeys.ground import Ground
from trod.journeys.parts import Stored

_VANISHED: Final = -2


def numbers_of(
    customers: Sequence[pa.StringArray], names: pa.StringArray
) -> list[NDArray[np.int32]]:
    """Give the numbers that customers have among the names of today, -2 for who is no more."""
    together = pa.concat_arrays([pa.array([], pa.string()), *customers])
    found = pc.index_in(together, value_set=names).fill_null(_VANISHED)
    numbers = np.asarray(found.to_numpy(zero_copy_only=False), np.int32)
    return np.split(numbers, np.cumsum([len(some) for some in customers])[:-1])


class Owned(NamedTuple):
    """Whose each row of the log was, told by the journeys."""

    bases: list[Stored]
    deltas: list[Delta] | None
    now: list[NDArray[np.int32]]  # for each base: the number its customers have today
    delta_now: list[NDArray[np.int32]]  # for each delta likewise

    @classmethod
    def of(cls, bases: list[Stored], deltas: list[Delta] | None, names: pa.StringArray) -> Self:
        """Find all customers among the names of today."""
        own = [base.customer for base in bases]
        numbers = numbers_of([*own, *(delta.customer for delta in deltas or [])], names)
        return cls(bases, deltas, numbers[: len(own)], numbers[len(own) :])

    def of_rows(self, n: int) -> NDArray[np.int32]:
        """Give the owner of the first n rows of the log by the names of today, -1 for none."""
        owner = np.full(n, -1, np.int32)

        def fill(bucket: int) -> None:
            base = self.bases[bucket]
            if base.n_events:
                owner[base.columns["row"]] = np.repeat(self.now[bucket], np.diff(base.offsets))

        in_parallel(fill, range(BUCKETS))
        deltas = self.deltas or []
        for base, delta in zip(self.bases, deltas, strict=False):
            if delta.gone.size:
                owner[base.columns["row"][delta.gone]] = -1
        for delta, numbers in zip(deltas, self.delta_now, strict=True):
            owner[delta.columns["row"]] = np.repeat(numbers, np.diff(delta.offsets))
        return owner


def moved_rows(
    ground: Ground, unit: str, n_parts: int, owned: Owned
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Find the rows of the first parts of the log that are somebody else's now, and whose."""
    names = ground.people.names(unit)
    first = ground.first_row.tolist()
    if not len(names) and not any(base.n_events for base in owned.bases):
        return np.zeros(0, np.int64), np.zeros(0, np.int32)
    before = owned.of_rows(first[n_parts])

    def compare(at: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        owner = ground.people.of_rows(ground.log[at], unit)
        rows = np.flatnonzero(owner != before[first[at] : first[at + 1]])
        return rows + first[at], owner[rows]

    found = in_parallel(compare, range(n_parts))
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in found)])
    return rows, np.concatenate([np.zeros(0, np.int32), *(owner for _, owner in found)])


def gone_rows(
    bases: Sequence[Stored], deltas: Sequence[Delta] | None, moved: NDArray[np.int64], n: int
) -> list[NDArray[np.int64]]:
    """Give the rows of every base that belong to it no longer."""
    before = [delta.gone for delta in deltas or []] or [np.zeros(0, np.int64)] * len(bases)
    if not moved.size:
        return before
    mark = np.zeros(n, np.bool_)
    mark[moved] = True
    return [
        np.union1d(gone, np.flatnonzero(mark[base.columns["row"]])) if base.n_events else gone
        for base, gone in zip(bases, before, strict=True)
    ]
