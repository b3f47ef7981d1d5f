"""Batches of journeys as files: plain Arrow, not compressed, mapped into memory when read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, BinaryIO, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod.journeys.assemble import batch_of
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.journeys.columns import STATE

EVENTS: Final = "events"
CUSTOMERS: Final = "customers"


def kind_of(unit: str) -> str:
    """Give the kind of parts that hold journeys of a unit."""
    return f"journeys/{unit}"


def write_batch(tx: Transaction, unit: str, bucket: int, batch: JourneyBatch) -> None:
    """Write one batch as two files: touchpoints, and customers with the end of their rows."""
    columns: dict[str, NDArray[Any]] = {
        "code": batch.code,
        "time_us": batch.time_us,
        "channel": batch.channel,
        "value": batch.value,
        "score": batch.score,
        "row": batch.row,
        **{STATE + name: codes for name, codes in batch.states.items()},
    }
    events = pa.record_batch({name: pa.array(values) for name, values in columns.items()})
    customers = pa.record_batch({"customer": batch.customer, "end": pa.array(batch.offsets[1:])})
    for holds, rows in ((EVENTS, events), (CUSTOMERS, customers)):
        write_rows(tx, unit, rows, {"holds": holds, "bucket": bucket})


def write_rows(tx: Transaction, unit: str, rows: pa.RecordBatch, facts: dict[str, Any]) -> None:
    """Write rows as one Arrow file."""
    tx.add(kind_of(unit), "arrow", _content(rows), rows=rows.num_rows, facts=facts)


def _content(rows: pa.RecordBatch) -> Callable[[BinaryIO], object]:
    def content(file: BinaryIO) -> None:
        with pa.ipc.new_file(file, rows.schema) as out:
            out.write_batch(rows)

    return content


def read_rows(store: Store, part: Part) -> pa.RecordBatch:
    """Map the rows of one Arrow file."""
    return pa.ipc.open_file(store.map(part)).get_batch(0)


def read_batch(store: Store, events: Part, customers: Part, vocabulary: Vocabulary) -> JourneyBatch:
    """Map one batch into memory; only the customers' ends are read."""
    rows = read_rows(store, events)
    who = read_rows(store, customers)
    ends = who["end"].to_numpy()
    offsets = np.concatenate([np.zeros(1, np.int64), ends])
    columns = {name: rows[name].to_numpy() for name in rows.schema.names}
    return batch_of(vocabulary, who["customer"], offsets, columns)
