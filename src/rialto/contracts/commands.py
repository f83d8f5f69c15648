"""Commands: what is asked of the core, in the imperative."""

import msgspec

from rialto.contracts.vocabulary import (
    AccountKind,
    OrderType,
    PostingReason,
    SelfTradePrevention,
    Side,
    StreamKey,
    SymbolSpec,
    TimeInForce,
)


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


class PlaceOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Place an order."""

    account: int
    symbol: int
    client_order_id: str
    side: Side
    order_type: OrderType
    time_in_force: TimeInForce
    price: str | None = None
    quantity: str | None = None
    quote_quantity: str | None = None
    self_trade_prevention: SelfTradePrevention | None = None


class OrderReference(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """How a client names one of its orders: by the exchange's id, by its own, or both."""

    order_id: int | None = None
    client_order_id: str | None = None


class CancelOrder(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Take an open order back."""

    account: int
    symbol: int
    order: OrderReference


class CancelAllOrders(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Take back every open order of an account on a symbol."""

    account: int
    symbol: int


Command = RegisterAsset | ListSymbol | OpenAccount | Post | Record | PlaceOrder | CancelOrder | CancelAllOrders
