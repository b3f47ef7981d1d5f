"""Tables that leave the house: customers, touchpoints, journeys as CSV, JSON lines or Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.parquet as pq

from trod.errors import DefinitionError, unknown
from trod.figures.spreadsheet import csv_text

if TYPE_CHECKING:
    from trod.workspace.folder import Workspace

FORMATS: Final = ("csv", "jsonl", "parquet")


def listed(
    workspace: Workspace,
    where: str,
    *,
    unit: str | None = None,
    journey: str | None = None,
    as_of: str | None = None,
) -> pa.RecordBatchReader:
    """List the customers whom a predicate means, with what is known about them.

    Parameters
    ----------
    workspace
        An ingested workspace.
    where
        The key of a figure, such as ``left:Onboard``.
    unit
        "person" or "account"; as the journey declares by default.
    journey
        Whose stages the key names; the first of trod.yml by default.
    as_of
        Day at whose end customers are judged, such as "2026-06-30"; all on record by default.

    Raises
    ------
    DefinitionError
        If the key cannot be read, or names what is not there.
    NotEnoughDataError
        If it asks who is stuck where too few went on to tell.
    """
    from trod.analyses.predicate import parse
    from trod.analyses.stall import resolved
    from trod.insights.drill import drill_lists
    from trod.workspace.measured import plan_of
    from trod.workspace.standing import stood

    declared = workspace.project.journey(journey)
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    if as_of is not None:
        journeys = stood(journeys, as_of, declared)
    plan = plan_of(workspace, journey, journeys)
    key = resolved(where, journeys, plan)
    parse(key, plan, journeys.vocabulary, journeys.named)
    found = drill_lists(journeys, plan, [key], limit=journeys.n_customers)[key]
    table = pa.table(
        {
            "customer": pa.array([row.customer for row in found.rows], pa.string()),
            "last_touchpoint": pa.array([row.last_touchpoint for row in found.rows], pa.string()),
            "last_day": pa.array([row.last_day for row in found.rows], pa.string()),
            "value": pa.array(
                [None if v is None else v / 1e6 for v in (row.value_micros for row in found.rows)],
                pa.float64(),
            ),
        }
    )
    return table.to_reader()


def write(reader: pa.RecordBatchReader, how: str, file: BinaryIO) -> None:
    """Write a table batch by batch; a text in CSV begins no formula.

    Examples
    --------
    >>> import io
    >>> out = io.BytesIO()
    >>> write(pa.table({"who": ["=1+1"], "n": [-5]}).to_reader(), "csv", out)
    >>> print(out.getvalue().decode().strip())
    who,n
    '=1+1,-5
    """
    if how not in FORMATS:
        raise DefinitionError([unknown("format", how, FORMATS)])
    if how == "parquet":
        with pq.ParquetWriter(file, reader.schema) as parquet:
            for batch in reader:
                parquet.write_batch(batch)
        return
    names = reader.schema.names
    if how == "csv":
        file.write(csv_text([names]).encode())
    for batch in reader:
        rows = zip(*(column.to_pylist() for column in batch.columns), strict=True)
        file.write((csv_text(rows) if how == "csv" else _json_lines(names, rows)).encode())


def _json_lines(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = (
        json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False, default=str)
        for row in rows
    )
    return "".join(line + "\n" for line in lines)
