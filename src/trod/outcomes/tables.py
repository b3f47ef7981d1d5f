"""Table of effects: what was known when, so that a ranking can be explained later."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, moment, number, text

EFFECT = sa.Table(
    "effect",
    METADATA,
    number(),
    text("playbook", index=True),
    moment("as_of_us"),
    text("verdict"),
    sa.Column("told", Json, nullable=False),
)
