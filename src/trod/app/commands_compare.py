"""The command about two periods: compare."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.options import AsJson, OfJourney, OfUnit, filled


def compare(
    ctx: typer.Context,
    periods: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="[PERIOD PERIOD]",
            help="2026-09, 2026-W40, 2026-Q3 or 2026-09-01..2026-09-15. "
            "Default: the last two full months.",
        ),
    ] = None,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--by", metavar="ATTRIBUTE", help="Split changes by it. Default: by what moved most."
        ),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also smaller changes, and everything compared.")
    ] = False,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Say what changed between two periods: at most three things, and how sure each is.

    Everything is compared at once, and all that is told holds together at 95%, beside what usually
    moves from month to month. Each change says how much is that other customers came, and how much
    that like customers acted otherwise. What only the data did is set aside.

    \b
    Examples:
      $ trod compare
      $ trod compare 2025-06 2025-07
      $ trod compare 2025-W40 2025-W41 --by Size
      $ trod compare 2025-06 2025-07 --out changes.svg
    """
    from trod.app import words_compare
    from trod.workspace.acting import compared

    space = filled(ctx, quiet=as_json)
    found = compared.compared(space, periods or (), journey=journey, unit=unit, by=by)
    if out is not None:
        write(compared.figure(space, found, journey, unit), out, space, quiet=as_json)
        if not as_json:
            return
    if as_json:
        say.answer_json(words_compare.told(found))
        return
    declared = space.project.journey(journey) is not None
    say.answer(words_compare.comparison(found, declared=declared, everything=everything))
