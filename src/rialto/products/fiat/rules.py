"""What may happen with an order when, and what moves with it. Pure."""

from typing import Final

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT, PostingReason
from rialto.products.fiat import reversals
from rialto.products.fiat.model import (
    Assigned,
    Canceled,
    Charged,
    ChargeReversed,
    Covered,
    DepositOrdered,
    Order,
    OrderEvent,
    Paid,
    PaidAgain,
    Received,
    ReturnOrdered,
    Reversed,
    Sent,
    SentBack,
    Stage,
    StatementTaken,
    Suspended,
    Undone,
    Unexplained,
    WithdrawalOrdered,
)

CENT: Final = 1_000_000
"""Units of 1e-8 in the smallest amount banks move."""


class FiatRefused(Exception):
    """What was asked cannot be. The message says why."""


def may(order: Order, event: OrderEvent) -> bool:
    """Tell whether an event may follow; False where it has happened already. Errors: `FiatRefused`."""
    match event:
        case DepositOrdered() | WithdrawalOrdered():
            return _expect(order, Stage.NONE)
        case Received():
            if order.received is not None:
                return False
            return _expect(order, Stage.NONE, Stage.INITIAL, Stage.EXPIRED)
        case Suspended() | Unexplained():
            return order.suspended is None and order.unexplained is None and _expect(order, Stage.NONE)
        case ReturnOrdered() | Assigned():
            is_new = not isinstance(event, ReturnOrdered) or order.return_by != event.by
            return is_new and _expect_suspended(order)
        case Sent():
            return order.sent is None and _expect_payment(order, Stage.INITIAL)
        case Paid():
            return event.entry not in order.entries and _expect_payment(order, Stage.PROCESSING)
        case SentBack():
            paid = Stage.REFUNDED if order.is_return else Stage.SUCCESSFUL
            return event.entry not in order.entries and _expect_payment(order, Stage.PROCESSING, paid)
        case Canceled():
            return _expect(order, Stage.INITIAL)
        case Reversed() | PaidAgain() | Undone():
            return event.entry not in order.entries
        case Covered():
            return event.by not in order.covered_by and _expect_lacking(order, event)


def _expect_suspended(order: Order) -> bool:
    if order.suspended is None and order.stage is Stage.SUSPENDED:
        raise FiatRefused("the bank took something back here: say whose it was, or make it good")
    return _expect(order, Stage.SUSPENDED)


def _expect_lacking(order: Order, event: Covered) -> bool:
    most = reversals.most_to_cover(order, event.account)
    if not 0 < event.amount <= most:
        raise FiatRefused(f"{text_of(most)} is to be made good, not {text_of(event.amount)}")
    return True


def _expect(order: Order, *stages: Stage) -> bool:
    if order.stage not in stages:
        raise FiatRefused(f"the order is {order.stage.value}")
    return True


def _expect_payment(order: Order, *stages: Stage) -> bool:
    if not order.is_return and not isinstance(order.ordered, WithdrawalOrdered):
        raise FiatRefused("the order is not one that is paid out")
    return _expect(order, *stages)


def legs_of(order: Order, event: OrderEvent) -> tuple[Leg, ...]:
    """Say what moves when an event follows."""
    match event:
        case WithdrawalOrdered():
            return (_leg(event.account, event.asset, -event.amount, event.amount, PostingReason.PRODUCT_HOLD),)
        case Received():
            return _received(event)
        case Suspended():
            return (
                _leg(event.custody, event.asset, -event.amount, 0, PostingReason.DEPOSIT),
                _leg(TREASURY_ACCOUNT, event.asset, event.amount, 0, PostingReason.DEPOSIT),
                _leg(TREASURY_ACCOUNT, event.asset, -event.amount, event.amount, PostingReason.PRODUCT_HOLD),
            )
        case Assigned():
            held = _suspended(order)
            return (
                _leg(TREASURY_ACCOUNT, held.asset, held.amount, -held.amount, PostingReason.PRODUCT_RELEASE),
                _leg(TREASURY_ACCOUNT, held.asset, -held.amount, 0, PostingReason.DEPOSIT),
                _leg(event.account, held.asset, held.amount, 0, PostingReason.DEPOSIT),
            )
        case Paid():
            return _paid(order, event)
        case SentBack():
            return _sent_back(order, event)
        case Canceled():
            return _canceled(order)
        case Reversed():
            return reversals.legs_of(order, event)
        case Covered():
            return reversals.cover_legs(event)
        case DepositOrdered() | ReturnOrdered() | Sent() | Unexplained() | PaidAgain() | Undone():
            return ()


def _received(event: Received) -> tuple[Leg, ...]:
    legs = [
        _leg(event.custody, event.asset, -event.amount, 0, PostingReason.DEPOSIT),
        _leg(event.account, event.asset, event.amount - event.fee, 0, PostingReason.DEPOSIT),
    ]
    if event.fee:
        legs.append(_leg(FEES_ACCOUNT, event.asset, event.fee, 0, PostingReason.FEE))
    return tuple(legs)


