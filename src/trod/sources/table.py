"""A file as a table that DuckDB scans: one query, its columns, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Literal

from trod.errors import DataError
from trod.sources.dialect import Dialect, find_dialect
from trod.sources.elements import write_lines
from trod.sources.engine import Engine, literal, quoted
from trod.sources.faults import in_words
from trod.sources.form import form
from trod.sources.limits import LIMITS, check_columns, check_line, of_documents
from trod.sources.mended import without_bad_quotes
from trod.sources.ocel import is_ocel_database, looks_like_ocel, ocel_rows
from trod.sources.parquet import check_parquet, flat
from trod.sources.records import (
    RECORD,
    Paths,
    Records,
    columns_sql,
    find_paths,
    lines,
    nothing_in,
    with_lacking,
    written,
)
from trod.sources.reshape import (
    ROW,
    as_numbered,
    as_records,
    numbered,
    reshaped,
    reshapes,
    rows_numbered,
)
from trod.sources.rows import RowWriter, Written
from trod.sources.sheet import is_book, sheet_rows, sheets_with_rows
from trod.sources.spec import FileOptions, LimitsSpec, Names
from trod.sources.sqlite import is_sqlite
from trod.sources.text import Text, level, magic
from trod.sources.xes import looks_like_xes, xes_rows

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
    not null could be cut off but not read; records that could not even be cut off are in `bad`, or
    stand in the reject table of the engine after the scan, see `torn_records`.
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
    looked_into: str = ""  # numbered rows, where several may come of one record
    as_json: str = ""  # every record as JSON, in the order of the file
    base: tuple[Column, ...] = ()  # columns before records were looked into
    bad: Mapping[str, int] = field(default_factory=dict)  # records with wrong quotes, by code
    lacking: frozenset[str] = frozenset()  # columns that may be missing, and are
    lines_before: int = 0  # of the file, where this is a later piece of it
    limits: LimitsSpec = LIMITS
    row_bytes: int = 0  # how long rows are on average
    origin: Path | None = None  # what rows were taken out of, where `path` is not it

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def told(self) -> Path:
        """What people know it by."""
        return self.origin or self.path

    @property
    def numbered(self) -> str:
        """The same query with the number of the record of each row, from 1, as `ROW`."""
        return self.looked_into or f"SELECT *, row_number() OVER () AS {ROW} FROM ({self.sql})"

    @property
    def fault(self) -> str | None:
        """SQL that gives the code of the reason why a row cannot be read, or NULL."""
        if self.format in ("jsonl", "json"):
            return f"CASE WHEN {RECORD} IS NULL THEN 'not_a_json_object' END"
        return None


def open_table(
    engine: Engine,
    path: Path,
    options: FileOptions | None = None,
    *,
    whole: bool = False,
    dialect: Dialect | None = None,
    asked: Sequence[str] = (),
) -> Table:
    """Look at a file and say how DuckDB scans it.

    Parameters
    ----------
    engine
        Whose scratch folder takes a level copy where one is needed.
    path
        CSV of any dialect, JSON lines, JSON, Parquet or a workbook; text may be gzipped or
        zstandard.
    options
        What is known about the file; the rest is found by looking.
    whole
        Look for keys in all records of a JSON file; by default in the first 20,000.
    dialect
        That of a CSV file, where it is known.
    asked
        Columns that a definition names. A JSON file none of whose records can be read has these,
        so that each record is a row all the same, and can be kept with its reason.

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
    with in_words(path):
        if (table := _of_bytes(engine, path, start, options, whole=whole)) is not None:
            return table
        limits = options.limits
        text = level(path, encoding=options.encoding, scratch=engine.scratch, limits=limits)
        return _of_text(engine, path, text, options, whole=whole, dialect=dialect, asked=asked)


def _of_bytes(
    engine: Engine, path: Path, start: bytes, options: FileOptions, *, whole: bool
) -> Table | None:
    """Open what is no text; None for a text."""
    if options.format == "parquet" or start.startswith(b"PAR1"):
        table = _parquet(engine, path, options.limits)
        return _looked_into(engine, table, options, whole=whole)
    if is_book(path, start):
        return _sheet(engine, path, options)
    if is_sqlite(start):
        return _ocel(engine, path, options, database=True)
    return None


