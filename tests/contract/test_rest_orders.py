"""Orders over REST, against a live server: placing, filling, canceling, refusals."""

import string
from typing import Any

import pytest

from tests.gateway import Live, refusal

ORDER = "/api/v3/order"
ACK = ["symbol", "orderId", "orderListId", "clientOrderId", "transactTime"]
RESULT = [
    *ACK,
    "price",
    "origQty",
    "executedQty",
    "origQuoteOrderQty",
    "cummulativeQuoteQty",
    "status",
    "timeInForce",
    "type",
    "side",
    "workingTime",
    "selfTradePreventionMode",
]


def order(side: str, order_type: str, **parameters: object) -> dict[str, object]:
    return {"symbol": "BTCUSDT", "side": side, "type": order_type, **parameters}


def limit(side: str, price: str, quantity: str, **parameters: object) -> dict[str, object]:
    return order(side, "LIMIT", **{"timeInForce": "GTC", "price": price, "quantity": quantity, **parameters})


async def test_a_resting_limit_order_is_answered_in_full(exchange: Live) -> None:
    placed = await exchange.alice.do("POST", ORDER, **limit("SELL", "50000.1", "0.5"))
    assert list(placed) == [*RESULT, "fills"]
    generated, time = placed.pop("clientOrderId"), placed.pop("transactTime")
    assert len(generated) == 22
    assert set(generated) <= set(string.ascii_letters + string.digits)
    assert abs(time - exchange.runtime.now_us() // 1000) < 60_000
    assert placed == {
        "symbol": "BTCUSDT",
        "orderId": 1,
        "orderListId": -1,
        "price": "50000.10000000",
        "origQty": "0.50000000",
        "executedQty": "0.00000000",
        "origQuoteOrderQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "NEW",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "SELL",
        "workingTime": time,
        "selfTradePreventionMode": "NONE",
        "fills": [],
    }


async def test_a_market_order_lists_every_fill_with_its_commission(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    await exchange.alice.place("SELL", "50001", "1")
    filled = await exchange.bob.do("POST", ORDER, **order("BUY", "MARKET", quantity="1.5", newClientOrderId="mine"))
    assert (filled["status"], filled["price"], filled["clientOrderId"]) == ("FILLED", "0.00000000", "mine")
    assert (filled["executedQty"], filled["cummulativeQuoteQty"]) == ("1.50000000", "75000.50000000")
    assert filled["fills"] == [
        {
            "price": "50000.00000000",
            "qty": "1.00000000",
            "commission": "0.00100000",
            "commissionAsset": "BTC",
            "tradeId": 1,
        },
        {
            "price": "50001.00000000",
            "qty": "0.50000000",
            "commission": "0.00050000",
            "commissionAsset": "BTC",
            "tradeId": 2,
        },
    ]


async def test_a_market_order_by_quote_amount_shows_what_it_bought(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    filled = await exchange.bob.do("POST", ORDER, **order("BUY", "MARKET", quoteOrderQty="10000"))
    assert (filled["status"], filled["origQty"], filled["executedQty"]) == ("FILLED", "0.20000000", "0.20000000")
    assert (filled["origQuoteOrderQty"], filled["cummulativeQuoteQty"]) == ("10000.00000000", "10000.00000000")


async def test_a_market_order_beyond_the_book_expires_with_what_it_got(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    expired = await exchange.bob.do("POST", ORDER, **order("BUY", "MARKET", quantity="2"))
    assert (expired["status"], expired["origQty"], expired["executedQty"]) == ("EXPIRED", "2.00000000", "1.00000000")
    assert len(expired["fills"]) == 1
    queried = await exchange.bob.do("GET", ORDER, symbol="BTCUSDT", orderId=expired["orderId"])
    assert (queried["status"], queried["expiryReason"]) == ("EXPIRED", "INSUFFICIENT_LIQUIDITY")


@pytest.mark.parametrize(
    ("time_in_force", "executed", "reason"),
    [("IOC", "1.00000000", "UNFILLED_IOC_QUANTITY_EXPIRED"), ("FOK", "0.00000000", "UNFILLED_FOK_ORDER_EXPIRED")],
)
async def test_impatient_orders_expire(exchange: Live, time_in_force: str, executed: str, reason: str) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    parameters = limit("BUY", "50000", "1.5", timeInForce=time_in_force)
    expired = await exchange.bob.do("POST", ORDER, **parameters)
    assert (expired["status"], expired["timeInForce"]) == ("EXPIRED", time_in_force)
    assert expired["executedQty"] == executed
    queried = await exchange.bob.do("GET", ORDER, symbol="BTCUSDT", orderId=expired["orderId"])
    assert queried["expiryReason"] == reason


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        (limit("BUY", "100", "1", newOrderRespType="ACK"), ACK),
        (limit("BUY", "100", "1", newOrderRespType="RESULT"), RESULT),
        (limit("BUY", "100", "1", newOrderRespType="FULL"), [*RESULT, "fills"]),
        (order("BUY", "LIMIT_MAKER", price="100", quantity="1"), ACK),
    ],
)
async def test_the_reply_says_as_much_as_asked(
    exchange: Live, parameters: dict[str, object], fields: list[str]
) -> None:
    assert list(await exchange.alice.do("POST", ORDER, **parameters)) == fields


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (limit("BUY", "100.001", "1"), (400, -1013, "Filter failure: PRICE_FILTER")),
        (limit("BUY", "1000000.01", "1"), (400, -1013, "Filter failure: PRICE_FILTER")),
        (limit("BUY", "100", "0.000001"), (400, -1013, "Filter failure: LOT_SIZE")),
        (limit("BUY", "100", "9001"), (400, -1013, "Filter failure: LOT_SIZE")),
        (limit("BUY", "100", "0.04"), (400, -1013, "Filter failure: NOTIONAL")),
        (order("SELL", "MARKET", quantity="101"), (400, -1013, "Filter failure: MARKET_LOT_SIZE")),
        (
            limit("BUY", "50000", "21"),
            (400, -2010, "Account has insufficient balance for requested action."),
        ),
        (
            order("BUY", "LIMIT_MAKER", price="60000", quantity="1"),
            (400, -2010, "Order would immediately match and take."),
        ),
        (limit("BUY", "100", "1", newClientOrderId="taken"), (400, -2010, "Duplicate order sent.")),
        (limit("BUY", "100", "1", symbol="NOSUCH"), (400, -1121, "Invalid symbol.")),
        (limit("BUY", "92233720369", "1"), (400, -1108, "Parameter 'price' overflowed.")),
        (
            order("BUY", "STOP_LOSS", quantity="1"),
            (400, -1102, "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"),
        ),
    ],
)
async def test_refusals(exchange: Live, parameters: dict[str, object], expected: tuple[int, int, str]) -> None:
    await exchange.bob.place("SELL", "55000", "1")
    await exchange.alice.place("BUY", "100", "1", newClientOrderId="taken")
    assert refusal(await exchange.alice.send("POST", ORDER, parameters)) == expected


