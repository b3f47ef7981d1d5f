"""Calls to the disk in the order that survives a crash at any of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NamedTuple

from trod._store.fs import FileSystem
from trod._store.watched import Watched

Write = Callable[[BinaryIO], object]


class Written(NamedTuple):
    """What a file holds, as it was handed to the disk."""

    sha256: str
    bytes: int


def write_file(files: FileSystem, path: Path, content: Write) -> Written:
    """Create a file, let `content` fill it, and return when the disk has its content.

    Its name is not on the disk before the folder is synced. Where anything fails, no file is left.
    """
    file = files.create(path)
    try:
        try:
            watched = Watched(file)
            content(watched)
            watched.finish()
            file.sync()
        finally:
            file.close()
    except BaseException:
        with suppress(OSError):
            files.remove(path)
        raise
    return Written(watched.sha256.hexdigest(), watched.size)


def make_folders(files: FileSystem, folder: Path) -> list[Path]:
    """Create a folder and those above it. Give the folders whose names must then be synced."""
    missing = []
    while not files.exists(folder):
        missing.append(folder)
        folder = folder.parent
    for made in reversed(missing):
        files.make_folder(made)
    return [made.parent for made in missing]


def between(folder: Path, top: Path) -> list[Path]:
    """List a folder and those above it, up to `top`."""
    above = [folder]
    while above[-1] != top:
        above.append(above[-1].parent)
    return above
