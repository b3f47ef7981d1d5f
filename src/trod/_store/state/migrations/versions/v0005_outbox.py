"""Messages on their way, and those that never arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "outbox",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("to", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("due_us", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("sent_us", sa.BigInteger),
        sa.Column("problem", sa.Text),
        sa.Column("claim", sa.Text),
        sa.Column("claimed_until_us", sa.BigInteger),
        sa.Column("digest", sa.Text),
        sa.PrimaryKeyConstraint("key", name="pk_outbox"),
    )
    for column in ("due_us", "status"):
        op.create_index(f"ix_outbox_{column}", "outbox", [column])