def _of_text(
    engine: Engine,
    path: Path,
    text: Text,
    options: FileOptions,
    *,
    whole: bool,
    dialect: Dialect | None,
    asked: Sequence[str],
) -> Table:
    """Open a text by its form."""
    kind = options.format or form(text.head)
    found = options.format is None
    if kind == "xes" or (found and looks_like_xes(text.head)):
        rows = xes_rows(path, engine.room(path.name), options.limits)
        return open_written(engine, rows, options, origin=path)
    if kind == "ocel" or options.object_type or (found and looks_like_ocel(path, text)):
        return _ocel(engine, path, options, database=False)
    if options.each and kind != "csv":
        text = replace(text, limits=of_documents(text.limits))
    if kind != "json":
        check_line(path, text.longest, text.longest_at, text.limits, json=kind == "jsonl")
    if kind == "csv":
        known = dialect or find_dialect(text.head, options, name=str(path))
        table = _csv(engine, path, text, known, options.nulls)
        return _looked_into(engine, table, options, whole=whole)
    shape: Literal["jsonl", "json"] = "jsonl" if kind == "jsonl" else "json"
    return _json(engine, path, text, shape, options, whole=whole, asked=asked)


def _sheet(engine: Engine, path: Path, options: FileOptions) -> Table:
    """Open a sheet of a workbook."""
    out = engine.room(path.name)
    return open_written(engine, sheet_rows(path, options, out), options, origin=path)


def _ocel(engine: Engine, path: Path, options: FileOptions, *, database: bool) -> Table:
    """Open an object-centric event log."""
    if database and not is_ocel_database(path):
        raise DataError(
            f"{path}: this is a SQLite database. Write `database: sqlite:///{path.name}` and "
            "`table:` in trod.yml in place of `files:`."
        )
    out = engine.room(path.name)
    rows = ocel_rows(path, options, out, database=database)
    return open_written(engine, rows, options, origin=path)


def open_every_sheet(engine: Engine, path: Path) -> Iterator[tuple[str | None, Table]]:
    """Open a file; of a workbook with several sheets each one, with its name."""
    names = sheets_with_rows(path) if is_book(path, magic(path)) else ()
    if len(names) < 2:
        yield None, open_table(engine, path)
        return
    for name in names:
        out = engine.room(f"{name}{path.suffix}")
        options = FileOptions.model_validate({"sheet": name})
        rows = sheet_rows(path, options, out)
        yield name, open_written(engine, rows, options, origin=path)


def open_written(
    engine: Engine, rows: RowWriter | Written, options: FileOptions, *, origin: Path | None = None
) -> Table:
    """Open rows that were written as JSON lines; their columns are known, though no row be.

    Where they come from no file, people know them by the name of what was written, not its place.
    """
    text = Text(
        rows.path, "none", "utf-8", "", rows.n_lines, 0, limits=options.limits, size=rows.size
    )
    told = origin or Path(rows.path.name)
    names, nested = rows.names, rows.nested
    table = _json(engine, told, text, "jsonl", options, whole=True, names=names, nested=nested)
    return replace(table, path=rows.path, origin=told)


def _parquet(engine: Engine, path: Path, limits: LimitsSpec) -> Table:
    row_bytes = check_parquet(path, limits)
    source = f"read_parquet({literal(str(path))})"
    fields = list(flat(engine.connection.sql(f"SELECT * FROM {source} LIMIT 0")))
    parts = ", ".join(f"{each.sql} AS {quoted(each.name)}" for each in fields)
    columns = tuple(Column(each.name, each.type) for each in fields)
    return Table(path, "parquet", f"SELECT {parts} FROM {source}", columns, row_bytes=row_bytes)


def _csv(engine: Engine, path: Path, text: Text, dialect: Dialect, nulls: Names) -> Table:
    check_columns(path, len(dialect.names), text.limits)
    text, bad = without_bad_quotes(engine, text, dialect)
    rejects = f"_trod_rejects_{next(_numbers)}"
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(dialect.names)))
    nothing = ", ".join(literal(value) for value in dict.fromkeys(("", *nulls)))
    source = (
        f"read_csv({literal(str(text.path))}, auto_detect=false, columns={{{columns}}}, "
        f"delim={literal(dialect.delimiter)}, quote={literal(dialect.quote)}, "
        f"escape={literal(dialect.escape)}, header={dialect.header}, skip={dialect.skip}, "
        f"compression='{text.compression}', nullstr=[{nothing}], null_padding=true, "
        f"parallel=false, max_line_size={text.limits.row}, buffer_size={4 * text.limits.row}, "
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
        bad=bad,
        limits=text.limits,
        row_bytes=text.row_bytes,
    )


