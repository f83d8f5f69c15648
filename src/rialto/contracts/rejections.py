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


class UnknownAsset(_Refusal):
    asset: int


class UnknownAccount(_Refusal):
    account: int


class NoSuchAccountOfOwner(_Refusal):
    owner: int
    kind: AccountKind


class UnknownSymbol(_Refusal):
    symbol: int


class UnknownOrder(_Refusal):
    pass


class AssetExists(_Refusal):
    asset: int


class SymbolExists(_Refusal):
    symbol: int


class AccountExists(_Refusal):
    account: int


class InvalidSymbol(_Refusal):
    field: str


class InvalidOrder(_Refusal):
    field: str


class InvalidAmount(_Refusal):
    amount: str


class WrongAccountClass(_Refusal):
    account: int


class PriceFilter(_Refusal):
    bound: Bound
    price: str
    limit: str


class LotSize(_Refusal):
    bound: Bound
    quantity: str
    limit: str


class MarketLotSize(_Refusal):
    bound: Bound
    quantity: str
    limit: str


class Notional(_Refusal):
    bound: Bound
    notional: str
    limit: str


class TooManyOrders(_Refusal):
    limit: int


class WouldTake(_Refusal):
    price: str
    best: str


class DuplicateClientOrderId(_Refusal):
    client_order_id: str


class InsufficientBalance(_Refusal):
    account: int
    asset: int
    needed: str
    free: str


class StaleVersion(_Refusal):
    expected: int
    actual: int


class UnbalancedPostings(_Refusal):
    asset: int
    sum: str


class HoldExceeded(_Refusal):
    account: int
    asset: int
    held: str


class RecordTooLarge(_Refusal):
    field: str


class CapacityReached(_Refusal):
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
