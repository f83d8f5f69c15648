"""What an operator sets shows in the public calls and those of accounts: statuses, filters, rules, rates, pools."""

from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.commands import (
    ListSymbol,
    PoolSymbols,
    RegisterAsset,
    ReportBlockTrade,
    SetAccountDiscount,
    SetAssetLimit,
    SetCommission,
    SetDiscount,
    SetExchangeLimits,
    SetReferencePrice,
    SetSymbolStatus,
)
from rialto.contracts.symbol_rules import (
    ExchangeLimits,
    PriceRange,
    Reference,
    ReferenceMethod,
    SymbolRules,
    SymbolStatus,
)
from rialto.contracts.vocabulary import Commission, Rates, Side
from tests.exchange import BTC, BTCUSDT, USDT, spec
from tests.gateway import Live, live, refusal

ALICE = 5
"""The account of the first owner, behind those of the house."""

RULES = "/api/v3/executionRules"
PRICE = "/api/v3/referencePrice"
CALCULATION = f"{PRICE}/calculation"
BLOCKS = "/api/v3/historicalBlockTrades"

NONE = {"maker": "0.00000000", "taker": "0.00000000", "buyer": "0.00000000", "seller": "0.00000000"}
OWN = Commission(
    Rates("0.00000040", "0.00000050", "0.00000010", "0.00000020"),
    Rates("0.04", "0.05", "0.01", "0.02"),
    Rates("0.00000128", "0.0000013", "0.000001", "0.000002"),
)


def with_rules(**rules: Any) -> SymbolRules:
    return SymbolRules(**rules)


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (SymbolStatus.HALT, "HALT"),
        (SymbolStatus.BREAK, "BREAK"),
        (SymbolStatus.END_OF_DAY, "END_OF_DAY"),
        (SymbolStatus.CANCEL_ONLY, "CANCEL_ONLY"),
        (SymbolStatus.TRADING, "TRADING"),
    ],
)
async def test_a_symbol_shows_its_status(exchange: Live, status: SymbolStatus, name: str) -> None:
    await exchange.get("/api/v3/exchangeInfo")
    await exchange.runtime.submit(SetSymbolStatus(BTCUSDT, status))
    info = await exchange.get("/api/v3/exchangeInfo")
    assert [symbol["status"] for symbol in info["symbols"]] == [name]


async def test_symbols_are_selected_by_status(exchange: Live) -> None:
    await exchange.runtime.submit(ListSymbol(spec(name="BTC2USDT")))
    await exchange.runtime.submit(SetSymbolStatus(1, SymbolStatus.HALT))
    for path, key in (
        ("/api/v3/ticker/price", None),
        ("/api/v3/ticker/bookTicker", None),
        ("/api/v3/ticker/24hr", None),
        ("/api/v3/exchangeInfo", "symbols"),
        (RULES, "symbolRules"),
    ):
        for status, names in (("TRADING", ["BTCUSDT"]), ("HALT", ["BTC2USDT"]), ("BREAK", [])):
            answer = await exchange.get(path, symbolStatus=status)
            assert [each["symbol"] for each in (answer[key] if key else answer)] == names, path
    both = '["BTC2USDT","BTCUSDT"]'
    assert await exchange.get("/api/v3/ticker/price", symbols=both, symbolStatus="HALT") == [
        {"symbol": "BTC2USDT", "price": "0.00000000"}
    ]
    mismatch = (400, -1220, "The symbol's status does not match the requested symbolStatus.")
    for path in ("/api/v3/depth", "/api/v3/ticker/price", "/api/v3/ticker/24hr", "/api/v3/ticker", CALCULATION):
        assert await exchange.refused("GET", path, symbol="BTC2USDT", symbolStatus="TRADING") == mismatch
        assert (await exchange.refused("GET", path, symbol="BTCUSDT", symbolStatus="CANCEL_ONLY"))[1] == -1122
    await exchange.get("/api/v3/depth", symbol="BTC2USDT", symbolStatus="HALT")


