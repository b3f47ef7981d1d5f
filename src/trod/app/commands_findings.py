"""Commands about findings: findings, accept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from trod.app import say
from trod.app.deciding import By, decider, now_us
from trod.app.options import AsJson, OfJourney, OfUnit, filled

if TYPE_CHECKING:
    from trod.insights.findings.registered import Registered
    from trod.workspace import Workspace

Status = Literal["current", "open", "accepted", "late", "dismissed", "done", "gone", "all"]
Kind = Literal[
    "friction",
    "early warning",
    "anomaly",
    "change",
    "emerging segment",
    "blind spot",
    "coverage gap",
]
Verdict = Literal["supported", "refuted", "undecidable"]


def findings(
    ctx: typer.Context,
    id_: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="ID", help="One finding, with its history. A beginning will do."),
    ] = None,
    kind: Annotated[
        Optional[Kind],  # noqa: UP045
        typer.Option("--kind", help="Only findings of a sort."),
    ] = None,
    owner: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--owner", metavar="NAME", help="Only those that somebody owns."),
    ] = None,
    status: Annotated[
        Status, typer.Option("--status", help="Default: open and accepted ones.")
    ] = "current",
    top: Annotated[int, typer.Option("--top", min=1, help="How many to show.")] = 6,
    comment: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--comment", metavar="TEXT", help="Say something about the finding ID."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Look again, also where nothing has changed.")
    ] = False,
    by: By = None,
    unit: OfUnit = None,
    journey: OfJourney = None,
    as_json: AsJson = False,
) -> None:
    r"""List what is worth your attention, in the order of what acting on it may bring.

    Frictions, early warnings, new segments, blind spots and whatever else Trod looks for. Looked
    for again where data or trod.yml have changed; what is found again keeps its id and its
    history. Every figure is counted again before it is shown.

    \b
    Examples:
      $ trod findings
      $ trod findings fr-4c02
      $ trod findings fr-4c02 --comment "Seen in two calls this week."
      $ trod findings --status all --top 50 --json
    """
    from trod.app import words_findings
    from trod.workspace.acting import deciding
    from trod.workspace.acting import findings as asked

    space = filled(ctx, quiet=as_json)
    if id_ is None:
        if comment is not None:
            raise typer.BadParameter("--comment is about one finding. Write its ID first.")
        found = asked.listing(space, journey, unit, now_us=now_us(), again=again)
        some = words_findings.chosen(found, kind=kind, owner=owner, status=status)
        if as_json:
            say.answer_json(words_findings.told(found, some[:top]))
        else:
            say.answer(words_findings.listing(found, some, top=top, status=status))
        return
    if comment is not None:
        asked.listing(space, journey, unit, now_us=now_us())
        deciding.comment(space, id_, text=comment, who=decider(by), now_us=now_us())
    whole = asked.whole(space, id_, journey, unit, now_us=now_us())
    if as_json:
        say.answer_json(words_findings.told_whole(whole))
        return
    say.answer(words_findings.whole(whole))


def accept(
    ctx: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="A finding. A beginning will do.")],
    owner: Annotated[str, typer.Option("--owner", metavar="NAME", help="Who answers for it.")] = "",
    due: Annotated[
        str, typer.Option("--due", metavar="DAY", help="By when: 2026-12-31, 14d or 2w.")
    ] = "",
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why.")] = "",
    dismiss: Annotated[
        bool, typer.Option("--dismiss", help="Put it aside instead, with --why.")
    ] = False,
    done: Annotated[bool, typer.Option("--done", help="It was done.")] = False,
    reopen: Annotated[bool, typer.Option("--reopen", help="Take it up again.")] = False,
    verdict: Annotated[
        Optional[Verdict],  # noqa: UP045
        typer.Option("--verdict", help="Of the likely cause, with --why."),
    ] = None,
    n: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option("--n", min=1, help="Of --verdict: customers it rests on. Default: as asked."),
    ] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    r"""Accept a finding: somebody owns it, and it is due on a day. Or say what else becomes of it.

    Accepting it again hands it over. Nothing is accepted without owner and date, nothing put
    aside without a reason.

    \b
    Examples:
      $ trod accept fr-4c02 --owner "Bram Visser" --due 14d
      $ trod accept fr-4c02 --verdict supported --why "Nine of twelve said so." --n 12
      $ trod accept fr-4c02 --done --why "The invitation is asked for now."
      $ trod accept fr-34d1 --dismiss --why "Mended in May."
    """
    from trod.app import words_findings

    one = [name for name, given in _ways(dismiss, done, reopen, verdict) if given]
    if len(one) > 1:
        raise typer.BadParameter(f"{' and '.join(one)} cannot both be said. Keep one.")
    if one and (owner or due):
        raise typer.BadParameter(f"{one[0]} takes no owner and no date. Leave them out.")
    space = filled(ctx, quiet=as_json)
    made = _decided(space, id_, one, owner, due, why, verdict, n, decider(by))
    if as_json:
        say.answer_json(words_findings.told_registered(made))
        return
    say.answer(words_findings.decided(made))


def _ways(
    dismiss: bool, done: bool, reopen: bool, verdict: str | None
) -> tuple[tuple[str, bool], ...]:  # fmt: skip
    return (
        ("--dismiss", dismiss),
        ("--done", done),
        ("--reopen", reopen),
        ("--verdict", verdict is not None),
    )


def _decided(
    space: Workspace,
    id_: str,
    one: list[str],
    owner: str,
    due: str,
    why: str,
    verdict: str | None,
    n: int | None,
    who: str,
) -> Registered:
    """Take the decision that was written."""
    from trod.workspace.acting import deciding

    at = now_us()
    if verdict is not None:
        return deciding.verdict(space, id_, said=verdict, why=why, n=n, who=who, now_us=at)
    if not one:
        return deciding.accept(space, id_, owner=owner, due=due, why=why, who=who, now_us=at)
    decide = {
        "--dismiss": deciding.dismiss,
        "--done": deciding.done,
        "--reopen": deciding.reopen,
    }[one[0]]
    return decide(space, id_, why=why, who=who, now_us=at)
