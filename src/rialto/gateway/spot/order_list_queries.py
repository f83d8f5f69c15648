"""Looking order lists up: one, all, those that are open."""

from typing import Any, Final

from rialto.contracts.queries import OpenOrderLists, OrderListsAnswer
from rialto.contracts.vocabulary import AccountClass
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.order_list_replies import OrderList, queried_list
from rialto.gateway.spot.parameters import (
    LIMIT_DEFAULT,
    ClientOrderId,
    EndTime,
    Identifier,
    Limit,
    StartTime,
    check_day,
)
from rialto.projections.history import History
from rialto.projections.records import NamedOrderList
from rialto.wire import errors
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.parameters import NoParameters, Parameters


class QueryListParameters(Parameters, frozen=True):
    """Which list."""

    order_list_id: Identifier | None = None
    orig_client_order_id: ClientOrderId | None = None

    def check(self) -> None:
        """Refuse a question about none."""
        if self.order_list_id is None and self.orig_client_order_id is None:
            raise errors.one_of("orderListId", "origClientOrderId")


class AllListsParameters(Parameters, frozen=True):
    """Which lists: from one on, or within a day."""

    from_id: Identifier | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Limit = LIMIT_DEFAULT

    def check(self) -> None:
        """Refuse an id and a time together, and more than a day."""
        if self.from_id is not None and (self.start_time is not None or self.end_time is not None):
            raise errors.bad_combination()
        check_day(self.start_time, self.end_time)


QUERY_LIST: Final = Endpoint(
    "GET",
    "/api/v3/orderList",
    summary="Show an order list.",
    parameters=QueryListParameters,
    response=OrderList,
    sbe_message="OrderListResponse",
    weight=4,
    security=Security.USER_DATA,
    websocket_method="orderList.status",
)
ALL_LISTS: Final = Endpoint(
    "GET",
    "/api/v3/allOrderList",
    summary="List the account's order lists.",
    parameters=AllListsParameters,
    response=list[OrderList],
    sbe_message="OrderListsResponse",
    weight=20,
    security=Security.USER_DATA,
    websocket_method="allOrderLists",
)
OPEN_LISTS: Final = Endpoint(
    "GET",
    "/api/v3/openOrderList",
    summary="List the account's open order lists.",
    parameters=NoParameters,
    response=list[OrderList],
    sbe_message="OrderListsResponse",
    weight=6,
    security=Security.USER_DATA,
    websocket_method="openOrderLists.status",
)


class OrderListQueries:
    """Reads order lists: what they are from history, whether they go on from the core."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(QUERY_LIST, self.order_list),
            Route(ALL_LISTS, self.all_order_lists),
            Route(OPEN_LISTS, self.open_order_lists),
        ]

    async def order_list(self, call: Call, parameters: QueryListParameters) -> OrderList:
        """Show a list. Raises `ApiError` -2013 if there is none."""
        account = await self._account(call)
        found = await self._history.order_list(
            account, list_id=parameters.order_list_id, client_order_id=parameters.orig_client_order_id
        )
        if found is None:
            raise ErrorCode.NO_SUCH_ORDER.error()
        return (await self._shown(call, account, [found]))[0]

    async def all_order_lists(self, call: Call, parameters: AllListsParameters) -> list[OrderList]:
        """List lists, oldest first."""
        account = await self._account(call)
        found = await self._history.order_lists(
            account,
            from_id=parameters.from_id,
            start_us=parameters.start_time,
            end_us=parameters.end_time,
            limit=parameters.limit,
        )
        return await self._shown(call, account, found)

    async def open_order_lists(self, call: Call, _parameters: NoParameters) -> list[OrderList]:
        """List open lists, oldest first."""
        account = await self._account(call)
        found = await self._history.these_order_lists(account, sorted(await self._open(account)))
        return await self._shown(call, account, found)

    async def _account(self, call: Call) -> int:
        return await self._runtime.account_of(call.owner, AccountClass.SPOT)

    async def _open(self, account: int) -> set[int]:
        answer = await self._runtime.ask(OpenOrderLists(account))
        assert isinstance(answer, OrderListsAnswer)
        return {state.list_id for state in answer.lists}

    async def _shown(self, call: Call, account: int, found: list[NamedOrderList]) -> list[OrderList]:
        still_open = await self._open(account)
        catalog = self._runtime.catalog
        return [queried_list(call, catalog, each, is_open=each.list_id in still_open) for each in found]
