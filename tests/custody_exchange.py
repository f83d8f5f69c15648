"""A whole exchange with two networks, whose chains are models: one with accounts and a token, one with tags."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rialto.custody.chains.adapter import ChainAdapter
from rialto.custody.chains.network import Family, Network
from rialto.custody.networks.configuration import FILE_NAME, Node
from rialto.custody.networks.registry import ADAPTERS
from tests.model_chain import ModelChain
from tests.whole_exchange import Whole, whole_exchange

NETWORKS = """
[names]
LTC = "Litecoin"

[networks.ETH]
scope = 1
family = "evm"
title = "Ethereum (ERC20)"
node = "model"
xpub = "model"
confirmations = 2
unlock_confirmations = 4
start_height = 1
poll_milliseconds = 20
address_pattern = "^eth:[a-z0-9-]{1,60}$"
address_page = "https://explorer.example/address/"
contract_page = "https://explorer.example/token/"

[[networks.ETH.assets]]
asset = "ETH"
decimals = 18
deposit_min = "0.01"
withdrawal_min = "0.02"
withdrawal_fee = "0.001"

[[networks.ETH.assets]]
asset = "USDT"
decimals = 6
contract = "token"
deposit_min = "1"
withdrawal_min = "2"
withdrawal_fee = "0.5"

[networks.TAG]
scope = 2
family = "solana"
title = "Tagged"
node = "model"
xpub = "model"
confirmations = 1
start_height = 1
poll_milliseconds = 20
is_tagged = true
tag_pattern = "^[0-9]{1,20}$"

[[networks.TAG.assets]]
asset = "LTC"
decimals = 8

[[networks.TAG.assets]]
asset = "USDT"
decimals = 6
contract = "tagged-token"
"""


@dataclass(frozen=True)
class Funded:
    """A running exchange and the chains it stands on. The chains outlive it: give them again after a restart."""

    whole: Whole
    chains: Mapping[str, ModelChain]

    @property
    def eth(self) -> ModelChain:
        """The chain with accounts and a token."""
        return self.chains["ETH"]

    @property
    def tag(self) -> ModelChain:
        """The chain with tags."""
        return self.chains["TAG"]


@asynccontextmanager
async def custody_exchange(
    data: Path, chains: Mapping[str, ModelChain] | None = None, *, networks: str = NETWORKS, **settings: object
) -> AsyncIterator[Funded]:
    """Run an exchange on model chains; those given go on, others begin."""
    made: dict[str, ModelChain] = dict(chains or {})

    def open_adapter(network: Network, node: Node) -> ChainAdapter:
        assert node.url == "model"
        chain = made.setdefault(network.name, ModelChain(network))
        chain.network = network
        return chain

    (data / FILE_NAME).write_text(networks)
    before = dict(ADAPTERS)
    ADAPTERS.update(dict.fromkeys(Family, open_adapter))
    try:
        async with whole_exchange(data, **settings) as whole:
            yield Funded(whole, made)
    finally:
        ADAPTERS.update(before)
