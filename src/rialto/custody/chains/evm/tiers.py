"""A tier behind the hot addresses of an EVM network: one address, whose one key is elsewhere."""

from collections.abc import Collection, Mapping, Sequence

from rialto.custody.chains.adapter import HotAddress, Payment, Signed, Unsigned
from rialto.custody.chains.evm.adapter import EvmAdapter
from rialto.custody.chains.evm.addresses import AccountKey
from rialto.custody.chains.tiers import HOME_PATH, TierKeys
from rialto.foundation.configuration import InvalidConfiguration


class EvmTier:
    """A `Tier` of one key."""

    signatures_needed = 1

    def __init__(self, adapter: EvmAdapter, given: TierKeys) -> None:
        """Errors: `InvalidConfiguration`."""
        network = adapter.network.name
        if len(given.keys) != 1:
            raise InvalidConfiguration(
                f"network {network}: the {given.name} tier has {len(given.keys)} keys, and an address here has one; "
                "for several, hold it in a contract of your own and name its address to the signers"
            )
        try:
            address = AccountKey(given.keys[0]).address(HOME_PATH)
        except ValueError as error:
            raise InvalidConfiguration(f"network {network}: the {given.name} tier: {error}") from error
        self.name = given.name
        self.home = HotAddress(address, HOME_PATH)
        self._adapter = adapter

    async def build(self, payment: Payment, fee_rate: int, avoid: Collection[str]) -> Unsigned:
        """Build what makes a payment; it costs coins of the tier's own address, also for tokens."""
        return await self._adapter.build([payment], [self.home], fee_rate, avoid)

    def keeper_of(self, unsigned: Unsigned, signatures: Sequence[bytes]) -> int:
        """Make sure that the key signed, and return 0. Errors: `Rejected`."""
        self._adapter.combine(unsigned, signatures)
        return 0

    def combine(self, unsigned: Unsigned, given: Mapping[int, Sequence[bytes]]) -> Signed:
        """Put the signature in its place. Errors: `Rejected`."""
        return self._adapter.combine(unsigned, given.get(0, ()))


def open_tier(adapter: EvmAdapter, given: TierKeys) -> EvmTier:
    """Return a tier of a network. Errors: `InvalidConfiguration`."""
    return EvmTier(adapter, given)
