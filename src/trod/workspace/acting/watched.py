"""Watching a workspace: what is counted for it, and what was out of the ordinary on which day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from trod.analyses.over_time import Days, OverTimeResult
    from trod.events.volume import Volume
    from trod.insights.findings.finding import Finding
    from trod.insights.watching.anomaly import Anomaly, Happened
    from trod.insights.watching.judging import Judged
    from trod.insights.watching.material import Group, Ints, Known, Material, Scoring
    from trod.insights.watching.series import Thing
    from trod.insights.watching.spec import KnownSpec
    from trod.insights.watching.walking import Newcomers
    from trod.journeys.batch import Journeys
    from trod.journeys.grouping import Grouping
    from trod.journeys.passage import StagePlan
    from trod.journeys.predicate import Predicate
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace

DAY_US: Final = 86_400_000_000
MOST_VALUES: Final = 6
"""An attribute of more values is not watched apart unless trod.yml names it."""
MOST_WAYS: Final = 8
STEPS: Final = 3
_FEWEST_DAYS: Final = 14
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
            slow_us=self.slow_us,
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
            known=tuple(_known(self.days, watch.known)),
            late_days=max(0, watch.late.days),
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


def _known(days: Days, known: Sequence[KnownSpec]) -> list[Known]:
    """Place known days in the record; those outside of it are left out."""
    from trod.insights.watching.material import Known

    made = []
    for each in known:
        first, last = each.first.isoformat(), (each.last or each.first).isoformat()
        inside = [i for i, day in enumerate(days.label) if first <= day <= last]
        if inside:
            made.append(Known(inside[0], inside[-1], each.sources, each.touchpoints))
    return made


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was looked at, what happened on which day, and every series beside its expectation."""

    looked: Looked
    series: tuple[Judged, ...]
    happened: tuple[Happened, ...]  # all of it, oldest first
    lasting: frozenset[str]  # what lasts to the end
    tested: int
    short: int  # too little history yet
    seldom: int  # too few of them
    last_day: str  # ISO date up to which was judged


