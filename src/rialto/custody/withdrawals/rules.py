"""What may happen to a withdrawal, by what has happened to it. Pure: no clock, no I/O.

Rules of the process answer None where what they would record stands there already: asking twice changes nothing.
"""

from collections.abc import Callable, Sequence
from typing import Final

from rialto.contracts.amounts import ZERO, text_of
from rialto.contracts.commands import Leg
from rialto.contracts.vocabulary import FEES_ACCOUNT, PostingReason
from rialto.custody.signing.requests import Refusal
from rialto.custody.withdrawals.model import (
    Approved,
    Assigned,
    Canceled,
    Completed,
    Confirmed,
    Failed,
    Held,
    PaidInside,
    Refused,
    Released,
    Requested,
    State,
    Withdrawal,
    encode,
    withdrawal_of,
)
from rialto.projections.decisions import Decision

Rule = Callable[[Sequence[bytes]], Decision | None]

TAKEN_BACK_FROM: Final = (State.CONFIRMING, State.REVIEW, State.APPROVED)


class NoSuchWithdrawal(Exception):
    """There is no withdrawal of this id."""


class NotPossible(Exception):
    """It is in a state in which this cannot be done; the message says which."""


class SignatureMissing(Exception):
    """The signer wants operators' signatures over the payment: agreeing without one would not help."""


class SameOperator(Exception):
    """The operator has agreed already: another one must."""


def request(event: Requested) -> Rule:
    """Lock what it takes, and state it; None where it was requested already."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        if events:
            return None
        gross = text_of(event.units + event.fee_units)
        return Decision(
            encode(event), (Leg(event.account, event.asset, f"-{gross}", gross, PostingReason.PRODUCT_HOLD),)
        )

    return rule


def pay_inside(event: PaidInside) -> Rule:
    """Move it from one person to another; None where that was done already."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        if events:
            return None
        amount = text_of(event.units)
        return Decision(
            encode(event),
            (
                Leg(event.account, event.asset, f"-{amount}", ZERO, PostingReason.WITHDRAWAL),
                Leg(event.recipient_account, event.asset, amount, ZERO, PostingReason.DEPOSIT),
            ),
        )

    return rule


def confirm(at_us: int) -> Rule:
    """Take its owner's word that it is theirs. Errors: `NoSuchWithdrawal`, `NotPossible`."""
    return _while((State.CONFIRMING,), lambda _: Decision(encode(Confirmed(at_us))))


def approve(operator: str, signature: bytes, at_us: int) -> Rule:
    """Take an operator's consent. Errors: `NoSuchWithdrawal`, `NotPossible`, `SameOperator`, `SignatureMissing`."""

    def decide(found: Withdrawal) -> Decision:
        if operator in found.operators:
            raise SameOperator(f"{operator} has approved it already; another operator must")
        if found.state is State.REVIEW and found.needs_signatures and not signature:
            raise SignatureMissing("the signer wants a signature over the payment: rialto signer approve makes one")
        return Decision(encode(Approved(operator, signature, at_us)))

    return _while((State.REVIEW,), decide)


def refuse(operator: str, reason: str, at_us: int) -> Rule:
    """Give it back by an operator's decision; not what the signer has signed in another transaction already, which may
    confirm yet. Errors: `NoSuchWithdrawal`, `NotPossible`.
    """

    return _while(TAKEN_BACK_FROM, lambda found: _given_back(found, Refused(operator, reason, at_us)))


def cancel(owner: int, at_us: int) -> Rule:
    """Give it back because its owner wants it so. Errors: `NoSuchWithdrawal`, `NotPossible`."""

    def decide(found: Withdrawal) -> Decision:
        if found.request.owner != owner:
            raise NoSuchWithdrawal("there is no such withdrawal")
        if isinstance(found.request, Requested) and found.request.is_return:
            raise NotPossible("operators send it back")
        return _given_back(found, Canceled(at_us))

    return _while(TAKEN_BACK_FROM, decide)


def assign(payout: str) -> Rule:
    """Give it to a payout; None where it is the payout's already. Errors: `NoSuchWithdrawal`, `NotPossible`."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = _withdrawal(events)
        if found.state is State.ASSIGNED and found.payout == payout:
            return None
        if found.state is not State.APPROVED:
            raise NotPossible(f"it is {found.state.value}")
        return Decision(encode(Assigned(payout)))

    return rule


def hold(event: Held) -> Rule:
    """Have operators look at it again, because of what came up; None where they have already, or it waits no more."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = _withdrawal(events)
        if found.state is not State.APPROVED or event.concern in found.risk:
            return None
        return Decision(encode(event))

    return rule


def release(event: Released) -> Rule:
    """Take it back from a payout that signed nothing; None where the payout does not have it."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        return Decision(encode(event)) if _is_carried(_withdrawal(events), event.payout) else None

    return rule


def complete(event: Completed, custody: int) -> Rule:
    """Take what was locked off its owner's account: it has left the chain's holdings, the fee stays with the house."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = _withdrawal(events)
        if not _is_carried(found, event.payout):
            return None
        request = found.request
        assert isinstance(request, Requested), "what is paid inside is carried by no payout"
        net, fee = text_of(request.units), text_of(request.fee_units)
        legs = [
            Leg(request.account, request.asset, ZERO, f"-{net}", PostingReason.WITHDRAWAL),
            Leg(custody, request.asset, net, ZERO, PostingReason.WITHDRAWAL),
        ]
        if request.fee_units:
            legs += [
                Leg(request.account, request.asset, ZERO, f"-{fee}", PostingReason.FEE),
                Leg(FEES_ACCOUNT, request.asset, fee, ZERO, PostingReason.FEE),
            ]
        return Decision(encode(event), tuple(legs))

    return rule


def fail(event: Failed, payout: str) -> Rule:
    """Give it back because its payout paid nobody and never will; None where the payout does not have it."""

    def rule(events: Sequence[bytes]) -> Decision | None:
        found = _withdrawal(events)
        return Decision(encode(event), _refund(found)) if _is_carried(found, payout) else None

    return rule


def _given_back(found: Withdrawal, event: Refused | Canceled) -> Decision:
    """Give it back, unless the signer has signed for it what this journal does not know of, which may confirm yet."""
    if found.refusal == Refusal.REUSED.value:
        raise NotPossible("it was signed for already and may be paid yet: have the signer release it, then agree to it")
    return Decision(encode(event), _refund(found))


def _refund(found: Withdrawal) -> tuple[Leg, ...]:
    request = found.request
    assert isinstance(request, Requested), "what is paid inside locks nothing"
    gross = text_of(request.units + request.fee_units)
    released = Leg(request.account, request.asset, gross, f"-{gross}", PostingReason.PRODUCT_RELEASE)
    if request.refund_account is None:
        return (released,)
    return (
        released,
        Leg(request.account, request.asset, f"-{gross}", ZERO, PostingReason.DEPOSIT),
        Leg(request.refund_account, request.asset, gross, ZERO, PostingReason.DEPOSIT),
    )


def _is_carried(found: Withdrawal, payout: str) -> bool:
    return found.state is State.ASSIGNED and found.payout == payout


def _while(states: tuple[State, ...], decide: Callable[[Withdrawal], Decision]) -> Rule:
    def rule(events: Sequence[bytes]) -> Decision:
        found = _withdrawal(events)
        decision = decide(found)
        if found.state not in states:
            raise NotPossible(f"it is {found.state.value}")
        return decision

    return rule


def _withdrawal(events: Sequence[bytes]) -> Withdrawal:
    found = withdrawal_of(events)
    if found is None:
        raise NoSuchWithdrawal("there is no such withdrawal")
    return found
