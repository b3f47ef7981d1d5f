"""What is to be read of a source: its files, the rows of a database, the end of what grows."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from trod.events import definitions, scene
from trod.events.opened import File, joined, opened
from trod.events.spec import SourceSpec
from trod.events.sql import words_sql
from trod.sources.address import address
from trod.sources.cursors import Reached
from trod.sources.database import Pulled, name_of, pull
from trod.sources.engine import Engine, engine
from trod.sources.find import find, found_or_error
from trod.sources.growth import Mark, Piece, has_lines, new_piece
from trod.sources.program import dlt_rows, rows_of
from trod.sources.rows import write_rows
from trod.sources.table import Table, open_written

ROWS: Final = "rows"
"""What rows of a program are called where a file has a name."""
Marks = Callable[[], Mapping[str, Reached]]
"""Asked when a source is read, under the lock of the writer."""


def _none() -> Mapping[str, Reached]:
    return {}


NO_MARKS: Final[Marks] = _none


def places(spec: SourceSpec, like: File, marks: Marks) -> Iterator[File]:
    """Give what is to be read of a source.

    Parameters
    ----------
    spec
        The source.
    like
        What holds for all of its files.
    marks
        How far was read before.
    """
    if spec.database is not None:
        if like.follow is None:
            yield _pulled(spec, like, marks())
        return
    if spec.dlt is not None or spec.rows:
        if spec.dlt is not None and like.among is None and like.follow is None:
            yield from given(spec, like, dlt_rows(spec.dlt, root=like.root))
        return
    in_pieces = spec.grows or like.follow is not None
    before = marks() if in_pieces else {}
    for path in _files(spec, like):
        if in_pieces and path.is_file() and has_lines(path, spec):
            yield from _piece(spec, replace(like, path=path), before)
        else:
            yield replace(like, path=path)


def given(spec: SourceSpec, like: File, rows: Iterable[Any]) -> Iterator[File]:
    """Take the rows that a program gives; nothing where it gives none."""
    home, out = _scratch(spec.dlt or ROWS)
    taken = write_rows(out, rows_of(rows))
    if taken.n_rows:
        name = out.name
        yield replace(like, path=out, name=name, open=partial(_open, Pulled(taken, None), home))


def _files(spec: SourceSpec, like: File) -> tuple[Path, ...]:
    if like.follow is None:
        return found_or_error(spec.name, spec.files, root=like.root, among=like.among)
    found = find(spec.files, root=like.root)
    return tuple(path for path in found if path in like.follow.files)


def _piece(spec: SourceSpec, of: File, marks: Mapping[str, Reached]) -> Iterator[File]:
    """Give what was added to a file; all of it where rows could be taken for repeats."""
    key = _key(spec, of, os.path.relpath(of.path, of.root))
    goes_on = spec.message_id is not None and not spec.group_by and not spec.attributes
    last = Mark.from_dict(marks[key].mark) if goes_on and key in marks else None
    home, out = _scratch(of.path.name)
    piece = new_piece(of.path, spec, out, last)
    if piece is None:
        return
    found = replace(of, name=of.path.name, open=partial(_open_piece, piece, home))
    if not piece.first and _some_unnamed(spec, found):
        piece = new_piece(of.path, spec, out, None)
        assert piece is not None
        found = replace(found, open=partial(_open_piece, piece, home))
    if not goes_on:
        yield found
        return
    yield replace(found, reached=Reached(key, spec.name, piece.mark.as_dict()))


def _open_piece(piece: Piece, home: object, duck: Engine, spec: SourceSpec) -> Table:
    del home
    return piece.open(duck, spec, scene.named_columns(spec))


def looked_at(spec: SourceSpec, *, root: Path, zone: str) -> Iterator[File]:
    """Give what is to be read of a source so that its columns can be seen: of a database no row."""
    like = File(root, root, zone)
    if spec.database is not None:
        home, out = _scratch(name_of(spec))
        pulled = pull(spec, out, root=root, header_only=True)
        yield replace(like, path=out, name=out.name, open=partial(_open, pulled, home))
        return
    for path in () if spec.dlt or spec.rows else found_or_error(spec.name, spec.files, root=root):
        yield replace(like, path=path)


class _Room:
    """A folder that goes when nothing holds this object any more, or when Python ends."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="trod-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


def _scratch(name: str) -> tuple[object, Path]:
    """Give a folder that is there as long as it is held, and a file in it."""
    home = _Room()
    return home, home.path / name


def _pulled(spec: SourceSpec, like: File, marks: Mapping[str, Reached]) -> File:
    """Take the rows of a database that are new."""
    home, out = _scratch(name_of(spec))
    assert spec.database is not None
    key = _key(spec, like, address(spec.database).shown)
    before = marks.get(key) if spec.cursor is not None else None
    last = before.mark if before is not None else None
    pulled = pull(spec, out, root=like.root, last=last)
    of = replace(like, path=out, name=name_of(spec), open=partial(_open, pulled, home))
    if last is not None and _some_unnamed(spec, of):
        # A row without an id is known by how many are like it, so all of them must be seen.
        pulled = pull(spec, out, root=like.root)
        of = replace(of, open=partial(_open, pulled, home))
    if pulled.reached is None or spec.cursor is None:
        return of
    return replace(of, reached=Reached(key, spec.name, pulled.reached))


def _open(pulled: Pulled, home: object, duck: Engine, spec: SourceSpec) -> Table:
    """Open what was taken; `home` is the folder in which it lies as long as this is needed."""
    del home
    return open_written(duck, pulled.rows, spec)


def _key(spec: SourceSpec, of: File, where: str) -> str:
    """Name a reading: another place, cursor or definition begins at the beginning."""
    told = definitions.told(spec, of.zone, of.rules)
    parts = (spec.name, where, spec.table, spec.query, spec.cursor, told)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _some_unnamed(spec: SourceSpec, of: File) -> bool:
    """Say whether a row that was taken has no id of its own."""
    assert spec.message_id is not None
    with engine(threads=of.threads) as duck:
        table = opened(duck, spec, of)
        at = scene.scene(spec, table, [joined(duck, spec, i, of) for i in range(len(spec.join))])
        scene.check(spec, at, duck)
        own = words_sql(spec.message_id, at.row)
        return bool(duck.rows(f"SELECT 1 FROM ({at.sql}) WHERE ({own}) IS NULL LIMIT 1"))
