"""Conformance kit: the laws, for folds of your own.

In the tests of an analysis::

    from trod.testing import check_fold

    def test_keeps_the_laws(batches):
        check_fold(MyFold(...), batches)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import pyarrow as pa

from trod.fold import Fold
from trod.journeys.batch import JourneyBatch

__all__ = ["check_fold", "joined", "single_customers"]


def check_fold(fold: Fold[JourneyBatch, Any, Any], batches: Sequence[JourneyBatch]) -> None:
    """Hold a fold to its laws on some batches.

    - Reading batches apart and adding gives what reading them together gives, in any order.
    - Adding the state of no data changes nothing.
    - Taking a state out again leaves what was there before.
    - States hold integers only, and neither adding nor answering changes them.

    Parameters
    ----------
    fold
        The fold.
    batches
        Batches that share a vocabulary and no customer. Two or more make a good test; empty ones
        and customers without touchpoints belong into it.

    Raises
    ------
    AssertionError
        If a law is broken. The message says which, and where in the state.

    Notes
    -----
    Batches are joined, and taken apart into one batch per customer, so keep them small.
    """
    states = [fold.read(batch) for batch in batches]
    for state in states:
        _only_integers(state, "state")
    before = [_bytes(state) for state in states]
    total = reduce(add, states, fold.empty())
    _same(fold.empty() + total, total, "empty() + s is s")
    _same(total + fold.empty(), total, "s + empty() is s")
    _same(reduce(add, reversed(states), fold.empty()), total, "a + b is b + a")
    if batches:
        whole = joined(batches)
        _same(fold.read(whole), total, "read(a) + read(b) is read(a and b)")
        apart = (fold.read(one) for one in single_customers(whole))
        _same(reduce(add, apart, fold.empty()), total, "read() of each customer adds up")
    for state, rest in _one_left_out(states):
        others = reduce(add, rest, fold.empty())
        _same(others + state - state, others, "(a + b) - b is a")
    _same(fold.finish(total), fold.finish(total), "finish(s) is finish(s)")
    if before != [_bytes(state) for state in states]:
        raise AssertionError(f"{fold!r}: a state was changed by adding or answering.")


def joined(batches: Sequence[JourneyBatch]) -> JourneyBatch:
    """Put batches of one vocabulary together into one."""
    first = batches[0]
    ends = np.cumsum([0, *(batch.n_events for batch in batches)])
    offsets = [batch.offsets[1:] + end for batch, end in zip(batches, ends, strict=False)]
    return JourneyBatch(
        vocabulary=first.vocabulary,
        customer=pa.concat_arrays([batch.customer for batch in batches]),
        offsets=np.concatenate([np.zeros(1, np.int64), *offsets]),
        code=np.concatenate([batch.code for batch in batches]),
        time_us=np.concatenate([batch.time_us for batch in batches]),
        channel=np.concatenate([batch.channel for batch in batches]),
        value=np.concatenate([batch.value for batch in batches]),
        score=np.concatenate([batch.score for batch in batches]),
        row=np.concatenate([batch.row for batch in batches]),
        states={
            name: np.concatenate([batch.states[name] for batch in batches]) for name in first.states
        },
    )


def single_customers(batch: JourneyBatch) -> Iterator[JourneyBatch]:
    """Take a batch apart into one batch per customer."""
    for c in range(batch.n_customers):
        rows = slice(int(batch.offsets[c]), int(batch.offsets[c + 1]))
        offsets = np.array([0, rows.stop - rows.start], np.int64)
        yield batch.part(batch.customer.slice(c, 1), offsets, rows)


def _one_left_out(states: Sequence[Any]) -> Iterator[tuple[Any, list[Any]]]:
    for i, state in enumerate(states):
        yield state, [*states[:i], *states[i + 1 :]]


def _leaves(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Walk through dataclasses, tuples and mappings down to arrays and plain values."""
    parts: Iterable[tuple[object, Any]]
    if is_dataclass(value) and not isinstance(value, type):
        parts = [(field.name, getattr(value, field.name)) for field in fields(value)]
    elif isinstance(value, dict):
        parts = sorted(value.items())
    elif isinstance(value, tuple | list):
        names = getattr(value, "_fields", range(len(value)))
        parts = zip(names, value, strict=True)
    else:
        yield where, value
        return
    for name, part in parts:
        yield from _leaves(part, f"{where}.{name}")


def _same(one: Any, other: Any, law: str) -> None:
    left, right = list(_leaves(one, "")), list(_leaves(other, ""))
    if [where for where, _ in left] != [where for where, _ in right]:
        raise AssertionError(f"{law}: the two are not built alike.")
    for (where, a), (_, b) in zip(left, right, strict=True):
        equal = np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b
        if not equal:
            raise AssertionError(f"{law}: {where.lstrip('.') or 'it'} is {a!r} and {b!r}.")


def _only_integers(state: Any, where: str) -> None:
    for name, leaf in _leaves(state, where):
        whole = leaf.dtype.kind in "iub" if isinstance(leaf, np.ndarray) else isinstance(leaf, int)
        if not whole:
            raise AssertionError(f"{name} is {leaf!r}: states hold integers only.")


def _bytes(state: Any) -> list[bytes]:
    return [np.asarray(leaf).tobytes() for _, leaf in _leaves(state, "")]
