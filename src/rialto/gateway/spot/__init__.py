"""The spot family of the API over REST, `/api/v3`: declarations beside their handlers, one module a subject."""

from typing import Any

from rialto.core.runtime import Runtime
from rialto.gateway.limits import RateLimits
from rialto.gateway.order_counts import OrderCounts
from rialto.gateway.router import Route
from rialto.gateway.spot.account import Account
from rialto.gateway.spot.account_filters import FiltersOfAccount
from rialto.gateway.spot.amendments import Amendments
from rialto.gateway.spot.block_trades import BlockTrades
from rialto.gateway.spot.candles import Candles
from rialto.gateway.spot.commissions import Commissions
from rialto.gateway.spot.exchange_info import ExchangeInfo
from rialto.gateway.spot.execution_rules import ExecutionRulesAndPrices
from rialto.gateway.spot.general import General
from rialto.gateway.spot.market_data import MarketData
from rialto.gateway.spot.order_changes import OrderChanges
from rialto.gateway.spot.order_list_queries import OrderListQueries
from rialto.gateway.spot.order_lists import OrderLists
from rialto.gateway.spot.orders import Orders
from rialto.gateway.spot.past import Past
from rialto.gateway.spot.prevented_matches import PreventedMatches
from rialto.gateway.spot.routed_orders import RoutedOrders
from rialto.gateway.spot.tickers import Tickers
from rialto.gateway.spot.window_tickers import WindowTickers
from rialto.projections.history import History


def spot_routes(runtime: Runtime, history: History, limits: RateLimits, counts: OrderCounts) -> list[Route[Any]]:
    """List every route of the spot family. `counts` must listen to the runtime's outcomes."""
    return [
        *General(runtime.now_us).routes(),
        *ExchangeInfo(runtime, limits).routes(),
        *ExecutionRulesAndPrices(runtime).routes(),
        *MarketData(runtime, history).routes(),
        *Candles(runtime, history).routes(),
        *BlockTrades(runtime, history).routes(),
        *Tickers(runtime).routes(),
        *WindowTickers(runtime, history).routes(),
        *Orders(runtime, counts).routes(),
        *OrderChanges(runtime, counts).routes(),
        *Amendments(runtime, history).routes(),
        *OrderLists(runtime, counts).routes(),
        *OrderListQueries(runtime, history).routes(),
        *RoutedOrders(runtime, history, counts).routes(),
        *Account(runtime, history, counts).routes(),
        *Past(runtime, history).routes(),
        *Commissions(runtime).routes(),
        *FiltersOfAccount(runtime).routes(),
        *PreventedMatches(runtime, history).routes(),
    ]
