"""Commands that ask: paths, funnel, friction."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.options import AsJson, OfJourney, OfUnit, duration, touchpoint, workspace
from trod.errors import DataError

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.variants import PathsResult
    from trod.journeys.batch import Journeys
    from trod.journeys.predicate import Predicate
    from trod.workspace import Workspace

View = Literal["list", "process"]
Reading = Literal["cumulative", "conditional", "counts"]


def paths(
    ctx: typer.Context,
    after: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--after", metavar="TOUCHPOINT", help="What customers do after it."),
    ] = None,
    before: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--before", metavar="TOUCHPOINT", help="What they do before it."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=6, help="Steps after or before.")] = 4,
    top: Annotated[int, typer.Option(min=1, max=1000, help="How many paths to name.")] = 10,
    collapse: Annotated[
        bool, typer.Option("--collapse", help="Take repeats in a row as one step.")
    ] = False,
    view: Annotated[
        View, typer.Option("--view", help="A list of paths, or the process map as a figure.")
    ] = "list",
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Show the paths customers really take.

    The most frequent whole paths; with --after or --before the exact steps from one touchpoint.
    All the others stand in one row, so that the rows add up. With --view process the moves between
    touchpoints as a figure, in the lanes of the journey's stages.

    \b
    Examples:
      $ trod paths --after connect_data_source --steps 3
      $ trod paths --view process --out process.html
    """
    from trod.analyses.sequences import sequences
    from trod.analyses.variants import paths as whole_paths
    from trod.app import words

    if after and before:
        raise typer.BadParameter("--after and --before are both given. Keep one of them.")
    space = workspace(ctx, quiet=as_json)
    if view == "process":
        _process(space, out, unit, journey, as_json=as_json)
        return
    if out is not None:
        raise typer.BadParameter("--out writes a figure. Give --view process, too.")
    journeys = space.journeys(unit)
    outcome = _outcome(space, journeys)
    if anchor := after or before:
        found = sequences(
            journeys,
            touchpoint(journeys, anchor),
            direction="after" if after else "before",
            steps=steps,
            top=top,
            collapse_loops=collapse,
            outcome=outcome,
        )
    else:
        found = whole_paths(journeys, top=top, collapse_loops=collapse, outcome=outcome)
    say.answer_json(_listed(found)) if as_json else say.answer(
        words.paths(found, journeys.currency)
    )


def _process(
    space: Workspace, out: Path | None, unit: str | None, journey: str | None, *, as_json: bool
) -> None:
    """Draw the process map."""
    from trod.workspace.plate import process

    made = process(space.map(journey, unit))
    if as_json:
        say.answer(made.rendered("json").decode())
    if out is not None or not as_json:
        write(made, out or Path("process.html"), space, quiet=as_json)


def _listed(found: Answer[PathsResult]) -> dict[str, Any]:
    """Give paths for other programs: each a list of names, so that none has to be taken apart."""
    told: dict[str, Any] = json.loads(found.to_json())
    *named, others = told["rows"]
    for row, path in zip(named, found.data.path, strict=True):
        row["path"] = list(path)
    others.update(path=[], other_paths=found.data.n_other_paths)
    return told


def _outcome(space: Workspace, journeys: Journeys) -> Predicate | None:
    """Give those who completed the declared journey, where one is declared."""
    from trod.analyses.stages import Done
    from trod.journeys.passage import compile_plan

    spec = space.project.journey()
    return None if spec is None else Done(compile_plan(spec, journeys).remembering())


def funnel(
    ctx: typer.Context,
    steps: Annotated[list[str], typer.Argument(metavar="TOUCHPOINT", help="Touchpoints in order.")],
    within: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--within", metavar="TIME", help="Longest time in all, such as 30d or 12h."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Steps must follow one another directly.")
    ] = False,
    first: Annotated[
        bool, typer.Option("--first", help="Count the first attempt, not the best.")
    ] = False,
    out: ToFile = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Count how many complete each step, in order and in time.

    \b
    Examples:
      $ trod funnel workspace_set_up connect_data_source first_dashboard --within 30d
      $ trod funnel connect_data_source first_dashboard invite_team --out funnel.svg
    """
    from trod.analyses.funnel import Funnel
    from trod.analyses.funnel import funnel as count
    from trod.app import words

    window = duration(within)
    space = workspace(ctx, quiet=as_json)
    journeys = space.journeys(unit)
    asked = Funnel(
        tuple(touchpoint(journeys, step) for step in steps),
        window,
        "first" if first else "best",
        strict,
    )
    found = count(journeys, asked.steps, within=window, attempt=asked.attempt, strict=asked.strict)
    if out is not None:
        from trod.workspace.plate import funnel as drawn

        write(drawn(journeys, asked, found), out, space, quiet=as_json)
    if as_json:
        say.answer_json(json.loads(found.to_json()))
    elif out is None:
        say.answer(words.funnel(found))


def friction(
    ctx: typer.Context,
    table: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--table",
            metavar="FILE",
            help="An aggregate table instead of touchpoints; - for stdin.",
        ),
    ] = None,
    reading: Annotated[
        Optional[Reading],  # noqa: UP045
        typer.Option("--reading", help="How to read the table's figures. Default: what fits."),
    ] = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Say where customers are lost, and why.

    \b
    Examples:
      $ trod friction
      $ pbpaste | trod friction --table -
    """
    if table is not None:
        _of_table(table, reading, as_json=as_json)
        return
    if reading is not None:
        raise typer.BadParameter("--reading says how to read a table. Give --table, too.")
    from trod.app import words

    made = workspace(ctx, quiet=as_json).map(journey, unit)
    if as_json:
        told = json.loads(made.to_json())
        say.answer_json({"frictions": told["frictions"], "moves": told["moves"]})
    else:
        say.answer(words.evidence(made.data) or words.frictions(made.data))


def _of_table(table: str, reading: str | None, *, as_json: bool) -> None:
    from trod.insights.table import read_table, to_json, words

    given: str | Path = sys.stdin.read() if table == "-" else Path(table)
    if isinstance(given, Path) and not given.is_file():
        raise DataError(f"{given}: no such file. Give a file, or - to paste the table.")
    found = read_table(given, reading=reading)
    say.answer(to_json(found) if as_json else words(found))
