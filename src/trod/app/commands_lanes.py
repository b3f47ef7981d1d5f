"""The command about lanes: who needs somebody, who thrives alone, who is ready for more."""

from __future__ import annotations

from typing import Annotated, Literal, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.deciding import now_us
from trod.app.options import AsJson, OfJourney, OfUnit, filled

Which = Literal["intervene", "thriving", "expand"]


def lanes(
    ctx: typer.Context,
    account: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="ID", help="One of them: why it stands there, and what to do next."),
    ] = None,
    lane: Annotated[
        Optional[Which],  # noqa: UP045
        typer.Option("--lane", help="Show who is in this lane."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many to show of a lane.")] = 5,
    tested: Annotated[
        bool, typer.Option("--tested", help="How the lanes would have done on what came later.")
    ] = False,
    against: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--against",
            metavar="TOUCHPOINT",
            help="With --tested: beside the rule 'had it in the last 30 days, and more use'.",
        ),
    ] = None,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Put everyone who is still there in one lane: intervene now, thriving, ready to expand.

    At risk comes before ready to expand. Scores speak where they have passed their backtest
    (`trod fit outcomes`); elsewhere standing, signs of trouble and use do. With an ID: what to do
    next for that one, what it may bring, and when.

    \b
    Examples:
      $ trod lanes
      $ trod lanes --lane intervene --top 20
      $ trod lanes ACC-00205
      $ trod lanes --out lanes.svg
    """
    from trod.app import words_lanes

    if account is not None and (lane is not None or tested or out is not None):
        raise typer.BadParameter("An ID is told by itself. Leave out --lane, --tested and --out.")
    if against is not None and not tested:
        raise typer.BadParameter("--against is a part of --tested. Add --tested.")
    space = filled(ctx, quiet=as_json)
    if account is not None:
        from trod.workspace.acting.next_action import next_action

        found = next_action(space, account, journey, unit, now_us=now_us())
        if as_json:
            say.answer_json(words_lanes.told_next(found))
        else:
            say.answer(words_lanes.next_action(found))
        return
    if tested:
        from trod.workspace.acting.lanes_tested import lanes_tested

        looked_back = lanes_tested(space, journey, unit, against=against)
        if as_json:
            say.answer_json(words_lanes.told_tested(looked_back))
        else:
            say.answer(words_lanes.tested(looked_back))
        return
    from trod.workspace.acting.lanes_view import lanes as asked

    told = asked(space, journey, unit, only=lane, top=top)
    if out is not None:
        from trod.workspace.acting.lanes_view import plate

        write(plate(space, told), out, space, quiet=as_json)
    if as_json:
        say.answer_json(words_lanes.told(told))
    elif out is None:
        say.answer(words_lanes.lanes(told))
