"""Aggregated trades, which were not kept before.

Which trades of the past belong together cannot be told from other rows, so every projection is emptied and its
watermark set back: the next start writes them anew from the journal.
"""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0008"
down_revision = "0007"

_EMPTIED = (
    *("accounts", "allocations", "amendments", "assets", "block_trades", "candles", "fills", "ledger_entries"),
    *("order_lists", "orders", "prevented_matches", "stream_records", "symbols", "watermark"),
)


def upgrade() -> None:
    """Make the table and empty the others."""
    for table in _EMPTIED:
        op.execute(sa.table(table).delete())
    op.create_table(
        "aggregated_trades",
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("aggregate_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("first_trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("traded_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("buyer_is_maker", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol", "aggregate_id"),
    )
    by_time = ["symbol", "traded_at_us", "aggregate_id"]
    op.create_index("aggregated_trades_by_time", "aggregated_trades", by_time, unique=False)
