"""Which parameters go with which type of order, however they are called: `price`, `abovePrice`, `workingPrice`."""

from typing import Final, Protocol

from rialto.contracts.commands import NewOrder
from rialto.contracts.vocabulary import (
    OrderTerms,
    OrderType,
    Peg,
    PegPrice,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from rialto.wire import errors
from rialto.wire.errors import ApiError, ErrorCode
from rialto.wire.vocabulary import ORDER_TYPES, OrderTypeName, PegOffsetType

STRATEGY_TYPE_MIN: Final = 1_000_000


class AskedOrder(Protocol):
    """An order as a request describes it, alone or as a part of a list."""

    @property
    def side(self) -> Side:
        """Which way it trades."""

    @property
    def type(self) -> OrderTypeName:
        """Its type, as the API calls it."""

    @property
    def time_in_force(self) -> TimeInForce | None:
        """How long it may wait."""

    @property
    def quantity(self) -> str | None:
        """How much of the base asset."""

    @property
    def quote_order_qty(self) -> str | None:
        """How much of the quote asset."""

    @property
    def price(self) -> str | None:
        """Its limit."""

    @property
    def stop_price(self) -> str | None:
        """What it waits for."""

    @property
    def trailing_delta(self) -> int | None:
        """How far it follows the market."""

    @property
    def iceberg_qty(self) -> str | None:
        """How much of it is shown."""

    @property
    def strategy_id(self) -> int | None:
        """The client's own number."""

    @property
    def strategy_type(self) -> int | None:
        """The client's own kind."""

    @property
    def peg_price_type(self) -> PegPrice | None:
        """Which side of the book its limit is taken from."""

    @property
    def peg_offset_type(self) -> PegOffsetType | None:
        """In what its distance from there is counted."""

    @property
    def peg_offset_value(self) -> int | None:
        """How far from there."""

    @property
    def gets_quantity_from_list(self) -> bool:
        """Whether another order of its list pays for it, so that it states no quantity."""

    def named(self, parameter: str) -> str:
        """Return what the request calls a parameter of it."""


def order_type_of(order: AskedOrder) -> OrderType:
    """Return the type in the core's words."""
    return ORDER_TYPES[order.type]


def check(order: AskedOrder) -> None:
    """Refuse what is missing for the type, then what does not belong to it. Raises `ApiError`."""
    if order.strategy_type is not None and order.strategy_type < STRATEGY_TYPE_MIN:
        raise ErrorCode.BAD_STRATEGY_TYPE.error()
    if order_type_of(order).has_limit:
        _check_limit(order)
    else:
        _check_market(order)
    _check_contingency(order)
    if (order.peg_offset_type is None) != (order.peg_offset_value is None):
        names = order.named("pegOffsetType"), order.named("pegOffsetValue")
        raise ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error(*names, form=1)
    if order.peg_price_type is None and order.peg_offset_value is not None:
        raise _not_required(order, "pegOffsetValue")


def terms_of(order: AskedOrder) -> OrderTerms | None:
    """Return what an order asks for beyond price and quantity. Precondition: checked."""
    peg = None if order.peg_price_type is None else Peg(order.peg_price_type, order.peg_offset_value)
    iceberg = order.iceberg_qty if order.iceberg_qty is not None and order.iceberg_qty.strip("0.") else None
    terms = OrderTerms(order.stop_price, order.trailing_delta, iceberg, peg, order.strategy_id, order.strategy_type)
    return None if terms == OrderTerms() else terms


def new_order(order: AskedOrder, client_order_id: str, mode: SelfTradePrevention | None) -> NewOrder:
    """Write an order in the core's words. Precondition: checked."""
    return NewOrder(
        client_order_id,
        order.side,
        order_type_of(order),
        order.time_in_force or TimeInForce.GOOD_TILL_CANCELED,
        order.price,
        order.quantity,
        order.quote_order_qty,
        mode,
        terms_of(order),
    )


def _mandatory(order: AskedOrder, parameter: str) -> ApiError:
    return errors.mandatory(order.named(parameter))


def _not_required(order: AskedOrder, parameter: str) -> ApiError:
    return errors.not_required(order.named(parameter))


def _check_contingency(order: AskedOrder) -> None:
    if order_type_of(order).is_contingent:
        if order.stop_price is None and order.trailing_delta is None:
            raise errors.one_of(order.named("stopPrice"), order.named("trailingDelta"))
    elif order.stop_price is not None:
        raise _not_required(order, "stopPrice")
    elif order.trailing_delta is not None:
        raise _not_required(order, "trailingDelta")


def _check_limit(order: AskedOrder) -> None:
    if order.type is OrderTypeName.LIMIT_MAKER:
        if order.time_in_force is not None:
            raise _not_required(order, "timeInForce")
    elif order.time_in_force is None:
        raise _mandatory(order, "timeInForce")
    if order.quantity is None and not order.gets_quantity_from_list:
        raise _mandatory(order, "quantity")
    if order.price is None and order.peg_price_type is None:
        raise _mandatory(order, "price")
    if order.quote_order_qty is not None:
        raise _not_required(order, "quoteOrderQty")


def _check_market(order: AskedOrder) -> None:
    takes_quote = order.type is OrderTypeName.MARKET
    if order.quantity is None and not order.gets_quantity_from_list:
        if not takes_quote:
            raise _mandatory(order, "quantity")
        if order.quote_order_qty is None:
            raise errors.one_of(order.named("quantity"), order.named("quoteOrderQty"))
    if order.quote_order_qty is not None and (order.quantity is not None or not takes_quote):
        raise _not_required(order, "quoteOrderQty")
    if order.price is not None:
        raise _not_required(order, "price")
    if order.time_in_force is not None:
        raise _not_required(order, "timeInForce")
