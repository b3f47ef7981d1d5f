"""Tables of alerts: each as it stands, what happened to it, and how far was looked."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, Json, key, moment, number, text

ALERT = sa.Table(
    "alert",
    METADATA,
    key(),
    text("about", index=True),  # without figures: the same while it lasts
    text("journey"),
    text("unit"),
    text("day"),  # ISO date of the data on which it was opened
    sa.Column("told", Json, nullable=False),  # the anomaly as it was last told
    moment("opened_us"),
    moment("waits_us"),  # since when nobody has acknowledged it
    text("status", index=True),  # open, acknowledged, snoozed, closed
    text("owner", optional=True),
    moment("snoozed_us", optional=True),  # until then
    sa.Column("step", sa.Integer, nullable=False),  # how often it was escalated
    text("why", optional=True),  # it was closed
    text("closed_day", optional=True),
)
ALERT_EVENT = sa.Table(
    "alert_event",
    METADATA,
    number(),
    sa.Column("alert", sa.Text, sa.ForeignKey("alert.id"), nullable=False, index=True),
    moment("time_us"),
    text("who"),
    text("what"),  # opened, worse, acknowledged, snoozed, awake, escalated, closed
    sa.Column("told", Json, nullable=False),
)
ALERT_WATCH = sa.Table(
    "alert_watch",
    METADATA,
    key(),  # journey and unit
    text("day"),  # ISO date up to which was looked
    moment("time_us"),
)
