"""Commands about messages: deliver, outbox, destinations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from trod.app import say
from trod.app.options import AsJson, workspace

if TYPE_CHECKING:
    from trod.actions.messages.deliver import Held

_EVERY_S: Final = 10.0


def deliver(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show exactly what would be sent; send nothing.")
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Send what is due now and end. Default: go on.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""Send the messages that wait: alerts, digests, audiences.

    Each is sent at least once, always with the same id. What fails is tried again over three days,
    then given up; see `trod outbox`. Without --once it goes on until Ctrl-C; with it, it ends with
    exit code 1 where a message was given up.

    \b
    Examples:
      $ trod deliver --dry-run
      $ trod deliver --once
    """
    from trod.app import words_messages
    from trod.workspace.acting import messages

    space = workspace(ctx, quiet=as_json)
    if dry_run:
        found = messages.drafts(space, messages.now_us())
        if as_json:
            say.answer_json([asdict(each) for each in found])
        else:
            say.answer(words_messages.drafts(found))
        return

    def stuck(those: Sequence[Held]) -> None:
        for line in words_messages.stuck(those):
            say.note(line)

    quiet, given_up = True, []
    for each in messages.run(space, every_s=None if once else _EVERY_S, told=stuck):
        say.line_json(asdict(each)) if as_json else say.line(words_messages.attempt(each))
        quiet = False
        if once and each.status == "dead":
            given_up.append(each.key)
    if quiet and not as_json:
        say.answer("Nothing is due.")
    if given_up:
        say.problem(words_messages.given_up(given_up))
        raise typer.Exit(1)


def outbox(
    ctx: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only messages that were given up.")] = False,
    replay: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--replay", metavar="KEY", help="Send one that was given up again."),
    ] = None,
    replay_all: Annotated[
        bool, typer.Option("--replay-all", help="Send all that were given up again.")
    ] = False,
    drop: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--drop", metavar="KEY", help="Never send one that waits or was given up."),
    ] = None,
    drop_all: Annotated[
        bool, typer.Option("--drop-all", help="Never send any that was given up.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    r"""Show messages that were not sent yet; send again, or drop, what was given up.

    \b
    Examples:
      $ trod outbox
      $ trod outbox --dead --json
      $ trod outbox --replay-all
      $ trod outbox --drop-all
    """
    from trod.app import words_messages
    from trod.workspace.acting import messages

    if (replay or replay_all) and (drop or drop_all):
        raise typer.BadParameter("either send again or drop. Leave one of the two out.")
    space = workspace(ctx, quiet=as_json)
    if drop or drop_all:
        n = messages.drop(space, None if drop_all else drop)
        if as_json:
            say.answer_json({"dropped": n})
        else:
            say.answer(words_messages.dropped(n))
        return
    if replay or replay_all:
        n = messages.again(space, None if replay_all else replay, messages.now_us())
        if as_json:
            say.answer_json({"in_line_again": n})
        else:
            say.answer(words_messages.again(n))
        return
    found = messages.outbox(space, dead=dead)
    if as_json:
        say.answer_json([{**asdict(each), "id": each.id} for each in found])
        return
    say.answer(words_messages.outbox(found, space.zone, dead=dead))


def destinations(
    ctx: typer.Context,
    test: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--test", metavar="NAME", help="Send a test message to one of them now."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Show where messages go, and try whether they arrive.

    \b
    Examples:
      $ trod destinations
      $ trod -C acme destinations --json
    """
    from trod.app import words_messages
    from trod.workspace.acting import messages

    space = workspace(ctx, quiet=as_json)
    if test is not None:
        tried = messages.tested(space, test, messages.now_us())
        problem = words_messages.problem(tried)
        if as_json:
            say.answer_json({"destination": test, "arrived": not problem, "problem": problem})
        elif not problem:
            say.answer(f"{test} took the test message.")
        else:
            say.problem(f"{test}: {problem}")
        if problem:
            raise typer.Exit(1)
        return
    found = messages.places(space)
    if as_json:
        say.answer_json([asdict(each) for each in found])
        return
    say.answer(words_messages.places(found))
