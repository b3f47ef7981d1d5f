"""Table of plans: what a week was planned with, so that its draw can be repeated."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, text

PLAN = sa.Table(
    "plan",
    METADATA,
    key(),
    text("week", index=True),
    moment("made_us"),
    text("who"),
    sa.Column("told", Json, nullable=False),
)
