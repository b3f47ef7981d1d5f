"""Which touchpoint follows which, how often, for how many customers, and after how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.transitions import count_pairs, has_pair, time_keys
from trod.analyses.answer import Answer, answer
from trod.analyses.histogram import BIN_SHARE, N_BINS, sparse_quantiles
from trod.analyses.names import codes_of, encode
from trod.analyses.tally import Tally
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys, Vocabulary

DENSE_NAMES: Final = 1024
"""Up to so many names pairs are counted in a table; beyond it they are sorted."""


class TransitionsResult(NamedTuple):
    """One row per pair that occurs, in order of codes; START and END have code n_names."""

    names: tuple[str, ...]  # (n_names,) touchpoints by code
    source: NDArray[np.int64]  # (n_edges,) code; n_names is START
    target: NDArray[np.int64]  # (n_edges,) code; n_names is END
    n: NDArray[np.int64]  # (n_edges,) how often
    customers: NDArray[np.int64]  # (n_edges,) distinct customers
    probability: NDArray[np.float64]  # (n_edges,) n out of all leaving the source
    median_us: NDArray[np.int64]  # (n_edges,) time from one to the next; -1 where not known
    p90_us: NDArray[np.int64]  # (n_edges,)
    bin_share: float  # width of a bin of times as a share of the time, at most

    def columns(self) -> dict[str, Any]:
        """Give one row per pair, the most frequent first."""
        order = np.lexsort((self.target, self.source, -self.n))
        names = (*self.names, None)
        return {
            "from": [names[a] or "(start)" for a in self.source[order]],
            "to": [names[b] or "(end)" for b in self.target[order]],
            "n": self.n[order],
            "customers": self.customers[order],
            "probability": np.round(self.probability[order], 6),
            "median_us": [t if t >= 0 else None for t in self.median_us[order].tolist()],
            "p90_us": [t if t >= 0 else None for t in self.p90_us[order].tolist()],
        }

    def matrix(self, values: NDArray[Any]) -> NDArray[Any]:
        """Lay a column out as a table, shape (n_names + 1, n_names + 1), START and END last."""
        size = len(self.names) + 1
        table = np.zeros((size, size), values.dtype)
        table[self.source, self.target] = values
        return table


@dataclass(frozen=True, slots=True, eq=False)
class TransitionCounts(Sums):
    """Pairs by ``source * (n_names + 1) + target``; times by ``pair * N_BINS + bin``."""

    pairs: Tally  # how often, customers
    times: Tally  # how often


@dataclass(frozen=True, slots=True)
class Transitions:
    """Pairs of adjacent touchpoints, with the time between them unless told otherwise."""

    vocabulary: Vocabulary
    times: bool = True

    def empty(self) -> TransitionCounts:
        """Give the counts of no data."""
        return TransitionCounts(Tally.empty(2), Tally.empty(1))

    def read(self, batch: JourneyBatch) -> TransitionCounts:
        """Count one batch."""
        size = len(self.vocabulary.touchpoints) + 1
        pairs = _dense_pairs(batch, size) if size <= DENSE_NAMES else _sorted_pairs(batch, size)
        return TransitionCounts(pairs, _times(batch, size) if self.times else Tally.empty(1))

    def finish(self, state: TransitionCounts) -> TransitionsResult:
        """Name the pairs; work out probabilities and times."""
        names = self.vocabulary.touchpoints
        source, target = np.divmod(state.pairs.key, len(names) + 1)
        count = state.pairs.count[:, 0]
        leaving = np.bincount(source, count, len(names) + 1).astype(np.int64)
        pair, index = np.divmod(state.times.key, N_BINS)
        timed = np.isin(state.pairs.key, pair)
        spans = []
        for share in ((1, 2), (9, 10)):
            span = np.full(count.size, -1, np.int64)
            span[timed] = sparse_quantiles(pair, index, state.times.count[:, 0], share)
            spans.append(span)
        return TransitionsResult(
            names,
            source,
            target,
            count,
            state.pairs.count[:, 1],
            count / leaving[source],
            spans[0],
            spans[1],
            BIN_SHARE,
        )


@dataclass(frozen=True, slots=True)
class Edge:
    """Customers who went from one touchpoint straight to another.

    None stands for the start (as `a`) or the end (as `b`) of all a customer did.
    """

    a: str | None
    b: str | None

    @property
    def key(self) -> str:
        """Such as ``edge:A>B``; ``edge:^>B`` from the start, ``edge:A>$`` to the end."""
        a = "^" if self.a is None else encode(self.a)
        b = "$" if self.b is None else encode(self.b)
        return f"edge:{a}>{b}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say who made the step."""
        boundary = len(batch.vocabulary.touchpoints)
        a, b = (
            boundary if name is None else codes_of(batch.vocabulary, [name])[0]
            for name in (self.a, self.b)
        )
        found = np.empty(batch.n_customers, np.bool_)
        has_pair(
            given(batch.offsets, np.int64), given(batch.code, np.uint16), a, b, boundary, found
        )
        return found


