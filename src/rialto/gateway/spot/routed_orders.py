"""Smart order routing: orders filled from all books of a pool, and what they got."""

from typing import Annotated, Any, ClassVar, Final

import msgspec

from rialto.contracts.commands import NewOrder, PlaceOrder
from rialto.contracts.queries import TestOrder
from rialto.contracts.vocabulary import AccountClass, PegPrice, SelfTradePrevention, Side, TimeInForce
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.router import Route
from rialto.gateway.spot import order_rules, sbe_messages
from rialto.gateway.spot.client_order_ids import ClientOrderIds
from rialto.gateway.spot.commissions import OrderRates, order_rates
from rialto.gateway.spot.counted import admit_counted, submit_counted
from rialto.gateway.spot.general import Pong
from rialto.gateway.spot.order_replies import (
    Acknowledgement,
    FilledOrder,
    NewOrderReply,
    PlacedOrder,
    new_order,
)
from rialto.gateway.spot.parameters import (
    LIMIT_DEFAULT,
    ClientOrderId,
    EndTime,
    Identifier,
    Limit,
    StartTime,
    StrategyType,
    SymbolName,
    check_day,
    find_symbol,
)
from rialto.projections.history import History
from rialto.projections.records import AllocationRecord
from rialto.wire import errors, refusals
from rialto.wire.endpoints import Endpoint, Security, Urgency
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean, Choice, Decimal
from rialto.wire.orders import NO_ORDER_LIST
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import (
    SELF_TRADE_PREVENTIONS,
    SIDES,
    TIMES_IN_FORCE,
    OrderTypeName,
    PegOffsetType,
    ResponseType,
)

ROUTABLE: Final = {name.value: name for name in (OrderTypeName.LIMIT, OrderTypeName.MARKET)}


class RoutedOrderParameters(Parameters, frozen=True, kw_only=True):
    """A new order for the books of a pool."""

    symbol: SymbolName
    side: Annotated[Side, Choice(SIDES, ErrorCode.INVALID_SIDE.error)]
    type: Annotated[OrderTypeName, Choice(ROUTABLE, ErrorCode.INVALID_ORDER_TYPE.error)]
    time_in_force: Annotated[TimeInForce, Choice(TIMES_IN_FORCE, ErrorCode.INVALID_TIF.error)] | None = None
    quantity: Annotated[str, Decimal("Invalid quantity.")]
    price: Annotated[str, Decimal("Invalid price.")] | None = None
    new_client_order_id: ClientOrderId | None = None
    strategy_id: Identifier | None = None
    strategy_type: StrategyType | None = None
    iceberg_qty: Annotated[str, Decimal()] | None = None
    new_order_resp_type: Annotated[ResponseType, Choice(ResponseType)] | None = None
    self_trade_prevention_mode: Annotated[SelfTradePrevention, Choice(SELF_TRADE_PREVENTIONS)] | None = None

    quote_order_qty: ClassVar[str | None] = None
    stop_price: ClassVar[str | None] = None
    trailing_delta: ClassVar[int | None] = None
    peg_price_type: ClassVar[PegPrice | None] = None
    peg_offset_type: ClassVar[PegOffsetType | None] = None
    peg_offset_value: ClassVar[int | None] = None
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


class RoutedOrderTestParameters(RoutedOrderParameters, frozen=True, kw_only=True):
    """A new order to be tested."""

    compute_commission_rates: Annotated[bool, Boolean()] = False


class AllocationsParameters(Parameters, frozen=True):
    """Which allocations: of an order, from one on, or within a day."""

    symbol: SymbolName
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    from_allocation_id: Identifier | None = None
    limit: Limit = LIMIT_DEFAULT
    order_id: Identifier | None = None

    def check(self) -> None:
        """Refuse a time together with anything else, and more than a day."""
        has_time = self.start_time is not None or self.end_time is not None
        if has_time and (self.from_allocation_id is not None or self.order_id is not None):
            raise errors.bad_combination()
        check_day(self.start_time, self.end_time)


