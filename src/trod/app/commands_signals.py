"""The command about early warnings: signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.commands_measure import Asked, asked_of
from trod.app.hints import here
from trod.app.options import AsJson, OfJourney, OfUnit, duration, touchpoint

if TYPE_CHECKING:
    from trod.insights.early_warnings import EarlyWarnings, Signal


def signals(
    ctx: typer.Context,
    stage: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--stage", metavar="STAGE", help="Only signs of this stage."),
    ] = None,
    bad: Annotated[bool, typer.Option("--bad", help="Only signs of leaving.")] = False,
    good: Annotated[bool, typer.Option("--good", help="Only signs of growing.")] = False,
    toward: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--toward",
            metavar="TOUCHPOINT",
            help="A good outcome. Default: those of the last stage that carry money.",
        ),
    ] = None,
    sign: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--sign", metavar="TOUCHPOINT", help="Only this sign, with --stage and --within."
        ),
    ] = None,
    before: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--before", metavar="TOUCHPOINT", help="Of --sign: a second touchpoint, after it."
        ),
    ] = None,
    within: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--within", metavar="TIME", help="Of --sign: days since the stage, as 30d."),
    ] = None,
    leaving: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--leaving", metavar="STAGE", help="Of --sign: where customers leave. Default: --stage."
        ),
    ] = None,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Also what was looked at and is no sign, and why.")
    ] = False,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Find early warnings: what customers did, or did not, weeks before they leave or grow.

    Each stands with its ratio, 95% interval, number of customers, days of warning, and how many
    show it now. Nothing has to be fitted first.

    \b
    Examples:
      $ trod signals
      $ trod signals --stage Activate --set-aside
      $ trod signals --good --out signals.svg
      $ trod signals --stage Activate --sign invite_team --within 14d
    """
    from trod.insights.early_warnings import early_warnings

    if sign is not None and (out is not None or bad or good or set_aside):
        raise typer.BadParameter(
            "--sign is told by itself. Leave out --bad, --good, --set-aside and --out."
        )
    of = asked_of(ctx, journey, unit, quiet=as_json)
    if sign is not None:
        told = _asked(of, _Sign(stage, sign, before, within, leaving, toward))
        _tell_one(of, told, as_json=as_json)
        return
    if (before, within, leaving) != (None, None, None):
        raise typer.BadParameter(
            "--before, --within and --leaving are of one sign. Give --sign, too."
        )
    found = early_warnings(
        of.journeys,
        of.plan,
        stage=stage,
        toward=[touchpoint(of.journeys, each) for each in toward or ()],
        ignore=of.spec.ignore,
    )
    both = bad == good
    if as_json:
        say.answer_json(found.told(bad=bad or both, good=good or both))
    if out is not None:
        from trod.workspace.plate import signals as drawn

        made = drawn(of.journeys, of.plan, found, bad=bad or both, good=good or both)
        write(made, out, of.space, quiet=as_json)
    elif not as_json:
        _tell(of, found, bad=bad or both, good=good or both, all_aside=set_aside)


class _Sign(NamedTuple):
    """What was written about one sign."""

    stage: str | None
    name: str
    before: str | None
    within: str | None
    leaving: str | None
    toward: list[str] | None


def _asked(of: Asked, sign: _Sign) -> Signal:
    """Judge the one sign that is asked about."""
    from datetime import timedelta

    from trod.insights.early_warnings import one_sign

    time = duration(sign.within)
    if sign.stage is None or time is None:
        raise typer.BadParameter("--sign needs a stage and a time. Give --stage and --within 30d.")
    days = time // timedelta(days=1)
    if days < 1 or time % timedelta(days=1):
        raise typer.BadParameter(f"--within {sign.within}: write whole days, such as 14d.")
    if len(sign.toward or ()) + (sign.leaving is not None) > 1:
        raise typer.BadParameter("One sign has one outcome. Keep one --toward, or --leaving.")
    return one_sign(
        of.journeys,
        of.plan,
        stage=sign.stage,
        touchpoint=touchpoint(of.journeys, sign.name),
        days=days,
        before=None if sign.before is None else touchpoint(of.journeys, sign.before),
        leaving=sign.leaving,
        toward=touchpoint(of.journeys, sign.toward[0]) if sign.toward else None,
    )


def _tell(of: Asked, found: EarlyWarnings, *, bad: bool, good: bool, all_aside: bool) -> None:
    from trod.app import words_signals

    shown = [*(found.bad if bad else ()), *(found.good if good else ())]
    who = _who(of, shown[0]) if shown else None
    say.answer(words_signals.warnings(found, bad=bad, good=good, all_aside=all_aside, who=who))


def _tell_one(of: Asked, told: Signal, *, as_json: bool) -> None:
    from trod.app import words_signals
    from trod.journeys.label import units

    if as_json:
        say.answer_json(told.told())
        return
    say.answer(words_signals.one(told, units(of.journeys.unit), _who(of, told)))


def _who(of: Asked, told: Signal) -> str:
    """Give the command that lists the customers with a sign now."""
    journey = f" --journey '{of.spec.name}'" if of.declared else ""
    where = f"trod export customers --where '{told.now.key}'"
    return here(f"{where} --unit {of.journeys.unit}{journey}")
