"""Tables of order lists, of what routed orders got, and of amendments.

What they hold cannot be told from the old rows, so every projection is emptied and its watermark set back: the next
start writes them anew from the journal.
"""

import sqlalchemy as sa
from alembic import op

from rialto.foundation.database import AmountText

revision = "0005"
down_revision = "0004"

_EMPTIED = (
    *("accounts", "assets", "candles", "fills", "ledger_entries"),
    *("orders", "prevented_matches", "stream_records", "symbols", "watermark"),
)


def upgrade() -> None:
    """Make the tables, and empty those that are there."""
    for table in _EMPTIED:
        op.execute(sa.table(table).delete())
    _create_order_lists()
    _create_allocations()
    _create_amendments()


def _create_order_lists() -> None:
    op.create_table(
        "order_lists",
        sa.Column("list_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_order_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("contingency", sa.String(length=32), autoincrement=False, nullable=False),
        sa.Column("one_pays_the_other", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("first_order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("second_order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("third_order_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("placed_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("list_id"),
    )
    op.create_index("order_lists_by_account", "order_lists", ["account", "list_id"], unique=False)
    op.create_index(
        "order_lists_by_client_order_id", "order_lists", ["account", "client_order_id", "list_id"], unique=False
    )
    op.create_index("order_lists_by_time", "order_lists", ["account", "placed_at_us", "list_id"], unique=False)


def _create_allocations() -> None:
    op.create_table(
        "allocations",
        sa.Column("allocation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("price", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quote_quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("fee", AmountText(), autoincrement=False, nullable=False),
        sa.Column("fee_asset", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("allocated_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("is_buyer", sa.Boolean(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol", "allocation_id"),
    )
    op.create_index("allocations_by_account", "allocations", ["account", "symbol", "allocation_id"], unique=False)
    op.create_index(
        "allocations_by_order", "allocations", ["account", "symbol", "order_id", "allocation_id"], unique=False
    )
    op.create_index(
        "allocations_by_time", "allocations", ["account", "symbol", "allocated_at_us", "allocation_id"], unique=False
    )


def _create_amendments() -> None:
    op.create_table(
        "amendments",
        sa.Column("symbol", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("execution_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("previous_client_order_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("client_order_id", sa.String(length=36), autoincrement=False, nullable=False),
        sa.Column("previous_quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("quantity", AmountText(), autoincrement=False, nullable=False),
        sa.Column("amended_at_us", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("symbol", "order_id", "execution_id"),
    )
