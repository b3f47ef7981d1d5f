"""One writer at a time; the kernel lets go of the lock when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from trod.errors import StoreError

NAME: Final = "LOCK"


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write; raise StoreError, naming the holder, where another has it."""
    try:
        descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as problem:
        raise StoreError(f"{folder} cannot be locked: {problem}.") from problem
    try:
        _take(descriptor, folder)
        with suppress(OSError):  # on a full disk nobody learns who writes, but one writes
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise StoreError(
            f"{folder} is being written by process {holder}. Wait until it has finished."
        ) from problem
    except OSError as problem:
        raise StoreError(
            f"{folder} cannot be locked: {problem}. Keep the workspace on a disk of this machine."
        ) from problem
