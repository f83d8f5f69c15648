"""Every kind of stream, compared with what REST says of the same market."""

import asyncio
import socket
from pathlib import Path
from typing import Any

import msgspec
import pytest

from rialto.contracts.commands import ReportBlockTrade, SetReferencePrice
from rialto.contracts.symbol_rules import Reference, ReferenceMethod, SymbolRules
from rialto.contracts.vocabulary import Side
from rialto.streams.limits import StreamLimits
from tests.exchange import BTCUSDT, limit
from tests.streams import ACCOUNTS, Streaming, collect, eventually, streaming, trade_at_random

ALL = "/stream?streams=" + "/".join(
    f"btcusdt@{kind}"
    for kind in (
        "trade", "aggTrade", "bookTicker", "depth5", "depth20@100ms", "miniTicker", "ticker", "avgPrice",
        "kline_1m", "kline_1d@+08:00",
    )
)  # fmt: skip


async def gather(exchange: Streaming, path: str, orders: int) -> dict[str, list[Any]]:
    """Read streams while orders are placed, and until everything is said; return the messages of each."""
    messages: dict[str, list[Any]] = {}
    async with exchange.connect(path) as client:
        async with asyncio.timeout(20):
            await trade_at_random(exchange.runtime, orders, seed=7, pause_s=0.002)
        end = asyncio.get_running_loop().time() + 3.2
        while (left_s := end - asyncio.get_running_loop().time()) > 0:
            try:
                async with asyncio.timeout(left_s):
                    message = msgspec.json.decode(await client.recv())
            except TimeoutError:
                break
            messages.setdefault(message["stream"], []).append(message["data"])
    return messages


