"""Every call says in SBE what it says in JSON: two exchanges live through the same, asked differently."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from rialto.contracts.commands import (
    ListSymbol,
    PoolSymbols,
    Post,
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
    PercentPrice,
    PriceRange,
    Reference,
    ReferenceMethod,
    SymbolRules,
    SymbolStatus,
    TrailingRange,
)
from rialto.contracts.vocabulary import TREASURY_ACCOUNT, Commission, PostingReason, Rates, Side
from rialto.gateway.spot.declarations import SPOT_ENDPOINTS
from tests.exchange import BTC, BTCUSDT, USDT, spec
from tests.sbe import message_names
from tests.twins import Twins, twins

ORDER = "/api/v3/order"
COUNTED_OVER_S = 10
"""The shortest interval over which orders are counted."""
SYMBOL = {"symbol": "BTCUSDT"}
LIMIT = {**SYMBOL, "type": "LIMIT", "timeInForce": "GTC"}
OCO = {
    **SYMBOL,
    "side": "SELL",
    "quantity": "1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "60000",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "40000",
}
WORKING = {
    **SYMBOL,
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingPrice": "45000",
    "workingQuantity": "1",
    "workingTimeInForce": "GTC",
    "pendingSide": "SELL",
}
PAIR = {
    "pendingAboveType": "LIMIT_MAKER",
    "pendingAbovePrice": "60000",
    "pendingBelowType": "STOP_LOSS_LIMIT",
    "pendingBelowStopPrice": "40000",
    "pendingBelowPrice": "39000",
    "pendingBelowTimeInForce": "GTC",
}
SINGLE = {"pendingType": "LIMIT", "pendingPrice": "60000", "pendingTimeInForce": "GTC"}


@pytest_asyncio.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Twins]:
    async with twins(tmp_path) as running:
        yield running


async def order(pair: Twins, who: str, side: str, price: str, quantity: str, **parameters: object) -> Any:
    return await pair.same(who, "POST", ORDER, **LIMIT, side=side, price=price, quantity=quantity, **parameters)


async def test_general_calls_and_rules(pair: Twins) -> None:
    await pair.same("", "GET", "/api/v3/ping")
    await pair.same("", "GET", "/api/v3/time")
    await pair.same("", "GET", "/api/v3/exchangeInfo")
    rules = SymbolRules(
        average_minutes=5,
        percent_price=PercentPrice("5", "0.2", "4", "0.25", by_side=True),
        iceberg_parts_max=10,
        algo_orders_max=5,
        iceberg_orders_max=6,
        order_lists_max=20,
        amendments_max=3,
        position_max="1000000.5",
        trailing=TrailingRange(10, 2000, 11, 1999),
        price_range=PriceRange("1.0001", "0.9999", "1.00012345", "0.5"),
        reference=Reference(ReferenceMethod.EXTERNAL, calculation_id=42),
    )
    one_sided = SymbolRules(
        percent_price=PercentPrice("5", "0.2", "5", "0.2", by_side=False),
        price_range=PriceRange(ask_down="0.25"),
        reference=Reference(ReferenceMethod.ARITHMETIC_MEAN, 60_000, 60),
        features=0,
    )
    await pair.submit(
        SetExchangeLimits(ExchangeLimits(1_000, 200, 50, 20)),
        SetAssetLimit(USDT, "1000000"),
        RegisterAsset("USDC"),
        ListSymbol(spec(name="BTCUSDC", quote=2, rules=rules)),
        ListSymbol(spec(name="PLAIN", rules=one_sided, notional_max="0")),
        SetSymbolStatus(2, SymbolStatus.HALT),
        PoolSymbols(BTC, (BTCUSDT, 1)),
        SetReferencePrice(1, "10.5"),
    )
    info = await pair.same("", "GET", "/api/v3/exchangeInfo")
    assert (len(info["symbols"]), len(info["exchangeFilters"]), len(info["sors"])) == (3, 4, 1)
    await pair.same("", "GET", "/api/v3/exchangeInfo", symbol="BTCUSDC", showPermissionSets="false")
    filters = await pair.same("alice", "GET", "/api/v3/myFilters", symbol="BTCUSDC")
    assert (len(filters["symbolFilters"]), len(filters["assetFilters"])) == (13, 0)
    assert (await pair.same("alice", "GET", "/api/v3/myFilters", **SYMBOL))["assetFilters"]
    await pair.same("", "GET", "/api/v3/executionRules")
    for symbol in ("BTCUSDC", "PLAIN"):
        await pair.same("", "GET", "/api/v3/referencePrice/calculation", symbol=symbol)
    await pair.same("", "GET", "/api/v3/referencePrice", symbol="BTCUSDC")
    await pair.submit(SetReferencePrice(1, None))
    assert (await pair.same("", "GET", "/api/v3/referencePrice", symbol="BTCUSDC"))["referencePrice"] is None


async def market_calls(pair: Twins) -> None:
    for path in ("depth", "trades", "historicalTrades", "aggTrades", "avgPrice"):
        await pair.same("", "GET", f"/api/v3/{path}", **SYMBOL)
    for path in ("klines", "uiKlines"):
        await pair.same("", "GET", f"/api/v3/{path}", **SYMBOL, interval="1M")
    await pair.same("", "GET", "/api/v3/historicalBlockTrades", **SYMBOL, fromId=0)
    every = {"symbols": '["BTCUSDT"]'}
    for path in ("price", "bookTicker", "24hr"):
        for selection in (SYMBOL, every, {}):
            await pair.same("", "GET", f"/api/v3/ticker/{path}", **selection)
    for selection in (SYMBOL, every, {"symbolStatus": "HALT"}):
        await pair.same("", "GET", "/api/v3/ticker/24hr", **selection, type="MINI")
    for path in ("/api/v3/ticker", "/api/v3/ticker/tradingDay"):
        for kind in ("FULL", "MINI"):
            for selection in (SYMBOL, every):
                await pair.same("", "GET", path, **selection, type=kind)


async def test_market_data(pair: Twins) -> None:
    await market_calls(pair)  # Nothing ever traded: refusals, zeros and none.
    await order(pair, "alice", "SELL", "50000", "1")
    await order(pair, "alice", "SELL", "50001.5", "1")
    await order(pair, "bob", "BUY", "50001.5", "1.5")
    await order(pair, "bob", "BUY", "49999", "2")
    await pair.submit(ReportBlockTrade(BTCUSDT, "50002", "3.5", Side.SELL))
    await market_calls(pair)
    assert {name for name in message_names("spot_3_5.xml") if name.startswith(("Ticker", "Price", "Book"))} <= (
        pair.messages | {"PriceFilter", "PriceRangeExecutionRule"}
    )


async def test_orders_in_every_detail_and_state(pair: Twins) -> None:
    assert await pair.same("alice", "POST", f"{ORDER}/test", **LIMIT, side="BUY", price="100", quantity="1") == {}
    for detail in ("ACK", "RESULT", "FULL"):
        await order(pair, "alice", "SELL", "50000", "1", newOrderRespType=detail, newClientOrderId=f"ask-{detail}")
        await order(pair, "bob", "BUY", "50000", "1.5", newOrderRespType=detail, strategyId=7, strategyType=1_000_000)
    await pair.same("alice", "POST", ORDER, **SYMBOL, side="SELL", type="MARKET", quantity="0.1")
    await pair.same("alice", "POST", ORDER, **SYMBOL, side="BUY", type="MARKET", quoteOrderQty="1000")
    trailing = {**SYMBOL, "side": "SELL", "quantity": "1", "newOrderRespType": "RESULT"}
    await pair.same("alice", "POST", ORDER, **trailing, type="STOP_LOSS", trailingDelta=100, stopPrice="70000")
    await pair.same("alice", "POST", ORDER, **trailing, type="STOP_LOSS", stopPrice="40000")
    await order(pair, "alice", "SELL", "60000", "10", icebergQty="1")
    pegged = {"pegPriceType": "MARKET_PEG", "pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": 1}
    await pair.same("bob", "POST", ORDER, **LIMIT, side="BUY", quantity="1", **pegged)
    expired = {**LIMIT, "timeInForce": "IOC", "side": "BUY", "quantity": "1", "price": "10"}
    gone = await pair.same("bob", "POST", ORDER, **expired, newOrderRespType="RESULT")
    assert gone["expiryReason"]
    for who in ("alice", "bob"):
        await pair.same(who, "GET", "/api/v3/openOrders")
        orders = await pair.same(who, "GET", "/api/v3/allOrders", **SYMBOL)
        for each in orders:
            await pair.same(who, "GET", ORDER, **SYMBOL, orderId=each["orderId"])
        assert await pair.same(who, "GET", "/api/v3/myTrades", **SYMBOL)
        await pair.same(who, "GET", "/api/v3/account")
    kept = await order(pair, "alice", "BUY", "30000", "2", newClientOrderId="kept")
    await pair.same("alice", "PUT", f"{ORDER}/amend/keepPriority", **SYMBOL, orderId=kept["orderId"], newQty="1.5")
    assert await pair.same("alice", "GET", f"{ORDER}/amendments", **SYMBOL, orderId=kept["orderId"])
    await pair.same("alice", "DELETE", ORDER, **SYMBOL, orderId=kept["orderId"])
    await pair.same("alice", "DELETE", "/api/v3/openOrders", **SYMBOL)


async def test_counts_of_orders(pair: Twins) -> None:
    # The two are asked one after the other, so all of it must fall into one interval of the count.
    await asyncio.sleep(COUNTED_OVER_S - time.time() % COUNTED_OVER_S)
    await order(pair, "alice", "BUY", "30000", "2")
    counts = await pair.same("alice", "GET", "/api/v3/rateLimit/order")
    assert [count["count"] for count in counts] == [1, 1]


async def test_replacements_and_their_failures(pair: Twins) -> None:
    kept = await order(pair, "alice", "BUY", "30000", "2")
    replace = {**LIMIT, "side": "BUY", "price": "31000", "quantity": "1", "cancelReplaceMode": "STOP_ON_FAILURE"}
    path = f"{ORDER}/cancelReplace"
    for detail in ("ACK", "RESULT", "FULL"):
        replaced = await pair.same(
            "alice", "POST", path, **replace, cancelOrderId=kept["orderId"], newOrderRespType=detail
        )
        assert replaced["newOrderResult"] == "SUCCESS"
        kept = replaced["newOrderResponse"]
    failed = await pair.same("alice", "POST", path, **replace, cancelOrderId=999)
    assert (failed["code"], failed["data"]["newOrderResult"]) == (-2022, "NOT_ATTEMPTED")
    allowed = replace | {"cancelReplaceMode": "ALLOW_FAILURE"}
    failed = await pair.same("alice", "POST", path, **allowed, cancelOrderId=999)
    assert (failed["code"], failed["data"]["newOrderResult"]) == (-2021, "SUCCESS")
    too_dear = allowed | {"quantity": "200"}
    failed = await pair.same("alice", "POST", path, **too_dear, cancelOrderId=kept["orderId"])
    assert (failed["code"], failed["data"]["newOrderResult"]) == (-2021, "FAILURE")


async def test_order_lists(pair: Twins) -> None:
    await order(pair, "bob", "SELL", "50000", "1")
    await order(pair, "bob", "BUY", "50000", "1")
    lists = "/api/v3/orderList"
    for detail in ("ACK", "RESULT", "FULL"):
        await pair.same("alice", "POST", f"{lists}/oco", **OCO, newOrderRespType=detail)
    await pair.same("alice", "POST", f"{lists}/oto", **WORKING, **SINGLE, pendingQuantity="1", newOrderRespType="FULL")
    await pair.same("alice", "POST", f"{lists}/otoco", **WORKING, **PAIR, pendingQuantity="1")
    await pair.same("alice", "POST", f"{lists}/opo", **WORKING, **SINGLE)
    await pair.same("alice", "POST", f"{lists}/opoco", **WORKING, **PAIR)
    former = {**SYMBOL, "side": "SELL", "quantity": "1", "price": "60000", "stopPrice": "40000"}
    placed = await pair.same("alice", "POST", f"{ORDER}/oco", **former, newOrderRespType="RESULT")
    await pair.same("alice", "GET", lists, orderListId=placed["orderListId"])
    assert len(await pair.same("alice", "GET", "/api/v3/allOrderList")) == 8
    assert len(await pair.same("alice", "GET", "/api/v3/openOrderList")) == 8
    await pair.same("alice", "DELETE", lists, **SYMBOL, orderListId=placed["orderListId"])
    (first, *_) = await pair.same("alice", "GET", "/api/v3/openOrders", **SYMBOL)
    canceled = await pair.same("alice", "DELETE", ORDER, **SYMBOL, orderId=first["orderId"])
    assert "orderReports" in canceled
    await order(pair, "alice", "BUY", "30000", "1")
    gone = await pair.same("alice", "DELETE", "/api/v3/openOrders", **SYMBOL)
    assert {"orderReports" in each for each in gone} == {True, False}


async def test_self_trade_prevention_and_routing(pair: Twins) -> None:
    await order(pair, "alice", "BUY", "100", "6")
    for mode in ("DECREMENT", "EXPIRE_TAKER", "EXPIRE_MAKER"):
        prevented = await order(pair, "alice", "SELL", "100", "2", selfTradePreventionMode=mode)
        assert prevented["preventedMatches"]
    assert len(await pair.same("alice", "GET", "/api/v3/myPreventedMatches", **SYMBOL, orderId=1)) == 3
    await pair.same("alice", "GET", "/api/v3/openOrders", **SYMBOL)
    await pair.same("alice", "DELETE", "/api/v3/openOrders", **SYMBOL)
    await pair.submit(RegisterAsset("USDC"), ListSymbol(spec(name="BTCUSDC", quote=2)), PoolSymbols(BTC, (BTCUSDT, 1)))
    for asset in (USDT, 2):
        await pair.submit(Post(TREASURY_ACCOUNT, asset, "1000000", PostingReason.ADJUSTMENT))
    sor = "/api/v3/sor/order"
    await order(pair, "bob", "SELL", "50500", "1")
    await pair.same("bob", "POST", ORDER, **(LIMIT | {"symbol": "BTCUSDC"}), side="SELL", price="50000", quantity="1")
    routed = {**LIMIT, "side": "BUY", "price": "51000", "quantity": "0.75"}
    await pair.same("alice", "POST", f"{sor}/test", **routed)
    await pair.same("alice", "POST", f"{sor}/test", **routed, computeCommissionRates="true")
    filled = await pair.same("alice", "POST", sor, **routed)
    assert filled["fills"][0]["tradeId"] == -1
    await pair.same("alice", "POST", sor, **routed, newOrderRespType="RESULT")
    await pair.same("alice", "POST", sor, **routed, newOrderRespType="ACK")
    assert await pair.same("alice", "GET", "/api/v3/myAllocations", **SYMBOL)
    await pair.same("alice", "GET", "/api/v3/allOrders", **SYMBOL)


async def test_commissions(pair: Twins) -> None:
    alice = 5  # The first account behind those of the house.
    tested = {**LIMIT, "side": "BUY", "price": "100", "quantity": "1", "computeCommissionRates": "true"}
    for _ in range(2):
        await pair.same("alice", "GET", "/api/v3/account/commission", **SYMBOL)
        await pair.same("alice", "POST", f"{ORDER}/test", **tested)
        await pair.same("alice", "GET", "/api/v3/account", omitZeroBalances="true")
        rates = [Rates("0.00000040", "0.00000050", "0.00000010", "0.00000020"), Rates("0.04", "0.05", "0.01", "0.02")]
        await pair.submit(
            SetDiscount(BTC, "0.75"),
            SetAccountDiscount(alice, True),
            SetCommission(alice, BTCUSDT, Commission(rates[0], rates[1], rates[0])),
        )


async def test_refusals(pair: Twins) -> None:
    for method, path, parameters in (
        ("GET", "/api/v3/depth", {}),
        ("GET", "/api/v3/depth", {"symbol": "NOSUCH"}),
        ("GET", "/api/v3/nothing", {}),
        ("DELETE", "/api/v3/depth", SYMBOL),
        ("GET", "/api/v3/account", {}),
    ):
        refused = await pair.same("", method, path, **parameters)
        assert refused["code"] < 0
    assert (await pair.same("alice", "GET", ORDER, **SYMBOL, orderId=1))["code"] == -2013
    assert (await pair.same("alice", "POST", ORDER, **LIMIT, side="BUY", price="1", quantity="1"))["code"] == -1013


SCENES = (
    test_general_calls_and_rules,
    test_market_data,
    test_orders_in_every_detail_and_state,
    test_counts_of_orders,
    test_replacements_and_their_failures,
    test_order_lists,
    test_self_trade_prevention_and_routing,
    test_commissions,
)


async def test_every_call_and_message_is_compared(tmp_path: Path) -> None:
    """Live through everything above once more, and see that no declared call and no message of an answer is missing."""
    calls, messages = set(), set()
    for scene in SCENES:
        async with twins(tmp_path / scene.__name__) as pair:
            await scene(pair)
        calls |= pair.calls
        messages |= pair.messages
    assert {(each.method, each.path) for each in SPOT_ENDPOINTS if each.is_http} - calls == set()
    answers = {name for name in message_names("spot_3_5.xml") if name.endswith("Response")}
    elsewhere = {name for name in answers if name.startswith(("WebSocket", "UserDataStream"))}
    assert answers - messages - elsewhere == set()
