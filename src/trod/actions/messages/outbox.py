"""The outbox: messages are taken one at a time, each by one sender, and what became of them.

A sender that dies leaves a claim that runs out; then the message is sent again, with the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

import sqlalchemy as sa

from trod.actions.messages.message import Message
from trod.actions.messages.tables import OUTBOX
from trod.actions.messages.tried import Later, Never, Sent, Tried
from trod.errors import DataError, unknown

SECOND_US: Final = 1_000_000
LEASE_US: Final = 120 * SECOND_US
"""Longer than any try takes, so that no two senders have one message."""
TRIES: Final = 12
_FIRST_US: Final = 10 * SECOND_US
_LONGEST_US: Final = 24 * 3600 * SECOND_US
_FIELDS: Final = tuple(each.name for each in fields(Message))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message in the outbox, and what was tried so far."""

    message: Message
    created_us: int
    due_us: int  # not to be tried before
    tries: int
    status: str
    sent_us: int | None
    problem: str | None
    digest: str | None
    claim: str | None

    @property
    def id(self) -> str:
        """Name it for receivers: the same on every try, and another one in another workspace."""
        told = f"{self.message.key}\x1f{self.created_us}"
        return f"msg_{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def waiting(row: Any) -> Waiting:
    """Read a row of the outbox."""
    return Waiting(
        Message(**{name: row.told[name] for name in _FIELDS if name in row.told}),
        row.created_us,
        row.due_us,
        row.tries,
        row.status,
        row.sent_us,
        row.problem,
        row.digest,
        row.claim,
    )


def backoff_us(key: str, tries: int) -> int:
    """Give the wait after a number of tries: three times as long each time, a day at most.

    Spread by up to a quarter, so that what failed together does not come back together. Twelve
    tries take about three days.

    Examples
    --------
    >>> [round(backoff_us("alert/1", n) / SECOND_US) for n in (1, 2, 3, 4)]
    [11, 30, 93, 215]
    """
    wait: int = min(_LONGEST_US, _FIRST_US * 3 ** min(tries - 1, 20))
    drawn = hashlib.sha256(f"{key}\x1f{tries}".encode()).digest()[0]  # 0 to 255
    return wait + wait * (drawn - 128) // 512


def free(now_us: int) -> sa.ColumnElement[bool]:
    """Mean messages that nobody is sending; one taken by a clock that ran far ahead is free too."""
    until = OUTBOX.c.claimed_until_us
    return sa.or_(until.is_(None), until <= now_us, until > now_us + 2 * LEASE_US)


def _due(now_us: int) -> sa.ColumnElement[bool]:
    """Mean messages that may be tried now."""
    at_us = OUTBOX.c.due_us
    # No wait is two days long: such a moment was set by a clock that ran ahead.
    on_time = sa.or_(at_us <= now_us, at_us > now_us + 2 * _LONGEST_US)
    return sa.and_(OUTBOX.c.status == "waiting", on_time, free(now_us))


def give_up_deadly(con: sa.Connection, now_us: int) -> tuple[Waiting, ...]:
    """Give up what was taken as often as it may be, and never settled; tell which."""
    deadly = sa.and_(_due(now_us), OUTBOX.c.tries >= TRIES)
    rows = con.execute(sa.select(OUTBOX.c.key).where(deadly).order_by(OUTBOX.c.created_us)).all()
    if not (keys := [row.key for row in rows]):
        return ()
    why = "whoever sent it ended each time before it was known how it went"
    values = {"status": "dead", "problem": why, "claim": None, "claimed_until_us": None}
    con.execute(sa.update(OUTBOX).where(OUTBOX.c.key.in_(keys)).values(values))
    found = con.execute(sa.select(OUTBOX).where(OUTBOX.c.key.in_(keys)))
    given_up = {row.key: waiting(row) for row in found}
    return tuple(given_up[key] for key in keys)


