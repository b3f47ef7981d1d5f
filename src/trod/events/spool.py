"""Tables between arrival and store: in memory while there is room, then in scratch files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

CHUNK_ROWS: Final = 500_000
"""Rows of one part, at most."""


def chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
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


class Spool:
    """Tables that wait, each to be taken once, in the order in which they came."""

    def __init__(self, room_bytes: int, folder: Path | None = None) -> None:
        self._room = room_bytes
        self._folder = folder
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self._tables: list[pa.Table | Path] = []

    def kept(self, table: pa.Table) -> pa.Table:
        """Keep a table, and give it on."""
        self._room -= table.nbytes
        if self._room >= 0:
            self._tables.append(table)
            return table
        if self._scratch is None:
            self._scratch = tempfile.TemporaryDirectory(dir=self._folder, prefix="scratch-")
        path = Path(self._scratch.name) / f"{len(self._tables)}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_file(str(path), table.schema, options=options) as file:
            file.write_table(table)
        self._tables.append(path)
        return table

    def clear(self) -> None:
        """Forget all tables."""
        self._tables.clear()

    def close(self) -> None:
        """Remove the scratch files, and let go of tables that nobody took."""
        self.clear()
        if self._scratch is not None:
            self._scratch.cleanup()

    def seen(self) -> Iterator[pa.Table]:
        """Look at the tables, which go on waiting."""
        yield from map(_read, self._tables)

    def __iter__(self) -> Iterator[pa.Table]:
        """Give the tables back in order, each once."""
        self._tables.reverse()
        while self._tables:
            yield _read(self._tables.pop())


def _read(table: pa.Table | Path) -> pa.Table:
    if isinstance(table, Path):
        with pa.OSFile(str(table)) as file:
            return pa.ipc.open_file(file).read_all()
    return table
