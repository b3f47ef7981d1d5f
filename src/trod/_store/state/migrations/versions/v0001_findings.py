"""What was found, and what people said about it."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "finding",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("due", sa.Text),
        sa.Column("verdict", sa.Text),
        sa.Column("why", sa.Text),
        sa.Column("verdict_why", sa.Text),
        sa.Column("verdict_n", sa.Integer),
        sa.Column("gone_us", sa.BigInteger),
        sa.Column("grown_us", sa.BigInteger),
        sa.Column("basis", sa.Text),
        sa.CheckConstraint(
            "status NOT IN ('accepted', 'done') OR (owner IS NOT NULL AND due IS NOT NULL)",
            name="ck_finding_owned",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_finding"),
    )
    for column in ("kind", "status", "owner"):
        op.create_index(f"ix_finding_{column}", "finding", [column])
    op.create_table(
        "finding_event",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_finding_event"),
        sa.ForeignKeyConstraint(["finding"], ["finding.id"], name="fk_finding_event_finding"),
    )
    op.create_index("ix_finding_event_finding", "finding_event", ["finding"])
    op.create_table(
        "finding_look",
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("stamp", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("about", name="pk_finding_look"),
    )
