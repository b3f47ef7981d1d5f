"""The query over one file being read: records given out, everything else counted and kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from trod.events import plan
from trod.events.left_out import LeftOut, look_again
from trod.events.moments import LEAP, REPEATED, SKIPPED
from trod.events.report import Report
from trod.sources.engine import Engine, batch_rows
from trod.sources.faults import in_words
from trod.sources.reshape import ROW
from trod.sources.table import Table

_RULES: Final = ("repeated_hour", "skipped_hour", "leap_second")
_VALUES: Final = (
    (plan.BAD_VALUE, "value_unreadable"),
    (plan.FOREIGN, "value_in_other_currency"),
    (plan.BAD_SCORE, "score_unreadable"),
)


@dataclass(slots=True)
class Reading:
    """One query being read; it owns the engine and closes it at the end."""

    table: Table
    duck: Engine
    schema: pa.Schema
    query: str
    numbered: str
    report: Report
    left_out: LeftOut
    stack: ExitStack

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Give records, count everything else."""
        with self.stack, in_words(self.table.told):
            n = batch_rows(self.table.row_bytes)
            reader = self.duck.connection.sql(self.query).to_arrow_reader(n)
            for batch in reader:
                if out := self._record(batch):
                    yield out
            look_again(self.duck, self.table, self.numbered, self.report, self.left_out)
            self._find_unread()

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
                    self.report.left += k
            mapped = pc.is_null(reasons)
            batch = batch.filter(mapped)
            n = _Counts.of(batch)
        self.report.mapped += len(batch)
        self.report.merged += n.offered - len(batch)
        for column, code in _VALUES:
            if column in batch.schema.names and (bad := pc.sum(batch.column(column)).as_py()):
                self.report.miss(code, bad)
        self._moved(batch)
        if not len(batch):
            return None
        return batch.select(self.schema.names).cast(self.schema)

    def _moved(self, batch: pa.RecordBatch) -> None:
        """Count the times that a rule read; hardly ever are there any."""
        if plan.SPECIAL in batch.schema.names:
            special = batch.column(plan.SPECIAL)
            if not pc.max(special).as_py():
                return
            kinds = special.to_numpy(zero_copy_only=False)
            moment = kinds & (LEAP - 1)
            found = [(moment == REPEATED).sum(), (moment == SKIPPED).sum(), (kinds >= LEAP).sum()]
        elif "_trod_leap" in batch.schema.names:
            found = [pc.sum(batch.column(name)).as_py() or 0 for name in plan.MOVED]
        else:
            return
        for rule, n in zip(_RULES, found, strict=True):
            if n:
                self.report.move(rule, int(n))

    def _find_unread(self) -> None:
        """Look up the first rows with values that could not be read; only asked where some are."""
        missed = [(column, code) for column, code in _VALUES if code in self.report.unread]
        for column, code in missed:
            found = self.duck.rows(
                f"SELECT {ROW} FROM ({self.numbered}) WHERE {column} AND {plan.REASON} IS NULL "
                f"ORDER BY {ROW} LIMIT 3"
            )
            for (row,) in found:
                self.report.miss(code, 0, f"row {row}")


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
