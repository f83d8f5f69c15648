"""Transfers that are carried out on a later day."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "planned_transfers",
        sa.Column("plan", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("family", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("from_class", sa.String(32), nullable=False),
        sa.Column("to_owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_class", sa.String(32), nullable=False),
        sa.Column("asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("transfer", sa.BigInteger(), autoincrement=False),
        sa.Column("reason", sa.String(255), nullable=False),
        sa.Column("planned_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("plan"),
    )
    op.create_index("planned_transfers_by_id", "planned_transfers", ["id"], unique=True)
    op.create_index("planned_transfers_by_day", "planned_transfers", ["state", "due_us", "plan"])
    op.create_index("planned_transfers_by_source", "planned_transfers", ["from_owner", "planned_at_us", "plan"])
