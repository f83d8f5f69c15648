"""What an account is told of its orders is what REST answers, and it is told before REST does."""

import pytest

from tests.gateway import Live
from tests.user_data import NOTHING, ORDER, POSITION, check_same, listen, taken


async def test_an_order_is_told_of_as_its_reply_shows_it(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    placed = await exchange.alice.place(
        *("BUY", "40000", "2"), newClientOrderId="mine", strategyId=7, strategyType=1000000, icebergQty="0.5"
    )
    (event,) = taken(mirror, "NEW", POSITION)
    check_same(event, placed)
    assert (event["T"], event["O"], event["W"]) == (placed["transactTime"],) * 2 + (placed["workingTime"],)
    assert (event["E"], event["w"], event["m"], event["M"], event["C"]) == (event["T"], True, False, False, "")
    assert (event["t"], event["l"], event["L"], event["Y"], event["n"], event["N"]) == (
        *(-1, NOTHING, NOTHING, NOTHING, "0", None),
    )
    check_same(event, await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"]))


async def test_every_trade_is_told_of_as_the_fills_and_trades_show_it(exchange: Live) -> None:
    takers, makers = listen(exchange, exchange.alice), listen(exchange, exchange.bob)
    first = await exchange.bob.place("SELL", "50000", "1")
    second = await exchange.bob.place("SELL", "50100", "1")
    taken(makers, "NEW", POSITION, "NEW", POSITION)
    placed = await exchange.alice.place("BUY", "50100", "1.5")
    _new, *trades = taken(takers, "NEW", "TRADE", "TRADE", POSITION)
    assert [
        {
            "price": event["L"],
            "qty": event["l"],
            "commission": event["n"],
            "commissionAsset": event["N"],
            "tradeId": event["t"],
        }
        for event in trades
    ] == placed["fills"]
    assert [(event["X"], event["w"], event["m"], event["M"]) for event in trades] == [
        ("PARTIALLY_FILLED", True, False, True),
        ("FILLED", False, False, True),
    ]
    check_same(trades[-1], placed)
    made = taken(makers, "TRADE", "TRADE", POSITION)
    assert [(event["i"], event["X"], event["m"], event["w"]) for event in made] == [
        (first["orderId"], "FILLED", True, False),
        (second["orderId"], "PARTIALLY_FILLED", True, True),
    ]
    trades_shown = await exchange.bob.do("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    assert [(each["id"], each["quoteQty"], each["commission"], each["time"]) for each in trades_shown] == [
        (event["t"], event["Y"], event["n"], event["T"]) for event in made
    ]
    for event in made:
        check_same(event, await exchange.bob.do("GET", ORDER, symbol="BTCUSDT", orderId=event["i"]))
    ids = [event["I"] for event in trades + made]
    assert len(set(ids)) == 4


async def test_a_market_order_by_quote_amount_is_told_of_to_its_end(exchange: Live) -> None:
    await exchange.bob.place("SELL", "50000", "1")
    mirror = listen(exchange, exchange.alice)
    order = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "quoteOrderQty": "100000"}
    placed = await exchange.alice.do("POST", ORDER, **order)
    new, trade, expired = taken(mirror, "NEW", "TRADE", "EXPIRED", POSITION)
    assert (new["Q"], new["w"], trade["X"], trade["w"]) == ("100000.00000000", True, "PARTIALLY_FILLED", False)
    check_same(expired, placed)
    assert (expired["eR"], expired["C"], expired["W"]) == ("INSUFFICIENT_LIQUIDITY", "", placed["workingTime"])


async def test_a_cancel_has_a_name_of_its_own(exchange: Live) -> None:
    placed = await exchange.alice.place("BUY", "40000", "1", newClientOrderId="mine")
    mirror = listen(exchange, exchange.alice)
    canceled = await exchange.alice.do("DELETE", ORDER, symbol="BTCUSDT", orderId=placed["orderId"])
    (event,) = taken(mirror, "CANCELED", POSITION)
    check_same(event, canceled)
    assert (event["C"], event["T"], event["w"]) == ("mine", canceled["transactTime"], False)
    await exchange.alice.place("BUY", "40000", "1", newClientOrderId="again")
    taken(mirror, "NEW", POSITION)
    await exchange.alice.do("DELETE", ORDER, symbol="BTCUSDT", origClientOrderId="again", newClientOrderId="enough")
    (event,) = taken(mirror, "CANCELED", POSITION)
    assert (event["c"], event["C"]) == ("enough", "again")


async def test_canceling_everything_tells_of_each(exchange: Live) -> None:
    for name in ("a", "b"):
        await exchange.alice.place("BUY", "40000", "1", newClientOrderId=name)
    mirror = listen(exchange, exchange.alice)
    canceled = await exchange.alice.do("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    events = taken(mirror, "CANCELED", "CANCELED", POSITION)
    assert [(event["c"], event["C"]) for event in events] == [
        (each["clientOrderId"], each["origClientOrderId"]) for each in canceled
    ]


async def test_a_replacement_is_a_cancel_and_an_order(exchange: Live) -> None:
    await exchange.alice.place("BUY", "40000", "1", newClientOrderId="old")
    mirror = listen(exchange, exchange.alice)
    replacement = {"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "1"}
    replaced = await exchange.alice.do(
        *("POST", "/api/v3/order/cancelReplace"),
        **replacement,
        price="41000",
        cancelReplaceMode="STOP_ON_FAILURE",
        cancelOrigClientOrderId="old",
        cancelNewClientOrderId="gone",
        newClientOrderId="new",
    )
    canceled, placed = taken(mirror, "CANCELED", "NEW", POSITION)
    check_same(canceled, replaced["cancelResponse"])
    check_same(placed, replaced["newOrderResponse"])
    assert (canceled["c"], canceled["C"], placed["c"]) == ("gone", "old", "new")


async def test_a_replacement_that_is_not_accepted_is_told_of_as_rejected(exchange: Live) -> None:
    await exchange.alice.place("BUY", "40000", "1", newClientOrderId="old")
    mirror = listen(exchange, exchange.alice)
    response = await exchange.alice.send(
        "POST",
        "/api/v3/order/cancelReplace",
        {
            "symbol": "BTCUSDT",
            "side": "BUY",
            "type": "LIMIT",
            "timeInForce": "GTC",
            "quantity": "100",
            "price": "50000.5",
            "cancelReplaceMode": "STOP_ON_FAILURE",
            "cancelOrigClientOrderId": "old",
            "newClientOrderId": "greedy",
        },
    )
    assert response.json()["data"]["cancelResult"] == "SUCCESS"
    canceled, rejected = taken(mirror, "CANCELED", "REJECTED", POSITION)
    assert canceled["C"] == "old"
    told = {
        "c": "greedy",
        "X": "REJECTED",
        "r": "INSUFFICIENT_BALANCES",
        "i": -1,
        "I": -1,
        "O": -1,
        "g": -1,
        "w": False,
    }
    assert {name: rejected[name] for name in told} == told
    assert (rejected["q"], rejected["p"], rejected["z"], rejected["V"]) == (
        *("100.00000000", "50000.50000000", NOTHING, "NONE"),
    )


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (
            {"side": "SELL", "type": "LIMIT", "timeInForce": "GTC", "price": "9", "quantity": "101"},
            "INSUFFICIENT_BALANCES",
        ),
        ({"side": "BUY", "type": "LIMIT_MAKER", "price": "60000", "quantity": "1"}, "WOULD_MATCH_IMMEDIATELY"),
        (
            {"side": "SELL", "type": "STOP_LOSS", "stopPrice": "50001", "quantity": "1"},
            "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY",
        ),
    ],
)
async def test_what_the_market_refuses_is_told_with_its_reason(
    exchange: Live, order: dict[str, str], reason: str
) -> None:
    await exchange.bob.place("SELL", "50000", "2")
    await exchange.bob.place("BUY", "50000", "1")
    mirror = listen(exchange, exchange.alice)
    response = await exchange.alice.send("POST", ORDER, {"symbol": "BTCUSDT", **order, "newClientOrderId": "no"})
    assert response.status_code == 400
    (rejected,) = taken(mirror, "REJECTED")
    assert (rejected["r"], rejected["c"], rejected["o"], rejected["S"]) == (reason, "no", order["type"], order["side"])
    assert rejected["P"] == (f"{order['stopPrice']}.00000000" if "stopPrice" in order else NOTHING)


async def test_an_order_whose_form_is_wrong_is_refused_in_the_reply_alone(exchange: Live) -> None:
    mirror = listen(exchange, exchange.alice)
    wrong = {"side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "price": "9.001", "quantity": "1"}
    response = await exchange.alice.send("POST", ORDER, {"symbol": "BTCUSDT", **wrong})
    assert response.status_code == 400
    assert mirror.events == []


async def test_an_amendment_has_the_number_that_rest_gives_it(exchange: Live) -> None:
    placed = await exchange.alice.place("BUY", "40000", "2", newClientOrderId="mine")
    mirror = listen(exchange, exchange.alice)
    amended = await exchange.alice.do(
        "PUT", "/api/v3/order/amend/keepPriority", symbol="BTCUSDT", orderId=placed["orderId"], newQty="1.5"
    )
    (event,) = taken(mirror, "REPLACED", POSITION)
    order = amended["amendedOrder"]
    assert (event["I"], event["T"]) == (amended["executionId"], amended["transactTime"])
    assert (event["c"], event["C"], event["q"], event["X"], event["w"]) == (
        *(order["clientOrderId"], "mine", order["qty"], "NEW", True),
    )
    (shown,) = await exchange.alice.do("GET", "/api/v3/order/amendments", symbol="BTCUSDT", orderId=placed["orderId"])
    assert shown["executionId"] == event["I"]
    check_same(event, await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=placed["orderId"]))
