"""Remove files that no manifest names, without ever removing one that may be wanted again."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from trod._store.fs import SCRATCH, FileSystem
from trod._store.lock import NAME as LOCK
from trod._store.manifest import NAME as MANIFEST
from trod._store.manifest import NEW, Manifest

STATE: Final = "state.db"
"""The database of decisions, with the files that SQLite keeps beside it: no manifest names it."""
PROBE: Final = "probe-"
"""Begins the names of empty files by which is tried whether anything can be written."""
GRACE_SECONDS: Final = 600.0
"""How long a file that no manifest names any more is kept for readers who may still open it."""


def sweep(
    files: FileSystem, folder: Path, manifest: Manifest, *, grace_seconds: float | None = None
) -> None:
    """Remove what a writer left behind that was stopped, and what was replaced long ago.

    What was stopped belongs to a manifest that never was: the one writer may remove it at any
    time. What was replaced is named by an older manifest. It goes only with `grace_seconds`,
    which is given only after a newer manifest was synced: before that, a power cut may bring the
    older one back. What cannot be removed stays for the next time.
    """
    kept = {MANIFEST, LOCK, *(part.path for part in manifest.parts)}
    with suppress(OSError):
        for path in files.list(folder):
            name = path.relative_to(folder).as_posix()
            if name in kept or name.startswith(STATE):
                continue
            if _never_was(name, manifest.serial) or (
                grace_seconds is not None and files.modified(path) <= time.time() - grace_seconds
            ):
                files.remove(path)


def _never_was(name: str, serial: int) -> bool:
    """Say whether a file was on its way into a manifest that was never swapped in."""
    if name == NEW or name.startswith((f"{SCRATCH}/", PROBE)):
        return True
    number = name.rsplit("/", 1)[-1].split("-", 1)[0]
    return number.isdecimal() and int(number) > serial
