"""Who was drawn and what they said, as the database keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import sqlalchemy as sa

from trod.errors import DefinitionError
from trod.events.masked import masked
from trod.insights.findings.registered import Event, add_events
from trod.insights.interviews.tables import INTERVIEW, INTERVIEW_ANSWER

Whose = Literal["concerned", "contrast"]
SUPPORTS: Final = ("yes", "no", "unclear")


@dataclass(frozen=True, slots=True)
class Answered:
    """What one customer said, with personal data masked."""

    time_us: int
    who: str
    said: str
    supports: str  # yes, no, unclear: whether it fits the likely cause of the finding


@dataclass(frozen=True, slots=True)
class Drawn:
    """A customer on the list of a finding."""

    customer: str
    whose: Whose
    stratum: str
    drawn_us: int
    answers: tuple[Answered, ...] = ()


class Asked(NamedTuple):
    """How far the interviews about a finding have come; the last answer of each customer counts."""

    listed: int
    asked: int
    yes: int
    no: int
    concerned: int  # of those asked, how many the finding is about
    concerned_yes: int

    @property
    def words(self) -> str:
        """Say it in a line; nothing where nobody is on a list.

        Examples
        --------
        >>> Asked(12, 7, 5, 1, 4, 4).words
        '7 of 12 asked, 5 say so: 4 of the 4 concerned, 1 of the 3 others'
        >>> Asked(12, 0, 0, 0, 0, 0).words, Asked(0, 0, 0, 0, 0, 0).words
        ('0 of 12 asked', '')
        """
        if not self.listed:
            return ""
        head = f"{self.asked} of {self.listed} asked"
        if not self.asked:
            return head
        others, others_yes = self.asked - self.concerned, self.yes - self.concerned_yes
        parts = [f"{self.concerned_yes} of the {self.concerned} concerned"] * bool(self.concerned)
        parts += [f"{others_yes} of the {others} others"] * bool(others)
        return f"{head}, {self.yes} say so: {', '.join(parts)}"


NOBODY: Final = Asked(0, 0, 0, 0, 0, 0)


def drawn(con: sa.Connection, finding: str) -> tuple[Drawn, ...]:
    """Give the list of a finding, with what was said so far."""
    said: dict[str, list[Answered]] = defaultdict(list)
    answers = sa.select(INTERVIEW_ANSWER).where(INTERVIEW_ANSWER.c.finding == finding)
    for row in con.execute(answers.order_by(INTERVIEW_ANSWER.c.number)).mappings():
        said[row["customer"]].append(
            Answered(row["time_us"], row["who"], row["said"], row["supports"])
        )
    asked = sa.select(INTERVIEW).where(INTERVIEW.c.finding == finding)
    rows = con.execute(asked.order_by(INTERVIEW.c.whose, INTERVIEW.c.customer)).mappings()
    return tuple(
        Drawn(
            row["customer"],
            row["whose"],
            row["stratum"],
            row["drawn_us"],
            tuple(said[row["customer"]]),
        )
        for row in rows
    )


def list_for(
    con: sa.Connection, finding: str, unit: str, some: Sequence[Drawn], who: str
) -> None:  # fmt: skip
    """Put customers on the list of a finding."""
    rows = [
        {
            "finding": finding,
            "customer": each.customer,
            "unit": unit,
            "whose": each.whose,
            "stratum": each.stratum,
            "drawn_us": each.drawn_us,
            "who": who,
        }
        for each in some
    ]
    if rows:
        con.execute(sa.insert(INTERVIEW), rows)
        event = Event(some[0].drawn_us, who, "interviews drawn", {"customers": len(rows)})
        add_events(con, [(finding, event)])


def answer(
    con: sa.Connection,
    finding: str,
    customer: str,
    *,
    said: str,
    supports: str,
    who: str,
    now_us: int,
) -> Answered:
    """Keep what a customer said about a finding; addresses and numbers are masked.

    Raises
    ------
    DefinitionError
        If the customer is not on the list of the finding, or nothing is said.
    """
    listed = sa.select(INTERVIEW.c.customer).where(INTERVIEW.c.finding == finding)
    names = [row[0] for row in con.execute(listed.order_by(INTERVIEW.c.customer))]
    wrong = []
    if customer not in names:
        wrong.append(
            f"{customer!r} is not on the list of {finding}, which `trod interview {finding}` "
            "shows. Whoever was not drawn tells only of themselves."
        )
    if not said.strip():
        wrong.append("nothing was said. Write --said TEXT.")
    if supports not in SUPPORTS:
        wrong.append(f"{supports!r} is not known. Write {', '.join(SUPPORTS)}.")
    if wrong:
        raise DefinitionError(wrong)
    made = Answered(now_us, who, masked(" ".join(said.split())), supports)
    row = {
        "finding": finding,
        "customer": customer,
        "time_us": now_us,
        "who": who,
        "said": made.said,
        "supports": supports,
    }
    con.execute(sa.insert(INTERVIEW_ANSWER), [row])
    told = {"customer": customer, "supports": supports}
    add_events(con, [(finding, Event(now_us, who, "answer", told))])
    return made


def lately(con: sa.Connection, since_us: int, *, but: str) -> set[str]:
    """Name customers who were drawn or answered since a moment, for other findings than one."""
    drawn_ = sa.select(INTERVIEW.c.customer).where(
        INTERVIEW.c.drawn_us >= since_us, INTERVIEW.c.finding != but
    )
    answered = sa.select(INTERVIEW_ANSWER.c.customer).where(
        INTERVIEW_ANSWER.c.time_us >= since_us, INTERVIEW_ANSWER.c.finding != but
    )
    return {row[0] for asked in (drawn_, answered) for row in con.execute(asked)}


def by_finding(con: sa.Connection) -> dict[str, Asked]:
    """Say of every finding how far its interviews have come."""
    lists: dict[str, dict[str, str]] = defaultdict(dict)
    for row in con.execute(sa.select(INTERVIEW)).mappings():
        lists[row["finding"]][row["customer"]] = row["whose"]
    said: dict[str, dict[str, str]] = defaultdict(dict)
    answers = sa.select(INTERVIEW_ANSWER).order_by(INTERVIEW_ANSWER.c.number)
    for row in con.execute(answers).mappings():
        said[row["finding"]][row["customer"]] = row["supports"]
    return {finding: _asked(whose, said[finding]) for finding, whose in lists.items()}


def _asked(whose: dict[str, str], said: dict[str, str]) -> Asked:
    concerned = [supports for name, supports in said.items() if whose[name] == "concerned"]
    all_ = list(said.values())
    return Asked(
        len(whose),
        len(all_),
        all_.count("yes"),
        all_.count("no"),
        len(concerned),
        concerned.count("yes"),
    )
