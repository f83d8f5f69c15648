"""Balances at the end of each day, schedules and tags of assets, preferences.

What a balance was at the end of past days cannot be told from other rows, so every projection is emptied and its
watermark set back: the next start writes them anew from the journal.
"""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0016"
down_revision = "0015"

_EMPTIED = (
    *("accounts", "aggregated_trades", "allocations", "amendments", "assets", "block_trades", "candles", "fills"),
    *("ledger_entries", "order_lists", "orders", "prevented_matches", "stream_records", "symbols", "watermark"),
)


def upgrade() -> None:
    """Make the tables and empty the projections."""
    for table in _EMPTIED:
        op.execute(sa.table(table).delete())
    _wallet()
    _products()


def _wallet() -> None:
    op.create_table(
        "daily_balances",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("free", AmountText(), autoincrement=False, nullable=False),
        sa.Column("locked", AmountText(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account", "asset", "day"),
    )
    op.create_table(
        "wallet_preferences",
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("interest_discount", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("owner"),
    )
    op.create_table(
        "market_schedule",
        sa.Column("symbol", sa.String(32), nullable=False),
        sa.Column("change", sa.String(16), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("done_at_us", sa.BigInteger()),
        sa.PrimaryKeyConstraint("symbol", "change"),
    )
    op.create_table(
        "asset_names",
        sa.Column("asset", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("asset"),
    )
    op.create_table(
        "asset_tags",
        sa.Column("asset", sa.String(16), nullable=False),
        sa.Column("tag", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("asset", "tag"),
    )


def _products() -> None:
    op.create_table(
        "dust_exchanges",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("account_class", sa.String(32), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.BigInteger(), nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("worth", AmountText(), nullable=False),
        sa.Column("fee", AmountText(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", "position"),
    )
    op.create_index("dust_exchanges_by_owner", "dust_exchanges", ["owner", "at_us"])
    op.create_table(
        "distribution_shares",
        sa.Column("distribution", sa.String(40), nullable=False),
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.PrimaryKeyConstraint("distribution", "owner"),
    )
    op.create_table(
        "dividends",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("asset", sa.BigInteger(), nullable=False),
        sa.Column("amount", AmountText(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("paid_at_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", "position"),
    )
    op.create_index("dividends_by_owner", "dividends", ["owner", "paid_at_us"])
