"""Figures as files: report, and what other commands write with --out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, workspace
from trod.app.out import STDOUT, by_ending, opened

if TYPE_CHECKING:
    from trod.workspace import Workspace
    from trod.workspace.plate import Plate

PAGES: Final = {"html": "html", "pdf": "pdf"}
ToFile = Annotated[
    Optional[Path],  # noqa: UP045  typer reads it at run time
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the figure: .html, .pdf, .svg, .png, .json, .csv; - for a page on stdout.",
    ),
]


def write(plate: Plate, out: Path, space: Workspace, *, quiet: bool = False) -> None:
    """Write a figure to a file, in the format of its ending, and say what it shows."""
    from trod.workspace.plate import FORMATS

    target = str(out)
    known = {name: name for name in FORMATS}
    how = "html" if target == STDOUT else by_ending(target, known, default="html")
    if target != STDOUT:
        space.spare(out)
    with opened(target) as file:
        file.write(plate.rendered(how))
    if target != STDOUT and not quiet:
        say.note(f"{plate.figures[0].title}. Wrote {target}.")


def report(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", metavar="FILE", help="Page to write; - for stdout.")
    ] = Path("report.html"),
    against: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--against", metavar="BASELINE", help="Ticks of the funnel: what was then."),
    ] = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Draw every figure of a journey on one page.

    The process map, the funnel of its stages, retention by cohort and conformance to the intended
    path, each under its finding and above its table.
    The map is a page of its own: `trod map`.

    \b
    Example:
      $ trod report --out report.html
    """
    from trod.workspace.baselines import shares_then
    from trod.workspace.plate import report as of_map

    target = str(out)
    if target != STDOUT:
        by_ending(target, PAGES, default="html")
    space = workspace(ctx, quiet=as_json or target == STDOUT)
    before = None if against is None else shares_then(space, against, journey, unit)
    made = of_map(space.map(journey, unit), before)
    if as_json:
        say.answer_json({figure.name: dict(figure.data) for figure in made.figures})
        return
    write(made, out, space)
