"""Rejections: why a command was refused, with the values that broke the rule."""

from enum import Enum

import msgspec

from rialto.contracts.vocabulary import AccountKind, PostingReason, SelfTradePrevention


class Bound(Enum):
    """Which side of a rule was broken."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    STEP = "step"


class _Refusal(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """A refusal; the class name is its code."""


class UnknownAsset(_Refusal, frozen=True, gc=False):
    asset: int


class UnknownAccount(_Refusal, frozen=True, gc=False):
    account: int


class NoSuchAccountOfOwner(_Refusal, frozen=True, gc=False):
    owner: int
    kind: AccountKind


class UnknownSymbol(_Refusal, frozen=True, gc=False):
    symbol: int


class UnknownOrder(_Refusal, frozen=True, gc=False):
    pass


class AssetExists(_Refusal, frozen=True, gc=False):
    asset: int


class SymbolExists(_Refusal, frozen=True, gc=False):
    symbol: int


class AccountExists(_Refusal, frozen=True, gc=False):
    account: int


class InvalidSymbol(_Refusal, frozen=True, gc=False):
    field: str


class InvalidOrder(_Refusal, frozen=True, gc=False):
    field: str


class InvalidAmount(_Refusal, frozen=True, gc=False):
    amount: str


class InvalidAccount(_Refusal, frozen=True, gc=False):
    field: str


class InvalidReason(_Refusal, frozen=True, gc=False):
    reason: PostingReason


class WrongAccountClass(_Refusal, frozen=True, gc=False):
    account: int


class UnavailablePrevention(_Refusal, frozen=True, gc=False):
    mode: SelfTradePrevention


class PriceFilter(_Refusal, frozen=True, gc=False):
    bound: Bound
    price: str
    limit: str


class LotSize(_Refusal, frozen=True, gc=False):
    bound: Bound
    quantity: str
    limit: str


class MarketLotSize(_Refusal, frozen=True, gc=False):
    bound: Bound
    quantity: str
    limit: str


class Notional(_Refusal, frozen=True, gc=False):
    bound: Bound
    notional: str
    limit: str


class TooManyOrders(_Refusal, frozen=True, gc=False):
    limit: int


class WouldTake(_Refusal, frozen=True, gc=False):
    price: str
    best: str


class DuplicateClientOrderId(_Refusal, frozen=True, gc=False):
    client_order_id: str


class InsufficientBalance(_Refusal, frozen=True, gc=False):
    account: int
    asset: int
    needed: str
    free: str


class StaleVersion(_Refusal, frozen=True, gc=False):
    expected: int
    actual: int


class UnbalancedPostings(_Refusal, frozen=True, gc=False):
    asset: int
    sum: str


class HoldExceeded(_Refusal, frozen=True, gc=False):
    account: int
    asset: int
    held: str


class RecordTooLarge(_Refusal, frozen=True, gc=False):
    field: str


class CapacityReached(_Refusal, frozen=True, gc=False):
    what: str


Rejection = (
    UnknownAsset
    | UnknownAccount
    | NoSuchAccountOfOwner
    | UnknownSymbol
    | UnknownOrder
    | AssetExists
    | SymbolExists
    | AccountExists
    | InvalidSymbol
    | InvalidOrder
    | InvalidAmount
    | InvalidAccount
    | InvalidReason
    | WrongAccountClass
    | UnavailablePrevention
    | PriceFilter
    | LotSize
    | MarketLotSize
    | Notional
    | TooManyOrders
    | WouldTake
    | DuplicateClientOrderId
    | InsufficientBalance
    | StaleVersion
    | UnbalancedPostings
    | HoldExceeded
    | RecordTooLarge
    | CapacityReached
)
