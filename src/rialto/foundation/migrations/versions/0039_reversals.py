"""Orders of fiat money know the bank's reference, and what is lacking after the bank took something back."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    """Add the columns."""
    nothing = sa.text("'0.00000000'")
    with op.batch_alter_table("fiat_orders") as batch:
        batch.add_column(sa.Column("entry", sa.String(520), nullable=False, server_default=sa.text("''")))
        batch.add_column(sa.Column("claim", AmountText(), nullable=False, server_default=nothing))
        batch.add_column(sa.Column("shortfall", AmountText(), nullable=False, server_default=nothing))
        batch.add_column(sa.Column("has_claim", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("fiat_orders") as batch:
        for column in ("entry", "claim", "shortfall", "has_claim"):
            batch.alter_column(column, server_default=None)
    op.create_index("fiat_orders_by_entry", "fiat_orders", ["bank", "entry"])
    op.create_index("fiat_orders_by_claim", "fiat_orders", ["has_claim", "owner"])
