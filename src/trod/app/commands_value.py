"""Commands about money: value, attribution."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.options import AsJson, OfJourney, OfUnit, duration, touchpoint, workspace

if TYPE_CHECKING:
    from trod.analyses.answer import Answer
    from trod.analyses.attribution.credit import AttributionResult
    from trod.journeys.batch import Journeys
    from trod.workspace import Workspace

By = Literal["channel", "touchpoint"]


def value(
    ctx: typer.Context,
    top: Annotated[int, typer.Option(min=1, max=100_000, help="How many customers to show.")] = 10,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Say what customers will still spend, with an interval, and how far that can be trusted.

    By the model that `trod fit value` keeps. Where customers say when they leave, from a retention
    curve; else from how often and how lately they bought.

    \b
    Examples:
      $ trod fit value
      $ trod value --top 20
    """
    from trod.app import words_value
    from trod.workspace.valued import valued

    space = workspace(ctx, quiet=as_json)
    found, card = valued(space, top=top, journey=journey, unit=unit)
    if as_json:
        say.answer_json(words_value.told_value(found, card))
        return
    say.answer(words_value.value(found, card, space.journeys(found.unit).currency))


def attribution(
    ctx: typer.Context,
    to: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--to",
            metavar="TOUCHPOINT",
            help="What is a conversion. Default: success, that of the journey.",
        ),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Who is credited.")] = "channel",
    only: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--only", metavar="TOUCHPOINT", help="Credit these touchpoints and no others."
        ),
    ] = None,
    lookback: Annotated[
        str, typer.Option("--lookback", metavar="TIME", help="How long before a conversion.")
    ] = "90d",
    first: Annotated[
        bool, typer.Option("--first", help="Count the first conversion of a customer only.")
    ] = False,
    collapse: Annotated[
        bool, typer.Option("--collapse", help="Take repeats in a row as one step.")
    ] = False,
    money: Annotated[
        bool, typer.Option("--value", help="Share out the money of conversions.")
    ] = False,
    model: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--model",
            metavar="METHOD",
            help="Methods to show: first, last, linear, position, decay, markov-1 to markov-3, "
            "shapley; of paths that converted alone: markov-1-converters, shapley-converters.",
        ),
    ] = None,
    costs: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--costs", metavar="FILE", help="CSV of spend: channel, cost[, period]."),
    ] = None,
    table: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(
            "--table", metavar="FILE", help="A table of paths: path, conversions[, nulls, value]."
        ),
    ] = None,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Share conversions out among what customers met before, by several methods at once.

    Credit says who was there, not what caused a conversion: only a control group tells that. With
    --costs also the cost of a conversion, the return, and spend without measurable credit.

    \b
    Examples:
      $ trod attribution --by touchpoint
      $ trod attribution --to "Subscription started" --value
    """
    from trod.app import words_attribution
    from trod.workspace import attributed

    attributed.there(costs)
    space = None if table is not None else workspace(ctx, quiet=as_json)
    window = duration(lookback)
    asked: dict[str, Any] = {"by": by, "first": first, "collapse": collapse, "lookback": window}
    if model:
        asked["models"] = tuple(dict.fromkeys(model))
    journeys, found = _credit(space, table, to, only or (), asked, unit, journey)
    if money and not found.data.n_valued:
        from trod.errors import NotEnoughDataError

        raise NotEnoughDataError("no conversion has money on record: leave out --value.")
    spend = None
    if costs is not None:
        spend = attributed.costed(costs, found, journeys)
    if out is not None:
        if space is None or journeys is None:
            raise typer.BadParameter("--out draws journeys. Leave out --table.")
        from trod.workspace.plate import attribution as drawn

        write(drawn(journeys, found, by, money=money), out, space, quiet=as_json)
    if as_json:
        say.answer_json(words_attribution.told_attribution(found, spend))
    elif out is None:
        currency = journeys.currency if journeys else None
        say.answer(words_attribution.attribution(found, by, currency, spend, money=money))


def _credit(
    space: Workspace | None,
    table: Path | None,
    to: str | None,
    only: list[str] | tuple[str, ...],
    asked: dict[str, Any],
    unit: str | None,
    journey: str | None,
) -> tuple[Journeys | None, Answer[AttributionResult]]:
    """Ask the journeys, or a table of paths."""
    from trod.workspace import attributed

    if space is None:
        assert table is not None  # one of both is there
        return None, attributed.of_table(table, asked.get("models"))
    journeys, plan = attributed.asked_of(space, journey, unit)
    end = None if to in (None, "success") else touchpoint(journeys, str(to))
    names = [touchpoint(journeys, each) for each in only]
    from trod.analyses.attribution.ask import attribution as ask

    return journeys, ask(journeys, end, plan=plan, only=names, **asked)
