"""Messages of market streams, in the documented spelling: field names, their order, and numbers as strings.

Pure: figures of the core in, JSON out. Times are rounded down to the client's unit; a candle's close time is the last
moment within it. What never traded has trade ids of -1, as the API states it.
"""

from typing import Final

import msgspec
from msgspec import field

from rialto.contracts.events import BlockTradeReported, TradeExecuted
from rialto.contracts.market import (
    BookTickerChanged,
    Candle,
    DepthSnapshot,
    DepthUpdate,
    Level,
    TradesAggregated,
)
from rialto.contracts.vocabulary import Side
from rialto.streams.framing import TimeUnit

NO_TRADE_ID: Final = -1

encode: Final = msgspec.json.Encoder().encode


class Message(msgspec.Struct, kw_only=True):
    """What every event begins with."""

    event_type: str = field(name="e")
    event_time: int = field(name="E")
    symbol: str = field(name="s")


class _Trade(Message, kw_only=True):
    trade_id: int = field(name="t")
    price: str = field(name="p")
    quantity: str = field(name="q")
    traded_at: int = field(name="T")
    buyer_is_maker: bool = field(name="m")
    ignored: bool = field(name="M", default=True)


class _BlockTrade(Message, kw_only=True):
    block_trade_id: int = field(name="t")
    price: str = field(name="p")
    quantity: str = field(name="q")
    traded_at: int = field(name="T")
    buyer_is_maker: bool = field(name="m")


class _ReferencePrice(msgspec.Struct, kw_only=True):
    event_type: str = field(name="e")
    symbol: str = field(name="s")
    price: str | None = field(name="r")
    valid_at: int = field(name="t")


class _AggregatedTrade(Message, kw_only=True):
    aggregate_id: int = field(name="a")
    price: str = field(name="p")
    quantity: str = field(name="q")
    first_trade_id: int = field(name="f")
    last_trade_id: int = field(name="l")
    traded_at: int = field(name="T")
    buyer_is_maker: bool = field(name="m")
    ignored: bool = field(name="M", default=True)


class _Depth(Message, kw_only=True):
    first_update_id: int = field(name="U")
    last_update_id: int = field(name="u")
    bids: tuple[Level, ...] = field(name="b")
    asks: tuple[Level, ...] = field(name="a")


class _PartialDepth(msgspec.Struct):
    last_update_id: int = field(name="lastUpdateId")
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]


class _BookTicker(msgspec.Struct):
    update_id: int = field(name="u")
    symbol: str = field(name="s")
    bid_price: str = field(name="b")
    bid_quantity: str = field(name="B")
    ask_price: str = field(name="a")
    ask_quantity: str = field(name="A")


class _CandleFigures(msgspec.Struct, kw_only=True):
    opened_at: int = field(name="t")
    closed_at: int = field(name="T")
    symbol: str = field(name="s")
    interval: str = field(name="i")
    first_trade_id: int = field(name="f")
    last_trade_id: int = field(name="L")
    open: str = field(name="o")
    close: str = field(name="c")
    high: str = field(name="h")
    low: str = field(name="l")
    volume: str = field(name="v")
    trades: int = field(name="n")
    is_closed: bool = field(name="x")
    quote_volume: str = field(name="q")
    taker_buy_volume: str = field(name="V")
    taker_buy_quote_volume: str = field(name="Q")
    ignored: str = field(name="B", default="0")


class _Candle(Message, kw_only=True):
    candle: _CandleFigures = field(name="k")


def trade(executed: TradeExecuted, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode a trade, as of the time of its command."""
    time = unit.of(time_us)
    return encode(
        _Trade(
            event_type="trade",
            event_time=time,
            symbol=symbol,
            trade_id=executed.trade_id,
            price=executed.price,
            quantity=executed.quantity,
            traded_at=time,
            buyer_is_maker=executed.taker_side is Side.SELL,
        )
    )


def aggregated_trade(aggregated: TradesAggregated, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode the trades of one incoming order at one price."""
    return encode(
        _AggregatedTrade(
            event_type="aggTrade",
            event_time=unit.of(time_us),
            symbol=symbol,
            aggregate_id=aggregated.aggregate_id,
            price=aggregated.price,
            quantity=aggregated.quantity,
            first_trade_id=aggregated.first_trade_id,
            last_trade_id=aggregated.last_trade_id,
            traded_at=unit.of(aggregated.traded_at_us),
            buyer_is_maker=aggregated.buyer_is_maker,
        )
    )


def depth(update: DepthUpdate, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode what changed in a book."""
    return encode(
        _Depth(
            event_type="depthUpdate",
            event_time=unit.of(time_us),
            symbol=symbol,
            first_update_id=update.first_update_id,
            last_update_id=update.last_update_id,
            bids=update.bids,
            asks=update.asks,
        )
    )


def partial_depth(snapshot: DepthSnapshot) -> bytes:
    """Encode the best levels of a book."""
    return encode(_PartialDepth(snapshot.last_update_id, snapshot.bids, snapshot.asks))


def book_ticker(changed: BookTickerChanged, symbol: str) -> bytes:
    """Encode the best bid and ask."""
    return encode(
        _BookTicker(
            changed.update_id,
            symbol,
            changed.bid_price,
            changed.bid_quantity,
            changed.ask_price,
            changed.ask_quantity,
        )
    )


def candle(figures: Candle, symbol: str, interval: str, time_us: int, unit: TimeUnit, *, is_closed: bool) -> bytes:
    """Encode a candle."""
    return encode(
        _Candle(
            event_type="kline",
            event_time=unit.of(time_us),
            symbol=symbol,
            candle=_CandleFigures(
                opened_at=unit.of(figures.opened_at_us),
                closed_at=unit.of(figures.closes_at_us - 1),
                symbol=symbol,
                interval=interval,
                first_trade_id=figures.first_trade_id if figures.trades else NO_TRADE_ID,
                last_trade_id=figures.last_trade_id if figures.trades else NO_TRADE_ID,
                open=figures.open,
                close=figures.close,
                high=figures.high,
                low=figures.low,
                volume=figures.volume,
                trades=figures.trades,
                is_closed=is_closed,
                quote_volume=figures.quote_volume,
                taker_buy_volume=figures.taker_buy_volume,
                taker_buy_quote_volume=figures.taker_buy_quote_volume,
            ),
        )
    )


def block_trade(reported: BlockTradeReported, symbol: str, time_us: int, unit: TimeUnit) -> bytes:
    """Encode a trade that was agreed elsewhere."""
    return encode(
        _BlockTrade(
            event_type="blockTrade",
            event_time=unit.of(time_us),
            symbol=symbol,
            block_trade_id=reported.block_trade_id,
            price=reported.price,
            quantity=reported.quantity,
            traded_at=unit.of(time_us),
            buyer_is_maker=reported.taker_side is Side.SELL,
        )
    )


def reference_price(price: str | None, symbol: str, valid_at_us: int, unit: TimeUnit) -> bytes:
    """Encode the reference price as it was at a time; there may be none."""
    return encode(
        _ReferencePrice(event_type="referencePrice", symbol=symbol, price=price, valid_at=unit.of(valid_at_us))
    )
