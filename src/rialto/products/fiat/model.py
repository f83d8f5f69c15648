"""What happens with orders of fiat money, with statements and with charges."""

from collections.abc import Sequence
from enum import Enum

import msgspec

ORDER_KIND = "fiat_order"
STATEMENT_KIND = "bank_statement"
CHARGE_KIND = "bank_charge"


class _Event(msgspec.Struct, frozen=True):
    pass


class DepositOrdered(_Event, frozen=True, tag="deposit_ordered.1"):
    """Somebody said that they will send so much."""

    owner: int
    account: int
    asset: int
    bank: str
    method: str
    indicated: int
    at_us: int


class WithdrawalOrdered(_Event, frozen=True, tag="withdrawal_ordered.1"):
    """Somebody wants so much paid out; it is held. To which account is written elsewhere, sealed."""

    owner: int
    account: int
    asset: int
    bank: str
    method: str
    amount: int
    fee: int
    at_us: int


class Received(_Event, frozen=True, tag="received.1"):
    """The bank booked a transfer that is somebody's; what is left after the fee was credited."""

    owner: int
    account: int
    custody: int
    asset: int
    bank: str
    entry: str
    amount: int
    fee: int
    at_us: int


class Suspended(_Event, frozen=True, tag="suspended.1"):
    """The bank booked a transfer of which it is not known whose it is."""

    custody: int
    asset: int
    bank: str
    entry: str
    amount: int
    reason: str
    at_us: int


class Assigned(_Event, frozen=True, tag="assigned.1"):
    """An operator said whose a suspended transfer is."""

    owner: int
    account: int
    by: str
    at_us: int


class ReturnOrdered(_Event, frozen=True, tag="return_ordered.1"):
    """Operators said that a suspended transfer goes back to where it came from, and why: a code of ISO 20022."""

    by: str
    at_us: int
    reason: str = ""


class Sent(_Event, frozen=True, tag="sent.1"):
    """A payment became part of a file for the bank."""

    message: str
    at_us: int


class Paid(_Event, frozen=True, tag="paid.1"):
    """The bank booked a payment."""

    custody: int
    entry: str
    at_us: int


class SentBack(_Event, frozen=True, tag="sent_back.1"):
    """The bank booked a payment that came back; it was given back, but for the fee."""

    custody: int
    entry: str
    reason: str
    at_us: int


class Canceled(_Event, frozen=True, tag="canceled.1"):
    """A withdrawal was taken back before it was sent, or a deposit that never came has expired."""

    reason: str
    at_us: int


OrderEvent = (
    DepositOrdered
    | WithdrawalOrdered
    | Received
    | Suspended
    | Assigned
    | ReturnOrdered
    | Sent
    | Paid
    | SentBack
    | Canceled
)


class StatementTaken(msgspec.Struct, frozen=True, tag="statement_taken.1"):
    """Every entry of a statement was booked. What an account held before its first one is the treasury's."""

    statement: str
    opening: int
    closing: int
    entries: int
    at_us: int


class Charged(msgspec.Struct, frozen=True, tag="charged.1"):
    """The bank took something for itself; the treasury bears it."""

    custody: int
    asset: int
    bank: str
    entry: str
    amount: int
    at_us: int


class Stage(Enum):
    """Where an order is. The values are the API's words."""

    NONE = "None"
    INITIAL = "ORDER_INITIAL"
    PROCESSING = "ORDER_PROCESSING"
    SUCCESSFUL = "ORDER_SUCCESS"
    FAILED = "ORDER_FAILED"
    EXPIRED = "ORDER_EXPIRED"
    REFUNDED = "ORDER_REFUNDED"
    SUSPENDED = "ORDER_SUSPENDED"


class Order(msgspec.Struct, frozen=True):
    """What the events of an order come to."""

    stage: Stage = Stage.NONE
    ordered: DepositOrdered | WithdrawalOrdered | None = None
    received: Received | None = None
    suspended: Suspended | None = None
    sent: Sent | None = None
    paid: Paid | None = None
    is_return: bool = False
    """Whether a suspended transfer goes back."""
    return_reason: str = ""
    return_by: str = ""
    entries: tuple[str, ...] = ()
    """The bank's references of what was paid and came back: each is booked once."""


_orders: msgspec.msgpack.Decoder[OrderEvent] = msgspec.msgpack.Decoder(OrderEvent)
_statements: msgspec.msgpack.Decoder[StatementTaken] = msgspec.msgpack.Decoder(StatementTaken)
_replace = msgspec.structs.replace


def order_of(payloads: Sequence[bytes]) -> Order:
    """Fold the events of an order."""
    order = Order()
    for payload in payloads:
        order = after(order, decode(payload))
    return order


def after(order: Order, event: OrderEvent) -> Order:
    """Return what an order is after an event."""
    match event:
        case DepositOrdered() | WithdrawalOrdered():
            return Order(Stage.INITIAL, event)
        case Received():
            return _replace(order, stage=Stage.SUCCESSFUL, received=event)
        case Suspended():
            return Order(Stage.SUSPENDED, suspended=event)
        case Assigned():
            return _replace(order, stage=Stage.SUCCESSFUL)
        case ReturnOrdered():
            return _replace(
                order,
                stage=Stage.INITIAL,
                is_return=True,
                return_reason=event.reason,
                return_by=event.by,
                sent=None,
                paid=None,
            )
        case Sent():
            return _replace(order, stage=Stage.PROCESSING, sent=event)
        case Paid():
            stage = Stage.REFUNDED if order.is_return else Stage.SUCCESSFUL
            return _replace(order, stage=stage, paid=event, entries=(*order.entries, event.entry))
        case SentBack():
            stage = Stage.SUSPENDED if order.is_return else Stage.REFUNDED
            return _replace(order, stage=stage, entries=(*order.entries, event.entry))
        case Canceled():
            is_deposit = isinstance(order.ordered, DepositOrdered)
            return _replace(order, stage=Stage.EXPIRED if is_deposit else Stage.FAILED)


def encode(event: OrderEvent | StatementTaken | Charged) -> bytes:
    """Spell an event for the journal."""
    return msgspec.msgpack.encode(event)


def decode(payload: bytes) -> OrderEvent:
    """Read an event of an order from the journal."""
    return _orders.decode(payload)


def statements_of(payloads: Sequence[bytes]) -> list[StatementTaken]:
    """Read the statements of a bank account."""
    return [_statements.decode(payload) for payload in payloads]
