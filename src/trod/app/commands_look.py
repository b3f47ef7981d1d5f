"""Commands that look closer: customer, sql, export."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, Optional

import typer

from trod.app import say
from trod.app.commands_map import ENDINGS, rendered
from trod.app.commands_map import Format as MapFormat
from trod.app.options import AsJson, AsOf, OfJourney, OfSegment, OfUnit, workspace
from trod.app.out import STDOUT, by_ending, opened

if TYPE_CHECKING:
    import pyarrow as pa

    from trod.workspace import Map, Workspace

What = Literal["customers", "touchpoints", "journeys", "map"]
TableFormat = Literal[
    "csv",
    "jsonl",
    "parquet",
    "xes",
    "ocel",
    "ocel-sqlite",
    "html",
    "svg",
    "png",
    "pdf",
    "pptx",
    "json",
    "mermaid",
]
_SHOWN_ROWS: Final = 100
_TABLES: Final = {"csv": "csv", "jsonl": "jsonl", "parquet": "parquet"}  # by ending
_LOGS: Final = {"xes": "xes", "jsonocel": "ocel", "sqlite": "ocel-sqlite"}
_LOG_FORMATS: Final = frozenset(_LOGS.values())


def customer(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="Any id: login, e-mail, device.")],
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Show everything one customer did, in order.

    \b
    Examples:
      $ trod customer ada.brannhurst@amberwell-logistics.example
      $ trod customer ACC-00113 --unit account
    """
    from trod.app import words
    from trod.workspace.timeline import timeline

    told = timeline(workspace(ctx, quiet=as_json), id_, unit=unit)
    say.answer_json(asdict(told)) if as_json else say.answer(words.timeline(told))


def sql(
    ctx: typer.Context,
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT, or - for stdin.")],
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Ask in SQL: touchpoints, journeys, customers.

    \b
    Example:
      $ trod sql "select touchpoint, count(*) from journeys group by 1 order by 2 desc"
    """
    from trod.workspace.query import query as asked

    text = sys.stdin.read() if query == "-" else query
    limit = None if as_json else _SHOWN_ROWS
    found = asked(workspace(ctx, quiet=as_json), text, unit=unit, limit=limit)
    if as_json:
        say.answer_json([dict(zip(found.columns, row, strict=True)) for row in found.rows])
        return
    rows = [list(found.columns), *([_shown(value) for value in row] for row in found.rows)]
    numbers = [
        i
        for i in range(len(found.columns))
        if found.rows and all(isinstance(row[i], int | float) for row in found.rows)
    ]
    say.answer(say.grid(rows, right=numbers, indent=""))
    if found.more:
        say.note(f"The first {_SHOWN_ROWS} rows; --json gives all.")


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | str):
        return " ".join(str(value).split())
    return f"{value:,}" if isinstance(value, int) else str(value)


def export(
    ctx: typer.Context,
    what: Annotated[
        What, typer.Argument(metavar="WHAT", help="customers, touchpoints, journeys, map.")
    ],
    where: Annotated[
        str, typer.Option("--where", metavar="KEY", help="Which customers: the key of a figure.")
    ] = "all",
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="File to write; - for stdout.")
    ] = "-",
    format_: Annotated[
        Optional[TableFormat],  # noqa: UP045
        typer.Option("--format", help="Default: by the ending of --out, else csv, or html."),
    ] = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    segment: OfSegment = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    r"""Write customers, touchpoints, journeys or map.

    \b
    Examples:
      $ trod export customers --where left:Onboard --out left.csv
      $ trod export customers --where attribute:Size=small --unit account --format csv
      $ trod export journeys --out journeys.xes
    """
    from trod.workspace.tables import write

    space = workspace(ctx, quiet=as_json or out == STDOUT)
    how = format_ or _by_ending(out, what, as_json=as_json)
    if what == "journeys" and how in _LOG_FORMATS:
        if where != "all" or segment is not None:
            raise typer.BadParameter(
                "--where and --segment choose customers. Leave them out for an event log."
            )
    elif what != "map" and how not in _TABLES:
        more = ", xes, ocel, ocel-sqlite" if what == "journeys" else ""
        raise typer.BadParameter(f"{what} can be csv, jsonl, parquet{more}, not {how}.")
    if out != STDOUT:
        space.spare(Path(out))
    if what == "map":
        _export_map(out, how, space.map(journey, unit, segment, as_of=as_of))
    elif as_of is not None and what != "customers":
        raise typer.BadParameter("--as-of is for customers and map.")
    elif how in _LOG_FORMATS:
        from trod.workspace.exchange import write_log

        with opened(out) as file:
            write_log(space, how, file, unit=unit)
    else:
        asked = where if segment is None else f"{where} & segment:{segment}"
        with _table(space, what, asked, unit, journey, as_of) as reader, opened(out) as file:
            write(reader, how, file)
    if out != STDOUT:
        say.note(f"Wrote {out}.")


def _by_ending(out: str, what: What, *, as_json: bool) -> str:
    """Give the format to write where none is named."""
    if what == "map":
        return by_ending(out, ENDINGS, default="json" if as_json else "html", named=True)
    known = {**_TABLES, **_LOGS} if what == "journeys" else _TABLES
    return "jsonl" if as_json else by_ending(out, known, default="csv", named=True)


@contextmanager
def _table(
    space: Workspace,
    what: What,
    where: str,
    unit: str | None,
    journey: str | None,
    as_of: str | None,
) -> Iterator[pa.RecordBatchReader]:
    """Give the rows to write, in batches."""
    from trod.workspace.query import view
    from trod.workspace.tables import listed

    if what == "customers":
        yield listed(space, where, unit=unit, journey=journey, as_of=as_of)
        return
    if where != "all":
        raise typer.BadParameter(
            "--where and --segment choose customers. Leave them out for this table."
        )
    order = "row" if what == "touchpoints" else "customer, time, row"
    with view(space, what, order=order, unit=unit) as reader:
        yield reader


def _export_map(out: str, how: str, made: Map) -> None:
    if how in _TABLES or how in _LOG_FORMATS:
        raise typer.BadParameter(
            f"a map can be html, svg, png, pdf, pptx, json, mermaid, not {how}."
        )
    kind: MapFormat = how  # type: ignore[assignment]
    with opened(out) as file:
        file.write(rendered(made, kind))
