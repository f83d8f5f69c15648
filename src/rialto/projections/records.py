"""What history is made of where no event or state has that shape already.

Amounts are decimal text with eight places, times are microseconds since the Unix epoch, as in the contracts.
"""

import msgspec

from rialto.contracts.market import Candle
from rialto.contracts.vocabulary import Contingency, PostingReason, SelfTradePrevention


class FillRecord(msgspec.Struct, frozen=True, array_like=True):
    """One side of a trade. The other side's order and account are not part of it: they are someone else's."""

    trade_id: int
    order_id: int
    symbol: int
    account: int
    price: str
    quantity: str
    quote_quantity: str
    fee: str
    fee_asset: int
    traded_at_us: int
    is_buyer: bool
    is_maker: bool


class ListedFill(FillRecord, frozen=True, array_like=True):
    """A side of a trade, and the list its order belongs to."""

    list_id: int | None


class OrderListRecord(msgspec.Struct, frozen=True, array_like=True):
    """A list of orders as it was placed: its orders as they were given, the third absent where there are two."""

    list_id: int
    symbol: int
    account: int
    client_order_id: str
    contingency: Contingency
    one_pays_the_other: bool
    first_order_id: int
    second_order_id: int
    third_order_id: int | None
    placed_at_us: int


class NamedOrderList(OrderListRecord, frozen=True, array_like=True):
    """The same with the ids that its orders have from their owner now."""

    first_client_order_id: str
    second_client_order_id: str
    third_client_order_id: str | None


class AllocationRecord(msgspec.Struct, frozen=True, array_like=True):
    """What a routed order got from one match on a book of the pool. The trade itself is the treasury's."""

    allocation_id: int
    symbol: int
    account: int
    order_id: int
    price: str
    quantity: str
    quote_quantity: str
    fee: str
    fee_asset: int
    allocated_at_us: int
    is_buyer: bool


class AmendmentRecord(msgspec.Struct, frozen=True, array_like=True):
    """An order that became smaller in its place. `execution_id` is as `contracts.executions` numbers it."""

    symbol: int
    order_id: int
    execution_id: int
    account: int
    previous_client_order_id: str
    client_order_id: str
    previous_quantity: str
    quantity: str
    amended_at_us: int


class PreventedMatchRecord(msgspec.Struct, frozen=True, array_like=True):
    """One order's side of a match that self-trade prevention prevented.

    Quantities are what the match took from each order, zero when it left it alone. Both orders are the account's own or
    its trade group's. `trade_group_id` is -1 without a group.
    """

    prevented_match_id: int
    symbol: int
    account: int
    order_id: int
    maker_order_id: int
    taker_order_id: int
    mode: SelfTradePrevention
    price: str
    maker_quantity: str
    taker_quantity: str
    trade_group_id: int
    prevented_at_us: int


class AggregateRecord(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Trades of one incoming order at one price, as `TradesAggregated` states them."""

    symbol: int
    aggregate_id: int
    price: str
    quantity: str
    first_trade_id: int
    last_trade_id: int
    traded_at_us: int
    buyer_is_maker: bool


class BlockTradeRecord(msgspec.Struct, frozen=True, array_like=True):
    """A trade that was agreed elsewhere, as the public sees it."""

    symbol: int
    block_trade_id: int
    price: str
    quantity: str
    quote_quantity: str
    reported_at_us: int
    buyer_is_maker: bool


class SymbolCandle(Candle, frozen=True, array_like=True, gc=False):
    """A candle and whose it is."""

    symbol: int


class LedgerEntry(msgspec.Struct, frozen=True, array_like=True):
    """A change of what an account holds of an asset, free and locked together, and what it held afterwards.

    `position` is where the posting stood among the events of its command. Holds and releases move nothing in or out of
    an account and have no entry.
    """

    sequence: int
    position: int
    account: int
    asset: int
    amount: str
    balance: str
    reason: PostingReason
    posted_at_us: int


class StreamRecord(msgspec.Struct, frozen=True, array_like=True):
    """A product's event: the stream's version with it, and where in the journal it stands."""

    kind: str
    id: str
    version: int
    payload: bytes
    sequence: int
    recorded_at_us: int


class DailyBalance(msgspec.Struct, frozen=True, array_like=True):
    """What an account held of an asset when a day ended; on days that did not touch it, it is what it was before.

    `day` counts days of UTC since the Unix epoch.
    """

    account: int
    asset: int
    day: int
    free: str
    locked: str
