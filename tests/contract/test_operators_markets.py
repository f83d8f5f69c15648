"""What operators do to markets, fees and announcements: seen through the public API, the same after a restart."""

from pathlib import Path
from typing import Any

import pytest

from rialto.identity.operators import Role
from tests.contract.test_operators import agreed, operators, refused
from tests.gateway import Trader
from tests.whole_exchange import Whole, whole_exchange

DAY_MS = 86_400_000
LISTED = {
    "priceMin": "0.01", "priceMax": "1000000", "quantityMin": "0.00001", "quantityMax": "9000",
    "makerRate": "0.001", "takerRate": "0.001",
}  # fmt: skip
DOGE = {"symbol": "DOGEUSDT", "base": "DOGE", "quote": "USDT", "tick": "0.01", "lot": "0.00001", "toldReference": True}
ROUTED = {"symbol": "BTCUSDC", "base": "BTC", "quote": "USDC", "tick": "0.01", "lot": "0.00001"}
COMMISSION = "/api/v3/account/commission"


async def public(whole: Whole, path: str, **parameters: str) -> Any:
    response = await whole.client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


async def rules_of(whole: Whole, trader: Trader) -> dict[str, Any]:
    """What anyone, and a trader, sees of what operators set."""
    trader.client = whole.client
    info = await public(whole, "/api/v3/exchangeInfo")
    filters = await trader.do("GET", "/api/v3/myFilters", symbol="BTCUSDT")
    commissions = [await trader.do("GET", COMMISSION, symbol=symbol) for symbol in ("BTCUSDT", "DOGEUSDT")]
    return {
        "symbols": {each["symbol"]: each["status"] for each in info["symbols"]},
        "pools": info["sors"],
        "exchange": info["exchangeFilters"],
        "asset": filters["assetFilters"],
        "rates": [(each["standardCommission"]["maker"], each["standardCommission"]["taker"]) for each in commissions],
        "discount": (commissions[0]["discount"]["discountAsset"], commissions[0]["discount"]["discount"]),
        "reference": (await public(whole, "/api/v3/referencePrice", symbol="DOGEUSDT"))["referencePrice"],
    }


async def test_markets_and_fees_are_as_operators_set_them(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, *Role) as (alice, bob):
        trader = await whole.trader("trader", USDT="100000")
        for asset in ("DOGE", "USDC"):
            await agreed(alice, bob, "list-asset", asset=asset)
        for symbol in (DOGE, ROUTED):
            await agreed(alice, bob, "list-symbol", **LISTED, **symbol)
        await agreed(alice, bob, "pool-symbols", base="BTC", symbols='["BTCUSDT","BTCUSDC"]')
        await agreed(alice, bob, "set-reference-price", symbol="DOGEUSDT", price="0.5")
        limits = {"ordersMax": 900, "algoOrdersMax": 90, "icebergOrdersMax": 9, "orderListsMax": 8}
        await agreed(alice, bob, "set-exchange-limits", **limits)
        await agreed(alice, bob, "set-asset-limit", asset="USDT", limit="500")
        await agreed(alice, bob, "set-discount", asset="BNB", multiplier="0.75")
        owner = trader.key.owner
        await agreed(alice, bob, "set-fees", owner=owner, makerRate="0.0001", takerRate="0.0002")
        await agreed(alice, bob, "set-fees", owner=owner, makerRate="0", takerRate="0.0003", symbol="BTCUSDT")
        halt = {"symbol": "DOGEUSDT", "status": "halt", "reason": "a test"}
        assert (await alice.do("POST", "/admin/v1/actions/set-symbol-status", **halt))["status"] == "done"
        seen = await rules_of(whole, trader)
    async with whole_exchange(tmp_path) as whole:
        assert await rules_of(whole, trader) == seen
    assert seen == {
        "symbols": {"BTCUSDT": "TRADING", "DOGEUSDT": "HALT", "BTCUSDC": "TRADING"},
        "pools": [{"baseAsset": "BTC", "symbols": ["BTCUSDT", "BTCUSDC"]}],
        "exchange": [
            {"filterType": "EXCHANGE_MAX_NUM_ORDERS", "maxNumOrders": 900},
            {"filterType": "EXCHANGE_MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders": 90},
            {"filterType": "EXCHANGE_MAX_NUM_ICEBERG_ORDERS", "maxNumIcebergOrders": 9},
            {"filterType": "EXCHANGE_MAX_NUM_ORDER_LISTS", "maxNumOrderLists": 8},
        ],
        "asset": [{"filterType": "MAX_ASSET", "asset": "USDT", "limit": "500.00000000"}],
        "rates": [("0.00000000", "0.00030000"), ("0.00010000", "0.00020000")],
        "discount": ("BNB", "0.75000000"),
        "reference": "0.50000000",
    }


