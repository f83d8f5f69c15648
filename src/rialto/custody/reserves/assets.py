"""What is held on chains: every address of the exchange that holds something, with a statement its key signed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import msgspec

from rialto.custody.chains.adapter import ChainAdapter, HotAddress
from rialto.custody.chains.amounts import to_ledger
from rialto.custody.reserves.documents import HeldAddress, amounts

SignStatement = Callable[[str, HotAddress, str], Awaitable[str]]
"""Signs a text with the key of an address of a network; an empty text where that key signs no statements."""


class OwnAddress(msgspec.Struct, frozen=True):
    """An address of the exchange and what it is for."""

    address: HotAddress
    purpose: str


class Holdings(Protocol):
    """Knows what is held where."""

    async def held(self, text: str) -> list[HeldAddress]:
        """List every address that holds something, each with `text` signed. Errors: `NodeUnavailable`."""


class NothingHeld:
    """An exchange without chains."""

    async def held(self, text: str) -> list[HeldAddress]:
        """List nothing."""
        _ = text
        return []


class HoldingsOnChain:
    """Asks the chains."""

    def __init__(
        self,
        adapters: Sequence[ChainAdapter],
        addresses_of: Callable[[str], Awaitable[Sequence[OwnAddress]]],
        sign: SignStatement,
    ) -> None:
        """`addresses_of` lists the exchange's addresses on a network."""
        self._adapters = adapters
        self._addresses_of = addresses_of
        self._sign = sign

    async def held(self, text: str) -> list[HeldAddress]:
        """List every address that holds something, each with `text` signed. Errors: `NodeUnavailable`."""
        found: list[HeldAddress] = []
        for adapter in self._adapters:
            found += await self._on(adapter, text)
        return found

    async def _on(self, adapter: ChainAdapter, text: str) -> list[HeldAddress]:
        network = adapter.network
        own = {each.address.address: each for each in await self._addresses_of(network.name)}
        block = await adapter.tip()
        balances = await adapter.balances(list(own), network.assets)
        decimals = {asset.asset: asset.decimals for asset in network.assets}
        found = []
        for address, each in own.items():
            held = {
                name: to_ledger(amount, decimals[name]).units
                for (holder, name), amount in balances.items()
                if holder == address and amount
            }
            if not any(held.values()):
                continue
            signature = await self._sign(network.name, each.address, text)
            found.append(
                HeldAddress(
                    network.name,
                    address,
                    each.purpose,
                    amounts(held),
                    block.height,
                    block.hash,
                    text if signature else "",
                    signature,
                )
            )
        return found
