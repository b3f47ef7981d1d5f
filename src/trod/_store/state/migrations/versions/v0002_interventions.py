"""Who was chosen for which play, and what happened."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "intervention",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("playbook", sa.Text, nullable=False),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("arm", sa.Text, nullable=False),
        sa.Column("design", sa.Text, nullable=False),
        sa.Column("propensity", sa.Double, nullable=False),
        sa.Column("stratum", sa.Text, nullable=False),
        sa.Column("wave", sa.Text, nullable=False),
        sa.Column("decided_us", sa.BigInteger, nullable=False),
        sa.Column("score", sa.Double),
        sa.Column("expected", sa.Double, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("due", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("started_us", sa.BigInteger),
        sa.Column("done_us", sa.BigInteger),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("cost_micros", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_intervention"),
    )
    for column in ("playbook", "customer", "wave", "owner", "status"):
        op.create_index(f"ix_intervention_{column}", "intervention", [column])
    op.create_table(
        "intervention_event",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("intervention", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_intervention_event"),
        sa.ForeignKeyConstraint(
            ["intervention"], ["intervention.id"], name="fk_intervention_event_intervention"
        ),
    )
    op.create_index("ix_intervention_event_intervention", "intervention_event", ["intervention"])
