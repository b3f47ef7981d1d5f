"""The one door to the disk for everything that must survive a crash: the calls a kernel offers.

Nothing here is on the disk before `sync` (a file's content) or `sync_folder` (the names in it)
returns; `durable.py` puts the calls in the order that makes them safe. Tests put a disk in its
place that loses, tears and reorders all that was not synced, at any call.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from trod._store.lock import writer_lock

SCRATCH = "scratch"
_MINE = 0o700  # a store holds personal data, whatever the umask lets others see


class OpenFile(Protocol):
    """A new file that is being written, from its beginning to its end."""

    def write(self, block: memoryview, /) -> int:
        """Hand bytes over; the kernel may take fewer than given, and says how many."""
        ...

    def sync(self) -> None:
        """Return when the disk has the content. Where this fails, any of it may be lost."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class FileSystem(Protocol):
    """What the store needs from a disk."""

    def create(self, path: Path) -> OpenFile:
        """Make an empty file, in place of the content of any file of that name."""
        ...

    def read(self, path: Path) -> bytes:
        """Give the whole content of a file."""
        ...

    def map(self, path: Path) -> pa.Buffer:
        """Give the content of a file as memory that is read when touched."""
        ...

    def exists(self, path: Path) -> bool:
        """Say whether there is a file or a folder."""
        ...

    def rename(self, old: Path, new: Path) -> None:
        """Give a file a new name, in place of any file of that name, at once or not at all."""
        ...

    def remove(self, path: Path) -> None:
        """Delete a file; a file that is gone already is no fault."""
        ...

    def list(self, folder: Path) -> list[Path]:
        """List all files below a folder, in order of their paths."""
        ...

    def modified(self, path: Path) -> float:
        """Say when a file was last written, in seconds since 1970."""
        ...

    def make_folder(self, folder: Path) -> None:
        """Create one folder in a folder that is there; one that exists is no fault."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in a folder are on the disk."""
        ...

    def lock(self, folder: Path) -> AbstractContextManager[None]:
        """Hold the right to write to a folder; it ends with the process, however that ends."""
        ...

    def scratch(self, folder: Path) -> AbstractContextManager[Path]:
        """Make a folder of this machine for what need not survive, and remove it at the end."""
        ...


class LocalFile:
    """A new file on a disk of this machine."""

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o666)

    def write(self, block: memoryview, /) -> int:
        """Hand bytes over; the kernel may take fewer than given, and says how many."""
        return os.write(self._descriptor, block)

    def sync(self) -> None:
        """Return when the disk has the content. Where this fails, any of it may be lost."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


class LocalFiles:
    """Files on a disk of this machine."""

    def create(self, path: Path) -> OpenFile:
        """Make an empty file, in place of the content of any file of that name."""
        return LocalFile(path)

    def read(self, path: Path) -> bytes:
        """Give the whole content of a file."""
        return path.read_bytes()

    def map(self, path: Path) -> pa.Buffer:
        """Give the content of a file as memory that is read when touched."""
        # Not by Python's mmap: Arrow's threads let go of it late, some while Python ends, and the
        # process would be aborted for it.
        with pa.memory_map(str(path)) as file:
            return file.read_buffer()

    def exists(self, path: Path) -> bool:
        """Say whether there is a file or a folder."""
        return path.exists()

    def rename(self, old: Path, new: Path) -> None:
        """Give a file a new name, in place of any file of that name, at once or not at all."""
        old.replace(new)

    def remove(self, path: Path) -> None:
        """Delete a file; a file that is gone already is no fault."""
        path.unlink(missing_ok=True)

    def list(self, folder: Path) -> list[Path]:
        """List all files below a folder, in order of their paths."""
        return sorted(path for path in folder.rglob("*") if path.is_file())

    def modified(self, path: Path) -> float:
        """Say when a file was last written, in seconds since 1970."""
        return path.stat().st_mtime

    def make_folder(self, folder: Path) -> None:
        """Create one folder in a folder that is there; one that exists is no fault."""
        folder.mkdir(_MINE, exist_ok=True)

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in a folder are on the disk."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def lock(self, folder: Path) -> AbstractContextManager[None]:
        """Hold the right to write to a folder; it ends with the process, however that ends."""
        return writer_lock(folder)

    @contextmanager
    def scratch(self, folder: Path) -> Iterator[Path]:
        """Make a folder of this machine for what need not survive, and remove it at the end."""
        room = folder / SCRATCH
        room.mkdir(_MINE, exist_ok=True)
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)