async def test_what_was_set_of_markets_can_be_taken_back(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, *Role) as (alice, bob):
        trader = await whole.trader("trader", USDT="100000")
        owner = trader.key.owner
        await agreed(alice, bob, "set-fees", owner=owner, makerRate="0", takerRate="0")
        await agreed(alice, bob, "reset-fees", owner=owner)
        rates = (await trader.do("GET", COMMISSION, symbol="BTCUSDT"))["standardCommission"]
        assert (rates["maker"], rates["taker"]) == ("0.00100000", "0.00100000")
        await agreed(alice, bob, "set-asset-limit", asset="USDT", limit="5")
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
        assert await refused(await trader.send("POST", "/api/v3/order", {**order, "price": "100"})) == (400, -1013)
        await agreed(alice, bob, "set-asset-limit", asset="USDT")
        await trader.place("BUY", "100", "1")
        await agreed(alice, bob, "set-discount", asset="BNB", multiplier="0.75")
        await agreed(alice, bob, "set-discount")
        assert (await trader.do("GET", COMMISSION, symbol="BTCUSDT"))["discount"]["discountAsset"] is None
        halt = "/admin/v1/actions/set-symbol-status"
        for status, answer in (("halt", 400), ("trading", 200)):
            await alice.do("POST", halt, symbol="BTCUSDT", status=status, reason="a test")
            assert (await trader.send("POST", "/api/v3/order", {**order, "price": "100"})).status_code == answer


@pytest.mark.parametrize(
    ("action", "given", "why"),
    [
        ("list-symbol", {**LISTED, **DOGE}, "there is no asset DOGE; list it first"),
        ("pool-symbols", {"base": "BTC", "symbols": '["BTCUSDT"]'}, "refused by the core: InvalidPool"),
        ("pool-symbols", {"base": "ETH", "symbols": '["NOSUCH"]'}, "there is no symbol NOSUCH"),
        ("set-reference-price", {"symbol": "BTCUSDT", "price": "1"}, "refused by the core: InvalidReferencePrice"),
        ("set-discount", {"asset": "BNB", "multiplier": "1.5"}, "the multiplier is a part of the commission"),
        ("set-asset-limit", {"asset": "NOSUCH", "limit": "1"}, "there is no asset NOSUCH; list it first"),
        ("set-fees", {"owner": 1, "makerRate": "0", "takerRate": "0", "symbol": "NOSUCH"}, "refused by the core"),
        ("schedule-symbol", {"symbol": "BTCUSDT", "change": "delist", "time": 1}, "the time for BTCUSDT has passed"),
    ],
)
async def test_what_cannot_be_done_fails_and_says_why(
    tmp_path: Path, action: str, given: dict[str, object], why: str
) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, *Role) as (alice, bob):
        proposed = await alice.do("POST", f"/admin/v1/actions/{action}", **given)
        failed = await bob.do("POST", "/admin/v1/approvals/approve", id=proposed["id"])
        assert (failed["status"], failed["result"][: len(why)]) == ("failed", why)


async def test_everyone_reads_what_operators_announce(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole, operators(whole, *Role) as (alice, bob):
        at = whole.exchange.runtime.now_us() // 1_000 + DAY_MS
        for symbol, change in (("BTCUSDT", "delist"), ("BTCUSDT", "open")):
            await agreed(alice, bob, "schedule-symbol", symbol=symbol, change=change, time=at)
        back = {"symbol": "BTCUSDT", "change": "open", "reason": "not yet"}
        await alice.do("POST", "/admin/v1/actions/unschedule-symbol", **back)
        described = {"asset": "BTC", "name": "Bitcoin", "tags": '["Layer1","PoW"]'}
        await alice.do("POST", "/admin/v1/actions/describe-asset", **described)
        maintenance = "/admin/v1/actions/set-maintenance"
        await alice.do("POST", maintenance, isOn=True, reason="a new disk")
        for number in range(3):
            told = {"category": "news", "title": f"News {number}", "body": "First line\nand second."}
            await agreed(alice, bob, "announce", **told)
        gone = await alice.do("POST", "/admin/v1/actions/withdraw-announcement", announcement=2, reason="wrong")
        assert gone["status"] == "done"
        none = await alice.do("POST", "/admin/v1/actions/withdraw-announcement", announcement=9, reason="wrong")
        assert (none["status"], none["result"]) == ("failed", "there is no announcement 9")
    async with whole_exchange(tmp_path) as whole:
        assert await public(whole, "/sapi/v1/system/status") == {"status": 1, "msg": "system_maintenance"}
        assert await public(whole, "/sapi/v1/spot/open-symbol-list") == []
        schedule = await public(whole, "/sapi/v1/spot/delist-schedule")
        assert schedule == [{"delistTime": at, "symbols": ["BTCUSDT"]}]
        (tagged,) = await public(whole, "/sapi/v1/spot/asset/tags", tag="PoW")
        assert (tagged["assetName"], tagged["tags"]) == ("Bitcoin", ["Layer1", "PoW"])
        shown = await public(whole, "/account/v1/announcements")
        assert [(each["id"], each["title"]) for each in shown] == [(3, "News 2"), (1, "News 0")]
        assert (shown[0]["category"], shown[0]["body"]) == ("news", "First line\nand second.")
        (older,) = await public(whole, "/account/v1/announcements", before="3", limit="1")
        assert older["id"] == 1
        assert (await whole.client.get("/account/v1/announcements", params={"limit": "101"})).json()["code"] == -1130
