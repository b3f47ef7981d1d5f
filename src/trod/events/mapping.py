"""Sources as touchpoints: each file of each source becomes one stream of records and one account.

The mapping itself is SQL over the file (see `plan`); Python only counts what was not taken and,
where customers wrote something and gave no score, reads the mood of their words.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trod.errors import DataError
from trod.events import plan
from trod.events.pieces import TimeSpec
from trod.events.report import Report
from trod.events.spec import SourceSpec
from trod.events.sql import names_zone, offset_sql, raw_time_sql
from trod.events.tables import attribute_schema, touchpoint_schema
from trod.sources.engine import BATCH_ROWS, Engine, engine, quoted
from trod.sources.find import found_or_error
from trod.sources.table import Table, open_table, plain, torn_lines

_VALUES = ((plan.BAD_VALUE, "value_unreadable"), (plan.BAD_SCORE, "score_unreadable"))
_SEEN_ROWS = 1000  # rows looked at to tell whether times name their zone


@dataclass(frozen=True)
class Delivery:
    """What one file of a source gives.

    `batches` is read once, front to back; `report` is complete when it is drained.
    """

    source: str
    file: str
    kind: Literal["touchpoints", "attributes"]
    batches: pa.RecordBatchReader
    report: Report
    definition: str = ""  # short for the way rows are mapped; other ways give other rows
    mood: bool = False  # whether the mood of texts is to be read where no score stands
    columns: tuple[str, ...] = ()  # of the file, in its order


def deliveries(
    sources: Sequence[SourceSpec],
    *,
    root: Path,
    zone: str,
    files: Sequence[Path] | None = None,
    threads: int | None = None,
) -> Iterator[Delivery]:
    """Map every file of every source to touchpoints and attributes.

    Parameters
    ----------
    sources
        The sources, from `trod.yml` or from `guess`.
    root
        Folder that their files are relative to.
    zone
        IANA zone of times that name none.
    files
        Where given, patterns of sources choose from these files instead of from `root`.
    threads
        Threads for reading. The records do not depend on it.

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
        for path in found_or_error(spec.name, spec.files, root=root, among=files):
            for kind in _kinds(spec):
                yield _delivery(
                    spec, path, kind, root=root, zone=zone, among=files, threads=threads
                )


def _kinds(spec: SourceSpec) -> Iterator[Literal["touchpoints", "attributes"]]:
    if spec.time is not None or spec.dates:
        yield "touchpoints"
    if spec.attributes:
        yield "attributes"


def _delivery(
    spec: SourceSpec,
    path: Path,
    kind: Literal["touchpoints", "attributes"],
    *,
    root: Path,
    zone: str,
    among: Sequence[Path] | None,
    threads: int | None,
) -> Delivery:
    """Plan one file; nothing but its first rows is read before the batches are."""
    with ExitStack() as stack:
        duck = stack.enter_context(engine(threads=threads))
        table = _opened(duck, path, spec)
        joins = [_joined(duck, spec, i, root=root, among=among) for i in range(len(spec.join))]
        tables = [table, *(join.table for join in joins)]
        duck.lock([*duck.scratch.iterdir(), *(t.path for t in tables)])
        at = plan.scene(spec, table, joins)
        plan.check(spec, at, duck)
        _keys_are_unique(duck, spec, joins)
        report = Report(spec.name, path.name)
        if kind == "touchpoints":
            report.zone_assumed = _any_naive(duck, spec, at)
            schema = touchpoint_schema(spec.id_words(), spec.states)
            query = plan.touchpoints_sql(spec, at, spec.zone or zone)
            numbered = plan.touchpoints_sql(spec, at, spec.zone or zone, numbered=True)
        else:
            names = map(plan.attribute_name, plan.attribute_columns(spec, at))
            schema = attribute_schema(spec.id_words(), names)
            query = plan.attributes_sql(spec, at)
            numbered = plan.attributes_sql(spec, at, numbered=True)
        run = _Run(spec, table, duck, schema, query, numbered, report, stack.pop_all())
    reader = pa.RecordBatchReader.from_batches(schema, run.batches())
    mood = kind == "touchpoints" and spec.mood and bool(spec.text)
    definition = _definition(spec, zone)
    return Delivery(spec.name, path.name, kind, reader, report, definition, mood, table.names)


def _definition(spec: SourceSpec, zone: str) -> str:
    """Give a short text that differs where two definitions make different rows of one file."""
    told = spec.model_dump(
        mode="json", exclude={"name", "files", "mood", "like", "gates"}, exclude_defaults=True
    )
    told["zone"] = spec.zone or zone
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _opened(duck: Engine, path: Path, spec: SourceSpec) -> Table:
    """Open a file; look through all its records where a key is not among the first ones."""
    table = open_table(duck, path, spec)
    known = {*table.names, *(name for join in spec.join for name in join.columns)}
    asked = spec.attributes == "*" or spec.conditions()
    if not table.whole and (asked or not known.issuperset(plan.named_columns(spec))):
        return open_table(duck, path, spec, whole=True)
    return table


