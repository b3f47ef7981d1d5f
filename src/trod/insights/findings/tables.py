"""Tables of findings: what was found, and everything that people said and decided about it."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, number, text

FINDING = sa.Table(
    "finding",
    METADATA,
    key(),
    text("kind", index=True),
    text("journey"),
    text("unit"),
    text("about"),
    sa.Column("told", Json, nullable=False),  # the finding as it was last found
    moment("first_us"),
    moment("last_us"),
    sa.Column("times", sa.Integer, nullable=False),
    text("status", index=True),  # open, accepted, dismissed, done
    text("owner", optional=True, index=True),
    text("due", optional=True),  # ISO date
    text("verdict", optional=True),
    text("why", optional=True),
)
FINDING_EVENT = sa.Table(
    "finding_event",
    METADATA,
    number(),
    sa.Column("finding", sa.Text, sa.ForeignKey("finding.id"), nullable=False, index=True),
    moment("time_us"),
    text("who"),
    text("what"),  # found, accepted, dismissed, done, reopened, handed over, comment, answer ...
    sa.Column("told", Json, nullable=False),
)
