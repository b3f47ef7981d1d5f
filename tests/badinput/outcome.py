"""What becomes of one bad file on the way into a workspace, and whether that is allowed."""

from __future__ import annotations

import re
import resource
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

from tests.badinput.badfile import BadFile
from trod.errors import TrodError
from trod.workspace.folder import Workspace

MOST_GROWTH = 100 << 20
MOST_OF_CHILD = 640 << 20  # a reader in a process of its own: its bound, and Python itself
MOST_WRITTEN = 320 << 20  # scratch files, the store and what goes through pipes
TIMES_ITSELF = 2  # a file that is large itself may take this much more
TIMES_WRITTEN = 4
MOST_SECONDS = 60.0


@dataclass(frozen=True)
class Outcome:
    """What became of a file."""

    received: int = 0
    stored: int = 0
    quarantined: int = 0
    refused: str = ""  # in words
    crashed: str = ""  # a traceback
    growth: int = 0  # bytes of memory beyond those before, at the peak
    child: int = 0  # bytes of memory of a process that it was read in; 0 where others had more
    written: int = 0  # bytes, by this process and those that it was read in
    seconds: float = 0.0
    size: int = 0  # of the file

    @property
    def beyond(self) -> int:
        """Growth beyond what the size of the file explains."""
        return self.growth - TIMES_ITSELF * self.size


def memory(what: str) -> int:
    """Give a figure of this process in bytes: VmRSS, VmHWM, VmSize."""
    found = re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) << 10


def written() -> int:
    """Give the bytes that this process and its children that have ended wrote so far."""
    found = re.search(r"wchar: (\d+)", Path("/proc/self/io").read_text())
    assert found
    return int(found[1])


def largest_child() -> int:
    """Give the most bytes of memory that a child of this process had that has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10


@contextmanager
def measured(into: dict[str, float]) -> Iterator[None]:
    """Measure time, the growth of memory at its peak, and what is written."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, start = memory("VmRSS"), time.perf_counter()
    bytes_before, child_before = written(), largest_child()
    yield
    into["growth"] = max(memory("VmHWM") - before, 0)
    into["written"] = written() - bytes_before
    # Before it becomes another program, a child counts as large as the process that starts it.
    child, own = largest_child(), memory("VmHWM")
    into["child"] = child if child > max(child_before, own) else 0
    into["seconds"] = time.perf_counter() - start


def outcome(bad: BadFile, folder: Path) -> Outcome:
    """Read a file into a workspace of its own, as `trod ingest` does."""
    write(bad, folder)
    return ingested(folder)


def write(bad: BadFile, folder: Path) -> None:
    """Write a file, and the trod.yml that declares it."""
    (folder / bad.name).write_bytes(bad.bytes())
    with (folder / "trod.yml").open("w") as out:
        YAML().dump({"sources": [bad.source()]}, out)


def ingested(folder: Path) -> Outcome:
    """Ingest what the trod.yml of a folder declares."""
    size = sum(file.stat().st_size for file in folder.iterdir())
    space = Workspace.init(folder)
    figures: dict[str, float] = {}
    told = Outcome()
    with measured(figures):
        try:
            (report,) = space.ingest()
            told = Outcome(report.received, report.stored + report.duplicate, report.n_quarantined)
        except TrodError as problem:
            told = Outcome(refused=str(problem))
        except Exception:
            told = Outcome(crashed=traceback.format_exc())
    bytes_ = {name: int(figures[name]) for name in ("growth", "child", "written")}
    return replace(told, seconds=figures["seconds"], size=size, **bytes_)


def complaint(bad: BadFile, told: Outcome) -> str:
    """Say what is wrong with an outcome; nothing where it is allowed."""
    if told.crashed:
        return told.crashed
    if much := _too_much(told):
        return much
    if told.refused:
        return _of_refusal(bad, told.refused)
    if bad.must_refuse:
        return f"it was taken: {told}"
    if told.received < bad.offered:
        return f"{bad.offered} rows were offered, {told.received} accounted for"
    if told.received != told.stored + told.quarantined:
        return f"the sum does not hold: {told}"
    if told.stored < bad.good:
        return f"{bad.good} rows are good, {told.stored} were stored"
    return ""


def _too_much(told: Outcome) -> str:
    """Say what a file took that it may not."""
    if told.beyond > MOST_GROWTH:
        return f"memory grew by {told.growth >> 20} MB"
    if told.child - TIMES_ITSELF * told.size > MOST_OF_CHILD:
        return f"a process that it was read in took {told.child >> 20} MB"
    if told.written - TIMES_WRITTEN * told.size > MOST_WRITTEN:
        return f"{told.written >> 20} MB were written"
    if told.seconds > MOST_SECONDS:
        return f"it took {told.seconds:.1f} s"
    return ""


def _of_refusal(bad: BadFile, said: str) -> str:
    if not (bad.may_refuse or bad.must_refuse):
        return f"it was refused: {said}"
    if bad.name not in said:
        return f"the refusal does not name the file: {said}"
    if len(said) > 1200:
        return f"the refusal has {len(said)} characters: {said[:200]}"
    return ""
