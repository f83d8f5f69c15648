"""What moves with an event of a card's order. Pure."""

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT, PostingReason
from rialto.products.fiat.cards.model import (
    Authorized,
    Captured,
    CardEvent,
    CardOrder,
    Covered,
    Declined,
    DisputeClosed,
    Disputed,
    Ended,
    Opened,
    PaidOut,
    PayoutOrdered,
    PurchaseOrdered,
    RefundFailed,
    RefundOrdered,
    RefundPaid,
)

DEPOSIT, WITHDRAWAL, FEE = PostingReason.DEPOSIT, PostingReason.WITHDRAWAL, PostingReason.FEE
PRODUCT = PostingReason.PRODUCT


def legs_of(order: CardOrder, event: CardEvent) -> tuple[Leg, ...]:
    """Say what moves when an event follows. Precondition: it may."""
    match event:
        case PurchaseOrdered():
            return () if event.is_deposit else _hold(TREASURY_ACCOUNT, event.bought, event.obtained)
        case PayoutOrdered():
            return _payout_holds(event, 1)
        case Captured():
            return _captured(purchase_of(order), event)
        case Ended():
            if isinstance(order.ordered, PayoutOrdered):
                return _payout_holds(order.ordered, -1)
            ordered = purchase_of(order)
            return () if ordered.is_deposit else _hold(TREASURY_ACCOUNT, ordered.bought, -ordered.obtained)
        case PaidOut():
            return _paid_out(payout_of(order), event)
        case RefundOrdered():
            return (
                *_refund(purchase_of(order), event, 1),
                *_hold(TREASURY_ACCOUNT, purchase_of(order).asset, event.amount),
            )
        case RefundPaid():
            asset = purchase_of(order).asset
            return (
                _leg(TREASURY_ACCOUNT, asset, 0, WITHDRAWAL, locked=-event.amount),
                _leg(event.custody, asset, event.amount, WITHDRAWAL),
            )
        case RefundFailed():
            refund = order.refund(event.refund)
            assert refund is not None, "it was ordered"
            return (
                *_hold(TREASURY_ACCOUNT, purchase_of(order).asset, -refund.ordered.amount),
                *_refund(purchase_of(order), refund.ordered, -1),
            )
        case Disputed():
            return _disputed(purchase_of(order), event, 1)
        case DisputeClosed():
            return _won(order, event) if event.is_won else ()
        case Covered():
            dispute = order.dispute(event.dispute)
            assert dispute is not None, "there is one to be covered"
            return _cover(purchase_of(order).asset, event, dispute.opened.custody, 1)
        case Opened() | Declined() | Authorized():
            return ()


def purchase_of(order: CardOrder) -> PurchaseOrdered:
    """Return what was ordered. Precondition: it is a purchase."""
    assert isinstance(order.ordered, PurchaseOrdered), "it is a purchase"
    return order.ordered


def payout_of(order: CardOrder) -> PayoutOrdered:
    """Return what was ordered. Precondition: it is a payout."""
    assert isinstance(order.ordered, PayoutOrdered), "it is a payout"
    return order.ordered


def _captured(ordered: PurchaseOrdered, event: Captured) -> tuple[Leg, ...]:
    fee = _some(_leg(FEES_ACCOUNT, ordered.asset, ordered.fee, FEE))
    owed = _leg(event.custody, ordered.asset, -ordered.amount, DEPOSIT)
    if ordered.is_deposit:
        return owed, _leg(ordered.account, ordered.asset, ordered.obtained, DEPOSIT), *fee
    return (
        owed,
        _leg(TREASURY_ACCOUNT, ordered.asset, ordered.amount - ordered.fee, DEPOSIT),
        *fee,
        *_hold(TREASURY_ACCOUNT, ordered.bought, -ordered.obtained),
        _leg(TREASURY_ACCOUNT, ordered.bought, -ordered.obtained, PRODUCT),
        _leg(ordered.account, ordered.bought, ordered.obtained, PRODUCT),
    )


