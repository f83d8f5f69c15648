"""Commands: what is asked of the core, in the imperative."""

import msgspec

from rialto.contracts.symbol_rules import ExchangeLimits, SymbolStatus
from rialto.contracts.vocabulary import (
    AccountKind,
    Commission,
    Contingency,
    OrderTerms,
    OrderType,
    PostingReason,
    SelfTradePrevention,
    Side,
    StreamKey,
    SymbolSpec,
    TimeInForce,
)
from rialto.contracts.word import Word


class RegisterAsset(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Make an asset known."""

    name: str


class ListSymbol(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Open a book."""

    spec: SymbolSpec


class OpenAccount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Open an account; an owner has at most one of a kind."""

    owner: int
    kind: AccountKind
    trade_group: int | None = None


class Post(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Move an amount between the outside world and an account: positive comes in, negative goes out."""

    account: int
    asset: int
    amount: str
    reason: PostingReason


class Leg(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One leg of a balanced record: signed changes of what is free and what is locked."""

    account: int
    asset: int
    free: str
    locked: str
    reason: PostingReason


class Record(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Apply a product's event and its postings, all or nothing."""

    stream: StreamKey
    expected_version: int
    legs: tuple[Leg, ...]
    payload: bytes


class NewOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An order to be placed."""

    client_order_id: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    price: str | None = None
    quantity: str | None = None
    quote_quantity: str | None = None
    self_trade_prevention: SelfTradePrevention | None = None
    terms: OrderTerms | None = None


class PlaceOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Place an order; one that is routed is filled from all books of its symbol's pool."""

    account: int
    symbol: int
    order: NewOrder
    is_routed: bool = False


class CancelRestriction(Word):
    """What an order must have done to be canceled."""

    ONLY_NEW = "only_new"
    ONLY_PARTIALLY_FILLED = "only_partially_filled"


class OrderReference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a client names one of its orders: by the exchange's id, by its own, or both."""

    order_id: int | None = None
    client_order_id: str | None = None


class CancelOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Take an open order back."""

    account: int
    symbol: int
    order: OrderReference
    restriction: CancelRestriction | None = None
    cancel_id: str | None = None
    """What its owner calls the cancellation; said again of every order it takes back."""


class CancelAllOrders(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Take back every open order of an account on a symbol."""

    account: int
    symbol: int
    cancel_id: str | None = None


class ReplaceMode(Word):
    """What becomes of the new order when the old one cannot be canceled."""

    STOP_ON_FAILURE = "stop_on_failure"
    ALLOW_FAILURE = "allow_failure"


class ReplaceOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Take an open order back and place another on the same symbol."""

    account: int
    symbol: int
    cancel: OrderReference
    restriction: CancelRestriction | None
    cancel_id: str | None
    mode: ReplaceMode
    order: NewOrder


class AmendOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Make an open order smaller where it stands."""

    account: int
    symbol: int
    order: OrderReference
    client_order_id: str
    quantity: str


class PlaceOrderList(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Place orders that depend on each other."""

    account: int
    symbol: int
    client_order_id: str
    contingency: Contingency
    one_pays_the_other: bool
    orders: tuple[NewOrder, ...]


class ListReference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a client names one of its lists: by the exchange's id, by its own, or both."""

    list_id: int | None = None
    client_order_id: str | None = None


class CancelOrderList(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Take back every order of a list."""

    account: int
    symbol: int
    list: ListReference
    cancel_id: str | None = None


class SetSymbolStatus(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Say what may be done on a symbol."""

    symbol: int
    status: SymbolStatus


class SetReferencePrice(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Tell a reference price that is found outside."""

    symbol: int
    price: str | None


class SetCommission(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Give an account rates of its own, on a symbol or on all."""

    account: int
    symbol: int | None
    commission: Commission | None


class SetDiscount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Say in which asset commissions may be paid at a discount."""

    asset: int | None
    multiplier: str


class SetAccountDiscount(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Say whether an account pays commissions in the discount asset."""

    account: int
    is_enabled: bool


class SetExchangeLimits(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Limit what an account may have open on the whole exchange."""

    limits: ExchangeLimits


class SetAssetLimit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Limit what one order may move of an asset."""

    asset: int
    limit: str | None


class PoolSymbols(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Let orders be filled from all books of one base whose quotes are worth the same."""

    base: int
    symbols: tuple[int, ...]


class ReportBlockTrade(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """State a trade that was agreed elsewhere."""

    symbol: int
    price: str
    quantity: str
    taker_side: Side


class Unreadable(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Stand where a cluster's log holds what is no command. Always refused with `UnreadableCommand`."""


Command = (
    RegisterAsset
    | ListSymbol
    | OpenAccount
    | Post
    | Record
    | PlaceOrder
    | CancelOrder
    | CancelAllOrders
    | ReplaceOrder
    | AmendOrder
    | PlaceOrderList
    | CancelOrderList
    | SetSymbolStatus
    | SetReferencePrice
    | SetCommission
    | SetDiscount
    | SetAccountDiscount
    | SetExchangeLimits
    | SetAssetLimit
    | PoolSymbols
    | ReportBlockTrade
    | Unreadable
)
