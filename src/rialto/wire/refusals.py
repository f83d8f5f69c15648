"""Rejections of the core as errors of the API.

One table per situation: the same unknown order is -2010 for a new order, -2011 for a cancel, -2013 for a query. Every
rejection has an entry (a test proves it). Rejections a client cannot cause through this edge (double-entry rules,
registrations, house accounts) are our own fault when they appear, and answered as an unknown error.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from rialto.contracts import rejections
from rialto.contracts.rejections import Rejection
from rialto.wire import errors
from rialto.wire.errors import ApiError, ErrorCode

UNKNOWN_ORDER: Final = "Unknown order sent."
DUPLICATE_ORDER: Final = "Duplicate order sent."
INSUFFICIENT_BALANCE: Final = "Account has insufficient balance for requested action."
UNAVAILABLE_PREVENTION: Final = "This symbol does not allow the specified self-trade prevention mode."
WOULD_TAKE: Final = "Order would immediately match and take."


def _own_fault(_: Rejection) -> ApiError:
    return ErrorCode.UNKNOWN.error()


def _rejected(message: str) -> Callable[[Rejection], ApiError]:
    return lambda _: errors.new_order_rejected(message)


def _filtered(name: str) -> Callable[[Rejection], ApiError]:
    return lambda _: errors.filter_failure(name)


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
    }
)


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
        rejections.StaleVersion: _own_fault,
        rejections.UnbalancedPostings: _own_fault,
        rejections.HoldExceeded: _own_fault,
        rejections.RecordTooLarge: _own_fault,
        rejections.CapacityReached: lambda _: ErrorCode.SERVER_BUSY.error(),
    }
)


def of_new_order(rejection: Rejection) -> ApiError:
    """Return the error for a refused new order."""
    return _OF_ORDERS[type(rejection)](rejection)


def of_cancel(rejection: Rejection) -> ApiError:
    """Return the error for a refused cancel."""
    if isinstance(rejection, rejections.UnknownOrder):
        return ErrorCode.CANCEL_REJECTED.error(UNKNOWN_ORDER)
    return of_new_order(rejection)


def of_query(rejection: Rejection) -> ApiError:
    """Return the error for a refused read."""
    if isinstance(rejection, rejections.UnknownOrder):
        return ErrorCode.NO_SUCH_ORDER.error()
    return of_new_order(rejection)


def is_of_matching(rejection: Rejection) -> bool:
    """Tell whether only the matching engine finds this, so that a test of the order's form does not report it."""
    return isinstance(
        rejection, rejections.InsufficientBalance | rejections.WouldTake | rejections.DuplicateClientOrderId
    )