def _joined(
    duck: Engine, spec: SourceSpec, i: int, *, root: Path, among: Sequence[Path] | None
) -> plan.Joined:
    join = spec.join[i]
    found = found_or_error(f"{spec.name}: join", (join.file,), root=root, among=among)
    if len(found) > 1:
        raise DataError(
            f"source {spec.name!r}: `join: {join.file}` means {len(found)} files. Name one of them."
        )
    return plan.Joined(open_table(duck, found[0], join), join.on, join.columns)


def _keys_are_unique(duck: Engine, spec: SourceSpec, joins: Sequence[plan.Joined]) -> None:
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


def _any_naive(duck: Engine, spec: SourceSpec, at: plan.Scene) -> bool:
    """Say whether times of this source are read in the default zone."""
    if spec.zone is not None:
        return False
    times = [spec.time] if spec.time is not None else list(spec.dates.values())
    return any(_naive(duck, one, at) for time in times for one in time.one_by_one())


def _naive(duck: Engine, time: TimeSpec, at: plan.Scene) -> bool:
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


@dataclass(slots=True)
class _Run:
    """One query being read; it owns the engine and closes it at the end."""

    spec: SourceSpec
    table: Table
    duck: Engine
    schema: pa.Schema
    query: str
    numbered: str
    report: Report
    stack: ExitStack

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give records, count everything else."""
        with self.stack:
            try:
                reader = self.duck.connection.sql(self.query).to_arrow_reader(BATCH_ROWS)
                for batch in reader:
                    if out := self._record(batch):
                        yield out
                self._count_torn()
                self._find_examples()
            except (duckdb.Error, pa.ArrowException) as problem:
                raise DataError(f"{self.table.path}: {plain(problem)}") from problem

    def _record(self, batch: pa.RecordBatch) -> pa.RecordBatch | None:
        """Count a batch and give the part of it that is mapped."""
        reasons = batch.column(plan.REASON)
        n = _Counts.of(batch)
        self.report.rows += n.rows
        self.report.expanded += n.offered - n.rows
        if reasons.null_count < len(batch):
            offered = n.offered_by_row
            for reason, k in _by_reason(reasons, offered):
                if reason.startswith(plan.DROPPED):
                    self.report.drop(reason.removeprefix(plan.DROPPED), k)
                else:
                    self.report.quarantine(reason, k)
            mapped = pc.is_null(reasons)
            batch = batch.filter(mapped)
            n = _Counts.of(batch)
        self.report.mapped += len(batch)
        self.report.merged += n.offered - len(batch)
        for column, code in _VALUES:
            if column in batch.schema.names and (bad := pc.sum(batch.column(column)).as_py()):
                self.report.miss(code, bad)
        if not len(batch):
            return None
        return batch.select(self.schema.names).cast(self.schema)

    def _count_torn(self) -> None:
        for reason, line in torn_lines(self.duck, self.table):
            self.report.rows += 1
            self.report.quarantine(reason, 1, f"line {line}")

    def _find_examples(self) -> None:
        """Look up the first rows of each reason; only asked where something went wrong."""
        wanted = [f"NOT starts_with({plan.REASON}, '{plan.DROPPED}')"]
        wanted = wanted if self.report.quarantined else []
        missed = [(column, code) for column, code in _VALUES if code in self.report.unread]
        wanted += [column for column, _ in missed]
        if not wanted:
            return
        cases = "".join(f" WHEN {column} THEN '{code}'" for column, code in missed)
        reason = f"CASE WHEN {plan.REASON} IS NOT NULL THEN {plan.REASON}{cases} END"
        found = self.duck.rows(
            f"SELECT {reason} AS why, {plan.REASON} IS NULL, _trod_row, left({plan.SAID}, 40) "
            f"FROM ({self.numbered}) WHERE {' OR '.join(wanted)} "
            "QUALIFY row_number() OVER (PARTITION BY why ORDER BY _trod_row) <= 3 "
            "ORDER BY why, _trod_row"
        )
        for why, kept, row_number, said in found:
            quote = f": {said!r}" if said is not None and "time" in str(why) else ""
            tell = self.report.miss if kept else self.report.quarantine
            tell(str(why), 0, f"row {row_number}{quote}")


@dataclass(frozen=True, slots=True)
class _Counts:
    """How many rows of the file stand behind the rows of a batch."""

    rows: int
    offered: int
    offered_by_row: pa.Array | None

    @classmethod
    def of(cls, batch: pa.RecordBatch) -> _Counts:
        """Read the counting columns of a batch, where it has any."""
        names = batch.schema.names
        if plan.N_ROWS in names:
            offered = batch.column(plan.N_OFFERED)
            rows = pc.sum(batch.column(plan.N_ROWS)).as_py() or 0
            return cls(rows, pc.sum(offered).as_py() or 0, offered)
        if "_trod_first" in names:
            return cls(pc.sum(batch.column("_trod_first")).as_py() or 0, len(batch), None)
        return cls(len(batch), len(batch), None)


def _by_reason(reasons: pa.Array, offered: pa.Array | None) -> list[tuple[str, int]]:
    """Count rows that were not taken by reason, in order of the reasons."""
    weight = offered if offered is not None else pa.array([1] * len(reasons), pa.int64())
    counted = pa.table({"why": reasons, "n": weight}).group_by("why").aggregate([("n", "sum")])
    rows = zip(counted["why"].to_pylist(), counted["n_sum"].to_pylist(), strict=True)
    return sorted((why, n) for why, n in rows if why is not None)
