"""Rejections: why a command was refused, with the values that broke the rule."""

from enum import Enum

import msgspec

from rialto.contracts.vocabulary import AccountKind


class Bound(Enum):
    """Which side of a rule was broken."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    STEP = "step"


class _Refusal(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A refusal; the class name is its code."""


class UnknownAsset(_Refusal, frozen=True):
    asset: int


class UnknownAccount(_Refusal, frozen=True):
    account: int


class NoSuchAccountOfOwner(_Refusal, frozen=True):
    owner: int
    kind: AccountKind


class UnknownSymbol(_Refusal, frozen=True):
    symbol: int


class UnknownOrder(_Refusal, frozen=True):
    pass


class AssetExists(_Refusal, frozen=True):
    asset: int


class SymbolExists(_Refusal, frozen=True):
    symbol: int


class AccountExists(_Refusal, frozen=True):
    account: int


class InvalidSymbol(_Refusal, frozen=True):
    field: str


class InvalidOrder(_Refusal, frozen=True):
    field: str


class InvalidAmount(_Refusal, frozen=True):
    amount: str


class WrongAccountClass(_Refusal, frozen=True):
    account: int


class PriceFilter(_Refusal, frozen=True):
    bound: Bound
    price: str
    limit: str


class LotSize(_Refusal, frozen=True):
    bound: Bound
    quantity: str
    limit: str


class MarketLotSize(_Refusal, frozen=True):
    bound: Bound
    quantity: str
    limit: str


class Notional(_Refusal, frozen=True):
    bound: Bound
    notional: str
    limit: str


class TooManyOrders(_Refusal, frozen=True):
    limit: int


class WouldTake(_Refusal, frozen=True):
    price: str
    best: str


class DuplicateClientOrderId(_Refusal, frozen=True):
    client_order_id: str


class InsufficientBalance(_Refusal, frozen=True):
    account: int
    asset: int
    needed: str
    free: str


class StaleVersion(_Refusal, frozen=True):
    expected: int
    actual: int


class UnbalancedPostings(_Refusal, frozen=True):
    asset: int
    sum: str


class HoldExceeded(_Refusal, frozen=True):
    account: int
    asset: int
    held: str


class RecordTooLarge(_Refusal, frozen=True):
    field: str


class CapacityReached(_Refusal, frozen=True):
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
    | WrongAccountClass
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