def claim(
    con: sa.Connection,
    now_us: int,
    mark: str,
    *,
    among: Collection[str],
    in_order: Collection[str] = (),
) -> Waiting | None:
    """Take the oldest message that is due, for one sender; None where nothing is.

    The try counts from here: a message that kills its sender is given up in the end.

    Parameters
    ----------
    con
        Of a transaction that writes.
    now_us, mark
        The clock, and a text that no other claim has.
    among
        Destinations that can be sent to now.
    in_order
        Destinations whose messages wait for those before them.
    """
    give_up_deadly(con, now_us)
    asked = sa.select(OUTBOX).where(_due(now_us), OUTBOX.c.to.in_(sorted(among)))
    if in_order:
        before = OUTBOX.alias("before")
        earlier = sa.or_(
            before.c.created_us < OUTBOX.c.created_us,
            sa.and_(before.c.created_us == OUTBOX.c.created_us, before.c.key < OUTBOX.c.key),
        )
        held = sa.exists().where(before.c.to == OUTBOX.c.to, before.c.status == "waiting", earlier)
        asked = asked.where(sa.or_(OUTBOX.c.to.not_in(sorted(in_order)), ~held))
    row = con.execute(asked.order_by(OUTBOX.c.created_us, OUTBOX.c.key).limit(1)).first()
    if row is None:
        return None
    taken = {"claim": mark, "claimed_until_us": now_us + LEASE_US, "tries": row.tries + 1}
    con.execute(sa.update(OUTBOX).where(OUTBOX.c.key == row.key).values(taken))
    return waiting(con.execute(sa.select(OUTBOX).where(OUTBOX.c.key == row.key)).one())


def settle(con: sa.Connection, taken: Waiting, tried: Tried, now_us: int) -> str:
    """Write down how a try went; nothing where somebody else has taken the message since.

    Returns
    -------
    str
        sent, waiting, dead; or lost, where the claim had run out.
    """
    values: dict[str, Any] = {"claim": None, "claimed_until_us": None}
    match tried:
        case Sent():
            values |= {"status": "sent", "sent_us": now_us, "problem": None}
            values["told"] = without_customers(taken.message)
        case Never(problem):
            values |= {"status": "dead", "problem": problem}
        case Later(problem, wait_s):
            wait_us = max(backoff_us(taken.message.key, taken.tries), wait_s * SECOND_US)
            values |= {"problem": problem, "due_us": now_us + min(wait_us, _LONGEST_US)}
            if taken.tries >= TRIES:
                values["status"] = "dead"
    mine = sa.and_(OUTBOX.c.key == taken.message.key, OUTBOX.c.claim == taken.claim)
    done = con.execute(sa.update(OUTBOX).where(mine).values(values))
    return str(values.get("status", "waiting")) if done.rowcount else "lost"


def without_customers(message: Message) -> dict[str, Any]:
    """Give a message without whom an audience held: the log of exports says how many."""
    facts = {name: value for name, value in message.facts.items() if name != "customers"}
    return {**asdict(message), "facts": facts}


def listed(
    con: sa.Connection, status: str | None = None, *, to: str | None = None
) -> tuple[Waiting, ...]:
    """Give messages, oldest first: of one status, or all."""
    asked = sa.select(OUTBOX)
    if status is not None:
        asked = asked.where(OUTBOX.c.status == status)
    if to is not None:
        asked = asked.where(OUTBOX.c.to == to)
    return tuple(
        waiting(row) for row in con.execute(asked.order_by(OUTBOX.c.created_us, OUTBOX.c.key))
    )


def counts(con: sa.Connection) -> dict[str, dict[str, int]]:
    """Count messages by destination and status."""
    asked = sa.select(OUTBOX.c.to, OUTBOX.c.status, sa.func.count()).group_by(
        OUTBOX.c.to, OUTBOX.c.status
    )
    found: dict[str, dict[str, int]] = {}
    for to, status, n in con.execute(asked.order_by(OUTBOX.c.to, OUTBOX.c.status)):
        found.setdefault(to, {})[status] = n
    return found


def replay(con: sa.Connection, keys: Sequence[str] | None, now_us: int) -> int:
    """Put messages that were given up back in line, from the first try on; all by default.

    They keep their id: a receiver that had one after all can tell.

    Raises
    ------
    DataError
        If one of the keys is of no message that was given up.
    """
    dead = [each.message.key for each in listed(con, "dead")]
    if wrong := [key for key in keys or () if key not in dead]:
        raise DataError(unknown("dead message", wrong[0], dead))
    again = dead if keys is None else list(dict.fromkeys(keys))
    values = {"status": "waiting", "tries": 0, "due_us": now_us, "claim": None}
    for key in again:
        con.execute(sa.update(OUTBOX).where(OUTBOX.c.key == key).values(values))
    return len(again)
