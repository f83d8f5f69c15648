"""Placing and canceling orders."""

from typing import Any, Final

from rialto.contracts.commands import CancelAllOrders, CancelOrder, OrderReference, PlaceOrder
from rialto.contracts.events import OrderCanceled, Outcome
from rialto.contracts.queries import TestOrder
from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.router import Route
from rialto.gateway.spot import sbe_messages
from rialto.gateway.spot.client_order_ids import ClientOrderIds
from rialto.gateway.spot.commissions import OrderRates, order_rates
from rialto.gateway.spot.counted import admit_counted, submit_counted
from rialto.gateway.spot.general import Pong
from rialto.gateway.spot.order_list_replies import CanceledOrderList, canceled_lists
from rialto.gateway.spot.order_parameters import (
    CancelAllParameters,
    CancelParameters,
    NewOrderParameters,
    OrderTestParameters,
)
from rialto.gateway.spot.order_replies import (
    Acknowledgement,
    CanceledOrder,
    FilledOrder,
    NewOrderReply,
    PlacedOrder,
    canceled_order,
    new_order,
)
from rialto.gateway.spot.parameters import find_symbol
from rialto.wire import refusals
from rialto.wire.endpoints import Endpoint, ListOf, Security, Urgency

NEW_ORDER: Final = Endpoint(
    "POST",
    "/api/v3/order",
    summary="Place an order.",
    parameters=NewOrderParameters,
    response=(FilledOrder, PlacedOrder, Acknowledgement),
    sbe_message=sbe_messages.NEW_ORDER,
    weight=1,
    security=Security.TRADE,
    websocket_method="order.place",
    is_free_when_successful=True,
)
TEST_ORDER: Final = Endpoint(
    "POST",
    "/api/v3/order/test",
    summary="Check an order without placing it.",
    parameters=OrderTestParameters,
    response=(Pong, OrderRates),
    sbe_message=sbe_messages.TEST_ORDER,
    weight=lambda parameters: 20 if parameters.compute_commission_rates else 1,
    security=Security.TRADE,
    websocket_method="order.test",
    urgency=Urgency.READ,
)
CANCEL_ORDER: Final = Endpoint(
    "DELETE",
    "/api/v3/order",
    summary="Cancel an open order.",
    parameters=CancelParameters,
    response=(CanceledOrder, CanceledOrderList),
    sbe_message=sbe_messages.CANCEL_ORDER,
    weight=1,
    security=Security.TRADE,
    websocket_method="order.cancel",
    is_free_when_successful=True,
)
CANCEL_ALL: Final = Endpoint(
    "DELETE",
    "/api/v3/openOrders",
    summary="Cancel every open order on a symbol.",
    parameters=CancelAllParameters,
    response=ListOf(CanceledOrder, CanceledOrderList),
    sbe_message="CancelOpenOrdersResponse",
    weight=1,
    security=Security.TRADE,
    websocket_method="openOrders.cancelAll",
    is_free_when_successful=True,
)


class Orders:
    """Submits orders and cancels to the core."""

    def __init__(self, runtime: Runtime, counts: OrderCounts) -> None:
        self._runtime = runtime
        self._counts = counts
        self._client_order_ids = ClientOrderIds()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(NEW_ORDER, self.place),
            Route(TEST_ORDER, self.test),
            Route(CANCEL_ORDER, self.cancel),
            Route(CANCEL_ALL, self.cancel_all),
        ]

    async def place(self, call: Call, parameters: NewOrderParameters) -> NewOrderReply:
        """Place an order and say what became of it."""
        command = await self._command(call, parameters)
        admit_counted(call, self._runtime, self._counts, command.account)
        outcome = await submit_counted(call, self._runtime, self._counts, command)
        return new_order(call, self._runtime.catalog, outcome, parameters.response_type)

    async def test(self, call: Call, parameters: OrderTestParameters) -> bytes | OrderRates:
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

    async def cancel(self, call: Call, parameters: CancelParameters) -> CanceledOrder | CanceledOrderList:
        """Cancel an order; with one of a list, the list."""
        account = await self._account(call)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        reference = OrderReference(parameters.order_id, parameters.orig_client_order_id)
        cancel_id = parameters.new_client_order_id or self._client_order_ids.draw()
        command = CancelOrder(account, symbol.id, reference, parameters.cancel_restrictions, cancel_id)
        return self._canceled(call, await self._submit_cancel(call, command), cancel_id)[0]

    async def cancel_all(self, call: Call, parameters: CancelAllParameters) -> list[CanceledOrder | CanceledOrderList]:
        """Cancel every open order on a symbol: those that stand alone, then the lists."""
        account = await self._account(call)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        cancel_id = parameters.cancel_id or self._client_order_ids.draw()
        outcome = await self._submit_cancel(call, CancelAllOrders(account, symbol.id, cancel_id))
        return self._canceled(call, outcome, cancel_id)

    async def _command(self, call: Call, parameters: NewOrderParameters) -> PlaceOrder:
        account = await self._account(call)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        client_order_id = parameters.new_client_order_id or self._client_order_ids.draw()
        return PlaceOrder(account, symbol.id, parameters.new_order(client_order_id))

    async def _account(self, call: Call) -> int:
        return await self._runtime.account_of(call.owner, AccountClass.SPOT)

    async def _submit_cancel(self, call: Call, command: CancelOrder | CancelAllOrders) -> Outcome:
        call.check_window()
        try:
            return await self._runtime.submit(command)
        except CommandRefused as refused:
            raise refusals.of_cancel(refused.rejection) from refused

    def _canceled(self, call: Call, outcome: Outcome, cancel_id: str) -> list[CanceledOrder | CanceledOrderList]:
        catalog = self._runtime.catalog
        alone = [
            canceled_order(call, catalog, event.order, cancel_id, outcome.time_us)
            for event in outcome.events
            if isinstance(event, OrderCanceled) and event.order.list_id is None
        ]
        return [*alone, *canceled_lists(call, catalog, outcome, cancel_id)]
