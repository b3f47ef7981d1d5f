"""Sources as touchpoints: each file of each source becomes one stream of records and one account.

The mapping itself is SQL over the file (see `plan`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa

from trod.errors import DataError
from trod.events import definitions, plan, scene
from trod.events.left_out import LeftOut
from trod.events.moments import Rules
from trod.events.opened import File, Follow, joined, opened
from trod.events.pieces import TimeSpec
from trod.events.places import NO_MARKS, Marks, given, places
from trod.events.reading import Reading
from trod.events.report import Report
from trod.events.spec import SourceSpec
from trod.events.sql import names_zone, offset_sql, raw_time_sql
from trod.events.tables import attribute_schema, touchpoint_schema
from trod.sources.cursors import Reached
from trod.sources.engine import Engine, engine, quoted
from trod.sources.faults import in_words

_SEEN_ROWS = 1000  # rows looked at to tell whether times name their zone


Kind = Literal["touchpoints", "attributes"]


@dataclass(frozen=True)
class Delivery:
    """What one file of a source gives.

    `batches` is read once, front to back; `report` is complete when it is drained.
    """

    source: str
    file: str
    kind: Kind
    batches: pa.RecordBatchReader
    report: Report
    definition: str = ""  # short for the way rows are mapped; other ways give other rows
    mood: bool = False  # whether the mood of texts is to be read where no score stands
    columns: tuple[str, ...] = ()  # of the file, in its order
    left_out: LeftOut = field(default_factory=LeftOut)  # rows that give nothing; as `report`
    told: str = ""  # the definition in full
    read_as: Callable[[str], Delivery] | None = None  # the same file by another definition
    reached: Reached | None = None  # how far its source is read with it
    path: Path | None = None  # of the file


Broken = Callable[[str, str, DataError], object]
"""Told the source and the file that cannot be read, and why."""


def _raised(_source: str, _file: str, problem: DataError) -> None:
    raise problem


def deliveries(
    sources: Sequence[SourceSpec],
    *,
    root: Path,
    zone: str,
    rules: Rules = plan.RULES,
    files: Sequence[Path] | None = None,
    threads: int | None = None,
    marks: Marks = NO_MARKS,
    follow: Follow | None = None,
    broken: Broken = _raised,
) -> Iterator[Delivery]:
    """Map every file of every source to touchpoints and attributes.

    Parameters
    ----------
    sources
        The sources, from `trod.yml` or from `guess`.
    root
        Folder that their files are relative to.
    zone, rules
        IANA zone of times that name none, and how hours are read that its clocks repeat or skip.
    files
        Where given, patterns of sources choose from these files instead of from `root`.
    threads
        Threads for reading. The records do not depend on it.
    marks
        How far sources were read before, for those that are not read from the beginning.
    follow
        Where given, only these files are read, and of text no line that is not complete.
    broken
        Told the source and the file that cannot be read, and why; the others are given. By
        default such a file raises.

    Yields
    ------
    Delivery
        One for the touchpoints of a file, one for its attributes, as far as the source has them.

    Raises
    ------
    DefinitionError
        If a source names a column that its file does not have.
    DataError
        If a file is missing, empty, damaged, or not what the source says.
    """
    for spec in sources:
        if spec.aside is not None:
            continue
        like = File(root, root, zone, rules, files, threads, follow=follow)
        try:
            for of in places(spec, like, marks):
                yield from _of_file(spec, of, broken)
        except DataError as problem:
            broken(spec.name, "", problem)


def _of_file(spec: SourceSpec, of: File, broken: Broken) -> Sequence[Delivery]:
    """Plan all that a file gives, or nothing of it."""
    try:
        return [delivery(spec, kind, of) for kind in kinds(spec).values()]
    except DataError as problem:
        broken(spec.name, of.name or of.path.name, problem)
        return ()


def rows_delivered(spec: SourceSpec, rows: Iterable[Any], like: File) -> Iterator[Delivery]:
    """Map rows that a program gives: the touchpoints of them, the attributes, or both."""
    for of in given(spec, like, rows):
        for kind in kinds(spec).values():
            yield delivery(spec, kind, of)


def kinds(spec: SourceSpec) -> dict[str, Kind]:
    """Say what a source gives: touchpoints, attributes, or both."""
    found: dict[str, Kind] = {}
    if spec.time is not None or spec.dates:
        found["touchpoints"] = "touchpoints"
    if spec.attributes:
        found["attributes"] = "attributes"
    return found


def delivery(spec: SourceSpec, kind: Kind, of: File) -> Delivery:
    """Plan one file; nothing but its first rows is read before the batches are."""
    told = definitions.told(spec, of.zone, of.rules)
    with ExitStack() as stack, in_words(of.path):
        duck = stack.enter_context(engine(threads=of.threads))
        table = opened(duck, spec, of)
        joins = [joined(duck, spec, i, of) for i in range(len(spec.join))]
        tables = [table, *(join.table for join in joins)]
        duck.lock([*duck.scratch.iterdir(), *(t.path for t in tables)])
        at = scene.scene(spec, table, joins)
        scene.check(spec, at, duck)
        _keys_are_unique(duck, spec, joins)
        report = Report(spec.name, of.name or of.path.name)
        if kind == "touchpoints":
            report.zone_assumed = _any_naive(duck, spec, at)
            schema = touchpoint_schema(spec.id_words(), spec.states)
            zone = spec.zone or of.zone
            query = plan.touchpoints_sql(spec, at, zone, of.rules)
            numbered = plan.touchpoints_sql(spec, at, zone, of.rules, numbered=True)
        else:
            names = map(plan.attribute_name, plan.attribute_columns(spec, at))
            schema = attribute_schema(spec.id_words(), names)
            query = plan.attributes_sql(spec, at)
            numbered = plan.attributes_sql(spec, at, numbered=True)
        left_out = LeftOut()
        run = Reading(table, duck, schema, query, numbered, report, left_out, stack.pop_all())
    return Delivery(
        spec.name,
        report.file,
        kind,
        pa.RecordBatchReader.from_batches(schema, run.batches()),
        report,
        definitions.short(told),
        kind == "touchpoints" and spec.mood and bool(spec.text),
        table.names,
        left_out,
        told,
        lambda text: delivery(definitions.read(text, like=spec), kind, of),
        of.reached,
        of.path,
    )


def _keys_are_unique(duck: Engine, spec: SourceSpec, joins: Sequence[scene.Joined]) -> None:
    """Refuse a join that would multiply rows."""
    for join in joins:
        keys = ", ".join(quoted(name) for name in join.on.values())
        twice = duck.rows(
            f"SELECT {keys} FROM ({join.table.sql}) GROUP BY {keys} HAVING count(*) > 1 "
            f"ORDER BY {keys} LIMIT 1"
        )
        if twice:
            values = ", ".join(str(value) for value in twice[0])
            raise DataError(
                f"source {spec.name!r}: {join.table.path.name} has more than one row for {values}, "
                f"so a row could not be joined to one. Join on more columns than {keys}."
            )


def _any_naive(duck: Engine, spec: SourceSpec, at: scene.Scene) -> bool:
    """Say whether times of this source are read in the default zone."""
    if spec.zone is not None:
        return False
    times = [spec.time] if spec.time is not None else list(spec.dates.values())
    return any(_naive(duck, one, at) for time in times for one in time.one_by_one())


def _naive(duck: Engine, time: TimeSpec, at: scene.Scene) -> bool:
    if time.zone is not None or (time.unit is not None and time.since is None):
        return False
    kind = at.row.types[time.column[0]]
    if kind == "TIMESTAMP WITH TIME ZONE" or names_zone(time.format):
        return False
    if time.unit is not None or kind != "VARCHAR" or time.format:
        return True
    raw = raw_time_sql(time, at.row)
    (found,) = duck.rows(
        f"SELECT bool_or(NOT {offset_sql('r')}) FROM (SELECT {raw} AS r FROM "
        f"(SELECT * FROM ({at.sql}) LIMIT {_SEEN_ROWS})) WHERE r IS NOT NULL"
    )[0]
    return bool(found)
