"""The log of touchpoints and attributes: what arrived, each thing once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from trod._kernels.repeats import CONFLICT, DUPLICATE, NEW, judge
from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod._store.threads import in_parallel
from trod.errors import DefinitionError
from trod.events.event_id import EventIds, event_ids
from trod.events.log_part import footer_of, read_part
from trod.events.mood import fill_scores
from trod.events.report import FileReport, SourceReport, by_source

if TYPE_CHECKING:
    from trod.events.mapping import Delivery

SAME_ID: Final = "message_id_conflict"
ID_HI: Final = "id_hi"
ID_LO: Final = "id_lo"
CHUNK_ROWS: Final = 500_000
"""Rows of one part, at most."""
MEMORY_BYTES: Final = 1 << 30
"""What one delivery may take up in memory; more of it waits on disk."""
JUDGED_ROWS: Final = 8_000_000
"""Hashes that are compared in one go, at 34 bytes each."""
_GROUP_ROWS: Final = 125_000
_FEW_VALUES: Final = ("source", "touchpoint", "channel", "state.", "id.")


Account = Callable[[Transaction, tuple[SourceReport, ...]], object]
"""What else belongs to a delivery: parts added to the transaction that stores its rows."""


def append(
    store: Store,
    deliveries: Iterable[Delivery],
    *,
    memory_bytes: int = MEMORY_BYTES,
    account: Account | None = None,
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

    Returns
    -------
    tuple of SourceReport
        One for each source and kind, in order of first arrival.

    Raises
    ------
    StoreError
        If another process writes to the store.
    DefinitionError
        If a source was defined in another way when it was read before: its rows would count twice.
    DataError
        If a delivery does not add up: received is not stored + duplicate + quarantined + dropped.
    """
    with store.write() as tx:
        told = by_source([_take(tx, delivery, memory_bytes) for delivery in deliveries])
        if account is not None:
            account(tx, told)
        if tx.added:
            tx.commit()
    return told


def _take(tx: Transaction, delivery: Delivery, memory_bytes: int) -> SourceReport:
    """Write what is new in one delivery."""
    _same_definition(tx, delivery)
    with tx.store.scratch() as scratch:
        waiting = _Waiting(scratch, memory_bytes)
        ids = in_parallel(
            lambda table: event_ids(table, delivery.source),
            map(waiting.kept, _chunks(delivery.batches)),
        )
        verdicts = _judged(tx, delivery.kind, delivery.source, ids)
        arrived = zip(waiting, ids, verdicts, strict=True)
        written = (
            _Written(table, own, verdict == wanted, wanted == CONFLICT, tx.reserve())
            for table, own, verdict in arrived
            for wanted in (NEW, CONFLICT)
            if (verdict == wanted).any()
        )
        in_parallel(lambda one: _write(tx, delivery, one), written)
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
        delivery.columns,
    )
    return SourceReport(delivery.source, delivery.kind, (report.balanced(delivery.source),))


def _same_definition(tx: Transaction, delivery: Delivery) -> None:
    """Refuse rows that were read before in another way, for none would be known again."""
    before = [part for part in tx.parts(delivery.kind) if part.facts["source"] == delivery.source]
    rows = sum(part.rows for part in before if part.facts["definition"] != delivery.definition)
    if rows:
        raise DefinitionError(
            [
                f"source {delivery.source!r} is defined in another way than when {rows:,} rows of "
                "it were read, so that they would count twice. Put its definition back, or remove "
                f"{tx.store.folder} and ingest again."
            ]
        )


