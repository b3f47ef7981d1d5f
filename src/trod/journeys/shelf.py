"""Room for the rows of some customers: filled in any order of arrival, then put in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.order import place, sort_customers

Columns = Mapping[str, NDArray[Any]]
TIE = "tie"
"""Column that decides between rows of one customer, time and code; it is not kept."""
_NO_TIE: NDArray[np.uint64] = np.zeros(0, np.uint64)


class Sorted(NamedTuple):
    """Rows of all customers of a shelf in the order of journeys."""

    offsets: NDArray[np.int64]  # (n_customers + 1,)
    columns: dict[str, NDArray[Any]]  # (n_events,) each


@dataclass(slots=True)
class Shelf:
    """A counting sort in three steps: make room, put rows, sort the customers that need it.

    Columns ``time_us`` and ``code`` decide the order, then ``tie`` where there is one.
    """

    _offsets: NDArray[np.int64]
    _cursor: NDArray[np.int64]
    _columns: dict[str, NDArray[Any]]

    @classmethod
    def of(cls, counts: NDArray[np.int64], types: Mapping[str, type[np.generic]]) -> Shelf:
        """Make room for ``counts[c]`` rows of each customer c."""
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        columns = {name: np.empty(int(offsets[-1]), kind) for name, kind in types.items()}
        return cls(offsets, offsets[:-1].copy(), columns)

    def put(self, customer: NDArray[np.int32], columns: Columns) -> None:
        """Put rows at the places of their customers; a customer of -1 is left out."""
        target = np.empty(customer.size, np.int64)
        if place(customer, self._cursor, target) < customer.size:
            kept = np.flatnonzero(target >= 0)
            target = target[kept]
            columns = {name: values[kept] for name, values in columns.items()}

        def fill(name: str) -> None:
            self._columns[name][target] = columns[name]

        in_parallel(fill, columns)

    def sorted(self) -> Sorted:
        """Give all rows in order, and give up the room."""
        columns, offsets = self._columns, self._offsets
        tie = columns.pop(TIE, _NO_TIE)
        order = np.arange(columns["time_us"].size, dtype=np.int64)
        spare = np.empty_like(order)
        half = int(np.searchsorted(offsets, order.size // 2))
        cuts = sorted({0, min(half, offsets.size - 1), offsets.size - 1})

        def sort(cut: int) -> int:
            piece = offsets[cuts[cut] : cuts[cut + 1] + 1]
            return sort_customers(piece, columns["time_us"], columns["code"], tie, order, spare)

        if sum(in_parallel(sort, range(len(cuts) - 1))):

            def reorder(name: str) -> None:
                columns[name] = columns[name][order]

            in_parallel(reorder, tuple(columns))
        return Sorted(offsets, columns)


def in_parallel(work: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """Do work on each item, in threads; for work that lets go of the interpreter lock."""
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, items))
