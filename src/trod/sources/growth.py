"""Files that are only added to: what stands behind the place up to which they were read.

A piece ends with the last line that is complete, and with the last record whose quotes are closed,
so that a line that is being written is left for the next reading. The place is remembered with
checksums of what stands before it; where they differ the file is another one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from trod._kernels.cut import UNCLOSED
from trod.errors import DataError
from trod.sources.cut import Layout, pieces
from trod.sources.dialect import Dialect, find_dialect
from trod.sources.engine import Engine
from trod.sources.form import form
from trod.sources.spec import FileOptions
from trod.sources.table import Table, open_table

_HEAD: Final = 1 << 18
_SEAL: Final = 1 << 16
_PIECE: Final = 4 << 20
_NO_LINES: Final = (b"PAR1", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_ONE_BYTE: Final = ("utf-8", "ascii", "cp1252", "iso8859-1", "iso8859-15")


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read, and what it takes to go on."""

    offset: int
    lines: int
    seal: str  # of what stands before
    kind: Literal["csv", "jsonl"]
    encoding: str
    dialect: Dialect | None

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> Mark:
        """Read what `as_dict` gave, by way of JSON."""
        cut = told["dialect"]
        dialect = Dialect(**{**cut, "names": tuple(cut["names"])}) if cut else None
        return cls(**{**told, "dialect": dialect})

    def as_dict(self) -> dict[str, Any]:
        """Give what JSON can hold."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Piece:
    """What was added to a file since it was read, in a scratch file."""

    path: Path
    mark: Mark  # after it
    first: bool  # whether it begins with the file
    lines_before: int  # of the file, less those above the first row

    def open(self, duck: Engine, spec: FileOptions, named: tuple[str, ...]) -> Table:
        """Open it as a table; `named` are columns that the file has and the piece may lack."""
        mark = self.mark
        told: dict[str, Any] = {"format": mark.kind, "encoding": mark.encoding}
        if not self.first and mark.kind == "jsonl":
            told["may_lack"] = (*spec.may_lack, *named)
        options = spec.model_copy(update=told)
        dialect = mark.dialect
        if dialect is not None and not self.first:
            dialect = replace(dialect, skip=0)
        table = open_table(duck, self.path, options, whole=True, dialect=dialect)
        return replace(table, lines_before=self.lines_before)


def has_lines(path: Path, spec: FileOptions) -> bool:
    """Say whether a file is text with records on lines, so that it can be read piece by piece."""
    return _looked_at(path, spec) is not None


def new_piece(path: Path, spec: FileOptions, out: Path, last: Mark | None) -> Piece | None:
    """Write what was added to a file since it was read to another one; None where nothing was.

    Parameters
    ----------
    path
        A file for which `has_lines` holds.
    spec
        What is known about it.
    out
        The scratch file to write.
    last
        How far it was read; from the beginning if it is another file by now.
    """
    if last is not None and not _goes_on(path, last):
        last = None
    start = last.offset if last is not None else 0
    end = _last_line_end(path, start)
    if end <= start:
        return None
    if last is None:
        found = _looked_at(path, spec, end)
        if found is None:
            return None
        kind, encoding, dialect = found
    else:
        kind, encoding, dialect = last.kind, last.encoding, last.dialect
    above = b"" if last is None or dialect is None else _header(path, dialect)
    cut_as = replace(dialect, skip=0) if dialect and last else dialect
    layout = Layout.of(cut_as, encoding, spec.limits.row)
    n = _copied(path, out, above, start, end)
    if dialect is not None and dialect.quote and (cut := _open_record(out, layout)) is not None:
        with out.open("r+b") as file:
            file.truncate(cut)
        end = start + cut - len(above)
        n = _line_ends(out) - above.count(b"\n")
    if end <= start:
        return None
    lines = (last.lines if last is not None else 0) + n
    mark = Mark(end, lines, _seal(path, end), kind, encoding, dialect)
    before = 0 if last is None else last.lines - above.count(b"\n")
    return Piece(out, mark, last is None, before)


def _goes_on(path: Path, last: Mark) -> bool:
    """Say whether a file still begins with what was read of it."""
    return path.stat().st_size >= last.offset and _seal(path, last.offset) == last.seal


def _seal(path: Path, end: int) -> str:
    """Give a checksum of the beginning of a file, and of what stands before a place in it."""
    with path.open("rb") as file:
        whole = hashlib.sha256(file.read(min(_SEAL, end)))
        file.seek(max(0, end - _SEAL))
        whole.update(file.read(min(_SEAL, end)))
    return whole.hexdigest()[:32]


def _looked_at(
    path: Path, spec: FileOptions, end: int | None = None
) -> tuple[Literal["csv", "jsonl"], str, Dialect | None] | None:
    """Give kind, encoding and dialect of a file with records on lines; None for any other."""
    with path.open("rb") as file:
        head = file.read(_HEAD if end is None else min(_HEAD, end))
    encoding = spec.encoding or "utf-8"
    if head.startswith(_NO_LINES) or b"\0" in head or encoding not in _ONE_BYTE:
        return None
    text = head.decode("utf-8-sig" if encoding == "utf-8" else encoding, errors="replace")
    kind = spec.format or form(text)
    if kind == "jsonl" or (kind == "csv" and end is None):
        return kind, encoding, None
    if kind != "csv" or head.count(b"\n") < 2:  # one line tells no dialect
        return None
    try:
        return "csv", encoding, find_dialect(text, spec, name=path.name)
    except DataError:
        return None


def _last_line_end(path: Path, start: int) -> int:
    """Give the place behind the last line end; `start` where there is none behind it."""
    with path.open("rb") as file:
        place = file.seek(0, 2)
        while place > start:
            begin = max(start, place - _SEAL)
            file.seek(begin)
            if (at := file.read(place - begin).rfind(b"\n")) >= 0:
                return begin + at + 1
            place = begin
    return start


def _header(path: Path, dialect: Dialect) -> bytes:
    """Give the line that names the columns."""
    if not dialect.header:
        return b""
    with path.open("rb") as file:
        for _ in range(dialect.skip):
            file.readline()
        return file.readline()


def _copied(path: Path, out: Path, above: bytes, start: int, end: int) -> int:
    """Copy a part of a file; give the number of its lines."""
    lines = 0
    with path.open("rb") as file, out.open("wb") as to:
        to.write(above)
        file.seek(start)
        while start < end:
            piece = file.read(min(_PIECE, end - start))
            if not piece:
                break
            to.write(piece)
            lines += piece.count(b"\n")
            start += len(piece)
    return lines


def _line_ends(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            total += piece.count(b"\n")
    return total


def _open_record(path: Path, layout: Layout) -> int | None:
    """Give the place of a record whose quotes are not closed yet, and may still be."""
    size = path.stat().st_size
    passed = 0
    for piece in pieces(path, layout, skipped=True):
        for start, status in zip(piece.starts, piece.status, strict=True):
            at = passed + int(start)
            if status == UNCLOSED and size - at < layout.longest:
                return at
        passed += int(piece.ends[-1]) if piece.ends.size else 0
    return None
