"""JSON records: each kept whole and reached into by path, so that nothing of them is lost."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from trod.errors import DataError
from trod.sources.engine import Engine, literal, quoted
from trod.sources.limits import LIMITS, too_long
from trod.sources.spec import LimitsSpec
from trod.sources.text import Text

RECORD: Final = "_trod_record"
"""Column that holds the whole record; NULL where a line is no JSON object."""
_SAMPLE: Final = 20_000
_MOST_KEYS: Final = 300
_DEEPEST: Final = 8
MOST_PARTS: Final = 200_000
"""Lists and objects in a record, at most: each takes up a hundred times what it is written in."""
MOST_PARTS_OF_DOCUMENT: Final = 2_000_000
"""The same of a record whose lists are unfolded into rows."""

Keys = tuple[str, ...]

Paths = Mapping[str, tuple[str | int, ...]]
"""Keys, or positions in lists, on the way to each column, by its name."""


@dataclass(frozen=True, slots=True)
class Records:
    """A query that gives each record as `j`, and the table of lines that could not be cut off."""

    sql: str
    rejects: str | None
    raw: str = ""  # the query that gives each as it stands, as `whole`, object or not
    documents: bool = False  # whether each holds rows in lists


def lines(text: Text, rejects: str, *, documents: bool = False) -> Records:
    """Read one record a line; documents hold many rows, and may be as large as many."""
    most, parts = text.limits.row, MOST_PARTS
    if documents:
        # A level copy may be longer than what it was written from.
        most, parts = min(most, max(LIMITS.row, 2 * text.longest)), MOST_PARTS_OF_DOCUMENT
    found = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, "
        "columns={'line': 'VARCHAR'}, delim='', quote='', escape='', header=false, "
        f"compression='{text.compression}', parallel=false, max_line_size={most}, "
        f"buffer_size={(2 if documents else 4) * most}, "
        f"store_rejects=true, rejects_table='{rejects}', rejects_scan='{rejects}_scan') "
        "WHERE trim(line) <> ''"
    )
    return Records(
        f"SELECT CASE WHEN {_heavy('line', parts)} THEN NULL "
        f"WHEN TRY(json_type(line)) = 'OBJECT' THEN line END AS j FROM {found}",
        rejects,
        f"SELECT line AS whole FROM {found}",
        documents,
    )


def _heavy(line: str, most: int) -> str:
    """Write whether a record has more parts than one has; short ones are not looked at."""
    parts = f"strlen({line}) - strlen(translate({line}, '[{{', ''))"
    return f"strlen({line}) > {most} AND {parts} > {most}"


def nothing_in(engine: Engine, path: Path, records: Records, limits: LimitsSpec) -> DataError:
    """Say why a file that was scanned has no column: which limit left nothing, if one did."""
    long = f"SELECT 1 FROM {records.rejects} WHERE error_type::VARCHAR LIKE 'LINE SIZE%' LIMIT 1"
    if records.rejects and engine.rows(long):
        return too_long(path, limits)
    most = MOST_PARTS_OF_DOCUMENT if records.documents else MOST_PARTS
    if not engine.rows(f"SELECT 1 FROM ({records.raw}) WHERE {_heavy('whole', most)} LIMIT 1"):
        return DataError(f"{path}: no JSON object stands in the file.")
    instead = (
        "Write what its lists hold as records of their own, one on each line."
        if records.documents
        else "If its rows stand in a list, write the path of the list, such as `each: tickets`, "
        "for this source in trod.yml."
    )
    return DataError(
        f"{path}: a record holds more than {most:,} lists and objects, which is the limit. "
        + instead
    )


def columns_sql(records: Records, paths: Paths) -> str:
    """Write the query that gives a column for each path, and the record itself beside them."""
    asked = ", ".join(literal(written(keys)) for keys in paths.values())
    parts = ", ".join(f"v[{i + 1}] AS {quoted(name)}" for i, name in enumerate(paths))
    return (
        f"SELECT {parts}, j AS {RECORD} FROM "
        f"(SELECT json_extract_string(j, [{asked}]) AS v, j FROM ({records.sql}))"
    )


def find_paths(
    engine: Engine,
    records: Records,
    *,
    whole: bool,
    most: int = LIMITS.columns,
    asked: Iterable[str] = (),
) -> Paths:
    """Find the keys of the first records, or of all; those of objects inside are joined by dots.

    Records are alike, so their different shapes are few; DuckDB's own sum of all shapes would hold
    every record in memory. A record nested deeper than can be followed adds no keys of its own.
    Where there are more keys than `most`, the objects with the most different keys are one value
    each, but for the keys that are asked for: their keys are data. Keys that are too many at the
    top are given, a few more than `most` of them.
    """
    some = records.sql if whole else f"{records.sql} LIMIT {_SAMPLE}"
    shapes = f"SELECT DISTINCT TRY(json_structure(j))::VARCHAR FROM ({some}) ORDER BY 1"
    found = _Found(most, frozenset(asked))
    for (shape,) in engine.rows(shapes):
        found.add(_leaves(_read(str(shape)) if shape else None, ()))
        if found.too_many:
            break
    found.close()
    paths: dict[str, tuple[str | int, ...]] = {}
    taken: set[str] = set()
    for keys in found.ways():
        name = ".".join(keys)
        while name.lower() in taken:
            name += "_2"
        taken.add(name.lower())
        paths[name] = keys
    return paths


class _Found:
    """The ways to values that were found so far, no more than are allowed."""

    def __init__(self, most: int, asked: frozenset[str]) -> None:
        self.too_many = False
        self._most = most
        self._asked = asked
        self._held: dict[Keys, bool] = {}  # whether something ever stood there
        self._closed: set[Keys] = set()  # ways to objects that are one value

    def add(self, leaves: Iterable[tuple[Keys, bool]]) -> None:
        """Add the leaves of a record."""
        before = len(self._held)
        for keys, stands in leaves:
            self._hold(keys, stands)
        if len(self._held) > max(before, self._most):
            self.close()

    def close(self) -> None:
        """Close objects until there are few enough ways, or none is left."""
        while not self.too_many and len(self.ways()) > self._most:
            self._close_widest()

    def ways(self) -> list[Keys]:
        """Give the ways; none to what is an object in some records and null in the others."""
        inner = {keys[:n] for keys in self._held for n in range(1, len(keys))}
        return [
            keys
            for keys, stands in self._held.items()
            if (stands or keys not in inner) and all(keys)
        ]

    def _hold(self, keys: Keys, stands: bool) -> None:
        around = next((keys[:n] for n in range(1, len(keys)) if keys[:n] in self._closed), None)
        if around is not None:
            self._held[around] = True
            if ".".join(keys) not in self._asked:
                return
        self._held[keys] = self._held.get(keys, False) or stands

    def _close_widest(self) -> None:
        """Make one value of the object with the most different keys; the first of equal ones."""
        children: dict[Keys, set[str]] = {}
        for keys in self._held:
            for n in range(1, len(keys)):
                if keys[:n] not in self._closed:
                    children.setdefault(keys[:n], set()).add(keys[n])
        if not children:
            self.too_many = True
            return
        self._closed.add(max(sorted(children), key=lambda keys: len(children[keys])))
        held, self._held = self._held, {}
        for keys, stands in held.items():
            self._hold(keys, stands)


def with_lacking(paths: Paths, may_lack: Iterable[str]) -> Paths:
    """Add the keys that records may lack, so that they can be asked for; a number is a position.

    Examples
    --------
    >>> with_lacking({"id": ("id",)}, ["contacts.0.email"])
    {'contacts.0.email': ('contacts', 0, 'email'), 'id': ('id',)}
    """
    known = {name.lower() for name in paths}
    lacking = {
        name: tuple(int(key) if key.isdecimal() else key for key in name.split("."))
        for name in may_lack
        if name in paths or name.lower() not in known
    }
    return {**lacking, **paths}


def _read(shape: str) -> object:
    """Read a shape; one nested deeper than Python follows has no keys to name."""
    try:
        return json.loads(shape)
    except RecursionError:
        return None


def _leaves(node: object, keys: Keys) -> Iterator[tuple[Keys, bool]]:
    """Give the way to every value, and whether one stands there; a very large object is one."""
    most = _MOST_KEYS if keys else sys.maxsize
    if isinstance(node, dict) and 0 < len(node) <= most and len(keys) < _DEEPEST:
        for key, inner in node.items():
            yield from _leaves(inner, (*keys, key))
    elif keys:
        yield keys, node != "NULL"


def written(keys: Iterable[str | int]) -> str:
    """Write keys as a JSON path: $."a"."b c"[0]."""
    inner = "".join(
        f"[{key}]"
        if isinstance(key, int)
        else '."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for key in keys
    )
    return f"${inner}"
