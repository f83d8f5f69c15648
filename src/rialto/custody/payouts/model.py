"""A payout: one payment or several that leave together, and every transaction that was ever signed for them.

A stream of kind `payout` for each. What is about to be done is recorded before it is done: the unsigned transaction
before the signer sees it, its id and bytes before the node does. So whatever moment a process dies in, the next one
reads here what may be under way, and goes on with that and with nothing else.

    opened ─▶ built ─▶ signed ─▶ broadcast ─▶ decided ─▶ closed
                ▲                    │
                └──── bumped ────────┘

Invariants: all transactions of a payout but children exclude each other; a transaction that was signed is never built
anew; `decided` is final, and is recorded before anybody is told. Pure: no clock, no I/O.
"""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

from rialto.custody.chains.adapter import HotAddress, Payment, Signed, Unsigned
from rialto.custody.signing.requests import Purpose

KIND: Final = "payout"
BODY_BYTES_MAX: Final = 48 * 1024
"""A transaction is recorded whole, unsigned and signed; one that is larger is built with fewer payments."""


class StoredPayment(msgspec.Struct, frozen=True, array_like=True):
    """A payment as it is recorded: chains count beyond 64 bits, so amounts are digits."""

    destination: str
    tag: str | None
    contract: str | None
    amount: str


class StoredTransaction(msgspec.Struct, frozen=True, array_like=True):
    """An unsigned transaction as it is recorded."""

    network: str
    family: str
    body: bytes
    sources: tuple[tuple[str, str], ...]
    payments: tuple[StoredPayment, ...]
    fee_max: str
    spends: tuple[str, ...]
    replaces: str | None


class Member(msgspec.Struct, frozen=True, array_like=True):
    """Who is paid by a payout: the withdrawal's id, and its payment."""

    reference: str
    payment: StoredPayment


class _Event(msgspec.Struct, frozen=True, array_like=True, tag=True):
    pass


class Opened(_Event, frozen=True, tag="opened-1"):
    """These are to be paid together. Those who cannot be any more drop out before it is built."""

    network: str
    purpose: Purpose
    members: tuple[Member, ...]
    at_us: int


class Built(_Event, frozen=True, tag="built-1"):
    """A transaction is to be signed: the first, a replacement, or a child that pays for its parent."""

    transaction: StoredTransaction
    references: tuple[str, ...]
    purpose: Purpose
    is_child: bool
    at_us: int


class SigningDeclined(_Event, frozen=True, tag="declined-1"):
    """The signer will not sign what was built last; nobody has a signature of it.

    `again_at_us` and `approvals` are what `SigningRefused` says: when time mends it, how many operators must sign.
    """

    refusal: str
    message: str
    again_at_us: int = 0
    approvals: int = 0


class SignaturesBrought(_Event, frozen=True, tag="brought-1"):
    """A keeper whose keys are elsewhere signed what was built last: its place among the keepers, and the signatures."""

    keeper: int
    signatures: tuple[bytes, ...]
    operator: str
    at_us: int


class TransactionSigned(_Event, frozen=True, tag="signed-1"):
    """What was built last is signed. From here on it may be anywhere."""

    transaction: str
    raw: bytes


class Broadcast(_Event, frozen=True, tag="broadcast-1"):
    """The node took a transaction for the first time."""

    transaction: str
    at_us: int


class Forgone(_Event, frozen=True, tag="forgone-1"):
    """The node refused a transaction the first time it was shown to anybody: it never left and never will."""

    transaction: str
    reason: str


class Outcome(Enum):
    """What came of a payout."""

    PAID = "paid"
    """A transaction has confirmed to its final depth."""
    FAILED = "failed"
    """One has, without effect but for its fee: nobody was paid."""
    LOST = "lost"
    """None can confirm any more, or none ever left: nobody was paid, and nobody is to be by this."""
    DISSOLVED = "dissolved"
    """None was signed: who was to be paid may be paid by another."""


class Decided(_Event, frozen=True, tag="decided-1"):
    """It is known for good what came of it."""

    outcome: Outcome
    transaction: str | None
    reason: str
    at_us: int


class CostBooked(_Event, frozen=True, tag="cost-1"):
    """What the network took has been taken from the house's books: in the chain's units, and in those of 1e-8.

    It is rounded up; `remainder` is by how many of the chain's units.
    """

    asset: int
    fee: str
    units: int
    remainder: str


class Closed(_Event, frozen=True, tag="closed-1"):
    """Everybody was told, and nothing of it is left to be done."""

    at_us: int


Event = (
    Opened
    | Built
    | SigningDeclined
    | SignaturesBrought
    | TransactionSigned
    | Broadcast
    | Forgone
    | Decided
    | CostBooked
    | Closed
)

