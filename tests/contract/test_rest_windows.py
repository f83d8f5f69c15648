"""Tickers of rolling windows and trading days, against every trade there was, in a time that the test sets.

Trading goes on for nine days in steps that leave no minute out where it matters, so that windows reach beyond what
memory holds; and then the exchange is started again, with nothing but its journal and its database.
"""

import gzip
import json
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.commands import ListSymbol
from rialto.foundation.clock import SettableClock
from rialto.replay.recording import OnDamage
from rialto.replay.session import replay
from rialto.wire.decimals import to_units
from tests.exchange import spec
from tests.gateway import Live
from tests.timed import Timed, Trade, timed

ROOT = Path(__file__).resolve().parents[2]
MINUTE_US = 60_000_000
DAY_US = 1_440 * MINUTE_US
MONDAY_US = 1_699_833_600_000_000
"""Midnight, in UTC."""

ROLLING, DAY = "/api/v3/ticker", "/api/v3/ticker/tradingDay"


def expected(trades: list[Trade], from_us: int) -> dict[str, Any]:
    """Reckon what a ticker says of every trade from a time on."""
    window = [trade for trade in trades if trade.at_us >= from_us]
    prices = [trade.price for trade in window]
    volume = sum(trade.quantity for trade in window) * 1_000
    quote = sum(trade.price * trade.quantity * 10 for trade in window)
    change = prices[-1] - prices[0]
    thousandths = abs(Fraction(100_000 * change, prices[0]))
    rounded = int(thousandths + Fraction(1, 2)) * (-1 if change < 0 else 1)
    return {
        "priceChange": decimal(change * 1_000_000),
        "priceChangePercent": decimal(rounded, 3),
        "weightedAvgPrice": decimal(quote * 100_000_000 // volume),
        "openPrice": decimal(prices[0] * 1_000_000),
        "highPrice": decimal(max(prices) * 1_000_000),
        "lowPrice": decimal(min(prices) * 1_000_000),
        "lastPrice": decimal(prices[-1] * 1_000_000),
        "volume": decimal(volume),
        "quoteVolume": decimal(quote),
        "openTime": from_us // 1_000,
        "firstId": window[0].id,
        "lastId": window[-1].id,
        "count": len(window),
    }


def decimal(units: int, places: int = 8) -> str:
    sign, digits = "-" if units < 0 else "", f"{abs(units):0{places + 1}}"
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


async def trade_for_nine_days(exchange: Timed) -> None:
    """Trade in every minute of nine days, at moments and prices that differ, twice in some."""
    clock = exchange.clock
    await exchange.found()
    submitted: list[Any] = []
    for minute in range(9 * 1_440 + 137):
        clock.move_to(MONDAY_US + minute * MINUTE_US + minute * 7_919 % MINUTE_US)
        submitted += exchange.trade(4_000_000 + minute * 7_907 % 300_007, 1 + minute * 31 % 997)
        if minute % 11 == 0:
            submitted += exchange.trade(4_000_000 + minute * 7_901 % 300_001, 1 + minute * 37 % 991)
        if len(submitted) >= 2_000:
            for each in submitted:
                await each
            submitted.clear()
    for each in submitted:
        await each
    # A client would be told that the exchange is busy for as long as this takes.
    await exchange.projector.wait_for(exchange.runtime.last_sequence, 120)


async def check_windows(exchange: Timed) -> None:
    now_us = exchange.clock.now_us()
    this_minute_us = now_us - now_us % MINUTE_US
    for size, minutes in (
        ("1m", 1),
        ("59m", 59),
        ("1h", 60),
        ("23h", 1_380),
        ("1d", 1_440),
        ("2d", 2_880),
        ("3d", 4_320),
        ("5d", 7_200),
        ("7d", 10_080),
    ):
        reckoned = expected(exchange.trades, this_minute_us - minutes * MINUTE_US)
        shown = await exchange.get(ROLLING, windowSize=size)
        assert shown == {"symbol": "BTCUSDT", **reckoned, "closeTime": now_us // 1_000}, size
    for zone, offset_minutes in (("0", 0), ("8", 480), ("-1:00", -60), ("05:45", 345), ("+14", 840), ("-12", -720)):
        local_us = now_us + offset_minutes * MINUTE_US
        opened_us = local_us - local_us % DAY_US - offset_minutes * MINUTE_US
        reckoned = expected(exchange.trades, opened_us)
        shown = await exchange.get(DAY, timeZone=zone)
        assert shown == {"symbol": "BTCUSDT", **reckoned, "closeTime": (opened_us + DAY_US) // 1_000 - 1}, zone


async def test_windows_are_exact_beyond_what_memory_holds_and_after_a_restart(tmp_path: Path) -> None:
    clock = SettableClock(MONDAY_US)
    async with timed(tmp_path, clock) as exchange:
        await trade_for_nine_days(exchange)
        await check_windows(exchange)
        trades = exchange.trades
    async with timed(tmp_path, clock) as again:
        again.trades = trades
        await check_windows(again)
        clock.advance(3 * 60 * MINUTE_US + 17)
        await check_windows_without_trades(again)
        for each in list(again.trade(4_321_000, 5)):
            await each
        await check_windows(again)


async def check_windows_without_trades(exchange: Timed) -> None:
    zero = decimal(0)
    assert await exchange.get(ROLLING, windowSize="2h", type="MINI") == {
        "symbol": "BTCUSDT",
        **dict.fromkeys(("openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume"), zero),
        "openTime": (exchange.clock.now_us() // MINUTE_US - 120) * MINUTE_US // 1_000,
        "closeTime": exchange.clock.now_us() // 1_000,
        "firstId": -1,
        "lastId": -1,
        "count": 0,
    }


async def test_several_symbols_short_tickers_and_microseconds(tmp_path: Path) -> None:
    clock = SettableClock(MONDAY_US + 12_345_678)
    async with timed(tmp_path, clock) as exchange:
        await exchange.found()
        for each in list(exchange.trade(5_000_000, 100)):
            await each
        no_window = "No trading window could be found for the symbol. Try ticker/24hrs instead."
        for path in (ROLLING, DAY):
            for named in ({"symbol": "BTC2USDT"}, {"symbols": '["BTCUSDT","BTC2USDT"]'}):
                refused = await exchange.client.get(path, params=named)
                assert (refused.status_code, refused.json()) == (400, {"code": -2016, "msg": no_window})
            several = await exchange.client.get(
                path,
                params={"symbols": '["BTCUSDT"]', "type": "MINI"},
                headers={"X-MBX-TIME-UNIT": "MICROSECOND"},
            )
            closes_us = clock.now_us() if path == ROLLING else MONDAY_US + DAY_US - 1
            opens_us = MONDAY_US - DAY_US if path == ROLLING else MONDAY_US
            assert [(each["openTime"], each["closeTime"]) for each in several.json()] == [(opens_us, closes_us)]
            assert list(several.json()[0]) == [
                *("symbol", "openPrice", "highPrice", "lowPrice", "lastPrice", "volume", "quoteVolume"),
                *("openTime", "closeTime", "firstId", "lastId", "count"),
            ]
            none = await exchange.client.get(path, params={"symbols": '["BTCUSDT"]', "symbolStatus": "HALT"})
            assert none.json() == []


@pytest.mark.parametrize("path", [ROLLING, DAY])
async def test_what_windows_weigh_and_refuse(exchange: Live, path: str) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    await exchange.bob.place("BUY", "50000", "1")
    for number in range(1, 61):
        await exchange.runtime.submit(ListSymbol(spec(name=f"B{number}")))

    async def weigh(count: int) -> int:
        used = int((await exchange.client.get("/api/v3/ping")).headers["x-mbx-used-weight"])
        names = ",".join(f'"B{number}"' for number in range(1, count + 1))
        answer = await exchange.client.get(path, params={"symbols": f"[{names}]", "symbolStatus": "HALT"})
        assert answer.status_code == 200
        return int(answer.headers["x-mbx-used-weight"]) - used

    assert [await weigh(count) for count in (1, 2, 50, 51, 60)] == [4, 8, 200, 200, 200]
    either = "Param 'symbol' or 'symbols' must be sent, but both were empty/null!"
    assert await exchange.refused("GET", path) == (400, -1102, either)
    for parameters, code in (
        ({"symbol": "BTCUSDT", "symbols": '["BTCUSDT"]'}, -1128),
        ({"symbol": "NOSUCH"}, -1121),
        ({"symbol": "BTCUSDT", "type": "LONG"}, -1139),
        ({"symbols": f"[{','.join(f'{chr(34)}C{number}{chr(34)}' for number in range(101))}]"}, -1101),
        ({"symbol": "BTCUSDT", "windowSize": "1d2h"}, -1130 if path == ROLLING else -1104),
        ({"symbol": "BTCUSDT", "windowSize": "60m"}, -1130 if path == ROLLING else -1104),
        ({"symbol": "BTCUSDT", "timeZone": "15"}, -1130 if path == DAY else -1104),
    ):
        assert (await exchange.refused("GET", path, **parameters))[1] == code, parameters


async def test_the_window_of_a_recording_is_what_its_trades_come_to(tmp_path: Path) -> None:
    (recording,) = (ROOT / "tests" / "recordings").glob("*.gz")
    await replay(recording, tmp_path / "journal", on_damage=OnDamage.REFUSE)
    traded: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    received_us = 0
    for line in gzip.decompress(recording.read_bytes()).decode().splitlines():
        received_ns, _, message = line.partition(" ")
        event = json.loads(message)
        if event.get("stream", "").endswith("@trade"):
            traded[event["data"]["s"]].append((to_units(event["data"]["p"]), to_units(event["data"]["q"])))
        received_us = int(received_ns) // 1_000
    async with timed(tmp_path, SettableClock(received_us)) as exchange:
        for symbol, trades in traded.items():
            shown = await exchange.get(ROLLING, symbol=symbol, windowSize="7d")
            prices = [price for price, _ in trades]
            assert (shown["count"], shown["lastId"] - shown["firstId"] + 1) == (len(trades), len(trades))
            assert [shown[f"{name}Price"] for name in ("open", "high", "low", "last")] == [
                decimal(price) for price in (prices[0], max(prices), min(prices), prices[-1])
            ]
            assert shown["volume"] == decimal(sum(quantity for _, quantity in trades))
            assert shown["quoteVolume"] == decimal(sum(price * quantity // 10**8 for price, quantity in trades))
    assert sum(map(len, traded.values())) > 300
