"""An EVM network for tests: an adapter on a running node, and the keys of its addresses."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from embit import bip32
from eth_keys.datatypes import PrivateKey

from rialto.custody.chains.adapter import HotAddress, Signed, Unsigned
from rialto.custody.chains.evm import open_adapter
from rialto.custody.chains.evm.adapter import EvmAdapter
from rialto.custody.chains.evm.reading import EvmReader
from rialto.custody.chains.network import ChainAsset, Family, Network
from rialto.custody.networks.configuration import Node
from tests.nodes.anvil import Anvil

ACCOUNT = bip32.HDKey.from_seed(b"the keys of an exchange in tests").derive("m/44h/60h/0h")
XPUB = ACCOUNT.to_public().to_base58()
COIN = ChainAsset("ETH", 18)
CHAIN_ID = 31_337


def network(*tokens: ChainAsset, **fields: Any) -> Network:
    return Network(
        **{
            "name": "ETH",
            "scope": 1,
            "family": Family.EVM,
            "title": "Ethereum (ERC20)",
            "assets": (COIN, *tokens),
            "confirmations": 3,
            "unlock_confirmations": 6,
            **fields,
        }
    )


def key(path: str) -> PrivateKey:
    return PrivateKey(ACCOUNT.derive([int(step) for step in path.split("/")]).key.secret)


def address(path: str) -> str:
    return key(path).public_key.to_checksum_address()


def ours(path: str) -> HotAddress:
    return HotAddress(address(path), path)


HOT = ours("1/0")
SECOND_HOT = ours("1/1")


@asynccontextmanager
async def adapter_of(node: Anvil, *tokens: ChainAsset, **options: str | int | bool) -> AsyncIterator[EvmAdapter]:
    options = {"chain_id": node.chain_id, **options}
    adapter = open_adapter(network(*tokens), Node(node.url, XPUB, options))
    try:
        yield adapter
    finally:
        await adapter.close()


def signatures(unsigned: Unsigned, *, by: str | None = None) -> tuple[bytes, ...]:
    """Sign as the signer does: what the reader says is to be signed, by the key of the source's path."""
    reader = EvmReader({unsigned.network: CHAIN_ID})
    [digest] = reader.read(unsigned).digests
    secret = key(by or unsigned.sources[0].path)
    compact = bytes(secret.sign_msg_hash_non_recoverable(digest))
    return reader.place(unsigned, [secret.public_key.to_compressed_bytes()], [compact])


def signed(adapter: EvmAdapter, unsigned: Unsigned) -> Signed:
    return adapter.combine(unsigned, signatures(unsigned))
