"""Events: what the core states, in the past tense, and the outcomes that carry them."""

import msgspec

from rialto.contracts.market import MarketUpdate
from rialto.contracts.queries import Answer
from rialto.contracts.rejections import Rejection
from rialto.contracts.vocabulary import (
    AccountKind,
    ExpiryReason,
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
    """Two orders would have traded, and self-trade prevention did something else."""

    symbol: int
    prevented_match_id: int
    mode: SelfTradePrevention
    price: str
    trade_group: int | None
    maker: Prevention
    taker: Prevention


class OrderCanceled(_Fact, frozen=True, gc=False):
    """An order was taken back by its owner."""

    order: OrderState


class OrderExpired(_Fact, frozen=True, gc=False):
    """An order was ended by a rule."""

    order: OrderState
    reason: ExpiryReason


class CommandRejected(_Fact, frozen=True, gc=False):
    """The command was refused; nothing changed."""

    rejection: Rejection


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
