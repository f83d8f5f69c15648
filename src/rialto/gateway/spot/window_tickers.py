"""Tickers of other windows than 24 hours: rolling ones of a minute to seven days, and the trading day of a time zone.

Every window begins with a minute. The core joins what it holds of it, from minutes or, further back than those are
held, from longer candles that begin within it; the few minutes before the first of these are read from history. So the
figures are exact, and what an answer costs depends on the length of the window and not on how much was traded.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated, Any, Final

import msgspec

from rialto.contracts.market import Candle
from rialto.core.catalog import Symbol
from rialto.core.runtime import Runtime
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.gateway.spot import sbe_messages
from rialto.gateway.spot.parameters import SymbolSelection, find_symbol_of_status, select_symbols
from rialto.gateway.spot.tickers import NO_TRADE, MiniTicker, TickerKind
from rialto.projections.history import History
from rialto.wire import errors
from rialto.wire.candle_zones import ZonedInterval, join_candles
from rialto.wire.endpoints import Endpoint
from rialto.wire.errors import ErrorCode
from rialto.wire.figures import price_change, weighted_average
from rialto.wire.kinds import SYMBOLS_RANGE, Choice, Names, UtcOffset
from rialto.wire.vocabulary import TickerType

SYMBOLS_MAX: Final = 100
WEIGHT_OF_SYMBOL: Final = 4
WEIGHT_MAX: Final = 200
MINUTE_US: Final = 60_000_000

WINDOWS_US: Final[Mapping[str, int]] = MappingProxyType(
    {f"{count}m": count * MINUTE_US for count in range(1, 60)}
    | {f"{count}h": count * 60 * MINUTE_US for count in range(1, 24)}
    | {f"{count}d": count * 24 * 60 * MINUTE_US for count in range(1, 8)}
)
"""The sizes of rolling windows, in microseconds, by their names."""


class WindowParameters(SymbolSelection, frozen=True):
    """One symbol or several, and how much of each."""

    symbols: Annotated[tuple[str, ...], Names(SYMBOLS_RANGE, SYMBOLS_MAX)] | None = None
    type: TickerKind = TickerType.FULL

    def check(self) -> None:
        """Refuse both ways of naming symbols at once, and none."""
        super().check()
        if self.symbol is None and self.symbols is None:
            raise errors.one_of("symbol", "symbols")


class RollingParameters(WindowParameters, frozen=True):
    """And how far back."""

    window_size: Annotated[int, Choice(WINDOWS_US)] = WINDOWS_US["1d"]


class TradingDayParameters(WindowParameters, frozen=True):
    """And whose day, in seconds east of UTC."""

    time_zone: Annotated[int, UtcOffset()] = 0


class WindowTicker(msgspec.Struct, frozen=True, rename="camel"):
    """A symbol over a window, with how its price changed."""

    symbol: str
    price_change: str
    price_change_percent: str
    weighted_avg_price: str
    open_price: str
    high_price: str
    low_price: str
    last_price: str
    volume: str
    quote_volume: str
    open_time: int
    close_time: int
    first_id: int
    last_id: int
    count: int


Ticker = WindowTicker | MiniTicker


def _weight(parameters: WindowParameters) -> int:
    count = 1 if parameters.symbols is None else len(parameters.symbols)
    return min(WEIGHT_OF_SYMBOL * count, WEIGHT_MAX)


ROLLING: Final = Endpoint(
    "GET",
    "/api/v3/ticker",
    summary="Show symbols over a rolling window.",
    parameters=RollingParameters,
    response=(WindowTicker, MiniTicker, list[WindowTicker], list[MiniTicker]),
    sbe_message=sbe_messages.ticker("Ticker"),
    weight=_weight,
    weight_when_refused=WEIGHT_OF_SYMBOL,
    websocket_method="ticker",
)
TRADING_DAY: Final = Endpoint(
    "GET",
    "/api/v3/ticker/tradingDay",
    summary="Show symbols over the trading day of a time zone.",
    parameters=TradingDayParameters,
    response=(WindowTicker, MiniTicker, list[WindowTicker], list[MiniTicker]),
    sbe_message=sbe_messages.ticker("Ticker"),
    weight=_weight,
    weight_when_refused=WEIGHT_OF_SYMBOL,
    websocket_method="ticker.tradingDay",
)


class WindowTickers:
    """Reads tickers of windows."""

    def __init__(self, runtime: Runtime, history: History) -> None:
        self._runtime = runtime
        self._history = history

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(ROLLING, self.rolling), Route(TRADING_DAY, self.trading_day)]

    async def rolling(self, call: Call, parameters: RollingParameters) -> Ticker | list[Ticker]:
        """Show windows that end now and begin with the minute that lies one window size ago."""
        now_us = self._runtime.now_us()
        from_us = max(0, now_us - parameters.window_size)
        return await self._answer(call, parameters, from_us - from_us % MINUTE_US, call.time(now_us))

    async def trading_day(self, call: Call, parameters: TradingDayParameters) -> Ticker | list[Ticker]:
        """Show the days that have begun in the zone and end with its midnight."""
        zone = ZonedInterval("1d", parameters.time_zone)
        from_us = max(0, zone.start_of(self._runtime.now_us()))
        return await self._answer(call, parameters, from_us, call.time(zone.next(from_us)) - 1)

    async def _answer(
        self, call: Call, parameters: WindowParameters, from_us: int, close_time: int
    ) -> Ticker | list[Ticker]:
        """Show windows from a minute on. Raises `ApiError` -2016 for a symbol that never traded."""
        catalog = self._runtime.catalog
        symbols: Sequence[Symbol]
        if parameters.symbol is not None:
            symbols = [find_symbol_of_status(catalog, parameters.symbol, parameters.symbol_status)]
        else:
            symbols = select_symbols(catalog, parameters)
        write = _full if parameters.type is TickerType.FULL else _mini
        windows = await self._windows(symbols, from_us)
        open_time = call.time(from_us)
        tickers = [write(symbol.name, windows[symbol.id], open_time, close_time) for symbol in symbols]
        return tickers if parameters.symbol is None else tickers[0]

    async def _windows(self, symbols: Sequence[Symbol], from_us: int) -> dict[int, Candle]:
        """Join everything from a minute on, by symbol."""
        market = self._runtime.market
        held = {symbol.id: market.candle_from(symbol.id, from_us) for symbol in symbols}
        if any(not window.trades and not market.trades(symbol, 1) for symbol, window in held.items()):
            raise ErrorCode.NO_TRADING_WINDOW.error()
        cut = {symbol: window for symbol, window in held.items() if window.opened_at_us > from_us}
        if not cut:
            return held
        # What is held begins within an hour of the window's own beginning, so that this is less than that of minutes.
        end_us = max(window.opened_at_us for window in cut.values()) - 1
        minutes = await self._history.minutes(list(cut), start_us=from_us, end_us=end_us)
        for symbol, window in cut.items():
            before = [minute for minute in minutes.get(symbol, ()) if minute.opened_at_us < window.opened_at_us]
            held[symbol] = join_candles([*before, window], from_us, window.closes_at_us)
        return held


def _full(symbol: str, window: Candle, open_time: int, close_time: int) -> WindowTicker:
    change, change_percent = price_change(window.open, window.close)
    return WindowTicker(
        symbol=symbol,
        price_change=change,
        price_change_percent=change_percent,
        weighted_avg_price=weighted_average(window),
        open_price=window.open,
        high_price=window.high,
        low_price=window.low,
        last_price=window.close,
        volume=window.volume,
        quote_volume=window.quote_volume,
        open_time=open_time,
        close_time=close_time,
        first_id=window.first_trade_id if window.trades else NO_TRADE,
        last_id=window.last_trade_id if window.trades else NO_TRADE,
        count=window.trades,
    )


def _mini(symbol: str, window: Candle, open_time: int, close_time: int) -> MiniTicker:
    return MiniTicker(
        symbol=symbol,
        open_price=window.open,
        high_price=window.high,
        low_price=window.low,
        last_price=window.close,
        volume=window.volume,
        quote_volume=window.quote_volume,
        open_time=open_time,
        close_time=close_time,
        first_id=window.first_trade_id if window.trades else NO_TRADE,
        last_id=window.last_trade_id if window.trades else NO_TRADE,
        count=window.trades,
    )
