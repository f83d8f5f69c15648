"""Cards: which people have, sealed, and orders paid by them."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "fiat_cards",
        sa.Column("card", sa.String(32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("card"),
    )
    op.create_index("fiat_cards_by_owner", "fiat_cards", ["owner", "kept_at_us"])
    op.create_table(
        "card_orders",
        sa.Column("order_no", sa.String(32), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("fee", AmountText(), nullable=False),
        sa.Column("other_asset", sa.BigInteger(), nullable=False),
        sa.Column("other_amount", AmountText(), nullable=False),
        sa.Column("price", AmountText(), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("payment", sa.String(64), nullable=False),
        sa.Column("url", sa.String(300), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("declines", sa.Integer(), nullable=False),
        sa.Column("refunds_waiting", sa.Integer(), nullable=False),
        sa.Column("refunded", AmountText(), nullable=False),
        sa.Column("claim", AmountText(), nullable=False),
        sa.Column("shortfall", AmountText(), nullable=False),
        sa.Column("has_claim", sa.Boolean(), nullable=False),
        sa.Column("created_at_us", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_no"),
    )
    op.create_index("card_orders_by_owner", "card_orders", ["owner", "kind", "created_at_us"])
    op.create_index("card_orders_by_stage", "card_orders", ["stage"])
    op.create_index("card_orders_by_claim", "card_orders", ["has_claim", "owner"])
