"""Commands about scores: score, health."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.options import AsJson, filled


def score(
    ctx: typer.Context,
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="OUTCOME", help="Outcomes. Default: all that were fitted."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many customers to show.")] = 10,
    customer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--customer", metavar="ID", help="One customer, with all scores so far."),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="Score everyone, also those without news today.")
    ] = False,
    out: ToFile = None,
    as_json: AsJson = False,
) -> None:
    r"""Score customers as of the last day: how likely, why, what changed, when to be in touch.

    Scores are kept. Customers without news since the last scoring of the same day keep theirs.
    With --out, one outcome is drawn: its backtest, or the scores of one customer.

    \b
    Examples:
      $ trod score
      $ trod score Churn --top 20
      $ trod score --customer ACC-00001
      $ trod score Converts --json
    """
    from trod.app import words_scores
    from trod.workspace import scoring

    space = filled(ctx, quiet=as_json)
    found = scoring.score(space, names or (), top=top, customer=customer, whole=whole)
    past = scoring.past(space, found, customer) if customer else {}
    if out is not None:
        if len(found) != 1:
            known = ", ".join(each.name for each in found)
            raise typer.BadParameter(f"--out draws one outcome. Name one of {known}.")
        plate = scoring.figure(space, found[0].name, customer)
        write(plate, out, space, quiet=as_json)
        if not as_json:
            return
    if as_json:
        say.answer_json(words_scores.told(found, past))
        return
    say.answer(words_scores.lists(found, past))


def health(
    ctx: typer.Context,
    top: Annotated[int, typer.Option("--top", min=1, help="How many customers to show.")] = 10,
    as_json: AsJson = False,
) -> None:
    r"""Show the health of customers, and those whose use, mood and money disagree.

    A colour stands only where the score behind it has passed its backtest.

    \b
    Examples:
      $ trod health
      $ trod health --json
    """
    from trod.app import words_scores
    from trod.workspace import healthy

    space = filled(ctx, quiet=as_json)
    found = healthy.health(space, top=top)
    if as_json:
        say.answer_json(words_scores.told_health(found))
        return
    say.answer(words_scores.health(found))
