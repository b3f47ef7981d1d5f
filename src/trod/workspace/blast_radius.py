"""What a statement about who is who would change, before anybody makes it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trod.identity.ids import ACCOUNT
from trod.identity.statements import Draft, state

if TYPE_CHECKING:
    from trod.identity.resolve import People
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.spec import JourneySpec
    from trod.workspace.folder import Workspace

NOBODY: Final = "nobody"
PERSON: Final = "person"
_LISTED: Final = 20
_STATUS: Final = ("open", "left", "done")
_ELSEWHERE: Final = -2  # a customer whom the other side does not know


class Moved(NamedTuple):
    """A customer who stands elsewhere than before; None where there is no such customer."""

    customer: str
    before: str | None
    after: str | None


class Figure(NamedTuple):
    """A number of the first journey, before and after."""

    name: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class BlastRadius:
    """All that changes: counts whole, lists by their first entries.

    Attributes
    ----------
    people, journeys
        How many there are, before and after; people without a touchpoint walk no journey.
    n_journeys_changed
        People, before or after, whose touchpoints change.
    people_changed
        Canonical ids of people, before or after, whose ids or touchpoints change.
    ids, touchpoints, accounts
        How many belong to somebody else than before; accounts whose touchpoints or people change.
    moved
        Customers of the first journey whose stage or outcome changes.
    headline
        Figures of the first journey that a map shows on top, changed or not.
    overruled
        Numbers of earlier statements that are overruled from then on.
    """

    people: tuple[int, int]
    journeys: tuple[int, int]
    n_journeys_changed: int
    people_changed: tuple[str, ...]
    n_people_changed: int
    ids: int
    ids_changed: tuple[tuple[str, str, str, str], ...]  # kind, id, person before, after
    touchpoints: int
    accounts: int
    journey: str
    unit: str  # whom that journey counts: person or account
    moved: tuple[Moved, ...]
    n_moved: int
    headline: tuple[Figure, ...]
    overruled: tuple[int, ...]


def blast_radius(workspace: Workspace, drafts: Sequence[Draft]) -> BlastRadius:
    """Say what would change if statements were made; nothing is written to the workspace.

    The workspace as it would be is built beside it from the same log, so what is said here is
    what happens. It costs about as much as ordering the journeys anew.
    """
    from trod.journeys.suggest import suggest

    with as_stated(workspace, drafts) as then:
        before, after = workspace.people(), then.people()
        ids = _ids_changed(before, after)
        rows = _Rows.of(before, after)
        spec = workspace.project.journey() or suggest(workspace.journeys())
        now, later = (_standing(side, spec) for side in (workspace, then))
        moved = _moved(now, later)
        workspace.progress.done()
        changed = sorted(
            {*rows.people, *(name for change in ids for name in change[2:])} - {NOBODY}
        )
        return BlastRadius(
            (before.n_people, after.n_people),
            (_persons(workspace, now), _persons(then, later)),
            len(rows.people),
            tuple(changed[:_LISTED]),
            len(changed),
            len(ids),
            tuple(ids[:_LISTED]),
            rows.touchpoints,
            rows.accounts,
            now.plan.journey,
            spec.unit,
            tuple(moved[:_LISTED]),
            len(moved),
            _headline(now, later),
            tuple(sorted({*after.stated.overruled} - {*before.stated.overruled})),
        )


@contextmanager
def as_stated(workspace: Workspace, drafts: Sequence[Draft]) -> Iterator[Workspace]:
    """Give the workspace as it would be with more statements, in a folder of its own."""
    from trod.workspace.folder import Workspace as Folder

    with tempfile.TemporaryDirectory(prefix="trod-") as home:
        store = workspace.store.beside(Path(home))
        state(store, drafts, by=NOBODY, at_us=0)
        yield Folder(workspace.project, store)


def _ids_changed(before: People, after: People) -> list[tuple[str, str, str, str]]:
    """List the ids that belong to somebody else: the log is the same, so are the numbers."""
    now, then = (side.names_of_ids().fill_null(NOBODY) for side in (before, after))
    differs = pc.not_equal(now, then).to_numpy(zero_copy_only=False)
    changed = np.flatnonzero(differs)
    names = zip(now.take(changed).to_pylist(), then.take(changed).to_pylist(), strict=True)
    return [
        (*before.ids.name(int(id_)), old, new)
        for id_, (old, new) in zip(changed, names, strict=True)
    ]


class _Rows(NamedTuple):
    """Touchpoints that belong to somebody else."""

    touchpoints: int
    accounts: int
    people: frozenset[str]

    @classmethod
    def of(cls, before: People, after: People) -> _Rows:
        """Compare row by row."""
        same = {unit: _same(before, after, unit) for unit in (PERSON, ACCOUNT)}
        n, people, accounts = 0, set[str](), set[str]()
        for one, other in zip(before.ids.parts, after.ids.parts, strict=True):
            if one.part.kind != "touchpoints":
                continue
            for unit, into in ((PERSON, people), (ACCOUNT, accounts)):
                now, then = before.of_rows(one, unit), after.of_rows(other, unit)
                moved = now != same[unit][then]
                n += int(moved.sum()) if unit == PERSON else 0
                into.update(_names(before, now[moved], unit), _names(after, then[moved], unit))
        return cls(n, len(accounts), frozenset(people))


def _same(before: People, after: People, unit: str) -> NDArray[np.int64]:
    """Give the number before of each customer after, _ELSEWHERE for new ones; -1 stays -1."""
    found = pc.index_in(after.names(unit), value_set=before.names(unit)).fill_null(_ELSEWHERE)
    return np.append(found.to_numpy(zero_copy_only=False).astype(np.int64), -1)


def _names(people: People, numbers: NDArray[np.int32], unit: str) -> set[str]:
    there = np.unique(numbers[numbers >= 0])
    return set(people.names(unit).take(pa.array(there)).to_pylist())


class _Standing(NamedTuple):
    """Where every customer of the first journey stands."""

    journeys: Journeys
    plan: StagePlan
    customer: pa.StringArray
    place: NDArray[np.int64]  # (n_customers,) stage and outcome as one number, -1 outside


def _standing(workspace: Workspace, spec: JourneySpec) -> _Standing:
    from trod.journeys.passage import compile_plan, passages

    journeys = workspace.journeys(spec.unit)
    plan = compile_plan(spec, journeys).remembering()
    names, places = [pa.array([], pa.string())], [np.zeros(0, np.int64)]
    for batch in journeys:
        walked = passages(batch, plan)
        inside = walked.furthest >= 0
        names.append(batch.customer)
        places.append(np.where(inside, walked.furthest * len(_STATUS) + walked.status, -1))
    return _Standing(journeys, plan, pa.concat_arrays(names), np.concatenate(places))


def _persons(workspace: Workspace, standing: _Standing) -> int:
    """Count the persons who have journeys."""
    found = standing.journeys
    return (found if found.unit == PERSON else workspace.journeys(PERSON)).n_customers


def _moved(now: _Standing, then: _Standing) -> list[Moved]:
    """List the customers who stand elsewhere, appear, or are gone, by name."""
    place = pc.index_in(then.customer, value_set=now.customer).fill_null(-1)
    at = place.to_numpy(zero_copy_only=False).astype(np.int64)
    old = np.append(now.place, _ELSEWHERE)[at]
    moved = [
        Moved(
            then.customer[int(i)].as_py(), _said(now, int(old[i])), _said(then, int(then.place[i]))
        )
        for i in np.flatnonzero(old != then.place)
    ]
    gone = np.setdiff1d(np.arange(len(now.customer)), at)
    moved += [
        Moved(now.customer[int(i)].as_py(), _said(now, int(now.place[i])), None) for i in gone
    ]
    return sorted(moved)


def _said(standing: _Standing, place: int) -> str | None:
    if place == _ELSEWHERE:
        return None
    if place < 0:
        return "outside"
    stage, status = divmod(place, len(_STATUS))
    return f"{standing.plan.stages[stage]}, {_STATUS[status]}"


def _headline(now: _Standing, then: _Standing) -> tuple[Figure, ...]:
    from trod.analyses.stages import stages

    before, after = (stages(side.journeys, side.plan).data for side in (now, then))
    figures = [Figure("customers", now.journeys.n_customers, then.journeys.n_customers)]
    for old_at, name in enumerate(before.stage):
        at = after.stage.index(name) if name in after.stage else None
        for word in ("reached", "left", "done"):
            new = 0 if at is None else int(getattr(after, word)[at])
            figures.append(Figure(f"{word} {name}", int(getattr(before, word)[old_at]), new))
    return tuple(figures)
