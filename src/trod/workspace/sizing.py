"""What reading some files will take, told before they are read.

A sample of every file goes through the whole way, from the file to the map, in a folder of its
own and a process of its own: once so that every loop is compiled, once with few rows, once with
more. What both take whatever the rows is the fixed part; what the further rows took is the part
of every row. Files that cannot be cut are in no sample, and are named.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import DataError
from trod.events.counted import count
from trod.journeys.build import SORTED_ROWS
from trod.workspace.holding import in_bytes
from trod.workspace.samples import Sample, sample

if TYPE_CHECKING:
    from trod.project import Project

ROWS: Final = (40_000, 240_000)
"""Rows of the smaller and of the larger sample, all files together."""
AT_ONCE_ROWS: Final = 1_000_000
"""Rows on their way into the log at one time: two tables in two threads."""
SORTED_BYTES: Final = 100
"""Rows that are sorted in one go, and what each takes up in memory meanwhile."""


class Took(NamedTuple):
    """What one sample took, start of the program included."""

    rows: int
    seconds: float
    processor_seconds: float  # of all cores together; hardly longer where others are at work
    memory_bytes: int  # the most it held
    disk_bytes: int  # of its store


class Size(NamedTuple):
    """What all files are expected to take."""

    rows: int
    rows_exact: bool  # whether the files say how many rows they have
    seconds: float
    memory_bytes: int
    disk_bytes: int
    measured: tuple[Took, ...]  # what the answer rests on
    not_sampled: tuple[str, ...]  # files that cannot be cut, with the reason

    def words(self) -> tuple[str, ...]:
        """Say it in lines for people."""
        about = "" if self.rows_exact else "about "
        read = self.measured[-1]
        lines = [
            f"{about}{count(self.rows, 'row')} to read.".capitalize(),
            f"Time to the first map: about {_seconds(self.seconds)}, on this machine as busy as "
            "it is now.",
            f"Memory at most: about {in_bytes(self.memory_bytes)}. "
            f"Disk: about {in_bytes(self.disk_bytes)}.",
            f"From reading {count(read.rows, 'row')} in {_seconds(read.seconds)}; "
            "expect it to be right within a factor of two.",
        ]
        return (*lines, *(f"Not counted: {line}" for line in self.not_sampled))


def expected(small: Took, large: Took, rows: int) -> tuple[float, int, int]:
    """Give seconds, bytes of memory and bytes on disk that so many rows will take.

    Examples
    --------
    >>> small = Took(1_000, 2.0, 1.0, 300_000_000, 50_000)
    >>> large = Took(3_000, 2.4, 1.2, 301_000_000, 130_000)
    >>> seconds, memory, disk = expected(small, large, 100_000)
    >>> round(seconds, 3), memory, disk
    (21.8, 349500000, 4010000)

    Notes
    -----
    Seconds of the processor grow with the rows; how many seconds pass for each of them is taken
    from both samples together, for a busy machine makes each of them uncertain.
    """
    more = large.rows - small.rows
    if more <= 0 or rows <= large.rows:
        share = rows / large.rows if large.rows else 1.0
        return large.seconds, large.memory_bytes, int(large.disk_bytes * min(share, 1.0))

    def line(few: float, many: float, at: int) -> float:
        of_each = max(many - few, 0.0) / more
        return many + of_each * (at - large.rows)

    disk = line(small.disk_bytes, large.disk_bytes, rows)
    held = line(small.memory_bytes, large.memory_bytes, min(rows, AT_ONCE_ROWS))
    beyond = max(min(rows, SORTED_ROWS) - AT_ONCE_ROWS, 0) * SORTED_BYTES
    passing = (small.seconds + large.seconds) / (small.processor_seconds + large.processor_seconds)
    seconds = passing * line(small.processor_seconds, large.processor_seconds, rows)
    return seconds, int(held) + beyond, int(disk)


def size_of(
    files: Sequence[Path],
    *,
    config: Path | None = None,
    zone: str | None = None,
    stage: Callable[[str], object] = lambda _: None,
) -> Size:
    """Say what reading files and drawing their first map will take.

    Parameters
    ----------
    files
        What is to be read.
    config
        A trod.yml that says how; by default it is guessed.
    zone
        As for `map_files`.
    stage
        Is told what is being done.

    Raises
    ------
    DataError
        If no file can be cut into a sample, or if the sample cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="trod-") as made:
        taken: list[list[Sample]] = []
        left: list[str] = []
        for at, wanted in enumerate(ROWS):
            room = Path(made) / str(at)
            room.mkdir()
            found = [sample(file, room / file.name, wanted // len(files)) for file in files]
            taken.append([one for one in found if isinstance(one, Sample)])
            left = [one for one in found if isinstance(one, str)]
        if not taken[-1]:
            raise DataError("\n".join(["no file can be cut into a sample.", *left]))
        stage("Reading a sample, so that every loop is compiled")
        _run(taken[0], config, zone)
        stage("Reading a sample")
        small = large = _run(taken[0], config, zone)
        if any(one.rows < other.rows for one, other in zip(*taken, strict=True)):
            stage("Reading a larger sample")
            large = _run(taken[1], config, zone)
    rows = sum(one.of_rows for one in taken[-1])
    seconds, memory, disk = expected(small, large, rows)
    exact = all(one.exact for one in taken[-1])
    return Size(rows, exact, seconds, memory, disk, (small, large), tuple(left))


def _run(samples: Sequence[Sample], config: Path | None, zone: str | None) -> Took:
    """Take a sample the whole way in a process of its own."""
    told = [str(config or ""), zone or "", *(str(one.path) for one in samples)]
    read, write = os.pipe()
    start = time.perf_counter()
    process = os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", "trod.workspace.sizing", *told],
        {**os.environ},
        file_actions=[(os.POSIX_SPAWN_DUP2, write, 1), (os.POSIX_SPAWN_CLOSE, read)],
    )
    os.close(write)
    with os.fdopen(read, "rb") as out:
        said = json.loads(out.read() or b'{"error": "the sample could not be read"}')
    _, _, usage = os.wait4(process, 0)
    seconds = time.perf_counter() - start
    if "error" in said:
        raise DataError(said["error"])
    unit = 1 if sys.platform == "darwin" else 1024
    rows = sum(one.rows for one in samples)
    processor = usage.ru_utime + usage.ru_stime
    return Took(rows, seconds, processor, usage.ru_maxrss * unit, said["disk_bytes"])


def main(config: str, zone: str, *files: str) -> None:
    """Do what `trod map` does, and tell how large the store became."""
    from trod.errors import TrodError
    from trod.workspace.quick import prepared, read_prepared

    paths = [Path(file) for file in files]
    try:
        project, guess = prepared(paths, config=config or None, zone=zone or None)
        if config:
            project = _moved(project, paths)
        space = read_prepared(project, guess, paths)
        space.map()
    except TrodError as exc:
        print(json.dumps({"error": str(exc)}))
        return
    print(json.dumps({"disk_bytes": sum(part.bytes for part in space.store.manifest.parts)}))


def _moved(project: Project, paths: Sequence[Path]) -> Project:
    """Let the sources of a project read the samples, which lie elsewhere under their own names."""
    sources = tuple(
        spec.model_copy(update={"files": tuple(Path(pattern).name for pattern in spec.files)})
        for spec in project.sources
    )
    return replace(project, root=paths[0].parent, sources=sources)


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 90 else f"{seconds / 60:.1f} min"


if __name__ == "__main__":
    main(*sys.argv[1:])
