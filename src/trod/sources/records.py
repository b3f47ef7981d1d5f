"""JSON records: each kept whole and reached into by path, so that nothing of them is lost."""

from __future__ import annotations

import json
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


def check_records(engine: Engine, path: Path, records: Records, limits: LimitsSpec) -> None:
    """Say which limit left nothing of a file that was scanned; nothing where none did.

    Raises
    ------
    DataError
        If a record was too long, or had too many parts.
    """
    long = f"SELECT 1 FROM {records.rejects} WHERE error_type::VARCHAR LIKE 'LINE SIZE%' LIMIT 1"
    if records.rejects and engine.rows(long):
        raise too_long(path, limits)
    most = MOST_PARTS_OF_DOCUMENT if records.documents else MOST_PARTS
    if engine.rows(f"SELECT 1 FROM ({records.raw}) WHERE {_heavy('whole', most)} LIMIT 1"):
        raise DataError(
            f"{path}: a record holds more than {most:,} lists and objects, which is the limit. "
            + (
                "Write what its lists hold as records of their own, one on each line."
                if records.documents
                else "If its rows stand in a list, write the path of the list, such as "
                "`each: tickets`, for this source in trod.yml."
            )
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
    engine: Engine, records: Records, *, whole: bool, most: int = LIMITS.columns
) -> Paths:
    """Find the keys of the first records, or of all; those of objects inside are joined by dots.

    Records are alike, so their different shapes are few; DuckDB's own sum of all shapes would hold
    every record in memory. A record nested deeper than can be followed adds no keys of its own.
    Nothing more is looked for behind the first keys that are too many.
    """
    some = records.sql if whole else f"{records.sql} LIMIT {_SAMPLE}"
    shapes = f"SELECT DISTINCT TRY(json_structure(j))::VARCHAR FROM ({some}) ORDER BY 1"
    held: dict[Keys, bool] = {}  # keys on the way to a value, and whether one ever stood there
    for (shape,) in engine.rows(shapes):
        if len(held) > most:
            break
        for keys, stands in _leaves(_read(str(shape)) if shape else None, ()):
            held[keys] = held.get(keys, False) or stands
    inner = {keys[:n] for keys in held for n in range(1, len(keys))}
    paths: dict[str, tuple[str | int, ...]] = {}
    taken: set[str] = set()
    for keys, stands in held.items():
        if (keys in inner and not stands) or not all(keys):
            continue  # an object in some records and null in others; a key without a name
        name = ".".join(keys)
        while name.lower() in taken:
            name += "_2"
        taken.add(name.lower())
        paths[name] = keys
    return paths


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
    if isinstance(node, dict) and 0 < len(node) <= _MOST_KEYS and len(keys) < _DEEPEST:
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
