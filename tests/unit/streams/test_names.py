"""Stream names, as the documentation spells them, and what is told to who spells them otherwise."""

import pytest

from rialto.streams.names import OFFSET_S, Kind, Topic, UnknownStream, parse_sbe_stream_name, parse_stream_name
from rialto.wire.vocabulary import INTERVALS
from tests.unit.streams.served import find_symbol

ETH = 1


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("ethusdt@trade", Topic(Kind.TRADE, ETH)),
        ("ethusdt@aggTrade", Topic(Kind.AGGREGATED_TRADE, ETH)),
        ("ethusdt@depth", Topic(Kind.DEPTH, ETH)),
        ("ethusdt@depth@100ms", Topic(Kind.DEPTH, ETH, fast=True)),
        ("ethusdt@depth5", Topic(Kind.PARTIAL_DEPTH, ETH, levels=5)),
        ("ethusdt@depth10@100ms", Topic(Kind.PARTIAL_DEPTH, ETH, fast=True, levels=10)),
        ("ethusdt@depth20", Topic(Kind.PARTIAL_DEPTH, ETH, levels=20)),
        ("ethusdt@bookTicker", Topic(Kind.BOOK_TICKER, ETH)),
        ("ethusdt@kline_1m", Topic(Kind.CANDLE, ETH, interval="1m")),
        ("ethusdt@kline_1M@+08:00", Topic(Kind.CANDLE, ETH, interval="1M", offset_s=OFFSET_S)),
        ("ethusdt@miniTicker", Topic(Kind.MINI_TICKER, ETH)),
        ("ethusdt@ticker", Topic(Kind.TICKER, ETH)),
        ("ethusdt@avgPrice", Topic(Kind.AVERAGE_PRICE, ETH)),
        ("!miniTicker@arr", Topic(Kind.ALL_MINI_TICKERS)),
        ("ethusdt@ticker_1h", Topic(Kind.WINDOW_TICKER, ETH, interval="1h")),
        ("ethusdt@ticker_1d", Topic(Kind.WINDOW_TICKER, ETH, interval="1d")),
        ("!ticker_4h@arr", Topic(Kind.ALL_WINDOW_TICKERS, interval="4h")),
        ("ethusdt@blockTrade", Topic(Kind.BLOCK_TRADE, ETH)),
        ("ethusdt@referencePrice", Topic(Kind.REFERENCE_PRICE, ETH)),
    ],
)
def test_documented_names(name: str, topic: Topic) -> None:
    assert parse_stream_name(name, find_symbol) == topic


@pytest.mark.parametrize("interval", INTERVALS)
def test_every_interval(interval: str) -> None:
    assert parse_stream_name(f"btcusdt@kline_{interval}", find_symbol).interval == interval


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "unknown stream ``, expected `<symbol>@<type>` such as `btcusdt@trade`"),
        ("btcusdt", "unknown stream `btcusdt`, expected `<symbol>@<type>` such as `btcusdt@trade`"),
        ("@trade", "unknown stream `@trade`, expected `<symbol>@<type>` such as `btcusdt@trade`"),
        ("btcusdt@", "unknown stream `btcusdt@`, expected `<symbol>@<type>` such as `btcusdt@trade`"),
        ("BTCUSDT@trade", "symbol of stream `BTCUSDT@trade` must be lowercase: `btcusdt`"),
        ("dogeusdt@trade", "unknown symbol `DOGEUSDT` in stream `dogeusdt@trade`"),
        ("btcusdt@trades", "unknown stream type `trades` in stream `btcusdt@trades`"),
        ("btcusdt@trade@100ms", "unknown stream type `trade@100ms` in stream `btcusdt@trade@100ms`"),
        ("btcusdt@depth@", "unknown stream type `depth@` in stream `btcusdt@depth@`"),
        ("btcusdt@depth@250ms", "unknown stream type `depth@250ms` in stream `btcusdt@depth@250ms`"),
        ("btcusdt@depth7", "unknown depth `7` in stream `btcusdt@depth7`, expected 5, 10 or 20 levels"),
        ("btcusdt@depth\u0665", "unknown depth `\u0665` in stream `btcusdt@depth\u0665`, expected 5, 10 or 20 levels"),
        (
            "btcusdt@kline_1m@+09:00",
            "unknown time zone `+09:00` in stream `btcusdt@kline_1m@+09:00`, expected +08:00",
        ),
        (
            "btcusdt@ticker_2h",
            "unknown window `2h` in stream `btcusdt@ticker_2h`, expected one of 1h, 4h, 1d",
        ),
        ("!ticker_@arr", "unknown window `` in stream `!ticker_@arr`, expected one of 1h, 4h, 1d"),
        ("!ticker_1h", "unknown stream `!ticker_1h`, expected `<symbol>@<type>` such as `btcusdt@trade`"),
        ("b" * 129, "stream name of 129 characters is longer than 128"),
    ],
)
def test_other_names(name: str, message: str) -> None:
    with pytest.raises(UnknownStream) as refusal:
        parse_stream_name(name, find_symbol)
    assert str(refusal.value) == message


def test_an_unknown_interval_is_answered_with_the_known() -> None:
    with pytest.raises(UnknownStream, match=r"unknown interval `7m` .* 1s, 1m, 3m, .* 1w, 1M"):
        parse_stream_name("btcusdt@kline_7m", find_symbol)


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("ethusdt@trade", Topic(Kind.SBE_TRADES, ETH)),
        ("ethusdt@bestBidAsk", Topic(Kind.SBE_BEST_BID_ASK, ETH)),
        ("ethusdt@depth", Topic(Kind.SBE_DEPTH, ETH)),
        ("ethusdt@depth20", Topic(Kind.SBE_PARTIAL_DEPTH, ETH, levels=20)),
    ],
)
def test_names_of_sbe_streams(name: str, topic: Topic) -> None:
    assert parse_sbe_stream_name(name, find_symbol) == topic


@pytest.mark.parametrize("rest", ["aggTrade", "depth5", "depth@100ms", "depth20@50ms", "bookTicker", "kline_1m", "x"])
def test_names_that_only_json_streams_have(rest: str) -> None:
    with pytest.raises(UnknownStream, match="expected one of trade, bestBidAsk, depth, depth20"):
        parse_sbe_stream_name(f"ethusdt@{rest}", find_symbol)
    for name in ("!miniTicker@arr", "ETHUSDT@trade", "nosuch@trade", f"{'a' * 200}@trade"):
        with pytest.raises(UnknownStream):
            parse_sbe_stream_name(name, find_symbol)
