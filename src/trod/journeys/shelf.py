"""Room for the rows of some customers: filled in any order of arrival, then put in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.order import count_broken, place, sort_customers
from trod._store.threads import in_parallel

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
    _filled: set[str]

    @classmethod
    def of(cls, counts: NDArray[np.int64], empty: Mapping[str, np.generic]) -> Shelf:
        """Make room for ``counts[c]`` rows of each customer c, with what an empty place holds."""
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        columns = {name: np.full(int(offsets[-1]), nothing) for name, nothing in empty.items()}
        return cls(offsets, offsets[:-1].copy(), columns, set())

    def put(self, customer: NDArray[np.int32], columns: Columns) -> None:
        """Put rows at the places of their customers; a customer of -1 is left out.

        Places in columns that are not given stay empty.
        """
        target = np.empty(customer.size, np.int64)
        if place(customer, self._cursor, target) < customer.size:
            kept = np.flatnonzero(target >= 0)
            target = target[kept]
            columns = {name: values[kept] for name, values in columns.items()}

        def fill(name: str) -> None:
            self._columns[name][target] = columns[name]

        in_parallel(fill, columns)
        self._filled |= columns.keys()

    def sorted(self) -> Sorted:
        """Give all rows in order, and give up the room."""
        columns, offsets = self._columns, self._offsets
        tie = columns.pop(TIE, _NO_TIE)
        keys = (columns["time_us"], columns["code"], tie)
        if count_broken(offsets, *keys):
            order = np.arange(int(offsets[-1]), dtype=np.int64)
            half = int(np.searchsorted(offsets, order.size // 2))
            cuts = (offsets[: half + 1], offsets[half:])
            in_parallel(lambda cut: sort_customers(cut, *keys, order), cuts)

            def reorder(name: str) -> None:
                columns[name] = columns[name][order]

            in_parallel(reorder, self._filled & columns.keys())
        return Sorted(offsets, columns)
