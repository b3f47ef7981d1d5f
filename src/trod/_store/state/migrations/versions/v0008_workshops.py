"""Hypotheses of workshops, and answers of interviews."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "interview",
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("whose", sa.Text, nullable=False),
        sa.Column("stratum", sa.Text, nullable=False),
        sa.Column("drawn_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("finding", "customer", name="pk_interview"),
        sa.ForeignKeyConstraint(["finding"], ["finding.id"], name="fk_interview_finding_finding"),
    )
    op.create_table(
        "interview_answer",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("customer", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("supports", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_interview_answer"),
        sa.ForeignKeyConstraint(
            ["finding", "customer"],
            ["interview.finding", "interview.customer"],
            name="fk_interview_answer_finding_customer",
        ),
    )
    for column in ("finding", "customer"):
        op.create_index(f"ix_interview_answer_{column}", "interview_answer", [column])
    op.create_table(
        "hypothesis",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("journey", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("statement", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("test", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("first_us", sa.BigInteger, nullable=False),
        sa.Column("last_us", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hypothesis"),
    )
    op.create_table(
        "hypothesis_event",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("hypothesis", sa.Text, nullable=False),
        sa.Column("time_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_hypothesis_event"),
        sa.ForeignKeyConstraint(
            ["hypothesis"], ["hypothesis.id"], name="fk_hypothesis_event_hypothesis"
        ),
    )
    op.create_index("ix_hypothesis_event_hypothesis", "hypothesis_event", ["hypothesis"])
