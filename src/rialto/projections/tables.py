"""The tables of the projections. Their columns are the fields of the structs they hold.

They are filled by `Writer` alone, read by `History`, and emptied by `rebuild`. No foreign keys and no defaults: the
journal is what keeps them consistent, and rows are written in bulk. Indices serve the reads of `History`, no more, and
each ends in the columns its page is ordered by: without statistics, SQLite prefers another that saves it the sorting.
"""

from typing import Final

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, MetaData, PrimaryKeyConstraint, Table, text

from rialto.contracts.events import AccountOpened, AssetRegistered, SymbolListed
from rialto.contracts.market import CandleClosed, TradesAggregated
from rialto.contracts.vocabulary import OrderState
from rialto.projections.mapping import table_of
from rialto.projections.records import (
    AllocationRecord,
    AmendmentRecord,
    BlockTradeRecord,
    DailyBalance,
    FillRecord,
    LedgerEntry,
    OrderListRecord,
    PreventedMatchRecord,
    StreamRecord,
)

metadata: Final = MetaData()

assets: Final = table_of(AssetRegistered, "assets", metadata, key=("asset",), texts={"name": 16})

symbols: Final = table_of(SymbolListed, "symbols", metadata, key=("symbol",), texts={"name": 32})

accounts: Final = table_of(AccountOpened, "accounts", metadata, Index("accounts_by_owner", "owner"), key=("account",))

orders: Final = table_of(
    OrderState,
    "orders",
    metadata,
    Index("orders_by_account", "account", "symbol", "order_id"),
    Index("orders_by_client_order_id", "account", "symbol", "client_order_id", "order_id"),
    Index("orders_by_time", "account", "symbol", "placed_at_us", "order_id"),
    Index("orders_of_account_by_time", "account", "placed_at_us", "symbol", "order_id"),
    key=("symbol", "order_id"),
    texts={"client_order_id": 36},
)

# One row per side of a trade. The makers' rows alone are the public trades.
fills: Final = table_of(
    FillRecord,
    "fills",
    metadata,
    Index("fills_by_order", "account", "symbol", "order_id", "trade_id"),
    Index("fills_by_time", "account", "symbol", "traded_at_us", "trade_id", "is_maker"),
    Index("fills_of_account_by_time", "account", "traded_at_us", "symbol", "trade_id", "is_maker"),
    Index(
        "public_trades",
        "symbol",
        "trade_id",
        unique=True,
        sqlite_where=text("is_maker = 1"),
        postgresql_where=text("is_maker"),
    ),
    key=("account", "symbol", "trade_id", "is_maker"),
)

# As the market views aggregated them: which trades belong together cannot be told from the fills.
aggregated_trades: Final = table_of(
    TradesAggregated,
    "aggregated_trades",
    metadata,
    Index("aggregated_trades_by_time", "symbol", "traded_at_us", "aggregate_id"),
    key=("symbol", "aggregate_id"),
)

order_lists: Final = table_of(
    OrderListRecord,
    "order_lists",
    metadata,
    Index("order_lists_by_account", "account", "list_id"),
    Index("order_lists_by_client_order_id", "account", "client_order_id", "list_id"),
    Index("order_lists_by_time", "account", "placed_at_us", "list_id"),
    key=("list_id",),
    texts={"client_order_id": 36},
)

allocations: Final = table_of(
    AllocationRecord,
    "allocations",
    metadata,
    Index("allocations_by_account", "account", "symbol", "allocation_id"),
    Index("allocations_by_order", "account", "symbol", "order_id", "allocation_id"),
    Index("allocations_by_time", "account", "symbol", "allocated_at_us", "allocation_id"),
    key=("symbol", "allocation_id"),
)

amendments: Final = table_of(
    AmendmentRecord,
    "amendments",
    metadata,
    key=("symbol", "order_id", "execution_id"),
    texts={"previous_client_order_id": 36, "client_order_id": 36},
)

# One row per order of a match.
prevented_matches: Final = table_of(
    PreventedMatchRecord,
    "prevented_matches",
    metadata,
    Index("prevented_matches_by_id", "account", "symbol", "prevented_match_id", "order_id"),
    key=("account", "symbol", "order_id", "prevented_match_id"),
)

ledger_entries: Final = table_of(
    LedgerEntry,
    "ledger_entries",
    metadata,
    Index("ledger_entries_by_account", "account", "sequence", "position"),
    key=("sequence", "position"),
)

daily_balances: Final = table_of(DailyBalance, "daily_balances", metadata, key=("account", "asset", "day"))

candles: Final = table_of(
    CandleClosed, "candles", metadata, key=("symbol", "interval", "opened_at_us"), texts={"interval": 4}
)

block_trades: Final = table_of(BlockTradeRecord, "block_trades", metadata, key=("symbol", "block_trade_id"))

stream_records: Final = table_of(
    StreamRecord, "stream_records", metadata, key=("kind", "id", "version"), texts={"kind": 32, "id": 64}
)

watermark: Final = Table(
    "watermark",
    metadata,
    Column("id", Integer, autoincrement=False),
    Column("sequence", BigInteger, nullable=False),
    PrimaryKeyConstraint("id"),
    CheckConstraint("id = 1", name="one_row"),
)
