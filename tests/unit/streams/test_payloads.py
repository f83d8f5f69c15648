"""Every message, letter by letter: names, order, and the form of numbers are what clients parse."""

from rialto.contracts.events import Fill, TradeExecuted
from rialto.contracts.market import (
    BookTickerChanged,
    Candle,
    DepthSnapshot,
    DepthUpdate,
    Level,
    TickerStatistics,
    TradesAggregated,
)
from rialto.contracts.vocabulary import OrderStatus, Side
from rialto.streams import payloads, ticker_payloads
from rialto.streams.framing import TimeUnit, text_frame

TIME_US = 1_672_515_782_136_789
MILLI, MICRO = TimeUnit.MILLISECOND, TimeUnit.MICROSECOND
ZERO = "0.00000000"


def executed(taker_side: Side) -> TradeExecuted:
    fill = Fill(7, 20, "100.00000000", "0.10000000", OrderStatus.FILLED, ZERO, 1)
    return TradeExecuted(0, 12345, "0.00100000", "100.00000000", "0.10000000", taker_side, fill, fill)


STATISTICS = TickerStatistics(
    symbol=0,
    opened_at_us=1_672_429_380_000_000,
    closed_at_us=TIME_US,
    open="0.00100000",
    high="0.00250000",
    low="0.00100000",
    last="0.00250000",
    last_quantity="10.00000000",
    previous_close="0.00090000",
    weighted_average="0.00180000",
    volume="10000.00000000",
    quote_volume="18.00000000",
    first_trade_id=1,
    last_trade_id=18150,
    trades=18150,
    bid_price="0.00240000",
    bid_quantity="10.00000000",
    ask_price="0.00260000",
    ask_quantity="100.00000000",
)
QUIET = TickerStatistics(0, 60_000_000, 120_000_000, *[ZERO] * 9, 0, 0, 0, *[ZERO] * 4)  # type: ignore[arg-type, call-arg]


def test_trade() -> None:
    assert payloads.trade(executed(Side.SELL), "BNBBTC", TIME_US, MILLI) == (
        b'{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.00100000","q":"100.00000000",'
        b'"T":1672515782136,"m":true,"M":true}'
    )
    assert payloads.trade(executed(Side.BUY), "BNBBTC", TIME_US, MICRO) == (
        b'{"e":"trade","E":1672515782136789,"s":"BNBBTC","t":12345,"p":"0.00100000","q":"100.00000000",'
        b'"T":1672515782136789,"m":false,"M":true}'
    )


def test_aggregated_trade() -> None:
    aggregated = TradesAggregated(0, 12345, "0.00100000", "100.00000000", 100, 105, TIME_US - 1000, True)
    assert payloads.aggregated_trade(aggregated, "BNBBTC", TIME_US, MILLI) == (
        b'{"e":"aggTrade","E":1672515782136,"s":"BNBBTC","a":12345,"p":"0.00100000","q":"100.00000000",'
        b'"f":100,"l":105,"T":1672515782135,"m":true,"M":true}'
    )


def test_depth() -> None:
    update = DepthUpdate(0, 157, 160, (Level("0.00240000", "10.00000000"),), (Level("0.00260000", ZERO),))
    assert payloads.depth(update, "BNBBTC", TIME_US, MILLI) == (
        b'{"e":"depthUpdate","E":1672515782136,"s":"BNBBTC","U":157,"u":160,'
        b'"b":[["0.00240000","10.00000000"]],"a":[["0.00260000","0.00000000"]]}'
    )


def test_partial_depth() -> None:
    snapshot = DepthSnapshot(160, (Level("0.00240000", "10.00000000"),), ())
    assert payloads.partial_depth(snapshot) == (b'{"lastUpdateId":160,"bids":[["0.00240000","10.00000000"]],"asks":[]}')


def test_book_ticker() -> None:
    changed = BookTickerChanged(0, 400900217, "25.35190000", "31.21000000", "25.36520000", "40.66000000")
    assert payloads.book_ticker(changed, "BNBUSDT") == (
        b'{"u":400900217,"s":"BNBUSDT","b":"25.35190000","B":"31.21000000","a":"25.36520000","A":"40.66000000"}'
    )


