"""Fiat money: orders, and to whom withdrawals go."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "fiat_beneficiaries",
        sa.Column("order_no", sa.String(32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("order_no"),
    )
    op.create_table(
        "fiat_orders",
        sa.Column("order_no", sa.String(32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.String(32), nullable=False),
        sa.Column("method", sa.String(32), nullable=False),
        sa.Column("indicated", AmountText(), nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("fee", AmountText(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("message", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_no"),
    )
    op.create_index("fiat_orders_by_owner", "fiat_orders", ["owner", "kind", "created_at_us"])
    op.create_index("fiat_orders_by_stage", "fiat_orders", ["stage"])
