"""Checks of people by a provider, and the messages about them."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "verification_checks",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("check_id", sa.String(length=128), nullable=True),
        sa.Column("link", sa.String(length=500), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next_at_us", sa.BigInteger(), nullable=False),
        sa.Column("begun_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        sa.ForeignKeyConstraint(["case_id"], ["verification_cases.id"]),
    )
    op.create_index("verification_checks_due", "verification_checks", ["state", "next_at_us"])
    op.create_index("verification_checks_by_check", "verification_checks", ["check_id"])
    op.create_table(
        "verification_messages",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("received_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
