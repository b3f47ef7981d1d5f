"""Commands that ask whether something is so: hypotheses, interview."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from trod.app import say
from trod.app.deciding import By, decider, now_us
from trod.app.options import AsJson, filled, folder


def hypotheses(
    ctx: typer.Context,
    file: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(metavar="FILE", help="YAML with hypotheses, to be tested now."),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    r"""Test what people believe: supported, refuted or undecidable, with numbers.

    Without a file the verdicts of the last test are listed. Tested again on new data a hypothesis
    keeps its history, and a verdict that flips is told.

    \b
    Examples:
      $ trod hypotheses hypotheses.yml
      $ trod hypotheses --json
    """
    from trod.app import words_hypotheses
    from trod.workspace.acting import hypotheses as asked

    space = filled(ctx, quiet=as_json)
    if file is None:
        found = asked.kept(space)
    else:
        beside = folder(ctx) / file
        named = beside if not file.is_file() and beside.is_file() else file
        found = asked.tested(space, named, who=decider(by), now_us=now_us())
    if as_json:
        say.answer_json(words_hypotheses.told(found))
        return
    say.answer(words_hypotheses.hypotheses(found, space.zone))


def interview(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="FINDING", help="A beginning of its id will do.")],
    n: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--n", min=1, max=500, help="Draw so many customers to ask."),
    ] = None,
    answer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--answer", metavar="CUSTOMER", help="Who of the list answered."),
    ] = None,
    said: Annotated[str, typer.Option("--said", metavar="TEXT", help="What they said.")] = "",
    supports: Annotated[
        Literal["yes", "no", "unclear"],
        typer.Option("--supports", help="Whether it fits the likely cause."),
    ] = "unclear",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    r"""Draw customers to ask about a finding, with open questions; keep what they said.

    The list is drawn by lot within strata, the same whenever you ask. Not on it: customers of
    never:, those asked in the last 90 days, those without consent where that is recorded.
    Addresses and numbers in answers are masked.

    \b
    Examples:
      $ trod interview fr-4c02 --n 12
      $ trod interview fr-4c02 --json
    """
    from trod.app import words_hypotheses
    from trod.workspace.acting import interviews as asked

    space = filled(ctx, quiet=as_json)
    who = decider(by)
    if answer is not None:
        kept = asked.answered(
            space, id_, answer, said=said, supports=supports, who=who, now_us=now_us()
        )
        if not as_json:
            say.note(f"Kept: {kept}")
    elif said:
        raise typer.BadParameter("--said needs --answer CUSTOMER.")
    found = asked.interviews(space, id_, n=n, who=who, now_us=now_us())
    if as_json:
        say.answer_json(words_hypotheses.told_interviews(found))
        return
    say.answer(words_hypotheses.interviews(found, answered=answer is not None))
