"""The command that draws: map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, workspace

if TYPE_CHECKING:
    from trod.workspace import Map, Workspace

Format = Literal["html", "svg", "png", "json", "mermaid", "flowchart", "sankey"]
Theme = Literal["auto", "light", "dark"]
_ENDINGS = {"mermaid": "mmd", "flowchart": "mmd", "sankey": "mmd"}


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
        typer.Option("--out", metavar="FILE", help="File to write. Default: map.html."),
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
    theme: Annotated[Theme, typer.Option("--theme", help="Colours of the page.")] = "auto",
    as_json: AsJson = False,
) -> None:
    r"""Draw the journey map of a workspace, or of files.

    \b
    Example:
      $ trod map exports/*.parquet --zone Europe/Berlin --out map.html
    """
    from trod.workspace.output import save

    if files or config:
        made = _of_files(
            files or [], config=config, zone=zone, unit=unit, journey=journey, quiet=as_json
        )
    else:
        if zone:
            raise typer.BadParameter(
                "--zone is for bare files; a workspace declares it in trod.yml."
            )
        made = _workspace(ctx, quiet=as_json).map(journey, unit)
    if as_json:
        say.answer(made.to_json())
        if out is None:
            return
    target = out or Path(f"map.{_ENDINGS.get(format_ or 'html', format_ or 'html')}")
    save(target, rendered(made, format_ or _by_ending(target), theme=theme))
    if not as_json:
        from trod.app.words import headline
        from trod.workspace.folder import LEFT_ASIDE

        said = bool(files) and config is None  # what was left aside, with the guess
        say.answer(f"{say.strong(say.folded(headline(made.data)))}\n\nThe map: {target}")
        for line in made.warnings:
            if not (said and line.startswith(LEFT_ASIDE)):
                say.note(say.folded(f"Note: {line}"))


def _workspace(ctx: typer.Context, *, quiet: bool) -> Workspace:
    """Open the workspace; read its sources first where that was never done."""
    space = workspace(ctx, quiet=quiet)
    if not space.store.manifest.of("touchpoints"):
        space.ingest()
    return space


def _of_files(
    files: Sequence[Path],
    *,
    config: Path | None,
    zone: str | None,
    unit: str | None,
    journey: str | None,
    quiet: bool,
) -> Map:
    from trod.app.commands_start import accounts
    from trod.workspace.inputs import checked
    from trod.workspace.quick import prepared, read_prepared

    progress = say.progress(quiet=quiet)
    paths = [checked(file) for file in files]
    project, guess = prepared(paths, config=config, zone=zone, progress=progress)
    progress.done()
    if guess is not None and not quiet:
        say.answer(say.folded("\n".join(guess.words()), more=" " * 8, keep=True) + "\n\n")
    space = read_prepared(project, guess, paths, progress=progress)
    if not quiet:
        say.answer(accounts(space.reports()) + "\n\n")
    return space.map(journey, unit)


def _by_ending(target: Path) -> Format:
    ending = target.suffix.lower().removeprefix(".")
    known: dict[str, Format] = {"svg": "svg", "png": "png", "json": "json", "mmd": "mermaid"}
    return known.get(ending, "html")


def rendered(made: Map, how: Format, *, theme: Theme = "auto") -> bytes:
    """Give a map in a format."""
    plain: Literal["light", "dark"] = "dark" if theme == "dark" else "light"
    if how == "html":
        return made.to_html(theme=theme).encode()
    if how == "svg":
        return made.to_svg(theme=plain).encode()
    if how == "png":
        return made.to_png(theme=plain)
    if how == "json":
        return made.to_json().encode()
    return made.to_mermaid("journey" if how == "mermaid" else how).encode()
