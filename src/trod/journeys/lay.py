"""New rows sorted by customer, and the place of each between the rows of the base."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.splice import between
from trod.events.log_part import read_part
from trod.journeys.assemble import BUCKETS, in_buckets
from trod.journeys.batch import Vocabulary
from trod.journeys.columns import empty
from trod.journeys.delta import Delta, recoded, recoding
from trod.journeys.ground import Ground
from trod.journeys.moved import Owned
from trod.journeys.narrow import TIE_COLUMN
from trod.journeys.parts import Stored
from trod.journeys.shelf import TIE, Shelf, Sorted


class Piece(NamedTuple):
    """Some rows of the delta in order of arrival."""

    owner: NDArray[np.int32]  # (n,) customer, as index into the names of today
    columns: Mapping[str, NDArray[Any]]  # in the codes of today


def still_there(
    owned: Owned, moved: NDArray[np.int64], before: Vocabulary, now: Vocabulary
) -> list[Piece]:
    """Give the rows of the delta of before that have the owner they had."""
    tables = recoding(before, now)
    pieces = []
    for delta, numbers in zip(owned.deltas or [], owned.delta_now, strict=True):
        owner = np.repeat(numbers, np.diff(delta.offsets))
        stays = ~np.isin(delta.columns["row"], moved)
        columns = recoded({name: it[stays] for name, it in delta.columns.items()}, tables)
        columns[TIE] = columns[TIE_COLUMN]
        pieces.append(Piece(owner[stays], columns))
    return pieces


class Laid(NamedTuple):
    """Bases between whose rows new ones are laid."""

    ground: Ground
    names: pa.StringArray  # of all customers of today
    bases: list[Stored]
    now: list[NDArray[np.int32]]  # for each base: the number its customers have today
    tables: Mapping[str, NDArray[Any]]  # from the codes of the bases to those of today

    def deltas(
        self, pieces: Sequence[Piece], gone: Sequence[NDArray[np.int64]], vocabulary: Vocabulary
    ) -> list[Delta]:
        """Sort new rows by customer, and find the place of each."""
        owner = np.concatenate([np.zeros(0, np.int32), *(piece.owner for piece in pieces)])
        there, code = np.unique(owner, return_inverse=True)
        customers = in_buckets(self.names.take(pa.array(there)))
        counts = np.bincount(customers.place[code], minlength=there.size).astype(np.int64)
        nothing = {**empty(vocabulary), TIE_COLUMN: np.uint64(0)}
        shelf = Shelf.of(counts, {**nothing, TIE: np.uint64(0)})
        for piece in pieces:
            place = customers.place[np.searchsorted(there, piece.owner)]
            shelf.put(place.astype(np.int32), piece.columns)
        rows = shelf.sorted()
        number = there[np.argsort(customers.place)]

        def one(bucket: int) -> Delta:
            low, high = customers.first[bucket : bucket + 2].tolist()
            offsets = rows.offsets[low : high + 1]
            piece = slice(int(offsets[0]), int(offsets[-1]))
            columns = {name: rows.columns[name][piece] for name in nothing}
            own = customers.names[low:high]
            place, known = self._places(bucket, own, number[low:high])
            at = offsets - offsets[0]
            before = self._before(bucket, place, Sorted(at, columns), known)
            return Delta(own, place, known, at, columns, before, gone[bucket])

        return [one(bucket) for bucket in range(BUCKETS)]

    def _places(
        self, bucket: int, own: pa.StringArray, number: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Find customers in the base, or where they would be."""
        base, now = self.bases[bucket], self.now[bucket]
        order = np.argsort(now, kind="stable")
        at = np.minimum(np.searchsorted(now, number, sorter=order), max(now.size - 1, 0))
        known = np.zeros(number.size, np.bool_)
        place = np.zeros(number.size, np.int64)
        if now.size:
            place = order[at]
            known = now[place] == number
        for new in np.flatnonzero(~known).tolist():
            place[new] = bisect_left(base.customer, own[new].as_py(), key=lambda one: one.as_py())
        return place, known

    def _before(
        self, bucket: int, place: NDArray[np.int64], delta: Sorted, known: NDArray[np.bool_]
    ) -> NDArray[np.int64]:
        """Say how many rows of the base come before each new one."""
        base = self.bases[bucket]
        rows = np.diff(delta.offsets)
        start = np.repeat(base.offsets[place], rows)
        if not base.n_events:
            return start
        end = np.repeat(base.offsets[place + known], rows)
        columns = recoded({name: base.columns[name] for name in ("time_us", "code")}, self.tables)
        low, high = np.empty((2, start.size), np.int64)
        tied = between(
            given(start, np.int64),
            given(end, np.int64),
            given(columns["time_us"], np.int64),
            given(columns["code"], np.uint16),
            given(delta.columns["time_us"], np.int64),
            given(delta.columns["code"], np.uint16),
            low,
            high,
        )
        return self._untied(base, low, high, delta.columns[TIE_COLUMN]) if tied else low

    def _untied(
        self,
        base: Stored,
        low: NDArray[np.int64],
        high: NDArray[np.int64],
        tie: NDArray[np.uint64],
    ) -> NDArray[np.int64]:
        """Let event ids decide where time and touchpoint are equal."""
        n = high - low
        new = np.repeat(np.arange(n.size), n)
        first = np.repeat(np.cumsum(n) - n, n)
        old = np.arange(new.size) - first + low[new]
        earlier = self._ties(base.columns["row"][old]) < tie[new]
        return low + np.bincount(new[earlier], minlength=n.size)

    def _ties(self, rows: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Read what decides between equal rows of the log."""
        first = self.ground.first_row
        part_of = np.searchsorted(first, rows, side="right") - 1
        ties = np.empty(rows.size, np.uint64)
        for at in np.unique(part_of).tolist():
            mine = part_of == at
            table = read_part(self.ground.store, self.ground.log[at].part, [TIE_COLUMN])
            column = table[TIE_COLUMN].combine_chunks().to_numpy()
            ties[mine] = column[rows[mine] - first[at]]
        return ties
