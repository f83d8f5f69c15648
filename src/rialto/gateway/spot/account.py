"""What an account holds and did: balances, orders, trades. What is live is asked of the core, the past of history."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.commands import OrderReference
from rialto.contracts.queries import Balances, BalancesAnswer, OpenOrder, OpenOrders, OrdersAnswer
from rialto.contracts.rejections import UnknownOrder
from rialto.contracts.vocabulary import AccountClass, OrderState, Rates
from rialto.core.catalog import Catalog
from rialto.core.errors import CommandRefused
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.limits import LimitUse
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.router import Route
from rialto.gateway.spot.commissions import CommissionRates, commission_rates
from rialto.gateway.spot.order_replies import QueriedOrder, queried_order
from rialto.gateway.spot.parameters import (
    LIMIT_DEFAULT,
    ClientOrderId,
    EndTime,
    Identifier,
    Limit,
    StartTime,
    SymbolName,
    check_day,
    find_symbol,
)
from rialto.projections.history import History
from rialto.projections.records import ListedFill
from rialto.wire import errors, refusals
from rialto.wire.decimals import ZERO, to_units
from rialto.wire.endpoints import Endpoint, Security
from rialto.wire.errors import ErrorCode
from rialto.wire.kinds import Boolean
from rialto.wire.orders import NO_ORDER_LIST
from rialto.wire.parameters import NoParameters, Parameters

_BASIS_POINT: Final = 10_000
"""Units of 1e-8 in one basis point of a rate."""


class AccountParameters(Parameters, frozen=True):
    """Whether assets the account has none of are left out."""

    omit_zero_balances: Annotated[bool, Boolean()] = False


class AssetBalance(msgspec.Struct, frozen=True, gc=False):
    """What an account has of an asset."""

    asset: str
    free: str
    locked: str


class AccountInfo(msgspec.Struct, frozen=True, rename="camel"):
    """An account. Commissions are its own where a symbol has no others for it, or else the highest of any symbol.

    `update_time` is when a balance last changed, 0 if none ever did.
    """

    maker_commission: int
    taker_commission: int
    buyer_commission: int
    seller_commission: int
    commission_rates: CommissionRates
    can_trade: bool
    can_withdraw: bool
    can_deposit: bool
    brokered: bool
    require_self_trade_prevention: bool
    prevent_sor: bool
    update_time: int
    account_type: str
    balances: list[AssetBalance]
    permissions: list[str]
    uid: int


class QueryOrderParameters(Parameters, frozen=True):
    """Which order."""

    symbol: SymbolName
    order_id: Identifier | None = None
    orig_client_order_id: ClientOrderId | None = None

    def check(self) -> None:
        """Refuse a query of nothing."""
        if self.order_id is None and self.orig_client_order_id is None:
            raise errors.one_of("origClientOrderId", "orderId")


class OpenOrdersParameters(Parameters, frozen=True):
    """On which symbol; on all without one."""

    symbol: SymbolName | None = None


class AllOrdersParameters(Parameters, frozen=True):
    """Which orders, from which on or when."""

    symbol: SymbolName
    order_id: Identifier | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Limit = LIMIT_DEFAULT

    def check(self) -> None:
        """Refuse ranges longer than a day."""
        check_day(self.start_time, self.end_time)


class MyTradesParameters(Parameters, frozen=True):
    """Which trades, of which order, from which on or when."""

    symbol: SymbolName
    order_id: Identifier | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    from_id: Identifier | None = None
    limit: Limit = LIMIT_DEFAULT

    def check(self) -> None:
        """Refuse times together with ids, and ranges longer than a day."""
        is_timed = self.start_time is not None or self.end_time is not None
        if is_timed and (self.order_id is not None or self.from_id is not None):
            raise errors.bad_combination()
        check_day(self.start_time, self.end_time)


class AccountTrade(msgspec.Struct, frozen=True, rename="camel", gc=False):
    """The account's side of a trade."""

    symbol: str
    id: int
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
    is_best_match: bool


def _open_orders_weight(parameters: OpenOrdersParameters) -> int:
    return 80 if parameters.symbol is None else 6


def _my_trades_weight(parameters: MyTradesParameters) -> int:
    return 20 if parameters.order_id is None else 5


