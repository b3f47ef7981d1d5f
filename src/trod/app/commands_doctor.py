"""The command that says what to expect: doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, filled


def doctor(
    ctx: typer.Context,
    files: Annotated[
        Optional[list[Path]],  # noqa: UP045
        typer.Argument(help="What is to be read. Without: the workspace as it is."),
    ] = None,
    config: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--config", metavar="FILE", help="A trod.yml that says how to read them."),
    ] = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Say what files will take before they are read, or what the data of a workspace support.

    \b
    Examples:
      $ trod doctor events.csv crm.parquet
      $ trod -C acme doctor
    """
    if files:
        _sizes(files, config, as_json)
    else:
        _supports(ctx, journey, as_json)


def _sizes(files: list[Path], config: Path | None, as_json: bool) -> None:
    from trod.workspace.inputs import checked
    from trod.workspace.sizing import size_of

    listener = say.progress(quiet=as_json)
    found = size_of([checked(file) for file in files], config=config, stage=listener.stage)
    listener.done()
    if as_json:
        told = found._asdict()
        say.answer_json({**told, "measured": [one._asdict() for one in found.measured]})
    else:
        say.answer(say.folded("\n".join(found.words())))


def _supports(ctx: typer.Context, journey: str | None, as_json: bool) -> None:
    from trod.app import words_audit
    from trod.workspace.auditing.audit import audit
    from trod.workspace.holding import holding
    from trod.workspace.rights import open_to_others

    space = filled(ctx, quiet=as_json)
    made = audit(space, journey=journey)
    held, seen = holding(space), open_to_others(space)
    if as_json:
        supports = [one._asdict() for one in made.readiness]
        others = [one._asdict() for one in seen]
        say.answer_json({"supports": supports, "open_to_others": others, **held._asdict()})
        return
    lines = (*held.words(), *(one.words() for one in seen))
    say.answer(say.folded("\n".join(lines)))
    say.answer(f"\n{say.strong('What the data support')}\n{words_audit.support(made)}")
