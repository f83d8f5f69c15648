"""Public market data over REST, against a live server."""

import asyncio
import itertools
from typing import Any

import pytest

from rialto.contracts.commands import ListSymbol
from rialto.contracts.vocabulary import Side
from rialto.gateway.spot.market_data import AGGREGATED_HELD_MAX
from tests.core_words import ALICE, BOB
from tests.exchange import limit, spec
from tests.gateway import Live

DAY_MS = 86_400_000


async def trade(exchange: Live) -> None:
    """Trade 1 at 50,000 and 0.5 at 50,001 in one order, and leave a book."""
    await exchange.alice.place("SELL", "50000", "1")
    await exchange.alice.place("SELL", "50001", "1")
    await exchange.bob.place("BUY", "50001", "1.5")
    await exchange.bob.place("BUY", "49999", "2")


async def test_the_exchange_answers_and_tells_its_time(exchange: Live) -> None:
    assert await exchange.get("/api/v3/ping") == {}
    time = await exchange.get("/api/v3/time")
    assert abs(time["serverTime"] - exchange.runtime.now_us() // 1000) < 60_000


async def test_times_come_in_microseconds_on_request(exchange: Live) -> None:
    for unit in ("MICROSECOND", "microsecond"):
        response = await exchange.client.get("/api/v3/time", headers={"X-MBX-TIME-UNIT": unit})
        assert abs(response.json()["serverTime"] - exchange.runtime.now_us()) < 60_000_000
    refused = await exchange.client.get("/api/v3/time", headers={"X-MBX-TIME-UNIT": "SECOND"})
    assert (refused.status_code, refused.json()["code"]) == (400, -1194)


async def test_exchange_information_states_limits_and_symbols(exchange: Live) -> None:
    info = await exchange.get("/api/v3/exchangeInfo")
    assert list(info) == ["timezone", "serverTime", "rateLimits", "exchangeFilters", "symbols"]
    assert info["rateLimits"][0] == {
        "rateLimitType": "REQUEST_WEIGHT",
        "interval": "MINUTE",
        "intervalNum": 1,
        "limit": 6000,
    }
    (symbol,) = info["symbols"]
    assert list(symbol) == [
        "symbol",
        "status",
        "baseAsset",
        "baseAssetPrecision",
        "quoteAsset",
        "quotePrecision",
        "quoteAssetPrecision",
        "baseCommissionPrecision",
        "quoteCommissionPrecision",
        "orderTypes",
        "icebergAllowed",
        "ocoAllowed",
        "otoAllowed",
        "opoAllowed",
        "quoteOrderQtyMarketAllowed",
        "allowTrailingStop",
        "cancelReplaceAllowed",
        "amendAllowed",
        "pegInstructionsAllowed",
        "isSpotTradingAllowed",
        "isMarginTradingAllowed",
        "filters",
        "permissions",
        "permissionSets",
        "defaultSelfTradePreventionMode",
        "allowedSelfTradePreventionModes",
    ]
    assert symbol["orderTypes"] == [
        *("LIMIT", "LIMIT_MAKER", "MARKET"),
        *("STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT"),
    ]
    assert symbol["permissionSets"] == [["SPOT"]]
    assert [each["filterType"] for each in symbol["filters"]] == [
        "PRICE_FILTER",
        "LOT_SIZE",
        "MARKET_LOT_SIZE",
        "NOTIONAL",
        "MAX_NUM_ORDERS",
    ]


async def test_exchange_information_selects_symbols_and_follows_the_catalogue(exchange: Live) -> None:
    async def names(**parameters: object) -> list[str]:
        info = await exchange.get("/api/v3/exchangeInfo", **parameters)
        return [symbol["symbol"] for symbol in info["symbols"]]

    assert await names() == ["BTCUSDT"]
    await exchange.runtime.submit(ListSymbol(spec(name="BTC2USDT")))
    assert await names() == ["BTCUSDT", "BTC2USDT"]
    assert await names(symbol="BTC2USDT") == ["BTC2USDT"]
    assert await names(symbols='["BTC2USDT","BTCUSDT"]') == ["BTC2USDT", "BTCUSDT"]
    assert await names(permissions="SPOT") == ["BTCUSDT", "BTC2USDT"]
    assert await names(permissions='["MARGIN","LEVERAGED"]') == []
    assert await names(symbolStatus="TRADING") == ["BTCUSDT", "BTC2USDT"]
    assert await names(symbolStatus="HALT") == []
    info = await exchange.get("/api/v3/exchangeInfo", showPermissionSets="false")
    assert [symbol["permissionSets"] for symbol in info["symbols"]] == [[], []]


async def test_the_book_is_shown_best_first(exchange: Live) -> None:
    await trade(exchange)
    await exchange.bob.place("BUY", "49998", "1")
    depth = await exchange.get("/api/v3/depth", symbol="BTCUSDT")
    assert list(depth) == ["lastUpdateId", "bids", "asks"]
    assert depth["bids"] == [["49999.00000000", "2.00000000"], ["49998.00000000", "1.00000000"]]
    assert depth["asks"] == [["50001.00000000", "0.50000000"]]
    assert len((await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=1))["bids"]) == 1


