"""The records of a text file as they stand in it: their bytes, uncut, and where they begin.

DuckDB reads values; it does not keep what they were read from, and a quote in the wrong place makes
it lose the lines behind. Here a file is cut into records without reading their values, by a
compiled loop, piece by piece. It is asked only where quotes stand in a file, or where some of its
rows could not be taken.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from trod._kernels.cut import BLANK, GOOD, MISPLACED, NOTHING, UNCLOSED, cut
from trod.sources.dialect import Dialect
from trod.sources.limits import LIMITS
from trod.sources.text import magic, opened

if TYPE_CHECKING:
    import gzip
    import io

_PIECE: Final = 4 << 20
_ROOM: Final = 1 << 17  # records of a piece, at most: lines may be a byte long
CODES: Final = {MISPLACED: "quote_misplaced", UNCLOSED: "quote_never_closed"}
"""What is wrong with the quotes of a record."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What must be known of a text file to cut it into records."""

    encoding: str
    delimiter: str = ""  # "" where a line is a record
    quote: str = ""
    escape: str = ""
    skip: int = 0  # lines before the header, or before the first record
    header: bool = False
    longest: int = LIMITS.row  # bytes of a record in quotes, at most

    @classmethod
    def of(cls, dialect: Dialect | None, encoding: str, longest: int = LIMITS.row) -> Layout:
        """Give the layout of a CSV file, or of a file with a record on each line."""
        if dialect is None:
            return cls(encoding, longest=longest)
        return cls(
            encoding,
            dialect.delimiter,
            dialect.quote,
            dialect.escape,
            dialect.skip,
            dialect.header,
            longest,
        )

    @property
    def is_utf8(self) -> bool:
        """Whether the bytes of the file can be cut as they are."""
        return self.encoding in ("utf-8", "utf-8-sig", "ascii")


class Piece(NamedTuple):
    """Some records of a file, in order."""

    text: bytes  # in UTF-8, or as it stands in the file where that is not UTF-8 throughout
    starts: NDArray[np.int64]  # (n,)
    ends: NDArray[np.int64]  # (n,) line ends included
    status: NDArray[np.uint8]  # (n,) GOOD, BLANK or what is wrong with its quotes
    line: NDArray[np.int64]  # (n,) of the file, from 1

    def record(self, i: int) -> bytes:
        """Give a record without its line end."""
        return self.text[self.starts[i] : self.ends[i]].rstrip(b"\r\n")


def bad_quotes(path: Path, layout: Layout) -> dict[str, int]:
    """Count the records whose quotes are wrong, by the code of the reason."""
    found: dict[str, int] = {}
    for piece in pieces(path, layout):
        for status, code in CODES.items():
            if n := int(np.count_nonzero(piece.status == status)):
                found[code] = found.get(code, 0) + n
    return found


def mended(path: Path, layout: Layout, copy: Path) -> None:
    """Write the file without the records whose quotes are wrong, in UTF-8."""
    with copy.open("wb") as out:
        for piece in pieces(path, layout, skipped=True):
            bad = np.flatnonzero(piece.status > BLANK)
            inner = (int(edge) for i in bad for edge in (piece.starts[i], piece.ends[i]))
            edges = [int(piece.starts[0]), *inner, int(piece.ends[-1])]
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                out.write(piece.text[start:end])


def pieces(path: Path, layout: Layout, *, skipped: bool = False) -> Iterator[Piece]:
    """Give all records of a file, the header among them, piece by piece.

    Parameters
    ----------
    path
        The file, plain or compressed.
    layout
        How it is cut.
    skipped
        Also give the lines before the header, as records.
    """
    with opened(path) as file:
        read = reader(file, layout)
        line, text, final = 1, b"", False
        skip = layout.skip
        while not final:
            more = read()
            final = not more
            text += more
            while skip and (end := _first_line(text, final=final)):
                if skipped:
                    yield _one_line(text[:end], line)
                text, skip, line = text[end:], skip - 1, line + 1
            if skip and not final:
                continue
            start, full = 0, bool(text)
            while full:
                found, start, lines = _cut(text, start, layout, line, final=final)
                line += lines
                full = found.ends.size == _ROOM
                if found.ends.size:
                    yield found
            text = text[start:]


def _first_line(text: bytes, *, final: bool) -> int:
    """Give the place behind the first line; 0 if it is not sure where it ends."""
    ends = [at for at in (text.find(b"\n"), text.find(b"\r")) if at >= 0]
    if not ends:
        return len(text) if final else 0
    end = min(ends)
    if text[end : end + 1] == b"\r" and end + 1 == len(text) and not final:
        return 0
    return end + 2 if text[end : end + 2] == b"\r\n" else end + 1


def _one_line(text: bytes, line: int) -> Piece:
    return Piece(
        text,
        np.zeros(1, np.int64),
        np.full(1, len(text), np.int64),
        np.full(1, GOOD, np.uint8),
        np.full(1, line, np.int64),
    )


def _cut(
    text: bytes, start: int, layout: Layout, line: int, *, final: bool
) -> tuple[Piece, int, int]:
    """Give the next records of a text, where they end, and how many lines they take."""
    room = min(len(text) - start, _ROOM)
    ends, lines = np.empty(room, np.int64), np.empty(room, np.int64)
    status = np.empty(room, np.uint8)
    # Without a delimiter a record ends with its line: a byte that UTF-8 never uses cuts nothing.
    delimiter = np.frombuffer((layout.delimiter.encode() or b"\xff"), np.uint8)
    n, end, passed = cut(
        np.frombuffer(text, np.uint8),
        start,
        final,
        delimiter,
        ord(layout.quote) if layout.quote else NOTHING,
        ord(layout.escape) if layout.escape else NOTHING,
        layout.longest,
        ends,
        status,
        lines,
    )
    starts = np.concatenate([np.full(1, start, np.int64), ends[:n]])[:n]
    return Piece(text, starts, ends[:n], status[:n], lines[:n] + line), end, passed


def reader(file: gzip.GzipFile | io.BufferedReader, layout: Layout) -> Callable[[], bytes]:
    """Give what reads the next piece of a file, in UTF-8, without a mark at its beginning."""
    start = file.read(4)
    if layout.is_utf8:
        waiting = [start.removeprefix(codecs.BOM_UTF8)]
        return lambda: waiting.pop() + file.read(_PIECE) if waiting else file.read(_PIECE)
    decoder = codecs.getincrementaldecoder(layout.encoding)()
    waiting_text = [decoder.decode(start)]

    def read() -> bytes:
        while piece := file.read(_PIECE):
            text = (waiting_text.pop() if waiting_text else "") + decoder.decode(piece)
            if text:
                return text.removeprefix("\ufeff").encode()
        return ((waiting_text.pop() if waiting_text else "") + decoder.decode(b"", True)).encode()

    return read


def without_mark(encoding: str, path: Path) -> str:
    """Name the encoding of a file so that no byte order mark is written before each record."""
    if encoding == "utf-8-sig":
        return "utf-8"
    if encoding not in ("utf-16", "utf-32"):
        return encoding
    start = magic(path)
    big = start.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    return f"{encoding}-{'be' if big else 'le'}"
