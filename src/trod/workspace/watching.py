"""Following the files of a workspace: what was added is read soon after it was written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from time import monotonic, time
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from trod.errors import DataError, StoreError
from trod.events.mapping import Delivery
from trod.events.report import SourceReport
from trod.sources.find import find
from trod.sources.growth import has_lines
from trod.workspace import ingesting

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace


class Look(NamedTuple):
    """What a file system says of a file; another look differs where something was written."""

    inode: int
    size: int
    changed_ns: int


class Increment(NamedTuple):
    """What one look brought for one source."""

    report: SourceReport
    seconds: float  # from the look to journeys that are in order
    newest_us: int | None  # time of the latest touchpoint that was stored or seen again
    age_seconds: float | None  # how long ago that was


class Refused(NamedTuple):
    """A file that could not be read; it is looked at again when it changes."""

    file: str
    why: str


@dataclass(slots=True)
class Watch:
    r"""The files of a workspace, and what was seen of them.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from trod.workspace import Workspace
    >>> home = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (home / "trod.yml").write_text(
    ...     "sources: [{name: web, files: a.csv, message_id: n, customer: who, time: at,"
    ...     " touchpoint: what}]"
    ... )
    >>> watch = Watch(Workspace.open(home))
    >>> list(watch.look())
    []
    >>> _ = (home / "a.csv").write_text("n,who,at,what\n1,ann,2026-01-01,buy\n2,ann,2026-0")
    >>> [(one.report.source, one.report.stored) for one in watch.look()]
    [('web', 1)]
    """

    space: Workspace
    seen: dict[Path, Look] = field(default_factory=dict)  # as they were when they were read
    settling: dict[Path, Look] = field(default_factory=dict)  # not of lines, and just written

    def files(self) -> dict[Path, bool]:
        """Give the files of all sources, and whether they can be read while they are written."""
        found: dict[Path, bool] = {}
        for spec in self.space.project.sources:
            if spec.aside is None:
                for path in find(spec.files, root=self.space.project.root):
                    lines = not spec.group_by and has_lines(path, spec)
                    found[path] = found.get(path, True) and lines
        return found

    def look(self) -> Iterator[Increment | Refused]:
        """Read what was added since the last look, in one commit if all of it can be read."""
        began = monotonic()
        due: dict[Path, Look] = {}
        for path, lines in self.files().items():
            now = _look(path)
            if now is None or now == self.seen.get(path):
                continue
            if lines or self.settling.get(path) == now:
                due[path] = now
            self.settling[path] = now
        if due:
            yield from self._read(due, began)

    def _read(self, due: dict[Path, Look], began: float) -> Iterator[Increment | Refused]:
        found: Sequence[Increment | Refused]
        try:
            found = self._taken(frozenset(due), began)
        except (DataError, OSError) as problem:
            if len(due) > 1:
                for path, look in due.items():
                    yield from self._read({path: look}, began)
                return
            (path,) = due
            found = [Refused(path.name, str(problem))]
        self.seen |= due
        yield from found

    def _taken(self, files: frozenset[Path], began: float) -> list[Increment]:
        newest: dict[str, int] = {}
        offered = ingesting.followed(self.space, files)
        reports = ingesting.store(self.space, _timed(offered, newest))
        if any(report.stored for report in reports):
            self.space.put_in_order()
        seconds = monotonic() - began
        return [
            Increment(report, seconds, at := newest.get(report.source), at and time() - at / 1e6)
            for report in reports
            if report.received
        ]


def _look(path: Path) -> Look | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return Look(found.st_ino, found.st_size, found.st_mtime_ns)


def _timed(offered: Iterator[Delivery], newest: dict[str, int]) -> Iterator[Delivery]:
    """Give the same deliveries, and remember the latest time of each source."""
    for delivery in offered:
        if delivery.kind != "touchpoints":
            yield delivery
            continue
        reader, source = delivery.batches, delivery.source

        def batches(
            reader: pa.RecordBatchReader = reader, source: str = source
        ) -> Iterator[pa.RecordBatch]:
            for batch in reader:
                last = pc.max(batch["time_us"]).as_py()
                if last is not None:
                    newest[source] = max(last, newest.get(source, last))
                yield batch

        yield replace(delivery, batches=pa.RecordBatchReader.from_batches(reader.schema, batches()))


def watch(
    space: Workspace,
    *,
    told: Callable[[Increment | Refused], None],
    wait: Callable[[], bool],
) -> None:
    """Look again and again.

    Parameters
    ----------
    space
        The workspace.
    told
        Hears of each increment.
    wait
        Waits for the next look; False ends.
    """
    watching = Watch(space)
    while True:
        try:
            for one in watching.look():
                told(one)
        except StoreError as problem:  # somebody else writes: the next look takes it
            told(Refused(space.store.folder.name, str(problem)))
        if not wait():
            return