ACCOUNT: Final = Endpoint(
    "GET",
    "/api/v3/account",
    summary="Show the account and its balances.",
    parameters=AccountParameters,
    response=AccountInfo,
    sbe_message="AccountResponse",
    weight=20,
    security=Security.USER_DATA,
    websocket_method="account.status",
)
QUERY_ORDER: Final = Endpoint(
    "GET",
    "/api/v3/order",
    summary="Show an order.",
    parameters=QueryOrderParameters,
    response=QueriedOrder,
    sbe_message="OrderResponse",
    weight=4,
    security=Security.USER_DATA,
    websocket_method="order.status",
)
OPEN_ORDERS: Final = Endpoint(
    "GET",
    "/api/v3/openOrders",
    summary="List open orders.",
    parameters=OpenOrdersParameters,
    response=list[QueriedOrder],
    sbe_message="OrdersResponse",
    weight=_open_orders_weight,
    weight_when_refused=6,
    security=Security.USER_DATA,
    websocket_method="openOrders.status",
)
ALL_ORDERS: Final = Endpoint(
    "GET",
    "/api/v3/allOrders",
    summary="List orders on a symbol, whatever became of them.",
    parameters=AllOrdersParameters,
    response=list[QueriedOrder],
    sbe_message="OrdersResponse",
    weight=20,
    security=Security.USER_DATA,
    websocket_method="allOrders",
)
MY_TRADES: Final = Endpoint(
    "GET",
    "/api/v3/myTrades",
    summary="List the account's trades on a symbol.",
    parameters=MyTradesParameters,
    response=list[AccountTrade],
    sbe_message="AccountTradesResponse",
    weight=_my_trades_weight,
    weight_when_refused=5,
    security=Security.USER_DATA,
    websocket_method="myTrades",
)
ORDER_COUNTS: Final = Endpoint(
    "GET",
    "/api/v3/rateLimit/order",
    summary="Show how many unfilled orders the account has placed per interval.",
    parameters=NoParameters,
    response=list[LimitUse],
    sbe_message="AccountOrderRateLimitResponse",
    weight=40,
    security=Security.USER_DATA,
    websocket_method="account.rateLimits.orders",
)