@pytest.mark.parametrize(
    ("limit", "weight"), [(None, 5), (100, 5), (101, 25), (500, 25), (1000, 50), (1001, 250), (9999, 250)]
)
async def test_a_deeper_book_weighs_more(exchange: Live, limit: int | None, weight: int) -> None:
    parameters = {"symbol": "BTCUSDT"} | ({} if limit is None else {"limit": str(limit)})
    response = await exchange.client.get("/api/v3/depth", params=parameters)
    assert response.headers["x-mbx-used-weight-1m"] == response.headers["x-mbx-used-weight"] == str(weight)


async def test_trades_are_listed_one_by_one(exchange: Live) -> None:
    await trade(exchange)
    first, second = await exchange.get("/api/v3/trades", symbol="BTCUSDT")
    time = first.pop("time")
    assert time == second["time"]
    assert first == {
        "id": 1,
        "price": "50000.00000000",
        "qty": "1.00000000",
        "quoteQty": "50000.00000000",
        "isBuyerMaker": False,
        "isBestMatch": True,
    }
    assert [each["id"] for each in await exchange.get("/api/v3/trades", symbol="BTCUSDT", limit=1)] == [2]
    historical = await exchange.get("/api/v3/historicalTrades", symbol="BTCUSDT", fromId=2)
    assert historical == [second]


async def test_trades_of_one_order_at_one_price_are_one(exchange: Live) -> None:
    for _ in range(2):
        await exchange.alice.place("SELL", "50000", "1")
    await trade(exchange)
    await exchange.bob.place("BUY", "50001", "2")
    aggregated = await exchange.get("/api/v3/aggTrades", symbol="BTCUSDT")
    assert list(aggregated[0]) == ["a", "p", "q", "f", "l", "T", "m", "M"]
    shown = [(each["a"], each["p"], each["q"], each["f"], each["l"]) for each in aggregated]
    assert shown[0] == (1, "50000.00000000", "1.50000000", 1, 2)
    assert [each["a"] for each in aggregated] == list(range(1, len(aggregated) + 1))

    async def ids(**parameters: object) -> list[int]:
        return [each["a"] for each in await exchange.get("/api/v3/aggTrades", symbol="BTCUSDT", **parameters)]

    assert await ids(fromId=2, limit=1) == [2]
    assert await ids(limit=1) == [len(aggregated)]
    assert await ids(startTime=aggregated[0]["T"], limit=1) == [1]
    assert await ids(endTime=aggregated[0]["T"] - 1) == []


async def test_aggregates_that_memory_has_dropped_come_from_sql(exchange: Live) -> None:
    dropped = 5
    for number in range(AGGREGATED_HELD_MAX + dropped):
        for account, side in ((ALICE, Side.SELL), (BOB, Side.BUY)):
            exchange.runtime.enqueue(limit(account, side, "50000", "0.001", f"{number}"))
    await exchange.bob.place("BUY", "100", "1")

    async def page(**parameters: object) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = await exchange.get("/api/v3/aggTrades", symbol="BTCUSDT", **parameters)
        return answer

    newest = await page(limit=1_000)
    assert [each["a"] for each in newest] == list(range(dropped + 1, AGGREGATED_HELD_MAX + dropped + 1))
    oldest = await page(fromId=1, limit=dropped + 2)
    assert [each["a"] for each in oldest] == list(range(1, dropped + 3))
    assert oldest[dropped:] == newest[:2], "both sources say the same"
    first = oldest[0]
    by_time = await page(startTime=first["T"], endTime=first["T"])
    assert by_time[0] == first
    assert {each["T"] for each in by_time} == {first["T"]}
    assert await page(endTime=first["T"] - 1) == []


async def test_candles_are_rows_of_twelve(exchange: Live) -> None:
    await trade(exchange)
    (row,) = await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1M")
    assert row[1:6] == ["50000.00000000", "50001.00000000", "50000.00000000", "50001.00000000", "1.50000000"]
    assert row[7:] == ["75000.50000000", 2, "1.50000000", "75000.50000000", "0"]
    assert row[0] < row[6] <= row[0] + 31 * DAY_MS - 1
    assert await exchange.get("/api/v3/uiKlines", symbol="BTCUSDT", interval="1M") == [row]
    assert await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1M", startTime=row[0] + 1) == []
    assert await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1M", endTime=row[0]) == [row]
    assert await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1M", startTime=2, endTime=1) == []


