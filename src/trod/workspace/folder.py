"""A workspace: a folder with a trod.yml, and what was read into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from trod import project as projects
from trod._store.store import Store
from trod.errors import DefinitionError, StoreError, unknown
from trod.events.moments import Rules
from trod.events.reasons import REASONS
from trod.events.report import SourceReport
from trod.project import Project
from trod.sources.find import find
from trod.workspace import ingesting, ledger, left_out, nobody, ordering, who
from trod.workspace.progress import Progress, Silent
from trod.workspace.target import STORE, check_target, patterns

if TYPE_CHECKING:
    from trod._store.state.database import State
    from trod.events.infer import Guess
    from trod.events.quarantined import Reasoned
    from trod.identity.resolve import People
    from trod.journeys.batch import Journeys
    from trod.workspace.picture import Map

UTC: Final = "UTC"
LEFT_ASIDE: Final = "Left aside: "
_STORED: Final = "What was read is stored. The next command puts it in order."


@dataclass(slots=True)
class Workspace:
    """A project and its store.

    Examples
    --------
    >>> import tempfile
    >>> from trod import sample
    >>> folder = tempfile.TemporaryDirectory()
    >>> truth = sample.company(folder.name, customers=100)
    >>> workspace = Workspace.open(folder.name)
    >>> sum(report.stored for report in workspace.ingest()) > 1_000
    True
    >>> workspace.map(unit="person").data.entered.n >= 100
    True
    >>> folder.cleanup()
    """

    project: Project
    store: Store
    progress: Progress = field(default_factory=Silent)
    guess: Guess | None = None  # where the sources were guessed, not declared
    strangers: tuple[str, ...] = ()  # files given that no source reads
    files: tuple[Path, ...] = ()  # named beside the project's own: read, never written over
    home: object = field(default=None, repr=False)  # a temporary folder that goes with this object
    opened: ordering.Opened = field(
        default_factory=ordering.Opened, init=False, repr=False, compare=False
    )

    @classmethod
    def init(cls, path: Path | str, *, progress: Progress | None = None) -> Workspace:
        """Make a workspace of a folder that has a trod.yml; keep what is there.

        Raises
        ------
        DefinitionError
            If there is no trod.yml, or if it is wrong.
        """
        project = projects.load(Path(path))
        store = Store.create(project.root / STORE)
        named = (Path(path),) if Path(path).is_file() else ()
        return cls(project, store, progress or Silent(), files=named)

    @classmethod
    def open(cls, path: Path | str = ".", *, progress: Progress | None = None) -> Workspace:
        """Open a workspace by its folder, or by its trod.yml.

        Raises
        ------
        DefinitionError
            If there is no trod.yml, or if it is wrong.
        StoreError
            If the store is damaged.
        """
        return cls.init(path, progress=progress)

    @property
    def zone(self) -> str:
        """IANA zone in which times without one are read and dates are shown."""
        return self.project.events.zone or UTC

    def ingest(
        self, files: Sequence[Path | str] | None = None, *, whole: bool = False
    ) -> tuple[SourceReport, ...]:
        """Read what the sources hold into the store, each touchpoint once, and order it.

        Parameters
        ----------
        files
            Read only these, by the sources whose patterns fit them; all files by default.
        whole
            Read sources from the beginning that have a `cursor` or only grow.

        Returns
        -------
        tuple of SourceReport
            For each source: received = stored + duplicate + quarantined + dropped.

        Raises
        ------
        DataError
            If a file cannot be read. The others are read and stored all the same.
        DefinitionError
            If a source names a column that is not there.
        StoreError
            If another process writes to this workspace.
        """
        reports, broken = ingesting.read_in(self, files, whole=whole)
        if not reports:
            broken.tell(others=False)
        self.put_in_order()
        broken.tell(others=True)
        return reports

    def ingest_rows(self, source: str, rows: Iterable[Any]) -> tuple[SourceReport, ...]:
        """Read rows that a program has into a source of trod.yml, and order the journeys.

        Parameters
        ----------
        source
            Name of the source; `rows: true` where no file or database is behind it.
        rows
            Dictionaries with a value for each column; lists of them, Arrow tables and data frames
            may be among them. All of them are one delivery: without `message_id`, equal rows of
            two deliveries are the same touchpoint.

        Returns
        -------
        tuple of SourceReport
            received = stored + duplicate + quarantined + dropped.

        Raises
        ------
        DefinitionError
            If no source has this name, or if it names a column that no row has.
        DataError
            If a row is no dictionary.
        """
        reports = ingesting.store(self, ingesting.of_program(self, source, rows))
        self.put_in_order()
        return reports

    def put_in_order(self) -> None:
        """Join ids to people and sort journeys, after something was stored.

        Raises
        ------
        StoreError
            If another process writes to this workspace.
        """
        try:
            ordering.order(self)
        except StoreError as problem:
            raise StoreError(f"{problem}\n{_STORED}") from problem
        self.progress.done()

    def replay(
        self, *, source: str | None = None, code: str | None = None
    ) -> tuple[SourceReport, ...]:
        """Map quarantined rows again by today's trod.yml; those that can be read now leave.

        Parameters
        ----------
        source
            Only rows of this source.
        code
            Only rows with this reason, such as "time_unreadable".

        Returns
        -------
        tuple of SourceReport
            What became of them: received = stored + duplicate + quarantined + dropped.

        Raises
        ------
        DefinitionError
            If no source has this name or no reason this code, or if rows on record would count
            twice.
        StoreError
            If another process writes to this workspace.
        """
        from trod.events.replay import Choice, replay

        self._known(source, code)
        self.progress.stage("Reading what is in quarantine")
        reports = replay(
            self.store,
            self.project.sources,
            root=self.project.root,
            zone=self.zone,
            rules=self.rules,
            choice=Choice(source, code),
            account=ledger.accounting([], replay=True),
        )
        if any(report.stored for report in reports):
            ordering.order(self)
        self.progress.done()
        return reports

    def quarantined(
        self, *, source: str | None = None, code: str | None = None
    ) -> tuple[Reasoned, ...]:
        """Count the rows in quarantine by source and reason, with the first place of each.

        Raises
        ------
        DefinitionError
            If no source has this name or no reason this code.
        """
        from trod.events.quarantined import reasons

        self._known(source, code)
        return reasons(self.store, source=source, code=code)

    def _known(self, source: str | None, code: str | None) -> None:
        """Refuse names that nothing has."""
        names = {part.facts["source"] for part in self.store.manifest.of("quarantine")}
        names |= {spec.name for spec in self.project.sources}
        if source is not None and source not in names:
            raise DefinitionError([unknown("source", source, sorted(names))])
        if code is not None and code not in REASONS:
            raise DefinitionError([unknown("reason", code, sorted(REASONS))])

    @property
    def rules(self) -> Rules:
        """How hours are read that the clocks repeat or skip."""
        events = self.project.events
        return Rules(events.repeated_hour, events.skipped_hour)

    def unread(self, files: Sequence[Path]) -> tuple[Path, ...]:
        """List the files that no source reads, nor joins, nor leaves aside."""
        wanted = [pattern for spec in self.project.sources for pattern in patterns(spec)]
        root = self.project.root
        return tuple(path for path in files if not find(wanted, root=root, among=[path]))

    def spare(self, target: Path) -> None:
        """Refuse to write a file over what this workspace reads or keeps."""
        check_target(target, self.project, self.files)

    def people(self) -> People:
        """Say who did what: ids joined to people by the evidence in the log."""
        from trod.identity.resolve import resolve

        return resolve(self.store, self.project.identity)

    def who(self) -> who.Directory:
        """Say whose every id is, as it was found out when the journeys were ordered."""
        ordering.order(self)
        return who.read(self.store)

    def journeys(self, unit: str | None = None) -> Journeys:
        """Give all journeys, of people or of accounts; as the first journey declares by default.

        Where none is declared, those of people; of accounts where touchpoints name nobody else.

        Raises
        ------
        DefinitionError
            If the unit is not "person" or "account".
        DataError
            If nothing was ingested yet, or if no touchpoint names an account.
        """
        return ordering.journeys(self, unit)

    @contextmanager
    def state(self) -> Iterator[State]:
        """Open what people decided and did: findings, interventions, effects.

        Raises
        ------
        StoreError
            If the database cannot be reached, or was written by a newer Trod.
        """
        from trod.project.state import open_state

        opened = open_state(self.project.state, self.store.folder)
        try:
            yield opened
        finally:
            opened.close()

    def reports(self) -> tuple[SourceReport, ...]:
        """Give the accounts of all ingests so far, by source."""
        return ledger.totals(ledger.read(self.store))

    def map(
        self,
        journey: str | None = None,
        unit: str | None = None,
        segment: str | None = None,
        *,
        as_of: str | None = None,
        since: str | None = None,
    ) -> Map:
        """Draw the map of a journey.

        Parameters
        ----------
        journey
            Name of a journey in trod.yml; the first by default. Where none is declared, stages
            are suggested from the data.
        unit
            "person" or "account"; as the journey declares by default.
        segment
            Id of a segment found by ``trod fit segments``: only its members; everyone by default.
        as_of, since
            Days as "2026-06-30": the map as it stood at the end of one; what changed since one.

        Raises
        ------
        DefinitionError
            If no journey or segment has this name, a day is outside of the record, or a journey
            names touchpoints that nobody ever had.
        DataError
            If nothing was ingested yet.
        """
        from trod.workspace.drawing import drawn

        return drawn(self, journey, unit, segment, as_of, since)

    def rows_left_out(self) -> tuple[str, ...]:
        """Say which rows did not arrive, with the file and the first row of each reason."""
        return left_out.rows_left_out(self)

    def notes(self, unit: str = ordering.UNITS[0]) -> tuple[str, ...]:
        """Say what a reader of the map of a unit must know about the data behind it."""
        from trod.workspace.moods import said as moods_said

        lines = list(ledger.rows_left_out(self.store))
        lines += moods_said(self)
        lines += nobody.words(self.who().summary.nobody.get(unit, {}), unit)
        lines += [
            f"{LEFT_ASIDE}{', '.join(spec.files) or spec.name}: {spec.aside}"
            for spec in self.project.sources
            if spec.aside is not None
        ]
        lines += [f"{LEFT_ASIDE}{name}: no source reads it." for name in self.strangers]
        if self.guess is not None:
            lines += [f"{LEFT_ASIDE}{name}: {why}" for name, why in self.guess.left_aside]
        return tuple(dict.fromkeys(lines))
