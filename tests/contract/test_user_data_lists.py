"""What an account is told of orders that wait, and of lists, is what REST shows of them."""

from tests.gateway import Live
from tests.user_data import ORDER, ORDER_LIST, POSITION, check_list, check_same, listen, taken


async def test_a_triggered_order_is_told_of_again_as_it_starts_to_work(exchange: Live) -> None:
    await exchange.bob.place("BUY", "49000", "1")
    await exchange.bob.place("BUY", "48000", "1")
    mirror = listen(exchange, exchange.alice)
    stop = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS_LIMIT", "timeInForce": "GTC", "quantity": "1"}
    placed = await exchange.alice.do("POST", ORDER, **stop, price="48500", stopPrice="49500", newOrderRespType="RESULT")
    (event,) = taken(mirror, "NEW", POSITION)
    check_same(event, placed)
    assert (event["w"], "W" in event, placed["workingTime"]) == (False, False, -1)
    await exchange.bob.place("SELL", "49000", "0.5")
    started, trade = taken(mirror, "NEW", "TRADE", POSITION)
    assert (started["i"], started["w"], started["W"]) == (placed["orderId"], True, started["T"])
    assert (trade["X"], trade["l"], trade["w"]) == ("PARTIALLY_FILLED", "0.50000000", True)
    check_same(trade, await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"]))


async def test_a_trailing_order_says_since_when_it_follows(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    trailing = {"symbol": "BTCUSDT", "side": "SELL", "type": "TAKE_PROFIT", "quantity": "1", "trailingDelta": 100}
    placed = await exchange.alice.do("POST", ORDER, **trailing, newOrderRespType="RESULT")
    (event,) = taken(mirror, "NEW", POSITION)
    check_same(event, placed)
    assert (event["d"], "D" in event) == (100, False)
    await exchange.bob.place("BUY", "50000", "1")
    await exchange.bob.place("SELL", "50000", "1")
    (event,) = taken(mirror, "NEW")
    assert (event["D"], event["w"]) == (event["T"], False)
    check_same(event, await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"]))


async def test_a_pegged_order_shows_its_peg(exchange: Live) -> None:
    await exchange.bob.place("BUY", "49500", "1")
    await exchange.bob.place("BUY", "49000", "1")
    mirror = listen(exchange, exchange.alice)
    pegged = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
    peg = {"pegPriceType": "PRIMARY_PEG", "pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": 1}
    placed = await exchange.alice.do("POST", ORDER, **pegged, **peg)
    (event,) = taken(mirror, "NEW", POSITION)
    check_same(event, placed)
    assert (event["gP"], event["gOT"], event["gOV"], event["gp"]) == (*peg.values(), "49000.00000000")


async def test_a_list_is_told_of_with_its_orders(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    pair = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "1",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": "51000",
        "belowType": "STOP_LOSS",
        "belowStopPrice": "49000",
        "listClientOrderId": "pair",
    }
    placed = await exchange.alice.do("POST", f"{ORDER_LIST}/oco", **pair)
    listed, above, below = taken(mirror, "listStatus", "NEW", "NEW", POSITION)
    check_list(listed, placed)
    for event, shown in zip((above, below), placed["orderReports"], strict=True):
        check_same(event, shown)
    assert (above["w"], below["w"]) == (True, False)
    canceled = await exchange.alice.do("DELETE", ORDER_LIST, symbol="BTCUSDT", listClientOrderId="pair")
    *gone, ended = taken(mirror, "CANCELED", "CANCELED", "listStatus", POSITION)
    check_list(ended, canceled)
    for event, shown in zip(gone, canceled["orderReports"], strict=True):
        check_same(event, shown)


async def test_an_order_of_a_list_that_is_filled_places_those_that_wait(exchange: Live) -> None:
    working = {"workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "50000", "workingQuantity": "1"}
    pending = {
        "pendingSide": "SELL",
        "pendingQuantity": "1",
        "pendingAboveType": "LIMIT_MAKER",
        "pendingAbovePrice": "52000",
        "pendingBelowType": "STOP_LOSS",
        "pendingBelowStopPrice": "48000",
    }
    placed = await exchange.alice.do(
        "POST", f"{ORDER_LIST}/otoco", symbol="BTCUSDT", workingTimeInForce="GTC", **working, **pending
    )
    mirror = listen(exchange, exchange.alice)
    await exchange.bob.place("SELL", "50000", "1")
    trade, *activated = taken(mirror, "TRADE", "NEW", "NEW", POSITION)
    assert (trade["i"], trade["g"]) == (placed["orders"][0]["orderId"], placed["orderListId"])
    assert sorted((event["o"], event["X"], event["w"]) for event in activated) == [
        ("LIMIT_MAKER", "NEW", True),
        ("STOP_LOSS", "NEW", False),
    ]
    for event in activated:
        check_same(event, await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=event["i"]))
    await exchange.bob.place("BUY", "52000", "1")
    other, sold, ended = taken(mirror, "EXPIRED", "TRADE", "listStatus", POSITION)
    assert (other["eR"], other["o"], sold["o"]) == ("OCO_TRIGGER", "STOP_LOSS", "LIMIT_MAKER")
    shown = await exchange.alice.do("GET", ORDER_LIST, orderListId=placed["orderListId"])
    assert ended["O"] == [
        {"s": each["symbol"], "i": each["orderId"], "c": each["clientOrderId"]} for each in shown["orders"]
    ]
    assert (ended["l"], ended["L"]) == (shown["listStatusType"], shown["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")


async def test_a_working_order_that_goes_takes_those_that_wait(exchange: Live) -> None:
    working = {"workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "50000", "workingQuantity": "1"}
    pending = {"pendingType": "LIMIT", "pendingSide": "SELL", "pendingPrice": "52000", "pendingQuantity": "1"}
    mirror = listen(exchange, exchange.alice)
    await exchange.alice.do(
        *("POST", f"{ORDER_LIST}/oto"),
        **{"symbol": "BTCUSDT", "workingTimeInForce": "IOC", "pendingTimeInForce": "GTC", **working, **pending},
    )
    _placed, first, second, expired, other, ended = taken(
        mirror, "listStatus", "NEW", "NEW", "EXPIRED", "EXPIRED", "listStatus", POSITION
    )
    assert (first["X"], second["X"], second["w"]) == ("NEW", "PENDING_NEW", False)
    assert (expired["eR"], other["eR"], ended["l"]) == (
        *("UNFILLED_IOC_QUANTITY_EXPIRED", "OTO_PHASE_ONE_EXPIRED", "ALL_DONE"),
    )


async def test_an_order_of_a_list_that_gets_another_name_updates_the_list(exchange: Live) -> None:
    working = {"workingType": "LIMIT", "workingSide": "BUY", "workingPrice": "50000", "workingQuantity": "2"}
    pending = {"pendingType": "LIMIT", "pendingSide": "SELL", "pendingPrice": "52000", "pendingQuantity": "1"}
    placed = await exchange.alice.do(
        *("POST", f"{ORDER_LIST}/oto"),
        **{"symbol": "BTCUSDT", "workingTimeInForce": "GTC", "pendingTimeInForce": "GTC", **working, **pending},
    )
    mirror = listen(exchange, exchange.alice)
    amend = {"symbol": "BTCUSDT", "orderId": placed["orders"][0]["orderId"]}
    await exchange.alice.do("PUT", "/api/v3/order/amend/keepPriority", **amend, newQty="1", newClientOrderId="less")
    _replaced, updated = taken(mirror, "REPLACED", "listStatus", POSITION)
    assert (updated["l"], updated["L"]) == ("UPDATED", "EXECUTING")
    assert [each["c"] for each in updated["O"]] == ["less", placed["orders"][1]["clientOrderId"]]
    await exchange.alice.do("PUT", "/api/v3/order/amend/keepPriority", **amend, newQty="0.5", newClientOrderId="less")
    taken(mirror, "REPLACED", POSITION)


async def test_a_list_with_bad_prices_is_told_of_as_refused(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    pair = {
        "symbol": "BTCUSDT",
        "side": "SELL",
        "quantity": "1",
        "aboveType": "LIMIT_MAKER",
        "abovePrice": "48000",
        "belowType": "STOP_LOSS",
        "belowStopPrice": "49000",
        "listClientOrderId": "pair",
    }
    response = await exchange.alice.send("POST", f"{ORDER_LIST}/oco", pair)
    assert response.status_code == 400
    above, below, refused = taken(mirror, "REJECTED", "REJECTED", "listStatus")
    assert {above["r"], below["r"], refused["r"]} == {"OCO_BAD_PRICES"}
    assert (refused["l"], refused["L"], refused["g"], refused["C"]) == ("RESPONSE", "REJECT", -1, "pair")
    assert [each["i"] for each in refused["O"]] == [-1, -1]
