"""Text of any encoding and compression, levelled to what DuckDB reads: UTF-8, one kind of line end.

A file is looked at once from end to end (about 1 GB/s). Only a file that is not level is written
anew into the scratch folder, piece by piece, so memory stays small whatever the size.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa
from charset_normalizer import from_bytes

from trod.errors import DataError
from trod.sources.limits import LIMITS, check_packed
from trod.sources.spec import LimitsSpec

_PIECE: Final = 1 << 20
_SAMPLE: Final = 1 << 18
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MARKED: Final = tuple(mark for mark, _ in _MARKS)
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_BEYOND_ASCII_LETTER: Final = re.compile(r"[^\x00-\x7f]")
_WESTERN: Final = re.compile(r"[À-ÖØ-öø-ÿŒœŠšŸŽž€£§°«»“”„‘’–—…®©™·¿¡²³½ªº\u00a0]*")
_KANA: Final = re.compile(r"[\u3040-\u30ff]")
_CONTROLS: Final = frozenset({0, *range(2, 9), *range(14, 27), 127})
_READS: Final = (
    "Trod reads CSV, JSON lines, JSON and Parquet, plain or as .gz or .zst, and workbooks."
)


@dataclass(frozen=True, slots=True)
class Text:
    """A text file as DuckDB may read it."""

    path: Path  # the file itself, or its level copy in the scratch folder
    compression: str  # none, gzip or zstd: names of files are not believed
    encoding: str  # what the file was written in
    head: str  # its first characters
    n_lines: int
    n_quotes: int  # how often " stands in it
    limits: LimitsSpec = LIMITS
    longest: int = 0  # bytes of its longest line; 0 where no line is longer than a piece
    longest_at: int = 0  # which line that is, from 1
    size: int = 0  # bytes, unpacked

    @property
    def row_bytes(self) -> int:
        """How long its lines are on average."""
        return self.size // max(1, self.n_lines)


@dataclass(slots=True)
class _Look:
    """What one pass over the bytes has seen."""

    utf8: bool = True
    crlf: int = 0
    cr: int = 0
    lf: int = 0
    nul: int = 0
    quotes: int = 0
    last: bytes = b""
    size: int = 0
    sample: bytes = b""
    doubtful: bytes = b""  # the piece in which UTF-8 broke
    run: int = 0  # bytes since the last line end
    longest: int = 0
    longest_at: int = 0

    def measure(self, piece: bytes) -> None:
        """Remember the longest line; one inside a piece is shorter than any limit."""
        ends = [at for at in (piece.find(b"\n"), piece.find(b"\r")) if at >= 0]
        run = self.run + (min(ends) if ends else len(piece))
        if run > _PIECE and run > self.longest:
            self.longest, self.longest_at = run, max(self.lf, self.cr) + 1
        last = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        self.run = len(piece) - last - 1 if ends else run


def magic(path: Path) -> bytes:
    """Give the first bytes of a file."""
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as problem:
        raise DataError(f"{path}: cannot be read ({problem.strerror}).") from problem


@contextmanager
def opened(path: Path) -> Iterator[gzip.GzipFile | io.BufferedReader]:
    """Open a file for reading and take gzip or zstd off it, whatever its name says."""
    start = magic(path)
    try:
        if start.startswith(_GZIP):
            with gzip.open(path, "rb") as unzipped:
                yield unzipped
        elif start.startswith(_ZSTD):
            packed = pa.OSFile(str(path), "rb")
            with pa.CompressedInputStream(packed, "zstd") as arrow:
                yield io.BufferedReader(_Raw(arrow, packed))
        else:
            with path.open("rb") as plain:
                yield plain
    except (EOFError, zlib.error, gzip.BadGzipFile, pa.ArrowException) as problem:
        raise DataError(
            f"{path}: the compressed file is damaged or cut off ({problem}). Fetch it again."
        ) from problem


def _compression(path: Path) -> str:
    """Name the compression of a file as DuckDB does."""
    start = magic(path)
    return "gzip" if start.startswith(_GZIP) else "zstd" if start.startswith(_ZSTD) else "none"


class _Raw(io.RawIOBase):
    """An Arrow stream as a Python file."""

    def __init__(self, stream: pa.NativeFile, packed: pa.NativeFile) -> None:
        self._stream = stream
        self._packed = packed

    def taken(self) -> int:
        """Say how many bytes of the compressed file were taken."""
        return int(self._packed.tell())

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            got = self._stream.read(len(buffer))
        except OSError as problem:
            raise EOFError(str(problem)) from problem
        buffer[: len(got)] = got
        return len(got)


def _look(path: Path, limits: LimitsSpec, *, known: bool) -> _Look:
    """Read all bytes once and remember what matters about them."""
    seen = _Look()
    decoder = codecs.getincrementaldecoder("utf-8")()
    with opened(path) as file:
        while piece := file.read(_PIECE):
            if not seen.size and not known:
                _refuse_binary(path, piece[:_SAMPLE])
            seen.size += len(piece)
            if (taken := _taken(file)) is not None:
                check_packed(path, taken, seen.size, limits)
            seen.measure(piece)
            if len(seen.sample) < _SAMPLE:
                seen.sample += piece[:_SAMPLE]
            if seen.utf8 and not _decodes(decoder, piece):
                seen.utf8 = False
                seen.doubtful = piece
            seen.crlf += piece.count(b"\r\n") + (seen.last == b"\r" and piece[:1] == b"\n")
            seen.cr += piece.count(b"\r")
            seen.lf += piece.count(b"\n")
            seen.nul += piece.count(b"\0")
            seen.quotes += piece.count(b'"')
            seen.last = piece[-1:]
    return seen


def _taken(file: gzip.GzipFile | io.BufferedReader) -> int | None:
    """Say how many bytes of a compressed file were needed so far; None where it is plain."""
    if isinstance(file, gzip.GzipFile):
        return int(file.fileobj.tell())  # type: ignore[union-attr]
    return file.raw.taken() if isinstance(file.raw, _Raw) else None


def _decodes(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _guess(seen: _Look) -> str:
    """Say in which encoding a file is probably written."""
    for mark, name in _MARKS:
        if seen.sample.startswith(mark):
            return name
    if wide := _wide(seen.sample):
        return wide
    if seen.utf8 or _mostly_utf8(seen.doubtful):
        return "utf-8"
    return _national(seen.doubtful if _valid(seen.sample) else seen.sample)


def _mostly_utf8(sample: bytes) -> bool:
    """Say whether a text is UTF-8 but for a few places, which are then left out line by line.

    Other encodings hardly ever write two bytes that UTF-8 takes for a letter.
    """
    letters = _BEYOND_ASCII_LETTER.findall(sample.decode("utf-8", errors="replace"))
    broken = letters.count("\ufffd")
    return len(letters) - broken > 4 * broken


def _national(sample: bytes) -> str:
    """Guess which of the old encodings a text is written in."""
    western = sample.decode("cp1252", errors="replace")
    runs = _BEYOND_ASCII.findall(western)
    letters = "".join(runs)
    if _WESTERN.fullmatch(letters) and len(letters) < 1.6 * len(runs):
        return "cp1252"  # single accented letters between plain ones: western, and latin-1 with it
    japanese = sample.decode("cp932", errors="replace")
    kana = len(_KANA.findall(japanese))
    if kana > len(_BEYOND_ASCII_LETTER.findall(japanese)) / 5 and "\ufffd" not in japanese[:-1]:
        return "cp932"
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "latin-1"


def _refuse_binary(path: Path, sample: bytes) -> None:
    """Refuse bytes that no text holds; a few of them are the fault of single rows."""
    if sample.startswith(_MARKED) or _wide(sample):
        return
    start = sample[:4096]
    if sum(byte in _CONTROLS for byte in start) > len(start) / 50:
        what = "zero bytes" if 2 * start.count(0) > len(start) / 50 else "control characters"
        raise DataError(f"{path}: this is not text: {what} stand in it. {_READS}")


def _valid(sample: bytes, encoding: str = "utf-8") -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _wide(sample: bytes) -> str:
    """Tell UTF-16 without a mark by its zero bytes; nothing where it is something else."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    third = len(sample) / 6
    if odd > third and even < third / 4:
        return "utf-16-le"
    if even > third and odd < third / 4:
        return "utf-16-be"
    return ""


