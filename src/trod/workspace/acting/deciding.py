"""Decisions about findings, taken in a workspace: its people, its zone, its database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trod.errors import DefinitionError
from trod.workspace.acting.due import due_on
from trod.workspace.acting.findings import owners

if TYPE_CHECKING:
    from trod.insights.findings.registered import Registered
    from trod.workspace.folder import Workspace


def accept(
    workspace: Workspace,
    finding: str,
    *,
    owner: str,
    due: str,
    who: str,
    now_us: int,
    why: str = "",
) -> Registered:
    """Accept a finding, or hand an accepted one over; see `trod.insights.findings.decisions`.

    Parameters
    ----------
    due
        A day such as 2026-12-31, or days from now such as 14d. Of a finding that is handed over
        the date may be left out: it stays.
    """
    from trod.insights.findings import decisions
    from trod.insights.findings.registered import one

    zone, wrong = workspace.zone, list[str]()
    try:
        day = due_on(due, now_us=now_us, zone=zone)
    except DefinitionError as problem:
        wrong, day = list(problem.problems), ""
    if wrong:
        _, nobody = decisions.named(owner, owners(workspace))
        raise DefinitionError([each for each in (nobody, *wrong) if each])
    with workspace.state() as state, state.write() as con:
        handed = not day and bool(owner.strip()) and one(con, finding).status == "accepted"
        decide = decisions.hand_over if handed else decisions.accept
        return decide(
            con,
            finding,
            owner=owner,
            due=day,
            who=who,
            now_us=now_us,
            why=why,
            people=owners(workspace),
            zone=zone,
        )


def dismiss(workspace: Workspace, finding: str, *, why: str, who: str, now_us: int) -> Registered:
    """Put a finding aside, for a reason."""
    from trod.insights.findings import decisions

    with workspace.state() as state, state.write() as con:
        return decisions.dismiss(con, finding, why=why, who=who, now_us=now_us)


def done(workspace: Workspace, finding: str, *, why: str, who: str, now_us: int) -> Registered:
    """Say that what an accepted finding called for was done."""
    from trod.insights.findings import decisions

    with workspace.state() as state, state.write() as con:
        return decisions.done(con, finding, why=why, who=who, now_us=now_us)


def reopen(workspace: Workspace, finding: str, *, why: str, who: str, now_us: int) -> Registered:
    """Take a finding up again."""
    from trod.insights.findings import decisions

    with workspace.state() as state, state.write() as con:
        return decisions.reopen(con, finding, why=why, who=who, now_us=now_us)


def comment(workspace: Workspace, finding: str, *, text: str, who: str, now_us: int) -> Registered:
    """Say something about a finding."""
    from trod.insights.findings import decisions

    with workspace.state() as state, state.write() as con:
        return decisions.comment(con, finding, text=text, who=who, now_us=now_us)


def verdict(
    workspace: Workspace,
    finding: str,
    *,
    said: str,
    why: str,
    n: int | None,
    who: str,
    now_us: int,
) -> Registered:
    """Say what became of the cause that a finding supposes; without `n` as many as were asked."""
    from trod.insights.findings import decisions
    from trod.insights.findings.registered import one
    from trod.insights.interviews.kept import NOBODY, by_finding

    with workspace.state() as state, state.write() as con:
        id_ = one(con, finding).finding.id
        asked = by_finding(con).get(id_, NOBODY).asked
        return decisions.verdict(
            con, id_, said=said, why=why, who=who, now_us=now_us, n=n or asked or None
        )
