"""Self-trade prevention over REST, against a live server: orders, what replies tell of it, and prevented matches."""

from pathlib import Path

import pytest

from rialto.contracts.vocabulary import SelfTradePrevention, prevention_modes
from tests.gateway import Live, live, refusal

ORDER, MATCHES = "/api/v3/order", "/api/v3/myPreventedMatches"
NOT_ALLOWED = (400, -1013, "This symbol does not allow the specified self-trade prevention mode.")


async def test_expire_maker_ends_what_rests_and_tells_of_it(exchange: Live) -> None:
    await exchange.alice.place("BUY", "120", "1.2")
    await exchange.alice.place("BUY", "110", "1.3")
    placed = await exchange.alice.place("SELL", "110", "3", selfTradePreventionMode="EXPIRE_MAKER")
    assert (placed["status"], placed["fills"], placed["selfTradePreventionMode"]) == ("NEW", [], "EXPIRE_MAKER")
    assert placed["preventedMatches"] == [
        {
            "preventedMatchId": number,
            "makerSymbol": "BTCUSDT",
            "makerOrderId": number,
            "price": price,
            "makerPreventedQuantity": quantity,
        }
        for number, price, quantity in ((1, "120.00000000", "1.20000000"), (2, "110.00000000", "1.30000000"))
    ]
    assert not {"preventedQuantity", "tradeGroupId"} & set(placed)
    maker = await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=2)
    assert (maker["status"], maker["executedQty"], maker["origQty"]) == ("EXPIRED_IN_MATCH", "0.00000000", "1.30000000")
    assert (maker["preventedMatchId"], maker["preventedQuantity"]) == (2, "1.30000000")
    assert maker["updateTime"] == placed["transactTime"]
    assert "expiryReason" not in maker
    balances = (await exchange.alice.do("GET", "/api/v3/account"))["balances"]
    assert [(each["free"], each["locked"]) for each in balances] == [
        ("97.00000000", "3.00000000"),
        ("1000000.00000000", "0.00000000"),
    ]


@pytest.mark.parametrize("response_type", ["RESULT", "FULL"])
async def test_expire_both_ends_both(exchange: Live, response_type: str) -> None:
    await exchange.alice.place("BUY", "100", "1")
    placed = await exchange.alice.place(
        "SELL", "100", "3", selfTradePreventionMode="EXPIRE_BOTH", newOrderRespType=response_type
    )
    assert (placed["status"], placed["preventedQuantity"]) == ("EXPIRED_IN_MATCH", "3.00000000")
    (match,) = placed["preventedMatches"]
    assert (match["takerPreventedQuantity"], match["makerPreventedQuantity"]) == ("3.00000000", "1.00000000")
    assert await exchange.alice.do("GET", "/api/v3/openOrders") == []


async def test_decrement_is_seen_in_open_orders_queries_and_cancels(exchange: Live) -> None:
    await exchange.alice.place("BUY", "100", "6")
    await exchange.alice.place("SELL", "100", "2", selfTradePreventionMode="DECREMENT")
    (opened,) = await exchange.alice.do("GET", "/api/v3/openOrders", symbol="BTCUSDT")
    first, second = await exchange.alice.do("GET", "/api/v3/allOrders", symbol="BTCUSDT")
    assert opened == first
    assert (first["status"], first["preventedQuantity"], first["preventedMatchId"]) == ("NEW", "2.00000000", 1)
    assert (second["status"], second["preventedQuantity"], second["preventedMatchId"]) == (
        "EXPIRED_IN_MATCH",
        "2.00000000",
        1,
    )
    assert (await exchange.client.get("/api/v3/depth", params={"symbol": "BTCUSDT"})).json()["bids"] == [
        ["100.00000000", "4.00000000"]
    ]
    canceled = await exchange.alice.do("DELETE", ORDER, symbol="BTCUSDT", orderId=1)
    assert (canceled["status"], canceled["preventedQuantity"], canceled["preventedMatchId"]) == (
        "CANCELED",
        "2.00000000",
        1,
    )


async def test_a_quote_amount_counts_what_prevention_took(exchange: Live) -> None:
    await exchange.alice.place("SELL", "100", "1")
    await exchange.bob.place("SELL", "200", "2")
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "200"}
    placed = await exchange.alice.do("POST", ORDER, **order, selfTradePreventionMode="DECREMENT")
    assert (placed["status"], placed["origQty"], placed["executedQty"]) == ("FILLED", "1.50000000", "0.50000000")
    assert placed["preventedQuantity"] == "1.00000000"
    queried = await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"])
    assert (queried["status"], queried["origQty"], queried["preventedQuantity"]) == (
        "FILLED",
        "1.50000000",
        "1.00000000",
    )