def _paid(order: Order, event: Paid) -> tuple[Leg, ...]:
    if order.is_return:
        held = _suspended(order)
        return (
            _leg(TREASURY_ACCOUNT, held.asset, 0, -held.amount, PostingReason.WITHDRAWAL),
            _leg(event.custody, held.asset, held.amount, 0, PostingReason.WITHDRAWAL),
        )
    ordered = _withdrawal(order)
    legs = [
        _leg(ordered.account, ordered.asset, 0, -ordered.amount, PostingReason.WITHDRAWAL),
        _leg(event.custody, ordered.asset, payout_of(order), 0, PostingReason.WITHDRAWAL),
    ]
    if ordered.fee:
        legs.append(_leg(FEES_ACCOUNT, ordered.asset, ordered.fee, 0, PostingReason.FEE))
    return tuple(legs)


def _sent_back(order: Order, event: SentBack) -> tuple[Leg, ...]:
    """Give back what came back. What was never booked as paid is simply released: the bank kept it all along."""
    if order.paid is None:
        return _canceled(order)
    if order.is_return:
        held = _suspended(order)
        return (
            _leg(event.custody, held.asset, -held.amount, 0, PostingReason.DEPOSIT),
            _leg(TREASURY_ACCOUNT, held.asset, held.amount, 0, PostingReason.DEPOSIT),
            _leg(TREASURY_ACCOUNT, held.asset, -held.amount, held.amount, PostingReason.PRODUCT_HOLD),
        )
    ordered = _withdrawal(order)
    return (
        _leg(event.custody, ordered.asset, -payout_of(order), 0, PostingReason.DEPOSIT),
        _leg(ordered.account, ordered.asset, payout_of(order), 0, PostingReason.DEPOSIT),
    )


def _canceled(order: Order) -> tuple[Leg, ...]:
    if not isinstance(order.ordered, WithdrawalOrdered):
        return ()
    ordered = order.ordered
    return (_leg(ordered.account, ordered.asset, ordered.amount, -ordered.amount, PostingReason.PRODUCT_RELEASE),)


def payout_of(order: Order) -> int:
    """Return what the bank pays of an order, in units of 1e-8."""
    if order.is_return:
        return _suspended(order).amount
    ordered = _withdrawal(order)
    return ordered.amount - ordered.fee


def charge(event: Charged | ChargeReversed) -> tuple[Leg, ...]:
    """Say what moves when the bank takes something for itself, or gives it back."""
    taken = event.amount if isinstance(event, Charged) else -event.amount
    return (
        _leg(TREASURY_ACCOUNT, event.asset, -taken, 0, PostingReason.FEE),
        _leg(event.custody, event.asset, taken, 0, PostingReason.FEE),
    )


def brought(custody: int, asset: int, taken: list[StatementTaken], event: StatementTaken) -> tuple[Leg, ...]:
    """Say what moves with a statement: what a bank account held before its first one is the treasury's."""
    if taken or not event.opening:
        return ()
    return (
        _leg(custody, asset, -event.opening, 0, PostingReason.ADJUSTMENT),
        _leg(TREASURY_ACCOUNT, asset, event.opening, 0, PostingReason.ADJUSTMENT),
    )


def follows(taken: list[StatementTaken], event: StatementTaken) -> bool:
    """Tell whether a statement is new.

    Errors: `FiatRefused` where it does not go on from the last one's balance, or says otherwise than it did before.
    """
    before = next((each for each in taken if each.statement == event.statement), None)
    if before is not None:
        if (before.opening, before.closing, before.entries) != (event.opening, event.closing, event.entries):
            raise FiatRefused(
                f"statement {event.statement} was booked with {before.entries} entries and "
                f"{text_of(before.closing)} at its end, and says {event.entries} and {text_of(event.closing)} now: "
                "what is booked is not taken back; have the bank correct it by entries of another statement"
            )
        return False
    if taken and taken[-1].closing != event.opening:
        raise FiatRefused(
            f"statement {event.statement} begins with {text_of(event.opening)}, but {taken[-1].statement} ended with "
            f"{text_of(taken[-1].closing)}: one between them is missing; import it first"
        )
    return True


def _suspended(order: Order) -> Suspended:
    assert order.suspended is not None, "it is in suspense"
    return order.suspended


def _withdrawal(order: Order) -> WithdrawalOrdered:
    assert isinstance(order.ordered, WithdrawalOrdered), "it is a withdrawal"
    return order.ordered


def _leg(account: int, asset: int, free: int, locked: int, reason: PostingReason) -> Leg:
    return Leg(account, asset, text_of(free), text_of(locked), reason)
