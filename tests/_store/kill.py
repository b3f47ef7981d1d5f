"""Kill `trod ingest` again and again while files keep coming, and count every row at the end.

``python -m tests._store.kill --cycles 200 FOLDER`` prints what came of it. Real processes, real
files, SIGKILL at random moments: while a file is read, while parts are written, while journeys are
put in order, while what was quarantined is replayed.
"""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from trod.workspace import Workspace

DEFINITION = """\
sources:
  - name: app
    files: app*.csv
    ids: {customer: user}
    time: at
    touchpoint: what
    message_id: id
    text: note
  - name: shop
    files: shop*.csv
    ids: {customer: user, email: mail}
    time: at
    touchpoint: what
    text: note
events: {zone: UTC}
"""
PATIENCE = 600.0
LEFT_ALONE = 0.3
"""Share of the processes that may finish: what they say they kept must be there in the end."""
NAMES = ("visit", "signup", "buy", "call", "complain", "renew")


@dataclass(slots=True)
class Told:
    """What came of a run."""

    cycles: int
    killed: int
    killed_while_writing: int
    files: int
    rows: int
    told_kept: int  # rows of which an ingest had said that it had read them
    lost: int  # of those, before anything was read again; and of all, after it was
    doubled: int
    same_map: bool
    damaged: int
    seconds: int


@dataclass(slots=True)
class Company:
    """A workspace to which files keep coming."""

    folder: Path
    random: Random
    rows: int  # of one file

    def begin(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "trod.yml").write_text(DEFINITION)

    def next_file(self, number: int) -> str:
        """Write a file of rows whose notes tell them apart, one of them without a time."""
        source = ("app", "shop")[number % 2]
        name = f"{source}{number:04d}.csv"
        with (self.folder / name).open("w") as file:
            file.write("id,user,mail,at,what,note\n")
            for row in range(self.rows):
                user = self.random.randrange(500)
                day, minute = self.random.randrange(1, 29), self.random.randrange(1440)
                at = f"2026-{1 + number % 12:02d}-{day:02d} {minute // 60:02d}:{minute % 60:02d}:00"
                what = self.random.choice(NAMES)
                mail = f"m{user % 300}@acme.com" if user % 3 else ""
                file.write(f"{number}.{row},u{user},{mail},{at},{what},{name} {row}\n")
            file.write(f"{number}.x,u1,,yesterday,visit,{name} x\n")
        return name


def command(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "trod", "-C", str(folder), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def writes(folder: Path, process: subprocess.Popen[bytes]) -> bool:
    """Say whether a process has begun to write, or has ended."""
    lock = folder / ".trod" / "LOCK"
    ours = lock.exists() and lock.read_text().strip() == str(process.pid)
    return ours or process.poll() is not None


def let_run(
    folder: Path, process: subprocess.Popen[bytes], seconds: float, *, whole: bool
) -> float:
    """Let a process go on for a time, counted from its first write unless `whole`.

    Give the seconds that it took, counted likewise.
    """
    while not whole and not writes(folder, process):
        time.sleep(0.005)
    start = time.monotonic()
    while time.monotonic() < start + seconds and process.poll() is None:
        time.sleep(0.002)
    return time.monotonic() - start


def run(folder: Path, *, cycles: int, rows: int, seed: int) -> Told:
    """Let files come and kill whoever reads them, then read in peace and count."""
    start, random = time.monotonic(), Random(seed)
    company = Company(folder / "killed", random, rows)
    company.begin()
    files: list[str] = []
    waiting: list[str] = []
    killed = while_writing = 0
    longest = 0.2
    for cycle in range(cycles):
        files.append(company.next_file(cycle))
        waiting.append(files[-1])
        again = random.sample(files, min(len(files), random.randrange(2)))
        named = [str(company.folder / name) for name in dict.fromkeys([*waiting, *again])]
        words = ["replay"] if cycle % 5 == 4 else ["ingest", *named]
        process, whole = command(company.folder, *words), random.random() < 0.1
        seconds = PATIENCE if random.random() < LEFT_ALONE else random.uniform(0, 1.3 * longest)
        took = let_run(company.folder, process, seconds, whole=whole)
        if process.poll() is None:
            while_writing += writes(company.folder, process)
            process.send_signal(signal.SIGKILL)
            killed += 1
        said = process.communicate()[1].decode()
        assert process.returncode in {0, -signal.SIGKILL}, said
        if process.returncode == 0:
            longest = took
            waiting = waiting if words == ["replay"] else []
    safe = [name for name in files if name not in waiting]
    lost = count(company.folder, safe, rows)[0]
    Workspace.open(company.folder).ingest()
    lost_at_last, doubled = count(company.folder, files, rows)
    killed_space, calm = company.folder, folder / "calm"
    calm.mkdir()
    for name in ("trod.yml", *files):
        (calm / name).write_bytes((killed_space / name).read_bytes())
    Workspace.open(calm).ingest()
    one, other = Workspace.open(killed_space), Workspace.open(calm)
    return Told(
        cycles,
        killed,
        while_writing,
        len(files),
        len(files) * rows,
        len(safe) * rows,
        lost + lost_at_last,
        doubled,
        page(one) == page(other),
        len(one.store.damaged()),
        round(time.monotonic() - start),
    )


def page(space: Workspace) -> tuple[str, str]:
    """Give the bytes of a map: as data and as a page."""
    made = space.map(unit="person")
    return made.to_json(), made.to_html()


def count(folder: Path, files: Sequence[str], rows: int) -> tuple[int, int]:
    """Count rows of some files that are not in the log, and rows that are there twice."""
    space = Workspace.open(folder)
    there = Counter(notes(space))
    wanted = {f"{name} {row}" for name in files for row in range(rows)}
    stored = sum(report.stored for report in space.reports())
    assert stored == there.total(), f"the accounts tell of {stored} rows, not {there.total()}"
    return len(wanted - there.keys()), sum(n - 1 for n in there.values())


def notes(space: Workspace) -> Iterator[str]:
    for part in space.store.manifest.of("touchpoints"):
        table = pq.read_table(pa.BufferReader(space.store.checked(part)), columns=["text"])
        yield from table["text"].to_pylist()


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cycles", type=int, default=200)
    parser.add_argument("--rows", type=int, default=2000, help="of one file")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(given)
    told = run(asked.folder, cycles=asked.cycles, rows=asked.rows, seed=asked.seed)
    sys.stdout.write(json.dumps(asdict(told), indent=1) + "\n")


if __name__ == "__main__":
    main()
