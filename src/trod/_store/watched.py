"""A file that knows the checksum and the size of what was written to it."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Watched(io.RawIOBase, BinaryIO):
    """Pass bytes on to a file, counting and hashing them on the way."""

    def __init__(self) -> None:
        self.file: BinaryIO = io.BytesIO()
        self.sha256 = hashlib.sha256()
        self.size = 0

    def writable(self) -> bool:
        """Say that bytes may be written."""
        return True

    def write(self, content: ReadableBuffer, /) -> int:
        """Pass bytes on."""
        block = memoryview(content).cast("B")
        self.file.write(block)
        self.sha256.update(block)
        self.size += len(block)
        return len(block)

    def tell(self) -> int:
        """Say how many bytes were written."""
        return self.size
