"""What a new order may say, and the rules of which parameters go with which type of order."""

from typing import Annotated, ClassVar

from rialto.contracts.commands import CancelRestriction, NewOrder
from rialto.contracts.vocabulary import PegPrice, SelfTradePrevention, Side, TimeInForce
from rialto.gateway.spot import order_rules
from rialto.gateway.spot.parameters import ClientOrderId, Identifier, StrategyType, SymbolName, TrailingDelta
from rialto.wire import errors
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean, Choice, Decimal, Integer
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import (
    CANCEL_RESTRICTIONS,
    PEG_PRICES,
    SELF_TRADE_PREVENTIONS,
    SIDES,
    TIMES_IN_FORCE,
    OrderTypeName,
    PegOffsetType,
    ResponseType,
)


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
    strategy_type: StrategyType | None = None
    stop_price: Annotated[str, Decimal()] | None = None
    trailing_delta: TrailingDelta | None = None
    iceberg_qty: Annotated[str, Decimal()] | None = None
    new_order_resp_type: Annotated[ResponseType, Choice(ResponseType)] | None = None
    self_trade_prevention_mode: Annotated[SelfTradePrevention, Choice(SELF_TRADE_PREVENTIONS)] | None = None
    peg_price_type: Annotated[PegPrice, Choice(PEG_PRICES, ErrorCode.INVALID_PEG_PRICE_TYPE.error)] | None = None
    peg_offset_value: Annotated[int, Integer(1, 100)] | None = None
    peg_offset_type: Annotated[PegOffsetType, Choice(PegOffsetType, ErrorCode.INVALID_PEG_OFFSET_TYPE.error)] | None = (
        None
    )

    gets_quantity_from_list: ClassVar[bool] = False

    def check(self) -> None:
        """Refuse what is missing for the type, then what does not belong to it."""
        order_rules.check(self)

    def named(self, parameter: str) -> str:
        """Return what the request calls a parameter."""
        return parameter

    def new_order(self, client_order_id: str) -> NewOrder:
        """Write the order in the core's words. Precondition: checked."""
        return order_rules.new_order(self, client_order_id, self.self_trade_prevention_mode)

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

    @property
    def cancel_id(self) -> str | None:
        """What the cancellation is called, where a transport lets it be called something."""
        return None
