"""What a new order may say, and the rules of which parameters go with which type of order.

Everything the API knows is declared. What this exchange does not offer is refused by name, in the API's own words, and
never dropped.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from rialto.contracts.vocabulary import OrderType, SelfTradePrevention, Side, TimeInForce
from rialto.gateway.spot.parameters import ClientOrderId, Identifier, SymbolName
from rialto.wire import errors
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean, Choice, Decimal, Integer
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import (
    ORDER_TYPES,
    SELF_TRADE_PREVENTIONS,
    SIDES,
    TIMES_IN_FORCE,
    CancelRestriction,
    OrderTypeName,
    PegOffsetType,
    PegPriceType,
    ResponseType,
)

STRATEGY_TYPE_MIN: Final = 1_000_000

_UNSUPPORTED_TYPES: Final[Mapping[OrderTypeName, str]] = {
    OrderTypeName.STOP_LOSS: "Stop loss orders are not supported for this symbol.",
    OrderTypeName.STOP_LOSS_LIMIT: "Stop loss limit orders are not supported for this symbol.",
    OrderTypeName.TAKE_PROFIT: "Take profit orders are not supported for this symbol.",
    OrderTypeName.TAKE_PROFIT_LIMIT: "Take profit limit orders are not supported for this symbol.",
}


class NewOrderParameters(Parameters, frozen=True):
    """A new order as the API describes it."""

    symbol: SymbolName
    side: Annotated[Side, Choice(SIDES, ErrorCode.INVALID_SIDE.error)]
    type: Annotated[OrderTypeName, Choice(OrderTypeName, ErrorCode.INVALID_ORDER_TYPE.error)]
    time_in_force: Annotated[TimeInForce, Choice(TIMES_IN_FORCE, ErrorCode.INVALID_TIF.error)] | None = None
    quantity: Annotated[str, Decimal("Invalid quantity.")] | None = None
    quote_order_qty: Annotated[str, Decimal("Invalid quoteOrderQty.")] | None = None
    price: Annotated[str, Decimal("Invalid price.")] | None = None
    new_client_order_id: ClientOrderId | None = None
    strategy_id: Identifier | None = None
    strategy_type: Identifier | None = None
    stop_price: Annotated[str, Decimal()] | None = None
    trailing_delta: Identifier | None = None
    iceberg_qty: Annotated[str, Decimal()] | None = None
    new_order_resp_type: Annotated[ResponseType, Choice(ResponseType)] | None = None
    self_trade_prevention_mode: Annotated[SelfTradePrevention, Choice(SELF_TRADE_PREVENTIONS)] | None = None
    peg_price_type: Annotated[PegPriceType, Choice(PegPriceType, ErrorCode.INVALID_PEG_PRICE_TYPE.error)] | None = None
    peg_offset_value: Annotated[int, Integer(1, 100)] | None = None
    peg_offset_type: Annotated[PegOffsetType, Choice(PegOffsetType, ErrorCode.INVALID_PEG_OFFSET_TYPE.error)] | None = (
        None
    )

    def check(self) -> None:
        """Refuse what is not offered, then what is missing for the type, then what does not belong to it."""
        _refuse_unsupported(self)
        if self.type is OrderTypeName.MARKET:
            _check_market(self)
        else:
            _check_limit(self)

    @property
    def order_type(self) -> OrderType:
        """The type in the core's words. Precondition: checked."""
        return ORDER_TYPES[self.type]

    @property
    def response_type(self) -> ResponseType:
        """How much the reply says: everything for market and limit orders unless told otherwise."""
        if self.new_order_resp_type is not None:
            return self.new_order_resp_type
        return ResponseType.ACK if self.type is OrderTypeName.LIMIT_MAKER else ResponseType.FULL


class OrderTestParameters(NewOrderParameters, frozen=True):
    """A new order to be tested."""

    compute_commission_rates: Annotated[bool, Boolean()] = False


class CancelParameters(Parameters, frozen=True):
    """Which order to cancel."""

    symbol: SymbolName
    order_id: Identifier | None = None
    orig_client_order_id: ClientOrderId | None = None
    new_client_order_id: ClientOrderId | None = None
    cancel_restrictions: (
        Annotated[CancelRestriction, Choice(CancelRestriction, ErrorCode.INVALID_CANCEL_RESTRICTIONS.error)] | None
    ) = None

    def check(self) -> None:
        """Refuse a cancel of nothing, and restrictions: the core cannot hold a cancel to a status yet."""
        if self.order_id is None and self.orig_client_order_id is None:
            raise errors.one_of("origClientOrderId", "orderId")
        if self.cancel_restrictions is not None:
            raise errors.not_required("cancelRestrictions")


class CancelAllParameters(Parameters, frozen=True):
    """On which symbol to cancel."""

    symbol: SymbolName


def _refuse_unsupported(order: NewOrderParameters) -> None:
    if order.strategy_type is not None and order.strategy_type < STRATEGY_TYPE_MIN:
        raise ErrorCode.BAD_STRATEGY_TYPE.error()
    unsupported_type = _UNSUPPORTED_TYPES.get(order.type)
    if unsupported_type is not None:
        raise errors.new_order_rejected(unsupported_type)
    if order.trailing_delta is not None:
        raise errors.new_order_rejected("Trailing stop orders are not supported for this symbol.")
    if order.iceberg_qty is not None and order.iceberg_qty.strip("0."):
        raise errors.new_order_rejected("Iceberg orders are not supported for this symbol.")
    if order.peg_price_type is not None:
        raise errors.new_order_rejected("Pegged orders are not supported for this symbol.")
    for name, value in (
        ("stopPrice", order.stop_price),
        ("pegOffsetValue", order.peg_offset_value),
        ("pegOffsetType", order.peg_offset_type),
        ("strategyId", order.strategy_id),
        ("strategyType", order.strategy_type),
    ):
        if value is not None:
            raise errors.not_required(name)


def _check_limit(order: NewOrderParameters) -> None:
    if order.type is OrderTypeName.LIMIT:
        if order.time_in_force is None:
            raise errors.mandatory("timeInForce")
    elif order.time_in_force is not None:
        raise errors.not_required("timeInForce")
    if order.quantity is None:
        raise errors.mandatory("quantity")
    if order.price is None:
        raise errors.mandatory("price")
    if order.quote_order_qty is not None:
        raise errors.not_required("quoteOrderQty")


def _check_market(order: NewOrderParameters) -> None:
    if order.quantity is None and order.quote_order_qty is None:
        raise errors.one_of("quantity", "quoteOrderQty")
    if order.quantity is not None and order.quote_order_qty is not None:
        raise errors.not_required("quoteOrderQty")
    if order.price is not None:
        raise errors.not_required("price")
    if order.time_in_force is not None:
        raise errors.not_required("timeInForce")
