"""What an account is told, in the field's own words. `payloads` spells it.

Amounts are decimal text with eight places, ids are the core's. The time of a report is that of its command.
"""

import msgspec

from rialto.contracts.amounts import ZERO
from rialto.contracts.events import MatchPrevented, Prevention
from rialto.contracts.vocabulary import OrderListState, OrderState
from rialto.contracts.word import Word


class Execution(Word):
    """What happened to an order."""

    NEW = "new"
    """It was placed, or placed again: activated, triggered, or following the market from now on."""
    CANCELED = "canceled"
    REPLACED = "replaced"
    REJECTED = "rejected"
    TRADE = "trade"
    EXPIRED = "expired"
    PREVENTION = "prevention"
    """It would have traded with another of its owner or group, and lost quantity."""


class RejectReason(Word):
    """Why an order was not accepted, of the reasons an account is told of."""

    INSUFFICIENT_BALANCE = "insufficient_balance"
    WOULD_TRIGGER = "would_trigger"
    WOULD_TAKE = "would_take"
    PRICE_RELATIONSHIP = "price_relationship"


class Traded(msgspec.Struct, frozen=True):
    """What one execution traded, and what it cost. A routed order's has an allocation and no trade of its own."""

    price: str
    quantity: str
    quote_quantity: str
    fee: str
    fee_asset: int
    is_maker: bool
    trade_id: int | None = None
    allocation_id: int | None = None


class Prevented(msgspec.Struct, frozen=True):
    """A match that was prevented, from one side of it."""

    match: MatchPrevented
    is_maker: bool

    @property
    def own(self) -> Prevention:
        """This side."""
        return self.match.maker if self.is_maker else self.match.taker

    @property
    def takes(self) -> bool:
        """Whether this side lost anything."""
        return self.own.quantity != ZERO

    @property
    def counter_order(self) -> tuple[int, int]:
        """The other side's symbol and order."""
        if self.is_maker:
            return self.match.taker_symbol, self.match.taker.order_id
        return self.match.symbol, self.match.maker.order_id


class ExecutionReport(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened to an order, which afterwards is as stated here."""

    execution: Execution
    order: OrderState
    execution_id: int | None
    """None for an order that was not accepted."""
    client_order_id: str
    """What the owner calls the order, or the cancellation of it."""
    original_client_order_id: str = ""
    """What the owner called the order that was canceled or replaced."""
    traded: Traded | None = None
    prevented: Prevented | None = None
    reject_reason: RejectReason | None = None


class ListChange(Word):
    """What happened to an order list."""

    PLACED = "placed"
    RENAMED = "renamed"
    """One of its orders is called otherwise."""
    ENDED = "ended"
    REFUSED = "refused"


class ListReport(msgspec.Struct, frozen=True):
    """Something happened to an order list. A refused one has no id, nor have its orders."""

    change: ListChange
    list: OrderListState
    reject_reason: RejectReason | None = None


class BalanceReport(msgspec.Struct, frozen=True):
    """An amount came to the account or left it, other than by trading."""

    asset: int
    change: str


class LockReport(msgspec.Struct, frozen=True):
    """A product locked an amount of the account, or unlocked it."""

    asset: int
    change: str


class PositionReport(msgspec.Struct, frozen=True):
    """The balances that a command touched, as they are after it: asset, free, locked."""

    balances: tuple[tuple[int, str, str], ...]


Report = ExecutionReport | ListReport | BalanceReport | LockReport | PositionReport

UNKNOWN_ID = -1
"""What stands for the id of an order or a list that was not accepted."""
