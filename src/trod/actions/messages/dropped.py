"""Messages that will not be sent any more: what they said of customers is forgotten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import sqlalchemy as sa

from trod.actions.messages.outbox import (
    SECOND_US,
    Waiting,
    free,
    listed,
    waiting,
    without_customers,
)
from trod.actions.messages.tables import OUTBOX
from trod.errors import DataError, unknown

KEPT_DAYS: Final = 30
"""How long an audience that does not arrive stays here, whom it holds included."""
_KEPT_US: Final = KEPT_DAYS * 86_400 * SECOND_US
_LEFT: Final = ("waiting", "dead")


def drop(con: sa.Connection, keys: Sequence[str] | None) -> int:
    """Take messages out of the line for good; all that were given up by default.

    That there was one is kept, so that its cause does not write it down again.

    Raises
    ------
    DataError
        If one of the keys is of no message that waits or was given up.
    """
    found = {each.message.key: each for status in _LEFT for each in listed(con, status)}
    if wrong := [key for key in keys or () if key not in found]:
        raise DataError(unknown("unsent message", wrong[0], list(found)))
    chosen = [k for k in found if found[k].status == "dead"] if keys is None else [*set(keys)]
    for key in chosen:
        _drop(con, found[key], {})
    return len(chosen)


def forget(con: sa.Connection, now_us: int, *, among: Collection[str]) -> int:
    """Drop audiences of more than `KEPT_DAYS` ago that were given up, or have nowhere to go.

    Those that wait for one of the destinations in `among` are still tried.
    """
    asked = sa.select(OUTBOX).where(
        OUTBOX.c.kind == "audience",
        OUTBOX.c.status.in_(_LEFT),
        sa.or_(OUTBOX.c.status == "dead", OUTBOX.c.to.not_in(sorted(among))),
        OUTBOX.c.created_us <= now_us - _KEPT_US,
        free(now_us),
    )
    old = [waiting(row) for row in con.execute(asked)]
    for each in old:
        _drop(con, each, {"problem": f"it did not arrive in {KEPT_DAYS} days"})
    return len(old)


def _drop(con: sa.Connection, each: Waiting, more: dict[str, Any]) -> None:
    told = {"told": without_customers(each.message), "claim": None, "claimed_until_us": None}
    mine = OUTBOX.c.key == each.message.key
    con.execute(sa.update(OUTBOX).where(mine).values({"status": "dropped", **told, **more}))
