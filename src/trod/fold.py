"""The one idea analyses share: a question, a state that adds and subtracts, an answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import Field, fields
from functools import reduce
from operator import add, sub
from typing import Any, ClassVar, Protocol, Self, TypeVar


class State(Protocol):
    """What a fold remembers: integer counts, so that adding is exact and commutative.

    Adding two states gives the state of both their data; subtracting takes the data out again.
    """

    def __add__(self, other: Self, /) -> Self:
        """Give the state of both."""
        ...

    def __sub__(self, other: Self, /) -> Self:
        """Give the state without the other's data, which must be part of it."""
        ...


class Sums:
    """A state that is its fields: a frozen dataclass of integer arrays and of other states.

    Each field adds and subtracts by itself, so fields of two states must have the same shape.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @dataclass(frozen=True, slots=True)
    ... class VisitCounts(Sums):
    ...     visits: int
    ...     orders: int
    >>> VisitCounts(5, 1) + VisitCounts(2, 2)
    VisitCounts(visits=7, orders=3)
    >>> VisitCounts(7, 3) - VisitCounts(2, 2)
    VisitCounts(visits=5, orders=1)
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __add__(self, other: Self, /) -> Self:
        """Give the state of both."""
        return self._by_field(add, other)

    def __sub__(self, other: Self, /) -> Self:
        """Give the state without the other's data, which must be part of it."""
        return self._by_field(sub, other)

    def _by_field(self, of: Callable[[Any, Any], Any], other: Self) -> Self:
        names = (each.name for each in fields(self))
        return type(self)(*(of(getattr(self, name), getattr(other, name)) for name in names))


BatchT_contra = TypeVar("BatchT_contra", contravariant=True)
StateT = TypeVar("StateT", bound=State)
AnswerT_co = TypeVar("AnswerT_co", covariant=True)


class Fold(Protocol[BatchT_contra, StateT, AnswerT_co]):
    """A question that can be answered one batch at a time, in any order, on any machine.

    `trod.testing.check_fold` holds every fold, ours and yours, to its laws:

    - ``read(a) + read(b)`` is ``read`` of `a` and `b` together, in either order;
    - ``empty() + s`` is ``s``;
    - ``(a + b) - b`` is ``a``.
    """

    def empty(self) -> StateT:
        """Give the state of no data."""
        ...

    def read(self, batch: BatchT_contra, /) -> StateT:
        """Give the state of one batch. Batches never share a customer."""
        ...

    def finish(self, state: StateT, /) -> AnswerT_co:
        """Turn a state into named arrays."""
        ...


Batch = TypeVar("Batch")


def run(
    folds: Mapping[str, Fold[Batch, Any, Any]],
    batches: Iterable[Batch],
    *,
    threads: int | None = None,
) -> dict[str, Any]:
    """Answer several questions in one pass over the data.

    Parameters
    ----------
    folds
        Questions by name.
    batches
        Journeys in batches that share no customer.
    threads
        Workers; the compiled loops release the interpreter lock. By default one per core.
        The answer does not depend on it, because states are integers.

    Returns
    -------
    dict
        Answers by the names of `folds`.
    """
    todo = list(batches)
    workers = min(threads or os.cpu_count() or 1, len(todo)) or 1

    def read(share: Sequence[Batch]) -> dict[str, Any]:
        """Fold one share; only a running sum is held, so memory does not grow with the data."""
        states = {name: fold.empty() for name, fold in folds.items()}
        for batch in share:
            for name, fold in folds.items():
                states[name] = states[name] + fold.read(batch)
        return states

    with ThreadPoolExecutor(workers) as pool:
        sums = list(pool.map(read, (todo[worker::workers] for worker in range(workers))))
    return {
        name: fold.finish(reduce(add, (states[name] for states in sums)))
        for name, fold in folds.items()
    }
