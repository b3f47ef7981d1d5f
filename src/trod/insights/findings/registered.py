"""A finding as it stands in the register: with status, owner, due date, verdict and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

import sqlalchemy as sa

from trod.errors import DefinitionError
from trod.insights.findings.finding import Finding
from trod.insights.findings.plain import of_plain
from trod.insights.findings.tables import FINDING, FINDING_EVENT

Status = Literal["open", "accepted", "dismissed", "done"]
_SHORTEST: Final = 2
_LISTED: Final = 6


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a finding: never edited, only added to."""

    time_us: int
    who: str
    what: str  # found, not found, found again, grown, accepted, handed over, dismissed, done ...
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Registered:
    """A finding, and what people decided about it."""

    finding: Finding  # as it was last found
    first_us: int
    last_us: int
    times: int  # looks at the data in which it was found
    status: Status
    owner: str | None
    due: str | None  # ISO date
    why: str | None  # of the last decision
    verdict: str | None  # supported, refuted, undecidable
    verdict_why: str | None
    verdict_n: int | None
    gone_us: int | None  # since when it is no longer found
    grown_us: int | None  # since when it is materially larger than when it was dismissed

    def late(self, today: date) -> bool:
        """Say whether it is accepted, not done, and its date is over."""
        return self.status == "accepted" and (self.due or "") < today.isoformat()


def everything(con: sa.Connection, *, journey: str | None = None) -> tuple[Registered, ...]:
    """Give all findings of a journey, and those that belong to none; of all journeys by default."""
    asked = sa.select(FINDING).order_by(FINDING.c.id)
    if journey is not None:
        asked = asked.where(FINDING.c.journey.in_([journey, ""]))
    return tuple(_of(row) for row in con.execute(asked).mappings())


def one(con: sa.Connection, given: str) -> Registered:
    """Give a finding by its id, or by a beginning of it that no other finding shares.

    Raises
    ------
    DefinitionError
        If none or several begin so.
    """
    wanted = given.strip().lower()
    asked = sa.select(FINDING).where(FINDING.c.id.startswith(wanted, autoescape=True))
    rows = con.execute(asked.order_by(FINDING.c.id)).mappings().all()
    exact = [row for row in rows if row["id"] == wanted]
    if len(exact or rows) == 1 and len(wanted) >= _SHORTEST:
        return _of((exact or rows)[0])
    if rows:
        ids = ", ".join(row["id"] for row in rows[:_LISTED])
        more = " …" if len(rows) > _LISTED else ""
        raise DefinitionError(
            [f"{given!r} begins several findings: {ids}{more}. Write more of it."]
        )
    raise DefinitionError([f"no finding {given!r}. `trod findings` lists them."])


def history(con: sa.Connection, finding: str) -> tuple[Event, ...]:
    """Give everything that happened to a finding, oldest first."""
    asked = (
        sa.select(FINDING_EVENT)
        .where(FINDING_EVENT.c.finding == finding)
        .order_by(FINDING_EVENT.c.number)
    )
    return tuple(
        Event(row["time_us"], row["who"], row["what"], row["told"])
        for row in con.execute(asked).mappings()
    )


def add_events(con: sa.Connection, events: Sequence[tuple[str, Event]]) -> None:
    """Write down what happened to findings, each by its id."""
    rows = [
        {
            "finding": finding,
            "time_us": event.time_us,
            "who": event.who,
            "what": event.what,
            "told": dict(event.told),
        }
        for finding, event in events
    ]
    if rows:
        con.execute(sa.insert(FINDING_EVENT), rows)


def _of(row: Mapping[Any, Any]) -> Registered:
    return Registered(
        of_plain(row["told"]),
        row["first_us"],
        row["last_us"],
        row["times"],
        row["status"],
        row["owner"],
        row["due"],
        row["why"],
        row["verdict"],
        row["verdict_why"],
        row["verdict_n"],
        row["gone_us"],
        row["grown_us"],
    )
