"""Commands about what may come: next, what-if."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, OfJourney, OfUnit, workspace
from trod.app.options import duration as read_duration

if TYPE_CHECKING:
    from trod.workspace.foretold import Foretold, Overview


def next_(
    ctx: typer.Context,
    customer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="CUSTOMER", help="Any id. Default: everyone on the way."),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=1000, help="How many guesses, or places, to show.")
    ] = 5,
    journey: OfJourney = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Say what a customer is likely to do next, how sure that is, and when.

    Without a customer: where those on the way are now, and what most of them are likely to do next.
    By the model that `trod fit next` fitted last.

    \b
    Examples:
      $ trod next
      $ trod next ada.brannhurst@amberwell-logistics.example
    """
    from trod.app import words_next
    from trod.workspace import foretold

    space = workspace(ctx, quiet=as_json)
    if customer is None:
        seen = foretold.overview(space, journey=journey, unit=unit)
        if as_json:
            say.answer_json(_told_overview(seen))
            return
        say.answer(words_next.overview(seen, space.zone, limit))
        return
    found = foretold.foretold(space, customer, shown=limit, unit=unit)
    if as_json:
        say.answer_json(_told(found))
        return
    say.answer(words_next.foretold(found, space.zone))


def _told(found: Foretold) -> dict[str, Any]:
    told = asdict(found)
    told["card"] = {"model": found.card.model, "version": found.card.version}
    told["outlook"] = {
        **found.outlook._asdict(),
        "guesses": [{**g._asdict(), "wait": _wait(g.wait)} for g in found.outlook.guesses],
        "wait": _wait(found.outlook.wait),
    }
    return told


def _told_overview(seen: Overview) -> dict[str, Any]:
    return {
        **seen._asdict(),
        "card": {"model": seen.card.model, "version": seen.card.version},
        "moves": {
            **seen.moves._asdict(),
            "positions": [
                {
                    **each._asdict(),
                    "likely": [one._asdict() for one in each.likely],
                    "wait": _wait(each.wait),
                    "unusual": None if each.unusual is None else each.unusual._asdict(),
                }
                for each in seen.moves.positions
            ],
            "expected": [{"touchpoint": name, "customers": n} for name, n in seen.moves.expected],
        },
    }


def _wait(wait: Any) -> dict[str, int] | None:
    return None if wait is None else wait._asdict()


def what_if(
    ctx: typer.Context,
    changes: Annotated[
        list[str],
        typer.Argument(metavar="CHANGE", help="Such as 'Onboard conversion +5pt'; several may be."),
    ],
    within: Annotated[
        str, typer.Option("--within", metavar="DURATION", help="How far to look.")
    ] = "180d",
    journey: OfJourney = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Say what would become of customers if a stage kept more of them, or took less time.

    A calculation with what was seen, no experiment: how many are done, who left, and the money, now
    and then, with an interval and what is assumed. It needs no fitted model.

    \b
    Examples:
      $ trod what-if "Onboard conversion +5pt"
      $ trod what-if "Onboard conversion to 85%" "Activate time -20%" --within 365d
    """
    from trod.app import words_next
    from trod.models.what_if.answer import what_if as asked
    from trod.workspace.fitting import ground

    length = read_duration(within)
    if length is None or not 1 <= length.days <= 1825:
        raise typer.BadParameter(f"{within!r}: write 1d to 1825d.")
    on = ground(workspace(ctx, quiet=as_json), journey=journey, unit=unit)
    found = asked(on.journeys, on.plan, changes, days=length.days)
    if as_json:
        say.answer_json(
            {
                **found._asdict(),
                "changes": [each._asdict() for each in found.changes],
                "outcomes": [each._asdict() for each in found.outcomes],
            }
        )
        return
    say.answer(words_next.what_if(found))
