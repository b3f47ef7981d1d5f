"""A workspace: a folder with a trod.yml, and what was read into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from trod import project as projects
from trod._store.manifest import Part
from trod._store.store import Store
from trod.errors import DataError, DefinitionError
from trod.events.log import SourceReport, append
from trod.events.mapping import Delivery, deliveries
from trod.project import Project
from trod.sources.find import find
from trod.workspace import ledger
from trod.workspace.inputs import checked
from trod.workspace.picture import Map
from trod.workspace.progress import Progress, Silent, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from trod.events.infer import Guess
    from trod.events.spec import SourceSpec
    from trod.identity.resolve import People
    from trod.journeys.batch import Journeys
    from trod.journeys.spec import JourneySpec

STORE: Final = ".trod"
UNITS: Final = ("person", "account")
UTC: Final = "UTC"
LEFT_ASIDE: Final = "Left aside: "


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
    >>> workspace.map().data.entered.n >= 100
    True
    >>> folder.cleanup()
    """

    project: Project
    store: Store
    progress: Progress = field(default_factory=Silent)
    guess: Guess | None = None  # where the sources were guessed, not declared
    home: object = field(default=None, repr=False)  # a temporary folder that goes with this object

    @classmethod
    def init(cls, path: Path | str, *, progress: Progress | None = None) -> Workspace:
        """Make a workspace of a folder that has a trod.yml; keep what is there.

        Raises
        ------
        DefinitionError
            If there is no trod.yml, or if it is wrong.
        """
        project = projects.load(Path(path))
        return cls(project, Store.create(project.root / STORE), progress or Silent())

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

    def ingest(self, files: Sequence[Path | str] | None = None) -> tuple[SourceReport, ...]:
        """Read what the sources hold into the store, each touchpoint once, and order it.

        Parameters
        ----------
        files
            Read only these, by the sources whose patterns fit them; all files by default.

        Returns
        -------
        tuple of SourceReport
            For each source: received = stored + duplicate + rejected.

        Raises
        ------
        DataError
            If a file cannot be read.
        DefinitionError
            If a source names a column that is not there.
        StoreError
            If another process writes to this workspace.
        """
        taken: list[Delivery] = []
        reports = append(self.store, told(_kept(self._deliveries(files), taken), self.progress))
        self._order()
        notes = [line for delivery in taken for line in delivery.report.words()]
        assumed = any(delivery.report.zone_assumed for delivery in taken)
        ledger.write(
            self.store,
            ledger.Ingest(reports, assumed and self.project.events.zone is None, tuple(notes)),
        )
        self.progress.done()
        return reports

    def _deliveries(self, files: Sequence[Path | str] | None) -> Iterator[Delivery]:
        sources = self.project.sources
        if not sources:
            raise DefinitionError(
                [f"{projects.FILE}: no source is declared. Run `trod init FILE...` to write them."]
            )
        if files is None:
            return deliveries(sources, root=self.project.root, zone=self.zone)
        among = [checked(Path(file)) for file in files]
        root = self.project.root
        fitting = [spec for spec in sources if find(spec.files, root=root, among=among)]
        wanted = [pattern for spec in sources for pattern in _patterns(spec)]
        strangers = [path.name for path in among if not find(wanted, root=root, among=[path])]
        if strangers:
            raise DefinitionError(
                f"{name}: no source of {projects.FILE} reads it. Add it under `files:` of a source."
                for name in strangers
            )
        return deliveries(fitting, root=self.project.root, zone=self.zone, files=among)

    def people(self) -> People:
        """Say who did what: ids joined to people by the evidence in the log."""
        from trod.identity.resolve import resolve

        return resolve(self.store, self.project.identity)

    def _order(self) -> None:
        """Join ids to people, and sort their touchpoints."""
        from trod.journeys.build import build

        self.progress.stage("Joining ids to people")
        people = self.people()
        for unit in UNITS:
            self.progress.stage(f"Ordering journeys of each {unit}")
            build(self.store, people, unit=unit, order=self.project.events.order)

    def _behind(self, unit: str) -> bool:
        """Say whether the log grew after the journeys were ordered: an ingest was cut short."""
        manifest = self.store.manifest
        ordered = [_serial(part) for part in manifest.of(f"journeys/{unit}")]
        log = [_serial(p) for kind in ("touchpoints", "attributes") for p in manifest.of(kind)]
        return not ordered or max(log, default=0) > min(ordered)

    def journeys(self, unit: str | None = None) -> Journeys:
        """Give all journeys, of people or of accounts.

        Raises
        ------
        DefinitionError
            If the unit is not "person" or "account".
        DataError
            If nothing was ingested yet, or if no touchpoint names an account.
        """
        from trod.journeys.build import load

        chosen = unit or UNITS[0]
        if chosen not in UNITS:
            raise DefinitionError([f"unit {chosen!r} is not known. Write person or account."])
        if not self.store.manifest.of("touchpoints"):
            raise DataError("nothing was ingested yet. Run `trod ingest`.")
        if self._behind(chosen):
            self._order()
        journeys = load(
            self.store,
            chosen,
            zone=self.zone,
            zone_assumed=any(ingest.zone_assumed for ingest in ledger.read(self.store)),
            currency=self.project.events.currency,
        )
        if chosen == "account" and not journeys.n_customers:
            raise DataError(
                "no touchpoint names an account. Add `account:` to a source, or use unit person."
            )
        return journeys

    def reports(self) -> tuple[SourceReport, ...]:
        """Give the accounts of all ingests so far, by source."""
        return ledger.totals(ledger.read(self.store))

    def map(self, journey: str | None = None, unit: str | None = None) -> Map:
        """Draw the map of a journey.

        Parameters
        ----------
        journey
            Name of a journey in trod.yml; the first by default. Where none is declared, stages
            are suggested from the data.
        unit
            "person" or "account"; as the journey declares by default.

        Raises
        ------
        DefinitionError
            If no journey has this name, or if it names touchpoints that nobody ever had.
        DataError
            If nothing was ingested yet.
        """
        from trod.insights.compose import journey_map
        from trod.journeys.suggest import suggest

        declared = self.project.journey(journey)
        journeys = self.journeys(unit or (declared.unit if declared else None))
        self.progress.stage("Drawing the map")
        spec: JourneySpec = declared or suggest(journeys)
        data = journey_map(journeys, spec, suggested=declared is None, notes=self.notes())
        self.progress.done()
        return Map(data, spec, journeys, self)

    def notes(self) -> tuple[str, ...]:
        """Say what a reader of the map must know about the data behind it."""
        lines = [line for ingest in ledger.read(self.store) for line in ingest.notes]
        if self.guess is not None:
            lines += [f"{LEFT_ASIDE}{name}: {why}" for name, why in self.guess.left_aside]
        return tuple(dict.fromkeys(lines))


def _serial(part: Part) -> int:
    """Give the serial number of the commit that wrote a part: its name begins with it."""
    return int(PurePath(part.path).name.split("-")[0])


def _kept(offered: Iterator[Delivery], into: list[Delivery]) -> Iterator[Delivery]:
    """Give the deliveries, and remember them: their reports fill while they are read."""
    for delivery in offered:
        into.append(delivery)
        yield delivery


def _patterns(spec: SourceSpec) -> Iterator[str]:
    """Give what a source reads: its own files, and those joined to them."""
    yield from spec.files
    yield from (join.file for join in spec.join)
