"""What may happen with a card's order when. Pure.

Each rule returns the event that follows, or nothing where it has happened already, and raises `FiatRefused` where it
cannot. How much of what was bought stands for a part of what was paid is counted over all parts together, so that
refunds and chargebacks in pieces come to what one of the whole does.
"""

from typing import Final

from rialto.contracts.amounts import text_of
from rialto.contracts.vocabulary import TREASURY_ACCOUNT
from rialto.products.fiat.cards.legs import purchase_of
from rialto.products.fiat.cards.model import (
    Authorized,
    Captured,
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
from rialto.products.fiat.model import Stage
from rialto.products.fiat.rules import CENT, FiatRefused
from rialto.wire.decimals import ONE

REFUNDS_MAX: Final = 100
"""How often parts of one payment may be given back."""

DISPUTES_MAX: Final = 100
"""How many disputes one payment may have."""


class PaymentDiffers(FiatRefused):
    """The provider says something of a payment that was not ordered."""


def ordered(order: CardOrder, event: PurchaseOrdered | PayoutOrdered) -> PurchaseOrdered | PayoutOrdered:
    """Order."""
    _expect(order, Stage.NONE)
    return event


def opened(order: CardOrder, event: Opened) -> Opened | None:
    """Note what the provider calls it."""
    if order.payment:
        if order.payment != event.payment:
            raise PaymentDiffers(f"the order is payment {order.payment}, not {event.payment}")
        return None
    _expect(order, Stage.INITIAL)
    return event


def declined(order: CardOrder, event: Declined, count: int) -> Declined | None:
    """Note one of so many declines, as long as not all of them are noted."""
    return event if order.declines < count and order.stage is Stage.INITIAL else None


def authorized(order: CardOrder, event: Authorized) -> Authorized | None:
    """Decide to capture it."""
    if order.stage in (Stage.PROCESSING, Stage.SUCCESSFUL, Stage.REFUNDED):
        return None
    _expect(order, Stage.INITIAL)
    return event


def captured(order: CardOrder, event: Captured) -> Captured | None:
    """Credit it."""
    if order.captured is not None:
        return None
    _expect(order, Stage.PROCESSING)
    return event


def ended(order: CardOrder, event: Ended) -> Ended | None:
    """End it without anything paid."""
    if order.stage in (Stage.FAILED, Stage.EXPIRED):
        return None
    _expect(order, Stage.INITIAL, Stage.PROCESSING)
    return event


def paid_out(order: CardOrder, event: PaidOut) -> PaidOut | None:
    """Take out of the ledger what the card was paid."""
    if order.stage is Stage.SUCCESSFUL:
        return None
    _expect(order, Stage.PROCESSING)
    if not isinstance(order.ordered, PayoutOrdered):
        raise FiatRefused("the order is not one that is paid out")
    return event


def refund_ordered(order: CardOrder, id_: str, amount: int, by: str, reason: str, now_us: int) -> RefundOrdered | None:
    """Give a part back: no more than was paid and is not given or charged back already."""
    if order.refund(id_) is not None:
        return None
    _expect(order, Stage.SUCCESSFUL)
    purchase = purchase_of(order)
    back = order.refunded + order.disputed
    if amount <= 0 or amount % CENT or back + amount > purchase.amount:
        raise FiatRefused(f"{text_of(purchase.amount - back)} is left of the payment; give whole cents up to that")
    if len(order.refunds) >= REFUNDS_MAX:
        raise FiatRefused(f"the payment has {REFUNDS_MAX} refunds already")
    share = _fee_of(purchase, back + amount) - _fee_of(purchase, back)
    return RefundOrdered(id_, amount, _taken_of(purchase, back, amount), share, by, reason, now_us)


def refund_paid(order: CardOrder, id_: str, custody: int, now_us: int) -> RefundPaid | None:
    """Note that a refund was paid."""
    refund = order.refund(id_)
    if refund is None:
        raise FiatRefused(f"there is no refund {id_}")
    if refund.is_paid or refund.is_failed:
        return None
    paid = sum(each.ordered.amount for each in order.refunds if each.is_paid) + refund.ordered.amount
    return RefundPaid(id_, refund.ordered.amount, custody, paid == purchase_of(order).amount, now_us)


def refund_failed(order: CardOrder, id_: str, reason: str, now_us: int) -> RefundFailed | None:
    """Note that a refund was not paid."""
    refund = order.refund(id_)
    if refund is None:
        raise FiatRefused(f"there is no refund {id_}")
    return None if refund.is_paid or refund.is_failed else RefundFailed(id_, reason, now_us)


class Held:
    """What is there to be taken for a chargeback, in units of 1e-8: the owner's, and the treasury's of the currency."""

    def __init__(self, owners: int, treasurys: int) -> None:
        self.owners: Final = max(owners, 0)
        self.treasurys: Final = max(treasurys, 0)


def disputed(order: CardOrder, id_: str, amount: int, reason: str, held: Held, now_us: int) -> Disputed | None:
    """Take back for a chargeback what is there; the rest is a claim."""
    if order.dispute(id_) is not None:
        return None
    purchase = purchase_of(order)
    if order.captured is None:
        raise FiatRefused("what was not captured cannot be disputed")
    if not 0 < amount <= purchase.amount or len(order.disputes) >= DISPUTES_MAX:
        raise PaymentDiffers(f"dispute {id_} is of {text_of(amount)}, the payment of {text_of(purchase.amount)}")
    if purchase.is_deposit:
        taken = booked = min(held.owners, amount)
        claim = amount - taken
    else:
        back = order.refunded + order.disputed
        target = _taken_of(purchase, back, min(amount, purchase.amount - back))
        taken = min(held.owners, target)
        made_good = amount * taken // target if target else 0
        booked, claim = min(made_good, held.treasurys), amount - made_good
    return Disputed(
        id_,
        amount,
        reason,
        taken,
        booked,
        order.captured.custody,
        claim,
        order.claim + claim,
        order.shortfall + amount - booked,
        now_us,
    )


def dispute_closed(order: CardOrder, id_: str, is_won: bool, now_us: int) -> DisputeClosed | None:
    """Note how a dispute ended."""
    dispute = order.dispute(id_)
    if dispute is None:
        raise FiatRefused(f"there is no dispute {id_}")
    if dispute.is_closed:
        return None
    claim = order.claim - (dispute.claim if is_won else 0)
    shortfall = order.shortfall - (dispute.shortfall if is_won else 0)
    return DisputeClosed(id_, is_won, claim, shortfall, now_us)


def covered(order: CardOrder, account: int, amount: int, by: str, now_us: int) -> Covered | None:
    """Make good a part of what the first dispute that lacks something lacks; nothing if that was decided already."""
    if any(each.by == by for dispute in order.disputes for each in dispute.covers):
        return None
    dispute = next((each for each in order.disputes if each.shortfall), None)
    lacking = 0 if dispute is None else dispute.shortfall
    most = lacking if account == TREASURY_ACCOUNT or dispute is None else min(dispute.claim, lacking)
    if dispute is None or not 0 < amount <= most:
        raise FiatRefused(f"{text_of(most)} is to be made good, not {text_of(amount)}")
    claim = dispute.claim - max(dispute.claim - amount, 0)
    return Covered(
        dispute.opened.dispute, account, amount, by, order.claim - claim, order.shortfall - amount, now_us
    )  # fmt: skip


def fee_of(amount: int, basis_points: int) -> int:
    """Return a fee, rounded up to whole cents."""
    return -(-amount * basis_points // (10_000 * CENT)) * CENT


def obtained_for(net: int, price: int) -> int:
    """Return how much of an asset so much pays for at a price of one, rounded down. Precondition: it has a price."""
    return net * ONE // price


def worth_of(units: int, price: int) -> int:
    """Return what so much of an asset is worth at a price of one, rounded down to whole cents."""
    return units * price // ONE // CENT * CENT


def _taken_of(purchase: PurchaseOrdered, back: int, amount: int) -> int:
    """Return how much of what was bought stands for the next part of what was paid."""
    return _bought_of(purchase, back + amount) - _bought_of(purchase, back)


def _bought_of(purchase: PurchaseOrdered, part: int) -> int:
    if purchase.is_deposit:
        return part - _fee_of(purchase, part)
    return -(-purchase.obtained * part // purchase.amount)


def _fee_of(purchase: PurchaseOrdered, part: int) -> int:
    return purchase.fee * part // purchase.amount


def _expect(order: CardOrder, *stages: Stage) -> None:
    if order.stage not in stages:
        raise FiatRefused(f"the order is {order.stage.value}")
