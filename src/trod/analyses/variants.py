"""The whole paths customers take: the most frequent ones, their outcome, and all the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod import fold
from trod._kernels.arrays import given
from trod._kernels.variants import hash_paths, same_paths
from trod.analyses.answer import Answer, answer
from trod.analyses.interval import wilson
from trod.analyses.names import codes_of, decode, encode
from trod.analyses.spent import spent
from trod.analyses.tally import Tally
from trod.fold import Sums
from trod.journeys.batch import JourneyBatch, Journeys
from trod.journeys.predicate import Predicate

Codes = tuple[int, ...]
HASH_BITS: Final = 64


class VariantsResult(NamedTuple):
    """The most frequent paths by hash; `spell` finds and verifies the touchpoints behind them."""

    hash: NDArray[np.uint64]  # (n_top,) most customers first, then shorter, then smaller hash
    customers: NDArray[np.int64]  # (n_top,)
    outcome: NDArray[np.int64]  # (n_top,) of them, with the outcome asked for
    length: NDArray[np.int64]  # (n_top,) steps
    money_micros: NDArray[np.int64]  # (n_top,) on record for all of them together
    n_paths: int  # distinct paths in all
    n_customers: int
    n_outcome: int
    all_money_micros: int


@dataclass(frozen=True, slots=True, eq=False)
class VariantCounts(Sums):
    """Customers, outcomes, steps and money by hash of the path."""

    paths: Tally


@dataclass(frozen=True, slots=True)
class Variants:
    """The `top` most frequent whole paths."""

    top: int = 20
    collapse_loops: bool = False
    outcome: Predicate | None = None
    hash_bits: int = HASH_BITS  # fewer only to try what happens when hashes collide

    def empty(self) -> VariantCounts:
        """Give the counts of no data."""
        return VariantCounts(Tally.empty(4))

    def hashes(self, batch: JourneyBatch) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the hash and the number of steps of each path, (n_customers,) both."""
        hashes = np.empty(batch.n_customers, np.uint64)
        lengths = np.empty(batch.n_customers, np.int64)
        with np.errstate(over="ignore"):
            hash_paths(
                given(batch.offsets, np.int64),
                given(batch.code, np.uint16),
                int(self.collapse_loops),
                hashes,
                lengths,
            )
        return (hashes >> np.uint64(HASH_BITS - self.hash_bits)).view(np.int64), lengths

    def read(self, batch: JourneyBatch) -> VariantCounts:
        """Count one batch."""
        hashes, lengths = self.hashes(batch)
        won = self.outcome.mask(batch) if self.outcome else np.zeros(batch.n_customers, np.bool_)
        order = np.argsort(hashes)
        hashes, ones = hashes[order], np.ones(batch.n_customers, np.int64)
        starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])[: hashes.size])
        sums = [
            np.add.reduceat(x, starts)
            for x in (ones, won[order] * 1, lengths[order], spent(batch)[order])
        ]
        return VariantCounts(Tally(hashes[starts], np.column_stack(sums).astype(np.int64)))

    def finish(self, state: VariantCounts) -> VariantsResult:
        """Choose the most frequent."""
        customers, outcome, steps, money = state.paths.count.T
        length = steps // np.maximum(customers, 1)
        hashes = state.paths.key.view(np.uint64)
        order = np.lexsort((hashes, length, -customers))[: self.top]
        return VariantsResult(
            hashes[order],
            customers[order],
            outcome[order],
            length[order],
            money[order],
            customers.size,
            int(customers.sum()),
            int(outcome.sum()),
            int(money.sum()),
        )


