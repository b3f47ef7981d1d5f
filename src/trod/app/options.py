"""Options that commands share, and what they open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, Optional

import typer

from trod.app import say
from trod.errors import DefinitionError

if TYPE_CHECKING:
    from trod.events.report import SourceReport
    from trod.journeys.batch import Journeys
    from trod.workspace import Workspace

Unit = Literal["person", "account"]

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, and only that.")]
OfUnit = Annotated[
    Optional[Unit],  # noqa: UP045  typer reads it at run time
    typer.Option("--unit", help="Whose journeys. Default: as the journey declares."),
]
OfJourney = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--journey", metavar="NAME", help="Journey of trod.yml. Default: the first."),
]
OfSegment = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--segment", metavar="ID", help="Only members of a segment: see `trod segments`."),
]
AsOf = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--as-of", metavar="DAY", help="As it stood at the end of a day: 2026-06-30."),
]
_DURATION: Final = re.compile(r"(\d+)\s*(s|min|h|d|w)")
_UNITS: Final = {"s": "seconds", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_LONGEST: Final = timedelta(days=36_525)


def folder(ctx: typer.Context) -> Path:
    """Give the folder named by -C."""
    given = ctx.find_root().obj
    return given if isinstance(given, Path) else Path()


def workspace(ctx: typer.Context, *, quiet: bool = False) -> Workspace:
    """Open the workspace named by -C."""
    from trod.workspace import Workspace

    return Workspace.open(folder(ctx), progress=say.progress(quiet=quiet))


def filled(ctx: typer.Context, *, out: Path | None = None, quiet: bool) -> Workspace:
    """Open the workspace; read its sources first where that was never done.

    `out`, where it is given, is spared: no file of the workspace is written over.
    """
    space = workspace(ctx, quiet=quiet)
    if out is not None:
        space.spare(out)
    if not space.store.manifest.of("touchpoints"):
        ingested(ctx, space)
    return space


def ingested(
    ctx: typer.Context,
    space: Workspace,
    files: Sequence[Path] | None = None,
    *,
    whole: bool = False,
) -> tuple[SourceReport, ...]:
    """Read the sources; where a column is not there, say in which line of trod.yml it stands."""
    try:
        return space.ingest(files, whole=whole)
    except DefinitionError:
        from trod.app.columns import missing

        if wrong := missing(definition(ctx), space.project).wrong:
            raise DefinitionError(wrong) from None
        raise


def definition(ctx: typer.Context) -> Path:
    """Give the trod.yml named by -C."""
    from trod.project import FILE

    home = folder(ctx)
    return home / FILE if home.is_dir() else home


def duration(text: str | None) -> timedelta | None:
    """Read 30d, 12h, 4w or 30min."""
    if text is None:
        return None
    if found := _DURATION.fullmatch(text.strip()):
        with suppress(OverflowError):
            if (read := timedelta(**{_UNITS[found[2]]: int(found[1])})) <= _LONGEST:
                return read
        raise typer.BadParameter(f"{text!r} is more than a hundred years. Write 365d or so.")
    raise typer.BadParameter(f"{text!r} is not a duration. Write 30min, 12h, 30d or 4w.")


def touchpoint(journeys: Journeys, given: str) -> str:
    """Find a touchpoint by its name, or by the words that maps show for it."""
    from trod.errors import unknown
    from trod.journeys.label import readable

    names = journeys.vocabulary.touchpoints
    if given in names:
        return given
    shown = [name for name in names if readable(name).casefold() == given.casefold()]
    if len(shown) == 1:
        return shown[0]
    raise DefinitionError([unknown("touchpoint", given, names)])