def level(path: Path, *, encoding: str | None, scratch: Path, limits: LimitsSpec = LIMITS) -> Text:
    """Look at a text file and make it readable for DuckDB.

    Parameters
    ----------
    path
        The file, plain or compressed with gzip or zstd.
    encoding
        Its encoding, if declared; otherwise guessed.
    scratch
        Folder for a level copy, which is written only where one is needed.
    limits
        How much the file may ask for.

    Raises
    ------
    DataError
        If the file is empty, damaged, not text, not in the declared encoding, or asks for more
        than its limits.
    """
    seen = _look(path, limits, known=encoding is not None)
    if not seen.size:
        raise DataError(f"{path}: the file is empty.")
    code = encoding or _guess(seen)
    try:
        head = codecs.getincrementaldecoder(code)(errors="replace").decode(seen.sample)
    except UnicodeError as problem:
        raise DataError(
            f"{path}: not written in {code} ({problem}). "
            "Say which in trod.yml, for example `encoding: cp1252`."
        ) from problem
    ends = sum(n > 0 for n in (seen.crlf, seen.cr - seen.crlf, seen.lf - seen.crlf))
    # Bytes that are no UTF-8 are no reason to doubt the lines around them.
    long = (limits, seen.longest, seen.longest_at, seen.size)
    if code in ("utf-8", "ascii") and ends <= 1 and not _padded(path):
        lines = max(seen.lf, seen.cr) + (seen.last not in (b"\r", b"\n"))
        return Text(path, _compression(path), "utf-8", head, lines, seen.quotes, *long)
    copy = scratch / f"level-{path.name}-{len(list(scratch.iterdir()))}"
    lines, quotes = _transcode(path, copy, code)
    return Text(copy, "none", code, re.sub("\r\n?", "\n", head), lines, quotes, *long)


