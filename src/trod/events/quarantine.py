"""Rows that could not become touchpoints: their bytes, where they stood, and why.

They are kept in the store by the transaction that keeps the touchpoints of their file, so they are
as durable as those. A row is known again by its bytes, as a touchpoint is by its content: the nth
of its kind in a delivery is the nth of any other, so delivering a file again adds nothing.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pyarrow as pa

from trod._kernels.repeats import NEW
from trod._store.manifest import Part
from trod._store.store import Transaction
from trod.events.event_id import EventIds, event_ids
from trod.events.judged import judged
from trod.events.left_out import Frame
from trod.events.log_part import ID_HI, ID_LO, write_part

if TYPE_CHECKING:
    from trod.events.mapping import Delivery

KIND: Final = "quarantine"
SEEN: Final = "quarantine_seen"
"""Rows that came again: which, and when."""


class Origin(NamedTuple):
    """One delivery that left rows out."""

    source: str
    of: str  # touchpoints or attributes
    file: str
    frame: Frame
    definition: str  # by which the file was read
    serial: int  # of the commit
    seen: str  # when, in UTC

    @classmethod
    def of_part(cls, part: Part) -> Origin:
        """Read the facts of a part."""
        facts = part.facts
        return cls(
            facts["source"],
            facts["of"],
            facts["file"],
            Frame.from_dict(facts["frame"]),
            facts["definition"],
            facts["serial"],
            facts["seen"],
        )

    def facts(self) -> dict[str, Any]:
        """Give the facts of a part."""
        return {**self._asdict(), "frame": asdict(self.frame)}


def keep(tx: Transaction, delivery: Delivery) -> None:
    """Keep what a delivery left out; of what is kept already, keep that it came again."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    left_out = delivery.left_out
    origin = Origin(
        delivery.source,
        delivery.kind,
        delivery.file,
        left_out.frame,
        delivery.definition,
        tx.serial,
        now,
    )
    ids = [ids_of(table, origin) for table in left_out.tables.seen()]
    if not ids:
        return
    verdicts = judged(tx, KIND, origin.source, ids)
    for table, own, verdict in zip(left_out.tables, ids, verdicts, strict=True):
        new = verdict == NEW
        if new.any():
            add(tx, KIND, with_ids(table, own).filter(pa.array(new)), origin)
        if not new.all():
            again = with_ids(table.select(["line", "row"]), own).filter(pa.array(~new))
            add(tx, SEEN, again, origin)


def ids_of(table: pa.Table, origin: Origin) -> EventIds:
    """Hash originals, with what it takes to read them."""
    content = table["original"].combine_chunks()
    text = pa.Array.from_buffers(
        pa.string(), len(content), content.buffers(), offset=content.offset
    )
    # The same line under another header is another record.
    told = pa.array([origin.of + "\n" + origin.frame.header], pa.string())
    frame = told.take(pa.array(np.zeros(len(content), np.int64)))
    return event_ids(pa.table({"original": text, "frame": frame}), origin.source)


def with_ids(table: pa.Table, ids: EventIds) -> pa.Table:
    """Put ids beside originals."""
    for name, half in ((ID_HI, ids.hi), (ID_LO, ids.lo)):
        table = table.append_column(name, pa.array(half))
    return table


def add(tx: Transaction, kind: str, table: pa.Table, origin: Origin) -> None:
    """Write originals, or which of them came again, as a part."""
    write_part(tx, kind, table, origin.facts())
