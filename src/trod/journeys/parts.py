"""Batches of journeys as files: plain Arrow, not compressed, mapped into memory when read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, BinaryIO, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trod._store.manifest import Part
from trod._store.store import Store, Transaction
from trod._store.threads import in_parallel
from trod.journeys.batch import JourneyBatch, Vocabulary
from trod.journeys.columns import STATE

EVENTS: Final = "events"
CUSTOMERS: Final = "customers"
ATTRIBUTES: Final = "attributes"
SUMMARY: Final = "summary"
TEXTS: Final = "texts"
DELTA: Final = "delta"


def kind_of(unit: str) -> str:
    """Give the kind of parts that hold journeys of a unit."""
    return f"journeys/{unit}"


def write_batches(tx: Transaction, unit: str, made: Iterable[tuple[int, JourneyBatch]]) -> None:
    """Write batches, each with its bucket, as two files: touchpoints, and customers."""
    files = [
        (rows, {"holds": holds, "bucket": bucket}, tx.reserve())
        for bucket, batch in made
        for holds, rows in ((EVENTS, _events(batch)), (CUSTOMERS, _customers(batch)))
    ]

    def write(file: tuple[pa.RecordBatch, dict[str, Any], int]) -> None:
        rows, facts, number = file
        kind, content = kind_of(unit), arrow_file(rows)
        tx.add(kind, "arrow", content, rows=rows.num_rows, facts=facts, number=number)

    in_parallel(write, files)


def _events(batch: JourneyBatch) -> pa.RecordBatch:
    columns: dict[str, NDArray[Any]] = {
        "code": batch.code,
        "time_us": batch.time_us,
        "channel": batch.channel,
        "value": batch.value,
        "score": batch.score,
        "row": batch.row,
        **{STATE + name: codes for name, codes in batch.states.items()},
    }
    return pa.record_batch({name: pa.array(values) for name, values in columns.items()})


def _customers(batch: JourneyBatch) -> pa.RecordBatch:
    """Give the customers with the end of their rows; they begin where the one before ends."""
    return pa.record_batch({"customer": batch.customer, "end": pa.array(batch.offsets[1:])})


def write_summary(
    tx: Transaction,
    unit: str,
    vocabulary: Vocabulary,
    base: Vocabulary | None = None,
    **facts: int | str,
) -> None:
    """Write the names behind the codes, and facts about how they came to be.

    Where the batches of the base were written with other codes, `base` holds their names.
    """
    told = {**_names(vocabulary), **({"base": _names(base)} if base else {})}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    holds = {"holds": SUMMARY, **facts}
    tx.add(kind_of(unit), "json", lambda file: file.write(text), rows=1, facts=holds)


def _names(vocabulary: Vocabulary) -> dict[str, Any]:
    return {
        "touchpoints": vocabulary.touchpoints,
        "channels": vocabulary.channels,
        "states": vocabulary.states,
    }


def read_summary(store: Store, part: Part) -> tuple[Vocabulary, Vocabulary]:
    """Read the names behind the codes of today, and behind those of the base."""
    told = json.loads(bytes(store.checked(part)))
    return _vocabulary(told), _vocabulary(told.get("base", told))


def _vocabulary(told: Mapping[str, Any]) -> Vocabulary:
    states = {name: tuple(values) for name, values in told["states"].items()}
    return Vocabulary(tuple(told["touchpoints"]), tuple(told["channels"]), states)


def write_attributes(tx: Transaction, unit: str, table: pa.Table) -> None:
    """Write what is told about customers, if anything is."""
    if table.num_columns > 1:
        facts = {"holds": ATTRIBUTES}
        tx.add(kind_of(unit), "arrow", arrow_file(table), rows=table.num_rows, facts=facts)


def read_attributes(store: Store, part: Part) -> pa.Table:
    """Map what is told about customers."""
    return pa.ipc.open_file(store.checked(part)).read_all()


def arrow_file(*rows: pa.RecordBatch | pa.Table) -> Callable[[BinaryIO], object]:
    """Give what writes some rows of one schema, each as a batch of its own."""

    def content(file: BinaryIO) -> None:
        with pa.ipc.new_file(file, rows[0].schema) as out:
            for each in rows:
                out.write(each)

    return content


class Stored(NamedTuple):
    """One batch as it lies on disk."""

    customer: pa.StringArray  # (n_customers,)
    offsets: NDArray[np.int64]  # (n_customers + 1,)
    columns: dict[str, NDArray[Any]]  # (n_events,) each

    @property
    def n_events(self) -> int:
        """How many touchpoints there are."""
        return int(self.offsets[-1])


def read_batch(store: Store, events: Part, customers: Part) -> Stored:
    """Map one batch into memory, after comparing it with its checksum."""
    rows, who = (pa.ipc.open_file(store.checked(part)).get_batch(0) for part in (events, customers))
    offsets = np.concatenate([np.zeros(1, np.int64), who["end"].to_numpy()])
    columns = {name: rows[name].to_numpy() for name in rows.schema.names}
    return Stored(who["customer"], offsets, columns)
