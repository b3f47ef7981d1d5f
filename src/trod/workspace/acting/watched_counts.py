"""What watching counts of a workspace, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from trod.analyses.over_time import Days, OverTimeResult
    from trod.events.volume import Volume
    from trod.insights.watching.material import Group, Ints, Known, Material, Scoring, Seen
    from trod.insights.watching.spec import KnownSpec
    from trod.journeys.batch import Journeys
    from trod.journeys.grouping import Grouping
    from trod.journeys.passage import StagePlan
    from trod.journeys.spec import JourneySpec
    from trod.models.outcomes.spec import OutcomeSpec
    from trod.workspace.folder import Workspace

DAY_US: Final = 86_400_000_000
MOST_VALUES: Final = 6
"""An attribute of more values is not watched apart unless trod.yml names it."""
MOST_WAYS: Final = 8
STEPS: Final = 3
_BEGUN_DAYS: Final = 7
_LONGEST_WEEKS: Final = 30
"""A stage that takes longer than this to leave is watched by what is known after it."""


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """A workspace as watching sees it."""

    journeys: Journeys
    spec: JourneySpec
    plan: StagePlan
    material: Material
    declared: bool


def look(workspace: Workspace, journey: str | None = None, unit: str | None = None) -> Looked:
    """Count everything that watching looks at.

    Raises
    ------
    DefinitionError
        If a journey, attribute or state is named that is not known.
    DataError
        If nothing was ingested yet.
    """
    from trod.journeys.suggest import suggest
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    workspace.progress.stage("Counting day by day")
    plan = plan_of(workspace, journey, journeys)
    spec = declared or suggest(journeys)
    made = _Counting(workspace, journeys, plan).material()
    workspace.progress.done()
    return Looked(journeys, spec, plan, made, declared is not None)


class _Counting:
    """One pass over the journeys for each way of grouping them."""

    def __init__(self, workspace: Workspace, journeys: Journeys, plan: StagePlan) -> None:
        from trod.analyses.over_time import days_of

        self.workspace, self.journeys, self.plan = workspace, journeys, plan
        self.days: Days = days_of(journeys)
        self.within_days, self.slow_us = _yardsticks(journeys, plan)
        self.voices = _voices(journeys)
        self.ways = _ways(journeys)

    def material(self) -> Material:
        from trod.insights.watching.material import Material
        from trod.insights.watching.series import Calendar
        from trod.journeys.grouping import everyone
        from trod.journeys.label import readable

        names = self.journeys.vocabulary.touchpoints
        calendar = Calendar(self.days.label, self.days.start_us, self.days.end_us)
        watch = self.workspace.project.insights.watch
        rows = _rows(self.workspace, self.days)
        return Material(
            calendar=calendar,
            everyone=self._counted(everyone()),
            groups=tuple(self._groups()),
            names=names,
            stages=self.plan.stages,
            within_days=self.within_days,
            voices=tuple(names[code] for code in self.voices),
            ways=tuple(
                ", then ".join(readable(names[code]) for code in codes) for codes in self.ways
            ),
            begun_days=_BEGUN_DAYS,
            rows=rows,
            enters={
                stage: tuple(np.array(names, object)[self.plan.speaks_of(s)].tolist())
                for s, stage in enumerate(self.plan.stages)
            },
            scorings=tuple(_scorings(self.workspace, self.days)),
            known=tuple(_known(self.days, watch.known, rows, names)),
            late_days=max(0, watch.late.days),
            good=frozenset(each.name for each in _outcomes(self.workspace) if not each.bad),
            leaving=frozenset(np.array(names, object)[self.plan.failure].tolist()),
            seen=_seen(self.workspace, self.journeys, self.days),
        )

    def _counted(self, groups: Grouping, state: str | None = None) -> OverTimeResult:
        from trod import fold
        from trod.analyses.over_time import OverTime

        asked = OverTime(
            self.plan,
            self.days,
            len(self.journeys.vocabulary.touchpoints),
            groups,
            (*(days * DAY_US for days in self.within_days), 0),
            (*self.slow_us, 0),
            () if state else self.voices,
            () if state else self.ways,
            _BEGUN_DAYS * DAY_US,
            state,
        )
        found: OverTimeResult = fold.run({"counts": asked}, self.journeys)["counts"]
        return found

    def _groups(self) -> list[Group]:
        from dataclasses import replace

        from trod.insights.watching.material import Group
        from trod.journeys.grouping import by_attribute, everyone

        watch = self.workspace.project.insights.watch
        chosen = _attributes(self.journeys) if watch.by is None else watch.by
        made = [
            Group(name, self._counted(by_attribute(self.journeys, name, most=MOST_VALUES)))
            for name in chosen
            if name != "segment"
        ]
        if watch.by is None or "segment" in watch.by:
            segments = _segments(self.workspace, self.journeys.unit)
            if segments is not None:
                made.append(Group("segment", self._counted(segments)))
        for state in watch.states:
            values = _values(self.journeys, state)
            made.append(
                Group(state, self._counted(replace(everyone(), groups=values), state), True)
            )
        return made


def _yardsticks(journeys: Journeys, plan: StagePlan) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Give for each stage but the last: days that a cohort has to go on, and what is slow.

    Three in four of those who went on did so within the one, in whole weeks; half within the other.
    """
    from trod.analyses.histogram import quantile
    from trod.analyses.stages import Stages

    fold = Stages(plan)
    dwell = reduce(add, (fold.read(batch) for batch in journeys), fold.empty()).dwell
    within, slow = [], []
    for times in dwell[: plan.n_stages - 1]:
        some = bool(times.sum())
        weeks = -(-quantile(times, (3, 4)) // (7 * DAY_US)) if some else _LONGEST_WEEKS
        within.append(7 * int(min(max(weeks, 1), _LONGEST_WEEKS)))
        slow.append(int(quantile(times, (1, 2))) if some else 0)
    return tuple(within), tuple(slow)


def _voices(journeys: Journeys) -> tuple[int, ...]:
    """Give the touchpoints that carry scores."""
    from trod.journeys.batch import NO_SCORE

    n = len(journeys.vocabulary.touchpoints)
    spoke = np.zeros(n, np.int64)
    for batch in journeys:
        spoke += np.bincount(batch.code[batch.score != NO_SCORE], minlength=n)
    return tuple(np.flatnonzero(spoke >= 30).tolist())


def _ways(journeys: Journeys) -> tuple[tuple[int, ...], ...]:
    """Give the most frequent ways of beginning: the first three different touchpoints."""
    from trod.analyses.over_time import beginnings

    found = [beginnings(batch, STEPS, _BEGUN_DAYS * DAY_US) for batch in journeys]
    whole = np.concatenate([*found, np.empty((0, STEPS), np.int64)])
    ways, counts = np.unique(whole[(whole >= 0).all(axis=1)], axis=0, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST_WAYS]
    return tuple(tuple(int(code) for code in ways[i]) for i in order if counts[i] >= 30)


def _attributes(journeys: Journeys) -> tuple[str, ...]:
    """Give the attributes of two to six values that are known of most.

    What is known of few is often known only of those who left.
    """
    import pyarrow.compute as pc

    table = journeys.attributes
    if table is None:
        return ()
    names = [name for name in table.column_names if name != "customer"]
    most = [name for name in names if table[name].null_count * 2 < table.num_rows]
    few = [n for n in most if 2 <= len(pc.unique(table[n].drop_null())) <= MOST_VALUES]
    return tuple(sorted(few))


def _segments(workspace: Workspace, unit: str) -> Grouping | None:
    """Give the segments of the last fit, where they are of this unit."""
    from trod.errors import NotEnoughDataError
    from trod.journeys.grouping import Grouping
    from trod.workspace.lists import segmentation

    try:
        card, found = segmentation(workspace.store)
    except NotEnoughDataError:
        return None
    if card.unit != unit or not found.ids:
        return None
    label = found.label.astype(np.int64)
    code = np.where(label < 0, len(found.ids), label).astype(np.int16)
    return Grouping("segment", (*found.ids, "none"), found.member, code, len(found.ids))


def _values(journeys: Journeys, state: str) -> tuple[str, ...]:
    from trod.errors import DefinitionError, unknown

    known = journeys.vocabulary.states
    if state not in known:
        raise DefinitionError([f"insights.watch.states: {unknown('state', state, list(known))}"])
    return tuple(known[state])


def _rows(workspace: Workspace, days: Days) -> dict[str, dict[str, Ints]]:
    """Count the rows of the log by source, touchpoint and day of the record."""
    from trod.events.volume import volume

    found = volume(workspace.store, zone=workspace.zone)
    rows: dict[str, dict[str, Ints]] = {}
    for one, counts in zip(found.series, found.days, strict=True):
        rows.setdefault(one.source, {})[one.touchpoint] = _aligned(found, counts, days)
    return dict(sorted(rows.items()))


def _seen(workspace: Workspace, journeys: Journeys, days: Days) -> dict[str, Seen]:
    """Count what each source, and the others beside it, bring of customers known before."""
    from trod import fold
    from trod.analyses.elsewhere import Elsewhere
    from trod.insights.watching.material import Seen
    from trod.workspace.auditing.rows import LogSources

    log = LogSources.of(workspace.store)
    found = fold.run({"it": Elsewhere(days, log.names, log.of_row)}, journeys)["it"]
    known, first = found.known.sum(axis=0), found.first.sum(axis=0)
    return {
        name: Seen(found.met[s], known - found.known[s], first - found.first[s])
        for s, name in enumerate(found.source)
    }


def _aligned(found: Volume, counts: Ints, days: Days) -> Ints:
    """Put the days of the log on those of the record."""
    from datetime import date

    first = (date.fromisoformat(days.label[0]) - date(1970, 1, 1)).days
    into = np.zeros(len(days.label), np.int64)
    at = np.arange(counts.size) + found.first_day - first
    inside = (at >= 0) & (at < into.size)
    into[at[inside]] = counts[inside]
    return into


def _scorings(workspace: Workspace, days: Days) -> list[Scoring]:
    """Read the scores that were kept: of each day, those of its last scoring."""
    from trod.insights.watching.material import Scoring
    from trod.workspace import score_history as history

    starts = np.array(days.start_us, np.int64)
    made = []
    names = {part.facts["outcome"] for part in workspace.store.manifest.of(history.KIND)}
    for name in sorted(names):
        asked, total = np.zeros(starts.size, np.int64), np.zeros(starts.size, np.int64)
        for each in history.kept(workspace.store, name):
            day = int(np.searchsorted(starts, each.moment_us, side="right")) - 1
            if day >= 0:
                scores, _ = history.read(workspace.store, each)
                millionths = np.rint(scores.probability * 1e6).astype(np.int64)
                asked[day], total[day] = millionths.size, millionths.sum()
        made.append(Scoring(name, asked, total))
    return made


def _outcomes(workspace: Workspace) -> Sequence[OutcomeSpec]:
    from trod.models.outcomes.outcome import declared

    return declared(workspace.project.models.outcomes)


def _known(
    days: Days, known: Sequence[KnownSpec], rows: Mapping[str, object], names: Sequence[str]
) -> list[Known]:
    """Place known days in the record; those outside of it are left out."""
    from trod.errors import DefinitionError, unknown
    from trod.insights.watching.material import Known

    if wrong := [
        f"insights.watch.known.{i}: {unknown(kind, name, list(there))}"
        for i, each in enumerate(known)
        for kind, given, there in (
            ("source", each.sources, rows),
            ("touchpoint", each.touchpoints, names),
        )
        for name in given
        if name not in there
    ]:
        raise DefinitionError(wrong)
    made = []
    for each in known:
        first, last = each.first.isoformat(), (each.last or each.first).isoformat()
        inside = [i for i, day in enumerate(days.label) if first <= day <= last]
        if inside:
            made.append(Known(inside[0], inside[-1], each.sources, each.touchpoints))
    return made
