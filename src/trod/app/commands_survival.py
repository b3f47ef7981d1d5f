"""Commands about staying: survival."""

from __future__ import annotations

import json
from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.commands_measure import asked_of
from trod.app.options import AsJson, OfJourney, OfUnit


def survival(
    ctx: typer.Context,
    stage: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--stage", metavar="STAGE", help="Count days from entering this stage."),
    ] = None,
    by: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--by", metavar="ATTRIBUTE", help="A curve for each value of an attribute."),
    ] = None,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Show how long customers stay: the share that has not left, by days since they entered.

    Those still on the way count for as long as they were watched. Where fewer than ten are watched
    the curve ends.

    \b
    Examples:
      $ trod survival
      $ trod survival --stage Activate --by Size --unit person --out survival.svg
    """
    from trod.analyses.survival import survival as asked
    from trod.app import words_survival
    from trod.insights.survival_view import survival_view
    from trod.workspace.plate import survival as drawn

    of = asked_of(ctx, journey, unit, quiet=as_json)
    found = asked(of.journeys, of.plan, stage=stage, by=by)
    if out is not None:
        write(drawn(of.journeys, of.plan, found), out, of.space, quiet=as_json)
    if as_json:
        say.answer_json(json.loads(found.to_json()))
    elif out is None:
        say.answer(words_survival.survival(survival_view(found, of.plan), found))
