"""The one door to the disk for everything that must survive a crash.

What is written here is on the disk when the call returns. Tests put a file system in its place
that fails at any call they choose.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import pyarrow as pa

Write = Callable[[BinaryIO], object]


class FileSystem(Protocol):
    """What the store needs from a disk."""

    def write(self, path: Path, content: Write) -> None:
        """Create a file, let `content` fill it, and return when the disk has it."""
        ...

    def read(self, path: Path) -> bytes:
        """Give the whole content of a file."""
        ...

    def map(self, path: Path) -> pa.Buffer:
        """Give the content of a file as memory that is read when touched."""
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
        """Create a folder and those above it, and return when the disk has them."""
        ...

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in a folder are on the disk."""
        ...


class LocalFiles:
    """Files on a disk of this machine."""

    def write(self, path: Path, content: Write) -> None:
        """Create a file, let `content` fill it, and return when the disk has it."""
        with path.open("wb") as file:
            content(file)
            file.flush()
            os.fsync(file.fileno())

    def read(self, path: Path) -> bytes:
        """Give the whole content of a file."""
        return path.read_bytes()

    def map(self, path: Path) -> pa.Buffer:
        """Give the content of a file as memory that is read when touched."""
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size == 0:
                return pa.py_buffer(b"")
            return pa.py_buffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))

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
        """Create a folder and those above it, and return when the disk has them."""
        missing = [at for at in (folder, *folder.parents) if not at.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for made in missing:
            self.sync_folder(made.parent)

    def sync_folder(self, folder: Path) -> None:
        """Return when the names in a folder are on the disk."""
        with _opened(folder) as descriptor:
            os.fsync(descriptor)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
