"""Where the JSON of the API departs from what its schema says of it.

The schema names, for most values, their place in JSON; what it leaves unsaid, and what JSON leaves out where SBE has a
value all the same, stands here and nowhere else.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

AS_USUAL: Final[Mapping[str, object]] = MappingProxyType(
    {
        "orderCapacity": "PRINCIPAL",
        "workingFloor": "EXCHANGE",
        "matchType": "AUTO_MATCH",
        "usedSor": False,
        "preventedQuantity": "0",
        "preventedQty": "0",
    }
)
"""What JSON leaves out because it is as with any order, by the name of the field that needs it."""

NONE_BESIDE_SCHEMA: Final[Mapping[str, object]] = MappingProxyType({"tradeId": -1, "trailingTime": -1, "closeTime": 0})
"""What JSON shows where there is none, for optional fields of which the schema says nothing or another thing."""

ZERO_IF_TRADED: Final = frozenset(("priceChange", "priceChangePercent"))
"""Figures whose zero is none only where nothing traded: the schema's default does not tell the two apart."""

OWN_PATHS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("CancelOpenOrdersResponse", "response"): "..",
        ("WebSocketSessionSubscriptionsResponse", "subscriptions"): "..",
    }
)
"""Paths the schema does not state, by message and field."""

_AMENDED: Final = "amendedOrder"
_BESIDE_AMENDED: Final = frozenset(("transactTime", "executionId", "listStatus", "relatedOrders"))


def path_of(message: str, name: str, declared: str | None, *, is_inner: bool) -> str:
    """Return where a value stands in the JSON of a message: `..` for the JSON itself, `[]` for the next of a list.

    `is_inner` tells that it stands within a group, whose entries are looked into by themselves.
    """
    path = OWN_PATHS.get((message, name), declared or name)
    if message == "OrderAmendKeepPriorityResponse" and not is_inner and name not in _BESIDE_AMENDED:
        return f"{_AMENDED}.{path}"
    return path


def nested_message(value: Mapping[str, object]) -> str:
    """Tell which message an object is that an answer carries: a refusal, or an order or a list in some detail."""
    if "code" in value:
        return "ErrorResponse"
    if "cancelResult" in value:
        return "CancelReplaceOrderResponse"
    if "orderReports" in value:
        return "CancelOrderListResponse"
    if "origClientOrderId" in value:
        return "CancelOrderResponse"
    if "fills" in value:
        return "NewOrderFullResponse"
    return "NewOrderResultResponse" if "status" in value else "NewOrderAckResponse"
