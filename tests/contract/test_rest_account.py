"""What an account holds and did, over REST, against a live server."""

import pytest

from tests.gateway import Live, refusal

ALL, TRADES, OPEN = "/api/v3/allOrders", "/api/v3/myTrades", "/api/v3/openOrders"
DAY_MS = 86_400_000


async def test_the_account_shows_every_asset_and_what_orders_hold(exchange: Live) -> None:
    await exchange.alice.place("BUY", "100", "1")
    account = await exchange.alice.do("GET", "/api/v3/account")
    assert list(account) == [
        "makerCommission",
        "takerCommission",
        "buyerCommission",
        "sellerCommission",
        "commissionRates",
        "canTrade",
        "canWithdraw",
        "canDeposit",
        "brokered",
        "requireSelfTradePrevention",
        "preventSor",
        "updateTime",
        "accountType",
        "balances",
        "permissions",
        "uid",
    ]
    assert (account["makerCommission"], account["takerCommission"], account["accountType"]) == (10, 10, "SPOT")
    assert account["commissionRates"] == {
        "maker": "0.00100000",
        "taker": "0.00100000",
        "buyer": "0.00000000",
        "seller": "0.00000000",
    }
    assert account["balances"] == [
        {"asset": "BTC", "free": "100.00000000", "locked": "0.00000000"},
        {"asset": "USDT", "free": "999900.00000000", "locked": "100.00000000"},
    ]
    assert (account["permissions"], account["uid"]) == (["SPOT"], exchange.alice.key.owner)


async def test_assets_without_balance_are_left_out_on_request(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "20")
    await exchange.bob.do("POST", "/api/v3/order", symbol="BTCUSDT", side="BUY", type="MARKET", quoteOrderQty="1000000")
    shown = await exchange.bob.do("GET", "/api/v3/account", omitZeroBalances="true")
    assert [each["asset"] for each in shown["balances"]] == ["BTC"]
    everything = await exchange.bob.do("GET", "/api/v3/account", omitZeroBalances="false")
    assert [each["asset"] for each in everything["balances"]] == ["BTC", "USDT"]


