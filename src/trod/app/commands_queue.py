"""Commands of a week: queue, interventions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from trod.app import say
from trod.app.commands_figures import ToFile, write
from trod.app.deciding import decider, now_us
from trod.app.options import AsJson, filled, workspace
from trod.errors import DefinitionError, unknown

if TYPE_CHECKING:
    import sqlalchemy as sa

    from trod.actions.interventions.intervention import Intervention
    from trod.actions.queue.plan import Plan

By = Annotated[
    Optional[str],  # noqa: UP045  typer reads it at run time
    typer.Option("--by", metavar="NAME", help="Who decides. Default: your login name."),
]


def queue(
    ctx: typer.Context,
    hours: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--hours",
            metavar="NAME=HOURS",
            help="Hours of a person this week; or of all together: 40. Default: as in trod.yml.",
        ),
    ] = None,
    owner: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--owner", metavar="NAME", help="Only what one person has to do."),
    ] = None,
    week: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--week", metavar="WEEK", help="Such as 2026-W48. Default: this week."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="How many customers to show.")] = 10,
    commit: Annotated[
        bool, typer.Option("--commit", help="Write it down: who is seen to, who is held back.")
    ] = False,
    audit: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--audit", metavar="PLAN", help="Draw a written plan again, and compare."),
    ] = None,
    by: By = None,
    out: ToFile = None,
    as_json: AsJson = False,
) -> None:
    r"""Plan the week: whom to see to in the hours there are, so that it brings most.

    Everyone stands in at most one play. Who gets the last places is left to chance, so that it can
    be seen later whether the plays help. Nothing is written down without --commit.

    \b
    Examples:
      $ trod queue
      $ trod queue --hours 40 --top 20
      $ trod queue --hours "Bram Visser=6" --owner "Bram Visser"
      $ trod queue --commit --by "Bram Visser"
      $ trod queue --out queue.svg
    """
    from trod.app import words_queue
    from trod.workspace.acting import queue as acting
    from trod.workspace.acting.hours import given_hours

    if audit is not None:
        plan, wrong = acting.audited(workspace(ctx, quiet=as_json), audit)
        if as_json:
            say.answer_json({"plan": plan.id, "wrong": list(wrong)})
        else:
            say.answer(words_queue.audited(plan, wrong))
        if wrong:
            raise typer.Exit(1)
        return
    space = filled(ctx, quiet=as_json)
    who, now = decider(by), now_us()
    if commit and owner is not None:
        raise typer.BadParameter("--commit writes down the week of everybody. Leave out --owner.")
    asked: dict[str, Any] = {"hours": given_hours(space, hours or (), who), "week": week}
    new: int | None = None
    if commit:
        plan, new = acting.commit(space, now_us=now, who=who, **asked)
    else:
        plan = acting.planned(space, now_us=now, **asked)
    _somebody(plan, owner)
    if out is not None:
        write(acting.figure(space, plan), out, space, quiet=as_json)
    if as_json:
        say.answer_json({**words_queue.told_plan(plan), "written": new})
    elif new is not None:
        say.answer(words_queue.committed(plan, new))
    elif out is None:
        say.answer(words_queue.plan(plan, top=top, owner=owner))


def _somebody(plan: Plan, owner: str | None) -> None:
    known = [each.name for each in plan.hours]
    if owner is not None and owner not in known:
        raise DefinitionError([unknown("person", owner, known)])


def interventions(
    ctx: typer.Context,
    one: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="ID", help="One of them, or the beginning of its id."),
    ] = None,
    owner: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--owner", metavar="NAME", help="Only of one person."),
    ] = None,
    playbook: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--playbook", metavar="NAME", help="Only of one playbook."),
    ] = None,
    status: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            "--status",
            metavar="STATUS",
            help="planned, started, done, stopped, skipped or held back.",
        ),
    ] = None,
    customer: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--customer", metavar="CUSTOMER", help="Only of one customer."),
    ] = None,
    start: Annotated[bool, typer.Option("--start", help="It begins.")] = False,
    step: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--step", min=1, metavar="N", help="Step N of the playbook is done."),
    ] = None,
    done: Annotated[bool, typer.Option("--done", help="All of it is done.")] = False,
    minutes: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--minutes", min=0, help="Of --done: time spent. Default: as planned."),
    ] = None,
    skip: Annotated[
        bool, typer.Option("--skip", help="It will not take place; with --why.")
    ] = False,
    stop: Annotated[bool, typer.Option("--stop", help="It ends here; with --why.")] = False,
    contacted: Annotated[
        bool,
        typer.Option("--contacted", help="Held back, and contacted all the same; with --why."),
    ] = False,
    note: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--note", metavar="TEXT", help="Write something down."),
    ] = None,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason.")] = "",
    top: Annotated[int, typer.Option("--top", min=1, help="How many to show.")] = 20,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    r"""Show what was decided and what became of it; start it, do it, skip it.

    What is done stands among the touchpoints of its customer once the data have come that far.

    \b
    Examples:
      $ trod interventions
      $ trod interventions --owner "Bram Visser" --status planned
      $ trod interventions --playbook "Renewal review" --json
    """
    from trod.app import words_queue
    from trod.workspace.acting import interventions as acting

    if minutes is not None and not done:
        raise typer.BadParameter("--minutes is a part of --done. Add --done.")
    space, now, who = workspace(ctx, quiet=as_json), now_us(), decider(by)
    do = acting.step_of(space, one, step) if one is not None and step is not None else None
    taken = None if step is None or do is None else (step, do)
    moves = _moves(start, taken, done, minutes, skip, stop, contacted, note, why, who, now)
    if len(moves) > 1:
        raise typer.BadParameter(f"{' and '.join(moves)}: one thing at a time.")
    if one is None:
        if moves or step is not None:
            raise typer.BadParameter(
                f"{next(iter(moves), '--step')} needs the ID of an intervention."
            )
        found = acting.listed(
            space, owner=owner, playbook=playbook, status=status, customer=customer
        )
        if as_json:
            from dataclasses import asdict

            say.answer_json([asdict(each) for each in found])
        else:
            say.answer(words_queue.interventions(found, top))
        return
    if moves:
        (change,) = moves.values()
        told, landed = acting.changed(space, lambda con: change(con, one), now)
        if landed and not as_json:
            say.note(f"{landed:,} done came among the touchpoints of their customers.")
    else:
        told = acting.told(space, one)
    if as_json:
        say.answer_json(words_queue.told_intervention(told))
    else:
        say.answer(words_queue.intervention(told, space.zone))


def _moves(
    start: bool,
    step: tuple[int, str] | None,
    done: bool,
    minutes: int | None,
    skip: bool,
    stop: bool,
    contacted: bool,
    note: str | None,
    why: str,
    who: str,
    now: int,
) -> dict[str, Callable[[sa.Connection, str], Intervention]]:
    """Give what was asked to be done, by the option that asks for it."""
    from trod.actions.interventions import register

    every: dict[str, tuple[bool, Callable[[sa.Connection, str], Intervention]]] = {
        "--start": (start, lambda con, i: register.start(con, i, who, now)),
        "--step": (
            step is not None,
            lambda con, i: register.step_done(con, i, *(step or (0, "")), who, now),
        ),
        "--done": (done, lambda con, i: register.done(con, i, minutes, who, now)),
        "--skip": (skip, lambda con, i: register.skip(con, i, why, who, now)),
        "--stop": (stop, lambda con, i: register.stop(con, i, why, who, now)),
        "--contacted": (contacted, lambda con, i: register.contacted(con, i, why, who, now)),
        "--note": (note is not None, lambda con, i: register.note(con, i, note or "", who, now)),
    }
    return {name: move for name, (asked, move) in every.items() if asked}
