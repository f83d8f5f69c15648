"""Adapters by network: each family's package is asked for one when a network of the family is configured.

A family is the package `rialto.custody.chains.<family>`, which has

    def open_adapter(network: Network, node: Node) -> ChainAdapter

and connects to nothing yet. An adapter that holds connections has a coroutine method `close`.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Final

import structlog

from rialto.custody.chains.adapter import ChainAdapter
from rialto.custody.chains.network import Family, Network
from rialto.custody.chains.tiers import Tier, TierKeys
from rialto.custody.networks.configuration import ConfiguredNetwork, Networks, Node
from rialto.foundation.configuration import InvalidConfiguration

AdapterFactory = Callable[[Network, Node], ChainAdapter]

_log = structlog.stdlib.get_logger(__name__)


def _of_package(family: Family) -> AdapterFactory:
    def open_adapter(network: Network, node: Node) -> ChainAdapter:
        try:
            package = importlib.import_module(f"rialto.custody.chains.{family.value}")
        except ModuleNotFoundError as error:
            raise InvalidConfiguration(
                f"network {network.name} is of the family {family.value!r}, which needs {error.name!r}, "
                "and that is not installed"
            ) from error
        adapter: ChainAdapter = package.open_adapter(network, node)
        return adapter

    return open_adapter


def _open_tier(adapter: ChainAdapter, family: Family, given: TierKeys) -> Tier:
    try:
        module = importlib.import_module(f"rialto.custody.chains.{family.value}.tiers")
    except ModuleNotFoundError as error:
        raise InvalidConfiguration(
            f"network {adapter.network.name} cannot have a {given.name} tier: on this family all is held hot"
        ) from error
    tier: Tier = module.open_tier(adapter, given)
    if tier.home.address == adapter.derive(tier.home.path):
        raise InvalidConfiguration(
            f"network {adapter.network.name}: the {given.name} tier has the hot addresses' key; give it one of its own"
        )
    return tier


ADAPTERS: Final[dict[Family, AdapterFactory]] = {family: _of_package(family) for family in Family}
"""What opens the adapters of a family."""


class Holdings:
    """The networks with their adapters."""

    def __init__(self, networks: Networks, adapters: Mapping[str, ChainAdapter]) -> None:
        """Errors: `InvalidConfiguration`, for tiers that cannot be."""
        self.networks: Final = networks
        self._adapters = dict(adapters)
        self._tiers = {
            name: tuple(_open_tier(self._adapters[name], each.network.family, keys) for keys in each.tiers)
            for name, each in networks.by_name.items()
        }

    @classmethod
    def open(cls, networks: Networks) -> "Holdings":
        """Open an adapter for every network. Errors: `InvalidConfiguration`."""
        return cls(
            networks,
            {name: ADAPTERS[each.network.family](each.network, each.node) for name, each in networks.by_name.items()},
        )

    @property
    def names(self) -> tuple[str, ...]:
        """The networks' names, in order."""
        return tuple(self.networks.by_name)

    def configured(self, network: str) -> ConfiguredNetwork:
        """Return a network by name. Raises `KeyError` for one that there is not."""
        return self.networks.by_name[network]

    def adapter(self, network: str) -> ChainAdapter:
        """Return a network's adapter. Raises `KeyError` for one that there is not."""
        return self._adapters[network]

    def tiers(self, network: str) -> tuple[Tier, ...]:
        """Return the tiers behind a network's hot addresses. Raises `KeyError` for one that there is not."""
        return self._tiers[network]

    async def close(self) -> None:
        """Close what the adapters hold open."""
        for name, adapter in self._adapters.items():
            close = getattr(adapter, "close", None)
            if close is not None:
                try:
                    await close()
                except Exception:
                    _log.exception("adapter not closed", network=name)
