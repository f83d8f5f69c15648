"""Market data as the core's market views state it: pushed updates and the answers to synchronous reads."""

import msgspec


class Level(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A price level of a book: its price and what rests there (zero: the level is gone)."""

    price: str
    quantity: str


class DepthSnapshot(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A book as of `last_update_id`, best levels first."""

    last_update_id: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class DepthUpdate(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What changed in a book from `first_update_id` to `last_update_id`, both included."""

    symbol: int
    first_update_id: int
    last_update_id: int
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class RecentTrade(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A trade as the public sees it."""

    trade_id: int
    price: str
    quantity: str
    quote_quantity: str
    traded_at_us: int
    buyer_is_maker: bool


class Candle(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Open, high, low, close and volumes of one interval; `closes_at_us` is the first microsecond after it.

    An interval without trades carries the previous close in all four prices, zero volumes and trade ids of 0.
    """

    opened_at_us: int
    closes_at_us: int
    open: str
    high: str
    low: str
    close: str
    volume: str
    quote_volume: str
    trades: int
    taker_buy_volume: str
    taker_buy_quote_volume: str
    first_trade_id: int
    last_trade_id: int


class CandleChanged(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A candle that changed since last asked."""

    symbol: int
    interval: str
    candle: Candle


class TickerStatistics(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A symbol over the last 24 hours, to the minute. Without trades: zero prices, and trade ids of 0."""

    symbol: int
    opened_at_us: int
    closed_at_us: int
    open: str
    high: str
    low: str
    last: str
    last_quantity: str
    previous_close: str
    weighted_average: str
    volume: str
    quote_volume: str
    first_trade_id: int
    last_trade_id: int
    trades: int
    bid_price: str
    bid_quantity: str
    ask_price: str
    ask_quantity: str


class BookTickerChanged(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """The best bid or ask of a book changed. A side without orders has price and quantity zero."""

    symbol: int
    update_id: int
    bid_price: str
    bid_quantity: str
    ask_price: str
    ask_quantity: str


class TradesAggregated(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """Trades of one incoming order at one price, as one."""

    symbol: int
    aggregate_id: int
    price: str
    quantity: str
    first_trade_id: int
    last_trade_id: int
    traded_at_us: int
    buyer_is_maker: bool


class CandleClosed(msgspec.Struct, frozen=True, array_like=True, gc=False, tag=True):
    """A candle's interval is over, seen at the symbol's first trade after it. Only candles with trades are stated."""

    symbol: int
    interval: str
    candle: Candle


MarketUpdate = BookTickerChanged | TradesAggregated | CandleClosed
