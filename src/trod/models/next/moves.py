"""Moves to be foretold, and how well they were: the chance that was given to what then came."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod.analyses.interval import Z
from trod.journeys.batch import JourneyBatch
from trod.models.next.chance import Chances, Table
from trod.models.next.grams import contexts

_AT_ONCE: Final = 1 << 22  # chances held at a time


class Moves(NamedTuple):
    """Row i is a touchpoint of a customer, and the next one, which is to be foretold."""

    customer: NDArray[np.int64]  # (n,) by place in all batches
    context: NDArray[np.int64]  # (n, order + 2) numbers, as `grams.contexts` gives them
    came: NDArray[np.int64]  # (n,) code of the next touchpoint


class Scored(NamedTuple):
    """Row i is a move."""

    customer: NDArray[np.int64]  # (n,)
    chance: NDArray[np.float64]  # (n,) given to what came
    place: NDArray[np.int64]  # (n,) of what came among all by chance; 0 is the first guess


class Mean(NamedTuple):
    """A mean over moves and its 95 % interval, in which the moves of a customer hang together."""

    value: float
    low: float
    high: float
    n: int  # moves


def moves(
    batches: Iterable[JourneyBatch],
    order: int,
    after_us: int,
    until_us: int,
    *,
    fewest: int = 1,
) -> Moves:
    """List the moves from touchpoints after one moment and up to another.

    Parameters
    ----------
    batches
        Customers.
    order
        Touchpoints in the longest context.
    after_us, until_us
        Moments between which the touchpoint lies after which is foretold.
    fewest
        Touchpoints that a customer must have had, that one included.
    """
    found, n = [], 0
    for batch in batches:
        followed = np.ones(batch.n_events, np.bool_)
        followed[batch.offsets[1:][np.diff(batch.offsets) > 0] - 1] = False
        followed &= (batch.time_us > after_us) & (batch.time_us <= until_us)
        row = np.flatnonzero(followed)
        customer = np.searchsorted(batch.offsets, row, side="right") - 1
        enough = row - batch.offsets[customer] + 1 >= fewest
        row, customer = row[enough], customer[enough]
        base = len(batch.vocabulary.touchpoints) + 3
        at = contexts(batch, batch.code, row, base, order)
        found.append(Moves(customer + n, at, batch.code[row + 1].astype(np.int64)))
        n += batch.n_customers
    return joined(found, order)


def joined(parts: Sequence[Moves], order: int) -> Moves:
    """Put moves together."""
    nothing = np.empty(0, np.int64)
    return Moves(
        np.concatenate([nothing, *(part.customer for part in parts)]),
        np.concatenate([np.empty((0, order + 2), np.int64), *(part.context for part in parts)]),
        np.concatenate([nothing, *(part.came for part in parts)]),
    )


def endings(batches: Iterable[JourneyBatch], order: int, after_us: int, until_us: int) -> Moves:
    """List all touchpoints between two moments; `came` is 1 where nothing came after it, else 0.

    `until_us` must be long enough ago for the end to be seen.
    """
    found, n = [], 0
    for batch in batches:
        row = np.flatnonzero((batch.time_us > after_us) & (batch.time_us <= until_us))
        customer = np.searchsorted(batch.offsets, row, side="right") - 1
        base = len(batch.vocabulary.touchpoints) + 3
        at = contexts(batch, batch.code, row, base, order)
        ended = (row + 1 == batch.offsets[customer + 1]).astype(np.int64)
        found.append(Moves(customer + n, at, ended))
        n += batch.n_customers
    return joined(found, order)


def scored(chances: Chances, asked: Moves) -> Scored:
    """Say which chance each move was given, and how many touchpoints were thought likelier.

    Of equal chances the lower code comes first, so that a place is the same everywhere.
    """
    chance, place = np.empty(asked.came.size), np.empty(asked.came.size, np.int64)
    for rows, table, at in _tables(chances, asked):
        given, came = table.chance[at], asked.came[rows]
        own = given[np.arange(rows.size), came]
        chance[rows] = own
        ahead = (given > own[:, None]).sum(axis=1)
        lower = np.arange(chances.n_names) < came[:, None]
        place[rows] = ahead + ((given == own[:, None]) & lower).sum(axis=1)
    return Scored(asked.customer, chance, place)


def scored_endings(chances: Chances, asked: Moves) -> Scored:
    """Say which chance was given to what happened: that nothing came, or that something did.

    None at all where the record before was too short for an end to be seen.
    """
    if not chances.knows_end:
        return Scored(asked.customer[:0], np.empty(0), np.empty(0, np.int64))
    chance = np.empty(asked.came.size)
    for rows, table, at in _tables(chances, asked):
        end = table.end[at]
        chance[rows] = np.where(asked.came[rows] == 1, end, 1 - end)
    return Scored(asked.customer, chance, (chance < 0.5).astype(np.int64))


def _tables(
    chances: Chances, asked: Moves
) -> Iterator[tuple[NDArray[np.int64], Table, NDArray[np.int64]]]:
    """Give moves in parts, the chances after their contexts, and which row of those is whose."""
    # The longest context says all of them but how long the journey has lasted.
    apart = np.column_stack([asked.context[:, :-1].max(axis=1, initial=-1), asked.context[:, -1]])
    if not chances.setting.lasting:
        apart[:, 1] = 0
    _, one, which = np.unique(apart, axis=0, return_index=True, return_inverse=True)
    which = which.reshape(-1)
    order = np.argsort(which, kind="stable")
    step = max(1, _AT_ONCE // max(chances.n_names, 1))
    for begin in range(0, one.size, step):
        rows = order[slice(*np.searchsorted(which[order], [begin, begin + step]))]
        yield rows, chances.table(asked.context[one[begin : begin + step]]), which[rows] - begin


def hit_rate(of: Scored, guesses: int) -> Mean:
    """Give the share of moves that were among the first so many guesses."""
    return mean((of.place < guesses).astype(np.float64), of.customer)


def log_loss(of: Scored) -> Mean:
    """Give the mean of ``-log(chance of what came)``; 0 is foresight."""
    return mean(-np.log(of.chance), of.customer)


def mean(value: NDArray[np.float64], customer: NDArray[np.int64]) -> Mean:
    """Average over moves; the interval is that of a ratio of sums over customers.

    Examples
    --------
    >>> found = mean(np.array([1.0, 1, 0, 0]), np.array([0, 0, 1, 2]))
    >>> found.value, found.n
    (0.5, 4)
    """
    middle = float(value.mean())
    _, whose = np.unique(customer, return_inverse=True)
    n = int(whose.max()) + 1
    apart = np.bincount(whose, value - middle)
    error = float(np.sqrt((apart**2).sum() * n / max(n - 1, 1))) / value.size
    return Mean(middle, middle - Z * error, middle + Z * error, value.size)
