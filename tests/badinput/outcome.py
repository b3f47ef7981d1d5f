"""What becomes of one bad file on the way into a workspace, and whether that is allowed."""

from __future__ import annotations

import re
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
TIMES_ITSELF = 2  # a file that is large itself may take this much more
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


@contextmanager
def measured(into: dict[str, float]) -> Iterator[None]:
    """Measure time and the growth of memory at its peak."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before, start = memory("VmRSS"), time.perf_counter()
    yield
    into["growth"] = max(memory("VmHWM") - before, 0)
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
    growth, seconds = int(figures["growth"]), figures["seconds"]
    return replace(told, growth=growth, seconds=seconds, size=size)


def complaint(bad: BadFile, told: Outcome) -> str:
    """Say what is wrong with an outcome; nothing where it is allowed."""
    if told.crashed:
        return told.crashed
    if told.beyond > MOST_GROWTH:
        return f"memory grew by {told.growth >> 20} MB"
    if told.seconds > MOST_SECONDS:
        return f"it took {told.seconds:.1f} s"
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


def _of_refusal(bad: BadFile, said: str) -> str:
    if not (bad.may_refuse or bad.must_refuse):
        return f"it was refused: {said}"
    if bad.name not in said:
        return f"the refusal does not name the file: {said}"
    if len(said) > 1200:
        return f"the refusal has {len(said)} characters: {said[:200]}"
    return ""