class Allocation(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """What a routed order got from one match."""

    symbol: str
    allocation_id: int
    allocation_type: str
    order_id: int
    order_list_id: int
    price: str
    qty: str
    quote_qty: str
    commission: str
    commission_asset: str
    time: int
    is_buyer: bool
    is_maker: bool
    is_allocator: bool


NEW_ROUTED: Final = Endpoint(
    "POST",
    "/api/v3/sor/order",
    summary="Place an order that is filled from all books of a pool.",
    parameters=RoutedOrderParameters,
    response=(FilledOrder, PlacedOrder, Acknowledgement),
    sbe_message=sbe_messages.NEW_ORDER,
    weight=1,
    security=Security.TRADE,
    websocket_method="sor.order.place",
    is_listed_over_websocket=True,
    is_free_when_successful=True,
)
TEST_ROUTED: Final = Endpoint(
    "POST",
    "/api/v3/sor/order/test",
    summary="Check such an order without placing it.",
    parameters=RoutedOrderTestParameters,
    response=(Pong, OrderRates),
    sbe_message=sbe_messages.TEST_ORDER,
    weight=lambda parameters: 20 if parameters.compute_commission_rates else 1,
    security=Security.TRADE,
    websocket_method="sor.order.test",
    urgency=Urgency.READ,
)
ALLOCATIONS: Final = Endpoint(
    "GET",
    "/api/v3/myAllocations",
    summary="List what the account's routed orders on a symbol got.",
    parameters=AllocationsParameters,
    response=list[Allocation],
    sbe_message="AccountAllocationsResponse",
    weight=20,
    security=Security.USER_DATA,
    websocket_method="myAllocations",
)


class RoutedOrders:
    """Submits routed orders to the core, and reads what they got."""

    def __init__(self, runtime: Runtime, history: History, counts: OrderCounts) -> None:
        self._runtime = runtime
        self._history = history
        self._counts = counts
        self._client_order_ids = ClientOrderIds()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(NEW_ROUTED, self.place),
            Route(TEST_ROUTED, self.test),
            Route(ALLOCATIONS, self.allocations),
        ]

    async def place(self, call: Call, parameters: RoutedOrderParameters) -> NewOrderReply:
        """Place an order and say what became of it."""
        command = await self._command(call, parameters)
        admit_counted(call, self._runtime, self._counts, command.account)
        outcome = await submit_counted(call, self._runtime, self._counts, command)
        return new_order(call, self._runtime.catalog, outcome, parameters.new_order_resp_type or ResponseType.FULL)

    async def test(self, call: Call, parameters: RoutedOrderTestParameters) -> bytes | OrderRates:
        """Say whether an order is well formed and passes the filters. What only matching finds is not looked at."""
        command = await self._command(call, parameters)
        try:
            await self._runtime.ask(TestOrder(command))
        except CommandRefused as refused:
            if not refusals.is_of_matching(refused.rejection):
                raise refusals.of_new_order(refused.rejection) from refused
        if not parameters.compute_commission_rates:
            return b"{}"
        return await order_rates(self._runtime, command.account, command.symbol, command.order.side)

    async def allocations(self, call: Call, parameters: AllocationsParameters) -> list[Allocation]:
        """List allocations, oldest first."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        found = await self._history.allocations(
            account,
            symbol.id,
            order_id=parameters.order_id,
            from_id=parameters.from_allocation_id,
            start_us=parameters.start_time,
            end_us=parameters.end_time,
            limit=parameters.limit,
        )
        return [self._shown(call, symbol.name, each) for each in found]

    async def _command(self, call: Call, parameters: RoutedOrderParameters) -> PlaceOrder:
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        client_order_id = parameters.new_client_order_id or self._client_order_ids.draw()
        return PlaceOrder(account, symbol.id, parameters.new_order(client_order_id), is_routed=True)

    def _shown(self, call: Call, symbol: str, found: AllocationRecord) -> Allocation:
        return Allocation(
            symbol,
            found.allocation_id,
            "SOR",
            found.order_id,
            NO_ORDER_LIST,
            found.price,
            found.quantity,
            found.quote_quantity,
            found.fee,
            self._runtime.catalog.asset(found.fee_asset).name,
            call.time(found.allocated_at_us),
            found.is_buyer,
            False,
            False,
        )
