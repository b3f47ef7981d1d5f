"""What reviews are made of: each part asked for once, however many packs read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from trod.errors import DefinitionError, NotEnoughDataError

if TYPE_CHECKING:
    from trod.actions.alerts.alert import Alert
    from trod.actions.queue.plan import Plan
    from trod.analyses.answer import Answer
    from trod.analyses.attribution.costs import Spent
    from trod.analyses.attribution.credit import AttributionResult
    from trod.analyses.attribution.table import PathTable
    from trod.analyses.calendar_period import Period
    from trod.analyses.metrics.measure import Measured
    from trod.insights.changes.change import Comparison
    from trod.insights.hypotheses.kept import Kept as Hypothesis
    from trod.insights.journey_map import JourneyMap
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.outcomes.effect import Effect
    from trod.outcomes.judged import TooFew
    from trod.outcomes.reviews.told_channels import Reach
    from trod.outcomes.reviews.told_decisions import Decided
    from trod.workspace.acting.effects import Play, Return
    from trod.workspace.acting.findings import Listing
    from trod.workspace.attributed import Asked
    from trod.workspace.folder import Workspace


@dataclass(frozen=True, eq=False)
class Gathering:
    """Everything that reviews are made of, each part asked for once however many packs read it."""

    workspace: Workspace
    now_us: int
    journey: str | None = None
    unit: str | None = None
    costs: Path | None = None

    @cached_property
    def map(self) -> JourneyMap:
        """The map of the whole record."""
        return self.workspace.map(self.journey, self.unit).data

    @cached_property
    def findings(self) -> Listing:
        """All findings, ranked."""
        from trod.workspace.acting.findings import listing

        return listing(self.workspace, self.journey, self.unit, now_us=self.now_us)

    @cached_property
    def returned(self) -> Return | str:
        """The plays that were tried; or why there is nothing to tell."""
        from trod.workspace.acting.effects import returned

        try:
            return returned(self.workspace)
        except NotEnoughDataError as why:
            return str(why)

    @cached_property
    def metrics(self) -> tuple[Measured, ...]:
        """The metrics of trod.yml, over the whole record."""
        from trod.workspace.measured import measured

        specs = self.workspace.project.metrics
        return measured(self.workspace, specs).data.metrics if specs else ()

    @cached_property
    def week(self) -> Plan | str:
        """The plan of this week; or why there is none."""
        from trod.workspace.acting.queue import planned

        try:
            return planned(self.workspace, now_us=self.now_us)
        except (DefinitionError, NotEnoughDataError) as why:
            return str(why)

    @cached_property
    def decided(self) -> Decided:
        """Everything that people decided."""
        from trod.insights.findings.registered import history
        from trod.insights.wording import day
        from trod.outcomes.recorded import recorded
        from trod.outcomes.reviews.told_decisions import Decided

        found = {entry.id: entry.registered for entry in self.findings.entries}
        zone = self.findings.zone
        accepted = {}
        with self.workspace.state() as state, state.read() as con:
            for name, it in found.items():
                if it.status in ("accepted", "done"):
                    when = [e.time_us for e in history(con, name) if e.what == "accepted"]
                    accepted[name] = day(when[-1], zone) if when else ""
            acts = tuple(recorded(con))
        told = self.returned
        plays = () if isinstance(told, str) else told.effects.plays
        effects = {play.name: verdict_of(play) for play in plays}
        return Decided(found, accepted, acts, effects, self.findings.today, zone)

    @cached_property
    def span(self) -> tuple[date, date]:
        """First and last day of the record."""
        return date.fromisoformat(self.map.first_day), date.fromisoformat(self.map.as_of[:10])

    @cached_property
    def _compared(self) -> dict[tuple[str, str], Comparison | str]:
        return {}

    def compared(self, before: Period, now: Period) -> Comparison | str:
        """Two periods beside each other; or why they cannot be."""
        from trod.workspace.acting.compared import compared

        key = before.text, now.text
        if key not in self._compared:
            try:
                self._compared[key] = compared(
                    self.workspace, key, journey=self.journey, unit=self.unit
                )
            except (DefinitionError, NotEnoughDataError) as why:
                self._compared[key] = str(why)
        return self._compared[key]

    @cached_property
    def _asked(self) -> tuple[Journeys, StagePlan]:
        from trod.workspace.attributed import asked_of

        return asked_of(self.workspace, self.journey, self.unit)

    @cached_property
    def _credited(self) -> Asked:
        from trod.workspace.attributed import asked

        return asked(self.workspace, costs=self.costs)

    @cached_property
    def attributed(self) -> Answer[AttributionResult] | str:
        """Credit of channels; or why there is none."""
        from trod.analyses.attribution.ask import attribution

        journeys, plan = self._asked
        to, channels = self._credited.to, self._credited.channels
        try:
            return attribution(
                journeys, to, channels=channels, lookback=self._credited.lookback, plan=plan
            )
        except NotEnoughDataError as why:
            return str(why)

    @cached_property
    def paths(self) -> PathTable:
        """Channel paths to conversion, the same channel several times in a row as one step."""
        from trod import fold
        from trod.analyses.attribution.paths import ConversionPaths

        journeys, plan = self._asked
        to, channels = self._credited.to, self._credited.channels
        question = ConversionPaths(
            journeys.vocabulary,
            (to,) if to else (),
            None if to else plan,
            channels=channels,
            lookback_us=self._credited.lookback // timedelta(microseconds=1),
            every=to is not None,
            collapse=True,
        )
        table: PathTable = fold.run({"it": question}, journeys)["it"]
        return table

    @cached_property
    def spent(self) -> Spent | None:
        """Costs beside credit; None where none are given, or nothing was credited."""
        from trod.workspace.attributed import costed

        costs = self._credited.costs
        if costs is None or isinstance(self.attributed, str):
            return None
        return costed(costs, self.attributed, self._asked[0])

    def reach(self, before: Period, now: Period) -> Reach:
        """Customers with a touchpoint of each channel, in two periods."""
        from trod.outcomes.reviews.told_channels import reach
        from trod.workspace.measured import midnight

        journeys = self._asked[0]
        spans = [
            tuple(midnight(day.isoformat(), journeys.zone) for day in (each.first, each.after))
            for each in (before, now)
        ]
        return reach(journeys, [(first, after) for first, after in spans], self._credited.channels)

    @cached_property
    def questions(self) -> tuple[tuple[Alert, ...], tuple[Hypothesis, ...]]:
        """Alerts that last, and hypotheses with their verdicts, of this journey."""
        from trod.actions.alerts.life import alerts
        from trod.insights.hypotheses.kept import everything

        name = self.findings.journey
        with self.workspace.state() as state, state.read() as con:
            lasting = tuple(each for each in alerts(con) if each.journey == name)
            return lasting, tuple(each for each in everything(con) if each.journey == name)


def verdict_of(play: Play) -> Effect | TooFew:
    """Give the effect of a play, or why there is none."""
    from trod.outcomes.judged import Judged

    return play.judged.effect if isinstance(play.judged, Judged) else play.judged
