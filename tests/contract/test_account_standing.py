"""How an account stands and what its key may do, as the official connector reads it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from binance_sdk_wallet.rest_api.rest_api import WalletRestAPI

from rialto.gateway.standing import job
from rialto.identity.restrictions import Permission, Restrictions
from tests.connectors import rest_configuration
from tests.gateway import Trader, refusal, until
from tests.whole_exchange import MADE_AT_US, Whole, whole_exchange

PERMISSIONS = (Permission.READ, Permission.TRADE, Permission.FIX_READ_ONLY)


def connector(whole: Whole, trader: Trader) -> WalletRestAPI:
    configuration = rest_configuration(f"http://127.0.0.1:{whole.exchange.port}", trader.key.key, trader.secret)
    return WalletRestAPI(configuration)


def shown(model: Any) -> dict[str, Any]:
    """Return what a model read, all the way down; nothing may be left over that it does not know."""
    assert not getattr(model, "additional_properties", None), model
    values: dict[str, Any] = {}
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if name != "additional_properties" and value is not None:
            values[field.alias or name] = shown(value) if hasattr(type(value), "model_fields") else value
    return values


async def test_the_official_connector_reads_the_account(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        api = connector(whole, await whole.trader("alice", PERMISSIONS))
        call = asyncio.to_thread
        info = await call(api.account_info)
        assert shown(info.data()) == {
            "vipLevel": 0,
            "isMarginEnabled": False,
            "isFutureEnabled": False,
            "isOptionsEnabled": False,
            "isPortfolioMarginRetailEnabled": False,
        }
        assert shown((await call(api.account_status)).data()) == {"data": "Normal"}
        trading = shown((await call(api.account_api_trading_status)).data())["data"]
        assert trading.pop("updateTime") > MADE_AT_US // 1_000
        assert trading == {
            "isLocked": False,
            "plannedRecoverTime": 0,
            "triggerCondition": {"GCR": 150, "IFER": 150, "UFR": 300},
        }
        permission = shown((await call(api.get_api_key_permission)).data())
        assert permission == {
            "ipRestrict": False,
            "createTime": MADE_AT_US // 1_000,
            "enableReading": True,
            "enableWithdrawals": False,
            "enableInternalTransfer": False,
            "enableMargin": False,
            "enableFutures": False,
            "permitsUniversalTransfer": False,
            "enableVanillaOptions": False,
            "enableFixApiTrade": False,
            "enableFixReadOnly": True,
            "enableSpotAndMarginTrading": True,
            "enablePortfolioMarginTrading": False,
        }
        await call(api.disable_fast_withdraw_switch)
        await call(api.enable_fast_withdraw_switch)
        assert info.rate_limits is not None


async def test_the_switch_of_fast_withdrawals_is_kept_and_takes_a_key_that_may_trade(tmp_path: Path) -> None:
    path = "/sapi/v1/account/disableFastWithdrawSwitch"
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice")
        reader = await whole.trader("bob", [Permission.READ])
        assert refusal(await reader.send("POST", path))[:2] == (401, -2015)
        assert await alice.do("POST", path) == {}
    async with whole_exchange(tmp_path) as whole:
        switches = whole.exchange.parts.identity.fast_withdrawals
        assert [switches.is_on(trader.key.owner) for trader in (alice, reader)] == [False, True]


async def test_a_key_for_some_addresses_is_shown_as_such(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, unrestricted_key_trade_days=90) as whole:
        alice = await whole.trader("alice")
        lapsed = await alice.do("GET", "/sapi/v1/account/apiRestrictions")
        assert lapsed["enableSpotAndMarginTrading"] is False
        assert lapsed["tradingAuthorityExpirationTime"] == MADE_AT_US // 1_000 + 90 * 86_400_000
        assert refusal(await alice.send("POST", "/api/v3/order/test"))[1] == -1102
        order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quantity": "1"}
        assert refusal(await alice.send("POST", "/api/v3/order/test", order))[:2] == (401, -2015)
        here = Restrictions.read(["127.0.0.1"], [])
        whole.exchange.api_keys.restrict(alice.key.key, [Permission.READ, Permission.TRADE], here)
        renewed = await alice.do("GET", "/sapi/v1/account/apiRestrictions")
        assert (renewed["ipRestrict"], renewed["enableSpotAndMarginTrading"]) == (True, True)
        assert "tradingAuthorityExpirationTime" not in renewed
        await alice.do("POST", "/api/v3/order/test", **order)


async def test_each_call_weighs_by_itself(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path, endpoint_weight_per_address_max=3) as whole:
        alice = await whole.trader("alice")
        path = "/sapi/v1/account/status"
        for used in (1, 2, 3):
            answer = await alice.send("GET", path)
            assert answer.headers["x-sapi-used-ip-weight-1m"] == str(used)
            assert "x-mbx-used-weight" not in answer.headers
        refused = await alice.send("GET", path)
        assert refusal(refused)[:2] == (429, -1003)
        assert 1 <= int(refused.headers["retry-after"]) <= 60
        other = await alice.send("GET", "/sapi/v1/account/info")
        assert (other.status_code, other.headers["x-sapi-used-ip-weight-1m"]) == (200, "1")
        shared = await alice.send("GET", "/api/v3/account")
        assert shared.headers["x-mbx-used-weight-1m"] == "20"


@pytest.mark.parametrize("is_restarted", [False, True])
async def test_whoever_takes_every_order_back_is_locked_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_restarted: bool
) -> None:
    monkeypatch.setattr(job, "LOOKED_EVERY_S", 0.05)
    settings: dict[str, object] = {"resting_orders_min": 3}
    async with whole_exchange(tmp_path, **settings) as whole:
        alice = await whole.trader("alice", USDT="1000")
        for _ in range(3):
            await alice.place("BUY", "20000", "0.001")
            await alice.do("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
        locks = whole.exchange.parts.identity.trading_locks
        await until(lambda: locks.newest(alice.key.owner) is not None)
        if not is_restarted:
            await _check_locked(whole, alice)
    if is_restarted:
        async with whole_exchange(tmp_path, **settings) as whole:
            alice.client = whole.client
            await _check_locked(whole, alice)


async def test_how_near_a_lock_is_can_be_seen(tmp_path: Path) -> None:
    async with whole_exchange(tmp_path) as whole:
        alice = await whole.trader("alice", USDT="1000")
        for _ in range(2):
            await alice.place("BUY", "20000", "0.001")
        await alice.do("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
        shown = await alice.do("GET", "/account/v1/trading-ratios")
        ((symbol,),) = [shown["symbols"]]
        assert (shown["cycleSeconds"], symbol["symbol"]) == (600, "BTCUSDT")
        assert {each["indicator"]: (each["orders"], each["ratio"]) for each in symbol["ratios"]} == {
            "UFR": (2, "1.0000"),
            "IFER": (0, "0.0000"),
            "GCR": (2, "1.0000"),
        }
        assert [(each["triggerRatio"], each["triggerOrders"]) for each in symbol["ratios"]] == [
            ("0.9950", 300),
            ("0.9900", 150),
            ("0.9900", 150),
        ]


async def _check_locked(whole: Whole, alice: Trader) -> None:
    status = (await alice.do("GET", "/sapi/v1/account/apiTradingStatus"))["data"]
    assert status["isLocked"] is True
    assert status["plannedRecoverTime"] - status["updateTime"] == 300_000
    assert await alice.do("GET", "/sapi/v1/account/status") == {"data": "Locked"}
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC"}
    refused = await alice.send("POST", "/api/v3/order", {**order, "price": "20000", "quantity": "0.001"})
    assert refusal(refused) == (400, -2010, "This action is disabled on this account.")
    assert refusal(await alice.send("DELETE", "/api/v3/openOrders", {"symbol": "BTCUSDT"}))[1] == -2011
    bob = await whole.trader("bob", USDT="1000")
    await bob.place("BUY", "20000", "0.001")
