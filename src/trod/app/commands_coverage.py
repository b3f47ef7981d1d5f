"""The command about need and contact: coverage."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, filled


def coverage(
    ctx: typer.Context,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", metavar="ATTRIBUTE", help="Split each stage by an attribute."),
    ] = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Show who needed a person in each stage, and met nobody in time.

    A need is a call for help, an error, a low mood, or being stuck. Contact is a call, a meeting,
    an answer. Groups and times of which contacts are not recorded are told apart.

    \b
    Examples:
      $ trod coverage
      $ trod coverage --by Size
      $ trod coverage --json
    """
    from trod.app import words_coverage
    from trod.workspace.acting import covered

    space = filled(ctx, quiet=as_json)
    found = covered.covered(space, journey=journey, unit=unit, by=by)
    if as_json:
        say.answer_json(words_coverage.told(found))
        return
    declared = space.project.journey(journey) is not None
    say.answer(words_coverage.coverage(found, declared=declared))
