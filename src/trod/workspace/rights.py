"""Who else on this machine can read what a workspace keeps."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from trod._store.sweep import STATE

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

_READ: Final = 0o044
_LOOK_IN: Final = 0o055


class Open(NamedTuple):
    """A place that others may read."""

    path: Path
    mode: str  # as chmod writes it, such as 755
    better: str

    def words(self) -> str:
        """Say it in a line for people."""
        at = shlex.quote(str(self.path))
        return (
            f"Others on this machine can read {self.path} (mode {self.mode}), and it holds "
            f"personal data. `chmod {self.better} {at}` makes it yours alone."
        )


def open_to_others(space: Workspace) -> tuple[Open, ...]:
    """Name what a workspace keeps that others may read: made by an older Trod, or opened since.

    Nothing is changed: somebody may have meant it so. What lies in a folder that is closed to them
    is closed.
    """
    folder = space.store.folder
    if os.name != "posix" or not (mode := _mode(folder)) & _LOOK_IN:
        return ()
    found = [Open(folder, f"{mode:o}", "700")]
    for file in sorted(folder.glob(f"{STATE}*")):
        if (mode := _mode(file)) & _READ:
            found.append(Open(file, f"{mode:o}", "600"))
    return tuple(found)


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777
