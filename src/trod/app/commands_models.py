"""Commands about models: fit, models."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, filled


def fit(
    ctx: typer.Context,
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="MODEL", help="Models to fit. Default: all."),
    ] = None,
    journey: OfJourney = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Fit models on the journeys as they are, and keep each as a new version with its card.

    Each is judged on what came later than what it learned from, beside a simple way of guessing.

    \b
    Examples:
      $ trod fit
      $ trod fit next segments
    """
    from trod.app import words_models
    from trod.workspace import fitting

    space = filled(ctx, quiet=as_json)
    cards = fitting.fit(space, names or (), journey=journey, unit=unit)
    if as_json:
        say.answer_json([card.told() for card in cards])
        return
    say.answer(words_models.cards(cards, space.zone))


def models(
    ctx: typer.Context,
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(
            metavar="MODEL", help="One model: its card, and its versions. Default: all."
        ),
    ] = None,
    drift: Annotated[
        bool, typer.Option("--drift", help="Also whether customers have moved since.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""Show the cards of the models: what each was made of, how it was judged, its trend.

    \b
    Examples:
      $ trod models
      $ trod models next
      $ trod models --drift
    """
    from trod.app import words_models, words_scores
    from trod.app.options import workspace
    from trod.workspace import fitting
    from trod.workspace.drifting import drifts

    space = workspace(ctx, quiet=as_json)
    kept = fitting.cards(space, name)
    moved = drifts(space) if drift else {}
    if as_json:
        told = [card.told() for card in kept]
        if drift:
            for each in told:
                each["drift"] = words_scores.told_drift(moved.get(each["model"]))
        say.answer_json(told)
        return
    say.answer(words_models.cards(kept, space.zone, trend=name is not None))
    if drift:
        say.answer("\n" + words_scores.drift(moved))
