"""What is watched, and alerts about it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alert",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("opened_us", sa.BigInteger, nullable=False),
        sa.Column("waits_us", sa.BigInteger, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("snoozed_us", sa.BigInteger),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("why", sa.Text),
        sa.Column("closed_day", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
    )
    for column in ("about", "status"):
        op.create_index(f"ix_alert_{column}", "alert", [column])
    op.create_table(
        "alert_event",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("alert", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_alert_event"),
        sa.ForeignKeyConstraint(["alert"], ["alert.id"], name="fk_alert_event_alert"),
    )
    op.create_index("ix_alert_event_alert", "alert_event", ["alert"])
    op.create_table(
        "alert_watch",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_alert_watch"),
    )
