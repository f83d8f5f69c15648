"""Order lists over REST, against a live server: placing, canceling, looking up, and every refusal of their form."""

from typing import Any

import pytest

from tests.gateway import Live, refusal

LISTS = "/api/v3/orderList"
ORDER = "/api/v3/order"
RETURNED = ("symbol", "orderId", "clientOrderId")

OCO = {
    "symbol": "BTCUSDT",
    "side": "SELL",
    "quantity": "1",
    "aboveType": "LIMIT_MAKER",
    "abovePrice": "60000",
    "belowType": "STOP_LOSS",
    "belowStopPrice": "40000",
}
WORKING = {
    "symbol": "BTCUSDT",
    "workingType": "LIMIT",
    "workingSide": "BUY",
    "workingPrice": "50000",
    "workingQuantity": "1",
    "workingTimeInForce": "GTC",
}
PENDING = {"pendingSide": "SELL", "pendingQuantity": "1"}
PAIR = {
    "pendingAboveType": "LIMIT_MAKER",
    "pendingAbovePrice": "60000",
    "pendingBelowType": "STOP_LOSS_LIMIT",
    "pendingBelowStopPrice": "40000",
    "pendingBelowPrice": "39000",
    "pendingBelowTimeInForce": "GTC",
}


async def trade_at(exchange: Live, price: str) -> None:
    """Let the last price be this."""
    await exchange.bob.place("SELL", price, "1")
    await exchange.bob.place("BUY", price, "1")


def statuses(placed: Any) -> list[tuple[str, str]]:
    return [(report["type"], report["status"]) for report in placed["orderReports"]]


async def test_an_oco_is_placed_shown_and_ended_by_its_stop(exchange: Live) -> None:
    await trade_at(exchange, "50000")
    names = {"listClientOrderId": "pair", "aboveClientOrderId": "high", "belowClientOrderId": "low"}
    response = await exchange.alice.send("POST", f"{LISTS}/oco", OCO | names)
    placed = response.json()
    assert response.headers["x-mbx-order-count-1d"] == "2"
    head = {key: placed[key] for key in ("contingencyType", "listStatusType", "listOrderStatus", "listClientOrderId")}
    assert head == {
        "contingencyType": "OCO",
        "listStatusType": "EXEC_STARTED",
        "listOrderStatus": "EXECUTING",
        "listClientOrderId": "pair",
    }
    assert placed["symbol"] == "BTCUSDT"
    assert [order["clientOrderId"] for order in placed["orders"]] == ["high", "low"]
    high, low = placed["orderReports"]
    assert [{key: report[key] for key in RETURNED} for report in (high, low)] == placed["orders"]
    assert {report["orderListId"] for report in (high, low)} == {placed["orderListId"]}
    assert (high["type"], high["price"], high["workingTime"]) == ("LIMIT_MAKER", "60000.00000000", high["transactTime"])
    assert (low["type"], low["stopPrice"], low["workingTime"]) == ("STOP_LOSS", "40000.00000000", -1)

    shown = await exchange.alice.do("GET", LISTS, orderListId=placed["orderListId"])
    assert shown == {key: value for key, value in placed.items() if key != "orderReports"}
    assert await exchange.alice.do("GET", LISTS, origClientOrderId="pair") == shown
    assert await exchange.alice.do("GET", "/api/v3/openOrderList") == [shown]
    assert await exchange.bob.do("GET", "/api/v3/openOrderList") == []
    leg = await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=low["orderId"])
    assert leg["orderListId"] == placed["orderListId"]

    await exchange.bob.place("BUY", "39900", "2")
    await exchange.bob.place("SELL", "39900", "1")
    done = await exchange.alice.do("GET", LISTS, orderListId=placed["orderListId"])
    assert (done["listStatusType"], done["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")
    assert await exchange.alice.do("GET", "/api/v3/openOrderList") == []
    assert await exchange.alice.do("GET", "/api/v3/allOrderList") == [done]
    (trade,) = await exchange.alice.do("GET", "/api/v3/myTrades", symbol="BTCUSDT")
    assert (trade["orderId"], trade["orderListId"]) == (low["orderId"], placed["orderListId"])
    expired = await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=high["orderId"])
    assert (expired["status"], expired["expiryReason"]) == ("EXPIRED", "OCO_TRIGGER")


