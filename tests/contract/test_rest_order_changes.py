"""Replacing and amending orders over REST, against a live server."""

from pathlib import Path
from typing import Any

from rialto.gateway.limits import RateLimit, RateLimits
from tests.gateway import Live, live, refusal

REPLACE = "/api/v3/order/cancelReplace"
AMEND = "/api/v3/order/amend/keepPriority"


def replacing(mode: str = "STOP_ON_FAILURE", **parameters: Any) -> dict[str, Any]:
    order = {"symbol": "BTCUSDT", "side": "SELL", "type": "LIMIT", "timeInForce": "GTC", "price": "60000"}
    return order | {"quantity": "0.5", "cancelReplaceMode": mode} | parameters


async def test_both_halves_are_told_of(exchange: Live) -> None:
    old = await exchange.alice.place("SELL", "50000", "1")
    done = await exchange.alice.do("POST", REPLACE, **replacing(cancelOrderId=old["orderId"]))
    assert list(done) == ["cancelResult", "newOrderResult", "cancelResponse", "newOrderResponse"]
    assert (done["cancelResult"], done["newOrderResult"]) == ("SUCCESS", "SUCCESS")
    assert (done["cancelResponse"]["orderId"], done["cancelResponse"]["status"]) == (old["orderId"], "CANCELED")
    assert (done["newOrderResponse"]["price"], done["newOrderResponse"]["fills"]) == ("60000.00000000", [])


async def test_a_half_that_fails_is_told_of_with_the_other(exchange: Live) -> None:
    async def failed(**parameters: Any) -> tuple[int, int, dict[str, Any]]:
        response = await exchange.alice.send("POST", REPLACE, replacing(**parameters))
        body = response.json()
        return response.status_code, body["code"], body["data"]

    unknown = {"code": -2011, "msg": "Unknown order sent."}
    assert await failed(cancelOrderId=99) == (
        400,
        -2022,
        {
            "cancelResult": "FAILURE",
            "newOrderResult": "NOT_ATTEMPTED",
            "cancelResponse": unknown,
            "newOrderResponse": None,
        },
    )
    status, code, data = await failed(mode="ALLOW_FAILURE", cancelOrderId=99)
    assert (status, code, data["cancelResult"], data["newOrderResult"]) == (409, -2021, "FAILURE", "SUCCESS")
    old = await exchange.alice.place("SELL", "50000", "1")
    status, code, data = await failed(cancelOrderId=old["orderId"], quantity="149")
    assert (status, code, data["cancelResult"], data["newOrderResult"]) == (409, -2021, "SUCCESS", "FAILURE")
    assert data["newOrderResponse"]["code"] == -2010
    status, code, data = await failed(mode="ALLOW_FAILURE", cancelOrderId=99, quantity="149")
    assert (status, code, data["cancelResult"], data["newOrderResult"]) == (400, -2022, "FAILURE", "FAILURE")


async def test_the_cancel_alone_where_no_more_orders_may_be_placed(tmp_path: Path) -> None:
    limits = RateLimits(orders=(RateLimit("ORDERS", "DAY", 1, 2),))
    async with live(tmp_path, limits=limits) as exchange:
        alice = exchange.alice
        orders = [(await alice.place("SELL", "50000", "1"))["orderId"] for _ in range(2)]
        for mode, order, expected in (
            ("STOP_ON_FAILURE", orders[0], (429, -2021, "SUCCESS", "FAILURE")),
            ("STOP_ON_FAILURE", orders[0], (429, -2022, "FAILURE", "NOT_ATTEMPTED")),
            ("ALLOW_FAILURE", orders[1], (409, -2021, "SUCCESS", "FAILURE")),
            ("ALLOW_FAILURE", orders[1], (400, -2022, "FAILURE", "FAILURE")),
        ):
            asked = replacing(mode, cancelOrderId=order, orderRateLimitExceededMode="CANCEL_ONLY")
            response = await alice.send("POST", REPLACE, asked)
            body = response.json()
            halves = body["data"]["cancelResult"], body["data"]["newOrderResult"]
            assert (response.status_code, body["code"], *halves) == expected
            if halves[1] == "FAILURE":
                assert body["data"]["newOrderResponse"]["code"] == -1015
        refused = await alice.send("POST", REPLACE, replacing("ALLOW_FAILURE", cancelOrderId=orders[1]))
        assert refusal(refused)[:2] == (429, -1015)


async def test_filters_refuse_the_whole(exchange: Live) -> None:
    old = await exchange.alice.place("SELL", "50000", "1")
    refused = await exchange.alice.send("POST", REPLACE, replacing(cancelOrderId=old["orderId"], price="0.001"))
    assert refusal(refused) == (400, -1013, "Filter failure: PRICE_FILTER")
    missing = await exchange.alice.send("POST", REPLACE, replacing())
    assert refusal(missing)[1] == -1102
    assert len(await exchange.alice.do("GET", "/api/v3/openOrders", symbol="BTCUSDT")) == 1


async def test_an_amended_order_is_smaller_and_has_a_new_name(exchange: Live) -> None:
    old = await exchange.alice.place("SELL", "50000", "1", newClientOrderId="old")
    amended = await exchange.alice.do("PUT", AMEND, symbol="BTCUSDT", orderId=old["orderId"], newQty="0.4")
    order = amended["amendedOrder"]
    assert (order["origClientOrderId"], order["qty"], order["status"]) == ("old", "0.40000000", "NEW")
    shown = await exchange.alice.do("GET", "/api/v3/order", symbol="BTCUSDT", orderId=old["orderId"])
    assert (shown["origQty"], shown["clientOrderId"]) == ("0.40000000", order["clientOrderId"])
    again = await exchange.alice.send("PUT", AMEND, {"symbol": "BTCUSDT", "orderId": old["orderId"], "newQty": "0.5"})
    assert refusal(again) == (400, -2038, "Order amend (quantity increase) is not supported.")
    unknown = await exchange.alice.send("PUT", AMEND, {"symbol": "BTCUSDT", "orderId": 77, "newQty": "0.5"})
    assert refusal(unknown) == (400, -2038, "Unknown order sent.")
