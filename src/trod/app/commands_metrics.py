"""Commands about metrics: metrics, baseline."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, Optional

import typer

from trod.app import say
from trod.app.hints import here
from trod.app.options import AsJson, OfJourney, OfUnit, workspace

if TYPE_CHECKING:
    from trod.analyses.metrics.against import Change
    from trod.analyses.metrics.measure import Measured
    from trod.analyses.spec import MetricSpec
    from trod.workspace import Workspace
    from trod.workspace.baselines import Baseline
    from trod.workspace.measured import Days

By = Literal["month", "week"]
What = Literal["freeze", "list", "show"]
FromDay = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--from", metavar="DAY", help="First day that counts, such as 2025-03-01."),
]
ToDay = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--to", metavar="DAY", help="Last day that counts."),
]


def metrics(
    ctx: typer.Context,
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="NAME", help="Metrics of trod.yml. Default: all."),
    ] = None,
    by: Annotated[
        Optional[By],  # noqa: UP045
        typer.Option("--by", help="Also the figures by month, or by week."),
    ] = None,
    against: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--against", metavar="BASELINE", help="Compare with a frozen baseline."),
    ] = None,
    from_: FromDay = None,
    to: ToDay = None,
    unit: OfUnit = None,
    as_json: AsJson = False,
) -> None:
    r"""Show the metrics of trod.yml: figure, interval, target, definition.

    \b
    Examples:
      $ trod metrics
      $ trod metrics NPS --by month
      $ trod metrics --against launch --from 2025-07-01
    """
    from trod.app import words_metrics
    from trod.workspace.baselines import named, stage_changes
    from trod.workspace.measured import Days, chosen, measured

    space = workspace(ctx, quiet=as_json)
    specs = chosen(space, names or ())
    days = Days(from_, to)
    before = named(space.store, against) if against else None
    found = measured(space, specs, by=by, days=days, unit=unit)
    stages = {} if before is None else stage_changes(space, before, unit)
    changes = None if before is None else _changes(space, specs, found.data.metrics, before, unit)
    if as_json:
        told: dict[str, Any] = json.loads(found.to_json())
        if before is not None and changes is not None:
            told["against"] = {"name": before.name, "as_of": before.as_of, "data": before.data}
            told["changes"] = {name: each._asdict() for name, each in changes.items()}
            told["stages"] = words_metrics.told_stages(stages)
            told["overlaps"] = _overlaps(days, before)
        say.answer_json(told)
        return
    say.answer(words_metrics.metrics(found, changes))
    if before is not None and changes is not None:
        gone = {n: each.parts for n, each in changes.items() if each.word == "definition changed"}
        say.answer(words_metrics.changed(before, gone, overlaps=_overlaps(days, before)))
        if before.stages:
            say.answer(words_metrics.stages(before, stages))


def _overlaps(days: Days, before: Baseline) -> bool:
    """Say whether days that count now may have counted then: both are days of the workspace."""
    return days.first is None or days.first <= (before.last_day or before.as_of_day)


def _changes(
    space: Workspace,
    specs: tuple[MetricSpec, ...],
    now: tuple[Measured, ...],
    before: Baseline,
    unit: str | None,
) -> dict[str, Change]:
    """Compare each metric with what it was, where it meant the same."""
    from trod.analyses.metrics.against import Change, Side, change
    from trod.workspace.meaning import differing, of_metric

    then = {each.name: each for each in before.metrics}
    found: dict[str, Change] = {}
    for spec, each in zip(specs, now, strict=True):
        was = then.get(spec.name)
        if was is None:
            continue
        parts = differing(was.means, of_metric(space, spec, unit))
        if was.counted != each.whom:
            parts = (*parts, "unit")
        if parts:
            found[spec.name] = Change("definition changed", None, None, None, parts)
            continue
        figure = each.figure
        found[spec.name] = change(
            Side(figure.value, figure.low, figure.high, figure.n),
            Side(was.value, was.low, was.high, was.n),
            each.better,
        )
    return found


def baseline(
    ctx: typer.Context,
    what: Annotated[What, typer.Argument(metavar="WHAT", help="freeze, list or show.")],
    name: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="NAME", help="Name of the baseline."),
    ] = None,
    from_: FromDay = None,
    to: ToDay = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Freeze metrics and stages, to compare later figures with.

    A baseline is kept in the store with its dates, its data and its definitions, and never changes.

    \b
    Examples:
      $ trod baseline freeze launch
      $ trod baseline show launch
      $ trod baseline list
    """
    from trod.app import words_metrics
    from trod.workspace import baselines
    from trod.workspace.measured import Days

    space = workspace(ctx, quiet=as_json)
    if what == "list":
        kept = baselines.read(space.store)
        told = [asdict(each) for each in kept]
        say.answer_json(told) if as_json else say.answer(words_metrics.kept(kept))
        return
    if name is None:
        command = f"trod baseline {what} NAME"
        raise typer.BadParameter(f"{what} needs a name. Write {here(command)}.")
    if what == "freeze":
        made = baselines.freeze(space, name, journey=journey, days=Days(from_, to), unit=unit)
    else:
        made = baselines.named(space.store, name)
    say.answer_json(asdict(made)) if as_json else say.answer(words_metrics.baseline(made))
