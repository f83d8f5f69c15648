"""The tiers behind the hot addresses, as each family of chains has them: holdings whose keys no machine here can use.

    build ─▶ (a file, carried to where the keys are, and signatures carried back) ─▶ keeper_of ─▶ combine

A tier of one key is spent by it alone, one of three keys by any two of them. What is carried back is believed for its
signatures only, and each is checked against the transaction as it was built here.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from rialto.custody.chains.adapter import HotAddress, Payment, Signed, Unsigned

HOME_PATH: Final = "1/0"
"""Where below its keys a tier keeps what it holds; change returns there."""


class TierKeys(msgspec.Struct, frozen=True):
    """A tier as it is configured."""

    name: str
    """`warm` or `cold`."""
    keys: tuple[str, ...]
    """Extended public keys: one, or three of which two sign."""


class Tier(Protocol):
    """A tier of one network."""

    name: str
    home: HotAddress
    """Where it keeps what it holds."""
    signatures_needed: int
    """How many keepers must sign."""

    async def build(self, payment: Payment, fee_rate: int, avoid: Collection[str]) -> Unsigned:
        """Build what pays out of the tier; what is left stays there. Errors: those of `ChainAdapter.build`."""

    def keeper_of(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> int:
        """Tell whose signatures of a transaction these are, by the key's place. Errors: `Rejected`, if nobody's."""

    def combine(self, unsigned: Unsigned, given: Mapping[int, Sequence[bytes]]) -> Signed:
        """Finish a transaction with the signatures of enough keepers.

        Errors: `Rejected`, also when it does anything else than `unsigned` says.
        """