def transitions(journeys: Journeys, *, times: bool = True) -> Answer[TransitionsResult]:
    """Find which touchpoint follows which, and how likely.

    The process map of what customers do: for each pair of touchpoints that follow each other, how
    often, by how many customers, how likely among everything that follows the first, and how long
    it takes. Start and end are rows and columns of their own, so inflow equals outflow everywhere.

    Parameters
    ----------
    journeys
        The data.
    times
        Whether to work out median and 90th percentile of the time between the two.

    Returns
    -------
    Answer
        With a `TransitionsResult`.

    Notes
    -----
    O(n_touchpoints). Probabilities leaving a touchpoint sum to 1. A pair of equal touchpoints is a
    loop and counts like any other. Times are read from bins at most 1/32 as wide as the time.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> table = transitions(journeys).to_arrow()
    >>> table.slice(0, 1).to_pylist()[0]
    {'from': 'visit', 'to': 'call', 'n': 2, 'customers': 2, 'probability': 1.0,
     'median_us': 10, 'p90_us': 20}
    """
    result = fold.run({"it": Transitions(journeys.vocabulary, times)}, journeys)["it"]
    return answer(
        "transitions",
        result,
        journeys,
        method="Touchpoints of one customer that follow each other directly; "
        "times read from bins at most 1/32 as wide as the time.",
    )


def _dense_pairs(batch: JourneyBatch, size: int) -> Tally:
    pairs = np.zeros(size * size, np.int64)
    customers = np.zeros(size * size, np.int64)
    stamp = np.full(size * size, -1, np.int32)
    count_pairs(
        given(batch.offsets, np.int64), given(batch.code, np.uint16), size, pairs, customers, stamp
    )
    return Tally.of_dense(pairs, customers)


def _sorted_pairs(batch: JourneyBatch, size: int) -> Tally:
    customer = np.repeat(np.arange(batch.n_customers), np.diff(batch.offsets))
    first, last = _ends(batch)
    boundary = np.full(first.size, size - 1)
    inner = ~np.isin(np.arange(batch.n_events), first)
    code = batch.code.astype(np.int64)
    source = np.concatenate([boundary, code[np.flatnonzero(inner) - 1], code[last]])
    target = np.concatenate([code[first], code[inner], boundary])
    who = np.concatenate([customer[first], customer[inner], customer[last]])
    pair = source * size + target
    order = np.lexsort((who, pair))
    pair, who = pair[order], who[order]
    new = np.ones(pair.size, np.bool_)
    new[1:] = (pair[1:] != pair[:-1]) | (who[1:] != who[:-1])
    return Tally.of_keys(pair, new)


def _ends(batch: JourneyBatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the first and the last row of each customer who has any."""
    some = np.diff(batch.offsets) > 0
    return batch.offsets[:-1][some], batch.offsets[1:][some] - 1


def _times(batch: JourneyBatch, size: int) -> Tally:
    keys = np.empty(batch.n_events, np.int64)
    n = time_keys(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        given(batch.time_us, np.int64),
        size,
        keys,
    )
    return Tally.of_many(keys[:n])
