"""Tables of hypotheses: what was believed, what the record said, and when that changed."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, number, text

HYPOTHESIS = sa.Table(
    "hypothesis",
    METADATA,
    key(),
    text("journey"),
    text("unit"),
    text("statement"),
    text("source"),
    text("owner", optional=True),
    sa.Column("test", Json, nullable=False),  # as it was written
    sa.Column("told", Json, nullable=False),  # what was judged last, and as of when
    text("verdict"),
    moment("first_us"),
    moment("last_us"),
)
HYPOTHESIS_EVENT = sa.Table(
    "hypothesis_event",
    METADATA,
    number(),
    sa.Column("hypothesis", sa.Text, sa.ForeignKey("hypothesis.id"), nullable=False, index=True),
    moment("time_us"),
    text("who"),
    text("what"),  # stated, test changed, verdict
    sa.Column("told", Json, nullable=False),
)
