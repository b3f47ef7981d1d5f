"""What was known of effects, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "effect",
        sa.Column("number", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("playbook", sa.Text, nullable=False),
        sa.Column("as_of_us", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_effect"),
    )
    op.create_index("ix_effect_playbook", "effect", ["playbook"])
