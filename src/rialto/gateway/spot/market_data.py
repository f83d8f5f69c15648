"""Public market data of one symbol: its book and its trades, from memory; older trades from history."""

from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.market import Level, RecentTrade, TradesAggregated
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot.parameters import (
    LIMIT_DEFAULT,
    EndTime,
    Identifier,
    Limit,
    StartTime,
    Status,
    SymbolName,
    find_symbol,
    find_symbol_of_status,
)
from rialto.projections.history import History
from rialto.wire import errors
from rialto.wire.decimals import ZERO
from rialto.wire.endpoints import Endpoint
from rialto.wire.figures import AVERAGE_MINUTES, average_price
from rialto.wire.kinds import Integer
from rialto.wire.parameters import Parameters

AGGREGATED_HELD_MAX: Final = 1_000


class DepthParameters(Parameters, frozen=True):
    """Which book, and how many levels a side."""

    symbol: SymbolName
    limit: Annotated[int, Integer(1, 5_000, clamp=True)] = 100
    symbol_status: Status | None = None


class Depth(msgspec.Struct, frozen=True, rename="camel"):
    """A book, best levels first."""

    last_update_id: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class TradesParameters(Parameters, frozen=True):
    """Which trades, and how many."""

    symbol: SymbolName
    limit: Limit = LIMIT_DEFAULT


class HistoricalTradesParameters(Parameters, frozen=True):
    """Which trades, how many, and from which on."""

    symbol: SymbolName
    limit: Limit = LIMIT_DEFAULT
    from_id: Identifier | None = None


class PublicTrade(msgspec.Struct, frozen=True, rename="camel"):
    """A trade as everyone sees it."""

    id: int
    price: str
    qty: str
    quote_qty: str
    time: int
    is_buyer_maker: bool
    is_best_match: bool = True


class AggregatedTradesParameters(Parameters, frozen=True):
    """Which aggregated trades, from which on or when, and how many."""

    symbol: SymbolName
    from_id: Identifier | None = None
    start_time: StartTime | None = None
    end_time: EndTime | None = None
    limit: Limit = LIMIT_DEFAULT

    def check(self) -> None:
        """Refuse an id together with times, and a range that ends before it starts."""
        is_timed = self.start_time is not None or self.end_time is not None
        if self.from_id is not None and is_timed:
            raise errors.bad_combination()
        if self.start_time is not None and self.end_time is not None and self.end_time < self.start_time:
            raise errors.bad_combination()


class AggregatedTrade(msgspec.Struct, frozen=True):
    """Trades of one incoming order at one price."""

    aggregate_id: int = msgspec.field(name="a")
    price: str = msgspec.field(name="p")
    quantity: str = msgspec.field(name="q")
    first_trade_id: int = msgspec.field(name="f")
    last_trade_id: int = msgspec.field(name="l")
    time: int = msgspec.field(name="T")
    is_buyer_maker: bool = msgspec.field(name="m")
    is_best_match: bool = msgspec.field(name="M", default=True)


class AveragePriceParameters(Parameters, frozen=True):
    """Of which symbol."""

    symbol: SymbolName


class AveragePrice(msgspec.Struct, frozen=True, rename="camel"):
    """The volume-weighted price over some minutes, and when the last trade was."""

    mins: int
    price: str
    close_time: int


def _depth_weight(parameters: DepthParameters) -> int:
    limit = parameters.limit
    if limit <= 100:
        return 5
    if limit <= 500:
        return 25
    return 50 if limit <= 1_000 else 250


DEPTH: Final = Endpoint(
    "GET",
    "/api/v3/depth",
    summary="Show the order book of a symbol.",
    parameters=DepthParameters,
    response=Depth,
    sbe_message="DepthResponse",
    weight=_depth_weight,
    weight_when_refused=5,
    websocket_method="depth",
    is_from_memory=True,
)
TRADES: Final = Endpoint(
    "GET",
    "/api/v3/trades",
    summary="List the newest trades of a symbol.",
    parameters=TradesParameters,
    response=list[PublicTrade],
    sbe_message="TradesResponse",
    weight=25,
    websocket_method="trades.recent",
    is_from_memory=True,
)
HISTORICAL_TRADES: Final = Endpoint(
    "GET",
    "/api/v3/historicalTrades",
    summary="List trades of a symbol from an id on.",
    parameters=HistoricalTradesParameters,
    response=list[PublicTrade],
    sbe_message="TradesResponse",
    weight=25,
    websocket_method="trades.historical",
)
AGGREGATED_TRADES: Final = Endpoint(
    "GET",
    "/api/v3/aggTrades",
    summary="List trades of a symbol, those of one order at one price as one.",
    parameters=AggregatedTradesParameters,
    response=list[AggregatedTrade],
    sbe_message="AggTradesResponse",
    weight=4,
    websocket_method="trades.aggregate",
)
AVERAGE_PRICE: Final = Endpoint(
    "GET",
    "/api/v3/avgPrice",
    summary="Show the average price of a symbol over the last minutes.",
    parameters=AveragePriceParameters,
    response=AveragePrice,
    sbe_message="AveragePriceResponse",
    weight=2,
    websocket_method="avgPrice",
    is_from_memory=True,
)


