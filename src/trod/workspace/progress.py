"""How long work tells that it goes on, without knowing who listens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trod.events.mapping import Delivery


class Progress(Protocol):
    """Listens to long work: stages one after the other, each counting what it did."""

    def stage(self, name: str) -> None:
        """Hear that a stage begins; the one before it is over."""
        ...

    def count(self, n: int) -> None:
        """Hear that the stage has done `n` more rows."""
        ...

    def done(self) -> None:
        """Hear that the last stage is over."""
        ...


class Silent:
    """Listens and says nothing."""

    def stage(self, name: str) -> None:
        """Do nothing."""

    def count(self, n: int) -> None:
        """Do nothing."""

    def done(self) -> None:
        """Do nothing."""


def told(deliveries: Iterable[Delivery], progress: Progress) -> Iterator[Delivery]:
    """Give the same deliveries, each a stage that counts its rows while they are read."""
    for delivery in deliveries:
        progress.stage(f"Reading {delivery.file}")
        reader = delivery.batches

        def counted(reader: pa.RecordBatchReader = reader) -> Iterator[pa.RecordBatch]:
            for batch in reader:
                progress.count(batch.num_rows)
                yield batch

        batches = pa.RecordBatchReader.from_batches(reader.schema, counted())
        yield replace(delivery, batches=batches)
