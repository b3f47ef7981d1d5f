"""Tables that leave the house: customers, touchpoints, journeys as CSV, JSON lines or Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    import pyarrow as pa

    from trod.workspace.folder import Workspace

FORMATS: Final = ("csv", "jsonl", "parquet")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def listed(workspace: Workspace, where: str, *, unit: str | None = None) -> list[dict[str, Any]]:
    """List the customers whom a predicate means, with what is known about them.

    Parameters
    ----------
    workspace
        An ingested workspace.
    where
        The key of a figure, such as ``left:Onboard``.
    unit
        "person" or "account"; as the journey declares by default.

    Raises
    ------
    DefinitionError
        If the key cannot be read, or names what is not there.
    """
    from trod.analyses.predicate import parse
    from trod.insights.drill import drill_lists
    from trod.journeys.passage import compile_plan
    from trod.journeys.suggest import suggest

    declared = workspace.project.journey()
    journeys = workspace.journeys(unit or (declared.unit if declared else None))
    plan = compile_plan(declared or suggest(journeys), journeys)
    parse(where, plan, journeys.vocabulary)
    found = drill_lists(journeys, plan, [where], limit=journeys.n_customers)[where]
    return [
        {
            "customer": row.customer,
            "last_touchpoint": row.last_touchpoint,
            "last_day": row.last_day,
            "value": None if row.value_micros is None else row.value_micros / 1e6,
        }
        for row in found.rows
    ]


def written(columns: Sequence[str], rows: Sequence[Sequence[Any]], how: str) -> bytes:
    """Write a table; a text cell that a spreadsheet would run is defused, numbers are left alone.

    Examples
    --------
    >>> print(written(["who", "n"], [["=1+1", -5]], "csv").decode().strip())
    who,n
    '=1+1,-5
    """
    if how == "csv":
        out = io.StringIO(newline="")
        sheet = csv.writer(out, lineterminator="\n")
        sheet.writerow([guarded(column) for column in columns])
        sheet.writerows([guarded(cell) for cell in row] for row in rows)
        return out.getvalue().encode()
    if how == "jsonl":
        lines = [
            json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False, default=str)
            for row in rows
        ]
        return "".join(line + "\n" for line in lines).encode()
    if how == "parquet":
        return _parquet(columns, rows)
    raise DefinitionError([unknown("format", how, FORMATS)])


def guarded(cell: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Examples
    --------
    >>> guarded("=cmd()"), guarded("fine"), guarded(-3)
    ("'=cmd()", 'fine', -3)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _parquet(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table: pa.Table = pa.table({name: [row[i] for row in rows] for i, name in enumerate(columns)})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    content: bytes = sink.getvalue().to_pybytes()
    return content
