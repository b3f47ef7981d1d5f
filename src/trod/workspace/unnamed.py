"""Sources that are on record and that trod.yml names no more."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from trod.events.counted import count

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace


def unnamed(space: Workspace) -> tuple[str, ...]:
    """Say which rows count although no source of trod.yml brings them, a sentence for each.

    A source that is gone may go on counting; one with another name now counts twice.
    """
    from trod.workspace.acting.interventions import SOURCE

    named = {spec.name for spec in space.project.sources} | {SOURCE}
    rows: Counter[str] = Counter()
    for kind in ("touchpoints", "attributes"):
        for part in space.store.manifest.of(kind):
            rows[str(part.facts["source"])] += part.rows
    return tuple(
        f"{count(rows[source], 'row')} of source {source!r} are on record and count, though no "
        "source has this name any more. If it has another name now, they count twice: give it its "
        f"old name back, or remove {space.store.folder} and ingest again."
        for source in sorted(rows)
        if source not in named
    )