async def test_an_oto_places_its_second_order_when_the_first_is_filled(exchange: Live) -> None:
    later = PENDING | {"pendingType": "LIMIT", "pendingPrice": "55000", "pendingTimeInForce": "GTC"}
    placed = await exchange.alice.do("POST", f"{LISTS}/oto", **WORKING, **later)
    assert statuses(placed) == [("LIMIT", "NEW"), ("LIMIT", "PENDING_NEW")]
    working, pending = placed["orderReports"]
    assert pending["workingTime"] == -1
    assert placed["contingencyType"] == "OTO"
    await exchange.bob.place("SELL", "50000", "1")
    shown = await exchange.alice.do("GET", ORDER, symbol="BTCUSDT", orderId=pending["orderId"])
    assert (shown["status"], shown["isWorking"]) == ("NEW", True)
    # What is canceled now is the second order; the list still names the first.
    canceled = await exchange.alice.do("DELETE", LISTS, symbol="BTCUSDT", orderListId=placed["orderListId"])
    assert canceled["orders"] == placed["orders"]
    assert [(each["orderId"], each["status"]) for each in canceled["orderReports"]] == [
        (pending["orderId"], "CANCELED")
    ]
    assert working["orderListId"] == canceled["orderListId"]


async def test_a_first_order_that_is_filled_at_once_still_shows_the_others_as_they_were_placed(exchange: Live) -> None:
    await exchange.bob.place("SELL", "50000", "1")
    parameters = WORKING | PENDING | PAIR | {"newOrderRespType": "FULL"}
    placed = await exchange.alice.do("POST", f"{LISTS}/otoco", **parameters)
    assert statuses(placed) == [
        ("LIMIT", "FILLED"),
        ("LIMIT_MAKER", "PENDING_NEW"),
        ("STOP_LOSS_LIMIT", "PENDING_NEW"),
    ]
    assert [len(report["fills"]) for report in placed["orderReports"]] == [1, 0, 0]
    shown = await exchange.alice.do("GET", "/api/v3/openOrders", symbol="BTCUSDT")
    assert [(order["type"], order["status"]) for order in shown] == [("LIMIT_MAKER", "NEW"), ("STOP_LOSS_LIMIT", "NEW")]


async def test_opo_and_opoco_sell_what_was_bought(exchange: Live) -> None:
    sold = {"pendingSide": "SELL", "pendingType": "LIMIT", "pendingPrice": "60000", "pendingTimeInForce": "GTC"}
    paid = await exchange.alice.do("POST", f"{LISTS}/opo", **WORKING, **sold)
    several = await exchange.alice.do("POST", f"{LISTS}/opoco", **WORKING, pendingSide="SELL", **PAIR)
    assert [len(each["orders"]) for each in (paid, several)] == [2, 3]
    await exchange.bob.place("SELL", "50000", "2")
    shown = await exchange.alice.do("GET", "/api/v3/openOrders", symbol="BTCUSDT")
    # The commission came from what she had before: all that was bought is for sale.
    assert {order["origQty"] for order in shown} == {"1.00000000"}
    assert len(shown) == 3


async def test_the_former_oco_is_the_same_under_other_names(exchange: Live) -> None:
    await trade_at(exchange, "50000")
    former = {
        "symbol": "BTCUSDT",
        "side": "BUY",
        "quantity": "1",
        "price": "40000",
        "limitClientOrderId": "low",
        "stopPrice": "60000",
        "stopLimitPrice": "61000",
        "stopLimitTimeInForce": "IOC",
        "stopClientOrderId": "high",
    }
    placed = await exchange.alice.do("POST", "/api/v3/order/oco", **former)
    assert [(report["clientOrderId"], report["type"]) for report in placed["orderReports"]] == [
        ("high", "STOP_LOSS_LIMIT"),
        ("low", "LIMIT_MAKER"),
    ]
    without = {key: value for key, value in former.items() if key != "stopLimitTimeInForce"}
    assert refusal(await exchange.alice.send("POST", "/api/v3/order/oco", without)) == (
        400,
        -1102,
        "Mandatory parameter 'stopLimitTimeInForce' was not sent, was empty/null, or malformed.",
    )


