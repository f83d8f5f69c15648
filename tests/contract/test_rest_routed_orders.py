"""Smart order routing and amendments over REST, against a live server."""

from typing import Any

from tests.gateway import Live, pool, refusal

SOR = "/api/v3/sor/order"


def routed(side: str, quantity: str, **parameters: str) -> dict[str, str]:
    order = {"symbol": "BTCUSDT", "side": side, "type": "LIMIT", "timeInForce": "GTC", "price": "51000"}
    return order | {"quantity": quantity} | parameters


async def asked(exchange: Live) -> Any:
    """Ask for sellers on both books."""
    await exchange.bob.place("SELL", "50500", "1")
    return await exchange.bob.place("SELL", "50000", "1", symbol="BTCUSDC")


async def test_an_order_is_filled_from_the_best_of_several_books(exchange: Live) -> None:
    await pool(exchange)
    maker = await asked(exchange)
    placed = await exchange.alice.do("POST", SOR, **routed("BUY", "1.5"))
    assert (placed["status"], placed["executedQty"], placed["cummulativeQuoteQty"]) == (
        "FILLED",
        "1.50000000",
        "75250.00000000",
    )
    assert (placed["usedSor"], placed["workingFloor"]) == (True, "SOR")
    assert placed["fills"] == [
        {
            "matchType": "ONE_PARTY_TRADE_REPORT",
            "price": price,
            "qty": quantity,
            "commission": commission,
            "commissionAsset": "BTC",
            "tradeId": -1,
            "allocId": number,
        }
        for number, (price, quantity, commission) in enumerate(
            [("50000.00000000", "1.00000000", "0.00100000"), ("50500.00000000", "0.50000000", "0.00050000")]
        )
    ]
    shown = await exchange.alice.do("GET", "/api/v3/order", symbol="BTCUSDT", orderId=placed["orderId"])
    assert (shown["status"], shown["usedSor"], shown["executedQty"]) == ("FILLED", True, "1.50000000")
    sold = await exchange.bob.do("GET", "/api/v3/order", symbol="BTCUSDC", orderId=maker["orderId"])
    assert sold["status"] == "FILLED"
    # The trades are the house's; what they brought is the order's.
    assert await exchange.alice.do("GET", "/api/v3/myTrades", symbol="BTCUSDT") == []
    counts = await exchange.alice.do("GET", "/api/v3/rateLimit/order")
    assert [each["count"] for each in counts] == [0, 0], "a filled order does not count"


async def test_allocations_are_listed_by_order_number_and_time(exchange: Live) -> None:
    await pool(exchange)
    await asked(exchange)
    first = await exchange.alice.do("POST", SOR, **routed("BUY", "1.25"))
    second = await exchange.alice.do("POST", SOR, **routed("BUY", "0.25", newOrderRespType="RESULT"))
    assert "fills" not in second

    async def listed(**parameters: object) -> list[Any]:
        answer: list[Any] = await exchange.alice.do("GET", "/api/v3/myAllocations", symbol="BTCUSDT", **parameters)
        return answer

    everything = await listed()
    assert [(each["allocationId"], each["orderId"], each["qty"]) for each in everything] == [
        (0, first["orderId"], "1.00000000"),
        (1, first["orderId"], "0.25000000"),
        (2, second["orderId"], "0.25000000"),
    ]
    assert everything[0] == {
        "symbol": "BTCUSDT",
        "allocationId": 0,
        "allocationType": "SOR",
        "orderId": first["orderId"],
        "orderListId": -1,
        "price": "50000.00000000",
        "qty": "1.00000000",
        "quoteQty": "50000.00000000",
        "commission": "0.00100000",
        "commissionAsset": "BTC",
        "time": first["transactTime"],
        "isBuyer": True,
        "isMaker": False,
        "isAllocator": False,
    }
    assert await listed(orderId=first["orderId"]) == everything[:2]
    assert await listed(orderId=first["orderId"], fromAllocationId=1) == everything[1:2]
    assert await listed(fromAllocationId=1, limit=1) == everything[1:2]
    assert await listed(limit=2) == everything[:2]
    assert await listed(endTime=second["transactTime"], limit=1) == everything[2:]
    assert await listed(startTime=first["transactTime"], endTime=second["transactTime"]) == everything
    assert await exchange.bob.do("GET", "/api/v3/myAllocations", symbol="BTCUSDT") == []
    both = {"symbol": "BTCUSDT", "orderId": first["orderId"], "startTime": 1}
    refused = refusal(await exchange.alice.send("GET", "/api/v3/myAllocations", both))
    assert refused == (400, -1128, "Combination of optional parameters invalid.")


async def test_refusals_and_tests_of_routed_orders(exchange: Live) -> None:
    unpooled = refusal(await exchange.alice.send("POST", SOR, routed("BUY", "1")))
    assert unpooled == (400, -2010, "This symbol does not support smart order routing.")
    await pool(exchange)
    assert await exchange.alice.do("POST", f"{SOR}/test", **routed("BUY", "1")) == {}
    rates = await exchange.alice.do("POST", f"{SOR}/test", **routed("BUY", "1", computeCommissionRates="true"))
    assert rates["standardCommissionForOrder"] == {"maker": "0.00100000", "taker": "0.00100000"}
    for wrong, code, message in (
        ({"type": "STOP_LOSS"}, -1116, "Invalid orderType."),
        ({"quantity": "0"}, -1013, "Invalid quantity."),
        ({"quoteOrderQty": "5"}, -1104, "Not all sent parameters were read; read '8' parameter(s) but was sent '9'."),
        ({"price": "2000000"}, -1013, "Filter failure: PRICE_FILTER"),
    ):
        assert refusal(await exchange.alice.send("POST", SOR, routed("BUY", "1") | wrong)) == (400, code, message)


async def test_amendments_are_kept_and_listed(exchange: Live) -> None:
    placed = await exchange.alice.place("SELL", "60000", "5", newClientOrderId="first")
    named = {"symbol": "BTCUSDT", "orderId": placed["orderId"]}
    path = "/api/v3/order/amend/keepPriority"
    amended = [
        await exchange.alice.do("PUT", path, **named, newQty=quantity, newClientOrderId=name)
        for quantity, name in (("4", "second"), ("3", "third"))
    ]
    listed = await exchange.alice.do("GET", "/api/v3/order/amendments", **named)
    assert listed == [
        {
            "symbol": "BTCUSDT",
            "orderId": placed["orderId"],
            "executionId": each["executionId"],
            "origClientOrderId": before,
            "newClientOrderId": after,
            "origQty": f"{quantity + 1}.00000000",
            "newQty": f"{quantity}.00000000",
            "time": each["transactTime"],
        }
        for each, before, after, quantity in zip(amended, ("first", "second"), ("second", "third"), (4, 3), strict=True)
    ]
    later = await exchange.alice.do(
        "GET", "/api/v3/order/amendments", **named, fromExecutionId=listed[1]["executionId"], limit=1
    )
    assert later == listed[1:]
    assert await exchange.bob.do("GET", "/api/v3/order/amendments", **named) == []
