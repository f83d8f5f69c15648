"""Messages of market streams that tell figures over some time: tickers of every window, averages.

Beside `payloads`, and like it: figures of the core in, JSON out. Changes in percent are rounded half away from zero.
"""

from collections.abc import Iterable
from typing import Final

from msgspec import field

from rialto.contracts.market import Candle, TickerStatistics
from rialto.streams.framing import TimeUnit
from rialto.streams.payloads import NO_TRADE_ID, Message, encode
from rialto.wire.figures import price_change, weighted_average

AVERAGE_INTERVAL: Final = "5m"


class _MiniTicker(Message, kw_only=True):
    last: str = field(name="c")
    open: str = field(name="o")
    high: str = field(name="h")
    low: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")


class _Ticker(Message, kw_only=True):
    change: str = field(name="p")
    change_percent: str = field(name="P")
    weighted_average: str = field(name="w")
    previous_close: str = field(name="x")
    last: str = field(name="c")
    last_quantity: str = field(name="Q")
    bid_price: str = field(name="b")
    bid_quantity: str = field(name="B")
    ask_price: str = field(name="a")
    ask_quantity: str = field(name="A")
    open: str = field(name="o")
    high: str = field(name="h")
    low: str = field(name="l")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")
    opened_at: int = field(name="O")
    closed_at: int = field(name="C")
    first_trade_id: int = field(name="F")
    last_trade_id: int = field(name="L")
    trades: int = field(name="n")


class _WindowTicker(Message, kw_only=True):
    change: str = field(name="p")
    change_percent: str = field(name="P")
    open: str = field(name="o")
    high: str = field(name="h")
    low: str = field(name="l")
    last: str = field(name="c")
    weighted_average: str = field(name="w")
    volume: str = field(name="v")
    quote_volume: str = field(name="q")
    opened_at: int = field(name="O")
    closed_at: int = field(name="C")
    first_trade_id: int = field(name="F")
    last_trade_id: int = field(name="L")
    trades: int = field(name="n")


class _AveragePrice(Message, kw_only=True):
    interval: str = field(name="i")
    price: str = field(name="w")
    last_traded_at: int = field(name="T")


def _mini_ticker(statistics: TickerStatistics, symbol: str, time_us: int, unit: TimeUnit) -> _MiniTicker:
    return _MiniTicker(
        event_type="24hrMiniTicker",
        event_time=unit.of(time_us),
        symbol=symbol,
        last=statistics.last,
        open=statistics.open,
        high=statistics.high,
        low=statistics.low,
        volume=statistics.volume,
        quote_volume=statistics.quote_volume,
    )


def mini_ticker(statistics: TickerStatistics, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode the short statistics of a symbol's last 24 hours."""
    return encode(_mini_ticker(statistics, symbol, time_us, unit))


def mini_tickers(changed: Iterable[tuple[TickerStatistics, str]], time_us: int, unit: TimeUnit) -> bytes:
    """Encode the short statistics of several symbols."""
    return encode([_mini_ticker(statistics, symbol, time_us, unit) for statistics, symbol in changed])


def ticker(statistics: TickerStatistics, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode the statistics of a symbol's last 24 hours; the change in percent is rounded half away from zero."""
    change, change_percent = price_change(statistics.open, statistics.last)
    return encode(
        _Ticker(
            event_type="24hrTicker",
            event_time=unit.of(time_us),
            symbol=symbol,
            change=change,
            change_percent=change_percent,
            weighted_average=statistics.weighted_average,
            previous_close=statistics.previous_close,
            last=statistics.last,
            last_quantity=statistics.last_quantity,
            bid_price=statistics.bid_price,
            bid_quantity=statistics.bid_quantity,
            ask_price=statistics.ask_price,
            ask_quantity=statistics.ask_quantity,
            open=statistics.open,
            high=statistics.high,
            low=statistics.low,
            volume=statistics.volume,
            quote_volume=statistics.quote_volume,
            opened_at=unit.of(statistics.opened_at_us),
            closed_at=unit.of(statistics.closed_at_us),
            first_trade_id=statistics.first_trade_id if statistics.trades else NO_TRADE_ID,
            last_trade_id=statistics.last_trade_id if statistics.trades else NO_TRADE_ID,
            trades=statistics.trades,
        )
    )


def _window_ticker(
    candle: Candle, symbol: str, window: str, opened_at_us: int, time_us: int, unit: TimeUnit
) -> _WindowTicker:
    change, change_percent = price_change(candle.open, candle.close)
    time = unit.of(time_us)
    return _WindowTicker(
        event_type=f"{window}Ticker",
        event_time=time,
        symbol=symbol,
        change=change,
        change_percent=change_percent,
        open=candle.open,
        high=candle.high,
        low=candle.low,
        last=candle.close,
        weighted_average=weighted_average(candle),
        volume=candle.volume,
        quote_volume=candle.quote_volume,
        opened_at=unit.of(opened_at_us),
        closed_at=time,
        first_trade_id=candle.first_trade_id if candle.trades else NO_TRADE_ID,
        last_trade_id=candle.last_trade_id if candle.trades else NO_TRADE_ID,
        trades=candle.trades,
    )


def window_ticker(candle: Candle, symbol: str, window: str, opened_at_us: int, time_us: int, unit: TimeUnit) -> bytes:
    """Encode the statistics of a symbol over a rolling window."""
    return encode(_window_ticker(candle, symbol, window, opened_at_us, time_us, unit))


def window_tickers(
    changed: Iterable[tuple[Candle, str]], window: str, opened_at_us: int, time_us: int, unit: TimeUnit
) -> bytes:
    """Encode the statistics of several symbols over a rolling window."""
    return encode([_window_ticker(candle, name, window, opened_at_us, time_us, unit) for candle, name in changed])


def average_price(price: str, last_traded_at_us: int, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode the average price of the last five minutes."""
    return encode(
        _AveragePrice(
            event_type="avgPrice",
            event_time=unit.of(time_us),
            symbol=symbol,
            interval=AVERAGE_INTERVAL,
            price=price,
            last_traded_at=unit.of(last_traded_at_us),
        )
    )