async def test_canceling_one_order_cancels_its_list(exchange: Live) -> None:
    placed = await exchange.alice.do("POST", f"{LISTS}/oco", **OCO)
    high, _low = placed["orders"]
    canceled = await exchange.alice.do(
        "DELETE", ORDER, symbol="BTCUSDT", orderId=high["orderId"], newClientOrderId="enough"
    )
    assert canceled["orders"] == placed["orders"]
    assert (canceled["listStatusType"], canceled["listOrderStatus"]) == ("ALL_DONE", "ALL_DONE")
    assert [(each["status"], each["clientOrderId"]) for each in canceled["orderReports"]] == [
        ("CANCELED", "enough")
    ] * 2
    account = await exchange.alice.do("GET", "/api/v3/account")
    assert {balance["locked"] for balance in account["balances"]} == {"0.00000000"}


async def test_canceling_everything_tells_of_orders_then_of_lists(exchange: Live) -> None:
    placed = await exchange.alice.do("POST", f"{LISTS}/oco", **OCO)
    alone = await exchange.alice.place("SELL", "70000", "1")
    first, second = await exchange.alice.do("DELETE", "/api/v3/openOrders", symbol="BTCUSDT")
    assert (first["orderId"], first["orderListId"]) == (alone["orderId"], -1)
    assert (second["orderListId"], len(second["orderReports"])) == (placed["orderListId"], 2)


async def test_all_lists_are_paged_and_nobody_elses(exchange: Live) -> None:
    ids = [(await exchange.alice.do("POST", f"{LISTS}/oco", **OCO))["orderListId"] for _ in range(4)]
    theirs = await exchange.bob.do("POST", f"{LISTS}/oco", **OCO)

    async def listed(**parameters: object) -> list[int]:
        return [each["orderListId"] for each in await exchange.alice.do("GET", "/api/v3/allOrderList", **parameters)]

    assert await listed() == ids
    assert await listed(limit=2) == ids[2:]
    assert await listed(fromId=ids[1], limit=2) == ids[1:3]
    assert await listed(startTime=0, endTime=1) == []
    both = await exchange.alice.send("GET", "/api/v3/allOrderList", {"fromId": 1, "startTime": 1})
    assert refusal(both) == (400, -1128, "Combination of optional parameters invalid.")
    for asked in ({"orderListId": theirs["orderListId"]}, {"origClientOrderId": "nobody"}):
        unknown = await exchange.alice.send("GET", LISTS, asked)
        assert refusal(unknown) == (400, -2013, "Order does not exist.")
    cancel = {"symbol": "BTCUSDT", "orderListId": theirs["orderListId"]}
    assert refusal(await exchange.alice.send("DELETE", LISTS, cancel)) == (400, -2011, "Unknown order sent.")
    assert refusal(await exchange.alice.send("DELETE", LISTS, {"symbol": "BTCUSDT"})) == (
        400,
        -1102,
        "Param 'orderListId' or 'listClientOrderId' must be sent, but both were empty/null!",
    )


def leg(prefix: str, order_type: str, **parameters: str) -> dict[str, str]:
    """A leg of a type, with what the type needs."""
    needs = {
        "LIMIT_MAKER": {"Price": "60000"},
        "STOP_LOSS": {"StopPrice": "40000"},
        "STOP_LOSS_LIMIT": {"StopPrice": "40000", "Price": "39000", "TimeInForce": "GTC"},
        "TAKE_PROFIT": {"StopPrice": "60000"},
        "LIMIT": {"Price": "60000", "TimeInForce": "GTC"},
        "MARKET": {},
    }[order_type]
    return {f"{prefix}{name}": value for name, value in ({"Type": order_type} | needs | parameters).items()}


def oco(side: str, above: dict[str, str], below: dict[str, str]) -> dict[str, str]:
    return {"symbol": "BTCUSDT", "side": side, "quantity": "1", **above, **below}


