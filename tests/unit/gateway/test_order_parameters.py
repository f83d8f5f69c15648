"""Which parameters go with which type of order."""

import pytest

from rialto.contracts.vocabulary import OrderTerms, OrderType, Peg, PegPrice, Side, TimeInForce
from rialto.gateway.spot.client_order_ids import ClientOrderIds
from rialto.gateway.spot.orders import CANCEL_ORDER, NEW_ORDER
from rialto.wire.errors import ApiError
from rialto.wire.vocabulary import ResponseType

LIMIT = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "0.1",
}
MAKER = {name: value for name, value in LIMIT.items() if name != "timeInForce"} | {"type": "LIMIT_MAKER"}
STOP = {"symbol": "BTCUSDT", "side": "SELL", "type": "STOP_LOSS", "quantity": "1", "stopPrice": "0.1"}
STOP_LIMIT = LIMIT | {"type": "STOP_LOSS_LIMIT", "stopPrice": "0.1"}
MARKET = {"symbol": "BTCUSDT", "side": "SELL", "type": "MARKET", "quantity": "1"}


BOTH_OFFSETS = (
    "Combination of optional fields invalid. Recommendation: 'pegOffsetType' and 'pegOffsetValue' must both be sent."
)


def mandatory(name: str) -> tuple[int, str]:
    return -1102, f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."


def needless(name: str) -> tuple[int, str]:
    return -1106, f"Parameter '{name}' sent when not required."


def without(order: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in order.items() if key != name}


def test_a_limit_order_is_read() -> None:
    order = NEW_ORDER.reader.read(LIMIT)
    asked = order.new_order("x")
    assert (asked.side, asked.order_type, asked.time_in_force) == (
        Side.BUY,
        OrderType.LIMIT,
        TimeInForce.GOOD_TILL_CANCELED,
    )
    assert (order.quantity, order.price, order.quote_order_qty) == ("1", "0.1", None)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (LIMIT, ResponseType.FULL),
        (MARKET, ResponseType.FULL),
        (MAKER, ResponseType.ACK),
        (MAKER | {"newOrderRespType": "RESULT"}, ResponseType.RESULT),
        (LIMIT | {"newOrderRespType": "ACK"}, ResponseType.ACK),
    ],
)
def test_market_and_limit_orders_are_answered_in_full_by_default(order: dict[str, str], expected: ResponseType) -> None:
    assert NEW_ORDER.reader.read(order).response_type is expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (without(LIMIT, "symbol"), mandatory("symbol")),
        (without(LIMIT, "side"), mandatory("side")),
        (without(LIMIT, "type"), mandatory("type")),
        (without(LIMIT, "timeInForce"), mandatory("timeInForce")),
        (without(LIMIT, "quantity"), mandatory("quantity")),
        (without(LIMIT, "price"), mandatory("price")),
        (without(MAKER, "quantity"), mandatory("quantity")),
        (without(MAKER, "price"), mandatory("price")),
        (MAKER | {"timeInForce": "GTC"}, needless("timeInForce")),
        (LIMIT | {"quoteOrderQty": "1"}, needless("quoteOrderQty")),
        (
            without(MARKET, "quantity"),
            (-1102, "Param 'quantity' or 'quoteOrderQty' must be sent, but both were empty/null!"),
        ),
        (MARKET | {"quoteOrderQty": "1"}, needless("quoteOrderQty")),
        (MARKET | {"price": "1"}, needless("price")),
        (MARKET | {"timeInForce": "IOC"}, needless("timeInForce")),
        (LIMIT | {"side": "HOLD"}, (-1117, "Invalid side.")),
        (LIMIT | {"type": "STOP"}, (-1116, "Invalid orderType.")),
        (LIMIT | {"timeInForce": "GTX"}, (-1115, "Invalid timeInForce.")),
        (LIMIT | {"price": "0"}, (-1013, "Invalid price.")),
        (LIMIT | {"quantity": "0.00"}, (-1013, "Invalid quantity.")),
        (without(MARKET, "quantity") | {"quoteOrderQty": "0"}, (-1013, "Invalid quoteOrderQty.")),
        (LIMIT | {"price": "0.123456789"}, (-1111, "Parameter 'price' has too much precision.")),
        (LIMIT | {"newOrderRespType": "ALL"}, (-1130, "Data sent for parameter 'newOrderRespType' is not valid.")),
        (LIMIT | {"stopPrice": "1"}, needless("stopPrice")),
        (LIMIT | {"strategyType": "999999"}, (-1134, "`strategyType` was less than 1000000.")),
        (LIMIT | {"trailingDelta": "100"}, needless("trailingDelta")),
        (STOP | {"price": "1"}, needless("price")),
        (STOP | {"timeInForce": "GTC"}, needless("timeInForce")),
        (STOP | {"quoteOrderQty": "1"}, needless("quoteOrderQty")),
        (without(STOP, "quantity"), mandatory("quantity")),
        (
            without(STOP, "stopPrice"),
            (-1102, "Param 'stopPrice' or 'trailingDelta' must be sent, but both were empty/null!"),
        ),
        (without(STOP_LIMIT, "price"), mandatory("price")),
        (without(STOP_LIMIT, "timeInForce"), mandatory("timeInForce")),
        (LIMIT | {"pegPriceType": "MID"}, (-1210, "Invalid pegPriceType.")),
        (LIMIT | {"pegOffsetType": "MID"}, (-1211, "Invalid pegOffsetType.")),
        (
            LIMIT | {"pegOffsetValue": "1"},
            (
                -1128,
                BOTH_OFFSETS,
            ),
        ),
        (LIMIT | {"pegOffsetValue": "1", "pegOffsetType": "PRICE_LEVEL"}, needless("pegOffsetValue")),
        (
            LIMIT | {"selfTradePreventionMode": "SOME"},
            (-1130, "Data sent for parameter 'selfTradePreventionMode' is not valid."),
        ),
    ],
)
def test_refusals(order: dict[str, str], expected: tuple[int, str]) -> None:
    with pytest.raises(ApiError) as refused:
        NEW_ORDER.reader.read(order)
    assert (refused.value.code, refused.value.message) == expected


