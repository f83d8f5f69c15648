"""What happens when a bank takes back what it booked, and what moves then. Pure.

A credit that is reversed is taken back from who got it as far as it is there; the rest is a claim, as after a
chargeback of a card, and what the ledger does not say yet is a known difference to the bank.
"""

from typing import Final, NamedTuple

from rialto.contracts.amounts import text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import FEES_ACCOUNT, TREASURY_ACCOUNT, PostingReason
from rialto.products.fiat.model import Covered, Order, PaidAgain, Reversed, SentBack, Stage, Undone

NOBODY: Final = -1


class Held(NamedTuple):
    """What is there to be taken, in units of 1e-8: of who got it, and of the fees."""

    owners: int
    fees: int


class _Credit(NamedTuple):
    owner: int
    account: int
    net: int
    fee: int
    custody: int


def is_suspended(order: Order) -> bool:
    """Tell whether a transfer lies in suspense, whether or not it is to go back: no file asks for that yet."""
    is_waiting = order.stage is Stage.SUSPENDED or (order.is_return and order.stage is Stage.INITIAL)
    return order.suspended is not None and order.assigned is None and is_waiting


def credited_of(order: Order) -> int | None:
    """Return how much of an order the bank can take back, in units of 1e-8; None where it can take back nothing."""
    credit = _credit(order)
    return None if credit is None else credit.net + credit.fee


def taken_from(order: Order) -> tuple[int, int] | None:
    """Return the account and the asset that a reversal is taken from; None where it is not an owner's."""
    credit, asset = _credit(order), order.asset
    return None if credit is None or asset is None or credit.owner == NOBODY else (credit.account, asset)


def take_back(order: Order, entry: str, held: Held, reason: str, now_us: int) -> Reversed | None:
    """Take back what the bank took back; nothing where that has happened. Precondition: `credited_of` says so much."""
    credit = _credit(order)
    if credit is None or entry in order.entries:
        return None
    if credit.owner == NOBODY:
        return Reversed(credit.custody, entry, NOBODY, credit.account, credit.net, 0, 0, 0, reason, now_us)
    taken, fee = max(min(held.owners, credit.net), 0), max(min(held.fees, credit.fee), 0)
    claim = credit.net - taken
    return Reversed(
        *(credit.custody, entry, credit.owner, credit.account, taken, fee, claim, claim + credit.fee - fee, reason),
        now_us,
    )


def explain(order: Order, owner: int, account: int, held: Held, by: str, now_us: int) -> Reversed | None:
    """Take what nobody could explain from whose it is; nothing where that cannot be."""
    found = order.unexplained
    if found is None or order.reversal is not None or order.covered_by:
        return None
    taken = max(min(held.owners, found.amount), 0)
    claim = found.amount - taken
    return Reversed(
        found.custody, found.entry, owner, account, taken, 0, claim, claim, found.reason, now_us, by
    )  # fmt: skip


def give_back(
    order: Order, entry: str, custody: int, amount: int, reason: str, now_us: int
) -> SentBack | Undone | None:
    """Give back what was paid and the bank did not pay after all; what it had paid twice goes to where that lacks.

    Nothing where it is not paid, or came back before.
    """
    if order.paid is None or entry in order.entries:
        return None
    if order.shortfall >= amount:
        return Undone(entry, amount, now_us)
    is_paid = order.stage is (Stage.REFUNDED if order.is_return else Stage.SUCCESSFUL)
    return SentBack(custody, entry, reason, now_us) if is_paid and not order.covered_by else None


def paid_again(order: Order, entry: str, custody: int, amount: int, now_us: int) -> PaidAgain | None:
    """Note that a payment was booked again. Who was given it back meanwhile has to make it good."""
    if order.paid is None or entry in order.entries:
        return None
    is_owners = order.stage is Stage.REFUNDED and not order.is_return
    return PaidAgain(custody, entry, amount, amount if is_owners else 0, now_us)


def legs_of(order: Order, event: Reversed) -> tuple[Leg, ...]:
    """Say what moves with a reversal."""
    asset = order.asset
    assert asset is not None, "something was booked"
    if event.owner == NOBODY:
        return (
            _leg(TREASURY_ACCOUNT, asset, 0, PostingReason.WITHDRAWAL, locked=-event.taken),
            _leg(event.custody, asset, event.taken, PostingReason.WITHDRAWAL),
        )
    legs = (
        _leg(event.account, asset, -event.taken, PostingReason.WITHDRAWAL),
        _leg(FEES_ACCOUNT, asset, -event.fee_taken, PostingReason.FEE),
        _leg(event.custody, asset, event.taken + event.fee_taken, PostingReason.WITHDRAWAL),
    )
    return tuple(leg for leg in legs if leg.free != text_of(0))


def cover_legs(event: Covered) -> tuple[Leg, ...]:
    """Say what moves when something is made good."""
    why = PostingReason.ADJUSTMENT
    return (_leg(event.account, event.asset, -event.amount, why), _leg(event.custody, event.asset, event.amount, why))


def most_to_cover(order: Order, account: int) -> int:
    """Return how much may be made good out of an account, in units of 1e-8."""
    return order.shortfall if account == TREASURY_ACCOUNT else min(order.claim, order.shortfall)


def _credit(order: Order) -> _Credit | None:
    if order.reversal is not None:
        return None
    if order.received is not None:
        got = order.received
        return _Credit(got.owner, got.account, got.amount - got.fee, got.fee, got.custody)
    if order.suspended is None:
        return None
    held = order.suspended
    if order.assigned is not None:
        return _Credit(order.assigned.owner, order.assigned.account, held.amount, 0, held.custody)
    if is_suspended(order):
        return _Credit(NOBODY, TREASURY_ACCOUNT, held.amount, 0, held.custody)
    return None


def _leg(account: int, asset: int, free: int, reason: PostingReason, *, locked: int = 0) -> Leg:
    return Leg(account, asset, text_of(free), text_of(locked), reason)
