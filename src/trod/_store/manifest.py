"""The list of files that make up the workspace at one moment.

A file that the manifest does not name does not exist for readers. A new manifest takes the place
of the old one by one rename, so there is nothing between before and after.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from trod._store.durable import write_file
from trod._store.fs import FileSystem
from trod.errors import StoreError

NAME: Final = "MANIFEST"
NEW: Final = f"{NAME}.new"
FORMAT: Final = 1
_KEYS: Final = {"format", "serial", "parts"}
_CHECKSUM: Final = re.compile(r'\{\n "checksum": "([0-9a-f]{64})",\n')
_RESTORE: Final = "Restore it from a backup, or remove the store and ingest again."


@dataclass(frozen=True, slots=True)
class Part:
    """One immutable file."""

    kind: str  # what it holds, such as "touchpoints" or "journeys/person"
    path: str  # below the folder of the store, with forward slashes
    sha256: str
    bytes: int
    rows: int
    facts: Mapping[str, Any] = field(default_factory=dict)  # what its room wants to remember


_COLUMNS: Final = tuple(column.name for column in fields(Part))


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of the store at one moment."""

    serial: int = 0  # one more with every commit
    parts: tuple[Part, ...] = ()

    def of(self, kind: str) -> tuple[Part, ...]:
        """Give the parts of one kind, in the order in which they were written."""
        return tuple(part for part in self.parts if part.kind == kind)

    def to_json(self) -> str:
        """Write the manifest in the one way it can be written, under a checksum of its text."""
        content = {
            "format": FORMAT,
            "serial": self.serial,
            "parts": [{name: getattr(part, name) for name in _COLUMNS} for part in self.parts],
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        return f'{{\n "checksum": "{_sha256(text)}",\n{text.removeprefix(_OPENING)}'

    @classmethod
    def from_json(cls, text: str, *, where: Path) -> Manifest:
        """Read what `to_json` wrote, or what a trod wrote that kept no checksum yet."""
        try:
            content = json.loads(_checked(text))
            if content["format"] > FORMAT:
                raise StoreError(
                    f"{where}: written by a newer trod (format {content['format']}, this one "
                    f"reads {FORMAT}). Upgrade trod."
                )
            if unknown := content.keys() - _KEYS:
                raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
            return cls(content["serial"], tuple(Part(**part) for part in content["parts"]))
        except (ValueError, KeyError, TypeError) as problem:
            raise StoreError(f"{where}: damaged manifest ({problem}). {_RESTORE}") from problem


_OPENING: Final = "{\n"


def _checked(text: str) -> str:
    """Give the text of a manifest without its checksum, after comparing it with that."""
    told = _CHECKSUM.match(text)
    if told is None:
        return text
    rest = _OPENING + text[told.end() :]
    if _sha256(rest) != told[1]:
        raise ValueError("wrong checksum")
    return rest


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(files: FileSystem, folder: Path) -> Manifest:
    """Read the manifest of a store."""
    path = folder / NAME
    try:
        text = files.read(path).decode()
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise StoreError(f"{folder} is not a trod store: it has no {NAME}.") from problem
    except UnicodeDecodeError as problem:
        raise StoreError(f"{path}: damaged manifest (not text). {_RESTORE}") from problem
    except OSError as problem:
        raise StoreError(f"{path} cannot be read: {problem}.") from problem
    return Manifest.from_json(text, where=path)


def write_manifest(files: FileSystem, folder: Path, manifest: Manifest) -> None:
    """Write a manifest beside the one that counts, and return when the disk has it."""
    content = manifest.to_json().encode()
    write_file(files, folder / NEW, lambda file: file.write(content))


def swap_manifest(files: FileSystem, folder: Path) -> None:
    """Put the new manifest in the place of the one before, at once or not at all."""
    files.rename(folder / NEW, folder / NAME)
    files.sync_folder(folder)