@pytest.mark.parametrize(("zone", "offset_ms"), [("8", 8 * 3_600_000), ("-1:00", -3_600_000), ("05:45", 20_700_000)])
async def test_days_begin_at_midnight_of_the_zone(exchange: Live, zone: str, offset_ms: int) -> None:
    await trade(exchange)
    (row,) = await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1d", timeZone=zone)
    assert (row[0] + offset_ms) % DAY_MS == 0
    assert row[6] - row[0] == DAY_MS - 1
    (in_utc,) = await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1d")
    assert row[1:6] == in_utc[1:6]
    assert row[7:] == in_utc[7:]


async def test_seconds_without_trades_are_filled(exchange: Live) -> None:
    await trade(exchange)
    await asyncio.sleep(2.1)
    rows = await exchange.get("/api/v3/klines", symbol="BTCUSDT", interval="1s")
    assert len(rows) >= 3
    assert all(later[0] - earlier[0] == 1000 for earlier, later in itertools.pairwise(rows))
    assert rows[-1][1:6] == ["50001.00000000"] * 4 + ["0.00000000"]


async def test_the_average_price_is_weighted_by_volume(exchange: Live) -> None:
    assert await exchange.get("/api/v3/avgPrice", symbol="BTCUSDT") == {
        "mins": 5,
        "price": "0.00000000",
        "closeTime": 0,
    }
    await trade(exchange)
    average = await exchange.get("/api/v3/avgPrice", symbol="BTCUSDT")
    assert (average["mins"], average["price"]) == (5, "50000.33333333")
    assert average["closeTime"] > 0


async def test_tickers_of_24_hours(exchange: Live) -> None:
    await trade(exchange)
    ticker = await exchange.get("/api/v3/ticker/24hr", symbol="BTCUSDT")
    opened, closed = ticker.pop("openTime"), ticker.pop("closeTime")
    assert closed - opened <= DAY_MS + 60_000
    assert list(ticker.items()) == list(
        {
            "symbol": "BTCUSDT",
            "priceChange": "1.00000000",
            "priceChangePercent": "0.002",
            "weightedAvgPrice": "50000.33333333",
            "prevClosePrice": ticker["prevClosePrice"],
            "lastPrice": "50001.00000000",
            "lastQty": "0.50000000",
            "bidPrice": "49999.00000000",
            "bidQty": "2.00000000",
            "askPrice": "50001.00000000",
            "askQty": "0.50000000",
            "openPrice": "50000.00000000",
            "highPrice": "50001.00000000",
            "lowPrice": "50000.00000000",
            "volume": "1.50000000",
            "quoteVolume": "75000.50000000",
            "firstId": 1,
            "lastId": 2,
            "count": 2,
        }.items()
    )
    mini = await exchange.get("/api/v3/ticker/24hr", symbols='["BTCUSDT"]', type="MINI")
    assert [list(each) for each in mini] == [
        [
            "symbol",
            "openPrice",
            "highPrice",
            "lowPrice",
            "lastPrice",
            "volume",
            "quoteVolume",
            "openTime",
            "closeTime",
            "firstId",
            "lastId",
            "count",
        ]
    ]


async def test_a_symbol_that_never_traded_has_zero_tickers(exchange: Live) -> None:
    ticker = await exchange.get("/api/v3/ticker/24hr", symbol="BTCUSDT")
    assert (ticker["priceChange"], ticker["priceChangePercent"]) == ("0.00000000", "0.000")
    assert (ticker["firstId"], ticker["lastId"], ticker["count"]) == (-1, -1, 0)
    assert await exchange.get("/api/v3/ticker/price", symbol="BTCUSDT") == {"symbol": "BTCUSDT", "price": "0.00000000"}


PRICE = {"symbol": "BTCUSDT", "price": "50001.00000000"}
BEST = {
    "symbol": "BTCUSDT",
    "bidPrice": "49999.00000000",
    "bidQty": "2.00000000",
    "askPrice": "50001.00000000",
    "askQty": "0.50000000",
}


@pytest.mark.parametrize(("path", "expected"), [("price", PRICE), ("bookTicker", BEST)])
async def test_small_tickers_of_one_several_or_all(exchange: Live, path: str, expected: dict[str, Any]) -> None:
    await trade(exchange)
    address = f"/api/v3/ticker/{path}"
    assert await exchange.get(address, symbol="BTCUSDT") == expected
    assert await exchange.get(address, symbols='["BTCUSDT"]') == [expected]
    assert await exchange.get(address) == [expected]
    assert await exchange.get(address, symbolStatus="BREAK") == []
