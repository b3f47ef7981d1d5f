"""Watching a workspace: what was out of the ordinary on which day, and the alerts about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from trod.insights.findings.finding import Finding
    from trod.insights.watching.anomaly import Anomaly, Happened
    from trod.insights.watching.judging import Judged
    from trod.insights.watching.series import Thing
    from trod.insights.watching.sight import Newcomers
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.predicate import Predicate
    from trod.workspace.acting.watched_counts import Looked
    from trod.workspace.folder import Workspace

_FEWEST_DAYS: Final = 14


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
    batches: tuple[str, ...] = ()  # sources that come in batches: only their silence is told


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
    from trod.events.counted import count
    from trod.insights.watching.building import series_of
    from trod.insights.watching.judging import judged
    from trod.insights.watching.telling import happened
    from trod.insights.watching.walking import walk
    from trod.workspace.acting.watched_counts import look

    found = look(workspace, journey, unit)
    spec = workspace.project.insights.watch
    label = found.material.calendar.label
    if len(label) < _FEWEST_DAYS:
        raise NotEnoughDataError(
            f"the record holds {count(len(label), 'day')}: watching needs {_FEWEST_DAYS}, and four"
            " weeks until it can judge."
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
    owners = _owners(workspace, found, {event.subject.thing for event in walked.events})
    events = tuple(happened(found.material, event, owners) for event in walked.events)
    return Watched(
        found, series, events, frozenset(each.about for each in walked.lasting), walked.tested,
        walked.short, built.seldom, label[max(found.material.last_whole_day, 0)],
        built.batches,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Opened:
    """What a look at everything came to."""

    watched: Watched
    since: str | None  # first day whose events were taken in; None: what lasts now
    happened: tuple[Happened, ...]  # taken in, with size and owner
    opened: int
    lasting: int  # alerts that last, those of earlier looks among them


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
        If `since` is no day, or one after the record, or something is named that is not known.
    """
    from dataclasses import replace

    from trod.actions.alerts import life
    from trod.errors import DefinitionError
    from trod.workspace.measured import midnight

    if since is not None:
        midnight(since, workspace.zone)
    found = watch(workspace, journey, unit)
    if since is not None and since > found.last_day:
        raise DefinitionError(
            [f"--since {since}: the last whole day on record is {found.last_day}. Write that one"
             " or an earlier one."]
        )  # fmt: skip
    of = life.Of(found.looked.spec.name, found.looked.journeys.unit)
    spec = workspace.project.actions.alerts
    with workspace.state() as state:
        with state.read() as con:
            last = life.looked(con, of)
        chosen = tuple(  # counted before anything is locked
            replace(each, anomaly=sized(each.anomaly, found.looked.journeys, found.looked.plan))
            if each.anomaly
            else each
            for each in _chosen(found, since, last)
        )
        with state.write() as con:
            taken = life.take_in(con, of, chosen, spec, now_us)
            gone = life.gone(con, of, found.lasting, found.last_day, spec, now_us)
            life.move_on(con, spec, now_us)
            life.look_on(con, of, found.last_day, now_us)
            lasting = len(life.of_journey(con, of))
    told = tuple(
        each for each in chosen if each in taken or since is not None or each.day > (last or "")
    )
    opened = sum(each.what == "opened" for each in taken)
    return Opened(found, since or last, (*told, *gone), opened, lasting)


def _chosen(found: Watched, since: str | None, last: str | None) -> list[Happened]:
    """Give the events to take in: from a day on, and those of what lasts.

    What lasts is taken in again, for late rows may show on a day that was looked at already.
    """
    if since is not None:
        return [each for each in found.happened if each.day >= since]
    late = _of_what_lasts(found)
    new = [each for each in found.happened if last is not None and each.day > last]
    return sorted({id(each): each for each in (*late, *new)}.values(), key=_order)


def _order(each: Happened) -> tuple[str, str]:
    return each.day, each.about


def _of_what_lasts(found: Watched) -> list[Happened]:
    begun: dict[str, list[Happened]] = {}
    for each in found.happened:
        if each.what == "opened":
            begun[each.about] = []
        begun.setdefault(each.about, []).append(each)
    return [each for about in begun for each in begun[about] if about in found.lasting]


def sized(anomaly: Anomaly, journeys: Journeys, plan: StagePlan) -> Anomaly:
    """Say how many customers were there in these days, with the money on record of them."""
    from dataclasses import replace

    from trod.analyses.predicate import Everyone, both
    from trod.analyses.spent import spent
    from trod.journeys.predicate import count

    who = _whom(plan, anomaly)
    if who is None:
        return anomaly
    who = both(who, _of_group(anomaly, journeys) or Everyone())
    n = count(who, journeys)
    money = sum(int(spent(batch)[who.mask(batch)].sum()) for batch in journeys)
    return replace(anomaly, customers=n, key=who.key, money_micros=money)


def _of_group(anomaly: Anomaly, journeys: Journeys) -> Predicate | None:
    """Say who is in the group in which an anomaly was seen; None where no key lists it alone."""
    from trod.errors import DefinitionError, NotEnoughDataError
    from trod.journeys.described import key_of, names_of
    from trod.journeys.grouping import NOT_KNOWN

    by, group = anomaly.by, anomaly.group
    if by == "segment":
        key = f"segment:{group}"
    elif by in names_of(journeys.attributes) and by not in journeys.vocabulary.states:
        key = key_of(by, "" if group == NOT_KNOWN else group)
    else:
        return None
    try:
        return journeys.named(key)
    except (DefinitionError, NotEnoughDataError):  # the others together, or a group of before
        return None


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
    """Test how newcomers of each month begin, against all who came before.

    A month is judged when the last who came in it had the time in which people begin.
    """
    from trod.insights.watching.sight import Newcomers
    from trod.models.segments.emerging import matters, tried
    from trod.models.segments.newcomers import newcomers, words
    from trod.workspace.acting.watched_counts import DAY_US

    days = found.material.begun_days
    came = newcomers(found.journeys, days * DAY_US)
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
            came.label[one.since], last[came.label[one.since]] + days, one.p, matters(one),
        )
        for one in tried(came.period, patterns, {})
        if came.label[one.since] in last
    ]  # fmt: skip


def _owners(workspace: Workspace, found: Looked, things: Iterable[Thing]) -> dict[Thing, str]:
    """Say who owns these: the owner of a metric of the stage, else of the first objective."""
    from trod.insights.watching.series import Thing

    objectives = workspace.project.insights.objectives
    first = next((each.owner for each in objectives if each.owner), "")
    owners = dict.fromkeys(things, first)
    for spec in reversed(workspace.project.metrics):
        if not spec.owner:
            continue
        start, touchpoints = getattr(spec, "start", None), getattr(spec, "touchpoints", ())
        for sort in ("conversion", "dwell", "entries"):
            if start in found.material.stages:
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
        lasting = life.of_journey(con, of)
    return tuple(finding(each, sized(each.anomaly, journeys, plan)) for each in lasting)
