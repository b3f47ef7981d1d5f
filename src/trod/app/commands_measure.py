"""Commands that measure: retention, conform, stuck."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.options import AsJson, OfJourney, OfUnit, touchpoint, workspace
from trod.app.out import STDOUT, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trod.insights.standing import CustomerStanding
    from trod.journeys.batch import Journeys
    from trod.journeys.passage import StagePlan
    from trod.journeys.spec import JourneySpec
    from trod.workspace import Workspace

By = Literal["month", "week"]
First = Literal["time", "value"]


class Asked(NamedTuple):
    """What a command asks about."""

    space: Workspace
    journeys: Journeys
    spec: JourneySpec
    plan: StagePlan
    declared: bool


def asked_of(ctx: typer.Context, journey: str | None, unit: str | None, *, quiet: bool) -> Asked:
    """Open the workspace, and compile the journey: a declared one, or suggested stages."""
    from trod.journeys.passage import compile_plan
    from trod.journeys.suggest import suggest

    space = workspace(ctx, quiet=quiet)
    declared = space.project.journey(journey)
    journeys = space.journeys(unit or (declared.unit if declared else None))
    spec = declared or suggest(journeys)
    plan = compile_plan(spec, journeys).remembering()
    return Asked(space, journeys, spec, plan, declared is not None)


def retention(
    ctx: typer.Context,
    by: Annotated[By, typer.Option("--by", help="Cohorts by month, or by week.")] = "month",
    named: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--touchpoint", metavar="NAME", help="What shows a customer is active. Default: any."
        ),
    ] = None,
    in_period: Annotated[
        bool,
        typer.Option("--in-period", help="Active in that very period; default: in it or later."),
    ] = False,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Show how many of each month's new customers are still active later.

    Cohorts are those who entered the declared journey; without one, who came first. Cells of
    months that are not over are not known.

    \b
    Examples:
      $ trod retention --by month --touchpoint dashboard_viewed
      $ trod retention --out cohorts.svg
    """
    from trod.analyses.retention import retention as asked
    from trod.app import words_measure
    from trod.workspace.plate import cohorts_of

    of = asked_of(ctx, journey, unit, quiet=as_json)
    found = asked(
        of.journeys,
        by=by,
        touchpoint=touchpoint(of.journeys, named) if named else None,
        in_period=in_period,
        plan=cohorts_of(of.declared, of.plan),
    )
    if out is not None:
        from trod.workspace.plate import retention as drawn

        write(drawn(of.journeys, of.plan, found), out, of.space, quiet=as_json)
    if as_json:
        say.answer_json(json.loads(found.to_json()))
    elif out is None:
        say.answer(words_measure.retention(found))


def conform(
    ctx: typer.Context,
    path: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--path", metavar="TOUCHPOINT", help="A step, once for each, in order. Default: stages."
        ),
    ] = None,
    ignore: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--ignore", metavar="TOUCHPOINT", help="No deviation, such as newsletters."),
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=200, help="How many deviations to list.")] = 12,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Say who follows the intended path, and how the others deviate.

    The path is `intended:` of the journey, else its stages in order. What became of those who
    deviate is compared with those who had not deviated at the same point of the way.

    \b
    Examples:
      $ trod conform
      $ trod conform --out conformance.html
      $ trod conform --path workspace_set_up --path invite_team --path first_dashboard
    """
    from trod.analyses.conformance import conformance
    from trod.app import words_measure

    of = asked_of(ctx, journey, unit, quiet=as_json)
    steps = [touchpoint(of.journeys, name) for name in path or of.spec.intended]
    left_out = [touchpoint(of.journeys, name) for name in ignore or ()]
    found = conformance(
        of.journeys,
        of.plan,
        path=tuple(steps),
        ignore=tuple(dict.fromkeys([*of.spec.ignore, *left_out])) if steps else (),
        top=top,
    )
    if out is not None:
        from trod.workspace.plate import conform as drawn

        write(drawn(of.journeys, of.plan, found), out, of.space, quiet=as_json)
    if as_json:
        told = json.loads(found.to_json())
        low, high = found.data.share[2:]
        told["follows"] = {"part": found.data.share[0], "whole": found.data.share[1]}
        told["follows"] |= {"low": round(low, 6), "high": round(high, 6)}
        say.answer_json(told)
    elif out is None:
        say.answer(words_measure.conformance(found))


def stuck(
    ctx: typer.Context,
    stage: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--stage", metavar="STAGE", help="Only this stage."),
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Also those on track and behind, with their standing.")
    ] = False,
    first: Annotated[
        First, typer.Option("--first", help="The longest in their stage, or the most valuable.")
    ] = "time",
    limit: Annotated[int, typer.Option(min=1, help="How many to list.")] = 20,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all of them as CSV.")] = False,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""List who is stuck now: in a stage for longer than those take who go on.

    Stuck is longer than nine in ten of those who ever go on, behind longer than three in four.

    \b
    Examples:
      $ trod stuck --stage Onboard --first value
      $ trod stuck --all --csv
    """
    from trod.analyses.stall import STANDINGS, stall
    from trod.app import words_measure
    from trod.insights.standing import standings

    if as_csv and as_json:
        raise typer.BadParameter("--csv and --json are both given. Keep one of them.")
    of = asked_of(ctx, journey, unit, quiet=as_json or as_csv)
    found = stall(of.journeys, of.plan)
    only = STANDINGS if everyone else STANDINGS[2:3]
    listed = standings(of.journeys, of.plan, found.data, stage=stage, only=only, order=first)
    if as_csv:
        _csv(listed)
    elif as_json:
        told: dict[str, Any] = json.loads(found.to_json())
        told["customers"] = [_plain(each) for each in listed]
        say.answer_json(told)
    else:
        say.answer(
            words_measure.stuck(
                found,
                listed,
                stage=stage,
                limit=limit,
                everyone=everyone,
                currency=of.journeys.currency,
            )
        )


def _plain(each: CustomerStanding) -> dict[str, Any]:
    told = each._asdict()
    value = told.pop("value_micros")
    return {**told, "value": None if value is None else value / 1e6}


def _csv(listed: Sequence[CustomerStanding]) -> None:
    import pyarrow as pa

    from trod.workspace.tables import write

    columns = {
        "customer": pa.string(),
        "stage": pa.string(),
        "standing": pa.string(),
        "days": pa.float64(),
        "stuck_after_days": pa.float64(),
        "last_touchpoint": pa.string(),
        "last_day": pa.string(),
        "value": pa.float64(),
    }
    rows = [
        (
            each.customer,
            each.stage,
            each.standing,
            each.waited_us // 864_000_000 / 100,  # days that are over, so that the order is seen
            None if each.stuck_us is None else round(each.stuck_us / 86_400_000_000, 2),
            each.last_touchpoint,
            each.last_day,
            None if each.value_micros is None else each.value_micros / 1e6,
        )
        for each in listed
    ]
    cells = zip(*rows, strict=True) if rows else [[]] * len(columns)
    table = pa.table(
        {
            name: pa.array(list(cell), kind)
            for (name, kind), cell in zip(columns.items(), cells, strict=True)
        }
    )
    with opened(STDOUT) as file:
        write(table.to_reader(), "csv", file)
