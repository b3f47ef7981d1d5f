"""The list of files that make up the workspace at one moment.

A file that the manifest does not name does not exist for readers. A new manifest takes the place
of the old one by one rename, so there is nothing between before and after.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from trod._store.fs import FileSystem
from trod.errors import StoreError

NAME: Final = "MANIFEST"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable file."""

    kind: str  # what it holds, such as "touchpoints" or "journeys/person"
    path: str  # below the folder of the store, with forward slashes
    sha256: str
    bytes: int
    rows: int
    facts: Mapping[str, Any] = field(default_factory=dict)  # what its room wants to remember


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of the store at one moment."""

    serial: int = 0  # one more with every commit
    parts: tuple[Part, ...] = ()

    def of(self, kind: str) -> tuple[Part, ...]:
        """Give the parts of one kind, in the order in which they were written."""
        return tuple(part for part in self.parts if part.kind == kind)

    def to_json(self) -> str:
        """Write the manifest in the one way it can be written."""
        content = {
            "format": FORMAT,
            "serial": self.serial,
            "parts": [asdict(part) for part in self.parts],
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, *, where: Path) -> Manifest:
        """Read what `to_json` wrote."""
        try:
            content = json.loads(text)
            if content["format"] > FORMAT:
                raise StoreError(
                    f"{where}: written by a newer trod (format {content['format']}, this one "
                    f"reads {FORMAT}). Upgrade trod."
                )
            return cls(content["serial"], tuple(Part(**part) for part in content["parts"]))
        except (ValueError, KeyError, TypeError) as problem:
            raise StoreError(
                f"{where}: damaged manifest ({problem}). Restore it from a backup, or remove the "
                f"folder {where.parent} and ingest again."
            ) from problem


def read_manifest(files: FileSystem, folder: Path) -> Manifest:
    """Read the manifest of a store."""
    path = folder / NAME
    try:
        text = files.read(path).decode()
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise StoreError(f"{folder} is not a trod store: it has no {NAME}.") from problem
    except UnicodeDecodeError as problem:
        raise StoreError(f"{path}: damaged manifest (not text).") from problem
    return Manifest.from_json(text, where=path)


def swap_manifest(files: FileSystem, folder: Path, manifest: Manifest) -> None:
    """Put a manifest in the place of the one before, at once or not at all."""
    new = folder / f"{NAME}.new"
    content = manifest.to_json().encode()
    files.write(new, lambda file: file.write(content))
    files.rename(new, folder / NAME)
    files.sync_folder(folder)
