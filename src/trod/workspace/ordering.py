"""The journeys of a workspace: ids joined, touchpoints in order, opened once for many askers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from trod.errors import DataError, DefinitionError
from trod.workspace import ledger, left_out, who

if TYPE_CHECKING:
    from trod._store.manifest import Manifest
    from trod.journeys.batch import Journeys
    from trod.project import Project
    from trod.workspace.folder import Workspace

UNITS: Final = ("person", "account")


@dataclass(slots=True, eq=False)
class Opened:
    """Journeys by unit, for as long as neither the store nor the project is another."""

    manifest: Manifest | None = None
    project: Project | None = None
    by_unit: dict[str, Journeys] = field(default_factory=dict)

    def at(self, workspace: Workspace) -> dict[str, Journeys]:
        """Give what is open of a workspace as it is now; nothing where it has gone on."""
        manifest, project = workspace.store.manifest, workspace.project
        if self.manifest is not manifest or self.project is not project:
            self.manifest, self.project, self.by_unit = manifest, project, {}
        return self.by_unit


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
    if (known := workspace.opened.at(workspace).get(unit)) is not None:
        return known
    if behind(workspace, f"journeys/{unit}"):
        order(workspace)
    found = _load(workspace, unit)
    workspace.opened.at(workspace)[unit] = found
    return found


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
    return laid_over(workspace, replace(found, named=named(store, unit, workspace)))