@pytest.mark.parametrize(
    ("path", "parameters", "code", "message"),
    [
        (
            "oco",
            oco("SELL", leg("above", "LIMIT"), leg("below", "STOP_LOSS")),
            -1158,
            "Order type not supported in OCO.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "STOP_LOSS"), leg("below", "MARKET")),
            -1158,
            "Order type not supported in OCO.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "LIMIT_MAKER"), leg("below", "LIMIT_MAKER")),
            -1168,
            "At least one OCO order must be contingent.",
        ),
        (
            "oco",
            oco("BUY", leg("above", "LIMIT_MAKER"), leg("below", "TAKE_PROFIT")),
            -1165,
            "A limit order in a buy OCO must be below.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "TAKE_PROFIT"), leg("below", "LIMIT_MAKER")),
            -1166,
            "A limit order in a sell OCO must be above.",
        ),
        (
            "oco",
            oco("BUY", leg("above", "STOP_LOSS"), leg("below", "STOP_LOSS")),
            -1196,
            "A stop loss order in a buy OCO must be above.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "STOP_LOSS"), leg("below", "STOP_LOSS")),
            -1197,
            "A stop loss order in a sell OCO must be below.",
        ),
        (
            "oco",
            oco("BUY", leg("above", "TAKE_PROFIT"), leg("below", "LIMIT_MAKER")),
            -1198,
            "A take profit order in a buy OCO must be below.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "LIMIT_MAKER"), leg("below", "TAKE_PROFIT")),
            -1199,
            "A take profit order in a sell OCO must be above.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "LIMIT_MAKER", TimeInForce="GTC"), leg("below", "STOP_LOSS")),
            -1106,
            "Parameter 'aboveTimeInForce' sent when not required.",
        ),
        (
            "oco",
            oco(
                "SELL",
                leg("above", "LIMIT_MAKER"),
                leg("below", "STOP_LOSS_LIMIT", TimeInForce="IOC", IcebergQty="0.5"),
            ),
            -1160,
            "Parameter 'belowIcebergQty' is not supported if `aboveTimeInForce`/`belowTimeInForce` is not GTC.",
        ),
        (
            "oco",
            oco("SELL", leg("above", "LIMIT_MAKER"), {"belowType": "STOP_LOSS"}),
            -1102,
            "Param 'belowStopPrice' or 'belowTrailingDelta' must be sent, but both were empty/null!",
        ),
        (
            "oco",
            oco("SELL", {"aboveType": "LIMIT_MAKER"}, leg("below", "STOP_LOSS")),
            -1102,
            "Mandatory parameter 'abovePrice' was not sent, was empty/null, or malformed.",
        ),
        ("oco", oco("SELL", {"aboveType": "SIDEWAYS"}, leg("below", "STOP_LOSS")), -1116, "Invalid orderType."),
        (
            "oco",
            oco("SELL", leg("above", "LIMIT_MAKER", Price="45000"), leg("below", "STOP_LOSS")),
            -2010,
            "The relationship of the prices for the orders is not correct.",
        ),
        (
            "oco",
            oco("BUY", leg("above", "STOP_LOSS", StopPrice="60000"), leg("below", "LIMIT_MAKER", Price="40000"))
            | {"quantity": "50"},
            -2010,
            "Account has insufficient balance for requested action.",
        ),
        ("oto", WORKING | {"workingType": "MARKET"} | PENDING | leg("pending", "MARKET"), -1116, "Invalid orderType."),
        (
            "opo",
            WORKING | {"workingSide": "SELL", "pendingSide": "SELL"} | leg("pending", "MARKET"),
            -1222,
            "Working order in an OPO list must be a bid.",
        ),
        (
            "opo",
            WORKING | {"pendingSide": "BUY"} | leg("pending", "MARKET"),
            -1223,
            "Pending orders in an OPO list must be asks.",
        ),
        (
            "opo",
            WORKING | PENDING | leg("pending", "MARKET"),
            -1104,
            "Not all sent parameters were read; read '10' parameter(s) but was sent '11'.",
        ),
    ],
)
async def test_refusals_of_lists(
    exchange: Live, path: str, parameters: dict[str, str], code: int, message: str
) -> None:
    await trade_at(exchange, "50000")
    assert refusal(await exchange.alice.send("POST", f"{LISTS}/{path}", parameters)) == (400, code, message)
    # What is refused does not count.
    counts = await exchange.alice.do("GET", "/api/v3/rateLimit/order")
    assert [each["count"] for each in counts] == [0, 0]