class MarketData:
    """Reads books and trades."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [
            Route(DEPTH, self.depth),
            Route(TRADES, self.trades),
            Route(HISTORICAL_TRADES, self.historical_trades),
            Route(AGGREGATED_TRADES, self.aggregated_trades),
            Route(AVERAGE_PRICE, self.average_price),
        ]

    def depth(self, _call: Call, parameters: DepthParameters) -> Depth:
        """Show a book."""
        symbol = find_symbol_of_status(self._runtime.catalog, parameters.symbol, parameters.symbol_status)
        snapshot = self._runtime.market.depth(symbol.id, parameters.limit)
        return Depth(snapshot.last_update_id, snapshot.bids, snapshot.asks)

    def trades(self, call: Call, parameters: TradesParameters) -> list[PublicTrade]:
        """List the newest trades, oldest first."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        return [_public(call, trade) for trade in self._runtime.market.trades(symbol.id, parameters.limit)]

    async def historical_trades(self, call: Call, parameters: HistoricalTradesParameters) -> list[PublicTrade]:
        """List trades from an id on, oldest first; the newest without one."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        from_id, limit = parameters.from_id, parameters.limit
        market = self._runtime.market
        oldest = market.trades(symbol.id, AGGREGATED_HELD_MAX)[:1] if from_id is not None else []
        if from_id is not None and oldest and from_id < oldest[0].trade_id:
            trades = await self._history.trades(symbol.id, from_id=from_id, limit=limit)
        else:
            trades = market.trades(symbol.id, limit, from_id)
        return [_public(call, trade) for trade in trades]

    async def aggregated_trades(self, call: Call, parameters: AggregatedTradesParameters) -> list[AggregatedTrade]:
        """List aggregated trades, oldest first."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        held = self._runtime.market.aggregated_trades(symbol.id, AGGREGATED_HELD_MAX)
        from_id, start_us, end_us = parameters.from_id, parameters.start_time, parameters.end_time
        has_dropped = bool(held) and held[0].aggregate_id > 1
        if has_dropped and _reaches_before(held[0], from_id, start_us, end_us):
            older = await self._history.aggregated_trades(
                symbol.id, from_id=from_id, start_us=start_us, end_us=end_us, limit=parameters.limit
            )
            return [_aggregated(call, each) for each in older]
        chosen = [
            each
            for each in held
            if (from_id is None or each.aggregate_id >= from_id)
            and (start_us is None or each.traded_at_us >= start_us)
            and (end_us is None or each.traded_at_us <= end_us)
        ]
        is_from_start = from_id is not None or start_us is not None
        page = chosen[: parameters.limit] if is_from_start else chosen[-parameters.limit :]
        return [_aggregated(call, each) for each in page]

    def average_price(self, call: Call, parameters: AveragePriceParameters) -> AveragePrice:
        """Show the volume-weighted price of the last minutes, or the last price when nothing traded in them."""
        symbol = find_symbol(self._runtime.catalog, parameters.symbol)
        market = self._runtime.market
        last = market.trades(symbol.id, 1)
        minutes = market.candles(symbol.id, "1m", start_us=None, end_us=None, limit=AVERAGE_MINUTES)
        price = average_price(minutes) if minutes else ZERO
        return AveragePrice(AVERAGE_MINUTES, price, call.time(last[-1].traded_at_us) if last else 0)


def _reaches_before(oldest: TradesAggregated, from_id: int | None, start_us: int | None, end_us: int | None) -> bool:
    """Tell whether a request covers aggregates older than the oldest held."""
    if from_id is not None:
        return from_id < oldest.aggregate_id
    if start_us is not None:
        return start_us <= oldest.traded_at_us
    return end_us is not None and end_us < oldest.traded_at_us


def _public(call: Call, trade: RecentTrade) -> PublicTrade:
    return PublicTrade(
        trade.trade_id,
        trade.price,
        trade.quantity,
        trade.quote_quantity,
        call.time(trade.traded_at_us),
        trade.buyer_is_maker,
    )


def _aggregated(call: Call, trades: TradesAggregated) -> AggregatedTrade:
    return AggregatedTrade(
        trades.aggregate_id,
        trades.price,
        trades.quantity,
        trades.first_trade_id,
        trades.last_trade_id,
        call.time(trades.traded_at_us),
        trades.buyer_is_maker,
    )
