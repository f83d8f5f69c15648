"""What a person did on every symbol: all of it, newest first, page by page."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from rialto.contracts.commands import ListSymbol, Post
from rialto.contracts.vocabulary import AccountClass, PostingReason
from tests.browser import Browser
from tests.exchange import spec
from tests.whole_exchange import ASSETS, Whole, whole_exchange

ORDERS, TRADES = "/account/v1/orders", "/account/v1/trades"


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    async with whole_exchange(tmp_path) as whole:
        ethereum = spec(name="ETHUSDT", base=ASSETS.index("ETH"))
        await whole.exchange.runtime.submit(ListSymbol(ethereum))
        yield whole


async def _alice(whole: Whole, alice: Browser) -> None:
    session = await alice.sign_up("alice@example.com")
    person = whole.exchange.parts.identity.people.find(session["userId"])
    assert person is not None
    runtime = whole.exchange.runtime
    account = await runtime.account_of(person.owner, AccountClass.SPOT)
    for asset in ("USDT", "BTC"):
        await runtime.submit(Post(account, ASSETS.index(asset), "10000", PostingReason.DEPOSIT))


async def _order(alice: Browser, symbol: str, price: str, side: str = "BUY") -> int:
    form = {"symbol": symbol, "side": side, "type": "LIMIT", "timeInForce": "GTC", "quantity": "1", "price": price}
    placed: dict[str, Any] = await alice.post("/api/v3/order", **form)
    return int(placed["orderId"])


async def _all(alice: Browser, path: str, name: str, **filters: object) -> list[Any]:
    """Read every page, one at a time."""
    found: list[Any] = []
    before: dict[str, str] = {}
    while True:
        page = await alice.get(path, limit=1, **filters, **before)
        found += page[name]
        if page["next"] is None:
            return found
        before = {"before": page["next"]}


async def test_orders_on_every_symbol_are_listed_back_to_the_first(whole: Whole) -> None:
    async with Browser(str(whole.client.base_url)) as alice:
        await _alice(whole, alice)
        first = await _order(alice, "BTCUSDT", "100")
        second = await _order(alice, "ETHUSDT", "101")
        third = await _order(alice, "BTCUSDT", "102")
        await alice.send("DELETE", "/api/v3/order", symbol="ETHUSDT", orderId=second)

        listed = await _all(alice, ORDERS, "orders")
        assert [(each["symbol"], each["orderId"]) for each in listed] == [
            ("BTCUSDT", third),
            ("ETHUSDT", second),
            ("BTCUSDT", first),
        ]
        assert listed[1] == await alice.get("/api/v3/order", symbol="ETHUSDT", orderId=second)
        assert [each["orderId"] for each in await _all(alice, ORDERS, "orders", symbol="BTCUSDT")] == [third, first]
        assert [each["orderId"] for each in await _all(alice, ORDERS, "orders", status="CANCELED")] == [second]
        assert await _all(alice, ORDERS, "orders", side="SELL") == []
        assert await _all(alice, ORDERS, "orders", type="MARKET") == []
        until = await _all(alice, ORDERS, "orders", endTime=listed[1]["time"])
        assert first in [each["orderId"] for each in until]
        assert third not in [each["orderId"] for each in until] or listed[0]["time"] == listed[1]["time"]


async def test_trades_on_every_symbol_are_listed_back_to_the_first(whole: Whole) -> None:
    maker = await whole.trader("maker", BTC="10", ETH="10")
    async with Browser(str(whole.client.base_url)) as alice:
        await _alice(whole, alice)
        for symbol in ("BTCUSDT", "ETHUSDT", "BTCUSDT"):
            await maker.place("SELL", "100", "1", symbol=symbol)
            await _order(alice, symbol, "100")
        listed = await _all(alice, TRADES, "trades")
        assert [each["symbol"] for each in listed] == ["BTCUSDT", "ETHUSDT", "BTCUSDT"]
        assert listed[1:2] == await alice.get("/api/v3/myTrades", symbol="ETHUSDT")
        assert len(await _all(alice, TRADES, "trades", symbol="BTCUSDT")) == 2
        assert len(await _all(alice, TRADES, "trades", side="BUY")) == 3
        assert await _all(alice, TRADES, "trades", side="SELL") == []


async def test_who_trades_with_themselves_sees_both_sides(whole: Whole) -> None:
    async with Browser(str(whole.client.base_url)) as alice:
        await _alice(whole, alice)
        maker = await whole.trader("maker", BTC="10")
        await maker.place("SELL", "100", "1")
        await _order(alice, "BTCUSDT", "100")
        await _order(alice, "BTCUSDT", "110", "SELL")
        form = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "0.5"}
        await alice.post("/api/v3/order", **form, selfTradePreventionMode="NONE")
        listed = await _all(alice, TRADES, "trades")
        assert [(each["isBuyer"], each["isMaker"]) for each in listed] == [(False, True), (True, False), (True, False)]


async def test_nonsense_is_refused_and_keys_do_not_open_it(whole: Whole) -> None:
    trader = await whole.trader("trader")
    async with Browser(str(whole.client.base_url)) as alice:
        await _alice(whole, alice)
        assert (await alice.refused("GET", ORDERS, before="1.2"))[0] == 400
        assert (await alice.refused("GET", TRADES, before="1.2.3.4"))[0] == 400
        assert (await alice.refused("GET", ORDERS, startTime=2, endTime=1))[0] == 400
        assert (await alice.refused("GET", ORDERS, symbol="NOTHING")) == (400, -1121)
    assert (await trader.send("GET", ORDERS)).status_code == 401
