"""The first rows of a file as a file of its own."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final, NamedTuple

_LINES: Final = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson")
_GZ: Final = ".gz"


class Sample(NamedTuple):
    """A sample, and what it tells of its file."""

    path: Path
    rows: int
    of_rows: int  # of the whole file
    exact: bool  # whether the file says so itself


def sample(file: Path, into: Path, rows: int) -> Sample | str:
    """Write the first rows of a file; give a sentence instead where a file cannot be cut."""
    name = file.name.lower().removesuffix(_GZ)
    if name.endswith(".parquet"):
        return _of_parquet(file, into, rows)
    if name.endswith(_LINES):
        return _of_lines(file, into, rows)
    return f"{file.name}: only CSV, JSON lines and Parquet can be cut into a sample."


def _of_parquet(file: Path, into: Path, rows: int) -> Sample:
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = pq.ParquetFile(file)
    taken: list[pa.RecordBatch] = []
    for batch in whole.iter_batches(batch_size=max(rows, 1)):
        taken.append(batch)
        if sum(each.num_rows for each in taken) >= rows:
            break
    table = pa.Table.from_batches(taken, whole.schema_arrow).slice(0, rows)
    pq.write_table(table, into)
    return Sample(into, table.num_rows, whole.metadata.num_rows, True)


def _of_lines(file: Path, into: Path, rows: int) -> Sample:
    """Take the first lines; the rest of the file is expected to have lines as long as these."""
    packed = file.name.lower().endswith(_GZ)
    size = file.stat().st_size
    with file.open("rb") as raw:
        plain = gzip.GzipFile(fileobj=raw) if packed else raw
        with gzip.open(into, "wb", 1) if packed else into.open("wb") as out:
            taken = 0
            for line in plain:
                out.write(line)
                taken += 1
                if taken > rows:
                    break
            whole = not plain.readline()
            # What was read ahead is small beside the sample.
            used = max(raw.tell(), 1)
    head = 0 if file.name.lower().removesuffix(_GZ).endswith((".jsonl", ".ndjson")) else 1
    of_rows = taken - head if whole else round((taken - head) * size / used)
    return Sample(into, taken - head, max(of_rows, taken - head), whole)
