"""One message, and the outbox that it waits in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import sqlalchemy as sa

from trod.actions.messages.tables import OUTBOX


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell a person or a tool.

    Two messages with one key are one: whoever writes it down again changes nothing.
    """

    key: str  # such as "alert/an-1a2b/2026-10-05/slack"
    to: str  # name of a destination in trod.yml
    kind: str  # alert, digest, audience, intervention ...
    title: str
    body: str  # plain text, short lines
    facts: Mapping[str, Any] = field(default_factory=dict)  # for programs
    level: str = "info"  # info, warning, critical


def put(con: sa.Connection, message: Message, now_us: int) -> bool:
    """Write a message down, within the transaction that is its reason; False if it was there.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from trod._store.state.database import State
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State.in_folder(pathlib.Path(folder))
    ...     with state.write() as con:
    ...         hello = Message("alert/1", "slack", "alert", "Fewer log-ins", "Since 3 May.")
    ...         put(con, hello, 0), put(con, hello, 0)
    ...     state.close()
    (True, False)
    """
    known = sa.select(OUTBOX.c.key).where(OUTBOX.c.key == message.key)
    if con.execute(known).first() is not None:
        return False
    row = {
        "key": message.key,
        "to": message.to,
        "kind": message.kind,
        "told": asdict(message),
        "created_us": now_us,
        "due_us": now_us,
        "tries": 0,
        "status": "waiting",
    }
    con.execute(sa.insert(OUTBOX), [row])
    return True
