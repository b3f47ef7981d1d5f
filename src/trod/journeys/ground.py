"""What journeys of both units rest on: the log, the people found in it, and how names are coded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from trod._store.store import Store, Transaction
from trod.errors import StoreError
from trod.events.names import AS_THEY_ARE, NamesSpec
from trod.identity.ids import PartIds
from trod.identity.resolve import People
from trod.journeys.attributes import attribute_table
from trod.journeys.batch import Vocabulary
from trod.journeys.kept import TOUCHPOINTS
from trod.journeys.origin import NAMED, ORIGIN, named, origin
from trod.journeys.parts import TEXTS, kind_of, write_attributes, write_summary
from trod.journeys.texts import Chunk, Texts, chunks

LEFT_OUT: Final = "left_out"


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The log as it is now; what is read of it is read once."""

    store: Store
    people: People
    log: tuple[PartIds, ...]  # parts of touchpoints, in order
    order: Sequence[str]
    names: NamesSpec
    _read: dict[str, Chunk] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        store: Store,
        people: People,
        order: Sequence[str] = (),
        names: NamesSpec = AS_THEY_ARE,
    ) -> Ground:
        """Take the log in which `people` were found.

        Raises
        ------
        StoreError
            If it has grown since then.
        """
        log = tuple(part for part in people.ids.parts if part.part.kind == TOUCHPOINTS)
        now = [part.path for part in store.manifest.of(TOUCHPOINTS)]
        if [part.part.path for part in log] != now:
            raise StoreError("the log has changed since the people were found: resolve them again.")
        return cls(store, people, log, order, names)

    @property
    def first_row(self) -> NDArray[np.int64]:
        """Number of the first row of each part of the log, and of the one after the last."""
        return np.cumsum([0, *(part.part.rows for part in self.log)])

    def chunks(self, which: Sequence[int]) -> list[Chunk]:
        """Read the names of some parts of the log, by their number."""
        parts = [self.log[at].part for at in which]
        missing = [part for part in parts if part.path not in self._read]
        for part, chunk in zip(missing, chunks(self.store, missing), strict=True):
            self._read[part.path] = chunk
        return [self._read[part.path] for part in parts]

    def conclude(
        self,
        tx: Transaction,
        unit: str,
        texts: Texts,
        vocabularies: tuple[Vocabulary, Vocabulary],  # of today, and of the base
        left_out: int,
    ) -> None:
        """Write what stands beside the touchpoints: profiles, names, and how it all came to be."""
        write_attributes(tx, unit, attribute_table(self.store, self.people, unit))
        told = texts.told()
        facts = {"holds": TEXTS}
        tx.add(kind_of(unit), "json", lambda file: file.write(told), rows=1, facts=facts)
        people = self.people
        log = (part.part for part in people.ids.parts)
        made: dict[str, int | str] = {
            LEFT_OUT: left_out,
            ORIGIN: origin(log, people.spec, self.order, people.signature, self.names),
            NAMED: named(self.order, self.names),
        }
        now, base = vocabularies
        write_summary(tx, unit, now, None if base == now else base, **made)