async def test_exchange_filters_and_pools_are_shown_when_there_are_some(exchange: Live) -> None:
    info = await exchange.get("/api/v3/exchangeInfo")
    assert (info["exchangeFilters"], "sors" in info) == ([], False)
    await exchange.runtime.submit(SetExchangeLimits(ExchangeLimits(1_000, 200, 0, 20)))
    await exchange.runtime.submit(RegisterAsset("USDC"))
    await exchange.runtime.submit(ListSymbol(spec(name="BTCUSDC", quote=2)))
    await exchange.runtime.submit(PoolSymbols(BTC, (BTCUSDT, 1)))
    info = await exchange.get("/api/v3/exchangeInfo", symbol="BTCUSDC")
    assert info["exchangeFilters"] == [
        {"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 1000},
        {"filterType": "EXCHANGE_MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 200},
        {"filterType": "EXCHANGE_MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 20},
    ]
    assert info["sors"] == [{"baseAsset": "BTC", "symbols": ["BTCUSDT", "BTCUSDC"]}]
    await exchange.runtime.submit(PoolSymbols(BTC, ()))
    assert "sors" not in await exchange.get("/api/v3/exchangeInfo")


async def test_my_filters_are_those_of_exchange_symbol_and_assets(exchange: Live) -> None:
    await exchange.runtime.submit(SetExchangeLimits(ExchangeLimits(iceberg_orders_max=7)))
    await exchange.runtime.submit(SetAssetLimit(USDT, "1000000"))
    shown = await exchange.alice.do("GET", "/api/v3/myFilters", symbol="BTCUSDT")
    info = await exchange.get("/api/v3/exchangeInfo")
    assert shown == {
        "exchangeFilters": [{"filterType": "EXCHANGE_MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 7}],
        "symbolFilters": info["symbols"][0]["filters"],
        "assetFilters": [{"filterType": "MAX_ASSET", "asset": "USDT", "limit": "1000000.00000000"}],
    }
    await exchange.runtime.submit(SetAssetLimit(USDT, None))
    assert (await exchange.alice.do("GET", "/api/v3/myFilters", symbol="BTCUSDT"))["assetFilters"] == []
    unknown = await exchange.alice.send("GET", "/api/v3/myFilters", {"symbol": "NOSUCH"})
    assert refusal(unknown) == (400, -1121, "Invalid symbol.")
    assert int(unknown.headers["x-mbx-used-weight"]) == 20 + 40 * 3


async def test_commissions_are_the_accounts_own_where_it_has_some(exchange: Live) -> None:
    path = "/api/v3/account/commission"
    of_symbol = await exchange.alice.do("GET", path, symbol="BTCUSDT")
    assert of_symbol == {
        "symbol": "BTCUSDT",
        "standardCommission": {**NONE, "maker": "0.00100000", "taker": "0.00100000"},
        "specialCommission": NONE,
        "taxCommission": NONE,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": None,
            "discount": "0.00000000",
        },
    }
    await exchange.runtime.submit(SetDiscount(BTC, "0.75"))
    await exchange.runtime.submit(SetAccountDiscount(ALICE, True))
    await exchange.runtime.submit(SetCommission(ALICE, BTCUSDT, OWN))
    discount = {
        "enabledForAccount": True,
        "enabledForSymbol": True,
        "discountAsset": "BTC",
        "discount": "0.75000000",
    }
    assert await exchange.alice.do("GET", path, symbol="BTCUSDT") == {
        "symbol": "BTCUSDT",
        "standardCommission": {
            "maker": "0.00000040",
            "taker": "0.00000050",
            "buyer": "0.00000010",
            "seller": "0.00000020",
        },
        "specialCommission": {
            "maker": "0.04000000",
            "taker": "0.05000000",
            "buyer": "0.01000000",
            "seller": "0.02000000",
        },
        "taxCommission": {
            "maker": "0.00000128",
            "taker": "0.00000130",
            "buyer": "0.00000100",
            "seller": "0.00000200",
        },
        "discount": discount,
    }
    order = {"symbol": "BTCUSDT", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": "100"}
    for side, standard, special, tax in (
        ("BUY", ("0.00000050", "0.00000060"), ("0.05000000", "0.06000000"), ("0.00000228", "0.00000230")),
        ("SELL", ("0.00000060", "0.00000070"), ("0.06000000", "0.07000000"), ("0.00000328", "0.00000330")),
    ):
        tested = {**order, "side": side, "computeCommissionRates": "true"}
        assert await exchange.alice.do("POST", "/api/v3/order/test", **tested) == {
            "standardCommissionForOrder": dict(zip(("maker", "taker"), standard, strict=True)),
            "specialCommissionForOrder": dict(zip(("maker", "taker"), special, strict=True)),
            "taxCommissionForOrder": dict(zip(("maker", "taker"), tax, strict=True)),
            "discount": discount,
        }
    others = await exchange.bob.do("GET", path, symbol="BTCUSDT")
    assert others["standardCommission"] == of_symbol["standardCommission"]
    assert (others["discount"]["enabledForAccount"], others["discount"]["enabledForSymbol"]) == (False, True)


async def test_the_account_shows_its_own_rates_and_when_its_balances_changed(exchange: Live) -> None:
    first = (await exchange.alice.do("GET", "/api/v3/account"))["updateTime"]
    others = (await exchange.bob.do("GET", "/api/v3/account"))["updateTime"]
    placed = await exchange.alice.place("BUY", "100", "1")
    after = await exchange.alice.do("GET", "/api/v3/account")
    assert after["updateTime"] == placed["transactTime"] > first
    assert (await exchange.bob.do("GET", "/api/v3/account"))["updateTime"] == others
    await exchange.runtime.submit(SetCommission(ALICE, None, Commission(Rates("0.0015", "0.0025", "0.0001", "0.0002"))))
    shown = await exchange.alice.do("GET", "/api/v3/account")
    assert shown["commissionRates"] == {
        "maker": "0.00150000",
        "taker": "0.00250000",
        "buyer": "0.00010000",
        "seller": "0.00020000",
    }
    assert [shown[f"{part}Commission"] for part in ("maker", "taker", "buyer", "seller")] == [15, 25, 1, 2]
    assert shown["updateTime"] == after["updateTime"]
    assert (await exchange.bob.do("GET", "/api/v3/account"))["makerCommission"] == 10


async def test_execution_rules_are_listed_with_what_they_state(exchange: Live) -> None:
    whole = PriceRange("1.0001", "0.9999", "1.00012345", "0.5")
    half = PriceRange(ask_down="0.25")
    await exchange.runtime.submit(ListSymbol(spec(name="WHOLE", rules=with_rules(price_range=whole))))
    await exchange.runtime.submit(ListSymbol(spec(name="HALF", rules=with_rules(price_range=half))))
    of_whole = {
        "ruleType": "PRICE_RANGE",
        "bidLimitMultUp": "1.0001",
        "bidLimitMultDown": "0.9999",
        "askLimitMultUp": "1.00012345",
        "askLimitMultDown": "0.5000",
    }
    plain = {"symbol": "BTCUSDT", "rules": []}
    everything = [
        plain,
        {"symbol": "WHOLE", "rules": [of_whole]},
        {"symbol": "HALF", "rules": [{"ruleType": "PRICE_RANGE", "askLimitMultDown": "0.2500"}]},
    ]
    assert await exchange.get(RULES) == {"symbolRules": everything}
    assert await exchange.get(RULES, symbol="WHOLE") == {"symbolRules": everything[1:2]}
    assert await exchange.get(RULES, symbols='["HALF","BTCUSDT"]') == {"symbolRules": [everything[2], plain]}
    for combined in ({"symbol": "HALF", "symbolStatus": "TRADING"}, {"symbol": "HALF", "symbols": '["HALF"]'}):
        assert (await exchange.refused("GET", RULES, **combined))[1] == -1128
    assert (await exchange.refused("GET", RULES, symbol="NOSUCH"))[1] == -1121


@pytest.mark.parametrize(
    ("parameters", "weight"),
    [
        ({"symbol": "BTCUSDT"}, 2),
        ({"symbols": '["BTCUSDT","B1"]'}, 4),
        ({"symbolStatus": "TRADING"}, 40),
        ({}, 40),
        ({"symbols": f"[{','.join(f'{chr(34)}B{number}{chr(34)}' for number in range(1, 25))}]"}, 40),
    ],
)
async def test_execution_rules_weigh_by_how_many_symbols_are_asked_for(
    exchange: Live, parameters: dict[str, str], weight: int
) -> None:
    for number in range(1, 25):
        await exchange.runtime.submit(ListSymbol(spec(name=f"B{number}")))
    answer = await exchange.client.get(RULES, params=parameters)
    assert (answer.status_code, int(answer.headers["x-mbx-used-weight-1m"])) == (200, weight)


NO_PRICE = (400, -2043, "This symbol doesn't have a reference price.")


async def test_a_symbol_without_reference_price_says_so(exchange: Live) -> None:
    for path in (PRICE, CALCULATION):
        assert await exchange.refused("GET", path, symbol="BTCUSDT") == NO_PRICE
        assert (await exchange.refused("GET", path))[1] == -1102


async def test_a_reference_price_that_is_told(tmp_path: Path) -> None:
    rules = with_rules(reference=Reference(ReferenceMethod.EXTERNAL, calculation_id=42))
    async with live(tmp_path, rules=rules) as exchange:
        assert await exchange.get(CALCULATION, symbol="BTCUSDT", symbolStatus="TRADING") == {
            "symbol": "BTCUSDT",
            "calculationType": "EXTERNAL",
            "externalCalculationId": 42,
        }
        assert await exchange.refused("GET", PRICE, symbol="BTCUSDT") == NO_PRICE
        for told, shown in (("10", "10.00000000"), (None, None)):
            outcome = await exchange.runtime.submit(SetReferencePrice(BTCUSDT, told))
            answer = await exchange.client.get(
                PRICE, params={"symbol": "BTCUSDT"}, headers={"X-MBX-TIME-UNIT": "microsecond"}
            )
            assert answer.json() == {"symbol": "BTCUSDT", "referencePrice": shown, "timestamp": outcome.time_us}


async def test_a_reference_price_that_is_the_mean_of_trades(tmp_path: Path) -> None:
    rules = with_rules(reference=Reference(ReferenceMethod.ARITHMETIC_MEAN, 60_000, 60))
    async with live(tmp_path, rules=rules) as exchange:
        assert await exchange.get(CALCULATION, symbol="BTCUSDT") == {
            "symbol": "BTCUSDT",
            "calculationType": "ARITHMETIC_MEAN",
            "bucketCount": 60,
            "bucketWidthMs": 60000,
        }
        assert await exchange.refused("GET", PRICE, symbol="BTCUSDT") == NO_PRICE
        for price in ("50000", "50001"):
            await exchange.alice.place("SELL", price, "1")
        before = exchange.runtime.now_us() // 1000
        await exchange.bob.place("BUY", "50001", "2")
        answer = await exchange.get(PRICE, symbol="BTCUSDT")
        assert (answer["symbol"], answer["referencePrice"]) == ("BTCUSDT", "50000.50000000")
        assert before <= answer["timestamp"] <= exchange.runtime.now_us() // 1000


async def test_block_trades_are_listed_from_an_id_on(exchange: Live) -> None:
    assert await exchange.get(BLOCKS, symbol="BTCUSDT", fromId=0) == []
    times = []
    for price, side in (("0.05", Side.SELL), ("0.06", Side.BUY), ("0.07", Side.SELL)):
        outcome = await exchange.runtime.submit(ReportBlockTrade(BTCUSDT, price, "5838", side))
        times.append(outcome.time_us)
    listed = await exchange.get(BLOCKS, symbol="BTCUSDT", fromId=1)
    assert listed[0] == {
        "id": 1,
        "price": "0.05000000",
        "qty": "5838.00000000",
        "quoteQty": "291.90000000",
        "time": times[0] // 1000,
        "isBuyerMaker": True,
    }
    assert [each["isBuyerMaker"] for each in listed] == [True, False, True]
    second = await exchange.get(BLOCKS, symbol="BTCUSDT", fromId=2, limit=1)
    assert [(each["id"], each["time"]) for each in second] == [(2, times[1] // 1000)]
    assert await exchange.get(BLOCKS, symbol="BTCUSDT", fromId=4) == []
    mandatory = "Mandatory parameter 'fromId' was not sent, was empty/null, or malformed."
    assert await exchange.refused("GET", BLOCKS, symbol="BTCUSDT") == (400, -1102, mandatory)
    assert await exchange.get("/api/v3/trades", symbol="BTCUSDT") == []
