"""What did not arrive in a workspace, and why, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from trod.events.counted import count
from trod.events.reasons import REASONS
from trod.workspace import ledger

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

_ONLY_ATTRIBUTES: Final = (
    "only attributes of customers stand in the files, and no touchpoint with a time. Add a file "
    "that says who did what and when; or, where a column of these says when something happened, "
    "name it in trod.yml under `time:` or `dates:`."
)


def rows_left_out(space: Workspace) -> tuple[str, ...]:
    """Say which rows did not arrive, with the file and the first row of each reason."""
    from trod.events.report import place

    lines = []
    for held in space.quarantined():
        at = f", {place(held.line, held.row)}" if held.line or held.row else ""
        rows, what = count(held.n, "row"), REASONS[held.code].what
        lines.append(f"{held.source}: {rows} quarantined: {what} (first {held.file}{at}).")
    lines += [line for ingest in ledger.read(space.store) for line in ingest.notes]
    return tuple(dict.fromkeys(lines))


def why_empty(space: Workspace) -> str:
    """Say why no touchpoint is stored."""
    from trod.events.mapping import kinds

    sources = [spec for spec in space.project.sources if spec.aside is None]
    timed = any("touchpoints" in kinds(spec) for spec in sources)
    if not timed and space.store.manifest.of("attributes"):
        return _ONLY_ATTRIBUTES
    if lost := rows_left_out(space):
        return "\n".join(["no row could be read as a touchpoint.", *lost])
    return "nothing was ingested yet. Run `trod ingest`."