def _payout_holds(ordered: PayoutOrdered, sign: int) -> tuple[Leg, ...]:
    """Hold what the owner gives, and what the treasury pays for it; or let both go."""
    own = _hold(ordered.account, ordered.sold, sign * ordered.given)
    if ordered.is_withdrawal:
        return own
    return (*own, *_hold(TREASURY_ACCOUNT, ordered.asset, sign * (ordered.amount + ordered.fee)))


def _paid_out(ordered: PayoutOrdered, event: PaidOut) -> tuple[Leg, ...]:
    paid = (
        _leg(event.custody, ordered.asset, ordered.amount, WITHDRAWAL),
        *_some(_leg(FEES_ACCOUNT, ordered.asset, ordered.fee, FEE)),
    )
    if ordered.is_withdrawal:
        return _leg(ordered.account, ordered.sold, 0, WITHDRAWAL, locked=-ordered.given), *paid
    return (
        _leg(ordered.account, ordered.sold, 0, PRODUCT, locked=-ordered.given),
        _leg(TREASURY_ACCOUNT, ordered.sold, ordered.given, PRODUCT),
        _leg(TREASURY_ACCOUNT, ordered.asset, 0, WITHDRAWAL, locked=-(ordered.amount + ordered.fee)),
        *paid,
    )


def _refund(ordered: PurchaseOrdered, event: RefundOrdered, sign: int) -> tuple[Leg, ...]:
    """Have the treasury get what the refund is made of, from the account and the fees; or back with the other sign."""
    share = _some(_leg(FEES_ACCOUNT, ordered.asset, -sign * event.fee_share, FEE))
    taken = _leg(ordered.account, ordered.bought, -sign * event.taken, PRODUCT)
    if ordered.is_deposit:
        return taken, *share, _leg(TREASURY_ACCOUNT, ordered.asset, sign * event.amount, PRODUCT)
    return (
        taken,
        _leg(TREASURY_ACCOUNT, ordered.bought, sign * event.taken, PRODUCT),
        *share,
        *_some(_leg(TREASURY_ACCOUNT, ordered.asset, sign * event.fee_share, FEE)),
    )


def _disputed(ordered: PurchaseOrdered, event: Disputed, sign: int) -> tuple[Leg, ...]:
    custody = _leg(event.custody, ordered.asset, sign * event.booked, WITHDRAWAL)
    taken = _leg(ordered.account, ordered.bought, -sign * event.taken, WITHDRAWAL)
    if ordered.is_deposit:
        return _some(taken, custody)
    return _some(
        taken,
        _leg(TREASURY_ACCOUNT, ordered.bought, sign * event.taken, PRODUCT),
        _leg(TREASURY_ACCOUNT, ordered.asset, -sign * event.booked, WITHDRAWAL),
        custody,
    )


def _won(order: CardOrder, event: DisputeClosed) -> tuple[Leg, ...]:
    dispute, ordered = order.dispute(event.dispute), purchase_of(order)
    assert dispute is not None, "it was opened"
    covers = [leg for each in dispute.covers for leg in _cover(ordered.asset, each, dispute.opened.custody, -1)]
    return *_disputed(ordered, dispute.opened, -1), *covers


def _cover(asset: int, event: Covered, custody: int, sign: int) -> tuple[Leg, ...]:
    why = PostingReason.ADJUSTMENT
    return _leg(event.account, asset, -sign * event.amount, why), _leg(custody, asset, sign * event.amount, why)


def _hold(account: int, asset: int, units: int) -> tuple[Leg, ...]:
    """Hold so much; less than nothing lets it go."""
    reason = PostingReason.PRODUCT_HOLD if units > 0 else PostingReason.PRODUCT_RELEASE
    return (_leg(account, asset, -units, reason, locked=units),)


def _some(*legs: Leg) -> tuple[Leg, ...]:
    """Leave out what moves nothing."""
    nothing = text_of(0)
    return tuple(leg for leg in legs if (leg.free, leg.locked) != (nothing, nothing))


def _leg(account: int, asset: int, free: int, reason: PostingReason, *, locked: int = 0) -> Leg:
    return Leg(account, asset, text_of(free), text_of(locked), reason)