def test_candle() -> None:
    figures = Candle(
        1_672_515_780_000_000, 1_672_515_840_000_000, "0.00100000", "0.00250000", "0.00100000", "0.00200000",
        "1000.00000000", "1.00000000", 100, "500.00000000", "0.50000000", 100, 200,
    )  # fmt: skip
    assert payloads.candle(figures, "BNBBTC", "1m", TIME_US, MILLI, is_closed=False) == (
        b'{"e":"kline","E":1672515782136,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","i":"1m",'
        b'"f":100,"L":200,"o":"0.00100000","c":"0.00200000","h":"0.00250000","l":"0.00100000","v":"1000.00000000",'
        b'"n":100,"x":false,"q":"1.00000000","V":"500.00000000","Q":"0.50000000","B":"0"}}'
    )
    closed = payloads.candle(figures, "BNBBTC", "1m", TIME_US, MICRO, is_closed=True)
    assert b'"t":1672515780000000,"T":1672515839999999,' in closed
    assert b'"x":true' in closed


def test_a_candle_without_trades_has_no_trade_ids() -> None:
    figures = Candle(
        0, 60_000_000, "2.00000000", "2.00000000", "2.00000000", "2.00000000", ZERO, ZERO, 0, ZERO, ZERO, 0, 0
    )
    assert b'"f":-1,"L":-1,' in payloads.candle(figures, "BNBBTC", "1m", 60_000_000, MILLI, is_closed=True)


MINI = (
    b'{"e":"24hrMiniTicker","E":1672515782136,"s":"BNBBTC","c":"0.00250000","o":"0.00100000","h":"0.00250000",'
    b'"l":"0.00100000","v":"10000.00000000","q":"18.00000000"}'
)


def test_mini_tickers() -> None:
    assert ticker_payloads.mini_ticker(STATISTICS, "BNBBTC", TIME_US, MILLI) == MINI
    both = ticker_payloads.mini_tickers([(STATISTICS, "BNBBTC"), (STATISTICS, "BNBBTC")], TIME_US, MILLI)
    assert both == b"[" + MINI + b"," + MINI + b"]"


def test_ticker() -> None:
    assert ticker_payloads.ticker(STATISTICS, "BNBBTC", TIME_US, MILLI) == (
        b'{"e":"24hrTicker","E":1672515782136,"s":"BNBBTC","p":"0.00150000","P":"150.000","w":"0.00180000",'
        b'"x":"0.00090000","c":"0.00250000","Q":"10.00000000","b":"0.00240000","B":"10.00000000","a":"0.00260000",'
        b'"A":"100.00000000","o":"0.00100000","h":"0.00250000","l":"0.00100000","v":"10000.00000000",'
        b'"q":"18.00000000","O":1672429380000,"C":1672515782136,"F":1,"L":18150,"n":18150}'
    )


def test_a_ticker_without_trades() -> None:
    quiet = ticker_payloads.ticker(QUIET, "BNBBTC", TIME_US, MILLI)
    assert b'"p":"0.00000000","P":"0.000",' in quiet
    assert quiet.endswith(b'"O":60000,"C":120000,"F":-1,"L":-1,"n":0}')


def test_average_price() -> None:
    assert ticker_payloads.average_price("25776.86000000", TIME_US - 1_000_000, "BTCUSDT", TIME_US, MILLI) == (
        b'{"e":"avgPrice","E":1672515782136,"s":"BTCUSDT","i":"5m","w":"25776.86000000","T":1672515781136}'
    )


def test_frames_state_their_length() -> None:
    assert text_frame(b"x" * 125)[:3] == b"\x81\x7dx"
    assert text_frame(b"x" * 126)[:5] == b"\x81\x7e\x00\x7ex"
    assert text_frame(b"x" * 65_535)[:5] == b"\x81\x7e\xff\xffx"
    assert text_frame(b"x" * 65_536)[:11] == b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00x"
