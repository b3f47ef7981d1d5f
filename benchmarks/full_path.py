"""The full path: raw files to an audited, deduplicated, identified, ordered store, and what a
delivery adds to it.

    python -m benchmarks.full_path FILE {parquet,csv,jsonl} FOLDER

Each step is taken once, for it changes what is there; loops are compiled beforehand on a small
file. Prints JSON: seconds that passed, seconds of the processor, and peak memory after each step.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.data import NAMES, write
from benchmarks.measure import peak_mb
from trod._kernels.order import sort_customers
from trod.journeys.refresh import refresh
from trod.workspace import Workspace, ingesting, who
from trod.workspace.auditing.kept import kept_gaps
from trod.workspace.folder import UNITS

PROJECT = """\
sources:
  - name: log
    files: {files}
    customer: customer
    touchpoint: touchpoint
    time: time
events: {{zone: UTC}}
"""
SMALL = 20_000
APPENDED = (100_000, 10_000)
CUSTOMERS = 1_000
LATE_US = 1_767_000_000_000_000
MONTH_S = 30 * 86_400


class Steps:
    """What each step took."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure one."""
        wall, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
        yield
        now = resource.getrusage(resource.RUSAGE_SELF)
        self.taken[name] = {
            "seconds": time.perf_counter() - wall,
            "processor_s": now.ru_utime - used.ru_utime + now.ru_stime - used.ru_stime,
            "peak_mb": peak_mb(),
            "busy": round(os.getloadavg()[0], 1),
        }


def raw(file: Path, kind: str, folder: Path) -> Path:
    """Give the file in this format, written on first use."""
    out = folder / f"{file.stem}.{kind}"
    if kind == "parquet" or out.exists():
        return file if kind == "parquet" else out
    import duckdb

    options = "(HEADER)" if kind == "csv" else "(FORMAT json)"
    duckdb.sql(f"COPY (SELECT * FROM '{file}') TO '{out}.part' {options}")
    Path(f"{out}.part").rename(out)
    return out


def opened(folder: Path, *files: str) -> Workspace:
    """Make a workspace of a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trod.yml").write_text(PROJECT.format(files=json.dumps(files)))
    return Workspace.init(folder)


def full(space: Workspace, files: list[Path] | None, steps: Steps, name: str) -> None:
    """Go the whole way with each room measured by itself."""
    with steps.step(f"{name}: read, map, deduplicate, append"):
        ingesting.read_in(space, files)
    with steps.step(f"{name}: identity"):
        people = space.people()
    with steps.step(f"{name}: journeys of both units, who is who"):
        refresh(space.store, people, UNITS, also=lambda tx: who.write(tx, people))
    with steps.step(f"{name}: gaps"):
        kept_gaps(space.store, "UTC")


def later(file: Path, to: Path, rows: int, customers: int, *, seed: int) -> None:
    """Write touchpoints of known customers, later than all others."""
    random = np.random.default_rng(seed)
    known = pq.ParquetFile(file).read_row_group(0, columns=["customer"])["customer"]
    some = pc.unique(known)[:customers]
    table = pa.table(
        {
            "customer": some.take(pa.array(random.integers(0, len(some), rows))),
            "touchpoint": pa.array(NAMES).take(pa.array(random.integers(0, len(NAMES), rows))),
            "time": pa.array(
                LATE_US + random.integers(0, MONTH_S, rows) * 1_000_000 + seed,
                pa.timestamp("us", tz="UTC"),
            ),
        }
    )
    pq.write_table(table, to)


def sort_alone(rows: int) -> Callable[[], None]:
    """Give the sort of a delta by itself: customers together, each in order of time."""
    random = np.random.default_rng(7)
    customer = np.sort(random.integers(0, 50_000, rows))
    offsets = np.searchsorted(customer, np.arange(50_001)).astype(np.int64)
    times = random.integers(0, MONTH_S, rows) * 1_000_000
    code = random.integers(0, len(NAMES), rows).astype(np.uint16)
    for array in (offsets, times, code):
        array.flags.writeable = False
    tie = random.integers(0, 1 << 60, rows).astype(np.uint64)
    return lambda: sort_customers(offsets, times, code, tie, np.arange(rows, dtype=np.int64))


def main(file: str, kind: str, folder: str) -> None:
    """Measure everything and print it."""
    steps, there = Steps(), Path(file).resolve()
    with tempfile.TemporaryDirectory(dir=folder) as made:
        home = Path(made)
        write(home / "small.parquet", SMALL)
        small = opened(home / "small", "../small.parquet", "more.parquet")
        full(small, None, Steps(), "warm")
        later(home / "small.parquet", home / "small" / "more.parquet", 100, 50, seed=1)
        full(small, [home / "small" / "more.parquet"], Steps(), "warm")
        small.map(unit="person")

        source = raw(there, kind, there.parent)
        space = opened(home / "big", str(source), "more*.parquet")
        full(space, None, steps, kind)
        with steps.step("map"):
            space.map(unit="person")
        if kind == "parquet":
            _increments(space, there, steps)
        store: Any = {
            "disk_mb": sum(part.bytes for part in space.store.manifest.parts) // 1_000_000
        }
    json.dump({"steps": steps.taken, **store}, sys.stdout)


def _increments(space: Workspace, file: Path, steps: Steps) -> None:
    """Append, refresh the map, and compact."""
    alone = sort_alone(APPENDED[0])
    alone()
    with steps.step(f"sort of {APPENDED[0]:,} rows alone"):
        alone()
    for at, rows in enumerate(APPENDED):
        more = space.project.root / f"more{at}.parquet"
        many = CUSTOMERS if at else 10**9
        later(file, more, rows, many, seed=at + 2)
        name = f"{rows:,} more" + (f" of {CUSTOMERS:,} customers" if at else "")
        full(space, [more], steps, name)
        with steps.step(f"{name}: map"):
            space.map(unit="person")
    people = space.people()
    with steps.step("compaction, rows compared"):
        refresh(space.store, people, UNITS, compact_at=0.0, also=lambda tx: who.write(tx, people))


if __name__ == "__main__":
    main(*sys.argv[1:])
