"""A file as a person sees it first: its columns, what stands in them, how they hang together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from trod.events import roles
from trod.events.sql import Row
from trod.events.timeformat import TimeFormat, find_format
from trod.sources.engine import Engine, quoted
from trod.sources.faults import in_words
from trod.sources.table import Table

_SAMPLE: Final = 10_000
_DIFFERENT: Final = 400
NULLS: Final = ("?", "NULL", "null", "\\N", "NaN", "nan", "N/A", "n/a", "#N/A", "(null)", "<NA>")
_NUMBER: Final = re.compile(r"[-+(]?\s*[$€£¥]?\s*\d[\d.,' ]*\s*[$€£¥%]?\)?")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_URL: Final = re.compile(r"(https?://|www\.)\S+")


@dataclass(frozen=True)
class ColumnProfile:
    """One column: its name, its words, and its values in the sample."""

    name: str
    type: str
    values: tuple[str | None, ...]
    time: TimeFormat | None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The name cut into words."""
        return roles.tokens(self.name)

    @cached_property
    def known(self) -> list[str]:
        """Values that are not missing."""
        return [value for value in self.values if value is not None]

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each value stands in the sample."""
        return Counter(self.known)

    @cached_property
    def different(self) -> list[str]:
        """Some different values, in order of their first appearance."""
        return list(self.counts)[:_DIFFERENT]

    @property
    def filled(self) -> float:
        """Share of rows with a value."""
        return len(self.known) / len(self.values) if self.values else 0.0

    @property
    def unique(self) -> bool:
        """Whether no value stands twice, and none is missing."""
        return len(self.counts) == len(self.values)

    def share(self, pattern: re.Pattern[str]) -> float:
        """Give the share of different values that fit a pattern."""
        return sum(bool(pattern.fullmatch(v)) for v in self.different) / max(1, len(self.different))

    @cached_property
    def numeric(self) -> bool:
        """Whether the values are numbers, or amounts of money."""
        return bool(self.different) and self.share(_NUMBER) >= 0.95

    @cached_property
    def emails(self) -> bool:
        """Whether the values are e-mail addresses."""
        return bool(self.different) and self.share(_EMAIL) >= 0.9

    @cached_property
    def urls(self) -> bool:
        """Whether the values are addresses on the web."""
        return bool(self.different) and self.share(_URL) >= 0.9

    @cached_property
    def length(self) -> float:
        """Mean number of characters."""
        return sum(map(len, self.different)) / max(1, len(self.different))

    @cached_property
    def sentences(self) -> bool:
        """Whether the values read like something a person wrote."""
        spaced = sum(value.count(" ") >= 2 for value in self.different)
        return bool(self.different) and spaced >= len(self.different) / 2 and self.length >= 15

    def numbers(self) -> list[float]:
        """Give the values as numbers, as far as they are."""
        out = []
        for value in self.different:
            try:
                out.append(float(value))
            except ValueError:
                continue
        return out


@dataclass(frozen=True)
class FileProfile:
    """One file: its columns, and questions about how they hang together."""

    path: Path
    table: Table
    columns: tuple[ColumnProfile, ...]
    nulls: tuple[str, ...]
    n_sampled: int
    engine: Engine

    def column(self, name: str) -> ColumnProfile:
        """Give a column by its name."""
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def of_someone(self) -> frozenset[str]:
        """Columns that name someone, or an id of theirs; staff aside."""
        return frozenset(
            column.name
            for column in self.columns
            if column.known
            and (column.emails or roles.other_id(column.words) or roles.person(column.words) >= 0.8)
            and not roles.names_staff(column.words)
        )

    def ask(self, query: str) -> tuple[object, ...]:
        """Give the one row of an answer from the whole file."""
        with in_words(self.table.told):
            (row,) = self.engine.rows(query)
        return row

    def n_different(self, *names: str) -> int:
        """Count different combinations of values in the sample; rows with a gap do not count."""
        rows = zip(*(self.column(name).values for name in names), strict=True)
        return len({row for row in rows if None not in row})

    def exactly_unique(self, name: str) -> bool:
        """Say whether no value of a column stands twice in the whole file."""
        if not self.column(name).unique:
            return False
        column = quoted(name)
        row = self.ask(f"SELECT count(*) = count(DISTINCT {column}) FROM ({self.table.sql})")
        return bool(row[0])

    def unique_where_known(self, name: str) -> bool:
        """Say whether no value stands twice in the whole file; values may be missing."""
        column = quoted(name)
        row = self.ask(f"SELECT count({column}) = count(DISTINCT {column}) FROM ({self.table.sql})")
        return bool(row[0]) and self.column(name).filled > 0.2

    def repeated_whole(self, name: str) -> bool:
        """Say whether rows that share a value are the same row, delivered again."""
        if len(self.column(name).counts) < 0.9 * self.n_sampled:
            return False
        every = ", ".join(quoted(column) for column in self.table.names)
        row = self.ask(
            f"SELECT count(*) = count({quoted(name)}) AND count(DISTINCT {quoted(name)}) = "
            f"count(DISTINCT ({every})) FROM ({self.table.sql})"
        )
        return bool(row[0])

    def decides(self, key: str, others: Sequence[str]) -> tuple[int, int, bool]:
        """Count rows and different keys of the whole file; say whether a key fixes the others."""
        listed = ", ".join(quoted(name) for name in (key, *others))
        row = self.ask(
            f"SELECT count(*), count(DISTINCT {quoted(key)}), count(DISTINCT ({listed})) "
            f"FROM ({self.table.sql}) WHERE {quoted(key)} IS NOT NULL"
        )
        n_rows, n_keys, n_all = (int(str(n)) for n in row)
        return n_rows, n_keys, n_keys == n_all


def profile(engine: Engine, table: Table) -> FileProfile:
    """Look at the first rows of a file."""
    row = Row({column.name: column.type for column in table.columns})
    asked = ", ".join(f"{row.text(name)} AS {quoted(name)}" for name in table.names)
    sample = engine.connection.sql(f"SELECT {asked} FROM ({table.sql}) LIMIT {_SAMPLE}")
    with in_words(table.told):
        read = sample.to_arrow_table()
    values = {name: read.column(i).to_pylist() for i, name in enumerate(table.names)}
    nulls = tuple(mark for mark in NULLS if any(mark in column for column in values.values()))
    columns = []
    for column in table.columns:
        cleaned = tuple(None if v in nulls else v for v in values[column.name])
        made = ColumnProfile(column.name, column.type, cleaned, None)
        columns.append(ColumnProfile(column.name, column.type, cleaned, _time(engine, made)))
    return FileProfile(table.path, table, tuple(columns), nulls, read.num_rows, engine)


def _time(engine: Engine, column: ColumnProfile) -> TimeFormat | None:
    """Find out whether a column holds moments, and how they are written."""
    if column.type.startswith("TIMESTAMP") or column.type == "DATE":
        zone = "UTC" if column.type == "TIMESTAMP WITH TIME ZONE" else None
        return TimeFormat((), None, zone, 1.0, True, f"the file stores it as {column.type.lower()}")
    named = roles.time(column.words) >= 0.5 and not roles.is_id(column.words)
    return find_format(engine, column.different, timelike=named)
