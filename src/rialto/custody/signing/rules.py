"""What the signer decides, as a pure function of the policy, the transaction's own effects and what was signed before.

No clock, no keys, no files. The order of the checks is that of `Refusal`.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final, NoReturn, Protocol

import msgspec

from rialto.custody.chains.adapter import HotAddress, Payment, Unsigned
from rialto.custody.signing.effects import Effects
from rialto.custody.signing.policy import NetworkPolicy
from rialto.custody.signing.requests import (
    REFERENCE_LENGTH_MAX,
    REFERENCES_MAX,
    Approval,
    Purpose,
    Refusal,
    SigningRefused,
    SigningRequest,
    payment_digest,
    transaction_digest,
)

BODY_BYTES_MAX: Final = 2_097_152
SOURCES_MAX: Final = 1_000
APPROVALS_MAX: Final = 2_000

HOT_PURPOSES: Final = ("1", "2")
"""The first level of the paths that withdrawals are paid from: hot addresses and their change."""


class Variant(msgspec.Struct, frozen=True):
    """A transaction that was signed for a reference."""

    transaction: bytes
    spends: tuple[str, ...]


class Known(msgspec.Struct, frozen=True):
    """What was signed for a reference before."""

    payment: bytes
    """`payment_digest`; empty where only ourselves were paid."""
    variants: tuple[Variant, ...]


class Spent(msgspec.Struct, frozen=True):
    """What was paid of an asset within the last hour and day."""

    hour: int = 0
    day: int = 0


class Past(Protocol):
    """What was signed on the network before."""

    def spent(self, contract: str | None) -> Spent:
        """Tell what was paid to others of an asset within the last hour and day."""

    def payable_at_us(self, contract: str | None, hour_room: int, day_room: int) -> int:
        """Tell from when on no more than so much of an asset was paid within the last hour and day."""

    def fees_today(self) -> int:
        """Tell what the transactions of the last day may cost together."""

    def fees_payable_at_us(self, day_room: int) -> int:
        """Tell from when on they may cost no more than so much."""


class Outgoing(msgspec.Struct, frozen=True):
    """One payment to others, and what it settles."""

    reference: str
    payment: Payment
    is_new: bool


class Decision(msgspec.Struct, frozen=True):
    """What is allowed: recorded before a signature leaves."""

    outgoing: tuple[Outgoing, ...]
    approved_by: tuple[str, ...] = ()


def check_shape(request: SigningRequest) -> None:
    """Refuse what is too large or contradicts itself, before any work is done for it."""
    unsigned = request.unsigned
    if len(unsigned.body) > BODY_BYTES_MAX:
        _refuse(Refusal.MALFORMED, f"a transaction of {len(unsigned.body)} bytes is larger than {BODY_BYTES_MAX}")
    if not 0 < len(request.references) <= REFERENCES_MAX:
        _refuse(Refusal.MALFORMED, f"{len(request.references)} references; give 1 to {REFERENCES_MAX}")
    if len(set(request.references)) < len(request.references):
        _refuse(Refusal.MALFORMED, "a reference is named twice")
    for reference in request.references:
        if not reference or len(reference) > REFERENCE_LENGTH_MAX or not reference.isprintable():
            _refuse(
                Refusal.MALFORMED, f"reference {reference[:REFERENCE_LENGTH_MAX]!r} is empty, too long or unprintable"
            )
    if not 0 < len(unsigned.sources) <= SOURCES_MAX or len(request.own) > SOURCES_MAX:
        _refuse(Refusal.MALFORMED, f"more than {SOURCES_MAX} sources or own destinations, or no source")
    if len(request.approvals) > APPROVALS_MAX:
        _refuse(Refusal.MALFORMED, f"{len(request.approvals)} approvals are more than {APPROVALS_MAX}")


def check_sources(purpose: Purpose, sources: Sequence[HotAddress], spelled: Sequence[str]) -> None:
    """Hold the sources against the addresses of our keys at their paths."""
    for source, address in zip(sources, spelled, strict=True):
        if source.address != address:
            _refuse(Refusal.SOURCE, f"{source.address} is not our address at {source.path}, which is {address}")
        if purpose is Purpose.WITHDRAWAL and source.path.split("/")[0] not in HOT_PURPOSES:
            _refuse(Refusal.SOURCE, f"{source.path} is no hot address; withdrawals are paid from hot addresses only")


def decide(
    request: SigningRequest,
    effects: Effects,
    policy: NetworkPolicy,
    *,
    own: Collection[str],
    known: Mapping[str, Known],
    past: Past,
    verify: Callable[[str, bytes, Approval], bool],
) -> Decision:
    """Allow a transaction or refuse it.

    `own` holds the destinations known to be ours; `verify` tells whether an approval for a payment's digest is an
    operator's. Errors: `SigningRefused`.
    """
    unsigned = request.unsigned
    outside = [each for each in effects.payments if each.destination not in own]
    for each in outside:
        if policy.of(each.contract) is None:
            _refuse(Refusal.NETWORK, f"the policy names no asset with contract {each.contract!r} on {unsigned.network}")
    _check_told(unsigned, effects)
    outgoing = _outgoing(request, outside, known)
    _check_reuse(request, effects, policy, outgoing, known)
    if effects.fee_max > policy.fee_max:
        _refuse(Refusal.FEE, f"it may cost {effects.fee_max}; at most {policy.fee_max} is allowed a transaction")
    _check_fees_of_day(effects.fee_max, policy, past)
    _check_amounts(outgoing, policy, past)
    return Decision(tuple(outgoing), _check_approvals(request, outgoing, policy, verify))


def _check_told(unsigned: Unsigned, effects: Effects) -> None:
    if not effects.spends or set(effects.spends) != set(unsigned.spends):
        _refuse(Refusal.UNREADABLE, f"it spends {effects.spends}, not {unsigned.spends} as the request says")
    if len(effects.digests) != len(unsigned.sources):
        _refuse(Refusal.UNREADABLE, f"{len(effects.digests)} signatures are wanted of {len(unsigned.sources)} sources")
    if effects.fee_max < 0 or any(payment.amount < 0 for payment in effects.payments):
        _refuse(Refusal.UNREADABLE, "an amount is negative")


def _outgoing(request: SigningRequest, outside: Sequence[Payment], known: Mapping[str, Known]) -> list[Outgoing]:
    """Match what others are paid to the references it settles."""
    if not outside:
        if request.purpose is Purpose.WITHDRAWAL:
            _refuse(Refusal.DESTINATION, "a withdrawal that pays nobody but ourselves")
        return []
    if request.purpose not in (Purpose.WITHDRAWAL, Purpose.BUMP):
        _refuse(
            Refusal.DESTINATION,
            f"a {request.purpose.value} may pay our own addresses only, and this pays {outside[0].destination}",
        )
    told = request.unsigned.payments
    if Counter(told) != Counter(outside):
        _refuse(Refusal.DESTINATION, f"it pays others {_shown(outside)}; the request says {_shown(told)}")
    if len(request.references) != len(told):
        _refuse(Refusal.MALFORMED, f"{len(request.references)} references for {len(told)} payments")
    pairs = zip(request.references, told, strict=True)
    return [Outgoing(reference, payment, reference not in known) for reference, payment in pairs]


def _check_reuse(
    request: SigningRequest,
    effects: Effects,
    policy: NetworkPolicy,
    outgoing: Sequence[Outgoing],
    known: Mapping[str, Known],
) -> None:
    network = request.unsigned.network
    payments = {each.reference: payment_digest(network, each.payment) for each in outgoing}
    transaction = transaction_digest(request.unsigned)
    for reference in request.references:
        before = known.get(reference)
        if before is None:
            if request.purpose is Purpose.BUMP and outgoing:
                _refuse(Refusal.REUSED, f"{reference!r} was never signed, so that nothing of it can be bumped")
            continue
        if reference in payments and before.payment != payments[reference]:
            _refuse(Refusal.REUSED, f"{reference!r} was signed for another destination, asset or amount")
        if len(before.variants) >= policy.variants_max:
            _refuse(Refusal.REUSED, f"{reference!r} was signed {len(before.variants)} times already")
        if not outgoing and request.purpose is Purpose.BUMP:
            continue  # Pays for its parent, or cancels it: pays nobody, so nobody can be paid twice.
        for variant in before.variants:
            if variant.transaction != transaction and not set(variant.spends) & set(effects.spends):
                _refuse(
                    Refusal.REUSED,
                    f"{reference!r} was signed in a transaction that spends {variant.spends}; this one spends "
                    f"{effects.spends}, and both could confirm",
                )


def _check_fees_of_day(fee_max: int, policy: NetworkPolicy, past: Past) -> None:
    total = past.fees_today() + fee_max
    if total > policy.fee_day_max:
        room = policy.fee_day_max - fee_max
        again_at_us = past.fees_payable_at_us(room) if room >= 0 else 0
        message = f"fees of a day would come to {total}, above {policy.fee_day_max}"
        raise SigningRefused(Refusal.FEE, message, again_at_us=again_at_us)


def _check_amounts(outgoing: Sequence[Outgoing], policy: NetworkPolicy, past: Past) -> None:
    fresh: dict[str | None, int] = {}
    for each in outgoing:
        allowed = policy.of(each.payment.contract)
        assert allowed is not None
        if each.payment.amount > allowed.payment_max:
            _refuse(
                Refusal.AMOUNT,
                f"{each.payment.amount} of {allowed.asset} is more than one payment may be, {allowed.payment_max}",
            )
        if each.is_new:
            fresh[each.payment.contract] = fresh.get(each.payment.contract, 0) + each.payment.amount
    for contract, amount in fresh.items():
        allowed, before = policy.of(contract), past.spent(contract)
        assert allowed is not None
        rooms = (allowed.hour_max - amount, allowed.day_max - amount)
        for what, already, most in (("an hour", before.hour, allowed.hour_max), ("a day", before.day, allowed.day_max)):
            if already + amount > most:
                message = f"payments of {allowed.asset} within {what} would come to {already + amount}, above {most}"
                again_at_us = past.payable_at_us(contract, *rooms) if min(rooms) >= 0 else 0
                raise SigningRefused(Refusal.VELOCITY, message, again_at_us=again_at_us)


def _check_approvals(
    request: SigningRequest,
    outgoing: Sequence[Outgoing],
    policy: NetworkPolicy,
    verify: Callable[[str, bytes, Approval], bool],
) -> tuple[str, ...]:
    """Return who approved. What was signed before for the same payment was approved then."""
    payments = {each.reference: each for each in outgoing}
    valid: dict[str, set[str]] = {}
    for approval in request.approvals:
        approved = payments.get(approval.reference)
        if approved is None:
            _refuse(Refusal.APPROVAL, f"an approval is for {approval.reference!r}, which this does not settle")
        digest = payment_digest(request.unsigned.network, approved.payment)
        if not verify(approval.reference, digest, approval):
            message = (
                f"the approval of {approval.reference!r} by {approval.operator!r} is not that operator's signature"
            )
            allowed = policy.of(approved.payment.contract)
            assert allowed is not None
            raise SigningRefused(Refusal.APPROVAL, f"{message} for this payment", approvals=allowed.approvals)
        valid.setdefault(approval.reference, set()).add(approval.operator)
    for each in outgoing:
        allowed = policy.of(each.payment.contract)
        assert allowed is not None
        given = len(valid.get(each.reference, ()))
        if each.is_new and each.payment.amount > allowed.approval_above and given < allowed.approvals:
            message = (
                f"{each.payment.amount} of {allowed.asset} for {each.reference!r} needs the approval of "
                f"{allowed.approvals} operators and has {given}"
            )
            raise SigningRefused(Refusal.APPROVAL, message, approvals=allowed.approvals)
    return tuple(sorted({operator for operators in valid.values() for operator in operators}))


def _shown(payments: Sequence[Payment]) -> str:
    shown = [f"{each.amount} to {each.destination}" + (f" tag {each.tag}" if each.tag else "") for each in payments[:5]]
    return ", ".join(shown) + (f" and {len(payments) - 5} more" if len(payments) > 5 else "")


def _refuse(refusal: Refusal, message: str) -> NoReturn:
    raise SigningRefused(refusal, message)
