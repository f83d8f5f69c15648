"""What happens with orders paid by card, and with payouts to cards. Amounts are in units of 1e-8."""

from collections.abc import Sequence

import msgspec

from rialto.products.fiat.model import Stage

CARD_KIND = "card_order"


class _Event(msgspec.Struct, frozen=True):
    pass


class PurchaseOrdered(_Event, frozen=True, tag="purchase_ordered.1"):
    """Somebody wants to pay so much by card for so much of an asset; what the treasury sells is held."""

    owner: int
    account: int
    asset: int
    """The currency paid in."""
    amount: int
    fee: int
    bought: int
    """The asset; the currency itself for a deposit."""
    obtained: int
    price: int
    at_us: int

    @property
    def is_deposit(self) -> bool:
        """Whether it is the currency itself that is bought."""
        return self.bought == self.asset


class PayoutOrdered(_Event, frozen=True, tag="payout_ordered.1"):
    """Somebody wants so much paid to a card of theirs, for so much of an asset, which is held."""

    owner: int
    account: int
    asset: int
    amount: int
    """What the card is paid."""
    fee: int
    sold: int
    given: int
    price: int
    card: str
    at_us: int

    @property
    def is_withdrawal(self) -> bool:
        """Whether it is the currency itself that is given."""
        return self.sold == self.asset


class Opened(_Event, frozen=True, tag="opened.1"):
    """The provider knows of it, and has a page for it or carries it out."""

    payment: str
    url: str
    at_us: int


class Declined(_Event, frozen=True, tag="declined.1"):
    """A card was declined; another may be tried."""

    reason: str
    at_us: int


class Authorized(_Event, frozen=True, tag="authorized.1"):
    """A card was authorised. From here on it is captured, or fails at the provider."""

    card: str
    at_us: int


class Captured(_Event, frozen=True, tag="captured.1"):
    """The provider has the money, and owes it to the house."""

    custody: int
    at_us: int


class Ended(_Event, frozen=True, tag="ended.1"):
    """Nothing comes of it; what was held is free again."""

    reason: str
    is_expired: bool
    at_us: int


class RefundOrdered(_Event, frozen=True, tag="refund_ordered.1"):
    """Operators give back a part of what was paid, for the same part of what was bought."""

    refund: str
    amount: int
    taken: int
    fee_share: int
    by: str
    reason: str
    at_us: int


class RefundPaid(_Event, frozen=True, tag="refund_paid.1"):
    """The provider paid it back."""

    refund: str
    amount: int
    custody: int
    is_all: bool
    """Whether nothing of the payment is left."""
    at_us: int


class RefundFailed(_Event, frozen=True, tag="refund_failed.1"):
    """The provider could not; what was taken is given back."""

    refund: str
    reason: str
    at_us: int


class Disputed(_Event, frozen=True, tag="disputed.1"):
    """A card's holder wants the money back, and the provider took it: it is taken back, as far as it is there."""

    dispute: str
    amount: int
    reason: str
    taken: int
    """Of what was bought, from its owner."""
    booked: int
    """What the custody account was given for what the provider took."""
    custody: int
    claim: int
    """What the owner has to make good, of the currency."""
    claim_after: int
    shortfall_after: int
    """What the provider took and the ledger does not say yet, of all disputes of the order."""
    at_us: int


class DisputeClosed(_Event, frozen=True, tag="dispute_closed.1"):
    """The provider gave the money back, and so it goes back to where it was taken from; or it is lost for good."""

    dispute: str
    is_won: bool
    claim_after: int
    shortfall_after: int
    at_us: int


class Covered(_Event, frozen=True, tag="covered.1"):
    """A part of what is lacking was made good out of an account."""

    dispute: str
    account: int
    amount: int
    by: str
    claim_after: int
    shortfall_after: int
    at_us: int


class PaidOut(_Event, frozen=True, tag="paid_out.1"):
    """The card was paid."""

    custody: int
    at_us: int


CardEvent = (
    PurchaseOrdered
    | PayoutOrdered
    | Opened
    | Declined
    | Authorized
    | Captured
    | Ended
    | RefundOrdered
    | RefundPaid
    | RefundFailed
    | Disputed
    | DisputeClosed
    | Covered
    | PaidOut
)


class Refund(msgspec.Struct, frozen=True):
    """A refund and what became of it."""

    ordered: RefundOrdered
    is_paid: bool = False
    is_failed: bool = False