def _padded(path: Path) -> bool:
    """Say whether zeros stand behind a gzip stream, which DuckDB takes for another one."""
    if _compression(path) != "gzip":
        return False
    with path.open("rb") as file:
        file.seek(-8, io.SEEK_END)
        return not file.read().strip(b"\0")


def _as_utf8(copy: Path) -> io.TextIOWrapper:
    """Open a file that is written in UTF-8; bytes that were none stay as they were."""
    return copy.open("w", encoding="utf-8", newline="\n", errors="surrogateescape")


def _transcode(path: Path, copy: Path, encoding: str) -> tuple[int, int]:
    """Write a file anew as UTF-8 with plain line ends; count its lines and quotes."""
    lines = quotes = 0
    last = "\n"
    with opened(path) as file, _as_utf8(copy) as out:
        is_utf8 = encoding in ("utf-8", "utf-8-sig", "ascii")
        broken = "surrogateescape" if is_utf8 else "strict"
        reader = io.TextIOWrapper(file, encoding=encoding, newline=None, errors=broken)
        try:
            while piece := reader.read(_PIECE):
                lines += piece.count("\n")
                quotes += piece.count('"')
                last = piece[-1]
                out.write(piece)
        except UnicodeError as problem:
            raise DataError(
                f"{path}: not written in {encoding} ({problem}). "
                "Say which in trod.yml, for example `encoding: cp1252`."
            ) from problem
        reader.detach()
    return lines + (last != "\n"), quotes
