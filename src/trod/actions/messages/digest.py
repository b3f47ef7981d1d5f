"""Many alerts within an hour are told in one message, so that the next one is still read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from trod.actions.messages.message import Message, put
from trod.actions.messages.outbox import SECOND_US, Waiting, free, waiting
from trod.actions.messages.tables import OUTBOX

HOUR_US: Final = 3600 * SECOND_US
_SHOWN: Final = 20
_ALERT: Final = "alert"
_DIGEST: Final = "digest"


def gather(con: sa.Connection, to: str, over: int, now_us: int) -> int:
    """Put the alerts that wait for a destination into one message, where there are too many.

    Nothing that was tried before is told again, and what is critical goes alone. After a digest
    the next alerts wait until an hour is over.

    Parameters
    ----------
    con
        Of a transaction that writes.
    to, over
        Name of the destination, and how many alerts within an hour are not too many.
    now_us
        The clock.

    Returns
    -------
    int
        How many alerts were put together.
    """
    fresh = [each for each in _untried(con, to, now_us) if each.message.level != "critical"]
    if not fresh or _within_the_hour(con, to, now_us) <= over:
        return 0
    before_us = _last_digest_us(con, to)
    if before_us is not None and before_us <= now_us < before_us + HOUR_US:
        _hold(con, fresh, before_us + HOUR_US)
        return 0
    if len(fresh) == 1:
        return 0
    message = told_together(to, fresh)
    put(con, message, now_us)
    for each in fresh:
        values = {"status": "digested", "digest": message.key}
        con.execute(sa.update(OUTBOX).where(OUTBOX.c.key == each.message.key).values(values))
    return len(fresh)


def told_together(to: str, alerts: Sequence[Waiting]) -> Message:
    """Tell several alerts in one message; everything that each of them said is in its facts.

    Examples
    --------
    >>> one = Waiting(Message("a/1", "cs", "alert", "Fewer log-ins", ""), 0, 0, 0, "waiting",
    ...               None, None, None, None)
    >>> told_together("cs", [one, one]).title
    '2 alerts'
    """
    keys = "\x1f".join(each.message.key for each in alerts)
    lines = [f"- {each.message.title}" for each in alerts[:_SHOWN]]
    if len(alerts) > _SHOWN:
        lines.append(f"- and {len(alerts) - _SHOWN} more")
    facts = [
        {"key": m.key, "title": m.title, "body": m.body, "level": m.level, "facts": dict(m.facts)}
        for m in (each.message for each in alerts)
    ]
    return Message(
        f"digest/{to}/{hashlib.sha256(keys.encode()).hexdigest()[:16]}",
        to,
        _DIGEST,
        f"{len(alerts)} alerts",
        "\n".join(lines),
        {"alerts": facts},
        "warning" if any(each.message.level == "warning" for each in alerts) else "info",
    )


def _untried(con: sa.Connection, to: str, now_us: int) -> list[Waiting]:
    asked = sa.select(OUTBOX).where(
        OUTBOX.c.to == to,
        OUTBOX.c.kind == _ALERT,
        OUTBOX.c.status == "waiting",
        OUTBOX.c.tries == 0,
        OUTBOX.c.problem.is_(None),  # of one that is sent again after it was given up
        free(now_us),
    )
    return [waiting(row) for row in con.execute(asked.order_by(OUTBOX.c.created_us, OUTBOX.c.key))]


def _within_the_hour(con: sa.Connection, to: str, now_us: int) -> int:
    """Count the alerts of the last hour; those held back by a digest count while they wait."""
    recent = sa.or_(
        OUTBOX.c.created_us > now_us - HOUR_US,
        sa.and_(OUTBOX.c.status == "waiting", OUTBOX.c.tries == 0),
    )
    asked = sa.select(sa.func.count()).where(OUTBOX.c.to == to, OUTBOX.c.kind == _ALERT, recent)
    return int(con.execute(asked).scalar_one())


def _last_digest_us(con: sa.Connection, to: str) -> int | None:
    asked = sa.select(sa.func.max(OUTBOX.c.created_us)).where(
        OUTBOX.c.to == to, OUTBOX.c.kind == _DIGEST
    )
    found: int | None = con.execute(asked).scalar_one()
    return found


def _hold(con: sa.Connection, alerts: Sequence[Waiting], until_us: int) -> None:
    for each in alerts:
        mine = OUTBOX.c.key == each.message.key
        con.execute(sa.update(OUTBOX).where(mine).values({"due_us": until_us}))
