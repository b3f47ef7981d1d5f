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
    text("status", index=True),  # waiting, sent, dead, digested, dropped
    moment("sent_us", optional=True),
    text("problem", optional=True),  # of the last try
    text("claim", optional=True),  # of who is sending it now
    moment("claimed_until_us", optional=True),  # then anybody may send it again
    text("digest", optional=True),  # key of the message that tells it together with others
)