_decode: Final[Callable[[bytes], Event]] = msgspec.msgpack.Decoder(Event).decode
encode: Final = msgspec.msgpack.Encoder().encode


class Variant(msgspec.Struct):
    """One transaction of a payout: as built, and as signed once it was."""

    number: int
    unsigned: Unsigned
    references: tuple[str, ...]
    purpose: Purpose
    is_child: bool
    built_at_us: int
    signed: Signed | None = None
    broadcast_at_us: int | None = None
    is_forgone: bool = False
    brought: dict[int, tuple[bytes, ...]] = {}
    """Signatures that were carried here, by the keeper's place."""


class Payout(msgspec.Struct):
    """A payout as its events tell it. Made anew from them each time it is looked at."""

    network: str
    purpose: Purpose
    members: tuple[Member, ...]
    opened_at_us: int
    variants: list[Variant]
    decided: Decided | None = None
    cost: CostBooked | None = None
    is_closed: bool = False
    declined: SigningDeclined | None = None
    """Why the signer declined last."""
    declines: int = 0
    """How often it did."""

    @property
    def live(self) -> list[Variant]:
        """What was signed and may confirm, in the order of signing, children left out."""
        return [v for v in self.variants if v.signed is not None and not v.is_forgone and not v.is_child]

    @property
    def children(self) -> list[Variant]:
        """What was signed to pay for another."""
        return [v for v in self.variants if v.signed is not None and not v.is_forgone and v.is_child]

    @property
    def to_sign(self) -> Variant | None:
        """What was built and waits for the signer."""
        last = self.variants[-1] if self.variants else None
        return last if last is not None and last.signed is None else None

    @property
    def spends(self) -> frozenset[str]:
        """Everything that its transactions use up, signed or about to be."""
        return frozenset(spent for variant in self.variants for spent in variant.unsigned.spends)

    @property
    def references(self) -> tuple[str, ...]:
        """Who is paid: those of the first transaction, or who was meant to be where none is built."""
        if self.variants:
            return self.variants[0].references
        return tuple(member.reference for member in self.members)


def read(payload: bytes) -> Event:
    """Read an event."""
    return _decode(payload)


def payout_of(events: Sequence[bytes]) -> Payout | None:
    """Come to a payout from its events; None where there are none."""
    payout: Payout | None = None
    for payload in events:
        event = _decode(payload)
        if payout is None:
            assert isinstance(event, Opened), "a payout begins with its opening"
            payout = Payout(event.network, event.purpose, event.members, event.at_us, [])
        else:
            _apply(payout, event)
    return payout


def _apply(payout: Payout, event: Event) -> None:
    match event:
        case Built():
            payout.variants.append(
                Variant(
                    len(payout.variants),
                    loaded(event.transaction),
                    event.references,
                    event.purpose,
                    event.is_child,
                    event.at_us,
                )
            )
        case SigningDeclined():
            payout.variants.pop()
            payout.declined = event
            payout.declines += 1
        case SignaturesBrought():
            payout.variants[-1].brought[event.keeper] = event.signatures
        case TransactionSigned():
            payout.variants[-1].signed = Signed(event.transaction, event.raw)
        case Broadcast():
            _variant(payout, event.transaction).broadcast_at_us = event.at_us
        case Forgone():
            _variant(payout, event.transaction).is_forgone = True
        case Decided():
            payout.decided = event
        case CostBooked():
            payout.cost = event
        case Closed():
            payout.is_closed = True
        case Opened():
            raise AssertionError("a payout is opened once")


def _variant(payout: Payout, transaction: str) -> Variant:
    return next(v for v in payout.variants if v.signed is not None and v.signed.transaction == transaction)


def stored_payment(payment: Payment) -> StoredPayment:
    """Spell a payment as it is recorded."""
    return StoredPayment(payment.destination, payment.tag, payment.contract, str(payment.amount))


def loaded_payment(stored: StoredPayment) -> Payment:
    """Read a recorded payment."""
    return Payment(stored.destination, stored.tag, stored.contract, int(stored.amount))


def stored(unsigned: Unsigned) -> StoredTransaction:
    """Spell a transaction as it is recorded."""
    return StoredTransaction(
        unsigned.network,
        unsigned.family,
        unsigned.body,
        tuple((source.address, source.path) for source in unsigned.sources),
        tuple(stored_payment(payment) for payment in unsigned.payments),
        str(unsigned.fee_max),
        unsigned.spends,
        unsigned.replaces,
    )


def loaded(transaction: StoredTransaction) -> Unsigned:
    """Read a recorded transaction."""
    return Unsigned(
        transaction.network,
        transaction.family,
        transaction.body,
        tuple(HotAddress(*source) for source in transaction.sources),
        tuple(loaded_payment(payment) for payment in transaction.payments),
        int(transaction.fee_max),
        transaction.spends,
        transaction.replaces,
    )
