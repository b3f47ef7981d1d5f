"""Commands about money: value, attribution."""

from __future__ import annotations

from collections.abc import Sequence
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
    from trod.workspace.attributed import Asked

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
            help="What is a conversion; success: that of the journey. Default: as trod.yml says, "
            "else success.",
        ),
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Who is credited.")] = "channel",
    only: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--only", metavar="TOUCHPOINT", help="Credit these touchpoints and no others."
        ),
    ] = None,
    channel: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--channel",
            metavar="CHANNEL",
            help="Credit these channels and no others. Default: as trod.yml says, else all.",
        ),
    ] = None,
    lookback: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--lookback",
            metavar="TIME",
            help="How long before a conversion. Default: as trod.yml says, else 90d.",
        ),
    ] = None,
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
    models = tuple(dict.fromkeys(model or ()))
    if space is None:
        assert table is not None  # one of both is there
        journeys, found = None, attributed.of_table(table, models or None)
    else:
        credited = attributed.asked(
            space, to=to, channels=channel or (), lookback=duration(lookback), costs=costs
        )
        how: dict[str, Any] = {"by": by, "first": first, "collapse": collapse}
        how |= {"models": models} if models else {}
        journeys, found = _credit(space, credited, only or (), how, unit, journey)
        costs = credited.costs
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
    space: Workspace,
    asked: Asked,
    only: Sequence[str],
    how: dict[str, Any],
    unit: str | None,
    journey: str | None,
) -> tuple[Journeys, Answer[AttributionResult]]:
    """Ask the journeys."""
    from trod.analyses.attribution.ask import attribution as ask
    from trod.workspace import attributed

    journeys, plan = attributed.asked_of(space, journey, unit)
    end = None if asked.to is None else touchpoint(journeys, asked.to)
    how |= {"only": [touchpoint(journeys, each) for each in only], "plan": plan}
    return journeys, ask(journeys, end, channels=asked.channels, lookback=asked.lookback, **how)
