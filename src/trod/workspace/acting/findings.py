"""The findings of a workspace: looked for where something changed, ranked, counted again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import sqlalchemy as sa

    from trod._store.state.database import State
    from trod.insights.findings.ranking import Place
    from trod.insights.findings.register import Recorded
    from trod.insights.findings.registered import Event, Registered
    from trod.insights.findings.spec import ObjectiveSpec
    from trod.insights.interviews.kept import Asked
    from trod.workspace.acting.about import About
    from trod.workspace.folder import Workspace

_FOUND_BESIDE: Final = ("gaps",)
"""Parts of a store that only keep what can be found again: they change nothing."""
_METHOD: Final = 3
"""Counted up where findings are made in another way: then all is looked for again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding in its place, and how it stands."""

    place: Place
    registered: Registered
    asked: Asked  # interviews about it

    @property
    def id(self) -> str:
        """The id of the finding."""
        return self.place.finding.id


@dataclass(frozen=True, slots=True)
class Listing:
    """Findings of a journey, the one that may bring most first."""

    journey: str
    unit: str
    declared: bool  # whether the journey stands in trod.yml
    as_of: str  # ISO date of the data
    today: date
    zone: str
    currency: str | None
    objectives: tuple[ObjectiveSpec, ...]
    people: tuple[str, ...]  # who may own findings; () for anybody
    entries: tuple[Entry, ...]  # of every status
    looked: Recorded | None  # what this look changed; None where nothing had changed
    not_looked: tuple[tuple[str, str], ...]  # what could not be looked for, and why


@dataclass(frozen=True, slots=True)
class Whole:
    """One finding with everything that happened to it."""

    listing: Listing
    entry: Entry
    rank: int | None  # among those open and accepted; None where it is neither
    events: tuple[Event, ...]


def listing(
    workspace: Workspace,
    journey: str | None = None,
    unit: str | None = None,
    *,
    now_us: int,
    again: bool = False,
) -> Listing:
    """Look for findings where data or definitions have changed, and give all in order.

    Every figure of what is found now is counted again by its key before it is given.

    Parameters
    ----------
    journey, unit
        Of which journey; the first of trod.yml by default.
    now_us
        The moment, in microseconds.
    again
        Look also where nothing has changed.

    Raises
    ------
    DataError
        If nothing was ingested yet.
    DefinitionError
        If no journey has this name.
    """
    from trod.insights.wording import day
    from trod.workspace.acting.about import about

    on = about(workspace, journey, unit)
    _check_objectives(workspace, on)
    with workspace.state() as state:
        recorded, told = _look(workspace, on, state, now_us, again=again)
        entries = _entries(workspace, on, state, told["time_us"])
    return Listing(
        on.spec.name,
        on.unit,
        on.declared,
        day(on.plan.as_of_us, on.journeys.zone),
        date.fromisoformat(day(now_us, workspace.zone)),
        workspace.zone,
        on.journeys.currency,
        workspace.project.insights.objectives,
        owners(workspace),
        entries,
        recorded,
        tuple((what, why) for what, why in told["not_looked"]),
    )


def _check_objectives(workspace: Workspace, on: About) -> None:
    """Refuse an objective that reaches a stage which no journey has."""
    known = {stage.name for spec in workspace.project.journeys for stage in spec.stages}
    known |= set(on.plan.stages)
    where = "trod.yml: insights.objectives"
    wrong = [
        f"{where}.{i}.reaches: {unknown('stage', each.reaches, sorted(known))}"
        for i, each in enumerate(workspace.project.insights.objectives)
        if each.reaches is not None and each.reaches not in known
    ]
    if wrong:
        raise DefinitionError(wrong)


def owners(workspace: Workspace) -> tuple[str, ...]:
    """Name the people of trod.yml who may own a finding."""
    return tuple(person.name for person in workspace.project.actions.people)


def whole(
    workspace: Workspace,
    finding: str,
    journey: str | None = None,
    unit: str | None = None,
    *,
    now_us: int,
) -> Whole:
    """Give one finding, by its id or the beginning of it, with its history.

    Raises
    ------
    DefinitionError
        If none or several begin so.
    """
    from trod.insights.findings.registered import history, one

    found = listing(workspace, journey, unit, now_us=now_us)
    with workspace.state() as state, state.read() as con:
        registered = one(con, finding)
        events = history(con, registered.finding.id)
    entry = next((e for e in found.entries if e.id == registered.finding.id), None)
    if entry is None:
        of = registered.finding
        if (journey, unit) == (of.journey, of.unit):
            raise DefinitionError([f"{of.id}: its journey {of.journey!r} has another unit now."])
        return whole(workspace, of.id, of.journey, of.unit, now_us=now_us)
    standing = [e.id for e in found.entries if current(e.registered)]
    rank = standing.index(entry.id) + 1 if entry.id in standing else None
    return Whole(found, entry, rank, events)


def current(registered: Registered) -> bool:
    """Say whether a finding calls for anything: open or accepted, and still found, or grown."""
    if registered.status == "accepted":
        return True
    open_ = registered.status == "open" and registered.gone_us is None
    return open_ or registered.grown_us is not None


def _look(
    workspace: Workspace, on: About, state: State, now_us: int, *, again: bool
) -> tuple[Recorded | None, Mapping[str, Any]]:
    """Look for findings and write them down; where nothing has changed, what was told then."""
    from trod.insights.findings.register import record
    from trod.workspace.acting.gathered import gathered

    about = f"{on.spec.name}\x1f{on.unit}"
    with state.read() as con:
        stamp = _stamp(workspace, con)
        kept = _last_look(con, about)
    if kept is not None and kept[0] == stamp and not again:
        return None, kept[1]
    found = gathered(workspace, on)
    told = {"time_us": now_us, "not_looked": [list(each) for each in found.not_looked]}
    with state.write() as con:
        recorded = record(con, found.found, found.looked, now_us)
        _keep_look(con, about, stamp, told)
    return recorded, told


def _last_look(con: sa.Connection, about: str) -> tuple[str, Mapping[str, Any]] | None:
    import sqlalchemy as sa

    from trod.insights.findings.tables import FINDING_LOOK as LOOK

    row = con.execute(sa.select(LOOK).where(LOOK.c.about == about)).mappings().first()
    return None if row is None else (row["stamp"], row["told"])


def _keep_look(con: sa.Connection, about: str, stamp: str, told: Mapping[str, Any]) -> None:
    import sqlalchemy as sa

    from trod.insights.findings.tables import FINDING_LOOK as LOOK

    con.execute(sa.delete(LOOK).where(LOOK.c.about == about))
    row = {"about": about, "stamp": stamp, "time_us": told["time_us"], "told": told}
    con.execute(sa.insert(LOOK), [row])


def _stamp(workspace: Workspace, con: sa.Connection) -> str:
    """Give a digest of everything that findings are made of: data, definitions, alerts, the way."""
    from trod.actions.alerts.life import standing

    project = workspace.project
    parts = sorted(
        (part.kind, part.sha256)
        for part in workspace.store.manifest.parts
        if part.kind not in _FOUND_BESIDE
    )
    specs = (project.sources, project.events, project.identity, project.journeys, project.metrics)
    told = [_METHOD, parts, repr(specs), repr(project.models), repr(project.insights)]
    told.append(standing(con))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _entries(
    workspace: Workspace, on: About, state: State, looked_us: int
) -> tuple[Entry, ...]:  # fmt: skip
    """Rank all findings of a journey, after counting the figures of the last look again."""
    from trod.insights.findings.ranking import rank
    from trod.insights.findings.registered import everything
    from trod.insights.interviews.kept import NOBODY, by_finding
    from trod.outcomes.kept import latest
    from trod.workspace.acting.past import past

    with state.read() as con:
        known = everything(con, journey=on.spec.name)
        asked = by_finding(con)
        effects = latest(con)
    mine = [each for each in known if each.finding.journey == "" or each.finding.unit == on.unit]
    _verify(workspace, on, [e for e in mine if e.last_us == looked_us])
    by_id = {each.finding.id: each for each in mine}
    found = [each.finding for each in mine]
    places = rank(
        found,
        workspace.project.insights.objectives,
        stages={on.spec.name: on.plan.stages},
        priors=past(workspace, on, found, effects),
        currency=on.journeys.currency,
    )
    return tuple(
        Entry(place, by_id[place.finding.id], asked.get(place.finding.id, NOBODY))
        for place in places
    )


def _verify(workspace: Workspace, on: About, some: Sequence[Registered]) -> None:
    """Count every figure of some findings again; those of other units on their own journeys."""
    from trod.insights.findings.recount import verify
    from trod.workspace.acting.about import about

    for unit in sorted({each.finding.unit for each in some}):
        mine = [each.finding for each in some if each.finding.unit == unit]
        ground = on if unit == on.unit else about(workspace, on.named, unit)
        verify(mine, ground.journeys, ground.plan)
