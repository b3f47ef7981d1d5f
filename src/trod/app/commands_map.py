"""The command that draws: map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, AsOf, OfJourney, OfSegment, OfUnit, filled
from trod.app.out import STDOUT, by_ending, opened

if TYPE_CHECKING:
    from trod.workspace import Map, Workspace

Format = Literal["html", "svg", "png", "pdf", "pptx", "json", "mermaid", "flowchart", "sankey"]
Theme = Literal["auto", "light", "dark"]
_DIAGRAMS: Final = ("mermaid", "flowchart", "sankey")
ENDINGS: Final[dict[str, Format]] = {
    "html": "html",
    "svg": "svg",
    "png": "png",
    "pdf": "pdf",
    "pptx": "pptx",
    "json": "json",
    "mmd": "mermaid",
    "mermaid": "mermaid",
}


def map_(
    ctx: typer.Context,
    files: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Argument(
            metavar="FILE",
            help="CSV, JSON or Parquet files to map as they are. Default: the workspace.",
        ),
    ] = None,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--out", metavar="FILE", help="File to write; - for stdout. Default: map.html."
        ),
    ] = None,
    format_: Annotated[
        Optional[Format],  # noqa: UP045
        typer.Option("--format", help="What to write. Default: by the ending of --out."),
    ] = None,
    config: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--config", metavar="FILE", help="A trod.yml that says what the files hold."),
    ] = None,
    zone: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--zone", metavar="ZONE", help="Zone of times without one: Europe/Berlin."),
    ] = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    segment: OfSegment = None,
    as_of: AsOf = None,
    since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--since", metavar="DAY", help="Mark what changed since a day: 2026-06-01."),
    ] = None,
    theme: Annotated[Theme, typer.Option("--theme", help="Colours of the page.")] = "auto",
    as_json: AsJson = False,
) -> None:
    r"""Draw the journey map of a workspace, or of files.

    \b
    Examples:
      $ trod map exports/*.parquet --zone Europe/Berlin --out map.html
      $ trod map --since 2025-07-01 --as-of 2025-09-30 --out summer.svg
    """
    target = str(out or f"map.{'mmd' if format_ in _DIAGRAMS else format_ or 'html'}")
    how = format_ or by_ending(target, ENDINGS, default="html", named=True)
    quiet = as_json or target == STDOUT
    written = None if target == STDOUT or (as_json and out is None) else Path(target)
    if files or config:
        read = _of_files(files or [], config=config, zone=zone, out=written, quiet=quiet)
    elif zone:
        raise typer.BadParameter("--zone is for bare files; a workspace declares it in trod.yml.")
    else:
        read = filled(ctx, out=written, quiet=quiet)
    made = read.map(journey, unit, segment, as_of=as_of, since=since)
    if as_json:
        say.answer(made.to_json())
    if written or not as_json:
        with opened(target) as file:
            file.write(rendered(made, how, theme=theme))
    if not quiet:
        _tell(made, target, guess_said=bool(files) and config is None)


def _tell(made: Map, target: str, *, guess_said: bool) -> None:
    """Say what is on the map, and what a reader must know."""
    from trod.app.words import headline
    from trod.app.words_since import told
    from trod.workspace.folder import LEFT_ASIDE

    said = say.strong(say.folded(headline(made.data)))
    if made.data.since is not None:
        said += f"\n\n{told(made.data)}"
    say.answer(f"{said}\n\nThe map: {target}")
    for line in made.warnings:
        if not (guess_said and line.startswith(LEFT_ASIDE)):
            say.note(say.folded(f"Note: {line}"))


def _of_files(
    files: Sequence[Path],
    *,
    config: Path | None,
    zone: str | None,
    out: Path | None,
    quiet: bool,
) -> Workspace:
    """Read bare files."""
    from trod.app.commands_start import accounts
    from trod.workspace.inputs import checked
    from trod.workspace.quick import prepared, read_prepared
    from trod.workspace.target import check_target

    progress = say.progress(quiet=quiet)
    paths = [checked(file) for file in files]
    project, guess = prepared(paths, config=config, zone=zone, progress=progress)
    progress.done()
    if out is not None:
        check_target(out, project, paths if config is None else [*paths, config])
    if guess is not None and not quiet:
        say.answer(say.folded("\n".join(guess.words()), more=" " * 8, keep=True) + "\n\n")
    space = read_prepared(project, guess, paths, progress=progress)
    if not quiet:
        say.answer(accounts(space.reports()) + "\n\n")
    return space


def rendered(made: Map, how: Format, *, theme: Theme = "auto") -> bytes:
    """Give a map in a format."""
    plain: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
    ways: dict[Format, Callable[[], str | bytes]] = {
        "html": lambda: made.to_html(theme=theme),
        "svg": lambda: made.to_svg(theme=plain),
        "png": lambda: made.to_png(theme=plain),
        "pdf": made.to_pdf,
        "pptx": made.to_pptx,
        "json": made.to_json,
        "mermaid": lambda: made.to_mermaid("journey"),
    }
    drawn = ways[how]() if how in ways else made.to_mermaid(how)
    return drawn.encode() if isinstance(drawn, str) else drawn
