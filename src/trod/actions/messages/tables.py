"""Table of messages on their way."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, text

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    key("key"),
    text("to"),
    text("kind"),
    sa.Column("told", Json, nullable=False),
    moment("created_us"),
    moment("due_us", index=True),  # not to be tried before
    sa.Column("tries", sa.Integer, nullable=False),
    text("status", index=True),  # waiting, sent, dead
    moment("sent_us", optional=True),
    text("problem", optional=True),  # of the last try
)