async def test_a_symbol_takes_so_many_open_orders(exchange: Live) -> None:
    for _ in range(98):
        await exchange.alice.place("BUY", "100", "0.05")
    counted = await exchange.alice.send("POST", ORDER, limit("BUY", "100", "0.05"))
    # A new interval of ten seconds may have begun at any of the orders; a day is long enough to count them all.
    assert int(counted.headers["x-mbx-order-count-10s"]) in range(1, 100)
    assert counted.headers["x-mbx-order-count-1d"] == "99"


async def test_a_canceled_order_names_the_cancel(exchange: Live) -> None:
    placed = await exchange.alice.place("BUY", "100", "1", newClientOrderId="first")
    canceled = await exchange.alice.do(
        "DELETE", ORDER, symbol="BTCUSDT", orderId=placed["orderId"], newClientOrderId="my-cancel"
    )
    time = canceled.pop("transactTime")
    assert time >= placed["transactTime"]
    assert canceled == {
        "symbol": "BTCUSDT",
        "origClientOrderId": "first",
        "orderId": placed["orderId"],
        "orderListId": -1,
        "clientOrderId": "my-cancel",
        "price": "100.00000000",
        "origQty": "1.00000000",
        "executedQty": "0.00000000",
        "origQuoteOrderQty": "0.00000000",
        "cummulativeQuoteQty": "0.00000000",
        "status": "CANCELED",
        "timeInForce": "GTC",
        "type": "LIMIT",
        "side": "BUY",
        "selfTradePreventionMode": "NONE",
    }