def test_terms_are_read_into_the_cores_words() -> None:
    assert NEW_ORDER.reader.read(LIMIT).new_order("a").terms is None
    order = NEW_ORDER.reader.read(
        without(STOP_LIMIT, "price")
        | {"trailingDelta": "5", "icebergQty": "0.5", "strategyId": "7", "strategyType": "1000000"}
        | {"pegPriceType": "MARKET_PEG", "pegOffsetType": "PRICE_LEVEL", "pegOffsetValue": "2"}
    ).new_order("a")
    assert order.order_type is OrderType.STOP_LOSS_LIMIT
    assert order.terms == OrderTerms("0.1", 5, "0.5", Peg(PegPrice.MARKET, 2), 7, 1_000_000)


@pytest.mark.parametrize("extra", [{"selfTradePreventionMode": "NONE"}, {"icebergQty": "0.000"}])
def test_what_says_nothing_is_accepted(extra: dict[str, str]) -> None:
    NEW_ORDER.reader.read(LIMIT | extra)


@pytest.mark.parametrize(
    ("cancel", "expected"),
    [
        ({}, (-1102, "Param 'origClientOrderId' or 'orderId' must be sent, but both were empty/null!")),
        ({"orderId": "1", "cancelRestrictions": "SOME"}, (-1145, "Invalid cancelRestrictions")),
        ({"orderId": "a"}, (-1100, "Illegal characters found in parameter 'orderId'; legal range is '^[0-9]{1,20}$'.")),
    ],
)
def test_refusals_of_cancels(cancel: dict[str, str], expected: tuple[int, str]) -> None:
    with pytest.raises(ApiError) as refused:
        CANCEL_ORDER.reader.read({"symbol": "BTCUSDT", **cancel})
    assert (refused.value.code, refused.value.message) == expected


def test_client_order_ids_are_made_of_22_letters_and_digits_and_never_alike() -> None:
    ids = ClientOrderIds()
    made = [ids.draw() for _ in range(2_000)]
    assert len(set(made)) == 2_000
    assert all(len(each) == 22 and each.isascii() and each.isalnum() for each in made)
    assert len(set("".join(made))) == 62
