"""What a person did on every symbol: orders and trades, newest first, page by page back to the first.

The API's own calls ask for a symbol and list from the oldest; a page that a person reads shows the newest of all. Pages
are asked for by what the one before them said comes next, so that none is missed however much happens meanwhile.
"""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.vocabulary import AccountClass, OrderStatus, Side
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.account import AccountTrade, account_trade
from rialto.gateway.spot.order_replies import QueriedOrder, queried_order
from rialto.gateway.spot.parameters import EndTime, Limit, StartTime, SymbolName, find_symbol
from rialto.projections.history import History
from rialto.projections.pages import FillFilter, OrderFilter
from rialto.wire import errors
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.kinds import Choice, Text
from rialto.wire.parameters import Parameters
from rialto.wire.vocabulary import ORDER_TYPES, SIDES, STATUS_NAMES, OrderTypeName

PAGE: Final = 100
STATUSES: Final = {name: status for status, name in STATUS_NAMES.items()}


class PastParameters(Parameters, frozen=True, kw_only=True):
    """On which symbol, which side, between which times; before which one, as a page before it said."""

    symbol: SymbolName | None = None
    side: Annotated[Side, Choice(SIDES)] | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Limit = PAGE

    def check(self) -> None:
        """Refuse a range that ends before it starts."""
        if self.start_time is not None and self.end_time is not None and self.end_time < self.start_time:
            raise errors.bad_combination()


class PastOrdersParameters(PastParameters, frozen=True, kw_only=True):
    """Which orders."""

    status: Annotated[OrderStatus, Choice(STATUSES)] | None = None
    type: Annotated[OrderTypeName, Choice(OrderTypeName)] | None = None
    before: Annotated[str, Text(r"^\d{1,18}\.\d{1,9}\.\d{1,18}$")] | None = None


class PastTradesParameters(PastParameters, frozen=True, kw_only=True):
    """Which trades."""

    before: Annotated[str, Text(r"^\d{1,18}\.\d{1,9}\.\d{1,18}\.[01]$")] | None = None


class PastOrders(msgspec.Struct, frozen=True):
    """A page of orders; `next` asks for the page after it, null after the last."""

    orders: list[QueriedOrder]
    next: str | None


class PastTrades(msgspec.Struct, frozen=True):
    """A page of trades; `next` asks for the page after it, null after the last."""

    trades: list[AccountTrade]
    next: str | None


PAST_ORDERS: Final = Endpoint(
    "GET",
    "/account/v1/orders",
    summary="List one's orders on every symbol, newest first.",
    parameters=PastOrdersParameters,
    response=PastOrders,
    weight=20,
    security=Security.SESSION,
    refused_with=(503,),
)
PAST_TRADES: Final = Endpoint(
    "GET",
    "/account/v1/trades",
    summary="List one's trades on every symbol, newest first.",
    parameters=PastTradesParameters,
    response=PastTrades,
    weight=20,
    security=Security.SESSION,
    refused_with=(503,),
)
PAST_ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (PAST_ORDERS, PAST_TRADES)


class Past:
    """Lists what a person did."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(PAST_ORDERS, self.orders), Route(PAST_TRADES, self.trades)]

    async def orders(self, call: Call, parameters: PastOrdersParameters) -> PastOrders:
        """List orders, open ones among them."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        wanted = OrderFilter(
            self._symbol(parameters),
            parameters.side,
            parameters.status,
            None if parameters.type is None else ORDER_TYPES[parameters.type],
            parameters.start_time,
            parameters.end_time,
        )
        before = None if parameters.before is None else _three(parameters.before)
        found = (await self._history.orders_before(account, wanted, before, parameters.limit))[::-1]
        last = found[-1] if len(found) == parameters.limit else None
        return PastOrders(
            [queried_order(call, self._runtime.catalog, order) for order in found],
            None if last is None else f"{last.placed_at_us}.{last.symbol}.{last.order_id}",
        )

    async def trades(self, call: Call, parameters: PastTradesParameters) -> PastTrades:
        """List sides of trades."""
        account = await self._runtime.account_of(call.owner, AccountClass.SPOT)
        is_buyer = None if parameters.side is None else parameters.side is Side.BUY
        wanted = FillFilter(self._symbol(parameters), is_buyer, parameters.start_time, parameters.end_time)
        before = None if parameters.before is None else _four(parameters.before)
        found = (await self._history.fills_before(account, wanted, before, parameters.limit))[::-1]
        last = found[-1] if len(found) == parameters.limit else None
        return PastTrades(
            [account_trade(call, self._runtime.catalog, fill) for fill in found],
            None if last is None else f"{last.traded_at_us}.{last.symbol}.{last.trade_id}.{last.is_maker:d}",
        )

    def _symbol(self, parameters: PastParameters) -> int | None:
        return None if parameters.symbol is None else find_symbol(self._runtime.catalog, parameters.symbol).id


def _three(before: str) -> tuple[int, int, int]:
    time, symbol, order = before.split(".")
    return int(time), int(symbol), int(order)


def _four(before: str) -> tuple[int, int, int, int]:
    time, symbol, trade, part = before.split(".")
    return int(time), int(symbol), int(trade), int(part)
