"""The market streams there are, for people who read about them: name, example, what comes and how often. Pure data.

The names are read by `rialto.streams.names`; a test holds both to each other.
"""

from typing import Final, NamedTuple


class StreamDescription(NamedTuple):
    """A stream: its name with places in angle brackets, one real name, and what is sent."""

    name: str
    example: str
    summary: str
    every: str


STREAMS: Final[tuple[StreamDescription, ...]] = (
    StreamDescription("<symbol>@trade", "btcusdt@trade", "Every trade.", "at once"),
    StreamDescription(
        "<symbol>@aggTrade", "btcusdt@aggTrade", "Trades of one order at one price, together.", "at once"
    ),
    StreamDescription("<symbol>@bookTicker", "btcusdt@bookTicker", "The best bid and ask.", "at once"),
    StreamDescription("<symbol>@depth", "btcusdt@depth", "Changes of the order book.", "1000 ms"),
    StreamDescription("<symbol>@depth@100ms", "btcusdt@depth@100ms", "Changes of the order book.", "100 ms"),
    StreamDescription(
        "<symbol>@depth<levels>", "btcusdt@depth10", "The best 5, 10 or 20 levels of the order book.", "1000 ms"
    ),
    StreamDescription(
        "<symbol>@depth<levels>@100ms",
        "btcusdt@depth20@100ms",
        "The best 5, 10 or 20 levels of the order book.",
        "100 ms",
    ),
    StreamDescription(
        "<symbol>@kline_<interval>", "btcusdt@kline_1m", "The candle that is forming, with days in UTC.", "1000 ms"
    ),
    StreamDescription(
        "<symbol>@kline_<interval>@+08:00",
        "btcusdt@kline_1d@+08:00",
        "The candle that is forming, with days in UTC+8.",
        "1000 ms",
    ),
    StreamDescription("<symbol>@miniTicker", "btcusdt@miniTicker", "Prices and volumes of 24 hours.", "1000 ms"),
    StreamDescription("!miniTicker@arr", "!miniTicker@arr", "The same of every market that changed.", "1000 ms"),
    StreamDescription("<symbol>@ticker", "btcusdt@ticker", "Statistics of 24 hours.", "1000 ms"),
    StreamDescription(
        "<symbol>@ticker_<window>", "btcusdt@ticker_1h", "Statistics of a window of 1h, 4h or 1d.", "1000 ms"
    ),
    StreamDescription("!ticker_<window>@arr", "!ticker_1h@arr", "The same of every market that changed.", "1000 ms"),
    StreamDescription("<symbol>@avgPrice", "btcusdt@avgPrice", "The average price of some minutes.", "1000 ms"),
    StreamDescription("<symbol>@referencePrice", "btcusdt@referencePrice", "The reference price.", "1000 ms"),
    StreamDescription(
        "<symbol>@blockTrade", "btcusdt@blockTrade", "Trades that were agreed outside the book.", "at once"
    ),
)