async def test_a_mode_that_the_symbol_does_not_allow_is_refused(exchange: Live) -> None:
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "9", "quantity": "1"}
    for path in (ORDER, "/api/v3/order/test"):
        answer = await exchange.alice.send("POST", path, order | {"selfTradePreventionMode": "TRANSFER"})
        assert refusal(answer) == NOT_ALLOWED


async def test_the_default_is_the_symbols_own_and_shown_with_what_is_allowed(tmp_path: Path) -> None:
    allowed = prevention_modes(SelfTradePrevention.EXPIRE_TAKER, SelfTradePrevention.TRANSFER)
    default = SelfTradePrevention.EXPIRE_TAKER
    async with live(tmp_path, prevention_default=default, prevention_allowed=allowed) as exchange:
        (symbol,) = (await exchange.get("/api/v3/exchangeInfo"))["symbols"]
        assert symbol["defaultSelfTradePreventionMode"] == "EXPIRE_TAKER"
        assert symbol["allowedSelfTradePreventionModes"] == ["EXPIRE_TAKER", "TRANSFER"]
        placed = await exchange.alice.place("BUY", "100", "1")
        assert placed["selfTradePreventionMode"] == "EXPIRE_TAKER"
        ended = await exchange.alice.place("SELL", "100", "1")
        assert (ended["status"], ended["selfTradePreventionMode"]) == ("EXPIRED_IN_MATCH", "EXPIRE_TAKER")
        traded = await exchange.bob.place("SELL", "100", "1")
        assert traded["status"] == "FILLED"
        none = {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "MARKET",
            "quantity": "1",
            "selfTradePreventionMode": "NONE",
        }
        assert refusal(await exchange.alice.send("POST", ORDER, none)) == NOT_ALLOWED


async def test_prevented_matches_are_listed_by_id_and_by_order(exchange: Live) -> None:
    for price in ("120", "110", "100"):
        await exchange.alice.place("BUY", price, "1")
    placed = await exchange.alice.place("SELL", "100", "9", selfTradePreventionMode="EXPIRE_MAKER")

    async def ids(**parameters: object) -> list[int]:
        found = await exchange.alice.do("GET", MATCHES, symbol="BTCUSDT", **parameters)
        return [each["preventedMatchId"] for each in found]

    assert await exchange.alice.do("GET", MATCHES, symbol="BTCUSDT", preventedMatchId=2) == [
        {
            "symbol": "BTCUSDT",
            "preventedMatchId": 2,
            "takerOrderId": 4,
            "makerSymbol": "BTCUSDT",
            "makerOrderId": 2,
            "tradeGroupId": -1,
            "selfTradePreventionMode": "EXPIRE_MAKER",
            "price": "110.00000000",
            "makerPreventedQuantity": "1.00000000",
            "transactTime": placed["transactTime"],
        }
    ]
    assert await ids(orderId=4) == [1, 2, 3]
    assert await ids(orderId=2) == [2]
    assert await ids(orderId=4, fromPreventedMatchId=2) == [2, 3]
    assert await ids(orderId=4, fromPreventedMatchId=1, limit=2) == [1, 2]
    assert await ids(orderId=9) == await ids(preventedMatchId=9) == []
    for parameters in ({"orderId": 4}, {"preventedMatchId": 2}):
        assert await exchange.bob.do("GET", MATCHES, symbol="BTCUSDT", **parameters) == []


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({}, (-1102, "Param 'preventedMatchId' or 'orderId' must be sent, but both were empty/null!")),
        (
            {"fromPreventedMatchId": 1},
            (-1102, "Param 'preventedMatchId' or 'orderId' must be sent, but both were empty/null!"),
        ),
        ({"preventedMatchId": 1, "orderId": 1}, (-1128, "Combination of optional parameters invalid.")),
        ({"preventedMatchId": 1, "fromPreventedMatchId": 1}, (-1128, "Combination of optional parameters invalid.")),
        ({"symbol": "NOSUCH", "orderId": 1}, (-1121, "Invalid symbol.")),
    ],
)
async def test_queries_that_name_nothing_are_refused(
    exchange: Live, parameters: dict[str, object], expected: tuple[int, str]
) -> None:
    assert refusal(await exchange.alice.send("GET", MATCHES, {"symbol": "BTCUSDT"} | parameters)) == (400, *expected)


async def test_queries_weigh_by_what_they_ask_for(exchange: Live) -> None:
    used = [0]
    for name in ("preventedMatchId", "orderId"):
        response = await exchange.alice.send("GET", MATCHES, {"symbol": "BTCUSDT", name: 1})
        used.append(int(response.headers["x-mbx-used-weight-1m"]))
    assert used in ([0, 2, 22], [0, 2, 20])  # A new minute may just have begun.
