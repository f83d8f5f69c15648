"""Which networks assets come in and go out by, and whether they do now: told to anybody, as a status page shows it."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from rialto.custody.networks.configuration import Networks
from rialto.custody.networks.switches import Switches
from rialto.gateway.call import Call
from rialto.gateway.router import Route
from rialto.wire.endpoints import Endpoint
from rialto.wire.parameters import NoParameters


class AssetState(msgspec.Struct, frozen=True, rename="camel"):
    """An asset on a network; `reason` is why something is not open, in the operator's words."""

    asset: str
    deposits_open: bool
    withdrawals_open: bool
    reason: str


class NetworkState(msgspec.Struct, frozen=True, rename="camel"):
    """A network; while it `isBusy` it cannot be followed, and everything by it waits."""

    network: str
    title: str
    is_busy: bool
    confirmations: int
    assets: list[AssetState]


NETWORKS: Final = Endpoint(
    "GET",
    "/account/v1/networks",
    summary="List networks, and whether assets come in and go out by them now.",
    parameters=NoParameters,
    response=list[NetworkState],
    weight=10,
)


class NetworkStates:
    """Tells it."""

    def __init__(self, networks: Networks, switches: Switches, is_busy: Callable[[str], bool]) -> None:
        """`is_busy` tells whether a network cannot be followed now."""
        self._networks = networks
        self._switches = switches
        self._is_busy = is_busy

    def routes(self) -> list[Route[Any]]:
        """List the routes served here."""
        return [Route(NETWORKS, self.networks)]

    async def networks(self, _call: Call, _parameters: NoParameters) -> list[NetworkState]:
        """List them, in the order they are configured in."""
        return [
            NetworkState(
                name,
                each.network.title,
                self._is_busy(name),
                each.network.confirmations,
                [self._state(name, asset.asset) for asset in each.network.assets],
            )
            for name, each in self._networks.by_name.items()
        ]

    def _state(self, network: str, asset: str) -> AssetState:
        switch = self._switches.of(network, asset)
        is_open = switch.deposits_open and switch.withdrawals_open
        return AssetState(asset, switch.deposits_open, switch.withdrawals_open, "" if is_open else switch.reason)