async def test_streams_and_rest_say_the_same(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        said = await gather(exchange, f"{ALL}/!miniTicker@arr", orders=300)
        symbol = {"symbol": "BTCUSDT"}

        trades = await exchange.get("/api/v3/trades", **symbol, limit=1000)
        assert len(trades) > 20
        assert [(t["id"], t["price"], t["qty"], t["time"], t["isBuyerMaker"]) for t in trades] == [
            (t["t"], t["p"], t["q"], t["T"], t["m"]) for t in said["btcusdt@trade"]
        ]
        aggregated = await exchange.get("/api/v3/aggTrades", **symbol, limit=1000)
        assert aggregated == [
            {name: trade[name] for name in ("a", "p", "q", "f", "l", "T", "m", "M")}
            for trade in said["btcusdt@aggTrade"]
        ]
        best = await exchange.get("/api/v3/ticker/bookTicker", **symbol)
        names = ("symbol", "bidPrice", "bidQty", "askPrice", "askQty")
        assert [best[name] for name in names] == [said["btcusdt@bookTicker"][-1][key] for key in "sbBaA"]
        for levels, stream in ((5, "btcusdt@depth5"), (20, "btcusdt@depth20@100ms")):
            assert said[stream][-1] == await exchange.get("/api/v3/depth", **symbol, limit=levels)

        await check_candles(exchange, said)
        await check_statistics(exchange, said)


async def check_candles(exchange: Streaming, said: dict[str, list[Any]]) -> None:
    order = ("t", "o", "h", "l", "c", "v", "T", "q", "n", "V", "Q", "B")
    for stream, interval, zone in (("btcusdt@kline_1m", "1m", "0"), ("btcusdt@kline_1d@+08:00", "1d", "8")):
        last = [message["k"] for message in said[stream] if message["k"]["n"]][-1]
        rest = await exchange.get(
            "/api/v3/klines", symbol="BTCUSDT", interval=interval, timeZone=zone, startTime=last["t"], limit=1
        )
        assert [last[name] for name in order] == rest[0]
        assert last["L"] - last["f"] + 1 == last["n"]


async def check_statistics(exchange: Streaming, said: dict[str, list[Any]]) -> None:
    day = await exchange.get("/api/v3/ticker/24hr", symbol="BTCUSDT")
    ticker = said["btcusdt@ticker"][-1]
    names = {
        "p": "priceChange", "P": "priceChangePercent", "w": "weightedAvgPrice", "x": "prevClosePrice",
        "c": "lastPrice", "Q": "lastQty", "b": "bidPrice", "B": "bidQty", "a": "askPrice", "A": "askQty",
        "o": "openPrice", "h": "highPrice", "l": "lowPrice", "v": "volume", "q": "quoteVolume", "F": "firstId",
        "L": "lastId", "n": "count",
    }  # fmt: skip
    assert {key: ticker[key] for key in names} == {key: day[name] for key, name in names.items()}
    mini = said["btcusdt@miniTicker"][-1]
    assert {key: mini[key] for key in "cohlvq"} == {key: ticker[key] for key in "cohlvq"}
    assert said["!miniTicker@arr"][-1] == [mini]
    average = said["btcusdt@avgPrice"][-1]
    rest = await exchange.get("/api/v3/avgPrice", symbol="BTCUSDT")
    assert (average["w"], average["T"]) == (rest["price"], rest["closeTime"])


async def test_every_second_is_closed_once_traded_or_not(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        await trade_at_random(exchange.runtime, 100, seed=3)
        async with exchange.connect("/ws/btcusdt@kline_1s") as client:
            trading = asyncio.create_task(trade_at_random(exchange.runtime, 150, seed=4, pause_s=0.01))
            messages = await collect(client, lambda message: trading.done() and message["k"]["n"] == 0)
            messages += await collect(client, lambda message: message["k"]["x"] is True)
        closed = [message["k"] for message in messages if message["k"]["x"]]
        opened = [candle["t"] for candle in closed]
        assert opened == list(range(opened[0], opened[-1] + 1, 1000))
        assert closed[-1]["n"] == 0
        assert closed[-1]["o"] == closed[-1]["c"] == closed[-2]["c"]
        rest = await exchange.get(
            "/api/v3/klines", symbol="BTCUSDT", interval="1s", startTime=opened[0], limit=len(opened)
        )
        assert [[k["t"], k["o"], k["c"], k["v"], k["n"]] for k in closed] == [[*r[:2], r[4], r[5], r[8]] for r in rest]


async def test_times_are_told_in_the_unit_asked_for(tmp_path: Path) -> None:
    async with (
        streaming(tmp_path) as exchange,
        exchange.connect("/ws/btcusdt@trade?timeUnit=MICROSECOND") as precise,
        exchange.connect("/ws/btcusdt@trade") as plain,
    ):
        await exchange.runtime.submit(limit(ACCOUNTS[0], Side.SELL, "10000", "1", "a"))
        outcome = await exchange.runtime.submit(limit(ACCOUNTS[1], Side.BUY, "10000", "1", "b"))
        told = msgspec.json.decode(await precise.recv())
        assert told["E"] == told["T"] == outcome.time_us
        assert told["m"] is False
        assert msgspec.json.decode(await plain.recv()) == told | {"E": told["E"] // 1000, "T": told["T"] // 1000}


async def test_a_quiet_book_is_shown_to_who_asks_for_its_levels(tmp_path: Path) -> None:
    async with streaming(tmp_path) as exchange:
        await exchange.runtime.submit(limit(ACCOUNTS[0], Side.SELL, "10000", "1", "a"))
        await asyncio.sleep(0.3)
        async with exchange.connect("/ws/btcusdt@depth5@100ms") as client, asyncio.timeout(5):
            levels = msgspec.json.decode(await client.recv())
        assert levels["asks"] == [["10000.00000000", "1.00000000"]]


async def test_reported_trades_and_told_prices_are_streamed(tmp_path: Path) -> None:
    rules = SymbolRules(reference=Reference(ReferenceMethod.EXTERNAL))
    async with (
        streaming(tmp_path, rules=rules) as exchange,
        exchange.connect("/ws/btcusdt@blockTrade/btcusdt@referencePrice") as client,
    ):
        # No price was told yet: nothing is said of it, and what is said first is the trade.
        await asyncio.sleep(1.2)
        reported = await exchange.runtime.submit(ReportBlockTrade(BTCUSDT, "9000", "2", Side.SELL))
        trade = (await collect(client, lambda _message: True))[0]
        time = reported.time_us // 1000
        assert trade == {
            "e": "blockTrade",
            "E": time,
            "s": "BTCUSDT",
            "t": 1,
            "p": "9000.00000000",
            "q": "2.00000000",
            "T": time,
            "m": True,
        }
        for price in ("9100.00000000", None):
            told = await exchange.runtime.submit(SetReferencePrice(BTCUSDT, price))
            message = {"e": "referencePrice", "s": "BTCUSDT", "r": price, "t": told.time_us // 1000}
            assert await collect(client, message.__eq__)
            # Who comes later is told what holds.
            async with exchange.connect("/ws/btcusdt@referencePrice") as late:
                assert await collect(late, lambda _message: True) == [message]


async def test_windows_say_what_rest_says(tmp_path: Path) -> None:
    streams = "btcusdt@ticker_1h/btcusdt@ticker_4h/btcusdt@ticker_1d/!ticker_1h@arr"
    async with streaming(tmp_path) as exchange, exchange.connect(f"/stream?streams={streams}") as client:
        await asyncio.sleep(1.1)
        await trade_at_random(exchange.runtime, 40, seed=3)
        rest = await exchange.get("/api/v3/ticker", symbol="BTCUSDT", windowSize="1h")
        said: dict[str, Any] = {}
        # What was said while it was traded is followed by what is said of the end.
        while len(said) < 4:
            message = msgspec.json.decode(await client.recv())
            newest = message["data"][0] if isinstance(message["data"], list) else message["data"]
            if newest["L"] == rest["lastId"]:
                said[message["stream"]] = message["data"]
        hour = said["btcusdt@ticker_1h"]
        assert said["!ticker_1h@arr"] == [hour]
        names = (
            *("symbol", "priceChange", "priceChangePercent", "openPrice", "highPrice", "lowPrice", "lastPrice"),
            *("weightedAvgPrice", "volume", "quoteVolume", "firstId", "lastId", "count"),
        )
        keys = ("s", "p", "P", "o", "h", "l", "c", "w", "v", "q", "F", "L", "n")
        assert [rest[name] for name in names] == [hour[key] for key in keys]
        for window, seconds in (("1h", 3_600), ("4h", 14_400), ("1d", 86_400)):
            data = said[f"btcusdt@ticker_{window}"]
            assert data["e"] == f"{window}Ticker"
            assert data["O"] % 60_000 == 0
            assert seconds * 1_000 <= data["C"] - data["O"] < (seconds + 60) * 1_000
            assert data["E"] == data["C"]
        # Nothing changed since, so nothing is said, unless a minute has begun.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                while True:
                    repeated = msgspec.json.decode(await client.recv())["data"]
                    first = repeated[0] if isinstance(repeated, list) else repeated
                    assert first["O"] != hour["O"], repeated


async def test_a_slow_reader_is_cut_off_and_others_go_on(tmp_path: Path) -> None:
    path = "/stream?streams=btcusdt@trade/btcusdt@aggTrade/btcusdt@bookTicker/btcusdt@depth@100ms"
    async with (
        streaming(tmp_path, StreamLimits(backlog_bytes_max=50_000)) as exchange,
        exchange.connect(path) as quick,
    ):
        with socket.create_connection(("127.0.0.1", exchange.port)) as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            slow.sendall(
                f"GET {path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
            )
            # Let the system hold little for it, so that a test need not fill megabytes.
            await eventually(lambda: len(exchange.hub.connections) == 2)
            for reader in exchange.hub.connections._members:
                reader._socket.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)  # type: ignore[attr-defined]
            read = asyncio.create_task(collect(quick, lambda message: message["data"].get("t") == -1, timeout=120))
            seed = 0
            while not exchange.hub.connections.counters.slow_readers:
                seed += 1
                assert seed < 100, "the slow reader was never cut off"
                await asyncio.gather(*(trade_at_random(exchange.runtime, 50, 100 * seed + i) for i in range(20)))
            read.cancel()
        assert len(exchange.hub.connections) == 1
        async with exchange.connect("/ws/btcusdt@trade") as another:
            await trade_at_random(exchange.runtime, 20, seed=9_999)
            assert msgspec.json.decode(await another.recv())["e"] == "trade"
