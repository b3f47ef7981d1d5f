"""The command about playbooks."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.deciding import now_us
from trod.app.options import AsJson, filled


def playbooks(
    ctx: typer.Context,
    name: Annotated[
        Optional[str],  # noqa: UP045  typer reads it at run time
        typer.Argument(metavar="PLAYBOOK", help="One of them. Default: all."),
    ] = None,
    preview: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--preview", metavar="CUSTOMER", help="Its messages for one customer."),
    ] = None,
    templates: Annotated[
        bool, typer.Option("--templates", help="List playbooks to begin with.")
    ] = False,
    template: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--template", metavar="NAME", help="Print one of them."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Show playbooks: whom each fits today, whom it does not fit and why.

    \b
    Examples:
      $ trod playbooks
      $ trod playbooks "Renewal review" --json
      $ trod playbooks --template set-up-call
    """
    from trod.actions.playbooks import template as shipped
    from trod.app import words_playbooks
    from trod.workspace.acting import playbooks as acting

    if template is not None:
        one = shipped.template(template)
        say.answer_json(one._asdict()) if as_json else say.answer(one.text)
        return
    if templates:
        every = shipped.templates()
        if as_json:
            say.answer_json([each._asdict() for each in every])
        else:
            say.answer(words_playbooks.templates(every))
        return
    if preview is not None and name is None:
        raise typer.BadParameter("--preview needs the name of a playbook.")
    space, now = filled(ctx, quiet=as_json), now_us()
    if name is not None:
        acting.one(space, name)
    if preview is not None and name is not None:
        steps = acting.preview(space, name, preview, now_us=now)
        if as_json:
            from dataclasses import asdict

            say.answer_json([asdict(step) for step in steps])
        else:
            say.answer(words_playbooks.preview(name, preview, steps))
        return
    found = [each for each in acting.listed(space, now_us=now) if name in (None, each.spec.name)]
    if as_json:
        say.answer_json(words_playbooks.told(found))
        return
    say.answer(words_playbooks.listed(found))