def _chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Give tables of up to CHUNK_ROWS rows each."""
    waiting: list[pa.RecordBatch] = []
    size = 0
    for arriving in batches:
        for start in range(0, arriving.num_rows, CHUNK_ROWS):
            batch = arriving.slice(start, CHUNK_ROWS)
            if size + batch.num_rows > CHUNK_ROWS:
                yield pa.Table.from_batches(waiting)
                waiting, size = [], 0
            waiting.append(batch)
            size += batch.num_rows
    if waiting:
        yield pa.Table.from_batches(waiting)


class _Waiting:
    """Tables between arrival and log: in memory while there is room, then in scratch files."""

    def __init__(self, folder: Path, room_bytes: int) -> None:
        self._folder = folder
        self._room = room_bytes
        self._tables: list[pa.Table | Path] = []

    def kept(self, table: pa.Table) -> pa.Table:
        """Keep a table, and give it on."""
        self._room -= table.nbytes
        if self._room >= 0:
            self._tables.append(table)
            return table
        path = self._folder / f"{len(self._tables)}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(str(path), table.schema, options=options) as file:
            file.write_table(table)
        self._tables.append(path)
        return table

    def __iter__(self) -> Iterator[pa.Table]:
        """Give the tables back in order, each once."""
        self._tables.reverse()
        while self._tables:
            table = self._tables.pop()
            if isinstance(table, Path):
                with pa.OSFile(str(table)) as file:
                    table = pa.ipc.open_file(file).read_all()
            yield table


def _judged(
    tx: Transaction, kind: str, source: str, arriving: list[EventIds]
) -> list[NDArray[np.uint8]]:
    """Say of each arriving row whether it is new; number repeats in their ids."""
    parts = [part for part in tx.parts(kind) if part.facts["source"] == source]
    total = sum(part.rows for part in parts) + sum(ids.hi.size for ids in arriving)
    verdicts = [np.full(ids.hi.size, NEW, np.uint8) for ids in arriving]
    passes = 1 << (total // JUDGED_ROWS).bit_length()
    for number in range(passes):
        slot = _Slot(number, passes)
        known = [slot.of_part(tx, part) for part in parts]
        _judge_slot(slot, known, arriving, verdicts)
    return verdicts


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

    def of_part(self, tx: Transaction, part: Part) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Give the hashes of a part of the log that lie in this range."""
        table = read_part(tx.store, part, [ID_HI, ID_LO])
        hi, lo = (table[name].combine_chunks().to_numpy() for name in (ID_HI, ID_LO))
        mine = self.rows(hi)
        return hi[mine], lo[mine]


def _judge_slot(
    slot: _Slot,
    known: list[tuple[NDArray[np.uint64], NDArray[np.uint64]]],
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


_NONE: NDArray[np.uint64] = np.zeros(0, np.uint64)


class _Written(NamedTuple):
    """Some rows of one table on their way into a part."""

    table: pa.Table
    ids: EventIds
    rows: NDArray[np.bool_]  # (n,) which
    conflict: bool  # whether they contradict rows that arrived before
    number: int


def _write(tx: Transaction, delivery: Delivery, written: _Written) -> None:
    """Write rows of one table as a part; runs in a thread."""
    table, ids, rows, conflict, number = written
    some = not rows.all()
    if some:
        table = table.filter(pa.array(rows))
    if delivery.mood:
        # Only now: what the lexicon of today says is no part of what makes a row the same row.
        table = fill_scores(table)
    for name, half in ((ID_HI, ids.hi), (ID_LO, ids.lo)):
        table = table.append_column(name, pa.array(half[rows] if some else half))
    content = _parquet(table)
    facts = {
        "source": delivery.source,
        "file": delivery.file,
        "definition": delivery.definition,
        "conflict": conflict,
        "footer": footer_of(content),
    }

    def fill(file: BinaryIO) -> None:
        file.write(content)

    tx.add(delivery.kind, "parquet", fill, rows=len(table), facts=facts, number=number)


def _parquet(table: pa.Table) -> pa.Buffer:
    """Give a table as Parquet; smaller than the table itself, which is in memory too."""
    names = table.column_names
    out = pa.BufferOutputStream()
    pq.write_table(
        table,
        out,
        compression={name: "none" if name in (ID_HI, ID_LO) else "zstd" for name in names},
        compression_level={name: 1 for name in names if name not in (ID_HI, ID_LO)},
        use_dictionary=[name for name in names if name.startswith(_FEW_VALUES)],
        write_statistics=["time_us"] if "time_us" in names else False,
        row_group_size=_GROUP_ROWS,
        write_page_checksum=True,
    )
    return out.getvalue()
