"""The same outages while real ingests run: deliveries, their accounts, journeys, who is who."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from tests._store.outage import HOME, disk
from tests._store.simfs import Kill, SimFS
from tests.deliveries import fingerprint
from trod import project as projects
from trod._store.manifest import NAME as MANIFEST
from trod._store.manifest import Part
from trod._store.store import Store
from trod.errors import StoreError
from trod.project import Project
from trod.workspace import Workspace, ledger

FILES = ("web1.csv", "crm.csv", "web2.csv")
LOG = ("touchpoints", "attributes", "quarantine")
_DEFINITION = """\
sources:
  - name: web
    files: [web1.csv, web2.csv]
    ids: {customer: user, email: mail}
    time: at
    touchpoint: what
  - name: crm
    files: crm.csv
    ids: {customer: user}
    attributes: [plan]
events: {zone: UTC}
"""


def company(folder: Path) -> Project:
    """Three tiny deliveries, with a row that cannot be read and rows that come twice."""
    (folder / "trod.yml").write_text(_DEFINITION)
    names = ("visit", "buy", "call")
    head = "user,mail,at,what\n"
    rows = [f"u{n % 5},m{n % 3}@a.com,2026-01-0{1 + n % 7},{names[n % 3]}\n" for n in range(16)]
    more = [f"u{n % 6},,2026-02-0{1 + n % 7},{names[n % 3]}\n" for n in range(9)]
    (folder / "web1.csv").write_text(head + "".join(rows))
    (folder / "web2.csv").write_text(head + "".join([*rows[:4], *more, "u1,,yesterday,visit\n"]))
    (folder / "crm.csv").write_text("user,plan\nu1,free\nu2,pro\n")
    return projects.load(folder)


def opened(project: Project, on: SimFS) -> Workspace:
    space = Workspace(project, Store.create(HOME, files=on))
    space.store.grace_seconds = 0.0
    return space


Rows = frozenset[tuple[str, int]]
"""Every row of the log as text, and how often it is there."""


@dataclass(slots=True)
class Seen:
    """What was read from parts before: a part never changes, so its checksum tells it."""

    rows: dict[str, tuple[str, ...]] = field(default_factory=dict)
    survived: Counter[tuple[str, ...]] = field(default_factory=Counter)

    def of(self, store: Store) -> Rows:
        parts = [part for kind in LOG for part in store.manifest.of(kind)]
        return frozenset(Counter(row for part in parts for row in self._rows(store, part)).items())

    def _rows(self, store: Store, part: Part) -> tuple[str, ...]:
        if part.sha256 not in self.rows:
            table = pq.read_table(pa.BufferReader(store.checked(part)))
            self.rows[part.sha256] = tuple(f"{part.kind} {row}" for row in table.to_pylist())
        return self.rows[part.sha256]


@dataclass(slots=True)
class Right:
    """What an undisturbed ingest makes of the files, and what was found to lead there."""

    project: Project
    steps: Sequence[Rows]  # the log before the first delivery, after it, after the next ...
    picture: object  # the journeys when all has arrived
    seen: Seen

    @classmethod
    def of(cls, project: Project) -> Right:
        space, seen = opened(project, disk()), Seen()
        steps = [seen.of(space.store)]
        for name in FILES:
            space.ingest([space.project.root / name])
            steps.append(seen.of(space.store))
        assert len(set(steps)) == len(FILES) + 1
        return cls(project, steps, pictures(space), seen)


@dataclass(slots=True)
class IngestOutage:
    """Power cuts at random, and what the log may hold after one."""

    right: Right
    random: Random
    cuts: float  # after each call; less than 1 is a chance
    disk: SimFS = field(default_factory=lambda: disk(most=2000))
    may: frozenset[int] = frozenset({0})  # which of the steps it may be at
    cases: int = 0
    found: list[str] = field(default_factory=list)

    def play(self) -> IngestOutage:
        """Let each file arrive; one that was killed is read again."""
        self.disk.after_call = self.look
        for number, name in enumerate(FILES, 1):
            self.may = frozenset({number - 1, number})
            for _ in range(20):  # a disk that fails for some calls is tried again
                try:
                    opened(self.right.project, self.disk).ingest([self.right.project.root / name])
                    self.may = frozenset({number})
                    break
                except (Kill, StoreError):
                    self.disk.restart()
            else:
                self.found.append(f"{name} could not be read in twenty times")
            if self.found:
                break
        self.disk.after_call = None
        return self

    def look(self, call: str) -> None:
        for _ in range(int(self.cuts + self.random.random())):
            if self.found:
                return
            self.cases += 1
            try:
                said = self.problem(self.disk.power_cut(self.random))
            except Exception as raised:
                said = f"{type(raised).__name__}: {raised}"
            if said is not None:
                self.found.append(f"after call {call}: {said}")

    def problem(self, left: SimFS) -> str | None:
        if 0 in self.may and not left.exists(HOME / MANIFEST):
            Store.create(HOME, files=left)
        store = Store.open(HOME, files=left)
        for part in store.manifest.parts:
            store.checked(part)
        rows = self.right.seen.of(store)
        if rows not in [self.right.steps[at] for at in self.may]:
            return f"the log holds {sum(n for _, n in rows)} rows, none of steps {set(self.may)}"
        told = ledger.totals(ledger.read(store))
        if sum(report.stored for report in told) != sum(
            n for row, n in rows if not row.startswith("quarantine ")
        ):
            return f"the accounts do not add up to the log: {told}"
        key = tuple(part.sha256 for part in store.manifest.parts)
        self.right.seen.survived[key] += 1
        return self.goes_on(left) if self.right.seen.survived[key] == 1 else None

    def goes_on(self, left: SimFS) -> str | None:
        """All deliveries come again: each row is there once, and the journeys are right."""
        space = opened(self.right.project, left)
        space.ingest()
        if self.right.seen.of(space.store) != self.right.steps[-1]:
            return "not every row is there once after all came again"
        if pictures(space) != self.right.picture:
            return "the journeys are not those of an undisturbed ingest"
        if damaged := space.store.damaged():
            return f"verify finds damage: {damaged[0].what}"
        return None


def pictures(space: Workspace) -> object:
    return fingerprint(space.journeys("person")), space.who().summary.words()
