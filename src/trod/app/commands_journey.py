"""Commands about journey definitions: templates, add, touchpoints, daily."""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal

import typer

from trod.app import hints, say
from trod.app.groups import command, group
from trod.app.options import AsJson, OfJourney, OfUnit, workspace
from trod.errors import DefinitionError

_HELP: Final = r"""
Begin a journey from a template; see where touchpoints and customers stand in it.

\b
Examples:
  $ trod journey templates
  $ trod journey add saas
  $ trod journey touchpoints
  $ trod journey daily --every week
"""
journey = group("journey", _HELP)


@command(journey)
def templates(as_json: AsJson = False) -> None:
    r"""List the templates to begin a journey from.

    \b
    Example:
      $ trod journey templates
    """
    from trod.journeys.template import templates as known

    if as_json:
        say.answer_json(
            [
                {
                    "name": each.name,
                    "about": each.about,
                    "unit": each.unit,
                    "stages": [stage.name for stage in each.stages],
                }
                for each in known()
            ]
        )
        return
    for each in known():
        stages = " > ".join(stage.name for stage in each.stages)
        say.answer(say.folded(f"{each.name}: {each.about}\n  {stages}", more="  "))


@command(journey)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="TEMPLATE", help="See `trod journey templates`.")],
    as_json: AsJson = False,
) -> None:
    r"""Write journeys/TEMPLATE.yml, filled with the touchpoints of the data at hand.

    Touchpoints are matched by the words of their names. Other journeys are left as they are.

    \b
    Example:
      $ trod -C acme journey add subscription
    """
    from trod.app.definition import of_unit
    from trod.journeys.filled import fill
    from trod.journeys.template import template
    from trod.workspace.output import save_text

    chosen = template(name)
    space = workspace(ctx, quiet=as_json)
    target = space.project.root / "journeys" / f"{name}.yml"
    if target.exists():
        raise DefinitionError([f"{target} is there already. Edit it, or remove it first."])
    filled = fill(chosen, of_unit(space, chosen.unit))
    if filled.spec.name in {spec.name for spec in space.project.journeys}:
        raise DefinitionError([f"there is a journey named {filled.spec.name!r}. Rename it first."])
    target.parent.mkdir(exist_ok=True)
    save_text(target, filled.to_yaml())
    if as_json:
        say.answer_json(
            {
                "file": str(target),
                "journey": filled.spec.name,
                "matches": [match._asdict() for match in filled.matches],
                "unmatched": list(filled.unmatched),
                "left_out": list(filled.left_out),
            }
        )
        return
    comments = [line[2:] for line in filled.to_yaml().splitlines() if line.startswith("# ")]
    say.answer(say.folded("\n".join(comments), more="    ", keep=True))
    say.answer(f"\nWrote {target}.\nLook through it, then run: {hints.here('trod check')}")


@command(journey)
def touchpoints(
    ctx: typer.Context, unit: OfUnit = None, name: OfJourney = None, as_json: AsJson = False
) -> None:
    r"""List every touchpoint with its place in a journey.

    Each is mapped to a stage or an outcome, ignored on purpose, or unmapped; for those the stage is
    said in which most of their customers have them.

    \b
    Example:
      $ trod -C acme journey touchpoints
    """
    from trod.app.commands_measure import asked_of
    from trod.journeys.mapped import mapped

    of = asked_of(ctx, name, unit, quiet=as_json)
    found = mapped(of.spec, of.journeys, plan=of.plan)
    if as_json:
        say.answer_json({"journey": of.spec.name, "touchpoints": [m._asdict() for m in found]})
        return
    rows = [["touchpoint", "is", "stage", "customers", "times", "suggested"]]
    for one in found:
        guess = f"{one.suggested} ({one.confidence:.0%})" if one.suggested else ""
        counts = f"{one.customers:,}", f"{one.rows:,}"
        rows.append([one.touchpoint, one.use, one.stage or "", *counts, guess])
    say.answer(say.grid(rows, right=[3, 4]))


@command(journey)
def daily(
    ctx: typer.Context,
    every: Annotated[
        Literal["day", "week"], typer.Option("--every", help="A line a day, or a week.")
    ] = "day",
    last: Annotated[
        int, typer.Option("--last", min=1, max=3660, help="Only the latest so many.")
    ] = 30,
    unit: OfUnit = None,
    name: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Say where all customers stood at the end of every day or week.

    Outside, each stage, left and done sum to everybody there was by then.

    \b
    Example:
      $ trod -C acme journey daily --every week --last 12
    """
    from trod.analyses.occupancy import stage_daily
    from trod.app.commands_measure import asked_of

    of = asked_of(ctx, name, unit, quiet=as_json)
    found = stage_daily(of.journeys, of.plan, every=every)
    if as_json:
        told = json.loads(found.to_json())
        say.answer_json(told | {"rows": told["rows"][-last:]})
        return
    table = {key: list(column)[-last:] for key, column in found.data.columns().items()}
    head = [key.removeprefix("open: ") for key in table]
    lines = [
        [cell if isinstance(cell, str) else f"{int(cell):,}" for cell in row]
        for row in zip(*table.values(), strict=True)
    ]
    say.answer(say.grid([head, *lines], right=range(1, len(head))))
