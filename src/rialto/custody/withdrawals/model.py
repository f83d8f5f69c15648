"""A withdrawal: what was asked, who agreed, which payout carries it, how it ended.

A stream of kind `withdrawal` for each. What is asked is locked in the same command that states it, and stays locked
until it has left for good or is given back, once. Amounts are whole numbers of units of 1e-8. Pure: no clock, no I/O.

    requested ─▶ (confirmed) ─▶ (approved) ─▶ assigned ─▶ completed
        │            │              │  ▲          │
        └────────────┴──────────────┴──┼── held, released, failed
        canceled, refused ◀────────────┘
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

KIND: Final = "withdrawal"


class State(Enum):
    """Where a withdrawal is."""

    CONFIRMING = "confirming"
    """Its owner must say again that it is theirs, by the code that was mailed."""
    REVIEW = "review"
    """Operators must agree."""
    APPROVED = "approved"
    """It waits for a payout."""
    ASSIGNED = "assigned"
    """A payout carries it: it cannot be taken back any more."""
    COMPLETED = "completed"
    CANCELED = "canceled"
    REFUSED = "refused"
    """By operators."""
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen to it."""
        return self in (State.COMPLETED, State.CANCELED, State.REFUSED, State.FAILED)

    @property
    def is_refunded(self) -> bool:
        """Whether what it locked was given back."""
        return self in (State.CANCELED, State.REFUSED, State.FAILED)


class RiskPart(msgspec.Struct, frozen=True, array_like=True):
    """One thing that makes a withdrawal riskier, and by how much."""

    name: str
    points: int
    detail: str


class _Event(msgspec.Struct, frozen=True, array_like=True, tag=True):
    pass


class Requested(_Event, frozen=True, tag="requested-1"):
    """A person asked to pay something to an address on a chain; what it takes is locked."""

    owner: int
    account: int
    asset: int
    coin: str
    network: str
    address: str
    tag: str | None
    contract: str | None
    units: int
    """What arrives."""
    fee_units: int
    """What the house takes for it, on top."""
    chain_amount: str
    """What arrives, in the chain's unit: digits."""
    value_units: int | None
    """What it was worth in the currency limits are told in; None where nobody knows."""
    client_id: str | None
    wallet: int
    """0: spot, 1: funding."""
    needs_confirmation: bool
    approvals_needed: int
    risk: tuple[RiskPart, ...]
    at_us: int
    refund_account: int | None = None
    """Where it goes if it is not paid, if not where it came from: of a mis-sent deposit that operators send back."""

    @property
    def is_return(self) -> bool:
        """Whether operators send back what was mis-sent."""
        return self.refund_account is not None


class PaidInside(_Event, frozen=True, tag="inside-1"):
    """A person paid another of the exchange: done in the moment it was asked."""

    owner: int
    account: int
    asset: int
    coin: str
    network: str
    address: str
    tag: str | None
    units: int
    value_units: int | None
    recipient: int
    recipient_account: int
    client_id: str | None
    wallet: int
    at_us: int


class Confirmed(_Event, frozen=True, tag="confirmed-1"):
    """Its owner said again that it is theirs."""

    at_us: int


class Approved(_Event, frozen=True, tag="approved-1"):
    """An operator agrees; with a signature over the payment where the signer demands one."""

    operator: str
    signature: bytes
    at_us: int


class Refused(_Event, frozen=True, tag="refused-1"):
    """An operator does not agree; what was locked is given back."""

    operator: str
    reason: str
    at_us: int


class Canceled(_Event, frozen=True, tag="canceled-1"):
    """Its owner took it back."""

    at_us: int


class Assigned(_Event, frozen=True, tag="assigned-1"):
    """A payout carries it."""

    payout: str


class Released(_Event, frozen=True, tag="released-1"):
    """The payout does not carry it after all, and nothing was signed: another may."""

    payout: str
    reason: str
    to_review: bool
    is_to_go_alone: bool
    refusal: str = ""
    """Of the signer, if it was that."""
    approvals: int = 0
    """How many operators must sign for it, where the signer said so."""
    waits_until_us: int = 0
    """Before when no other payout is to carry it."""


class Held(_Event, frozen=True, tag="held-1"):
    """Something came up against who is paid after it was approved, before anything was signed: two must agree anew."""

    concern: RiskPart
    approvals: int
    at_us: int


