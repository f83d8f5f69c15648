"""Stops, trailing stops, icebergs and pegged orders over REST, against a live server."""

from tests.gateway import Live, refusal

ORDER = "/api/v3/order"


def stop(side: str, order_type: str, **parameters: object) -> dict[str, object]:
    return {"symbol": "BTCUSDT", "side": side, "type": order_type, "quantity": "1", **parameters}


async def test_a_stop_waits_works_and_is_shown_as_it_does(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    await exchange.bob.place("BUY", "50000", "1")
    waiting = await exchange.alice.do(
        "POST", ORDER, **stop("SELL", "STOP_LOSS", stopPrice="49000", strategyId=7, newOrderRespType="RESULT")
    )
    assert (waiting["status"], waiting["workingTime"], waiting["stopPrice"]) == ("NEW", -1, "49000.00000000")
    assert waiting["strategyId"] == 7
    (shown,) = await exchange.alice.do("GET", "/api/v3/openOrders", symbol="BTCUSDT")
    assert (shown["isWorking"], shown["workingTime"], shown["stopPrice"]) == (False, -1, "49000.00000000")
    balances = (await exchange.alice.do("GET", "/api/v3/account"))["balances"]
    assert next(each["locked"] for each in balances if each["asset"] == "BTC") == "1.00000000"
    await exchange.bob.place("BUY", "48900", "2")
    await exchange.alice.place("SELL", "48900", "1")
    done = await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=waiting["orderId"])
    assert (done["status"], done["isWorking"], done["executedQty"]) == ("FILLED", True, "1.00000000")
    assert done["workingTime"] >= waiting["transactTime"]


async def test_trailing_stops_icebergs_and_pegs_show_their_terms(exchange: Live) -> None:
    trailing = await exchange.alice.do(
        "POST",
        ORDER,
        **stop("SELL", "TAKE_PROFIT_LIMIT", price="10", timeInForce="GTC", trailingDelta=50, newOrderRespType="RESULT"),
    )
    assert (trailing["trailingDelta"], trailing["trailingTime"]) == (50, -1)
    iceberg = await exchange.alice.do(
        "POST", ORDER, **stop("SELL", "LIMIT", price="60000", timeInForce="GTC", icebergQty="0.25")
    )
    assert iceberg["icebergQty"] == "0.25000000"
    depth = await exchange.get("/api/v3/depth", symbol="BTCUSDT", limit=5)
    assert depth["asks"] == [["60000.00000000", "0.25000000"]]
    pegged = await exchange.alice.do(
        "POST", ORDER, **stop("SELL", "LIMIT", timeInForce="GTC", pegPriceType="PRIMARY_PEG")
    )
    assert (pegged["price"], pegged["peggedPrice"], pegged["pegPriceType"]) == (
        "0.00000000",
        "60000.00000000",
        "PRIMARY_PEG",
    )


async def test_refusals_of_orders_that_wait(exchange: Live) -> None:
    await exchange.alice.place("SELL", "50000", "1")
    await exchange.bob.place("BUY", "50000", "1")
    met = refusal(await exchange.alice.send("POST", ORDER, stop("SELL", "STOP_LOSS", stopPrice="50000")))
    assert met == (400, -2010, "Order would trigger immediately.")
    excess = stop("SELL", "LIMIT", price="60000", timeInForce="GTC", icebergQty="2")
    assert refusal(await exchange.alice.send("POST", ORDER, excess)) == (400, -2010, "IcebergQty exceeds QTY.")
    empty = stop("BUY", "LIMIT", timeInForce="GTC", pegPriceType="PRIMARY_PEG")
    assert refusal(await exchange.alice.send("POST", ORDER, empty)) == (
        400,
        -2010,
        "Order book liquidity is too low for this pegged order.",
    )


async def test_a_cancel_can_be_held_to_a_status(exchange: Live) -> None:
    placed = await exchange.alice.place("SELL", "50000", "1")
    named = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    restricted = await exchange.alice.send("DELETE", ORDER, {**named, "cancelRestrictions": "ONLY_PARTIALLY_FILLED"})
    assert refusal(restricted) == (400, -2011, "Order was not canceled due to cancel restrictions.")
    canceled = await exchange.alice.do("DELETE", ORDER, **named, cancelRestrictions="ONLY_NEW")
    assert canceled["status"] == "CANCELED"
