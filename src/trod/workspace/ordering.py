"""The journeys of a workspace: ids joined, touchpoints in order, opened once for many askers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from trod.errors import DataError, DefinitionError
from trod.workspace import ledger, left_out, who

if TYPE_CHECKING:
    from trod._store.manifest import Manifest
    from trod.journeys.batch import Journeys
    from trod.project import Project
    from trod.workspace.folder import Workspace

T = TypeVar("T")

UNITS: Final = ("person", "account")


@dataclass(slots=True, eq=False)
class Opened:
    """What was opened or counted, for as long as neither the store nor the project is another.

    Only what follows from these two belongs here: nothing that hangs on the clock, or on what
    people decided.
    """

    manifest: Manifest | None = None
    project: Project | None = None
    by_question: dict[object, Any] = field(default_factory=dict)

    def once(self, workspace: Workspace, question: object, answer: Callable[[], T]) -> T:
        """Give the answer to a question about a workspace as it is now, found once."""
        known = self._now(workspace)
        if question in known:
            found: T = known[question]
            return found
        found = answer()
        self._now(workspace)[question] = found  # what was asked may have written: look again
        return found

    def _now(self, workspace: Workspace) -> dict[object, Any]:
        manifest, project = workspace.store.manifest, workspace.project
        if self.manifest is not manifest or self.project is not project:
            self.manifest, self.project, self.by_question = manifest, project, {}
        return self.by_question


def order(workspace: Workspace) -> None:
    """Join ids to people, and sort their touchpoints, where that was not done yet."""
    from trod.journeys.refresh import refresh
    from trod.workspace.moods import keep as keep_moods

    if not behind(workspace, who.KIND):
        return
    workspace.progress.stage("Joining ids to people")
    people = workspace.people()
    workspace.progress.stage("Ordering journeys")
    events = workspace.project.events
    refresh(
        workspace.store,
        people,
        UNITS,
        order=events.order,
        names=events.names,
        also=lambda tx: who.write(tx, people),
    )
    keep_moods(workspace)


def behind(workspace: Workspace, kind: str) -> bool:
    """Say whether something was made of an older log, or by an older trod.yml."""
    from trod.journeys.origin import is_current

    store = workspace.store
    if not store.manifest.of(kind):
        return True
    identity, events = workspace.project.identity, workspace.project.events
    return not all(
        is_current(store, unit, identity=identity, order=events.order, names=events.names)
        for unit in UNITS
    )


def journeys(workspace: Workspace, unit: str | None) -> Journeys:
    """Give all journeys of a unit; see `Workspace.journeys`."""
    declared = workspace.project.journey()
    chosen = unit or (declared.unit if declared else UNITS[0])
    if chosen not in UNITS:
        raise DefinitionError([f"unit {chosen!r} is not known. Write person or account."])
    if not workspace.store.manifest.of("touchpoints"):
        raise DataError(left_out.why_empty(workspace))
    found = _of(workspace, chosen)
    if unit is None and declared is None and not found.n_customers:
        accounts = _of(workspace, "account")
        return accounts if accounts.n_customers else found
    if chosen == "account" and not found.n_customers:
        raise DataError(
            "no touchpoint names an account. Add `account:` to a source, or use unit person."
        )
    return found


def _of(workspace: Workspace, unit: str) -> Journeys:
    """Open the journeys of a unit, or give those that are open."""
    return workspace.opened.once(workspace, ("journeys", unit), lambda: _open(workspace, unit))


def _open(workspace: Workspace, unit: str) -> Journeys:
    if behind(workspace, f"journeys/{unit}"):
        order(workspace)
    return _load(workspace, unit)


def _load(workspace: Workspace, unit: str) -> Journeys:
    from trod.journeys.build import load
    from trod.workspace.lists import named
    from trod.workspace.moods import laid_over

    store = workspace.store
    found = load(
        store,
        unit,
        zone=workspace.zone,
        zone_assumed=any(ingest.zone_assumed for ingest in ledger.read(store)),
        currency=workspace.project.events.currency,
    )
    return laid_over(workspace, replace(found, lists=named(store, unit, workspace)))