class Dispute(msgspec.Struct, frozen=True):
    """A dispute and what became of it."""

    opened: Disputed
    covers: tuple[Covered, ...] = ()
    is_closed: bool = False
    is_won: bool = False

    @property
    def covered(self) -> int:
        """What was made good."""
        return sum(each.amount for each in self.covers)

    @property
    def claim(self) -> int:
        """What the owner still has to make good."""
        return 0 if self.is_won else max(self.opened.claim - self.covered, 0)

    @property
    def shortfall(self) -> int:
        """What the provider took and the ledger does not say yet."""
        return 0 if self.is_won else self.opened.amount - self.opened.booked - self.covered


class CardOrder(msgspec.Struct, frozen=True):
    """What the events of an order come to."""

    stage: Stage = Stage.NONE
    ordered: PurchaseOrdered | PayoutOrdered | None = None
    payment: str = ""
    """The provider's name of it."""
    declines: int = 0
    captured: Captured | None = None
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()

    @property
    def refunded(self) -> int:
        """What goes or went back, of the currency."""
        return sum(each.ordered.amount for each in self.refunds if not each.is_failed)

    @property
    def disputed(self) -> int:
        """What was charged back and not won, of the currency."""
        return sum(each.opened.amount for each in self.disputes if not each.is_won)

    @property
    def claim(self) -> int:
        """What the owner still has to make good."""
        return sum(each.claim for each in self.disputes)

    @property
    def shortfall(self) -> int:
        """What the provider took and the ledger does not say yet."""
        return sum(each.shortfall for each in self.disputes)

    def refund(self, id_: str) -> Refund | None:
        """Find a refund."""
        return next((each for each in self.refunds if each.ordered.refund == id_), None)

    def dispute(self, id_: str) -> Dispute | None:
        """Find a dispute."""
        return next((each for each in self.disputes if each.opened.dispute == id_), None)


_events: msgspec.msgpack.Decoder[CardEvent] = msgspec.msgpack.Decoder(CardEvent)
_replace = msgspec.structs.replace


def order_of(payloads: Sequence[bytes]) -> CardOrder:
    """Fold the events of an order."""
    order = CardOrder()
    for payload in payloads:
        order = after(order, decode(payload))
    return order


def after(order: CardOrder, event: CardEvent) -> CardOrder:
    """Return what an order is after an event."""
    match event:
        case PurchaseOrdered() | PayoutOrdered():
            return CardOrder(Stage.INITIAL, event)
        case Opened():
            stage = Stage.PROCESSING if isinstance(order.ordered, PayoutOrdered) else order.stage
            return _replace(order, stage=stage, payment=event.payment)
        case Declined():
            return _replace(order, declines=order.declines + 1)
        case Authorized():
            return _replace(order, stage=Stage.PROCESSING)
        case Captured():
            return _replace(order, stage=Stage.SUCCESSFUL, captured=event)
        case PaidOut():
            return _replace(order, stage=Stage.SUCCESSFUL)
        case Ended():
            return _replace(order, stage=Stage.EXPIRED if event.is_expired else Stage.FAILED)
        case RefundOrdered():
            return _replace(order, refunds=(*order.refunds, Refund(event)))
        case RefundPaid():
            stage = Stage.REFUNDED if event.is_all else order.stage
            return _replace(order, stage=stage, refunds=_refunds(order, event.refund, is_paid=True))
        case RefundFailed():
            return _replace(order, refunds=_refunds(order, event.refund, is_failed=True))
        case Disputed():
            return _replace(order, disputes=(*order.disputes, Dispute(event)))
        case DisputeClosed():
            return _replace(order, disputes=_disputes(order, event.dispute, is_closed=True, is_won=event.is_won))
        case Covered():
            dispute = order.dispute(event.dispute)
            assert dispute is not None, "it is there"
            return _replace(order, disputes=_disputes(order, event.dispute, covers=(*dispute.covers, event)))


def _refunds(order: CardOrder, id_: str, **changes: bool) -> tuple[Refund, ...]:
    return tuple(_replace(each, **changes) if each.ordered.refund == id_ else each for each in order.refunds)


def _disputes(order: CardOrder, id_: str, **changes: object) -> tuple[Dispute, ...]:
    return tuple(_replace(each, **changes) if each.opened.dispute == id_ else each for each in order.disputes)


def encode(event: CardEvent) -> bytes:
    """Spell an event for the journal."""
    return msgspec.msgpack.encode(event)


def decode(payload: bytes) -> CardEvent:
    """Read an event from the journal."""
    return _events.decode(payload)
