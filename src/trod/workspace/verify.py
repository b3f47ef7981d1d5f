"""Which files of a workspace are no longer what was written, and what can be done about each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from trod.errors import StoreError
from trod.events.counted import count
from trod.identity.ids import KINDS_OF_PARTS
from trod.workspace import who

if TYPE_CHECKING:
    from trod._store.manifest import Part
    from trod._store.store import Damage, Store
    from trod.workspace.folder import Workspace

DERIVED: Final = ("journeys/", who.KIND)
"""Kinds that are made from the log and from trod.yml, and can be made again."""


class Fault(NamedTuple):
    """A damaged or missing file."""

    file: str  # below the folder of the store
    kind: str
    what: str  # is wrong with it
    derived: bool  # whether it can be made again from the log
    remedy: str


class Verified(NamedTuple):
    """What a comparison of all files with their checksums found."""

    files: int
    bytes: int
    faults: tuple[Fault, ...]

    def words(self) -> tuple[str, ...]:
        """Say it in lines for people: how many are right, then each that is not."""
        right = self.files - len(self.faults)
        head = f"{right:,} of {self.files:,} files are as they were written."
        if not self.faults:
            return (head.replace(f"{right:,} of {self.files:,}", f"All {self.files:,}"),)
        return (head, *(f"{fault.file}: {fault.what}. {fault.remedy}" for fault in self.faults))


def verify(store: Store) -> Verified:
    """Compare every file that the manifest names with its checksum."""
    parts = store.manifest.parts
    faults = tuple(_fault(damage) for damage in store.damaged())
    return Verified(len(parts), sum(part.bytes for part in parts), faults)


def repair(space: Workspace) -> tuple[Fault, ...]:
    """Where a derived file is damaged, throw all of them away and make them again from the log.

    Returns
    -------
    tuple of Fault
        What was made again.

    Raises
    ------
    StoreError
        If a file of the log is damaged: what is made from it would be wrong, so nothing is.
    """
    faults = verify(space.store).faults
    if lost := [fault for fault in faults if fault.kind in KINDS_OF_PARTS]:
        lines = [f"{fault.file}: {fault.what}. {fault.remedy}" for fault in lost]
        raise StoreError(
            "\n".join([*lines, "Nothing was made again: the log must be whole first."])
        )
    again = tuple(fault for fault in faults if fault.derived)
    if again:
        with space.store.write() as tx:
            for kind in {part.kind for part in space.store.manifest.parts}:
                if kind.startswith(DERIVED):
                    tx.drop(kind)
            tx.commit()
        space.who()  # orders anew what is not there
    return again


def _fault(damage: Damage) -> Fault:
    part = damage.part
    derived = part.kind.startswith(DERIVED)
    return Fault(part.path, part.kind, damage.what, derived, _remedy(part, derived=derived))


def _remedy(part: Part, *, derived: bool) -> str:
    if derived:
        return "`trod verify --repair` makes it again from the log."
    if part.kind in KINDS_OF_PARTS:
        rows, file, source = part.rows, part.facts.get("file"), part.facts.get("source")
        return (
            f"It holds {count(rows, 'row')} of {file} (source {source}): restore it from a backup."
        )
    return "Restore it from a backup."
