"""What a transaction does, read from the transaction alone: what the signer's policy decides about."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from rialto.custody.chains.adapter import Payment, Unsigned


class Unreadable(Exception):
    """A transaction that does not read as one the signer knows, or does something it cannot account for."""


class Effects(msgspec.Struct, frozen=True):
    """Everything a transaction does once it confirms."""

    payments: tuple[Payment, ...]
    """Every output and token transfer that leaves, change to our own hot addresses included."""
    fee_max: int
    digests: tuple[bytes, ...]
    """What each source signs, in order: 32 byte digests, or for Ed25519 the message."""
    spends: tuple[str, ...]
    """What it uses up, spelled as in `Unsigned.spends` but read from the body: what makes two transactions exclude each
    other is not taken on trust."""


class Reader(Protocol):
    """Reads the transactions of one family."""

    def read(self, unsigned: Unsigned) -> Effects:
        """Say what it does. Errors: `Unreadable`, for anything that is not certain."""

    def address(self, path: str, public_key: bytes) -> str:
        """Spell the address of our key at a path; of a multisig, the address that the key is one of the keys of.

        The signer holds every source's address, and every payment to ourselves, against this.
        """

    def place(self, unsigned: Unsigned, public_keys: Sequence[bytes], signatures: Sequence[bytes]) -> tuple[bytes, ...]:
        """Spell signatures as `ChainAdapter.combine` of the family takes them, such as with a recovery id."""
