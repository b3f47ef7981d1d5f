"""How much disk and memory a workspace takes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from trod.events.counted import count
from trod.identity.ids import KINDS_OF_PARTS

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace


class Holding(NamedTuple):
    """What lies in the store of a workspace."""

    touchpoints: int
    disk_bytes: int
    log_bytes: int  # cannot be made again
    journeys_bytes: int  # can; every analysis maps them into memory
    other_bytes: int
    beside_base: int  # rows of journeys that are not in their base yet

    def words(self) -> tuple[str, ...]:
        """Say it in lines for people."""
        lines = [
            f"{count(self.touchpoints, 'touchpoint')} on record in {in_bytes(self.disk_bytes)}: "
            f"{in_bytes(self.log_bytes)} of what arrived, {in_bytes(self.journeys_bytes)} of "
            f"journeys in order, {in_bytes(self.other_bytes)} beside.",
            f"An analysis of all customers maps up to {in_bytes(self.journeys_bytes)} into memory.",
        ]
        if self.beside_base:
            lines.append(
                f"Beside the base of the journeys lies a delta of "
                f"{count(self.beside_base, 'row')}, which joins it when it exceeds 2 % of it."
            )
        return tuple(lines)


def holding(space: Workspace) -> Holding:
    """Add up what the store of a workspace holds."""
    parts = space.store.manifest.parts
    by_kind: Counter[str] = Counter()
    for part in parts:
        by_kind[part.kind] += part.bytes
    log = sum(by_kind[kind] for kind in KINDS_OF_PARTS)
    journeys = sum(n for kind, n in by_kind.items() if kind.startswith("journeys/"))
    beside = [p for p in parts if p.facts.get("holds") == "delta" and p.facts["of"] == "events"]
    return Holding(
        sum(part.rows for part in parts if part.kind == "touchpoints"),
        by_kind.total(),
        log,
        journeys,
        by_kind.total() - log - journeys,
        sum(part.rows for part in beside),
    )


def in_bytes(n: int) -> str:
    """Say how much it is, as people do."""
    return f"{n / 1e9:.1f} GB" if n >= 1e9 else f"{max(n / 1e6, 0.1):.1f} MB"
