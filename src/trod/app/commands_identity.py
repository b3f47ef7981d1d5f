"""Commands about who is who: explain, report, merge, split, undo, log."""

from __future__ import annotations

import getpass
import sys
import time
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from trod.app import say
from trod.app.groups import command, group
from trod.app.options import AsJson, workspace
from trod.insights.plain import plain

if TYPE_CHECKING:
    from trod.identity.statements import Draft
    from trod.workspace import Workspace

_HELP: Final = r"""
Say who is who, why, and correct it.

\b
Examples:
  $ trod identity report
  $ trod identity explain ada@acme.example
  $ trod identity merge u_100 u_200 --why "one person, two logins" --dry-run
"""
identity = group("identity", _HELP)


Given = Annotated[
    str, typer.Argument(metavar="ID", help="Any id, or with its kind: email:ann@acme.com.")
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, kept with it.")]
By = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--by", metavar="NAME", help="Who states it. Default: your login."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change; write nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Write without the question.")]


@command(identity)
def explain(
    ctx: typer.Context,
    id_: Given,
    other: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="OTHER", help="Are the two one person, and why?"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    r"""Say why an id belongs to its person.

    The chain of rows and statements that leads there, and what was not used and why. With OTHER:
    what joins the two, or why they are two people.

    \b
    Examples:
      $ trod identity explain ada@acme.example
      $ trod identity explain u_100 u_200
    """
    from trod.app import words_identity as words
    from trod.workspace.identities import explained

    told = explained(workspace(ctx, quiet=as_json), id_, other)
    say.answer_json(plain(told)) if as_json else say.answer(words.explained(told))


@command(identity)
def report(ctx: typer.Context, as_json: AsJson = False) -> None:
    r"""List what the ids of the log led to.

    People, ids, what joined them; shared devices, households, shared mailboxes, test accounts,
    crowded people.

    \b
    Example:
      $ trod identity report
    """
    from trod.app import words_identity as words
    from trod.workspace.identities import reported

    told = reported(workspace(ctx, quiet=as_json))
    say.answer_json(plain(told)) if as_json else say.answer(words.report(told))


@command(identity)
def merge(
    ctx: typer.Context,
    one: Annotated[str, typer.Argument(metavar="A", help="Any id of the first person.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Any id of the second person.")],
    why: Why = "",
    by: By = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    r"""State that two people are one.

    \b
    Example:
      $ trod identity merge u_100 u_200 --why "one person, two logins"
    """
    from trod.workspace.identities import merging

    space = workspace(ctx, quiet=as_json)
    draft = merging(space, one, other)
    _make(space, draft, why=why, by=by, dry_run=dry_run, yes=yes, as_json=as_json)


@command(identity)
def split(
    ctx: typer.Context,
    id_: Given,
    person: Annotated[
        str, typer.Option("--from", metavar="PERSON", help="Any other id of the person.")
    ],
    why: Why = "",
    by: By = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    r"""State that an id is not a person's.

    \b
    Example:
      $ trod identity split 4f2a9c --from u_100 --why "the office tablet"
    """
    from trod.workspace.identities import splitting

    space = workspace(ctx, quiet=as_json)
    draft = splitting(space, id_, person)
    _make(space, draft, why=why, by=by, dry_run=dry_run, yes=yes, as_json=as_json)


@command(identity)
def undo(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="As `trod identity log` lists it.")],
    why: Why = "",
    by: By = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    r"""Take a statement back.

    The statement stays in the log; the retraction is a statement too.

    \b
    Example:
      $ trod identity undo 3 --why "two people after all"
    """
    from trod.workspace.identities import undoing

    space = workspace(ctx, quiet=as_json)
    _make(space, undoing(number), why=why, by=by, dry_run=dry_run, yes=yes, as_json=as_json)


@command(identity)
def log(ctx: typer.Context, as_json: AsJson = False) -> None:
    r"""List all statements about who is who.

    \b
    Example:
      $ trod identity log
    """
    from trod.app import words_identity as words
    from trod.workspace.identities import log as kept

    space = workspace(ctx, quiet=as_json)
    told = kept(space)
    if as_json:
        say.answer_json(plain(told))
    else:
        say.answer(words.log(told, space.zone))


def _make(
    space: Workspace,
    draft: Draft,
    *,
    why: str,
    by: str | None,
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Say what a statement changes, ask, and make it."""
    from trod.app import words_identity as words
    from trod.workspace.blast_radius import blast_radius
    from trod.workspace.identities import stated

    radius = blast_radius(space, [draft])
    if not as_json:
        say.answer(words.radius(draft, radius))
    made = None
    if not dry_run and (yes or (not as_json and _agreed())):
        who = by or getpass.getuser()
        made = stated(space, draft, by=who, at_us=time.time_ns() // 1_000, why=why)
    if as_json:
        told = {"statement": made, "draft": draft, "blast_radius": radius}
        say.answer_json(plain(told))
    elif made:
        say.note(
            f"Statement {made.number} is made. Undo it with `trod identity undo {made.number}`."
        )
    else:
        say.note("Nothing was written." + ("" if dry_run else " Say --yes to write."))


def _agreed() -> bool:
    """Ask on a terminal; elsewhere nobody can answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm("Make this statement?")
