"""Rejections of the core as errors of the API.

One table per situation: the same unknown order is -2010 for a new order, -2011 for a cancel, -2013 for a query. Every
rejection has an entry (a test proves it). Rejections a client cannot cause through this edge (double-entry rules,
registrations, house accounts) are our own fault when they appear, and answered as an unknown error.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rialto.contracts import rejections
from rialto.contracts.rejections import ListRule, Rejection
from rialto.contracts.symbol_rules import Feature
from rialto.wire import errors
from rialto.wire.errors import ApiError, ErrorCode

UNKNOWN_ORDER: Final = "Unknown order sent."
DUPLICATE_ORDER: Final = "Duplicate order sent."
INSUFFICIENT_BALANCE: Final = "Account has insufficient balance for requested action."
UNAVAILABLE_PREVENTION: Final = "This symbol does not allow the specified self-trade prevention mode."
WOULD_TRIGGER: Final = "Order would trigger immediately."
WOULD_TAKE: Final = "Order would immediately match and take."


def _own_fault(_: Rejection) -> ApiError:
    return ErrorCode.UNKNOWN.error()


def _rejected(message: str) -> Callable[[Rejection], ApiError]:
    return lambda _: errors.new_order_rejected(message)


def _filtered(name: str) -> Callable[[Rejection], ApiError]:
    return lambda _: errors.filter_failure(name)


_UNSUPPORTED: Final[Mapping[Feature, str]] = MappingProxyType(
    {
        Feature.MARKET: "Market orders are not supported for this symbol.",
        Feature.QUOTE_ORDER_QUANTITY: "Quote order qty market orders are not support for this symbol.",
        Feature.STOP_LOSS: "Stop loss orders are not supported for this symbol.",
        Feature.STOP_LOSS_LIMIT: "Stop loss limit orders are not supported for this symbol.",
        Feature.TAKE_PROFIT: "Take profit orders are not supported for this symbol.",
        Feature.TAKE_PROFIT_LIMIT: "Take profit limit orders are not supported for this symbol.",
        Feature.ICEBERG: "Iceberg orders are not supported for this symbol.",
        Feature.TRAILING: "Trailing stop orders are not supported for this symbol.",
        Feature.PEG: "Pegged orders are not supported for this symbol.",
        Feature.OCO: "OCO orders are not supported for this symbol",
        Feature.OTO: "OTO orders are not supported for this symbol.",
        Feature.OPO: "OPO orders are not supported for this symbol.",
        Feature.CANCEL_REPLACE: "Order cancel-replace is not supported for this symbol.",
        Feature.AMEND: "Order amend is not supported for this symbol.",
    }
)


def _not_allowed(rejection: Rejection) -> ApiError:
    assert isinstance(rejection, rejections.NotAllowed)
    return errors.new_order_rejected(_UNSUPPORTED[rejection.feature])


def _percent_price(rejection: Rejection) -> ApiError:
    assert isinstance(rejection, rejections.PercentPrice)
    return errors.filter_failure("PERCENT_PRICE_BY_SIDE" if rejection.by_side else "PERCENT_PRICE")


def _invalid_amount(rejection: Rejection) -> ApiError:
    assert isinstance(rejection, rejections.InvalidAmount)
    return ErrorCode.INVALID_MESSAGE.error("Price * QTY is zero or less.")


_INVALID_FIELDS: Final[Mapping[str, ApiError]] = MappingProxyType(
    {
        "price": ErrorCode.INVALID_MESSAGE.error("Invalid price."),
        "quantity": ErrorCode.INVALID_MESSAGE.error("Invalid quantity."),
        "quote_quantity": ErrorCode.INVALID_MESSAGE.error("Invalid quoteOrderQty."),
        "time_in_force": ErrorCode.INVALID_TIF.error(),
        "client_order_id": errors.invalid_value("newClientOrderId"),
        "stop_price": ErrorCode.INVALID_MESSAGE.error("Invalid stopPrice."),
        "trailing_delta": errors.invalid_value("trailingDelta"),
        "strategy_type": ErrorCode.BAD_STRATEGY_TYPE.error(),
    }
)


_LIST_RULES: Final[Mapping[ListRule, ErrorCode]] = MappingProxyType(
    {
        ListRule.SIZE: ErrorCode.UNKNOWN_ORDER_COMPOSITION,
        ListRule.WORKING_TYPE: ErrorCode.INVALID_ORDER_TYPE,
        ListRule.PENDING_QUOTE_QUANTITY: ErrorCode.UNKNOWN_ORDER_COMPOSITION,
        ListRule.PAIR_TYPE: ErrorCode.OCO_ORDER_TYPE_REJECTED,
        ListRule.PAIR_OF_LIMITS: ErrorCode.BOTH_OCO_ORDERS_CANNOT_BE_LIMIT,
        ListRule.PAIR_SIDE: ErrorCode.UNKNOWN_ORDER_COMPOSITION,
        ListRule.PAIR_QUANTITY: ErrorCode.UNKNOWN_ORDER_COMPOSITION,
        ListRule.BUY_LIMIT_BELOW: ErrorCode.BUY_OCO_LIMIT_MUST_BE_BELOW,
        ListRule.SELL_LIMIT_ABOVE: ErrorCode.SELL_OCO_LIMIT_MUST_BE_ABOVE,
        ListRule.BUY_STOP_LOSS_ABOVE: ErrorCode.BUY_OCO_STOP_LOSS_MUST_BE_ABOVE,
        ListRule.SELL_STOP_LOSS_BELOW: ErrorCode.SELL_OCO_STOP_LOSS_MUST_BE_BELOW,
        ListRule.BUY_TAKE_PROFIT_BELOW: ErrorCode.BUY_OCO_TAKE_PROFIT_MUST_BE_BELOW,
        ListRule.SELL_TAKE_PROFIT_ABOVE: ErrorCode.SELL_OCO_TAKE_PROFIT_MUST_BE_ABOVE,
        ListRule.PAYING_WORKING_BUYS: ErrorCode.OPO_WORKING_MUST_BE_BUY,
        ListRule.PAID_PENDING_SELLS: ErrorCode.OPO_PENDING_MUST_BE_SELL,
        ListRule.PAID_PENDING_QUANTITY: ErrorCode.UNKNOWN_ORDER_COMPOSITION,
        ListRule.PAYS_WITHOUT_WORKING: ErrorCode.UNKNOWN_ORDER_COMPOSITION,
    }
)


def _invalid_list(rejection: Rejection) -> ApiError:
    assert isinstance(rejection, rejections.InvalidOrderList)
    return _LIST_RULES[rejection.rule].error()


def _invalid_order(rejection: Rejection) -> ApiError:
    assert isinstance(rejection, rejections.InvalidOrder)
    known = _INVALID_FIELDS.get(rejection.field)
    if known is None:
        return ErrorCode.UNKNOWN_ORDER_COMPOSITION.error()
    return ApiError(known.code, known.message, known.status)


_OF_ORDERS: Final[Mapping[type, Callable[[Rejection], ApiError]]] = MappingProxyType(
    {
        rejections.UnknownAsset: _own_fault,
        rejections.UnknownAccount: lambda _: ErrorCode.REJECTED_MBX_KEY.error(),
        rejections.NoSuchAccountOfOwner: lambda _: ErrorCode.REJECTED_MBX_KEY.error(),
        rejections.UnknownSymbol: lambda _: ErrorCode.BAD_SYMBOL.error(),
        rejections.UnknownOrder: _rejected(UNKNOWN_ORDER),
        rejections.AssetExists: _own_fault,
        rejections.SymbolExists: _own_fault,
        rejections.AccountExists: _own_fault,
        rejections.InvalidSymbol: _own_fault,
        rejections.InvalidOrder: _invalid_order,
        rejections.InvalidAmount: _invalid_amount,
        rejections.InvalidAccount: _own_fault,
        rejections.InvalidReason: _own_fault,
        rejections.WrongAccountClass: _rejected("This symbol is restricted for this account."),
        rejections.UnavailablePrevention: lambda _: ErrorCode.INVALID_MESSAGE.error(UNAVAILABLE_PREVENTION),
        rejections.PriceFilter: _filtered("PRICE_FILTER"),
        rejections.LotSize: _filtered("LOT_SIZE"),
        rejections.MarketLotSize: _filtered("MARKET_LOT_SIZE"),
        rejections.Notional: _filtered("NOTIONAL"),
        rejections.TooManyOrders: _filtered("MAX_NUM_ORDERS"),
        rejections.WouldTake: _rejected(WOULD_TAKE),
        rejections.DuplicateClientOrderId: _rejected(DUPLICATE_ORDER),
        rejections.InsufficientBalance: _rejected(INSUFFICIENT_BALANCE),
        rejections.MarketClosed: _rejected("Market is closed."),
        rejections.NotAllowed: _not_allowed,
        rejections.IcebergExceedsQuantity: _rejected("IcebergQty exceeds QTY."),
        rejections.TooManyIcebergParts: _filtered("ICEBERG_PARTS"),
        rejections.PercentPrice: _percent_price,
        rejections.TrailingDelta: _filtered("TRAILING_DELTA"),
        rejections.MaxPosition: _filtered("MAX_POSITION"),
        rejections.MaxAsset: _filtered("MAX_ASSET"),
        rejections.TooManyAlgoOrders: _filtered("MAX_NUM_ALGO_ORDERS"),
        rejections.TooManyIcebergOrders: _filtered("MAX_NUM_ICEBERG_ORDERS"),
        rejections.TooManyOrderLists: _filtered("MAX_NUM_ORDER_LISTS"),
        rejections.TooManyOrdersOnExchange: _filtered("EXCHANGE_MAX_NUM_ORDERS"),
        rejections.TooManyAlgoOrdersOnExchange: _filtered("EXCHANGE_MAX_NUM_ALGO_ORDERS"),
        rejections.TooManyIcebergOrdersOnExchange: _filtered("EXCHANGE_MAX_NUM_ICEBERG_ORDERS"),
        rejections.TooManyOrderListsOnExchange: _filtered("EXCHANGE_MAX_NUM_ORDER_LISTS"),
        rejections.WouldTrigger: _rejected(WOULD_TRIGGER),
        rejections.NoPegPrice: _rejected("Order book liquidity is too low for this pegged order."),
        rejections.UnpeggableType: _rejected("This order type may not use pegged price."),
        rejections.UnpeggablePrice: _rejected("This price peg cannot be used with this order type."),
        rejections.InvalidOrderList: _invalid_list,
        rejections.PriceRelationship: _rejected("The relationship of the prices for the orders is not correct."),
        rejections.DuplicateListClientOrderId: _rejected(DUPLICATE_ORDER),
        rejections.UnknownOrderList: _rejected(UNKNOWN_ORDER),
        rejections.CancelRestricted: _rejected("Order was not canceled due to cancel restrictions."),
        rejections.AmendIncreases: _rejected("Order amend (quantity increase) is not supported."),
        rejections.AmendChangesNothing: _rejected("The requested action would change no state; rejecting."),
        rejections.AmendBelowDone: _filtered("LOT_SIZE"),
        rejections.AmendPendingPaid: _rejected("Order amend (pending OPO order) is not supported."),
        rejections.TooManyAmendments: _filtered("MAX_NUM_ORDER_AMENDS"),
        rejections.InvalidReferencePrice: _own_fault,
        rejections.InvalidPool: _own_fault,
        rejections.NotPooled: _rejected("This symbol does not support smart order routing."),
        rejections.StaleVersion: _own_fault,
        rejections.UnbalancedPostings: _own_fault,
        rejections.HoldExceeded: _own_fault,
        rejections.RecordTooLarge: _own_fault,
        rejections.UnreadableCommand: _own_fault,
        rejections.CapacityReached: lambda _: ErrorCode.SERVER_BUSY.error(),
    }
)


def of_new_order(rejection: Rejection) -> ApiError:
    """Return the error for a refused new order."""
    return _OF_ORDERS[type(rejection)](rejection)


def of_cancel(rejection: Rejection) -> ApiError:
    """Return the error for a refused cancel."""
    error = of_new_order(rejection)
    if error.code == ErrorCode.NEW_ORDER_REJECTED.number:
        return ErrorCode.CANCEL_REJECTED.error(error.message)
    return error


def of_amendment(rejection: Rejection) -> ApiError:
    """Return the error for a refused amendment."""
    error = of_new_order(rejection)
    is_of_matching = error.code == ErrorCode.NEW_ORDER_REJECTED.number or isinstance(
        rejection, rejections.TooManyAmendments
    )
    return ErrorCode.ORDER_AMEND_REJECTED.error(error.message) if is_of_matching else error


def of_query(rejection: Rejection) -> ApiError:
    """Return the error for a refused read."""
    if isinstance(rejection, rejections.UnknownOrder | rejections.UnknownOrderList):
        return ErrorCode.NO_SUCH_ORDER.error()
    return of_new_order(rejection)


def is_of_matching(rejection: Rejection) -> bool:
    """Tell whether only the matching engine finds this, so that a test of the order's form does not report it."""
    return isinstance(
        rejection,
        rejections.InsufficientBalance
        | rejections.WouldTake
        | rejections.WouldTrigger
        | rejections.NoPegPrice
        | rejections.DuplicateClientOrderId,
    )
