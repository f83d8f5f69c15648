"""Events: what the core states, in the past tense, and the outcomes that carry them."""

from enum import Enum

import msgspec

from rialto.contracts.market import MarketUpdate
from rialto.contracts.queries import Answer
from rialto.contracts.rejections import Rejection
from rialto.contracts.symbol_rules import ExchangeLimits, SymbolStatus
from rialto.contracts.vocabulary import (
    AccountKind,
    Commission,
    ExpiryReason,
    OrderListState,
    OrderState,
    OrderStatus,
    PostingReason,
    SelfTradePrevention,
    Side,
    StreamKey,
    SymbolSpec,
)


class _Fact(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """One fact; the class name is its tag."""


class AssetRegistered(_Fact, frozen=True, gc=False):
    """An asset became known."""

    asset: int
    name: str


class SymbolListed(_Fact, frozen=True, gc=False):
    """A book was opened."""

    symbol: int
    spec: SymbolSpec


class AccountOpened(_Fact, frozen=True, gc=False):
    """An account was opened."""

    account: int
    owner: int
    kind: AccountKind
    trade_group: int | None


class Posted(_Fact, frozen=True, gc=False):
    """A balance changed. Per command and asset the changes sum to zero."""

    account: int
    asset: int
    free_change: str
    locked_change: str
    free: str
    locked: str
    reason: PostingReason


class Recorded(_Fact, frozen=True, gc=False):
    """A product's event was accepted; its postings stand beside it."""

    stream: StreamKey
    version: int
    payload: bytes


class OrderPlaced(_Fact, frozen=True, gc=False):
    """An order was accepted. What it traded at once follows in the same outcome."""

    order: OrderState


class Fill(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a trade did to one of its two orders."""

    order_id: int
    account: int
    executed: str
    executed_quote: str
    status: OrderStatus
    fee: str
    fee_asset: int


class TradeExecuted(_Fact, frozen=True, gc=False):
    """Two orders traded."""

    symbol: int
    trade_id: int
    price: str
    quantity: str
    quote_quantity: str
    taker_side: Side
    maker: Fill
    taker: Fill


class Prevention(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a prevented match did to one of its two orders: what it lost now, and so far."""

    order_id: int
    account: int
    quantity: str
    prevented: str


class MatchPrevented(_Fact, frozen=True, gc=False):
    """Two orders would have traded so much, and self-trade prevention did something else."""

    symbol: int
    prevented_match_id: int
    mode: SelfTradePrevention
    taker_symbol: int
    """Another symbol where the incoming order is routed."""
    price: str
    quantity: str
    quote_quantity: str
    trade_group: int | None
    maker: Prevention
    taker: Prevention


class OrderCanceled(_Fact, frozen=True, gc=False):
    """An order was taken back by its owner, who may have named the cancellation."""

    order: OrderState
    cancel_id: str | None = None


class OrderExpired(_Fact, frozen=True, gc=False):
    """An order was ended by a rule."""

    order: OrderState
    reason: ExpiryReason
    rejection: Rejection | None = None
    """What was wrong with an order that was rejected as it was to start working."""


class CommandRejected(_Fact, frozen=True, gc=False):
    """The command was refused; nothing changed."""

    rejection: Rejection


class OrderActivated(_Fact, frozen=True, gc=False):
    """A pending order was placed: the working order of its list is filled."""

    order: OrderState


class OrderTriggered(_Fact, frozen=True, gc=False):
    """The market reached what an order waited for, and the order starts to work."""

    order: OrderState


class TrailingStarted(_Fact, frozen=True, gc=False):
    """A trailing order started to follow the market after it was placed."""

    order: OrderState


class OrderAmended(_Fact, frozen=True, gc=False):
    """An order became smaller, in its place."""

    order: OrderState
    previous_quantity: str
    previous_client_order_id: str


class OrderListPlaced(_Fact, frozen=True, gc=False):
    """A list was accepted. Its orders follow."""

    list: OrderListState


class OrderListEnded(_Fact, frozen=True, gc=False):
    """The last open order of a list has ended."""

    list: OrderListState


class AllocationMade(_Fact, frozen=True, gc=False):
    """Smart order routing filled an order. The trades it made for this stand beside it."""

    symbol: int
    allocation_id: int
    pool_symbol: int
    trade_id: int
    price: str
    quantity: str
    quote_quantity: str
    side: Side
    fill: Fill


class ReplacePart(Enum):
    """Half of a replacement."""

    CANCELLATION = "cancellation"
    PLACEMENT = "placement"


class PartRefused(_Fact, frozen=True, gc=False):
    """Half of a replacement was refused; it changed nothing."""

    part: ReplacePart
    rejection: Rejection


class BlockTradeReported(_Fact, frozen=True, gc=False):
    """A trade agreed elsewhere was stated."""

    symbol: int
    block_trade_id: int
    price: str
    quantity: str
    quote_quantity: str
    taker_side: Side


class SymbolStatusChanged(_Fact, frozen=True, gc=False):
    """What may be done on a symbol changed."""

    symbol: int
    status: SymbolStatus


class ReferencePriceSet(_Fact, frozen=True, gc=False):
    """A reference price was told."""

    symbol: int
    price: str | None


class CommissionSet(_Fact, frozen=True, gc=False):
    """An account's own rates changed."""

    account: int
    symbol: int | None
    commission: Commission | None


class DiscountSet(_Fact, frozen=True, gc=False):
    """The discount asset changed."""

    asset: int | None
    multiplier: str


class AccountDiscountSet(_Fact, frozen=True, gc=False):
    """Whether an account pays in the discount asset changed."""

    account: int
    is_enabled: bool


class ExchangeLimitsSet(_Fact, frozen=True, gc=False):
    """The exchange filters changed."""

    limits: ExchangeLimits


class AssetLimitSet(_Fact, frozen=True, gc=False):
    """What one order may move of an asset changed."""

    asset: int
    limit: str | None


class SymbolsPooled(_Fact, frozen=True, gc=False):
    """A pool of symbols was made or ended."""

    base: int
    symbols: tuple[int, ...]


OrderEvent = OrderActivated | OrderTriggered | TrailingStarted | OrderAmended
"""What restates an open order."""

SettingEvent = (
    SymbolStatusChanged
    | ReferencePriceSet
    | CommissionSet
    | DiscountSet
    | AccountDiscountSet
    | ExchangeLimitsSet
    | AssetLimitSet
    | SymbolsPooled
)
"""What an operator set."""

Event = (
    AssetRegistered
    | SymbolListed
    | AccountOpened
    | Posted
    | Recorded
    | OrderPlaced
    | TradeExecuted
    | MatchPrevented
    | OrderCanceled
    | OrderExpired
    | CommandRejected
    | OrderEvent
    | OrderListPlaced
    | OrderListEnded
    | AllocationMade
    | PartRefused
    | BlockTradeReported
    | SettingEvent
)


class Outcome(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """What one command led to. `ticket` is 0 for a command this process did not submit (a replay)."""

    ticket: int
    sequence: int
    time_us: int
    events: list[Event]
    market: list[MarketUpdate]


class Answered(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """What one query was answered, as of a sequence number."""

    ticket: int
    sequence: int
    answer: Answer


Released = Outcome | Answered
"""What leaves the core, in order, once it is durable."""