class Account:
    """Reads accounts."""

    def __init__(self, runtime: Runtime, history: History, counts: OrderCounts) -> None:
        self._runtime = runtime
        self._history = history
        self._counts = counts
        self._highest: tuple[int, Rates] | None = None

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(ACCOUNT, self.account),
            Route(QUERY_ORDER, self.order),
            Route(OPEN_ORDERS, self.open_orders),
            Route(ALL_ORDERS, self.all_orders),
            Route(MY_TRADES, self.my_trades),
            Route(ORDER_COUNTS, self.order_counts),
        ]

    async def account(self, call: Call, parameters: AccountParameters) -> AccountInfo:
        """Show the account: every asset the exchange has, or those it holds."""
        answer = await self._runtime.ask(Balances(await self._account(call)))
        assert isinstance(answer, BalancesAnswer)
        held = {balance.asset: balance for balance in answer.balances}
        balances = []
        for asset in self._runtime.catalog.assets:
            balance = held.get(asset.id)
            free, locked = (ZERO, ZERO) if balance is None else (balance.free, balance.locked)
            if not parameters.omit_zero_balances or free != ZERO or locked != ZERO:
                balances.append(AssetBalance(asset.name, free, locked))
        rates = self._highest_rates() if answer.commission is None else answer.commission.standard
        return AccountInfo(
            maker_commission=_basis_points(rates.maker),
            taker_commission=_basis_points(rates.taker),
            buyer_commission=_basis_points(rates.buyer),
            seller_commission=_basis_points(rates.seller),
            commission_rates=commission_rates(rates),
            can_trade=True,
            can_withdraw=True,
            can_deposit=True,
            brokered=False,
            require_self_trade_prevention=False,
            prevent_sor=False,
            update_time=call.time(answer.changed_at_us),
            account_type="SPOT",
            balances=balances,
            permissions=["SPOT"],
            uid=call.owner,
        )

    async def order(self, call: Call, parameters: QueryOrderParameters) -> QueriedOrder:
        """Show an order: an open one as it stands now, another as it ended.

        Raises `ApiError`: -2013 if there is none; -2039 if no order has both the ids given.
        """
        account = await self._account(call)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        order_id, client_order_id = parameters.order_id, parameters.orig_client_order_id
        found: OrderState | None
        try:
            answer = await self._runtime.ask(OpenOrder(account, symbol.id, OrderReference(order_id, client_order_id)))
            assert isinstance(answer, OrdersAnswer)
            found = answer.orders[0]
        except CommandRefused as refused:
            if not isinstance(refused.rejection, UnknownOrder):
                raise refusals.of_query(refused.rejection) from refused
            found = await self._history.order(account, symbol.id, order_id=order_id, client_order_id=client_order_id)
        if found is None:
            is_either = order_id is None or client_order_id is None
            raise (ErrorCode.NO_SUCH_ORDER if is_either else ErrorCode.CLIENT_ORDER_ID_INVALID).error()
        return queried_order(call, self._runtime.catalog, found)

    async def open_orders(self, call: Call, parameters: OpenOrdersParameters) -> list[QueriedOrder]:
        """List open orders, oldest first within a symbol."""
        account = await self._account(call)
        name = parameters.symbol
        symbol = None if name is None else find_symbol(self._runtime.catalog, name).id
        answer = await self._runtime.ask(OpenOrders(account, symbol))
        assert isinstance(answer, OrdersAnswer)
        return self._queried(call, answer.orders)

    async def all_orders(self, call: Call, parameters: AllOrdersParameters) -> list[QueriedOrder]:
        """List orders, oldest first."""
        account = await self._account(call)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        orders = await self._history.orders(
            account,
            symbol.id,
            from_order_id=parameters.order_id,
            start_us=parameters.start_time,
            end_us=parameters.end_time,
            limit=parameters.limit,
        )
        return self._queried(call, orders)

    async def my_trades(self, call: Call, parameters: MyTradesParameters) -> list[AccountTrade]:
        """List trades, oldest first."""
        account = await self._account(call)
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        fills = await self._history.fills(
            account,
            symbol.id,
            order_id=parameters.order_id,
            from_trade_id=parameters.from_id,
            start_us=parameters.start_time,
            end_us=parameters.end_time,
            limit=parameters.limit,
        )
        return [account_trade(call, self._runtime.catalog, fill) for fill in fills]

    async def order_counts(self, call: Call, _parameters: NoParameters) -> list[LimitUse]:
        """Show unfilled order counts."""
        return self._counts.counts(await self._account(call), self._runtime.now_us())

    async def _account(self, call: Call) -> int:
        return await self._runtime.account_of(call.owner, AccountClass.SPOT)

    def _queried(self, call: Call, orders: list[OrderState] | tuple[OrderState, ...]) -> list[QueriedOrder]:
        catalog = self._runtime.catalog
        return [queried_order(call, catalog, order) for order in orders]

    def _highest_rates(self) -> Rates:
        """Return what is paid at most on any symbol; worked out anew when the catalogue has changed."""
        catalog = self._runtime.catalog
        if self._highest is None or self._highest[0] != catalog.version:
            listed = [symbol.spec.commission.standard for symbol in catalog.symbols] or [Rates()]
            highest = Rates(
                maker=max((rates.maker for rates in listed), key=to_units),
                taker=max((rates.taker for rates in listed), key=to_units),
                buyer=max((rates.buyer for rates in listed), key=to_units),
                seller=max((rates.seller for rates in listed), key=to_units),
            )
            self._highest = (catalog.version, highest)
        return self._highest[1]


def account_trade(call: Call, catalog: Catalog, fill: ListedFill) -> AccountTrade:
    """Write an account's side of a trade."""
    return AccountTrade(
        catalog.symbol(fill.symbol).name,
        fill.trade_id,
        fill.order_id,
        NO_ORDER_LIST if fill.list_id is None else fill.list_id,
        fill.price,
        fill.quantity,
        fill.quote_quantity,
        fill.fee,
        catalog.asset(fill.fee_asset).name,
        call.time(fill.traded_at_us),
        fill.is_buyer,
        fill.is_maker,
        True,
    )


def _basis_points(rate: str) -> int:
    return to_units(rate) // _BASIS_POINT
