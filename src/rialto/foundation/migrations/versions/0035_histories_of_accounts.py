"""Orders and trades of an account on every symbol, by time: what a person's history is read by."""

from alembic import op

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    """Index them."""
    op.create_index("orders_of_account_by_time", "orders", ["account", "placed_at_us", "symbol", "order_id"])
    op.create_index("fills_of_account_by_time", "fills", ["account", "traded_at_us", "symbol", "trade_id", "is_maker"])
