"""Whether rows that arrive are on record already, told by their ids."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.repeats import NEW, judge
from trod._store.manifest import Part
from trod._store.store import Transaction
from trod._store.threads import in_order, in_parallel
from trod.events.event_id import EventIds
from trod.events.log_part import ids_of_part

JUDGED_ROWS: Final = 8_000_000
"""Hashes that are compared in one go, at 34 bytes each."""
_ROOM: Final = 16
_MOST_BITS: Final = 26
"""Places for marks, by arriving row, and at most: 64 MB."""
Hashes = tuple[NDArray[np.uint64], NDArray[np.uint64]]


def judged(
    tx: Transaction, kind: str, source: str, arriving: list[EventIds]
) -> list[NDArray[np.uint8]]:
    """Say of each arriving row whether it is new; number repeats in their ids."""
    parts = [part for part in tx.parts(kind) if part.facts["source"] == source]
    verdicts = [np.full(ids.hi.size, NEW, np.uint8) for ids in arriving]
    for slot, known in _by_slot(tx, parts, arriving):
        _judge_slot(slot, known, arriving, verdicts)
        del known  # before the next slot is read
    return verdicts


def _by_slot(
    tx: Transaction, parts: list[Part], arriving: list[EventIds]
) -> Iterator[tuple[_Slot, list[Hashes]]]:
    """Give what may be on record already, in as many slots as keep it within JUDGED_ROWS.

    Where marks tell most rows apart, one reading says how many are left, which is mostly all there
    is to do. Else, or where many are left, the log is read once for each slot.
    """
    marks = _Marks.of(arriving)
    n = sum(ids.hi.size for ids in arriving)
    total = n + sum(part.rows for part in parts)
    if marks.sparse:
        known: list[Hashes] = []
        total = n
        for found in in_order(lambda part: marks.known(tx, part, _ALL), parts):
            known.append(found)
            total += found[0].size
            if total > JUDGED_ROWS:
                known.clear()
        if total <= JUDGED_ROWS:
            yield _ALL, known
            return
    passes = 1 << (max(total - 1, 0) // JUDGED_ROWS).bit_length()
    for slot in (_Slot(number, passes) for number in range(passes)):
        yield slot, in_parallel(partial(marks.known, tx, slot=slot), parts)


class _Marks(NamedTuple):
    """Beginnings of the hashes that arrive: what is on record with other ones cannot be equal.

    A small delivery is thus compared with few rows of a large log, and the log is read once.
    """

    there: NDArray[np.bool_]  # (2 ** bits,)
    shift: np.uint64
    sparse: bool  # whether most rows on record meet none

    @classmethod
    def of(cls, arriving: list[EventIds]) -> _Marks:
        """Mark them, with room enough that most rows on record meet no mark."""
        n = sum(ids.hi.size for ids in arriving)
        bits = min(max((_ROOM * n).bit_length(), 1), _MOST_BITS)
        marks = cls(np.zeros(1 << bits, np.bool_), np.uint64(64 - bits), _ROOM * n <= 1 << bits)
        for ids in arriving:
            marks.there[ids.hi >> marks.shift] = True
        return marks

    def known(self, tx: Transaction, part: Part, slot: _Slot) -> Hashes:
        """Give the hashes of a part of the log that may be equal to an arriving one in a slot."""
        hi, lo = ids_of_part(tx.store, part)
        rows = slot.rows(hi)
        hi, lo = hi[rows], lo[rows]
        mine = np.flatnonzero(self.there[hi >> self.shift])
        return hi[mine], lo[mine]


class _Slot(NamedTuple):
    """One of several equal ranges of hashes, so that few need be in memory at a time."""

    number: int
    of: int  # a power of two

    def rows(self, hi: NDArray[np.uint64]) -> NDArray[np.int64] | slice:
        """Find the rows whose hash lies in this range."""
        if self.of == 1:
            return slice(None)
        shift = np.uint64(65 - self.of.bit_length())
        return np.flatnonzero(hi >> shift == np.uint64(self.number))


def _judge_slot(
    slot: _Slot,
    known: list[Hashes],
    arriving: list[EventIds],
    verdicts: list[NDArray[np.uint8]],
) -> None:
    mine = [slot.rows(ids.hi) for ids in arriving]
    pairs = list(zip(arriving, mine, strict=True))
    old = sum(hi.size for hi, _ in known)
    hi = np.concatenate([_NONE, *(hi for hi, _ in known), *(ids.hi[at] for ids, at in pairs)])
    lo = np.concatenate([_NONE, *(lo for _, lo in known), *(ids.lo[at] for ids, at in pairs)])
    given = np.concatenate([np.zeros(old, np.bool_), *(ids.given[at] for ids, at in pairs)])
    verdict = np.full(hi.size, NEW, np.uint8)
    order = np.argsort(hi)
    judge(order, hi[order], old, lo, given, verdict)
    start = old
    for (ids, at), out in zip(pairs, verdicts, strict=True):
        end = start + ids.hi[at].size
        ids.lo[at] = lo[start:end]
        out[at] = verdict[start:end]
        start = end


_ALL: Final = _Slot(0, 1)
_NONE: Final[NDArray[np.uint64]] = np.zeros(0, np.uint64)
