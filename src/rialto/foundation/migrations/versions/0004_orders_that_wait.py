"""What orders, symbols and lists have since there are more kinds of them.

What the new columns hold cannot be told from the old rows, so every projection is emptied and its watermark set back:
the next start writes them anew from the journal.
"""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0004"
down_revision = "0003"

_EMPTIED = (
    *("accounts", "assets", "candles", "fills", "ledger_entries"),
    *("prevented_matches", "stream_records", "watermark"),
)
_REMADE = ("orders", "symbols")


def upgrade() -> None:
    """Empty what stays and make anew what has new columns."""
    for table in _EMPTIED:
        op.execute(sa.table(table).delete())
    for table in _REMADE:
        op.drop_table(table)
    _create_orders()
    _create_symbols()


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_order_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("order_type", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("time_in_force", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("price", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quote_quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("executed", AmountText(), autoincrement=False, nullable=False),
        sa.Column("executed_quote", AmountText(), autoincrement=False, nullable=False),
        sa.Column("self_trade_prevention", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("prevented", AmountText(), autoincrement=False, nullable=False),
        sa.Column("prevented_match_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("placed_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("updated_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("working_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("terms", sa.Text(), autoincrement=False, nullable=True),
        sa.Column("trailing_since_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pegged_price", AmountText(), autoincrement=False, nullable=False),
        sa.Column("working_floor", sa.String(length=32), autoincrement=False, nullable=True),
        sa.Column("expiry_reason", sa.String(length=32), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("symbol", "order_id"),
    )
    op.create_index("orders_by_account", "orders", ["account", "symbol", "order_id"], unique=False)
    op.create_index(
        "orders_by_client_order_id", "orders", ["account", "symbol", "client_order_id", "order_id"], unique=False
    )
    op.create_index("orders_by_time", "orders", ["account", "symbol", "placed_at_us", "order_id"], unique=False)


def _create_symbols() -> None:
    op.create_table(
        "symbols",
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("base", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quote", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tick", AmountText(), autoincrement=False, nullable=False),
        sa.Column("price_min", AmountText(), autoincrement=False, nullable=False),
        sa.Column("price_max", AmountText(), autoincrement=False, nullable=False),
        sa.Column("lot", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity_min", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity_max", AmountText(), autoincrement=False, nullable=False),
        sa.Column("market_lot", AmountText(), autoincrement=False, nullable=False),
        sa.Column("market_quantity_min", AmountText(), autoincrement=False, nullable=False),
        sa.Column("market_quantity_max", AmountText(), autoincrement=False, nullable=False),
        sa.Column("notional_min", AmountText(), autoincrement=False, nullable=False),
        sa.Column("notional_min_applies_to_market", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("notional_max", AmountText(), autoincrement=False, nullable=False),
        sa.Column("notional_max_applies_to_market", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("open_orders_max", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("prevention_default", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("prevention_allowed", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("commission", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("is_discounted", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol"),
    )
