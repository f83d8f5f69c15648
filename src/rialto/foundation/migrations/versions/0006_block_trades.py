"""Block trades, which were not kept before.

Those of the past cannot be told from other rows, so every projection is emptied and its watermark set back: the next
start writes them anew from the journal.
"""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0006"
down_revision = "0005"

_EMPTIED = (
    *("accounts", "allocations", "amendments", "assets", "candles", "fills", "ledger_entries", "order_lists"),
    *("orders", "prevented_matches", "stream_records", "symbols", "watermark"),
)


def upgrade() -> None:
    """Make the table and empty the others."""
    for table in _EMPTIED:
        op.execute(sa.table(table).delete())
    op.create_table(
        "block_trades",
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block_trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quote_quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("reported_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("buyer_is_maker", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol", "block_trade_id"),
    )
