"""Commands about what is out of the ordinary: watch, alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.deciding import By, decider, now_us
from trod.app.options import AsJson, OfJourney, OfUnit, duration, filled

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from trod.actions.alerts.alert import Alert
    from trod.workspace import Workspace


def watch(
    ctx: typer.Context,
    since: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--since", metavar="DATE", help="Replay the days from this one on."),
    ] = None,
    out: ToFile = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""Look at everything that is counted over time, and open alerts about what stands out.

    Counts, entries, conversion, time taken, mood, scores and ways of beginning, of everyone and by
    group. Each day is judged by the days before it. Run it after every ingest.

    \b
    Examples:
      $ trod watch
      $ trod watch --since 2026-01-01
      $ trod watch --json
    """
    from trod.app import words_watch
    from trod.workspace.acting import watched

    space = filled(ctx, out=out, quiet=as_json)
    found = watched.take_in(space, now_us=now_us(), since=since, journey=journey, unit=unit)
    if as_json:
        say.answer_json(words_watch.told_look(found))
    else:
        say.answer(words_watch.look(found, space.project.events.currency))
    if out is not None:
        _draw_alerts(space, out, quiet=as_json)


def alerts(
    ctx: typer.Context,
    alert: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="ID", help="One alert, or the beginning of its id."),
    ] = None,
    ack: Annotated[bool, typer.Option("--ack", help="You have seen it and look after it.")] = False,
    snooze: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--snooze", metavar="TIME", help="Let it rest for so long, as 3d."),
    ] = None,
    close: Annotated[bool, typer.Option("--close", help="Close it, with --why.")] = False,
    why: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--why", metavar="TEXT", help="Of --close: the reason."),
    ] = None,
    by: By = None,
    every: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
    out: ToFile = None,
    as_json: AsJson = False,
) -> None:
    r"""Show alerts; acknowledge one, let it rest, or close it.

    With an ID and --out, its series is drawn with what was expected.

    \b
    Examples:
      $ trod alerts
      $ trod alerts --all --json
    """
    from trod.app import words_watch

    if sum((ack, snooze is not None, close)) > 1:
        raise typer.BadParameter("--ack, --snooze and --close: give one of them.")
    if alert is None and (ack or snooze is not None or close):
        raise typer.BadParameter("Say which alert: trod alerts ID --ack.")
    if close and not (why or "").strip():
        raise typer.BadParameter("--close needs a reason. Give --why 'the form was repaired'.")
    if why and not close:
        raise typer.BadParameter("--why is the reason of --close. Give --close, too.")
    rest = _rest(snooze)
    space = filled(ctx, out=out, quiet=as_json)
    currency = space.project.events.currency
    if alert is None:
        found = _read(space, closed=every)
        if as_json:
            say.answer_json(words_watch.told_alerts(found))
        else:
            say.answer(words_watch.alerts(found, currency, closed=every))
        if out is not None:
            _draw_alerts(space, out, quiet=as_json)
        return
    one = _change(space, alert, ack=ack, rest=rest, why=why if close else None, by=by)
    if as_json:
        say.answer_json(words_watch.told_alert(one))
    else:
        say.answer(words_watch.alert(one, currency, space.zone))
    if out is not None:
        from trod.workspace.acting.watched_figures import series

        write(series(space, one), out, space, quiet=as_json)


def _rest(snooze: str | None) -> timedelta | None:
    rest = duration(snooze)
    if rest is not None and not rest:
        raise typer.BadParameter(f"--snooze {snooze} is no time at all. Write 3d or 12h.")
    return rest


def _read(space: Workspace, *, closed: bool) -> tuple[Alert, ...]:
    from trod.actions.alerts import life

    with space.state() as state, state.read() as con:
        return life.alerts(con, closed=closed)


def _change(
    space: Workspace,
    id_: str,
    *,
    ack: bool,
    rest: timedelta | None,
    why: str | None,
    by: str | None,
) -> Alert:
    """Do what was asked for, and give the alert as it stands."""
    from trod.actions.alerts import life

    who, at_us = decider(by), now_us()
    with space.state() as state, state.write() as con:
        if ack:
            return life.acknowledge(con, id_, who, at_us)
        if rest is not None:
            until_us = at_us + int(rest.total_seconds() * 1e6)
            return life.snooze(con, id_, until_us, who, at_us)
        if why is not None:
            return life.close(con, id_, why, who, at_us)
        return life.alert(con, id_)


def _draw_alerts(space: Workspace, out: Path, *, quiet: bool) -> None:
    from trod.workspace.acting.watched_figures import open_alerts

    write(open_alerts(space), out, space, quiet=quiet)