class PathsResult(NamedTuple):
    """The most frequent paths with their names; the rest is in `other`."""

    path: tuple[tuple[str, ...], ...]  # (n_top,) most customers first, then shorter, then by hash
    customers: NDArray[np.int64]  # (n_top,)
    outcome: NDArray[np.int64]  # (n_top,) of them, with the outcome asked for
    money_micros: NDArray[np.int64]  # (n_top,) on record for all of them together
    other_customers: int
    other_outcome: int
    other_money_micros: int
    n_other_paths: int

    @property
    def total(self) -> int:
        """All customers."""
        return int(self.customers.sum()) + self.other_customers

    @property
    def money_each_micros(self) -> tuple[int | None, ...]:
        """Money on record for each customer, path by path, the other ones last; None of nobody."""
        money = [*self.money_micros.tolist(), self.other_money_micros]
        customers = [*self.customers.tolist(), self.other_customers]
        return tuple(m // n if n else None for m, n in zip(money, customers, strict=True))

    def columns(self) -> dict[str, Any]:
        """Give one row per path, the other ones together in the last."""
        customers = [*self.customers.tolist(), self.other_customers]
        outcome = [*self.outcome.tolist(), self.other_outcome]
        rates = [wilson(part, whole) for part, whole in zip(outcome, customers, strict=True)]
        return {
            "path": [*(" > ".join(path) for path in self.path), f"({self.n_other_paths} others)"],
            "customers": customers,
            "share": [round(n / max(self.total, 1), 6) for n in customers],
            "outcome": outcome,
            "outcome_rate": [
                round(part / whole, 6) if whole else 0.0
                for part, whole in zip(outcome, customers, strict=True)
            ],
            "low": [round(low, 6) for low, _ in rates],
            "high": [round(high, 6) for _, high in rates],
            "money_each_micros": list(self.money_each_micros),
        }


@dataclass(frozen=True, slots=True)
class Variant:
    """Customers whose whole path this is."""

    path: tuple[str, ...]
    collapse_loops: bool = False

    @property
    def key(self) -> str:
        """Such as ``path:A>B>C``, ``path:A>B>C;collapsed``."""
        return f"path:{'>'.join(map(encode, self.path))}{';collapsed' * self.collapse_loops}"

    def mask(self, batch: JourneyBatch) -> NDArray[np.bool_]:
        """Say whose path it is."""
        which = np.zeros(batch.n_customers, np.int64)
        return _same(batch, which, [codes_of(batch.vocabulary, self.path)], self.collapse_loops)


def parse_variant(text: str) -> Variant | None:
    """Read what follows ``path:`` in a key; None where it is not written so."""
    names, _, option = text.partition(";")
    if option not in {"", "collapsed"}:
        return None
    path = tuple(decode(name) for name in names.split(">")) if names else ()
    return Variant(path, option == "collapsed")


def spell(journeys: Journeys, asked: Variants, result: VariantsResult) -> PathsResult:
    """Find the touchpoints behind hashes, and hold every customer's path against them.

    A second pass over the data. Where two different paths share a hash (once in a hundred million
    data sets of this kind), everything is counted again by the paths themselves.
    """
    place = {value: k for k, value in enumerate(result.hash.view(np.int64).tolist())}
    found: dict[int, Codes] = {}
    for batch in journeys:
        hashes, _ = asked.hashes(batch)
        which = _places(hashes, result.hash.view(np.int64))
        for c in _first_of_each(which, set(found)):
            found[int(which[c])] = _path(batch, c, asked.collapse_loops)
        known = [found.get(k, ()) for k in range(len(place))]
        same = _same(batch, which, known, asked.collapse_loops)
        if not np.array_equal(same, which >= 0):
            return _counted_by_path(journeys, asked)
    names = journeys.vocabulary.touchpoints
    return PathsResult(
        tuple(tuple(names[code] for code in found[k]) for k in range(len(place))),
        result.customers,
        result.outcome,
        result.money_micros,
        result.n_customers - int(result.customers.sum()),
        result.n_outcome - int(result.outcome.sum()),
        result.all_money_micros - int(result.money_micros.sum()),
        result.n_paths - result.hash.size,
    )


def paths(
    journeys: Journeys,
    *,
    top: int = 20,
    collapse_loops: bool = False,
    outcome: Predicate | None = None,
) -> Answer[PathsResult]:
    """Find the most frequent whole paths, and how often each ends well.

    Parameters
    ----------
    journeys
        The data.
    top
        How many to name; all others are one row, so the rows always sum to everyone.
    collapse_loops
        Whether the same touchpoint several times in a row is one step.
    outcome
        Predicate counted on every path, such as `trod.analyses.stages.Done`.

    Returns
    -------
    Answer
        With a `PathsResult`; `Variant` gives the customers behind each path.

    Notes
    -----
    Two passes over the touchpoints: paths are counted by a 64-bit hash, then the named ones are
    held against the real sequences. Equally frequent paths: shorter first, then by hash, which
    depends on nothing but the path.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from trod.journeys.build import from_arrow
    >>> journeys = from_arrow(pa.table({
    ...     "customer": ["ann", "ann", "ann", "bob", "bob"],
    ...     "touchpoint": ["visit", "call", "buy", "visit", "call"],
    ...     "time": [0, 10, 30, 0, 20],
    ... }))
    >>> result = paths(journeys, top=1).data
    >>> result.path, result.customers, result.other_customers
    ((('visit', 'call'),), array([1]), 1)
    """
    asked = Variants(top, collapse_loops, outcome)
    result = fold.run({"it": asked}, journeys)["it"]
    return answer(
        "paths",
        spell(journeys, asked, result),
        journeys,
        method="Whole paths from each customer's first touchpoint to the last"
        + (", repeats in a row taken as one." if collapse_loops else "."),
    )


def _places(hashes: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give where each hash stands among those wanted, -1 where it does not."""
    if wanted.size == 0:
        return np.full(hashes.size, -1)
    order = np.argsort(wanted)
    at = np.minimum(np.searchsorted(wanted[order], hashes), wanted.size - 1)
    return np.where(wanted[order][at] == hashes, order[at], -1)


def _first_of_each(which: NDArray[np.int64], known: set[int]) -> list[int]:
    """Give the first customer of each path not known yet."""
    values, first = np.unique(which, return_index=True)
    pairs = zip(values.tolist(), first.tolist(), strict=True)
    return [c for value, c in pairs if value >= 0 and value not in known]


def _path(batch: JourneyBatch, c: int, collapse: bool) -> Codes:
    codes = batch.code[batch.offsets[c] : batch.offsets[c + 1]]
    if collapse and codes.size:
        codes = codes[np.append(True, codes[1:] != codes[:-1])]
    return tuple(codes.tolist())


def _same(
    batch: JourneyBatch, which: NDArray[np.int64], known: Sequence[Codes], collapse: bool
) -> NDArray[np.bool_]:
    same = np.empty(batch.n_customers, np.bool_)
    same_paths(
        given(batch.offsets, np.int64),
        given(batch.code, np.uint16),
        int(collapse),
        given(which, np.int64),
        given(np.cumsum([0, *map(len, known)]), np.int64),
        given(np.array([code for path in known for code in path], np.uint16), np.uint16),
        same,
    )
    return same


def _counted_by_path(journeys: Journeys, asked: Variants) -> PathsResult:
    """Count by the paths themselves, without trusting a hash."""
    customers: Counter[Codes] = Counter()
    outcome: Counter[Codes] = Counter()
    money: Counter[Codes] = Counter()
    rank: dict[Codes, int] = {}
    for batch in journeys:
        hashes, _ = replace(asked, hash_bits=HASH_BITS).hashes(batch)
        won = asked.outcome.mask(batch) if asked.outcome else np.zeros(batch.n_customers, np.bool_)
        value = spent(batch)
        for c in range(batch.n_customers):
            path = _path(batch, c, asked.collapse_loops)
            rank[path] = int(hashes.view(np.uint64)[c])
            customers[path] += 1
            outcome[path] += int(won[c])
            money[path] += int(value[c])
    order = sorted(customers, key=lambda path: (-customers[path], len(path), rank[path], path))
    top, names = order[: asked.top], journeys.vocabulary.touchpoints
    return PathsResult(
        tuple(tuple(names[code] for code in path) for path in top),
        np.array([customers[path] for path in top], np.int64),
        np.array([outcome[path] for path in top], np.int64),
        np.array([money[path] for path in top], np.int64),
        sum(customers[path] for path in order[asked.top :]),
        sum(outcome[path] for path in order[asked.top :]),
        sum(money[path] for path in order[asked.top :]),
        len(order) - len(top),
    )
