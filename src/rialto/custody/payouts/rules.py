"""What may be recorded of a payout, by what was recorded before. Pure: no clock, no I/O.

Every rule answers None where what it would record stands there already: asking twice changes nothing.
"""

from collections.abc import Callable, Sequence

from rialto.contracts.amounts import ZERO, text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import PostingReason
from rialto.custody.payouts.model import (
    BODY_BYTES_MAX,
    Broadcast,
    Built,
    Closed,
    CostBooked,
    Decided,
    Event,
    Forgone,
    Opened,
    Outcome,
    Payout,
    SignaturesBrought,
    SigningDeclined,
    TransactionSigned,
    encode,
    payout_of,
)
from rialto.projections.decisions import Decision

Rule = Callable[[Sequence[bytes]], Decision | None]


class OutOfTurn(Exception):
    """Something else was recorded in between: look at the payout again."""


def open_with(event: Opened) -> Rule:
    """Open a payout."""
    return lambda events: None if events else Decision(encode(event))


def build(event: Built) -> Rule:
    """Record a transaction that is to be signed. Errors: `OutOfTurn`."""
    assert len(event.transaction.body) <= BODY_BYTES_MAX, "a transaction is recorded whole"
    return _on(lambda payout: payout.decided is None and payout.to_sign is None, event)


def decline(event: SigningDeclined) -> Rule:
    """Record that the signer will not sign what was built. Errors: `OutOfTurn`."""
    return _on(lambda payout: payout.to_sign is not None, event)


def bring(event: SignaturesBrought, number: int) -> Rule:
    """Record a keeper's signatures of the transaction of this number, once. Errors: `OutOfTurn`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        variant = _payout(events).to_sign
        if variant is None or variant.number != number:
            raise OutOfTurn("the transaction waits for no signatures any more")
        return None if event.keeper in variant.brought else Decision(encode(event))

    return rule


def sign(event: TransactionSigned, number: int) -> Rule:
    """Record what the signer signed: the transaction of this number. Errors: `OutOfTurn`."""
    return _on(lambda payout: payout.to_sign is not None and payout.to_sign.number == number, event)


def note_broadcast(event: Broadcast) -> Rule:
    """Record that a node took a transaction."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        payout = _payout(events)
        is_new = any(
            variant.signed is not None
            and variant.signed.transaction == event.transaction
            and variant.broadcast_at_us is None
            for variant in payout.variants
        )
        return Decision(encode(event)) if is_new else None

    return rule


def forgo(event: Forgone) -> Rule:
    """Record that a transaction never left. Errors: `OutOfTurn` when a node took it."""

    def may(payout: Payout) -> bool:
        return payout.decided is None and any(
            variant.signed is not None
            and variant.signed.transaction == event.transaction
            and variant.broadcast_at_us is None
            for variant in payout.variants
        )

    return _on(may, event)


def decide(event: Decided) -> Rule:
    """Record what came of it, once. Errors: `OutOfTurn` where what was signed makes that impossible."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        payout = _payout(events)
        if payout.decided is not None:
            return None
        signed = [variant for variant in payout.variants if variant.signed is not None]
        if event.outcome is Outcome.DISSOLVED and (signed or payout.to_sign is not None):
            raise OutOfTurn("what may be signed cannot be dissolved")
        known = {variant.signed.transaction for variant in payout.live if variant.signed is not None}
        if event.transaction is not None and event.transaction not in known:
            raise OutOfTurn(f"{event.transaction} is no transaction of this payout")
        return Decision(encode(event))

    return rule


def book_cost(event: CostBooked, payer: int, custody: int) -> Rule:
    """Take what the network took from an account of the house, and from what we hold on the chain; once."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        payout = _payout(events)
        if payout.decided is None:
            raise OutOfTurn("what it cost is known when it is decided")
        if payout.cost is not None:
            return None
        if not event.units:
            return Decision(encode(event))
        cost = text_of(event.units)
        legs = (
            Leg(payer, event.asset, f"-{cost}", ZERO, PostingReason.FEE),
            Leg(custody, event.asset, cost, ZERO, PostingReason.FEE),
        )
        return Decision(encode(event), legs)

    return rule


def close(event: Closed) -> Rule:
    """Record that nothing is left to be done."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        payout = _payout(events)
        if payout.is_closed:
            return None
        if payout.decided is None:
            raise OutOfTurn("what is not decided cannot be closed")
        return Decision(encode(event))

    return rule


def _on(may: Callable[[Payout], bool], event: Event) -> Rule:
    def rule(events: Sequence[bytes]) -> Decision:
        if not may(_payout(events)):
            raise OutOfTurn(f"{type(event).__name__} does not follow what was recorded")
        return Decision(encode(event))

    return rule


def _payout(events: Sequence[bytes]) -> Payout:
    payout = payout_of(events)
    if payout is None:
        raise OutOfTurn("there is no such payout")
    return payout
