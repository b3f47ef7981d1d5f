"""What must hold of each reader whatever the bytes: an answer or words, and nothing lost.

One function for each reader; it raises where that does not hold. Hypothesis calls them in
`test_readers.py`, atheris in `campaign.py`.
"""

from __future__ import annotations

import atexit
import json
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final
from xml.parsers import expat

from tests.slow_twins import cut as slow
from trod.errors import DataError
from trod.events.timeformat import find_format
from trod.sources import cut
from trod.sources.cut import Layout, pieces
from trod.sources.dialect import find_dialect
from trod.sources.elements import elements_of, write_lines
from trod.sources.engine import Engine
from trod.sources.faults import in_words
from trod.sources.form import form
from trod.sources.limits import LIMITS
from trod.sources.spec import FileOptions
from trod.sources.table import open_table
from trod.sources.xes import xes_rows

_DIALECTS: Final = (
    (",", '"', '"'),
    (";", '"', "\\"),
    (",", "'", "'"),
    (",;", '"', '"'),
    ("|", "", ""),
)
_ENDINGS: Final = ("csv", "jsonl", "json", "xes", "csv.gz", "parquet")
_OPTIONS: Final = FileOptions.model_validate({})


@cache
def _engine() -> Engine:
    return Engine(_folder(), threads=1)


@cache
def _room() -> tempfile.TemporaryDirectory[str]:
    """Give a folder that is removed at the end of the process."""
    room = tempfile.TemporaryDirectory(prefix="trod-fuzz-", ignore_cleanup_errors=True)
    atexit.register(room.cleanup)
    return room


def _folder() -> Path:
    return Path(_room().name)


def _file(data: bytes, ending: str = "txt") -> Path:
    path = _folder() / f"any.{ending}"
    path.write_bytes(data)
    return path


def dialect(data: bytes) -> None:
    """The form and the dialect of any text are found, and columns have names of their own."""
    text = data.decode("utf-8", errors="replace")
    form(text)
    try:
        found = find_dialect(text, _OPTIONS, name="any")
    except DataError:
        return
    assert all(found.names), found
    assert len({name.lower() for name in found.names}) == len(found.names), found


def cutting(data: bytes) -> None:
    """Records are cut as the slow twin cuts them, however few bytes or records come at once."""
    if len(data) < 4:
        return
    text = data[4:].decode("utf-8", errors="ignore")
    layout = Layout("utf-8", *_DIALECTS[data[0] % len(_DIALECTS)], longest=data[3] + 1)
    before = cut._PIECE, cut._ROOM
    cut._PIECE, cut._ROOM = data[1] + 1, data[2] + 1
    try:
        found = [
            (piece.text[piece.starts[i] : piece.ends[i]].decode(), int(piece.status[i]), line - 1)
            for piece in pieces(_file(text.encode()), layout)
            for i, line in enumerate(piece.line.tolist())
        ]
    finally:
        cut._PIECE, cut._ROOM = before
    text = text.removeprefix("\ufeff")
    as_told = layout.delimiter, layout.quote, layout.escape, layout.longest
    assert found == slow.records(text, *as_told)


def elements(data: bytes) -> None:
    """Values of a JSON text are cut where the standard library cuts them."""
    path, copy = _file(data), _folder() / "lines"
    try:
        told = json.loads(data.decode())
    except (ValueError, RecursionError):
        told = None
    try:
        n = sum(piece.starts.size for piece in elements_of(path, "utf-8", LIMITS))
    except DataError:
        assert not isinstance(told, list)
        return
    assert write_lines(path, "utf-8", LIMITS, copy)[0] == n
    assert copy.read_bytes().count(b"\n") == n
    if told is not None:
        assert n == (len(told) if isinstance(told, list) else 1)


def xes(data: bytes) -> None:
    """A log is read, or refused in words; every event that ends is a row."""
    path, out = _file(data, "xes"), _folder() / "rows"
    try:
        rows = xes_rows(path, out)
    except DataError as problem:
        assert len(str(problem)) < 1000, problem
        return
    assert len(out.read_text().splitlines()) == rows.n_lines == _ended_events(data)


def _ended_events(data: bytes) -> int:
    """Count the events of a log that stand in no declaration, in a second look at it."""
    around: list[str] = []
    ended = 0

    def start(name: str, _: object) -> None:
        around.append(name.rpartition(" ")[2])

    def end(_: str) -> None:
        nonlocal ended
        aside = {"global", "extension", "classifier"}.intersection(around)
        ended += around.pop() == "event" and not aside

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.Parse(data, True)
    return ended


def times(data: bytes) -> None:
    """How values write a time is found, or not found."""
    values = [value for value in data.decode("utf-8", errors="replace").split("\n") if value]
    for timelike in (False, True):
        found = find_format(_engine(), values, timelike=timelike) if values else None
        assert found is None or 0 <= found.parsed <= 1


def file(data: bytes) -> None:
    """Any file is a table whose rows can be scanned, or is refused in words that name it."""
    if not data:
        return
    path = _file(data[1:], _ENDINGS[data[0] % len(_ENDINGS)])
    try:
        with in_words(path):
            table = open_table(_engine(), path)
            _engine().rows(f"SELECT max(hash(COLUMNS(*))) FROM ({table.numbered})")
    except DataError as problem:
        assert path.name in str(problem), problem
    finally:
        _tidy()


def _tidy() -> None:
    for one in _folder().iterdir():
        if one.is_file():
            one.unlink()
    rejected = "SELECT table_name FROM duckdb_tables() WHERE temporary"
    for (name,) in _engine().rows(rejected):
        _engine().connection.execute(f'DROP TABLE "{name}"')


READERS: Final[Mapping[str, Callable[[bytes], None]]] = {
    one.__name__: one for one in (dialect, cutting, elements, xes, times, file)
}
