"""Orders that depend on each other: placing lists of them, and taking these back."""

from typing import Any, Final

from rialto.contracts.commands import CancelOrderList, ListReference
from rialto.contracts.vocabulary import AccountClass
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.router import Route
from rialto.gateway.spot import sbe_messages
from rialto.gateway.spot.client_order_ids import ClientOrderIds
from rialto.gateway.spot.counted import admit_counted, submit_counted
from rialto.gateway.spot.order_list_parameters import (
    FormerOcoParameters,
    OcoParameters,
    OpocoParameters,
    OpoParameters,
    OrderListParameters,
    OtocoParameters,
    OtoParameters,
)
from rialto.gateway.spot.order_list_replies import CanceledOrderList, PlacedOrderList, canceled_lists, placed_list
from rialto.gateway.spot.parameters import ClientOrderId, Identifier, SymbolName, find_symbol
from rialto.wire import errors, refusals
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.parameters import Parameters


class CancelListParameters(Parameters, frozen=True):
    """Which list to cancel."""

    symbol: SymbolName
    order_list_id: Identifier | None = None
    list_client_order_id: ClientOrderId | None = None
    new_client_order_id: ClientOrderId | None = None

    def check(self) -> None:
        """Refuse a cancel of nothing."""
        if self.order_list_id is None and self.list_client_order_id is None:
            raise errors.one_of("orderListId", "listClientOrderId")


def _placing(
    path: str, parameters: type[OrderListParameters], method: str, summary: str
) -> Endpoint[OrderListParameters]:
    return Endpoint(
        "POST",
        path,
        summary=summary,
        parameters=parameters,
        response=PlacedOrderList,
        sbe_message=sbe_messages.new_list,
        weight=1,
        security=Security.TRADE,
        websocket_method=method,
        is_free_when_successful=True,
    )


NEW_OCO: Final = _placing(
    "/api/v3/orderList/oco", OcoParameters, "orderList.place.oco", "Place two orders of which one cancels the other."
)
NEW_OTO: Final = _placing(
    "/api/v3/orderList/oto",
    OtoParameters,
    "orderList.place.oto",
    "Place an order that places another when it is filled.",
)
NEW_OTOCO: Final = _placing(
    "/api/v3/orderList/otoco",
    OtocoParameters,
    "orderList.place.otoco",
    "Place an order that places two others when it is filled, of which one cancels the other.",
)
NEW_OPO: Final = _placing(
    "/api/v3/orderList/opo",
    OpoParameters,
    "orderList.place.opo",
    "Place an order that another sells what it bought of.",
)
NEW_OPOCO: Final = _placing(
    "/api/v3/orderList/opoco",
    OpocoParameters,
    "orderList.place.opoco",
    "Place an order that two others sell what it bought of, of which one cancels the other.",
)
FORMER_OCO: Final = _placing(
    "/api/v3/order/oco", FormerOcoParameters, "orderList.place", "Place a limit order and a stop order as an OCO."
)
CANCEL_LIST: Final = Endpoint(
    "DELETE",
    "/api/v3/orderList",
    summary="Cancel every order of a list.",
    parameters=CancelListParameters,
    response=CanceledOrderList,
    sbe_message="CancelOrderListResponse",
    weight=1,
    security=Security.TRADE,
    websocket_method="orderList.cancel",
    is_free_when_successful=True,
)
PLACINGS: Final = (NEW_OCO, NEW_OTO, NEW_OTOCO, NEW_OPO, NEW_OPOCO, FORMER_OCO)


class OrderLists:
    """Submits lists and their cancels to the core."""

    def __init__(self, runtime: Runtime, counts: OrderCounts) -> None:
        self._runtime = runtime
        self._counts = counts
        self._client_order_ids = ClientOrderIds()

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [*(Route(placing, self.place) for placing in PLACINGS), Route(CANCEL_LIST, self.cancel)]

    async def place(self, call: Call, parameters: OrderListParameters) -> PlacedOrderList:
        """Place a list and say what became of its orders. Each of them counts."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        command = parameters.command(account, symbol.id, self._client_order_ids)
        admit_counted(call, self._runtime, self._counts, account, len(command.orders))
        outcome = await submit_counted(call, self._runtime, self._counts, command)
        return placed_list(call, self._runtime.catalog, outcome, parameters.response_type)

    async def cancel(self, call: Call, parameters: CancelListParameters) -> CanceledOrderList:
        """Cancel a list. Raises `ApiError` -2011 if there is none."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        reference = ListReference(parameters.order_list_id, parameters.list_client_order_id)
        cancel_id = parameters.new_client_order_id or self._client_order_ids.draw()
        call.check_window()
        try:
            outcome = await self._runtime.submit(CancelOrderList(account, symbol.id, reference, cancel_id))
        except CommandRefused as refused:
            raise refusals.of_cancel(refused.rejection) from refused
        return canceled_lists(call, self._runtime.catalog, outcome, cancel_id)[0]