def watch(workspace: Workspace, journey: str | None = None, unit: str | None = None) -> Watched:
    """Walk through the record day by day, and tell what would have been told on each.

    Nothing is written. The same data give the same answer.

    Raises
    ------
    DefinitionError
        If a journey, attribute or state is named that is not known.
    NotEnoughDataError
        If the record holds less than two weeks.
    """
    from trod.errors import NotEnoughDataError
    from trod.insights.watching.building import series_of
    from trod.insights.watching.judging import judged
    from trod.insights.watching.telling import happened
    from trod.insights.watching.walking import walk

    found = look(workspace, journey, unit)
    spec = workspace.project.insights.watch
    label = found.material.calendar.label
    if len(label) < _FEWEST_DAYS:
        raise NotEnoughDataError(
            f"the record holds {len(label)} days: watching needs {_FEWEST_DAYS}, and four weeks "
            "until it can judge."
        )
    built = series_of(found.material, spec.what, spec.every)
    series = judged(found.material, built)
    walked = walk(
        found.material,
        built,
        series,
        _newcomers(found) if not spec.what or "beginning" in spec.what else (),
        false_share=spec.false_share,
    )
    owners = _owners(workspace, found)
    events = tuple(happened(found.material, event, owners) for event in walked.events)
    return Watched(
        found, series, events, frozenset(each.about for each in walked.lasting), walked.tested,
        walked.short, built.seldom, label[max(found.material.last_whole_day, 0)],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """What a look at everything came to."""

    watched: Watched
    since: str | None  # first day whose events were taken in; None: what lasts now
    happened: tuple[Happened, ...]  # taken in, with size and owner
    opened: int


def take_in(
    workspace: Workspace,
    *,
    now_us: int,
    since: str | None = None,
    journey: str | None = None,
    unit: str | None = None,
) -> Opened:
    """Look at everything, and open, update and close alerts with their messages.

    Parameters
    ----------
    now_us
        The moment that is noted.
    since
        ISO date: replay the days from then on. By default the days since the last look; at the
        first look only what lasts now.

    Raises
    ------
    DefinitionError
        If `since` is no day, or something is named that is not known.
    """
    from dataclasses import replace

    from trod.actions.alerts import life
    from trod.workspace.measured import midnight

    if since is not None:
        midnight(since, workspace.zone)
    found = watch(workspace, journey, unit)
    of = life.Of(found.looked.spec.name, found.looked.journeys.unit)
    spec = workspace.project.actions.alerts
    with workspace.state() as state, state.write() as con:
        last = life.looked(con, of)
        chosen = tuple(
            replace(each, anomaly=sized(each.anomaly, found.looked.journeys, found.looked.plan))
            if each.anomaly
            else each
            for each in _chosen(found, since, last)
        )
        opened = life.take_in(con, of, chosen, spec, now_us)
        life.move_on(con, spec, now_us)
        life.look_on(con, of, found.last_day, now_us)
    return Opened(found, since or last, chosen, opened)


def _chosen(found: Watched, since: str | None, last: str | None) -> list[Happened]:
    """Give the events to take in: from a day on, or those of what lasts."""
    if since is not None:
        return [each for each in found.happened if each.day >= since]
    if last is not None:
        return [each for each in found.happened if each.day > last]
    begun: dict[str, list[Happened]] = {}
    for each in found.happened:
        if each.what == "opened":
            begun[each.about] = []
        begun.setdefault(each.about, []).append(each)
    lasting = [each for about in begun for each in begun[about] if about in found.lasting]
    return sorted(lasting, key=lambda each: (each.day, each.about))


def sized(anomaly: Anomaly, journeys: Journeys, plan: StagePlan) -> Anomaly:
    """Say how many customers were there in these days, with the money on record of them."""
    from dataclasses import replace

    from trod.analyses.spent import spent
    from trod.journeys.predicate import count

    who = _whom(plan, anomaly)
    if who is None:
        return anomaly
    n = count(who, journeys)
    money = sum(int(spent(batch)[who.mask(batch)].sum()) for batch in journeys)
    return replace(anomaly, customers=n, key=who.key, money_micros=money)


def _whom(plan: StagePlan, anomaly: Anomaly) -> Predicate | None:
    """Say whom an anomaly is about; None where rows are missing, or the whole company is meant."""
    from trod.analyses.retention import ActiveBetween, EnteredBetween

    window, sort, name = anomaly.window, anomaly.thing.sort, anomaly.thing.name
    if sort in ("volume", "mood"):
        return ActiveBetween(window.from_us, window.to_us, name)
    if sort in ("entries", "conversion"):
        return EnteredBetween(window.from_us, window.to_us, plan, name)
    if sort == "dwell":
        after = plan.stages[plan.stage(name) + 1]
        return EnteredBetween(window.from_us, window.to_us, plan, after)
    if sort == "beginning":
        return EnteredBetween(window.from_us, window.to_us)
    return None


def _newcomers(found: Looked) -> list[Newcomers]:
    """Test how newcomers of each month begin, against all who came before."""
    from trod.insights.watching.walking import Newcomers
    from trod.models.segments.emerging import matters, tried
    from trod.models.segments.newcomers import newcomers, words

    came = newcomers(found.journeys)
    names = found.journeys.vocabulary.touchpoints
    codes, counts = np.unique(came.path[came.path >= 0], return_counts=True)
    patterns = {
        words(came.steps(code), names): came.path == code for code in codes[counts >= 5].tolist()
    }
    label = found.material.calendar.label
    last = {day[:7]: at for at, day in enumerate(label)}
    return [
        Newcomers(
            one.pattern, one.customers, one.newcomers, one.before, one.came_before,
            came.label[one.since], last[came.label[one.since]], one.p, matters(one),
        )
        for one in tried(came.period, patterns, {})
        if came.label[one.since] in last
    ]  # fmt: skip


def _owners(workspace: Workspace, found: Looked) -> dict[Thing, str]:
    """Say who owns what: the owner of a metric of the stage, else of the first objective."""
    from trod.insights.watching.building import SORTS
    from trod.insights.watching.series import Thing

    owners: dict[Thing, str] = {}
    objectives = workspace.project.insights.objectives
    first = next((each.owner for each in objectives if each.owner), "")
    material = found.material
    for sort in SORTS:
        for name in (*material.names, *material.stages, *material.rows, *material.ways):
            owners[Thing(sort, name)] = first
    for spec in reversed(workspace.project.metrics):
        if not spec.owner:
            continue
        start, touchpoints = getattr(spec, "start", None), getattr(spec, "touchpoints", ())
        for sort in ("conversion", "dwell", "entries"):
            if start in material.stages:
                owners[Thing(sort, start)] = spec.owner
        for name in touchpoints or ():
            owners[Thing("volume", name)] = owners[Thing("mood", name)] = spec.owner
    return owners


def findings(
    workspace: Workspace, journey: str | None = None, unit: str | None = None
) -> tuple[Finding, ...]:
    """Give the alerts that last as findings, so that they are ranked and owned with the others.

    Customers are counted again: late rows change them.

    Raises
    ------
    DefinitionError
        If no journey has this name.
    NotEnoughDataError
        If nothing was watched yet.
    """
    from trod.actions.alerts import life
    from trod.errors import NotEnoughDataError
    from trod.workspace.acting.alert_findings import finding
    from trod.workspace.measured import plan_of

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = plan_of(workspace, journey, journeys)
    of = life.Of(plan.journey, journeys.unit)
    with workspace.state() as state, state.read() as con:
        if life.looked(con, of) is None:
            raise NotEnoughDataError("nothing was watched yet. Run `trod watch`.")
        lasting = [each for each in life.alerts(con) if (each.journey, each.unit) == of]
    return tuple(finding(each, sized(each.anomaly, journeys, plan)) for each in lasting)
