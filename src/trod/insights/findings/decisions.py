"""What people decide about findings: accepted with owner and date, dismissed with a reason, done.

Every function takes the connection of ``state.write()``, the id of a finding or the beginning of
it, and gives the finding as it stands afterwards. What was decided is kept as history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

import sqlalchemy as sa

from trod.errors import DefinitionError
from trod.insights.findings.register import size
from trod.insights.findings.registered import Event, Registered, add_events, one
from trod.insights.findings.tables import FINDING
from trod.insights.hypotheses.judged import VERDICTS
from trod.insights.wording import day


def accept(
    con: sa.Connection,
    finding: str,
    *,
    owner: str,
    due: str,
    who: str,
    now_us: int,
    why: str = "",
    people: Sequence[str] = (),
    zone: str = "UTC",
) -> Registered:
    """Accept a finding: somebody owns it, and it is due on a day.

    Parameters
    ----------
    owner
        Who answers for it; one of `people` where any are declared.
    due
        ISO date, today or later in `zone`.
    who, why
        Who decided, and why.
    now_us
        The moment, in microseconds.

    Raises
    ------
    DefinitionError
        Without owner or due date, if the day is over, or if nobody of `people` has this name.

    Examples
    --------
    >>> accept(None, "fr-1", owner="", due="", who="Ann", now_us=0)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    trod.errors.DefinitionError: no owner: nothing is accepted without one. Write --owner NAME.
    no due date: nothing is accepted without one. Write --due 2026-12-31 or --due 14d.
    """
    name, wrong = named(owner, people)
    late = _not_due(due, day(now_us, zone))
    if wrong or late:
        raise DefinitionError([each for each in (wrong, late) if each])
    was = one(con, finding)
    told = {"owner": name, "due": due.strip(), "why": why}
    handed = was.status == "accepted"
    values = {"status": "accepted", "owner": name, "due": due.strip(), "why": why or None}
    what = "handed over" if handed else "accepted"
    return _decided(con, was, Event(now_us, who, what, told), {**values, "grown_us": None})


def hand_over(
    con: sa.Connection,
    finding: str,
    *,
    owner: str,
    who: str,
    now_us: int,
    due: str | None = None,
    why: str = "",
    people: Sequence[str] = (),
    zone: str = "UTC",
) -> Registered:
    """Give an accepted finding to somebody else; the date stays unless another one is given.

    Raises
    ------
    DefinitionError
        If it is not accepted, or as `accept` does.
    """
    was = _accepted(con, finding)
    to = due or was.due or ""
    return accept(
        con,
        finding,
        owner=owner,
        due=to,
        who=who,
        now_us=now_us,
        why=why,
        people=people,
        zone=zone,
    )


def dismiss(con: sa.Connection, finding: str, *, why: str, who: str, now_us: int) -> Registered:
    """Put a finding aside, for a reason; how large it is now is kept to see whether it grows.

    Raises
    ------
    DefinitionError
        Without a reason.
    """
    _given(why, "a reason", "--why TEXT")
    was = one(con, finding)
    basis = size(was.finding)
    values = {"status": "dismissed", "why": why, "basis": basis, "grown_us": None}
    return _decided(con, was, Event(now_us, who, "dismissed", {"why": why, **basis}), values)


def done(
    con: sa.Connection, finding: str, *, who: str, now_us: int, why: str = ""
) -> Registered:  # fmt: skip
    """Say that what an accepted finding called for was done.

    Raises
    ------
    DefinitionError
        If nobody had accepted it.
    """
    was = _accepted(con, finding)
    values = {"status": "done", "why": why or None}
    return _decided(con, was, Event(now_us, who, "done", {"why": why}), values)


def reopen(con: sa.Connection, finding: str, *, who: str, now_us: int, why: str = "") -> Registered:
    """Take a finding up again that was accepted, dismissed or done."""
    was = one(con, finding)
    if was.status == "open":
        raise DefinitionError([f"{was.finding.id} is open."])
    values = {"status": "open", "why": why or None, "grown_us": None, "basis": None}
    return _decided(con, was, Event(now_us, who, "reopened", {"why": why}), values)


def comment(con: sa.Connection, finding: str, *, text: str, who: str, now_us: int) -> Registered:
    """Say something about a finding.

    Raises
    ------
    DefinitionError
        If nothing is said.
    """
    _given(text, "a text", "--comment TEXT")
    was = one(con, finding)
    return _decided(con, was, Event(now_us, who, "comment", {"text": text.strip()}), {})


def verdict(
    con: sa.Connection,
    finding: str,
    *,
    said: str,
    why: str,
    who: str,
    now_us: int,
    n: int | None = None,
) -> Registered:
    """Say what became of the cause that a finding supposes, and why.

    Parameters
    ----------
    said
        "supported", "refuted" or "undecidable".
    n
        Customers, or answers, that it rests on.

    Raises
    ------
    DefinitionError
        If it is another word, or no reason is given.
    """
    if said not in VERDICTS:
        raise DefinitionError([f"{said!r} is no verdict. Write {', '.join(VERDICTS)}."])
    _given(why, "a reason", "--why TEXT")
    was = one(con, finding)
    values = {"verdict": said, "verdict_why": why, "verdict_n": n}
    told = {"verdict": said, "why": why, "n": n}
    return _decided(con, was, Event(now_us, who, "verdict", told), values)


def named(owner: str, people: Sequence[str]) -> tuple[str, str]:
    """Give the owner as declared, and what is wrong; where nobody is declared any name will do.

    Examples
    --------
    >>> named("bram visser", ["Bram Visser", "Ines Maas"])
    ('Bram Visser', '')
    >>> named("Bram", ["Bram Visser", "Ines Maas"])[1]
    "'Bram' is not among the people of trod.yml: did you mean 'Bram Visser'? People: Bram Visser, \
Ines Maas."
    """
    given = " ".join(owner.split())
    if not given:
        return "", "no owner: nothing is accepted without one. Write --owner NAME."
    if not people:
        return given, ""
    same = [name for name in people if name.casefold() == given.casefold()]
    if same:
        return same[0], ""
    begins = [name for name in people if given.casefold() in name.casefold()]
    near = begins or get_close_matches(given, people, n=1)
    hint = f": did you mean {near[0]!r}?" if near else "."
    known = ", ".join(people)
    return given, f"{given!r} is not among the people of trod.yml{hint} People: {known}."


def _not_due(due: str, today: str) -> str:
    """Say what is wrong with a due date."""
    if not due.strip():
        return "no due date: nothing is accepted without one. Write --due 2026-12-31 or --due 14d."
    try:
        given = date.fromisoformat(due.strip())
    except ValueError:
        return f"{due!r} is not a day. Write 2026-12-31."
    if given.isoformat() < today:
        return f"due {due} is over: today is {today}. Write a later day."
    return ""


def _given(text: str, what: str, how: str) -> None:
    if not text.strip():
        raise DefinitionError([f"without {what} nobody can follow it later. Write {how}."])


def _accepted(con: sa.Connection, finding: str) -> Registered:
    was = one(con, finding)
    if was.status != "accepted":
        raise DefinitionError(
            [
                f"{was.finding.id} is {was.status}, not accepted. First: "
                f"`trod accept {was.finding.id} --owner NAME --due 14d`."
            ]
        )
    return was


def _decided(
    con: sa.Connection, was: Registered, event: Event, values: Mapping[str, Any]
) -> Registered:
    """Write a decision and its event, and give the finding as it stands."""
    if values:
        con.execute(sa.update(FINDING).where(FINDING.c.id == was.finding.id).values(**values))
    add_events(con, [(was.finding.id, event)])
    return one(con, was.finding.id)
