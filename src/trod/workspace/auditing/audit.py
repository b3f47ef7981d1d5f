"""Compose the audit of a workspace from what its rooms know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from trod.analyses.before_outcome import OUTCOMES, BeforeOutcome
from trod.analyses.periods import midnight_us
from trod.analyses.predicate import Valued
from trod.errors import DataError
from trod.events.clocks import hour_shifts, rows_apart
from trod.events.gaps import Gap
from trod.events.human import is_offline
from trod.events.volume import Volume, iso
from trod.fold import run
from trod.insights.answers import Answers, ask
from trod.insights.audit import Audit, ChannelAudit, SilentBefore, SourceAudit
from trod.insights.blind_spots import BlindSpot, Silence, of_groups, of_silences, ranked
from trod.insights.completeness import StageGrade
from trod.insights.journey_map import Count
from trod.insights.rates import time
from trod.insights.readiness import Facts, readiness
from trod.journeys.batch import NO_SCORE, Journeys
from trod.journeys.suggest import suggest
from trod.workspace import ledger
from trod.workspace.auditing import deliveries, gates, pilot, remarks, sources
from trod.workspace.auditing.grading import graded, named
from trod.workspace.auditing.kept import gaps_of, volume_of
from trod.workspace.auditing.rows import LogSources, which

if TYPE_CHECKING:
    from trod.events.report import SourceReport
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace
    from trod.workspace.ledger import Ingest

MET_US: Final = 30 * 86_400_000_000
"""How long before an outcome a contact counts as shortly before it."""


def audit(workspace: Workspace, *, journey: str | None = None, at_us: int | None = None) -> Audit:
    """Audit a workspace: every source, every clock, every gap, every stage.

    Parameters
    ----------
    workspace
        An ingested workspace.
    journey
        The journey whose stages are graded; the first, or the suggested one, by default.
    at_us
        Moment up to which freshness is judged, in microseconds UTC; now by default.

    Returns
    -------
    Audit
        With the gates of trod.yml that failed.

    Raises
    ------
    DataError
        If nothing was ingested yet.

    Notes
    -----
    Three passes over the times of the log, one over the journeys, and 2,000 rows of each source
    read whole. About three seconds for ten million touchpoints.
    """
    seen = _Seen(workspace, journey, _now_us() if at_us is None else at_us)
    made = seen.audit()
    return replace(made, failures=gates.failures(workspace.project, made, seen.at_us, seen.last_us))


def blind_spots(workspace: Workspace) -> tuple[BlindSpot, ...]:
    """Find where customers act unseen; see `audit`.

    Raises
    ------
    DataError
        If nothing was ingested yet.
    """
    return _Seen(workspace, None, 0).blind_spots()


def _now_us() -> int:
    return int(datetime.now(UTC).timestamp() * 1_000_000)


@dataclass
class _Seen:
    """What is looked at once and told in several places."""

    workspace: Workspace
    journey: str | None
    at_us: int

    def __post_init__(self) -> None:
        if not self.workspace.store.manifest.of("touchpoints"):
            raise DataError("nothing was ingested yet. Run `trod ingest`.")

    @cached_property
    def spec(self) -> JourneySpec:
        """The journey whose stages are graded."""
        declared = self.workspace.project.journey(self.journey)
        return declared or suggest(self.people)

    @cached_property
    def people(self) -> Journeys:
        """The journeys of persons, or of accounts; nobody is left out but nobodies."""
        return named(self.workspace)

    @cached_property
    def asked(self) -> Answers:
        """Every answer about the journey."""
        same = self.spec.unit == self.people.unit
        return ask(self.people if same else self.workspace.journeys(self.spec.unit), self.spec)

    @cached_property
    def volume(self) -> Volume:
        """Rows by day."""
        return volume_of(self.workspace)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Days on which something that usually happens did not."""
        return gaps_of(self.workspace)

    @cached_property
    def log(self) -> LogSources:
        """Which source each row came from."""
        return LogSources.of(self.workspace.store)

    @cached_property
    def in_channels(self) -> list[NDArray[np.bool_]]:
        """Which customers of each batch were in which channels, (n_customers, n_channels)."""
        n = len(self.people.vocabulary.channels)
        return [which(batch.offsets, batch.channel, n) for batch in self.people]

    @cached_property
    def nobodys(self) -> NDArray[np.int64]:
        """Rows of each source that lead to nobody."""
        return self.log.nobodys(self.people)

    @cached_property
    def shown(self) -> dict[str, list[NDArray[np.bool_]]]:
        """Which customers each source ever shows."""
        return self.log.shown(self.people)

    @cached_property
    def reports(self) -> dict[str, SourceReport]:
        """Accounts of the touchpoints of each source."""
        found = ledger.totals(self.ingests)
        return {report.source: report for report in found if report.kind == "touchpoints"}

    @cached_property
    def held(self) -> Counter[str]:
        """Rows of each source that lie in quarantine now."""
        return sources.held(self.workspace.store)

    @cached_property
    def ingests(self) -> tuple[Ingest, ...]:
        """The accounts of all ingests."""
        return ledger.read(self.workspace.store)

    @property
    def last_us(self) -> Mapping[str, int]:
        """The last moment of each source."""
        return self.volume.last_us

    def audit(self) -> Audit:
        """Put everything together."""
        looked = {name: sources.looked(self.workspace.store, name) for name in self.log.names}
        audited = tuple(self._source(name, looked[name]) for name in self.log.names)
        spots = self.blind_spots()
        channels = self._channels()
        grades = self._grades(self.asked)
        return Audit(
            as_of=datetime.fromtimestamp(self.at_us // 1_000_000, UTC).isoformat(),
            zone=self.workspace.zone,
            journey=self.spec.name,
            first_day=iso(self.volume.first_day + self.volume.busy[0]),
            last_day=iso(self.volume.first_day + self.volume.busy[1]),
            customers=self.people.n_customers,
            sources=audited,
            channels=channels,
            channels_per_customer=self._channels_per_customer(),
            remarks=remarks.all_of(
                self.workspace.zone,
                audited,
                self.gaps,
                [one.skew for one in looked.values() if one.skew is not None],
                hour_shifts(self.volume),
                rows_apart(self.volume),
                deliveries.spans(self.workspace.store),
                self.ingests,
                self.at_us,
            ),
            blind_spots=spots,
            silent=self._silent(),
            grades=grades,
            readiness=readiness(self._facts(channels, grades)),
            pilot=pilot.proposed(self.workspace, self.asked, self._grades),
        )

    def _source(self, name: str, looked: sources.Looked) -> SourceAudit:
        at = self.log.names.index(name)
        report = self.reports.get(name)
        total = report.total if report else None
        n = sum(int(mask.sum()) for mask in self.shown[name])
        first, last = sources.days(self.volume, name)
        first_read, doubled = sources.first_readings(self.ingests, name)
        return SourceAudit(
            source=name,
            files=len(report.files) if report else 0,
            received=total.received if total else 0,
            stored=total.stored if total else 0,
            duplicate=total.duplicate if total else 0,
            quarantined=total.n_quarantined if total else 0,
            dropped=total.n_dropped if total else 0,
            first_read=first_read,
            doubled=doubled,
            held=self.held[name],
            touchpoints=int(self.log.rows[at]),
            nobodys=int(self.nobodys[at]),
            first_day=first,
            last_day=last,
            behind_us=max(self.last_us.values()) - self.last_us[name],
            zone=sources.zone_words(self.workspace, name, self.ingests),
            customers=Count(n, ""),
            share_of_customers=round(n / max(self.people.n_customers, 1), 6),
            looked=looked.rows,
            personal=looked.personal,
            weeks=sources.weeks(self.volume, name, self.volume.busy),
        )

    def _channels(self) -> tuple[ChannelAudit, ...]:
        names = self.people.vocabulary.channels
        rows, who = np.zeros((2, len(names)), np.int64)
        for batch, grid in zip(self.people, self.in_channels, strict=True):
            rows += np.bincount(batch.channel, minlength=len(names))
            who += grid.sum(axis=0)
        found = [
            ChannelAudit(name, is_offline(name), int(rows[i]), int(who[i]))
            for i, name in enumerate(names)
            if rows[i]
        ]
        return tuple(sorted(found, key=lambda c: (-c.touchpoints, c.channel)))

    def _channels_per_customer(self) -> tuple[int, ...]:
        n = len(self.people.vocabulary.channels)
        counts = np.zeros(n + 1, np.int64)
        for grid in self.in_channels:
            counts += np.bincount(grid.sum(axis=1), minlength=n + 1)
        return tuple(int(x) for x in np.trim_zeros(counts[1:], "b"))

    def blind_spots(self) -> tuple[BlindSpot, ...]:
        """Find gaps in tracking, and groups that a source never shows."""
        closed = [gap for gap in self.gaps if gap.lost]
        silences = [_silence(self.volume, gap) for gap in closed]
        left_out = {one.name: one.where for one in self.workspace.project.sources if one.where}
        groups = of_groups(self.people, self.shown, left_out)
        found = [*of_silences(self.people, silences), *groups]
        return ranked(found)

    def _silent(self) -> tuple[SilentBefore, ...]:
        journeys = self.asked.journeys
        offline = tuple(is_offline(name) for name in journeys.vocabulary.channels)
        fold = BeforeOutcome(self.asked.plan, offline, MET_US)
        found = run({"silent": fold}, journeys)["silent"]
        return tuple(
            SilentBefore("left" if outcome == "left" else "done", int(n), time(unseen), int(met))
            for outcome, n, unseen, met in zip(
                OUTCOMES, found.ended, found.unseen, found.met, strict=True
            )
            if n
        )

    def _grades(self, asked: Answers) -> tuple[StageGrade, ...]:
        journeys = asked.journeys
        return graded(journeys, asked.plan, self.log, self.gaps, self.held, self.nobodys)

    def _facts(self, channels: tuple[ChannelAudit, ...], grades: tuple[StageGrade, ...]) -> Facts:
        stages = self.asked.stages
        spoken = sum(int(np.count_nonzero(b.score != NO_SCORE)) for b in self.people)
        return Facts(
            days=self.volume.busy[1] - self.volume.busy[0] + 1,
            customers=self.people.n_customers,
            accounts=self.workspace.who().summary.accounts,
            entered=int(stages.reached[0]),
            done=int(stages.done.sum()),
            left=int(stages.left.sum()),
            spoken=spoken,
            moods=int(np.count_nonzero(self.asked.emotion.known)),
            valued=sum(int(np.count_nonzero(Valued().mask(b))) for b in self.people),
            channels=len(channels),
            offline_channels=sum(channel.offline for channel in channels),
            worst_grade=max((one.grade for one in grades), default=None),
        )


def _silence(found: Volume, gap: Gap) -> Silence:
    """Give a gap with the touchpoints that only its source brings, and its moments."""
    others = {one.touchpoint for one in found.series if one.source != gap.source}
    own = [one.touchpoint for one in found.series if one.source == gap.source]
    names = [gap.touchpoint] if gap.touchpoint else [name for name in own if name not in others]
    start, end = _midnight_us(gap.first_day, found.zone), _midnight_us(gap.last_day + 1, found.zone)
    return Silence(
        gap.source,
        gap.touchpoint,
        tuple(names),
        start,
        end,
        iso(gap.first_day),
        iso(gap.last_day),
        gap.expected,
    )


def _midnight_us(local: int, zone: str) -> int:
    return midnight_us(date.fromisoformat(iso(local)), ZoneInfo(zone))