async def test_an_order_is_canceled_by_either_name_and_both_must_fit(exchange: Live) -> None:
    placed = await exchange.alice.place("BUY", "100", "1", newClientOrderId="mine")
    unknown = (400, -2011, "Unknown order sent.")
    for wrong in (
        {"orderId": placed["orderId"], "origClientOrderId": "other"},
        {"orderId": placed["orderId"] + 1},
        {"origClientOrderId": "other"},
    ):
        assert refusal(await exchange.alice.send("DELETE", ORDER, {"symbol": "BTCUSDT", **wrong})) == unknown
    of_another = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    assert refusal(await exchange.bob.send("DELETE", ORDER, of_another)) == unknown
    await exchange.alice.do("DELETE", ORDER, symbol="BTCUSDT", origClientOrderId="mine")
    assert refusal(await exchange.alice.send("DELETE", ORDER, of_another)) == unknown


async def test_every_open_order_on_a_symbol_is_canceled(exchange: Live) -> None:
    for price in ("100", "101"):
        await exchange.alice.place("BUY", price, "1")
    await exchange.bob.place("BUY", "99", "1")
    canceled = await exchange.alice.do("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert [(each["orderId"], each["status"]) for each in canceled] == [(1, "CANCELED"), (2, "CANCELED")]
    assert await exchange.alice.do("GET", "/api/v3/openOrders") == []
    assert len(await exchange.bob.do("GET", "/api/v3/openOrders")) == 1
    refused = await exchange.alice.send("DELETE", "/api/v3/openOrders", {"symbol": "BTCUSDT"})
    assert refusal(refused) == (400, -2011, "Unknown order sent.")


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (limit("BUY", "100", "1"), {}),
        (limit("BUY", "50000", "21"), {}),
        (order("BUY", "LIMIT_MAKER", price="60000", quantity="1"), {}),
        (limit("BUY", "100.001", "1"), {"code": -1013, "msg": "Filter failure: PRICE_FILTER"}),
        (limit("BUY", "100", "1", symbol="NOSUCH"), {"code": -1121, "msg": "Invalid symbol."}),
    ],
)
async def test_a_tested_order_is_checked_and_not_placed(
    exchange: Live, parameters: dict[str, object], expected: dict[str, Any]
) -> None:
    await exchange.bob.place("SELL", "55000", "1")
    sequence = exchange.runtime.last_sequence
    answer = await exchange.alice.send("POST", "/api/v3/order/test", parameters)
    assert answer.json() == expected
    assert exchange.runtime.last_sequence == sequence


async def test_a_tested_order_tells_the_rates_it_would_pay(exchange: Live) -> None:
    answer = await exchange.alice.do(
        "POST", "/api/v3/order/test", **limit("BUY", "100", "1", computeCommissionRates="true")
    )
    none = {"maker": "0.00000000", "taker": "0.00000000"}
    assert answer == {
        "standardCommissionForOrder": {"maker": "0.00100000", "taker": "0.00100000"},
        "specialCommissionForOrder": none,
        "taxCommissionForOrder": none,
        "discount": {
            "enabledForAccount": False,
            "enabledForSymbol": False,
            "discountAsset": None,
            "discount": "0.00000000",
        },
    }


async def test_too_many_unfilled_orders_are_refused_and_fills_give_them_back(exchange: Live) -> None:
    path = "/api/v3/rateLimit/order"

    async def used() -> list[int]:
        return [each["count"] for each in await exchange.alice.do("GET", path)]

    await exchange.alice.place("SELL", "50000", "1")
    assert (await used())[1] == 1
    await exchange.alice.send("POST", ORDER, limit("BUY", "100.001", "1"))
    assert (await used())[1] == 1
    await exchange.bob.do("POST", ORDER, **order("BUY", "MARKET", quantity="0.5"))
    assert (await used())[1] == 0
    counted = (await exchange.alice.do("GET", path))[0]
    assert list(counted) == ["rateLimitType", "interval", "intervalNum", "limit", "count"]
    assert (counted["rateLimitType"], counted["interval"], counted["intervalNum"]) == ("ORDERS", "SECOND", 10)