async def test_an_open_order_is_shown_as_it_stands(exchange: Live) -> None:
    placed = await exchange.alice.place("SELL", "50000", "1", newClientOrderId="mine")
    await exchange.bob.place("BUY", "50000", "0.4")
    queried = await exchange.alice.do("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="mine")
    assert queried.pop("updateTime") >= placed["transactTime"]
    assert queried == {
        "symbol": "BTCUSDT",
        "orderId": 1,
        "orderListId": -1,
        "clientOrderId": "mine",
        "price": "50000.00000000",
        "origQty": "1.00000000",
        "executedQty": "0.40000000",
        "cummulativeQuoteQty": "20000.00000000",
        "status": "PARTIALLY_FILLED",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "SELL",
        "stopPrice": "0.00000000",
        "icebergQty": "0.00000000",
        "time": placed["transactTime"],
        "isWorking": True,
        "workingTime": placed["transactTime"],
        "origQuoteOrderQty": "0.00000000",
        "selfTradePreventionMode": "NONE",
    }
    assert (await exchange.alice.do("GET", OPEN, symbol="BTCUSDT"))[0]["executedQty"] == "0.40000000"


async def test_an_ended_order_is_found_at_once_and_an_unknown_one_is_not(exchange: Live) -> None:
    placed = await exchange.alice.place("BUY", "100", "1", newClientOrderId="gone")
    await exchange.alice.do("DELETE", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    by_id = await exchange.alice.do("GET", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    by_name = await exchange.alice.do("GET", "/api/v3/order", symbol="BTCUSDT", origClientOrderId="gone")
    assert by_id == by_name
    assert by_id["status"] == "CANCELED"
    assert "expiryReason" not in by_id
    missing = (400, -2013, "Order does not exist.")
    for trader, parameters in (
        (exchange.alice, {"orderId": 99}),
        (exchange.alice, {"origClientOrderId": "other"}),
        (exchange.bob, {"orderId": placed["orderId"]}),
    ):
        assert refusal(await trader.send("GET", "/api/v3/order", {"symbol": "BTCUSDT", **parameters})) == missing
    both = {"symbol": "BTCUSDT", "orderId": placed["orderId"], "origClientOrderId": "other"}
    response = await exchange.alice.send("GET", "/api/v3/order", both)
    assert refusal(response) == (400, -2039, "Client order ID is not correct for this order ID.")


async def test_all_orders_are_paged_by_id_and_by_time(exchange: Live) -> None:
    orders = [await exchange.alice.place("BUY", str(price), "1") for price in range(100, 105)]
    await exchange.bob.place("BUY", "99", "1")

    async def ids(**parameters: object) -> list[int]:
        return [each["orderId"] for each in await exchange.alice.do("GET", ALL, symbol="BTCUSDT", **parameters)]

    assert await ids() == [1, 2, 3, 4, 5]
    assert await ids(limit=2) == [4, 5]
    assert await ids(orderId=2, limit=2) == [2, 3]
    third = orders[2]["transactTime"]
    assert 3 in await ids(startTime=third)
    assert 1 not in await ids(startTime=orders[0]["transactTime"] + 1)
    assert set(await ids(endTime=third)) >= {1, 2, 3}
    assert await ids(startTime=0, endTime=1) == []


async def test_my_trades_show_both_sides_each_to_its_own(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    bought = await exchange.bob.place("BUY", "50000", "0.4")
    await exchange.bob.place("BUY", "50000", "0.6")
    (first, second), sold = [
        await trader.do("GET", TRADES, symbol="BTCUSDT") for trader in (exchange.bob, exchange.alice)
    ]
    assert first == {
        "symbol": "BTCUSDT",
        "id": 1,
        "orderId": bought["orderId"],
        "orderListId": -1,
        "price": "50000.00000000",
        "qty": "0.40000000",
        "quoteQty": "20000.00000000",
        "commission": "0.00040000",
        "commissionAsset": "BTC",
        "time": bought["transactTime"],
        "isBuyer": True,
        "isMaker": False,
        "isBestMatch": True,
    }
    assert [(each["commissionAsset"], each["isBuyer"], each["isMaker"]) for each in sold] == [
        ("USDT", False, True),
        ("USDT", False, True),
    ]

    async def ids(**parameters: object) -> list[int]:
        return [each["id"] for each in await exchange.bob.do("GET", TRADES, symbol="BTCUSDT", **parameters)]

    assert await ids(fromId=2) == [2]
    assert await ids(limit=1) == [second["id"]]
    assert await ids(orderId=bought["orderId"]) == [1]
    assert await ids(orderId=bought["orderId"], fromId=2) == []
    assert await ids(startTime=first["time"], endTime=second["time"]) == [1, 2]


@pytest.mark.parametrize(
    ("path", "parameters", "expected"),
    [
        (ALL, {"startTime": 1, "endTime": DAY_MS + 2}, (-1127, "More than 24 hours between startTime and endTime.")),
        (ALL, {"startTime": 2, "endTime": 1}, (-1128, "Combination of optional parameters invalid.")),
        (TRADES, {"startTime": 1, "endTime": DAY_MS + 2}, (-1127, "More than 24 hours between startTime and endTime.")),
        (TRADES, {"fromId": 1, "startTime": 1}, (-1128, "Combination of optional parameters invalid.")),
        (TRADES, {"orderId": 1, "endTime": 1}, (-1128, "Combination of optional parameters invalid.")),
        (
            "/api/v3/order",
            {},
            (-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!"),
        ),
    ],
)
async def test_combinations_that_make_no_sense_are_refused(
    exchange: Live, path: str, parameters: dict[str, int], expected: tuple[int, str]
) -> None:
    assert refusal(await exchange.alice.send("GET", path, {"symbol": "BTCUSDT", **parameters})) == (400, *expected)


async def test_open_orders_weigh_by_how_many_symbols_are_asked_for(exchange: Live) -> None:
    used = []
    for parameters in ({}, {"symbol": "BTCUSDT"}):
        response = await exchange.alice.send("GET", OPEN, parameters)
        used.append(int(response.headers["x-mbx-used-weight-1m"]))
    assert used[1] - used[0] == 6 or used[1] == 6  # A new minute may just have begun.
