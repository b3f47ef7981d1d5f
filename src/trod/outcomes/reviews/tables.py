"""Tables of reviews: what was shown, when, to whom, and what people said about it."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, number, text

REVIEW = sa.Table(
    "review",
    METADATA,
    key(),
    text("pack", index=True),
    text("journey"),
    text("unit"),
    text("period"),
    text("as_of"),
    moment("kept_us"),
    text("who"),
    sa.Column("told", Json, nullable=False),  # everything that was shown
)
REVIEW_EVENT = sa.Table(
    "review_event",
    METADATA,
    number(),
    sa.Column("review", sa.Text, sa.ForeignKey("review.id"), nullable=False, index=True),
    moment("time_us"),
    text("who"),
    text("what"),  # kept, sent, comment
    sa.Column("told", Json, nullable=False),
)
