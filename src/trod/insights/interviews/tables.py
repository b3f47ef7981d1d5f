"""Tables of interviews: who was drawn to be asked about a finding, and what they answered."""

from __future__ import annotations

import sqlalchemy as sa

from trod._store.state.columns import METADATA, moment, number, text

INTERVIEW = sa.Table(
    "interview",
    METADATA,
    sa.Column("finding", sa.Text, sa.ForeignKey("finding.id"), primary_key=True),
    sa.Column("customer", sa.Text, primary_key=True),  # canonical id
    text("unit"),
    text("whose"),  # "concerned" or "contrast"
    text("stratum"),
    moment("drawn_us"),
    text("who"),
)
INTERVIEW_ANSWER = sa.Table(
    "interview_answer",
    METADATA,
    number(),
    sa.Column("finding", sa.Text, nullable=False, index=True),
    sa.Column("customer", sa.Text, nullable=False, index=True),
    moment("time_us"),
    text("who"),
    text("said"),  # personal data masked
    text("supports"),  # yes, no, unclear
    sa.ForeignKeyConstraint(
        ["finding", "customer"], ["interview.finding", "interview.customer"],
        name="fk_interview_answer_finding_customer",
    ),
)  # fmt: skip