class Completed(_Event, frozen=True, tag="completed-1"):
    """It is paid, for good."""

    payout: str
    transaction: str
    confirmations: int
    at_us: int


class Failed(_Event, frozen=True, tag="failed-1"):
    """It cannot be paid, for good; what was locked is given back."""

    reason: str
    transaction: str | None
    at_us: int


Event = (
    Requested | PaidInside | Confirmed | Approved | Refused | Canceled | Assigned | Released | Held | Completed | Failed
)

_decode: Final[Callable[[bytes], Event]] = msgspec.msgpack.Decoder(Event).decode
_risk: Final = msgspec.json.Decoder(list[dict[str, str | int]])
encode: Final = msgspec.msgpack.Encoder().encode


class Withdrawal(msgspec.Struct):
    """A withdrawal as its events tell it. Made anew from them each time it is looked at."""

    request: Requested | PaidInside
    state: State
    approvals: list[Approved]
    approvals_needed: int
    is_confirmed: bool
    payout: str | None = None
    transaction: str | None = None
    is_to_go_alone: bool = False
    info: str = ""
    refusal: str = ""
    """Why the signer would not sign the last payout, in one word."""
    needs_signatures: bool = False
    """Whether operators who agree must sign, for the signer to see."""
    waits_until_us: int = 0
    """Before when it is not tried again."""
    risk: tuple[RiskPart, ...] = ()
    """What makes it risky, with what came up since."""

    @property
    def operators(self) -> frozenset[str]:
        """Who has agreed."""
        return frozenset(approval.operator for approval in self.approvals)


def read_risk(text: str) -> tuple[RiskPart, ...]:
    """Read what makes a withdrawal risky, as its table has it."""
    parts = _risk.decode(text)
    return tuple(RiskPart(str(each["name"]), int(each["points"]), str(each["detail"])) for each in parts)


def read(payload: bytes) -> Event:
    """Read an event."""
    return _decode(payload)


def withdrawal_of(events: Sequence[bytes]) -> Withdrawal | None:
    """Come to a withdrawal from its events; None where there are none."""
    found: Withdrawal | None = None
    for payload in events:
        found = apply(found, _decode(payload))
    return found


def apply(found: Withdrawal | None, event: Event) -> Withdrawal:
    """Come to a withdrawal from what it was and what happened."""
    if found is None:
        return _begin(event)
    match event:
        case Confirmed():
            found.is_confirmed = True
            found.state = _waiting(found)
        case Approved():
            found.approvals.append(event)
            found.state = _waiting(found)
        case Refused():
            found.state, found.info = State.REFUSED, event.reason
        case Canceled():
            found.state = State.CANCELED
        case Assigned():
            found.state, found.payout = State.ASSIGNED, event.payout
        case Released():
            _release(found, event)
        case Held():
            # Who agreed before did not know of this.
            found.approvals.clear()
            found.approvals_needed = max(found.approvals_needed, event.approvals)
            found.risk = (*found.risk, event.concern)
            found.state = _waiting(found)
        case Completed():
            found.state, found.transaction, found.info = State.COMPLETED, event.transaction, ""
        case Failed():
            found.state, found.transaction, found.info = State.FAILED, event.transaction, event.reason
        case Requested() | PaidInside():
            raise AssertionError("a withdrawal is requested once")
    return found


def _begin(event: Event) -> Withdrawal:
    if isinstance(event, PaidInside):
        return Withdrawal(event, State.COMPLETED, [], 0, True)
    assert isinstance(event, Requested), "a withdrawal begins with its request"
    found = Withdrawal(event, State.APPROVED, [], event.approvals_needed, not event.needs_confirmation, risk=event.risk)
    found.state = _waiting(found)
    return found


def _release(found: Withdrawal, event: Released) -> None:
    found.payout = None
    found.is_to_go_alone = found.is_to_go_alone or event.is_to_go_alone
    found.refusal, found.waits_until_us = event.refusal, event.waits_until_us
    if event.to_review:
        # Who agreed before did not know of this.
        found.info = event.reason
        found.approvals.clear()
        found.approvals_needed = max(1, found.approvals_needed, event.approvals)
        found.needs_signatures = found.needs_signatures or event.approvals > 0
    found.state = _waiting(found)


def _waiting(found: Withdrawal) -> State:
    if not found.is_confirmed:
        return State.CONFIRMING
    if len(found.operators) < found.approvals_needed:
        return State.REVIEW
    return State.APPROVED
