"""What the files themselves did: arrived late, arrived twice, changed their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from trod._store.store import Store
from trod.events.counted import count
from trod.events.log_part import read_part
from trod.events.report import FileReport, SourceReport
from trod.insights.audit import Remark
from trod.insights.wording import day, duration

_DAY_US: Final = 86_400_000_000
_REPEATED: Final = 9  # in ten rows that were there before
_FEWEST: Final = 20


Spans = Mapping[tuple[str, str], tuple[int, int, int]]
"""By source and file, in order of arrival: first and last moment, and rows."""


def spans(store: Store) -> Spans:
    """Give the moments between which the rows of each file lie."""
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    for part in store.manifest.of("touchpoints"):
        times = read_part(store, part, ["time_us"])["time_us"].combine_chunks().to_numpy()
        key = str(part.facts["source"]), str(part.facts["file"])
        begin, end = int(times.min()), int(times.max())
        first, last, rows = found.get(key, (begin, end, 0))
        found[key] = min(first, begin), max(last, end), rows + times.size
    return found


def late(found: Spans, zone: str) -> Iterator[Remark]:
    """Find files whose rows all lie more than a day before what their source had brought already.

    Files are taken in the order in which they were read; files of one reading follow their names.
    """
    newest: dict[str, int] = {}
    for (source, file), (first, last, rows) in found.items():
        before = newest.get(source)
        if before is not None and last + _DAY_US < before:
            text = (
                f"{file}: {count(rows, 'row')} of {day(first, zone)} to {day(last, zone)} arrived "
                f"after data to {day(before, zone)}, {duration(before - last)} late."
            )
            first_day, last_day = day(first, zone), day(last, zone)
            yield Remark("note", source, "late", text, first_day, last_day, rows)
        newest[source] = max(before if before is not None else last, last)


def repeated(ingests: Sequence[Sequence[SourceReport]]) -> Iterator[Remark]:
    """Find files that brought hardly anything new the first time they were read.

    A file that is read again under its own name is no fault and is not told.
    """
    known: set[tuple[str, str]] = set()
    for report in (report for reports in ingests for report in reports):
        for file in report.files:
            new = (report.source, file.file) not in known
            known.add((report.source, file.file))
            many = file.duplicate * 10 >= file.received * _REPEATED
            if new and many and file.received >= _FEWEST:
                text = (
                    f"{file.file}: {file.duplicate:,} of {file.received:,} rows had come in other "
                    "files already. They count once."
                )
                yield Remark("note", report.source, "repeated", text, rows=file.duplicate)


def drift(reports: Sequence[SourceReport], found: Spans) -> Iterator[Remark]:
    """Compare the columns of each file with those of the file of its source before it.

    Before it by the moments in it, whenever it arrived: a late file is no change of columns.
    """
    for report in reports:
        told = [file for file in report.files if file.columns]
        told.sort(key=lambda file: found.get((report.source, file.file), (0, 0, 0))[0])
        for last, file in pairwise(told):
            yield from _changed(report.source, last, file)


def _changed(source: str, last: FileReport, file: FileReport) -> Iterator[Remark]:
    gone = [name for name in last.columns if name not in file.columns]
    new = [name for name in file.columns if name not in last.columns]
    if not (gone or new):
        return
    told = [f"{', '.join(gone)} went" * bool(gone), f"{', '.join(new)} came" * bool(new)]
    changed = " and ".join(text for text in told if text)
    renamed = " Perhaps renamed: look at the mapping." if gone and new else ""
    text = f"{file.file}: {changed} since {last.file}.{renamed}"
    yield Remark("problem" if gone else "note", source, "drift", text)
