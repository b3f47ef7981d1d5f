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
    text("verdict", optional=True),  # supported, refuted, undecidable
    text("why", optional=True),  # of the last decision
    text("verdict_why", optional=True),
    sa.Column("verdict_n", sa.Integer, nullable=True),
    moment("gone_us", optional=True),  # since when it is no longer found
    moment("grown_us", optional=True),  # since when a dismissed one is materially larger
    sa.Column("basis", Json, nullable=True),  # how large it was when it was dismissed
    # Nothing is accepted without owner and date, whoever writes to the database.
    sa.CheckConstraint(
        "status NOT IN ('accepted', 'done') OR (owner IS NOT NULL AND due IS NOT NULL)",
        name="ck_finding_owned",
    ),
)
FINDING_EVENT = sa.Table(
    "finding_event",
    METADATA,
    number(),
    sa.Column("finding", sa.Text, sa.ForeignKey("finding.id"), nullable=False, index=True),
    moment("time_us"),
    text("who"),
    text("what"),  # found, not found, found again, grown, accepted, handed over, dismissed ...
    sa.Column("told", Json, nullable=False),
)
FINDING_LOOK = sa.Table(
    "finding_look",
    METADATA,
    key("about"),  # journey and unit
    text("stamp"),  # of data and definition: where it is the same, nothing can have changed
    moment("time_us"),
    sa.Column("told", Json, nullable=False),  # what was looked at, what was not and why
)
