"""How the API writes what only some orders have, and what is not there. Shared by replies and streams; pure."""

from typing import Final, NamedTuple

from rialto.contracts.amounts import ZERO
from rialto.contracts.vocabulary import OrderState
from rialto.wire.vocabulary import PEG_PRICE_NAMES, PegOffsetType

NO_ORDER_LIST: Final = -1
NEVER: Final = -1
NO_TRADE: Final = -1
"""What stands for the trade behind an allocation: it is not the account's."""
ALLOCATED: Final = "ONE_PARTY_TRADE_REPORT"

LIST_STARTED: Final = "EXEC_STARTED"
LIST_EXECUTING: Final = "EXECUTING"
LIST_DONE: Final = "ALL_DONE"
LIST_UPDATED: Final = "UPDATED"
LIST_RESPONSE: Final = "RESPONSE"
LIST_REJECTED: Final = "REJECT"


class Pegging(NamedTuple):
    """How a pegged order finds its limit, and the limit it found."""

    price_type: str
    offset_type: str | None
    offset_value: int | None
    price: str | None


def list_id(order: OrderState) -> int:
    """Return the list an order belongs to, or the number that stands for none."""
    return NO_ORDER_LIST if order.list_id is None else order.list_id


def prevented_quantity(order: OrderState) -> str | None:
    """Return what self-trade prevention took from an order, or None for nothing."""
    return None if order.prevented == ZERO else order.prevented


def pegging(order: OrderState) -> Pegging | None:
    """Return how an order is pegged, or None if it is not."""
    if order.terms is None or order.terms.peg is None:
        return None
    peg = order.terms.peg
    offset_type = None if peg.offset is None else PegOffsetType.PRICE_LEVEL.value
    price = None if order.pegged_price == ZERO else order.pegged_price
    return Pegging(PEG_PRICE_NAMES[peg.price], offset_type, peg.offset, price)
