"""Tables of interventions: who was decided on, and what happened to each."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, number, text

INTERVENTION = sa.Table(
    "intervention",
    METADATA,
    key(),
    text("playbook", index=True),
    text("journey"),
    text("unit"),
    text("customer", index=True),
    text("arm"),
    text("design"),
    sa.Column("propensity", sa.Double, nullable=False),
    text("stratum"),
    text("wave", index=True),
    moment("decided_us"),
    sa.Column("score", sa.Double, nullable=True),
    sa.Column("expected", sa.Double, nullable=False),
    text("finding"),
    text("owner", index=True),
    text("due"),
    text("status", index=True),
    moment("started_us", optional=True),
    moment("done_us", optional=True),
    sa.Column("minutes", sa.Integer, nullable=False),
    sa.Column("cost_micros", sa.BigInteger, nullable=False),
    text("why"),
)
INTERVENTION_EVENT = sa.Table(
    "intervention_event",
    METADATA,
    number(),
    sa.Column(
        "intervention", sa.Text, sa.ForeignKey("intervention.id"), nullable=False, index=True
    ),
    moment("time_us"),
    text("who"),
    text("what"),  # planned, started, step done, done, stopped, skipped, note
    sa.Column("told", Json, nullable=False),
)
