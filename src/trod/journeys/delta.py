"""Rows that came after the base was written, and how they lie between its rows.

A delta knows the place of each of its rows among the rows of the base, and which rows of the base
are gone because they are somebody else's now. Putting the two together is therefore copying: no
comparison, no sort, and the same arrays as if all rows had been sorted at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.arrays import given
from trod._kernels.splice import splice
from trod.journeys.batch import NO_STATE, Vocabulary
from trod.journeys.columns import STATE
from trod.journeys.parts import Stored

Columns = Mapping[str, NDArray[Any]]
_BITS: Final = {1: np.uint8, 2: np.uint16, 8: np.uint64}


class Delta(NamedTuple):
    """What is new in one bucket."""

    customer: pa.StringArray  # (n_customers,) who has new rows, in order
    place: NDArray[np.int64]  # (n_customers,) of the customer in the base, or of the one after it
    known: NDArray[np.bool_]  # (n_customers,) whether the base has the customer
    offsets: NDArray[np.int64]  # (n_customers + 1,)
    columns: dict[str, NDArray[Any]]  # (n_events,) each
    before: NDArray[np.int64]  # (n_events,) how many rows of the base come before
    gone: NDArray[np.int64]  # (n_gone,) rows of the base that are no longer theirs, in order

    @property
    def weight(self) -> int:
        """How many rows differ from the base."""
        return self.before.size + self.gone.size


NOTHING: Final = Stored(pa.array([], pa.string()), np.zeros(1, np.int64), {})
"""A bucket of the base without customers."""


def recoding(before: Vocabulary, now: Vocabulary) -> dict[str, NDArray[Any]]:
    """Lead from the codes of one vocabulary to those of another that holds all its names.

    Only columns whose codes differ are in the answer.
    """
    tables: dict[str, NDArray[Any]] = {}
    if before.touchpoints != now.touchpoints:
        tables["code"] = _table(before.touchpoints, now.touchpoints, np.uint16)
    if before.channels != now.channels:
        tables["channel"] = _table(before.channels, now.channels, np.uint8)
    for state, names in before.states.items():
        if names != now.states[state]:
            table = np.full(NO_STATE + 1, NO_STATE, np.uint16)
            table[: len(names)] = _table(names, now.states[state], np.uint16)
            tables[STATE + state] = table
    return tables


def _table(before: tuple[str, ...], now: tuple[str, ...], kind: type[np.generic]) -> NDArray[Any]:
    place = {name: code for code, name in enumerate(now)}
    return np.array([place[name] for name in before], kind)


def recoded(columns: Columns, tables: Columns) -> dict[str, NDArray[Any]]:
    """Give columns in other codes."""
    return {name: tables[name][it] if name in tables else it for name, it in columns.items()}


def merged(base: Stored, delta: Delta, empty: Mapping[str, np.generic]) -> Stored:
    """Put a bucket and what is new in it together.

    Parameters
    ----------
    base, delta
        In the same codes.
    empty
        What each column holds for a touchpoint that says nothing.
    """
    counts = np.diff(base.offsets)
    if delta.gone.size:
        owner = np.searchsorted(base.offsets, delta.gone, side="right") - 1
        counts -= np.bincount(owner, minlength=counts.size)
    added = np.diff(delta.offsets)
    known, strange = delta.known, ~delta.known
    counts[delta.place[known]] += added[known]
    customer = base.customer
    if strange.any():
        at = delta.place[strange]
        order = np.insert(np.arange(len(customer)), at, len(customer) + np.flatnonzero(strange))
        customer = pa.concat_arrays([customer, delta.customer]).take(pa.array(order))
        counts = np.insert(counts, at, added[strange])
    if not counts.all():
        customer = customer.filter(pa.array(counts > 0))
        counts = counts[counts > 0]
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    columns = {
        name: _spliced(base.columns.get(name), delta, name, nothing, base.n_events)
        for name, nothing in empty.items()
    }
    return Stored(customer, offsets, columns)


def _spliced(
    old: NDArray[Any] | None, delta: Delta, name: str, nothing: np.generic, n: int
) -> NDArray[Any]:
    """Put one column together."""
    old = np.full(n, nothing) if old is None else old
    new = delta.columns.get(name)
    new = np.full(delta.before.size, nothing) if new is None else new
    out = np.empty(n - delta.gone.size + new.size, nothing.dtype)
    bits = _BITS[out.itemsize]  # copying knows no signs: three loops are compiled, not one a type
    splice(
        given(old.view(bits), bits),
        given(delta.gone, np.int64),
        given(new.view(bits), bits),
        given(delta.before, np.int64),
        out.view(bits),
    )
    return out
