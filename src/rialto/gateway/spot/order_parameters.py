"""What a new order may say, and the rules of which parameters go with which type of order."""

from typing import Annotated, Final

from rialto.contracts.commands import CancelRestriction, NewOrder
from rialto.contracts.vocabulary import (
    OrderTerms,
    OrderType,
    Peg,
    PegPrice,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from rialto.gateway.spot.parameters import ClientOrderId, Identifier, SymbolName
from rialto.wire import errors
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean, Choice, Decimal, Integer
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import (
    CANCEL_RESTRICTIONS,
    ORDER_TYPES,
    PEG_PRICES,
    SELF_TRADE_PREVENTIONS,
    SIDES,
    TIMES_IN_FORCE,
    OrderTypeName,
    PegOffsetType,
    ResponseType,
)

STRATEGY_TYPE_MIN: Final = 1_000_000


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
    peg_price_type: Annotated[PegPrice, Choice(PEG_PRICES, ErrorCode.INVALID_PEG_PRICE_TYPE.error)] | None = None
    peg_offset_value: Annotated[int, Integer(1, 100)] | None = None
    peg_offset_type: Annotated[PegOffsetType, Choice(PegOffsetType, ErrorCode.INVALID_PEG_OFFSET_TYPE.error)] | None = (
        None
    )

    def check(self) -> None:
        """Refuse what is missing for the type, then what does not belong to it."""
        if self.strategy_type is not None and self.strategy_type < STRATEGY_TYPE_MIN:
            raise ErrorCode.BAD_STRATEGY_TYPE.error()
        if self.order_type.has_limit:
            _check_limit(self)
        else:
            _check_market(self)
        _check_contingency(self)
        if (self.peg_offset_type is None) != (self.peg_offset_value is None):
            raise ErrorCode.OPTIONAL_PARAMS_BAD_COMBO.error("pegOffsetType", "pegOffsetValue", form=1)
        if self.peg_price_type is None and self.peg_offset_value is not None:
            raise errors.not_required("pegOffsetValue")

    @property
    def terms(self) -> OrderTerms | None:
        """What the order asks for beyond price and quantity. Precondition: checked."""
        peg = None if self.peg_price_type is None else Peg(self.peg_price_type, self.peg_offset_value)
        iceberg = self.iceberg_qty if self.iceberg_qty is not None and self.iceberg_qty.strip("0.") else None
        terms = OrderTerms(self.stop_price, self.trailing_delta, iceberg, peg, self.strategy_id, self.strategy_type)
        return None if terms == OrderTerms() else terms

    def new_order(self, client_order_id: str) -> NewOrder:
        """Write the order in the core's words. Precondition: checked."""
        return NewOrder(
            client_order_id,
            self.side,
            self.order_type,
            self.time_in_force or TimeInForce.GOOD_TILL_CANCELED,
            self.price,
            self.quantity,
            self.quote_order_qty,
            self.self_trade_prevention_mode,
            self.terms,
        )

    @property
    def order_type(self) -> OrderType:
        """The type in the core's words. Precondition: checked."""
        return ORDER_TYPES[self.type]

    @property
    def response_type(self) -> ResponseType:
        """How much the reply says: everything for market and limit orders unless told otherwise."""
        if self.new_order_resp_type is not None:
            return self.new_order_resp_type
        is_full = self.type in (OrderTypeName.LIMIT, OrderTypeName.MARKET)
        return ResponseType.FULL if is_full else ResponseType.ACK


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
        Annotated[CancelRestriction, Choice(CANCEL_RESTRICTIONS, ErrorCode.INVALID_CANCEL_RESTRICTIONS.error)] | None
    ) = None

    def check(self) -> None:
        """Refuse a cancel of nothing."""
        if self.order_id is None and self.orig_client_order_id is None:
            raise errors.one_of("origClientOrderId", "orderId")


class CancelAllParameters(Parameters, frozen=True):
    """On which symbol to cancel."""

    symbol: SymbolName


def _check_contingency(order: NewOrderParameters) -> None:
    if order.order_type.is_contingent:
        if order.stop_price is None and order.trailing_delta is None:
            raise errors.one_of("stopPrice", "trailingDelta")
    elif order.stop_price is not None:
        raise errors.not_required("stopPrice")
    elif order.trailing_delta is not None:
        raise errors.not_required("trailingDelta")


def _check_limit(order: NewOrderParameters) -> None:
    if order.type is OrderTypeName.LIMIT_MAKER:
        if order.time_in_force is not None:
            raise errors.not_required("timeInForce")
    elif order.time_in_force is None:
        raise errors.mandatory("timeInForce")
    if order.quantity is None:
        raise errors.mandatory("quantity")
    if order.price is None and order.peg_price_type is None:
        raise errors.mandatory("price")
    if order.quote_order_qty is not None:
        raise errors.not_required("quoteOrderQty")


def _check_market(order: NewOrderParameters) -> None:
    takes_quote = order.type is OrderTypeName.MARKET
    if order.quantity is None and not takes_quote:
        raise errors.mandatory("quantity")
    if order.quantity is None and order.quote_order_qty is None:
        raise errors.one_of("quantity", "quoteOrderQty")
    if order.quote_order_qty is not None and (order.quantity is not None or not takes_quote):
        raise errors.not_required("quoteOrderQty")
    if order.price is not None:
        raise errors.not_required("price")
    if order.time_in_force is not None:
        raise errors.not_required("timeInForce")
