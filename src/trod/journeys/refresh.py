"""Journeys after a delivery: only what is new is sorted, and laid beside what was there.

The journeys themselves remember whose every row of the log was. Comparing that with whose it is
now finds all that people merging, splitting, or getting ids changed, whatever the rules: these
rows leave the base and come into the delta, as new rows do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from trod._store.store import Store, Transaction
from trod.errors import StoreError
from trod.events.names import AS_THEY_ARE, NamesSpec
from trod.identity.resolve import People
from trod.journeys.batch import Vocabulary
from trod.journeys.build import build_in
from trod.journeys.columns import vocabulary_of
from trod.journeys.delta import Delta, recoding
from trod.journeys.ground import Ground
from trod.journeys.kept import Kept, together, write_deltas
from trod.journeys.lay import Laid, Piece, still_there
from trod.journeys.moved import Owned, gone_rows, moved_rows
from trod.journeys.narrow import TIE_COLUMN, narrow
from trod.journeys.origin import NAMED, named
from trod.journeys.parts import Stored, kind_of, write_batches
from trod.journeys.shelf import TIE
from trod.journeys.texts import Texts, codes_of

COMPACT_AT: Final = 0.02
"""Share of the base that a delta may reach before both become a new base."""
REBUILD_AT: Final = 0.5
"""Share of the log from which sorting all of it is no more work than sorting what is new."""


def refresh(
    store: Store,
    people: People,
    units: Sequence[str],
    *,
    order: Sequence[str] = (),
    names: NamesSpec = AS_THEY_ARE,
    compact_at: float = COMPACT_AT,
    also: Callable[[Transaction], object] | None = None,
) -> None:
    """Bring the journeys of some units up to the log, in one transaction.

    The journeys that `load` gives afterwards are those of `build`, byte for byte.

    Parameters
    ----------
    store, people, order, names
        As for `build`.
    units
        "person", "account", or both.
    compact_at
        Share of the base that the delta may reach before both become a new base.
    also
        Adds to the transaction what must be kept with them.

    Raises
    ------
    StoreError
        If the log has grown since `people` were found, or another process writes.
    DataError
        If there are more names of touchpoints, channels or states than names can be.
    """
    with store.write() as tx:
        ground = Ground.of(store, people, order, names)
        for unit in units:
            increment = _increment(ground, unit)
            if increment is None:
                build_in(tx, ground, unit)
            else:
                increment.write(tx, compact_at)
        if also is not None:
            also(tx)
        tx.commit()


def _increment(ground: Ground, unit: str) -> Increment | None:
    """Find what differs from the journeys kept; None where they must be sorted from the start."""
    try:
        kept = Kept.of(ground.store, unit)
        texts = kept.texts
        if texts is None or kept.facts.get(NAMED) != named(ground.order, ground.names):
            return None
        log = [part.part for part in ground.log]
        if tuple(part.path for part in log[: len(texts.parts)]) != texts.parts:
            return None
        new = range(len(texts.parts), len(log))
        if sum(log[at].rows for at in new) > REBUILD_AT * ground.first_row[-1]:
            return None
        every = sum((chunk.texts for chunk in ground.chunks(new)), texts)
        if not _named_alike(texts, every, ground.names):
            return None
        return Increment.of(ground, kept, every, new)
    except StoreError:
        return None  # a damaged file of journeys; if it is one of the log, `build` will say so


def _named_alike(before: Texts, now: Texts, names: NamesSpec) -> bool:
    """Say whether the raw names of before are called what they were called."""
    old, new = before.called(names), now.called(names)
    return all(old.get(raw, raw) == new.get(raw, raw) for raw in before.rows)


@dataclass(frozen=True, slots=True, eq=False)
class Increment:
    """A base, and what lies beside it from now on."""

    ground: Ground
    kept: Kept
    texts: Texts
    vocabulary: Vocabulary
    bases: list[Stored]
    deltas: list[Delta]

    @classmethod
    def of(cls, ground: Ground, kept: Kept, texts: Texts, new: range) -> Increment:
        """Sort what is new, and find its place in the base."""
        bases, before = kept.bases(), kept.deltas()
        names = ground.people.names(kept.unit)
        owned = Owned.of(bases, before, names)
        moved, owners = moved_rows(ground, kept.unit, new.start, owned)
        places = np.searchsorted(ground.first_row, moved, side="right") - 1
        wanted = [*np.unique(places).tolist(), *new]
        naming = codes_of(texts, ground.chunks(wanted), ground.order, ground.names)
        vocabulary = vocabulary_of(naming)
        gone = gone_rows(bases, before, moved, int(ground.first_row[new.start]))
        pieces = still_there(owned, moved, kept.vocabulary, vocabulary)
        for at, number in enumerate(wanted):
            part, row = ground.log[number], int(ground.first_row[number])
            columns = narrow(ground.store, part.part, naming, at, row)
            if number in new:
                owner = ground.people.of_rows(part, kept.unit)
                rows = np.flatnonzero(owner >= 0)
                owner = owner[rows]
            else:
                mine = (places == number) & (owners >= 0)
                rows, owner = moved[mine] - row, owners[mine]
            columns[TIE_COLUMN] = columns[TIE]
            pieces.append(Piece(owner, {name: it[rows] for name, it in columns.items()}))
        laid = Laid(ground, names, bases, owned.now, recoding(kept.base, vocabulary))
        return cls(ground, kept, texts, vocabulary, bases, laid.deltas(pieces, gone, vocabulary))

    def write(self, tx: Transaction, compact_at: float) -> None:
        """Write the delta, or a new base where the delta has grown too large."""
        unit, base_rows = self.kept.unit, self.kept.rows_of_base
        added = sum(delta.before.size for delta in self.deltas)
        gone = sum(delta.gone.size for delta in self.deltas)
        behind = self.kept.base
        if added + gone > compact_at * base_rows:
            tx.drop(kind_of(unit))
            made = together(self.bases, self.deltas, self.kept.base, self.vocabulary)
            write_batches(tx, unit, made)
            behind = self.vocabulary
        else:
            self.kept.drop_all_but_base(tx)
            if added + gone:
                write_deltas(tx, unit, self.deltas)
        left_out = int(self.ground.first_row[-1]) - (base_rows + added - gone)
        self.ground.conclude(tx, unit, self.texts, (self.vocabulary, behind), left_out)
