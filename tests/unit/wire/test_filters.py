"""A symbol's filters in exchange information."""

import msgspec

from rialto.wire import filters
from tests.exchange import spec


def shown(**changes: object) -> list[dict[str, object]]:
    written: list[dict[str, object]] = msgspec.json.decode(msgspec.json.encode(filters.of_symbol(spec(**changes))))
    return written


def test_filters_are_shown_in_the_order_of_the_api_with_eight_places() -> None:
    assert shown() == [
        {
            "filterType": "PRICE_FILTER",
            "minPrice": "0.01000000",
            "maxPrice": "1000000.00000000",
            "tickSize": "0.01000000",
        },
        {"filterType": "LOT_SIZE", "minQty": "0.00001000", "maxQty": "9000.00000000", "stepSize": "0.00001000"},
        {
            "filterType": "MARKET_LOT_SIZE",
            "minQty": "0.00000000",
            "maxQty": "100.00000000",
            "stepSize": "0.00000000",
        },
        {
            "filterType": "NOTIONAL",
            "minNotional": "5.00000000",
            "applyMinToMarket": True,
            "maxNotional": "9000000.00000000",
            "applyMaxToMarket": False,
            "avgPriceMins": 0,
        },
        {"filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200},
    ]


def test_rules_a_symbol_does_not_have_are_left_out() -> None:
    names = [each["filterType"] for each in shown(notional_min="0", notional_max="0", open_orders_max=0)]
    assert names == ["PRICE_FILTER", "LOT_SIZE", "MARKET_LOT_SIZE"]


def test_a_notional_without_maximum_shows_the_largest_number() -> None:
    assert shown(notional_max="0")[3]["maxNotional"] == "92233720368.54775807"