def _looked_into(engine: Engine, table: Table, options: FileOptions, *, whole: bool) -> Table:
    """Read rows as records where their values are looked into; add columns that may be missing."""
    packed = ", ".join(f"{quoted(name)} := {quoted(name)}" for name in table.names)
    as_json = f"SELECT to_json(struct_pack({packed}))::VARCHAR AS whole FROM ({table.sql})"
    table = replace(table, as_json=as_json, base=table.columns)
    if reshapes(options):
        found = reshaped(as_records(table.sql, table.rejects), options)
        there = find_paths(engine, found, whole=whole, most=options.limits.columns)
        check_columns(table.path, len(there), options.limits, what="different keys")
        paths = with_lacking(there, options.may_lack)
        return replace(
            table,
            sql=columns_sql(found, paths),
            columns=tuple(Column(name, "VARCHAR") for name in paths),
            paths=paths,
            whole=whole,
            looked_into=rows_numbered(as_numbered(table.sql), options, paths),
            lacking=frozenset(paths.keys() - there.keys()),
        )
    known = {name.lower() for name in table.names}
    lacking = [name for name in options.may_lack if name.lower() not in known]
    if not lacking:
        return table
    empty = ", ".join(f"NULL::VARCHAR AS {quoted(name)}" for name in lacking)
    columns = (*table.columns, *(Column(name, "VARCHAR") for name in lacking))
    sql = f"SELECT *, {empty} FROM ({table.sql})"
    return replace(table, sql=sql, columns=columns, lacking=frozenset(lacking))


def _json(
    engine: Engine,
    path: Path,
    text: Text,
    kind: Literal["jsonl", "json"],
    options: FileOptions,
    *,
    whole: bool,
    names: Sequence[str] = (),
    nested: bool = False,
    asked: Sequence[str] = (),
) -> Table:
    if kind == "json":
        copy = engine.scratch / f"elements-{next(_numbers)}"
        n, longest = write_lines(text.path, "utf-8", text.limits, copy)
        text = replace(text, path=copy, compression="none", n_lines=n, longest=longest)
    records = lines(text, f"_trod_rejects_{next(_numbers)}", documents=bool(options.each))
    found = reshaped(records, options)
    there = _paths(engine, found, options, names, asked, whole=whole, nested=nested)
    if not there and not whole:
        there, whole = _paths(engine, found, options, names, asked, whole=True, nested=nested), True
    if not there and not (asked and engine.rows(f"SELECT 1 FROM ({records.raw}) LIMIT 1")):
        raise nothing_in(engine, path, records, text.limits)
    check_columns(path, len(there), text.limits, what="different keys")
    paths = with_lacking(there, (*options.may_lack, *(() if there else asked)))
    looked_into = rows_numbered(numbered(records), options, paths) if reshapes(options) else ""
    return Table(
        path,
        kind,
        columns_sql(found, paths),
        tuple(Column(name, "VARCHAR") for name in paths),
        rejects=found.rejects,
        paths=paths,
        encoding=text.encoding,
        whole=whole,
        looked_into=looked_into,
        as_json=records.raw,
        lacking=frozenset(paths.keys() - there.keys()),
        limits=text.limits,
        row_bytes=text.row_bytes,
    )


def _paths(
    engine: Engine,
    records: Records,
    options: FileOptions,
    names: Sequence[str],
    asked: Sequence[str],
    *,
    whole: bool,
    nested: bool,
) -> Paths:
    """Find the keys of records; where the columns are known, only what is looked into."""
    known: Paths = {name: (name,) for name in names}
    if known and not (nested or reshapes(options)):
        return known
    most, asked = options.limits.columns, (*options.may_lack, *asked)
    there = find_paths(engine, records, whole=whole, most=most, asked=asked)
    inside = {keys[0] for keys in there.values()}
    return {**{name: way for name, way in known.items() if name not in inside}, **there}


def open_rows(
    engine: Engine,
    path: Path,
    options: FileOptions,
    names: Sequence[str],
    types: Sequence[str],
) -> Table:
    """Open rows that were written as JSON, one a line, with the types that they had."""
    text = level(path, encoding="utf-8", scratch=engine.scratch, limits=options.limits)
    found = lines(text, f"_trod_rejects_{next(_numbers)}")
    parts = ", ".join(
        f"TRY_CAST(json_extract{'_string' if kind == 'VARCHAR' else ''}"
        f"(j, {literal(written((name,)))}) AS {kind}) AS {quoted(name)}"
        for name, kind in zip(names, types, strict=True)
    )
    columns = tuple(Column(name, kind) for name, kind in zip(names, types, strict=True))
    table = Table(path, "parquet", f"SELECT {parts} FROM ({found.sql})", columns)
    return _looked_into(engine, table, options, whole=True)
