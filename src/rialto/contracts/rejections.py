"""Rejections: why a command was refused, with the values that broke the rule."""

from enum import Enum

import msgspec

from rialto.contracts.symbol_rules import Feature, SymbolStatus
from rialto.contracts.vocabulary import AccountKind, OrderStatus, PostingReason, SelfTradePrevention


class Bound(Enum):
    """Which side of a rule was broken."""

    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    STEP = "step"


class ListRule(Enum):
    """What the orders of a list must be."""

    SIZE = "size"
    WORKING_TYPE = "working_type"
    PENDING_QUOTE_QUANTITY = "pending_quote_quantity"
    PAIR_TYPE = "pair_type"
    PAIR_OF_LIMITS = "pair_of_limits"
    PAIR_SIDE = "pair_side"
    PAIR_QUANTITY = "pair_quantity"
    BUY_LIMIT_BELOW = "buy_limit_below"
    SELL_LIMIT_ABOVE = "sell_limit_above"
    BUY_STOP_LOSS_ABOVE = "buy_stop_loss_above"
    SELL_STOP_LOSS_BELOW = "sell_stop_loss_below"
    BUY_TAKE_PROFIT_BELOW = "buy_take_profit_below"
    SELL_TAKE_PROFIT_ABOVE = "sell_take_profit_above"
    PAYING_WORKING_BUYS = "paying_working_buys"
    PAID_PENDING_SELLS = "paid_pending_sells"
    PAID_PENDING_QUANTITY = "paid_pending_quantity"
    PAYS_WITHOUT_WORKING = "pays_without_working"


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


class MarketClosed(_Refusal, frozen=True, gc=False):
    symbol: int
    status: SymbolStatus


class NotAllowed(_Refusal, frozen=True, gc=False):
    feature: Feature


class IcebergExceedsQuantity(_Refusal, frozen=True, gc=False):
    iceberg: str
    quantity: str


class TooManyIcebergParts(_Refusal, frozen=True, gc=False):
    parts: int
    limit: int


class PercentPrice(_Refusal, frozen=True, gc=False):
    bound: Bound
    price: str
    limit: str
    by_side: bool


class TrailingDelta(_Refusal, frozen=True, gc=False):
    bound: Bound
    delta: int
    limit: int


class MaxPosition(_Refusal, frozen=True, gc=False):
    position: str
    limit: str


class MaxAsset(_Refusal, frozen=True, gc=False):
    asset: int
    amount: str
    limit: str


class TooManyAlgoOrders(_Refusal, frozen=True, gc=False):
    limit: int


class TooManyIcebergOrders(_Refusal, frozen=True, gc=False):
    limit: int


class TooManyOrderLists(_Refusal, frozen=True, gc=False):
    limit: int


class TooManyOrdersOnExchange(_Refusal, frozen=True, gc=False):
    limit: int


class TooManyAlgoOrdersOnExchange(_Refusal, frozen=True, gc=False):
    limit: int


class TooManyIcebergOrdersOnExchange(_Refusal, frozen=True, gc=False):
    limit: int


class TooManyOrderListsOnExchange(_Refusal, frozen=True, gc=False):
    limit: int


class WouldTrigger(_Refusal, frozen=True, gc=False):
    stop_price: str
    last: str


class NoPegPrice(_Refusal, frozen=True, gc=False):
    offset: int


class UnpeggableType(_Refusal, frozen=True, gc=False):
    pass


class UnpeggablePrice(_Refusal, frozen=True, gc=False):
    pass


class InvalidOrderList(_Refusal, frozen=True, gc=False):
    rule: ListRule


class PriceRelationship(_Refusal, frozen=True, gc=False):
    pass


class DuplicateListClientOrderId(_Refusal, frozen=True, gc=False):
    client_order_id: str


class UnknownOrderList(_Refusal, frozen=True, gc=False):
    pass


class CancelRestricted(_Refusal, frozen=True, gc=False):
    status: OrderStatus


class AmendIncreases(_Refusal, frozen=True, gc=False):
    quantity: str
    current: str


class AmendChangesNothing(_Refusal, frozen=True, gc=False):
    quantity: str


class AmendBelowDone(_Refusal, frozen=True, gc=False):
    quantity: str
    done: str


class AmendPendingPaid(_Refusal, frozen=True, gc=False):
    pass


class TooManyAmendments(_Refusal, frozen=True, gc=False):
    limit: int


class InvalidReferencePrice(_Refusal, frozen=True, gc=False):
    pass


class InvalidPool(_Refusal, frozen=True, gc=False):
    field: str


class NotPooled(_Refusal, frozen=True, gc=False):
    symbol: int


class UnreadableCommand(_Refusal, frozen=True, gc=False):
    pass


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
    | MarketClosed
    | NotAllowed
    | IcebergExceedsQuantity
    | TooManyIcebergParts
    | PercentPrice
    | TrailingDelta
    | MaxPosition
    | MaxAsset
    | TooManyAlgoOrders
    | TooManyIcebergOrders
    | TooManyOrderLists
    | TooManyOrdersOnExchange
    | TooManyAlgoOrdersOnExchange
    | TooManyIcebergOrdersOnExchange
    | TooManyOrderListsOnExchange
    | WouldTrigger
    | NoPegPrice
    | UnpeggableType
    | UnpeggablePrice
    | InvalidOrderList
    | PriceRelationship
    | DuplicateListClientOrderId
    | UnknownOrderList
    | CancelRestricted
    | AmendIncreases
    | AmendChangesNothing
    | AmendBelowDone
    | AmendPendingPaid
    | TooManyAmendments
    | InvalidReferencePrice
    | InvalidPool
    | NotPooled
    | UnreadableCommand
)
