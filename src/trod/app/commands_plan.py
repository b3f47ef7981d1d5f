"""The command about plans: measured, or for a context that is only described."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, filled
from trod.app.out import STDOUT, by_ending, opened

if TYPE_CHECKING:
    from trod.actions.plans.plan import Plan

FORMATS: Final = {"md": "md", "html": "html", "json": "json"}


def plan(
    ctx: typer.Context,
    context: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Argument(metavar="CONTEXT", help="A described context. Default: what is on record."),
    ] = None,
    template: Annotated[
        bool, typer.Option("--template", help="Print a context to begin with.")
    ] = False,
    stage: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--stage", metavar="STAGE", help="Default: where most is at stake."),
    ] = None,
    queries: Annotated[
        bool, typer.Option("--queries", help="Also the query that tests each hypothesis.")
    ] = False,
    out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--out", metavar="FILE", help="Write it: .md, .html or .json; - for stdout."),
    ] = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Plan for one stage: early-warning signals, friction points, interventions, metrics.

    From what is on record, everything with its figures. For a context that is only described, with
    hypotheses in the order in which they are worth asking, the query that tests each, and how many
    customers a decision needs; no figure is made up.

    \b
    Examples:
      $ trod plan
      $ trod plan --template
      $ trod plan --stage Activate --out plan.html
    """
    from trod.app import words_plan

    if template:
        from trod.workspace.acting.context import template as written

        text = written()
        say.answer_json({"text": text}) if as_json else say.answer(text)
        return
    how = None if out is None else by_ending(str(out), FORMATS, default="md")
    quiet = as_json or str(out) == STDOUT
    made = _of_context(context, stage) if context else _measured(ctx, stage, journey, unit, quiet)
    if out is not None and how is not None:
        _write(made, out, how, quiet=quiet)
    if as_json:
        say.answer_json(words_plan.told(made))
    elif out is None:
        say.answer(words_plan.plan(made, queries=queries))


def _of_context(file: Path, stage: str | None) -> Plan:
    """Plan for a described context."""
    from trod.actions.plans.hypotheses import plan_of
    from trod.errors import DefinitionError, unknown
    from trod.workspace.acting.context import read_context

    found = read_context(file)
    names = [each.name for each in found.stages]
    if stage is not None and stage not in names:
        raise DefinitionError([unknown("stage", stage, names)])
    return plan_of(found if stage is None else found.model_copy(update={"about": stage}))


def _measured(
    ctx: typer.Context, stage: str | None, journey: str | None, unit: str | None, quiet: bool
) -> Plan:
    """Plan from what is on record."""
    from trod.workspace.acting.plan import measured_plan

    return measured_plan(filled(ctx, quiet=quiet), stage, journey=journey, unit=unit)


def _write(made: Plan, out: Path, how: str, *, quiet: bool) -> None:
    """Write a plan to a file."""
    from trod.app import words_plan
    from trod.workspace.target import check_target

    if str(out) != STDOUT:
        check_target(out)
    with opened(str(out)) as file:
        file.write(words_plan.rendered(made, how))
    if not quiet:
        say.note(f"{made.headline} Wrote {out}.")
