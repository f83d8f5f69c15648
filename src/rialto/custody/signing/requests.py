"""What the signer is asked, and what it answers: the same whether it is a process of its own or runs in this one.

A request names what the transaction settles. A reference (a withdrawal, a sweep) stands for one payment for ever: it is
never signed to another destination or amount, and a second transaction for it is signed only when it and every earlier
one exclude each other, so that at most one can confirm. Asking the same again gives the same answer.
"""

import hashlib
from enum import Enum
from typing import Final, Protocol

import msgspec

from rialto.custody.chains.adapter import HotAddress, Payment, Unsigned
from rialto.foundation.failures import ExpectedFailure

REFERENCE_LENGTH_MAX: Final = 128
REFERENCES_MAX: Final = 500
"""How many payments one transaction may settle."""
STATEMENT_LENGTH_MAX: Final = 1_024
STATEMENT_BEGINS: Final = "Rialto proof of reserves"
"""Every statement that is signed with an address's key begins so, and can be taken for nothing else."""


class SignerUnavailable(Exception):
    """The signer cannot be asked, or did not answer; the same request may be sent again."""


class Refusal(Enum):
    """Why a request is refused. What stands first is looked at first."""

    MALFORMED = "malformed"
    """The request contradicts itself, or is larger than allowed."""
    NETWORK = "network"
    """A network or an asset the policy does not name."""
    UNREADABLE = "unreadable"
    """The transaction does something that is not certain, or not what the request says."""
    SOURCE = "source"
    """A source is not an address of ours, or not one that pays for this purpose."""
    DESTINATION = "destination"
    """It pays somewhere this purpose does not allow."""
    REUSED = "reused"
    """The reference was signed for another payment, or both transactions could confirm."""
    FEE = "fee"
    AMOUNT = "amount"
    """More than one transaction may pay."""
    VELOCITY = "velocity"
    """More than may be paid in an hour or a day, now: it is told from when on it may be."""
    APPROVAL = "approval"
    """Operators' approvals are missing, or one does not verify."""
    KEY = "key"
    """No key for a source."""


class SigningRefused(ExpectedFailure):
    """The signer will not sign this; nothing was signed.

    `again_at_us` is set where time alone mends it: from when on the same would be within the limits, by the signer's
    clock. `approvals` is set where operators' signatures are missing: how many the policy wants.
    """

    def __init__(self, refusal: Refusal, message: str, *, again_at_us: int = 0, approvals: int = 0) -> None:
        super().__init__(message)
        self.refusal = refusal
        self.again_at_us = again_at_us
        self.approvals = approvals


class Purpose(Enum):
    """What a transaction is for. The policy holds the transaction itself against it."""

    WITHDRAWAL = "withdrawal"
    """Pays others; what returns to our own hot addresses is change."""
    SWEEP = "sweep"
    """Collects into a hot address. This, and those below, pay nobody but ourselves."""
    GAS = "gas"
    """Brings a deposit address what its own sweep costs."""
    REFILL = "refill"
    """Moves holdings between tiers."""
    BUMP = "bump"
    """Takes the place of a transaction that was signed, or pays for it; the references stay those of the first."""


class Approval(msgspec.Struct, frozen=True):
    """One operator's consent to one payment: an Ed25519 signature over `approval_message`."""

    reference: str
    operator: str
    signature: bytes


class SigningRequest(msgspec.Struct, frozen=True):
    """Asks for the signatures of one transaction."""

    purpose: Purpose
    references: tuple[str, ...]
    """For a withdrawal, one for each of `unsigned.payments`, in their order. Otherwise one of the asker's own, the same
    when the same is asked again."""
    unsigned: Unsigned
    approvals: tuple[Approval, ...] = ()
    own: tuple[HotAddress, ...] = ()
    """Destinations that are addresses of ours, beyond hot and change addresses of low index, such as the deposit
    address that gas is brought to. The signer derives each and believes none."""


class SigningAnswer(msgspec.Struct, frozen=True):
    """Signatures in the form `ChainAdapter.combine` takes, and where the signer's own record of them stands."""

    signatures: tuple[bytes, ...]
    entry: int
    """The number of the transaction's entry, and the hash of all up to it: kept by others, they show a record put back.
    """
    head: str


class StatementRequest(msgspec.Struct, frozen=True):
    """Asks to sign words, not money, with the key of one of our addresses: that it is ours."""

    network: str
    source: HotAddress
    text: str
    """Begins with `STATEMENT_BEGINS`."""


class Signer(Protocol):
    """Signs what its policy allows."""

    async def sign(self, request: SigningRequest) -> tuple[bytes, ...]:
        """Return what `ChainAdapter.combine` takes. Errors: `SigningRefused`, `SignerUnavailable`."""

    async def attest(self, request: StatementRequest) -> bytes:
        """Sign a statement as the family's wallets do, 65 bytes: r, s, and which of the possible keys (0 to 3); for
        Ed25519 64 bytes. Errors: `SigningRefused`, `SignerUnavailable`.
        """


def payment_digest(network: str, payment: Payment) -> bytes:
    """Name a payment: 32 bytes that differ when anything about it does."""
    parts = (network, payment.destination, payment.tag or "", payment.contract or "", str(payment.amount))
    return _digest(b"rialto payment 1", *(part.encode() for part in parts))


def approval_message(network: str, reference: str, payment: Payment) -> bytes:
    """Say what an operator signs to approve a payment: what is paid to whom, whatever transaction carries it.

    Neither fee nor nonce is in it, so that an approval given before the transaction is built, or for one that is bumped
    later, holds; the policy bounds both.
    """
    return approval_of(reference, payment_digest(network, payment))


def approval_of(reference: str, payment: bytes) -> bytes:
    """Say the same of a payment by its digest."""
    return _digest(b"rialto approval 1", reference.encode(), payment)


def transaction_digest(unsigned: Unsigned) -> bytes:
    """Name a transaction as it is to be signed."""
    return _digest(b"rialto transaction 1", unsigned.network.encode(), unsigned.body)


def _digest(domain: bytes, *parts: bytes) -> bytes:
    """Hash parts with their lengths, so that no two lists of parts run together to the same bytes."""
    hasher = hashlib.sha256()
    for part in (domain, *parts):
        hasher.update(len(part).to_bytes(4, "big") + part)
    return hasher.digest()
