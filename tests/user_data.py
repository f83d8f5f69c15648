"""What tests of user data events share: listening, and comparing what is told with what REST shows."""

from typing import Any

from rialto.contracts.vocabulary import (
    OrderState,
    OrderStatus,
    OrderType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from rialto.streams.user_data.streams import UserDataStreams
from tests.account_mirror import AccountMirror
from tests.gateway import Live, Trader

ORDER, ORDER_LIST = "/api/v3/order", "/api/v3/orderList"
NOTHING = "0.00000000"

SAME = {
    "s": "symbol",
    "i": "orderId",
    "c": "clientOrderId",
    "S": "side",
    "o": "type",
    "f": "timeInForce",
    "q": "origQty",
    "p": "price",
    "g": "orderListId",
    "X": "status",
    "z": "executedQty",
    "Z": "cummulativeQuoteQty",
    "Q": "origQuoteOrderQty",
    "V": "selfTradePreventionMode",
}
"""Fields of an execution report, and what REST calls them of every order."""
SOMETIMES = {
    "P": "stopPrice",
    "F": "icebergQty",
    "d": "trailingDelta",
    "D": "trailingTime",
    "j": "strategyId",
    "J": "strategyType",
    "v": "preventedMatchId",
    "A": "preventedQuantity",
    "k": "workingFloor",
    "uS": "usedSor",
    "gP": "pegPriceType",
    "gOT": "pegOffsetType",
    "gOV": "pegOffsetValue",
    "gp": "peggedPrice",
    "eR": "expiryReason",
}
"""The same of those that only some orders have."""

ORDER_STATE = OrderState(
    order_id=7,
    symbol=1,
    account=5,
    client_order_id="mine",
    side=Side.BUY,
    order_type=OrderType.LIMIT,
    time_in_force=TimeInForce.GOOD_TILL_CANCELED,
    price="2.00000000",
    quantity="3.00000000",
    quote_quantity=NOTHING,
    executed=NOTHING,
    executed_quote=NOTHING,
    self_trade_prevention=SelfTradePrevention.NONE,
    prevented=NOTHING,
    prevented_match_id=0,
    status=OrderStatus.NEW,
    placed_at_us=100,
    updated_at_us=100,
    working_at_us=100,
)
"""A plain order that rests."""


def listen(exchange: Live, trader: Trader) -> AccountMirror:
    mirror = AccountMirror()
    UserDataStreams(exchange.runtime).subscribe(trader.key.owner, mirror.receive, in_microseconds=False)
    return mirror


def taken(mirror: AccountMirror, *kinds: str) -> list[dict[str, Any]]:
    """Take what has been told so far, which must be of these kinds, and return it but for the balances."""
    events, mirror.events = mirror.events, []
    told = [event.get("x") or event["e"] for event in events]
    assert told == list(kinds), told
    return [event for event in events if event["e"] != "outboundAccountPosition"]


POSITION = "outboundAccountPosition"


def check_same(event: dict[str, Any], shown: dict[str, Any], *but: str) -> None:
    """Compare a report with an order as REST shows it."""
    assert {name: event[name] for name in SAME if name not in but} == {
        name: shown[rest] for name, rest in SAME.items() if name not in but
    }
    for name, rest in SOMETIMES.items():
        if name not in but:
            assert _told(event.get(name)) == _told(shown.get(rest)), rest


def _told(value: Any) -> Any:
    return None if value in (NOTHING, -1) else value


def check_list(event: dict[str, Any], shown: dict[str, Any]) -> None:
    """Compare a list's status with the list as REST shows it."""
    assert event == {
        "e": "listStatus",
        "E": event["T"],
        "s": shown["symbol"],
        "g": shown["orderListId"],
        "c": shown["contingencyType"],
        "l": shown["listStatusType"],
        "L": shown["listOrderStatus"],
        "r": "NONE",
        "C": shown["listClientOrderId"],
        "T": shown["transactionTime"],
        "O": [{"s": each["symbol"], "i": each["orderId"], "c": each["clientOrderId"]} for each in shown["orders"]],
    }
