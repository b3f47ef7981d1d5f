"""A file that knows the checksum and the size of what was written to it."""

from __future__ import annotations

import errno
import hashlib
import io
from typing import TYPE_CHECKING, BinaryIO, Final

from trod._store.fs import OpenFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

BLOCK_BYTES: Final = 1 << 16
"""Bytes that are collected before they are passed on."""


class Watched(io.RawIOBase, BinaryIO):
    """Pass bytes on to a file, all of them, counting and hashing them on the way."""

    def __init__(self, file: OpenFile) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()
        self.size = 0
        self._waiting = bytearray()

    def writable(self) -> bool:
        """Say that bytes may be written."""
        return True

    def write(self, content: ReadableBuffer, /) -> int:
        """Take bytes, to pass them on in blocks."""
        block = memoryview(content).cast("B")
        self.size += len(block)
        if len(self._waiting) + len(block) < BLOCK_BYTES:
            self._waiting += block
        else:
            self.finish()
            self._pass_on(block)
        return len(block)

    def tell(self) -> int:
        """Say how many bytes were written."""
        return self.size

    def finish(self) -> None:
        """Pass on what waits. Not `flush`, which Python may call after the file was closed."""
        waiting, self._waiting = self._waiting, bytearray()
        self._pass_on(memoryview(waiting))

    def _pass_on(self, block: memoryview) -> None:
        """Hand a block to the kernel until it has taken all of it."""
        self.sha256.update(block)
        while block:
            taken = self.file.write(block)
            if taken <= 0:
                raise OSError(errno.EIO, "the disk takes no more bytes")
            block = block[taken:]
