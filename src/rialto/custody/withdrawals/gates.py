"""What is open: the networks there are, what operators have shut, and what a difference in the books has stopped."""

from collections.abc import Callable

from rialto.custody.chains.adapter import ChainAdapter
from rialto.custody.networks.configuration import ConfiguredNetwork
from rialto.custody.networks.registry import Holdings
from rialto.custody.networks.switches import Switches
from rialto.custody.withdrawals.ports import OpenNetwork, Owing

Stopped = Callable[[str, str], bool]
"""Whether the books and the chain differ in an asset, by network and asset."""


class OpenChains:
    """Tells it to who asks for withdrawals, and to who pays them."""

    def __init__(self, holdings: Holdings, switches: Switches, is_stopped: Stopped, owing: Owing) -> None:
        self._holdings = holdings
        self._switches = switches
        self._is_stopped = is_stopped
        self._owing = owing

    def of_asset(self, asset: str) -> list[OpenNetwork]:
        """List the networks that have an asset, its default first."""
        return [self._open(each) for each in self._holdings.networks.of_asset(asset)]

    def adapter(self, network: str) -> ChainAdapter | None:
        """Return a network's adapter; None for one that there is not."""
        return self._holdings.adapter(network) if network in self._holdings.names else None

    def withdrawals_open(self, network: str, asset: str) -> bool:
        """Tell whether an asset may be taken out on a network."""
        return self._switches.withdrawals_open(network, asset) and not self._is_stopped(network, asset)

    def may_pay(self, network: str, asset: str) -> bool:
        """Tell whether what was asked for may leave: while it may not, it waits."""
        return self.withdrawals_open(network, asset)

    async def owing(self) -> frozenset[int]:
        """List the owners of whom nothing may leave: they owe something of a deposit that is gone."""
        return await self._owing.owing()

    def _open(self, each: ConfiguredNetwork) -> OpenNetwork:
        return OpenNetwork(each.network, self._holdings.adapter(each.network.name), each.is_tagged)
