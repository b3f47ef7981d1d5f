"""Commands about what came of acting: effects, roi."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.options import AsJson, filled

if TYPE_CHECKING:
    from trod.workspace.acting.effects import Effects

Better = Literal["up", "down"]


class _Table(NamedTuple):
    """What was written about a table."""

    file: Path
    arm: str | None
    outcome: str | None
    control: str | None
    covariates: str | None
    strata: str | None
    propensity: str | None
    cluster: str | None
    chosen: bool
    better: Better
    worth_having: float


def effects(
    ctx: typer.Context,
    play: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="PLAYBOOK", help="One play, looked at closely. Default: all."),
    ] = None,
    table: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--table",
            metavar="FILE",
            help="An experiment run elsewhere: CSV or Parquet, a row for each customer.",
        ),
    ] = None,
    arm: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--arm", metavar="COLUMN", help="Of --table: who got what."),
    ] = None,
    outcome: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--outcome", metavar="COLUMN", help="Of --table: 0 or 1, or a number."),
    ] = None,
    control: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--control", metavar="VALUE", help="Of --arm: those held back."),
    ] = None,
    covariates: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--covariates", metavar="COLUMNS", help="Of --table: known before, as age,plan,visits."
        ),
    ] = None,
    strata: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--strata", metavar="COLUMN", help="Of --table: within which was drawn."),
    ] = None,
    propensity: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--propensity", metavar="COLUMN", help="Of --table: each one's chance of treatment."
        ),
    ] = None,
    cluster: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--cluster", metavar="COLUMN", help="Of --table: who was drawn together."),
    ] = None,
    chosen: Annotated[
        bool,
        typer.Option(
            "--chosen", help="Of --table: nobody drew; people chose. An estimate, not a test."
        ),
    ] = False,
    better: Annotated[
        Better, typer.Option("--better", help="Of --table: which way is good.")
    ] = "up",
    worth: Annotated[
        float,
        typer.Option("--worth", min=0.0001, max=0.9999, help="Of --table: as `worth_having`."),
    ] = 0.03,
    out: ToFile = None,
    as_json: AsJson = False,
) -> None:
    r"""Say what plays changed: treated against those held back by chance.

    Each has a verdict - works, no effect found, too early, harms - an interval that holds however
    often you look, and what is missing where it is too early. One play is looked at for groups in
    which its effect differs. With --table, an experiment that was run elsewhere is judged.

    \b
    Examples:
      $ trod effects
      $ trod effects 'Win-back mail'
      $ trod effects --out effects.svg
      $ trod effects --json
    """
    from trod.app import words_effects
    from trod.workspace.acting import effects as acting

    if table is not None:
        given = _Table(
            table,
            arm,
            outcome,
            control,
            covariates,
            strata,
            propensity,
            cluster,
            chosen,
            better,
            worth,
        )
        found = _of_table(given)
        if out is not None:
            raise typer.BadParameter("--out draws the plays of a workspace. Leave out --table.")
    else:
        space = filled(ctx, quiet=as_json)
        found = acting.effects(space, play)
        if out is not None:
            write(acting.figure(space, found), out, space, quiet=as_json)
            if not as_json:
                return
    if as_json:
        say.answer_json(words_effects.told(found))
        return
    closely = play is not None or table is not None
    say.answer(words_effects.effects(found, closely=closely, once=table is not None))


def _of_table(given: _Table) -> Effects:
    from trod.outcomes.table import Columns
    from trod.workspace.acting.experiment import experiment

    if given.arm is None or given.outcome is None:
        raise typer.BadParameter("--table needs --arm and --outcome: which column says what.")
    columns = Columns(
        given.arm,
        given.outcome,
        given.control,
        tuple(c.strip() for c in (given.covariates or "").split(",") if c.strip()),
        given.strata,
        given.propensity,
        given.cluster,
        given.chosen,
    )
    return experiment(given.file, columns, worth_having=given.worth_having, better=given.better)


def roi(ctx: typer.Context, as_json: AsJson = False) -> None:
    r"""Set up the ledger of return: what plays cost, what they brought, and what may stop.

    Only customers on whom chance decided, and whose outcome is known, are in the account. Where
    the interval of an effect holds zero, what it costs to win one more cannot be told.

    \b
    Examples:
      $ trod roi
      $ trod roi --json
    """
    from trod.app import words_roi
    from trod.workspace.acting import effects as acting

    found = acting.returned(filled(ctx, quiet=as_json))
    if as_json:
        say.answer_json(words_roi.told(found))
        return
    say.answer(words_roi.roi(found))
