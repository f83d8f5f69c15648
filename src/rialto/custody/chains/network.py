"""What is known of a network and of the assets on it: configuration, not state."""

from enum import Enum

import msgspec


class Family(Enum):
    """Chains of one family work alike and share an adapter."""

    EVM = "evm"
    BITCOIN = "bitcoin"
    SOLANA = "solana"


class ChainAsset(msgspec.Struct, frozen=True):
    """An asset as it exists on one network."""

    asset: str
    """Its name in the exchange, such as `USDT`."""
    decimals: int
    """How many decimal places its smallest unit on this chain has; at most 36."""
    contract: str | None = None
    """The address of its contract or mint; None for the chain's own coin."""
    deposit_min: int = 0
    """What a deposit must be worth to be credited, in the chain's units."""
    withdrawal_min: int = 0
    """The least that may be withdrawn, in the chain's units."""
    withdrawal_fee: int = 0
    """What a withdrawal costs its owner, in the chain's units."""


class Network(msgspec.Struct, frozen=True):
    """A network deposits come from and withdrawals go to."""

    name: str
    """Its name in the API, such as `ETH` or `LTC`."""
    scope: int
    """The scope of its custody account in the ledger; unique, from 1, never given to another network."""
    family: Family
    title: str
    """Its name for people, such as `Ethereum (ERC20)`."""
    assets: tuple[ChainAsset, ...]
    """The chain's own coin first."""
    confirmations: int
    """At how many confirmations a deposit is credited. A transaction in the newest block has one."""
    unlock_confirmations: int
    """At how many what was credited may be withdrawn again; not fewer than `confirmations`."""
    address_pattern: str = ""
    """The regular expression the API states for addresses."""
    tag_pattern: str = ""
    """The one it states for tags; empty where the network has none."""

    def asset_named(self, name: str) -> ChainAsset | None:
        """Find an asset of the network by its name in the exchange."""
        return next((each for each in self.assets if each.asset == name), None)

    def asset_of(self, contract: str | None) -> ChainAsset | None:
        """Find an asset of the network by its contract; None asks for the chain's own coin."""
        return next((each for each in self.assets if each.contract == contract), None)

    @property
    def coin(self) -> ChainAsset:
        """The chain's own coin, in which its fees are paid."""
        return self.assets[0]
