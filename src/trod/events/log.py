"""The log of touchpoints and attributes: what arrived, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._kernels.repeats import CONFLICT, DUPLICATE, NEW
from trod._store.store import Store, Transaction
from trod._store.threads import in_parallel
from trod.errors import DataError
from trod.events import definitions, quarantine
from trod.events.event_id import EventIds, event_ids
from trod.events.judged import judged
from trod.events.log_part import ID_HI, ID_LO, write_part
from trod.events.mood import fill_scores
from trod.events.quarantined import SAME_ID
from trod.events.report import FileReport, SourceReport, UnbalancedError, by_source
from trod.events.spool import Spool, chunks

if TYPE_CHECKING:
    from trod.events.mapping import Delivery

MEMORY_BYTES: Final = 1 << 30
"""What one delivery may take up in memory; more of it waits on disk."""

Account = Callable[[Transaction, tuple[SourceReport, ...]], object]
"""What else belongs to a delivery: parts added to the transaction that stores its rows."""

Broken = Callable[["Delivery", DataError], object]
"""Told which delivery cannot be read to its end, and why."""


def append(
    store: Store,
    deliveries: Iterable[Delivery],
    *,
    memory_bytes: int = MEMORY_BYTES,
    account: Account | None = None,
    broken: Broken | None = None,
) -> tuple[SourceReport, ...]:
    """Write what is new in some deliveries to the log, all of them or, if one fails, none.

    A row is on record if the log holds its id: the source's own id of the touchpoint, or, where
    the source gives none, all its columns and the number of equal rows before it in the same
    delivery. So repeats inside a delivery are kept, and delivering a file again adds nothing.
    Where one id of a source comes with several contents, all are written and all but one are
    counted as quarantined; `trod.events.conflicts` says which counts, whatever arrived first.

    Parameters
    ----------
    store
        Where the log is kept.
    deliveries
        Rows of sources, in batches.
    memory_bytes
        What one delivery may take up in memory; more of it waits on disk.
    account
        Called with the transaction and the reports when all rows are in it, to add what must be
        kept with them: a crash leaves both or neither.
    broken
        Told of a file that cannot be read to its end; nothing of it is kept, and the others are
        read. By default such a file fails them all.

    Returns
    -------
    tuple of SourceReport
        One for each source and kind, in order of first arrival.

    Raises
    ------
    StoreError
        If another process writes to the store.
    DefinitionError
        If rows on record would count twice, for a source is defined in another way now.
    DataError
        If a delivery does not add up: received is not stored + duplicate + quarantined + dropped.
    """
    with store.write() as tx:
        told = by_source(_each(tx, deliveries, memory_bytes, broken))
        if account is not None:
            account(tx, told)
        if tx.added:
            tx.commit()
    return told


def _each(
    tx: Transaction, deliveries: Iterable[Delivery], memory_bytes: int, broken: Broken | None
) -> list[SourceReport]:
    """Take deliveries; of a file that cannot be read to its end, nothing."""
    reports: list[SourceReport] = []
    file: tuple[str, object] | None = None
    parts, n, lost = 0, 0, False  # before the file, and whether it is one of those
    for delivery in deliveries:
        if (delivery.source, delivery.path) != file:
            file = (delivery.source, delivery.path)
            parts, n, lost = len(tx.added), len(reports), False
        if lost:
            continue
        try:
            reports.append(take(tx, delivery, memory_bytes))
        except DataError as problem:
            if broken is None or isinstance(problem, UnbalancedError):
                raise
            tx.discard(parts)
            del reports[n:]
            lost = True
            broken(delivery, problem)
    return reports


class Again(Protocol):
    """A delivery of rows that were delivered before, and could not be read then."""

    serial: int  # of the commit that stored the rest of their delivery

    def number(self, tx: Transaction, delivery: Delivery, ids: Sequence[EventIds]) -> None:
        """Number repeats after those that the delivery stored when it came."""

    def keep(self, tx: Transaction, delivery: Delivery) -> None:
        """Keep what still cannot be read."""


def take(
    tx: Transaction, delivery: Delivery, memory_bytes: int, again: Again | None = None
) -> SourceReport:
    """Write what is new in one delivery."""
    with (
        tx.store.scratch() as scratch,
        closing(Spool(memory_bytes, scratch)) as waiting,
        closing(delivery.left_out.tables),
    ):
        ids = in_parallel(
            lambda table: event_ids(table, delivery.source),
            map(waiting.kept, chunks(delivery.batches)),
        )
        if again is not None:
            again.number(tx, delivery, ids)
        verdicts = judged(tx, delivery.kind, delivery.source, ids)
        definitions.check(tx, delivery, ids)
        serial = again.serial if again is not None else tx.serial
        arrived = zip(waiting, ids, verdicts, strict=True)
        written = (
            _Written(table, own, verdict == wanted, wanted == CONFLICT, serial, tx.reserve())
            for table, own, verdict in arrived
            for wanted in (NEW, CONFLICT)
            if (verdict == wanted).any()
        )
        in_parallel(lambda one: _write(tx, delivery, one), written)
        (again or quarantine).keep(tx, delivery)
        definitions.keep(tx, delivery)
    every = np.concatenate([*verdicts, np.zeros(0, np.uint8)])
    stored, duplicate, conflicts = (
        int(np.count_nonzero(every == verdict)) for verdict in (NEW, DUPLICATE, CONFLICT)
    )
    if conflicts:
        delivery.report.take_back(SAME_ID, conflicts)
    quarantined = {code: found[0] for code, found in delivery.report.quarantined.items()}
    report = FileReport(
        delivery.file,
        delivery.report.received,
        stored,
        duplicate,
        quarantined,
        dict(delivery.report.dropped),
        delivery.columns if again is None else (),
    )
    return SourceReport(delivery.source, delivery.kind, (report.balanced(delivery.source),))


class _Written(NamedTuple):
    """Some rows of one table on their way into a part."""

    table: pa.Table
    ids: EventIds
    rows: NDArray[np.bool_]  # (n,) which
    conflict: bool  # whether they contradict rows that arrived before
    serial: int  # of the commit that stored the first rows of their delivery
    number: int


def _write(tx: Transaction, delivery: Delivery, written: _Written) -> None:
    """Write rows of one table as a part; runs in a thread."""
    table, ids, rows, conflict, serial, number = written
    some = not rows.all()
    if some:
        table = table.filter(pa.array(rows))
    if delivery.mood:
        # Only now: what the lexicon of today says is no part of what makes a row the same row.
        table = fill_scores(table)
    for name, half in ((ID_HI, ids.hi), (ID_LO, ids.lo)):
        table = table.append_column(name, pa.array(half[rows] if some else half))
    facts = {
        "source": delivery.source,
        "file": delivery.file,
        "definition": delivery.definition,
        "conflict": conflict,
        "delivery": serial,
    }
    write_part(tx, delivery.kind, table, facts, number=number)
