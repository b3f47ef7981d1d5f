"""A file beside its joined tables: one query and the columns it has, checked before it is read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from trod.errors import DefinitionError, unknown
from trod.events.spec import SourceSpec
from trod.events.sql import Row
from trod.sources.engine import Engine, literal, quoted
from trod.sources.table import Column, Table


@dataclass(frozen=True, slots=True)
class Joined:
    """A table that adds columns."""

    table: Table
    on: Mapping[str, str]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """The file with its joined tables: one query and the columns it has."""

    sql: str
    numbered: str  # the same, with ROW: for the few rows that are shown or kept
    row: Row
    own: tuple[str, ...]  # columns of the file itself
    added: tuple[str, ...]  # columns of joined tables
    table: Table


def scene(spec: SourceSpec, table: Table, joins: Sequence[Joined]) -> Scene:
    """Put a file and its joined tables side by side."""
    types = {column.name: column.type for column in table.columns}
    parts, joined, added = list[str](), "", list[str]()
    given: set[str] = set()  # what a table lacks, another one may give
    for i, join in enumerate(joins):
        alias = f"_trod_join_{i}"
        keys = " AND ".join(
            f"_trod_own.{quoted(ours)}::VARCHAR = {alias}.{quoted(theirs)}::VARCHAR"
            for ours, theirs in join.on.items()
        )
        joined += f" LEFT JOIN ({join.table.sql}) AS {alias} ON {keys}"
        for column in _taken(join):
            name = column.name
            if name in table.lacking - given:
                given.add(name)
            elif name in types:
                name = f"{join.table.path.stem}.{name}"
            types[name] = column.type
            added.append(name)
            parts.append(f"{alias}.{quoted(column.name)} AS {quoted(name)}")
    spare = f" EXCLUDE ({', '.join(map(quoted, sorted(given)))})" if given else ""
    taken = f"SELECT {', '.join([f'_trod_own.*{spare}', *parts])} FROM "
    sql = f"{taken}({table.sql}) AS _trod_own{joined}" if joins else table.sql
    numbered = f"{taken}({table.numbered}) AS _trod_own{joined}"
    nulls = spec.nulls if table.format != "csv" else ()  # CSV has them taken out while reading
    own = tuple(name for name in table.names if name not in given)
    return Scene(sql, numbered, Row(types, nulls), own, tuple(added), table)


def _taken(join: Joined) -> list[Column]:
    wanted = join.columns or tuple(n for n in join.table.names if n not in join.on.values())
    return [column for column in join.table.columns if column.name in wanted]


def named_columns(spec: SourceSpec) -> tuple[str, ...]:
    """List every column that a source names, each once."""
    names = [*spec.group_by, *(n for n in spec.ignore if n != "*"), *spec.used()]
    names += [name for words in spec.id_words().values() for name in words.needs()]
    names += [name for w in (spec.touchpoint, spec.channel) if w for name in w.needs()]
    names += [n for time in (spec.time, *spec.dates.values()) if time for n in time.needs()]
    names += spec.attributes if spec.attributes != "*" else ()
    return tuple(dict.fromkeys(names))


def asked_columns(spec: SourceSpec, engine: Engine) -> tuple[str, ...]:
    """List every column that a source names, those of its conditions and joins too."""
    names = [*named_columns(spec), *(ours for join in spec.join for ours in join.on)]
    for condition in spec.conditions():
        names += _columns_of(_tree(condition, engine))
    by_word = {name.lower(): name for name in reversed(names)}
    return tuple(name for name in dict.fromkeys(names) if by_word[name.lower()] == name)


def _columns_of(node: object) -> Iterator[str]:
    """Give the columns that a parsed condition names."""
    if isinstance(node, dict):
        if node.get("class") == "COLUMN_REF":
            yield node["column_names"][-1]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _columns_of(inner)


def _tree(condition: str, engine: Engine) -> Any:
    (found,) = engine.rows(f"SELECT json_serialize_sql({literal(f'SELECT ({condition})')})")[0]
    return json.loads(str(found))


def check(spec: SourceSpec, at: Scene, engine: Engine) -> None:
    """Refuse a source that names columns the file does not have; report all of them at once."""
    problems = [
        unknown("column", name, list(at.row.types))
        for name in named_columns(spec)
        if name not in at.row.types
    ]
    if not problems:
        problems += [p for c in spec.conditions() if (p := _condition_problem(c, at, engine))]
    if problems:
        where = f"source {spec.name!r}, {at.table.path.name}: "
        raise DefinitionError([where + problem for problem in problems])


def _condition_problem(condition: str, at: Scene, engine: Engine) -> str | None:
    """Say what is wrong with a condition; None where it is one plain expression over the row."""
    tree = _tree(condition, engine)
    if tree.get("error"):
        return f"the condition `{condition}` is not SQL: {tree.get('error_message')}."
    statements = tree["statements"]
    node = statements[0]["node"]
    single = len(statements) == 1 and node["type"] == "SELECT_NODE"
    if not single or len(node["select_list"]) != 1 or '"SUBQUERY"' in json.dumps(tree):
        return f"the condition `{condition}` must be one plain comparison over columns of the row."
    try:
        engine.connection.sql(f"SELECT ({condition})::BOOLEAN FROM ({at.sql}) LIMIT 0").fetchall()
    except duckdb.Error as problem:
        first = str(problem).splitlines()[0]
        return f"the condition `{condition}` does not fit the columns: {first}"
    return None
