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


class Reversed(_Event, frozen=True, tag="reversed.1"):
    """The bank took back what it had booked as received: it is taken back as far as it is there."""

    custody: int
    entry: str
    owner: int
    """Whose it is; -1 for nobody's, where it was still in suspense."""
    account: int
    """The account it is taken from."""
    taken: int
    fee_taken: int
    """Of the fee that the deposit cost."""
    claim: int
    """What the owner has to make good."""
    shortfall: int
    """What the bank took and the ledger does not say yet."""
    reason: str
    at_us: int
    by: str = ""
    """Which operator said whose it was, where the bank's references did not."""


class Unexplained(_Event, frozen=True, tag="unexplained.1"):
    """The bank took back something of which it is not known what it was: nothing moves until somebody says."""

    custody: int
    asset: int
    bank: str
    entry: str
    amount: int
    reason: str
    at_us: int


class PaidAgain(_Event, frozen=True, tag="paid_again.1"):
    """The bank booked a payment that it had booked before: it is lacking until it is made good or comes back."""

    custody: int
    entry: str
    amount: int
    claim: int
    """What the owner has to make good, where the payment had come back to them meanwhile."""
    at_us: int


class Undone(_Event, frozen=True, tag="undone.1"):
    """The bank gave back what it had paid again."""

    entry: str
    amount: int
    at_us: int


class Covered(_Event, frozen=True, tag="covered.1"):
    """A part of what is lacking was made good out of an account."""

    account: int
    custody: int
    asset: int
    amount: int
    by: str
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
    | Reversed
    | Unexplained
    | PaidAgain
    | Undone
    | Covered
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


class ChargeReversed(msgspec.Struct, frozen=True, tag="charge_reversed.1"):
    """The bank gave back what it had taken for itself; it is the treasury's."""

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
    assigned: Assigned | None = None
    reversal: Reversed | None = None
    unexplained: Unexplained | None = None
    custody: int = 0
    """The bank's account that lacks something, where one does."""
    claim: int = 0
    """What the owner still has to make good."""
    shortfall: int = 0
    """What the bank took and the ledger does not say yet."""
    covered_by: tuple[str, ...] = ()
    """Who made something good, each once."""

    @property
    def owner(self) -> int | None:
        """Whose it is; None while that is not known."""
        known = (self.reversal, self.assigned, self.received, self.ordered)
        return next((each.owner for each in known if each is not None), None)

    @property
    def account(self) -> int | None:
        """Their account; None while that is not known."""
        known = (self.reversal, self.assigned, self.received, self.ordered)
        return next((each.account for each in known if each is not None), None)

    @property
    def asset(self) -> int | None:
        """The currency; None where nothing happened."""
        known = (self.ordered, self.received, self.suspended, self.unexplained)
        return next((each.asset for each in known if each is not None), None)


_orders: msgspec.msgpack.Decoder[OrderEvent] = msgspec.msgpack.Decoder(OrderEvent)
_statements: msgspec.msgpack.Decoder[StatementTaken] = msgspec.msgpack.Decoder(StatementTaken)
_charges: msgspec.msgpack.Decoder[Charged | ChargeReversed] = msgspec.msgpack.Decoder(Charged | ChargeReversed)
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
            return _replace(order, stage=Stage.SUCCESSFUL, assigned=event)
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
        case Unexplained():
            return Order(Stage.SUSPENDED, unexplained=event, custody=event.custody, shortfall=event.amount)
        case Reversed() | PaidAgain() | Undone() | Covered():
            return _lacking(order, event)


def _lacking(order: Order, event: Reversed | PaidAgain | Undone | Covered) -> Order:
    entries = order.entries if isinstance(event, Covered) else (*order.entries, event.entry)
    claim, shortfall = lacking_after(order.claim, order.shortfall, event)
    order = _replace(order, claim=claim, shortfall=shortfall, entries=entries)
    match event:
        case Reversed():
            return _replace(order, stage=Stage.REFUNDED, reversal=event, custody=event.custody)
        case PaidAgain():
            return _replace(order, custody=event.custody)
        case Covered():
            return _replace(order, covered_by=(*order.covered_by, event.by))
        case Undone():
            return order


def lacking_after(claim: int, shortfall: int, event: Reversed | PaidAgain | Undone | Covered) -> tuple[int, int]:
    """Return what is to be made good by an owner after an event, and what lacks of the bank's, of what was before."""
    match event:
        case Reversed():
            return event.claim, event.shortfall
        case PaidAgain():
            return claim + event.claim, shortfall + event.amount
        case Undone() | Covered():
            return max(claim - event.amount, 0), shortfall - event.amount


def encode(event: OrderEvent | StatementTaken | Charged | ChargeReversed) -> bytes:
    """Spell an event for the journal."""
    return msgspec.msgpack.encode(event)


def decode(payload: bytes) -> OrderEvent:
    """Read an event of an order from the journal."""
    return _orders.decode(payload)


def charges_of(payloads: Sequence[bytes]) -> list[Charged | ChargeReversed]:
    """Read what happened with a charge."""
    return [_charges.decode(payload) for payload in payloads]


def statements_of(payloads: Sequence[bytes]) -> list[StatementTaken]:
    """Read the statements of a bank account."""
    return [_statements.decode(payload) for payload in payloads]
