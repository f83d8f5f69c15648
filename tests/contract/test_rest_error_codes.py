"""Refusals that no other test meets: one call, one code each."""

from typing import Any

import pytest

from rialto.gateway.limits import RateLimit, RateLimits
from tests.gateway import Live, live, refusal

ORDER: dict[str, Any] = {
    "symbol": "BTCUSDT",
    "side": "BUY",
    "type": "LIMIT",
    "timeInForce": "GTC",
    "quantity": "1",
    "price": "100",
}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"type": "STOP_LOSS", "quoteOrderQty": "5"}, (-1106, "Parameter 'quoteOrderQty' sent when not required.")),
        ({"price": "100.123456789"}, (-1111, "Parameter 'price' has too much precision.")),
        ({"timeInForce": "GTX"}, (-1115, "Invalid timeInForce.")),
        ({"side": "HOLD"}, (-1117, "Invalid side.")),
        ({"strategyType": "999"}, (-1134, "`strategyType` was less than 1000000.")),
        ({"pegPriceType": "BEST"}, (-1210, "Invalid pegPriceType.")),
        ({"pegPriceType": "PRIMARY_PEG", "pegOffsetType": "TICKS"}, (-1211, "Invalid pegOffsetType.")),
    ],
)
async def test_an_order_is_refused(exchange: Live, changes: dict[str, Any], expected: tuple[int, str]) -> None:
    response = await exchange.alice.send("POST", "/api/v3/order", {**ORDER, **changes})
    status, code, message = refusal(response)
    assert (status, code) == (400, expected[0])
    assert message.startswith(expected[1])


async def test_a_cancellation_is_refused(exchange: Live) -> None:
    parameters = {"symbol": "BTCUSDT", "orderId": 1, "cancelRestrictions": "ONLY_OLD"}
    assert refusal(await exchange.alice.send("DELETE", "/api/v3/order", parameters))[:2] == (400, -1145)


async def test_symbols_are_named_once(exchange: Live) -> None:
    refused = await exchange.refused("GET", "/api/v3/ticker/price", symbols='["BTCUSDT","BTCUSDT"]')
    assert refused == (400, -1151, "Symbol is present multiple times in the list.")


async def test_an_account_places_so_many_orders_and_no_more(tmp_path: Any) -> None:
    limits = RateLimits(orders=(RateLimit("ORDERS", "SECOND", 10, 2), RateLimit("ORDERS", "DAY", 1, 200_000)))
    async with live(tmp_path, limits=limits) as exchange:
        refused = None
        for _ in range(7):  # A window may begin in between.
            response = await exchange.alice.send("POST", "/api/v3/order", ORDER)
            if response.status_code != 200:
                refused = response
                break
        assert refused is not None
        assert refusal(refused) == (
            429,
            -1015,
            "Too many new orders; current limit is 2 orders per 10 SECOND.",
        )
        assert 1 <= int(refused.headers["retry-after"]) <= 10
        assert refused.headers["x-mbx-order-count-10s"] == "2"
