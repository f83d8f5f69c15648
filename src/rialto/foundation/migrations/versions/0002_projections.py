"""Read models of the events: everything here is rebuilt from the journal."""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    _create_accounts()
    _create_assets()
    _create_candles()
    _create_fills()
    _create_ledger_entries()
    _create_orders()
    _create_stream_records()
    _create_symbols()
    _create_watermark()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_class", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("scope", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_index("accounts_by_owner", "accounts", ["owner"], unique=False)


def _create_assets() -> None:
    op.create_table(
        "assets",
        sa.Column("asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=16), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("asset"),
    )


def _create_candles() -> None:
    op.create_table(
        "candles",
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("interval", sa.String(length=4), autoincrement=False, nullable=False),
        sa.Column("opened_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closes_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("open", AmountText(), autoincrement=False, nullable=False),
        sa.Column("high", AmountText(), autoincrement=False, nullable=False),
        sa.Column("low", AmountText(), autoincrement=False, nullable=False),
        sa.Column("close", AmountText(), autoincrement=False, nullable=False),
        sa.Column("volume", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quote_volume", AmountText(), autoincrement=False, nullable=False),
        sa.Column("trades", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("taker_buy_volume", AmountText(), autoincrement=False, nullable=False),
        sa.Column("taker_buy_quote_volume", AmountText(), autoincrement=False, nullable=False),
        sa.Column("first_trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol", "interval", "opened_at_us"),
    )


def _create_fills() -> None:
    op.create_table(
        "fills",
        sa.Column("trade_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quote_quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("fee", AmountText(), autoincrement=False, nullable=False),
        sa.Column("fee_asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("traded_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_buyer", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("is_maker", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("account", "symbol", "trade_id", "is_maker"),
    )
    op.create_index("fills_by_order", "fills", ["account", "symbol", "order_id", "trade_id"], unique=False)
    op.create_index(
        "fills_by_time", "fills", ["account", "symbol", "traded_at_us", "trade_id", "is_maker"], unique=False
    )
    op.create_index(
        "public_trades",
        "fills",
        ["symbol", "trade_id"],
        unique=True,
        sqlite_where=sa.text("is_maker = 1"),
        postgresql_where=sa.text("is_maker"),
    )


def _create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("amount", AmountText(), autoincrement=False, nullable=False),
        sa.Column("balance", AmountText(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("posted_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("sequence", "position"),
    )
    op.create_index("ledger_entries_by_account", "ledger_entries", ["account", "sequence", "position"], unique=False)


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
        sa.Column("status", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("placed_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("updated_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol", "order_id"),
    )
    op.create_index("orders_by_account", "orders", ["account", "symbol", "order_id"], unique=False)
    op.create_index(
        "orders_by_client_order_id", "orders", ["account", "symbol", "client_order_id", "order_id"], unique=False
    )
    op.create_index("orders_by_time", "orders", ["account", "symbol", "placed_at_us", "order_id"], unique=False)


def _create_stream_records() -> None:
    op.create_table(
        "stream_records",
        sa.Column("kind", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=64), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("payload", sa.LargeBinary(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", "version"),
    )


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
        sa.Column("maker_fee", AmountText(), autoincrement=False, nullable=False),
        sa.Column("taker_fee", AmountText(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol"),
    )


def _create_watermark() -> None:
    op.create_table(
        "watermark",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_row"),
        sa.PrimaryKeyConstraint("id"),
    )
