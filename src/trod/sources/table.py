"""A file as a table that DuckDB scans: one query, its columns, and what could not be read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any, Literal

import duckdb

from trod.errors import DataError
from trod.sources.dialect import Dialect, find_dialect
from trod.sources.engine import Engine, literal, quoted
from trod.sources.records import (
    LONGEST_LINE,
    RECORD,
    Paths,
    columns_sql,
    documents,
    find_paths,
    lines,
    with_lacking,
)
from trod.sources.reshape import as_records, reshaped, reshapes
from trod.sources.spec import FileOptions
from trod.sources.text import Text, level, magic

_numbers = count()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name and its DuckDB type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Table:
    """A file that can be scanned.

    `sql` selects `columns` (and, for JSON, the whole record as `RECORD`). Rows whose `fault` is
    not null could be cut off but not read; lines that could not even be cut off stand in the
    reject table of the engine after the scan, see `torn_lines`.
    """

    path: Path
    format: Literal["csv", "jsonl", "json", "parquet"]
    sql: str
    columns: tuple[Column, ...]
    first_line: int = 1  # line of the first row; rows of Parquet are counted from 1
    rejects: str | None = None
    paths: Paths = field(default_factory=dict)  # JSON keys of each column
    whole: bool = True  # whether `columns` are those of all records
    encoding: str = "utf-8"
    dialect: Dialect | None = None
    n_lines: int | None = None  # where a quote may swallow lines: how many the file has

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def fault(self) -> str | None:
        """SQL that gives the code of the reason why a row cannot be read, or NULL."""
        if self.format in ("jsonl", "json"):
            return f"CASE WHEN {RECORD} IS NULL THEN 'not_a_json_object' END"
        return None


def open_table(
    engine: Engine, path: Path, options: FileOptions | None = None, *, whole: bool = False
) -> Table:
    """Look at a file and say how DuckDB scans it.

    Parameters
    ----------
    engine
        Whose scratch folder takes a level copy where one is needed.
    path
        CSV of any dialect, JSON lines, JSON or Parquet; text may be gzipped or zstandard.
    options
        What is known about the file; the rest is found by looking.
    whole
        Look for keys in all records of a JSON file; by default in the first 20,000.

    Raises
    ------
    DataError
        If the file is missing, empty, damaged, or none of the formats.
    """
    options = options or FileOptions.model_validate({})
    if not path.is_file():
        raise DataError(f"{path}: no such file.")
    start = magic(path)
    if not start:
        raise DataError(f"{path}: the file is empty.")
    try:
        if options.format == "parquet" or start.startswith(b"PAR1"):
            return _looked_into(engine, _parquet(engine, path), options, whole=whole)
        text = level(path, encoding=options.encoding, scratch=engine.scratch)
        kind = options.format or _format(text.head)
        if kind == "csv":
            return _looked_into(engine, _csv(path, text, options), options, whole=whole)
        shape: Literal["jsonl", "json"] = "jsonl" if kind == "jsonl" else "json"
        return _json(engine, path, text, shape, options, whole=whole)
    except duckdb.Error as problem:
        raise DataError(f"{path}: {plain(problem)}") from problem


def plain(problem: Exception) -> str:
    """Say in one line what DuckDB says in many."""
    first = str(problem).strip().splitlines()[0]
    return first.split("Error: ", 1)[-1].rstrip(".") + "."


def _format(head: str) -> Literal["csv", "jsonl", "json"]:
    """Tell JSON from CSV by its first character, JSON lines from JSON by its first line."""
    body = head.lstrip("\ufeff \t\r\n")
    if body.startswith("["):
        return "json" if body[1:].lstrip()[:1] in ("{", "]", "") else "csv"
    if not body.startswith("{"):
        return "csv"
    try:
        json.loads(body.splitlines()[0])
    except ValueError:
        # One broken first line is no reason to doubt the rest of a file of objects.
        second = [*body.splitlines(), ""][1].strip()
        return "jsonl" if second.startswith("{") else "json"
    return "jsonl"


def _parquet(engine: Engine, path: Path) -> Table:
    source = f"read_parquet({literal(str(path))})"
    try:
        described = engine.connection.sql(f"SELECT * FROM {source} LIMIT 0")
    except duckdb.Error as problem:
        raise DataError(
            f"{path}: the Parquet file is damaged or cut off ({plain(problem)}) Fetch it again."
        ) from problem
    columns: list[Column] = []
    parts: list[str] = []
    for name, kind in zip(described.columns, described.types, strict=True):
        _flatten(quoted(name), name, kind, columns, parts)
    return Table(path, "parquet", f"SELECT {', '.join(parts)} FROM {source}", tuple(columns))


def _flatten(
    expression: str,
    name: str,
    kind: Any,
    columns: list[Column],
    parts: list[str],
) -> None:
    """Give fields of a struct columns of their own, named with a dot."""
    if kind.id == "struct":
        for child, inner in kind.children:
            _flatten(f"{expression}.{quoted(child)}", f"{name}.{child}", inner, columns, parts)
        return
    columns.append(Column(name, str(kind)))
    parts.append(f"{expression} AS {quoted(name)}")


def _csv(path: Path, text: Text, options: FileOptions) -> Table:
    dialect = find_dialect(text.head, options, name=str(path))
    rejects = f"_trod_rejects_{next(_numbers)}"
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(dialect.names)))
    nulls = ", ".join(literal(value) for value in dict.fromkeys(("", *options.nulls)))
    source = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, columns={{{columns}}}, "
        f"delim={literal(dialect.delimiter)}, quote={literal(dialect.quote)}, "
        f"escape={literal(dialect.escape)}, header={dialect.header}, skip={dialect.skip}, "
        f"compression='{text.compression}', nullstr=[{nulls}], null_padding=true, "
        f" parallel=false, max_line_size={LONGEST_LINE}, "
        f"store_rejects=true, rejects_table='{rejects}', rejects_scan='{rejects}_scan')"
    )
    parts = ", ".join(f"c{i} AS {quoted(name)}" for i, name in enumerate(dialect.names))
    return Table(
        path,
        "csv",
        f"SELECT {parts} FROM {source}",
        tuple(Column(name, "VARCHAR") for name in dialect.names),
        first_line=dialect.skip + dialect.header + 1,
        rejects=rejects,
        encoding=text.encoding,
        dialect=dialect,
        n_lines=text.n_lines if dialect.quote == '"' and text.n_quotes % 2 else None,
    )


def _looked_into(engine: Engine, table: Table, options: FileOptions, *, whole: bool) -> Table:
    """Read rows as records where their values are looked into; add columns that may be missing."""
    if reshapes(options):
        found = reshaped(as_records(table.sql, table.rejects), options)
        paths = with_lacking(find_paths(engine, found, whole=whole), options.may_lack)
        columns = tuple(Column(name, "VARCHAR") for name in paths)
        sql = columns_sql(found, paths)
        return replace(table, sql=sql, columns=columns, paths=paths, whole=whole)
    known = {name.lower() for name in table.names}
    lacking = [name for name in options.may_lack if name.lower() not in known]
    if not lacking:
        return table
    empty = ", ".join(f"NULL::VARCHAR AS {quoted(name)}" for name in lacking)
    columns = (*table.columns, *(Column(name, "VARCHAR") for name in lacking))
    return replace(table, sql=f"SELECT *, {empty} FROM ({table.sql})", columns=columns)


def _json(
    engine: Engine,
    path: Path,
    text: Text,
    kind: Literal["jsonl", "json"],
    options: FileOptions,
    *,
    whole: bool,
) -> Table:
    one_a_line = kind == "jsonl"
    found = lines(text, f"_trod_rejects_{next(_numbers)}") if one_a_line else documents(text)
    found = reshaped(found, options)
    paths = find_paths(engine, found, whole=whole)
    if not paths:
        raise DataError(f"{path}: no JSON object stands in the file.")
    paths = with_lacking(paths, options.may_lack)
    return Table(
        path,
        kind,
        columns_sql(found, paths),
        tuple(Column(name, "VARCHAR") for name in paths),
        rejects=found.rejects,
        paths=paths,
        encoding=text.encoding,
        whole=whole,
    )


def torn_lines(engine: Engine, table: Table) -> list[tuple[str, int]]:
    """Give code and line of every line that could not be cut into columns, after the scan."""
    if table.rejects is None:
        return []
    known = engine.rows(
        f"SELECT 1 FROM duckdb_tables() WHERE table_name = {literal(table.rejects)}"
    )
    swallowed = _swallowed(engine, table)
    if not known:
        return swallowed
    words = {
        "TOO MANY COLUMNS": "too_many_columns",
        "INVALID ENCODING": "wrong_encoding",
        "LINE SIZE OVER MAXIMUM": "line_too_long",
        "UNQUOTED VALUE": "quote_misplaced",
    }
    rows = engine.rows(
        f"SELECT min(error_type::VARCHAR), line FROM {table.rejects} GROUP BY line ORDER BY line"
    )
    torn = [(words.get(str(kind), "line_unreadable"), int(str(line))) for kind, line in rows]
    return torn + (swallowed if not torn else [])


def _swallowed(engine: Engine, table: Table) -> list[tuple[str, int]]:
    """Give the lines that stand behind a quote that is never closed.

    Of all faults only this one is passed over in silence by the reader, so the lines of the file
    are counted against those of its rows; only asked where the number of quotes is odd.
    """
    if table.n_lines is None:
        return []
    texts = " + ".join(
        f"coalesce(length({c}) - length(replace({c}, chr(10), '')), 0)"
        for c in map(quoted, table.names)
    )
    (row,) = engine.rows(f"SELECT coalesce(sum(1 + {texts}), 0) FROM ({table.sql})")
    seen = int(str(row[0])) + table.first_line - 1
    return [("quote_never_closed", n + 1) for n in range(seen, table.n_lines)]
