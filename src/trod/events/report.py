"""What became of the rows of one file: nothing is lost without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

import pyarrow as pa
import pyarrow.compute as pc

from trod.errors import DataError
from trod.events.counted import count
from trod.events.reasons import REASONS

_EXAMPLES: Final = 3
_OF_TIME: Final = ("time", "year", "day", "clock")
_MOVED: Final = {
    "repeated_hour": "in an hour that the clock showed twice, read by `repeated_hour`",
    "skipped_hour": "that the clock never showed, moved on by `skipped_hour`",
    "leap_second": "in a leap second, read as the second before it",
}


class UnbalancedError(DataError):
    """The account of a file does not add up: a fault of trod, not of the file."""


@dataclass(slots=True)
class Report:
    """The account of one delivery; complete once its batches are drained.

    rows + expanded = mapped + merged + number of dropped + number of quarantined.

    Attributes
    ----------
    source, file
        Where the rows came from.
    rows
        Rows read from the file.
    expanded
        Touchpoints beyond one a row: further dates of a wide table.
    mapped
        Touchpoints (or profiles) given out.
    merged
        Rows that went into the touchpoint of another row (`group_by`, `repeats: once`).
    dropped
        Rows left out on purpose, by the policy that does so: `where`.
    quarantined
        By code of the reason: how many rows could not become touchpoints, and the first of them.
    unread
        By code: how many touchpoints are kept without a value that could not be read (money, a
        score), and the first of them.
    moved
        By rule: how many times were read by a declared rule, because clocks were changed or a leap
        second was counted.
    zone_assumed
        True where times that name no zone were read in the default zone.
    """

    source: str
    file: str
    rows: int = 0
    expanded: int = 0
    mapped: int = 0
    merged: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    unread: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    zone_assumed: bool = False
    left: int = 0  # touchpoints that rows of the scan could not give

    @property
    def n_quarantined(self) -> int:
        """How many rows were quarantined, for any reason."""
        return sum(n for n, _ in self.quarantined.values())

    @property
    def received(self) -> int:
        """How many touchpoints were offered: mapped, quarantined, or dropped by policy."""
        return self.mapped + self.n_quarantined + sum(self.dropped.values())

    def drop(self, policy: str, n: int) -> None:
        """Count rows that were left out on purpose."""
        self.dropped[policy] = self.dropped.get(policy, 0) + n

    def quarantine(self, code: str, n: int, example: str | None = None) -> None:
        """Count rows that could not become touchpoints, and remember the first ones."""
        _count(self.quarantined, code, n, example)

    def take_back(self, code: str, n: int) -> None:
        """Count touchpoints as quarantined that were given out as mapped."""
        self.mapped -= n
        self.quarantine(code, n)

    def miss(self, code: str, n: int, example: str | None = None) -> None:
        """Count values that could not be read, and remember the first ones."""
        _count(self.unread, code, n, example)

    def remember(self, left_out: pa.Table) -> None:
        """Remember the first rows of each code."""
        for code in left_out["code"].unique().to_pylist():
            before = self.quarantined[code][1]
            some = left_out.filter(pc.equal(left_out["code"], code))
            for row in some.slice(0, _EXAMPLES - len(before)).to_pylist():
                told = row["detail"] and code.split("_")[0] in _OF_TIME
                said = f": {row['detail'][:40]!r}" if told else ""
                self.quarantine(code, 0, f"{place(row['line'], row['row'])}{said}")

    def move(self, rule: str, n: int) -> None:
        """Count times that were read by a declared rule."""
        self.moved[rule] = self.moved.get(rule, 0) + n

    def words(self) -> tuple[str, ...]:
        """Say what a person must know about the rows that did not arrive whole."""
        out = []
        for code, (n, examples) in sorted(self.quarantined.items()):
            some = f" ({'; '.join(examples)})" if examples else ""
            out.append(f"{self.file}: {count(n, 'row')} quarantined: {REASONS[code].what}{some}.")
        return (*out, *self.unread_words())

    def unread_words(self) -> tuple[str, ...]:
        """Say which touchpoints are kept without one of their values."""
        out = []
        for code, (n, examples) in sorted(self.unread.items()):
            some = f" ({'; '.join(examples)})" if examples else ""
            out.append(f"{self.file}: {count(n, 'touchpoint')} kept {REASONS[code].what}{some}.")
        for rule, n in sorted(self.moved.items()):
            out.append(f"{self.file}: {count(n, 'time')} {_MOVED[rule]}.")
        return tuple(out)


def place(line: int | None, row: int | None) -> str:
    """Say where a record stands in its file.

    Examples
    --------
    >>> place(7, 3), place(None, 3)
    ('line 7', 'row 3')
    """
    return f"line {line}" if line is not None else f"row {row}"


def _count(
    into: dict[str, tuple[int, tuple[str, ...]]], key: str, n: int, example: str | None
) -> None:
    before, examples = into.get(key, (0, ()))
    if example is not None and len(examples) < _EXAMPLES:
        examples = (*examples, example)
    into[key] = (before + n, examples)


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of all rows of one file: received = stored + duplicate + quarantined + dropped.

    Attributes
    ----------
    file
        Its name.
    received
        Rows that arrived: touchpoints (or profiles) made from the file, and rows of it that none
        were made from.
    stored, duplicate
        Rows written to the log, and rows that were on record already.
    quarantined
        Rows that could not become touchpoints, by the code of the reason; their original bytes
        are kept.
    dropped
        Rows left out on purpose, by the policy that does so.
    columns
        Columns of the file when it was last read, in its order; of JSON the keys of the records
        looked at. None of a replay, which reads single records.
    """

    file: str
    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    columns: tuple[str, ...] = ()

    @property
    def n_quarantined(self) -> int:
        """How many rows were quarantined, for any reason."""
        return sum(self.quarantined.values())

    @property
    def n_dropped(self) -> int:
        """How many rows were dropped, by any policy."""
        return sum(self.dropped.values())

    def __add__(self, other: Self) -> FileReport:
        """Give the report of both."""
        return FileReport(
            self.file if self.file == other.file else "",
            self.received + other.received,
            self.stored + other.stored,
            self.duplicate + other.duplicate,
            _sum(self.quarantined, other.quarantined),
            _sum(self.dropped, other.dropped),
            (other.columns or self.columns) if self.file == other.file else (),
        )

    def balanced(self, source: str) -> FileReport:
        """Give this report, or raise where its sums do not add up.

        Raises
        ------
        UnbalancedError
            If received is not stored + duplicate + quarantined + dropped.
        """
        if self.received != self.stored + self.duplicate + self.n_quarantined + self.n_dropped:
            raise UnbalancedError(
                f"source {source!r}, {self.file}: {self.received:,} rows arrived, but "
                f"{self.stored:,} stored, {self.duplicate:,} duplicate, {self.n_quarantined:,} "
                f"quarantined and {self.n_dropped:,} dropped do not add up to that. Nothing was "
                "written; please report it."
            )
        return self


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    keys = sorted({*one, *other})
    return {key: one.get(key, 0) + other.get(key, 0) for key in keys}


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What became of all rows that one source delivered, file by file and together.

    received = stored + duplicate + quarantined + dropped, for each file and so for all.
    """

    source: str
    kind: str  # "touchpoints" or "attributes"
    files: tuple[FileReport, ...] = ()

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> SourceReport:
        """Read what `as_dict` wrote."""
        files = tuple(
            FileReport(**{**each, "columns": tuple(each.get("columns", ()))})
            for each in told["files"]
        )
        return cls(told["source"], told["kind"], files)

    def as_dict(self) -> dict[str, Any]:
        """Give the report for JSON: totals, and a report for each file."""
        return {
            "source": self.source,
            "kind": self.kind,
            **_told(self.total),
            "files": [
                {"file": each.file, **_told(each), "columns": list(each.columns)}
                for each in self.files
            ],
        }

    @property
    def total(self) -> FileReport:
        """The sums over all files."""
        return sum(self.files[1:], self.files[0]) if self.files else FileReport("")

    @property
    def received(self) -> int:
        """Rows that arrived."""
        return self.total.received

    @property
    def stored(self) -> int:
        """Rows written to the log."""
        return self.total.stored

    @property
    def duplicate(self) -> int:
        """Rows that were on record already."""
        return self.total.duplicate

    @property
    def quarantined(self) -> Mapping[str, int]:
        """Rows that could not become touchpoints, by the code of the reason."""
        return self.total.quarantined

    @property
    def dropped(self) -> Mapping[str, int]:
        """Rows left out on purpose, by policy."""
        return self.total.dropped

    @property
    def n_quarantined(self) -> int:
        """How many rows were quarantined, for any reason."""
        return self.total.n_quarantined

    @property
    def n_dropped(self) -> int:
        """How many rows were dropped, by any policy."""
        return self.total.n_dropped

    def __add__(self, other: Self) -> SourceReport:
        """Give the report of several deliveries of one source; a file read twice is added up."""
        by_file: dict[str, FileReport] = {}
        for each in (*self.files, *other.files):
            by_file[each.file] = by_file[each.file] + each if each.file in by_file else each
        return SourceReport(self.source, self.kind, tuple(by_file.values()))


def _told(report: FileReport) -> dict[str, Any]:
    return {
        "received": report.received,
        "stored": report.stored,
        "duplicate": report.duplicate,
        "quarantined": dict(report.quarantined),
        "dropped": dict(report.dropped),
    }


def by_source(reports: Iterable[SourceReport]) -> tuple[SourceReport, ...]:
    """Add reports up by source and kind, in order of first arrival."""
    found: dict[tuple[str, str], SourceReport] = {}
    for report in reports:
        key = (report.source, report.kind)
        found[key] = found[key] + report if key in found else report
    return tuple(found.values())
