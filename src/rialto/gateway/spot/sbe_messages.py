"""Which SBE messages answers of several forms are: by their detail, or by how many symbols they tell of."""

from collections.abc import Mapping
from typing import Any, Final

from rialto.gateway.spot.commissions import OrderRates
from rialto.gateway.spot.order_list_replies import CanceledOrderList, PlacedOrderList
from rialto.gateway.spot.order_replies import Acknowledgement, CanceledOrder, FilledOrder, PlacedOrder
from rialto.wire.endpoints import MessageChoice, by_type
from rialto.wire.vocabulary import TickerType

_DETAILS: Final[Mapping[type, str]] = {FilledOrder: "Full", PlacedOrder: "Result", Acknowledgement: "Ack"}

NEW_ORDER: Final = by_type({form: f"NewOrder{detail}Response" for form, detail in _DETAILS.items()})
TEST_ORDER: Final = by_type({bytes: "OrderTestResponse", OrderRates: "OrderTestWithCommissionsResponse"})
CANCEL_ORDER: Final = by_type(
    {CanceledOrder: "CancelOrderResponse", CanceledOrderList: "CancelOrderListResponse"}
)  # fmt: skip


def new_list(_parameters: object, answer: PlacedOrderList) -> str:
    """Name the message of a new list, whose orders are all told of in the same detail."""
    return f"NewOrderList{_DETAILS[type(answer.order_reports[0])]}Response"


def ticker(family: str) -> MessageChoice:
    """Name the message of statistics: of one symbol or several, in full or in short."""

    def choose(parameters: Any, _answer: object) -> str:
        number = "" if parameters.symbol is None else "Symbol"
        detail = "Full" if parameters.type is TickerType.FULL else "Mini"
        return f"{family}{number}{detail}Response"

    return choose
